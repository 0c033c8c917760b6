"""A document in the terminal."""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING, Any

from rich.text import Text

from detente.compliance.documents.duty import DutyAnswer
from detente.compliance.documents.licence import Licence
from detente.compliance.documents.port_fee import PortFee
from detente.duties.documents.average import AverageAnswer
from detente.formatting import UNKNOWN, between, fixed, money, rate
from detente.io.documents import as_json
from detente.io.stamped import Stamped
from detente.labels import find, in_words, label, phrase
from detente.render.console.plain import DETAIL_WIDTH, make_pairs, make_table, say
from detente.render.kinds import columns_of, empty, heading, range_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console

    from detente.compliance.documents.common import Assumption
    from detente.compliance.documents.duty import Covered, Prohibition
    from detente.compliance.documents.purchases import Purchases
    from detente.compliance.documents.screening import Screening
    from detente.io.documents import Document
    from detente.ledger.documents.measures import MeasureShown

    CaseAnswer = DutyAnswer | Licence | PortFee | Purchases | Screening

# A wide listing leaves these columns to `--json` and `--csv`.
MOST_COLUMNS = 6
LEFT_OUT = {"title", "url", "kind", "confidence", "sources", "part", "imposer", "measure_title"}
LEFT_OUT |= {f"{key}_{basis}" for key in ("state", "rate") for basis in ("legal", "reported")}
# Said below every answer, or in its headline.
SAID_APART = {"questions", "assumptions", "warnings", "facts_used", "facts_without_effect", "readings"}
# Numbers a reader looks for, said to be unknown where they are.
ALWAYS = {"rate", "amount", "done", "shortfall"}
# Characters of a word that a narrow terminal does not break, by column: names of the ledger are copied.
LONGEST_WORD = {"": 12, "id": 26, "measure": 26}
# Blanks and rules that a table spends on a column, at most.
BETWEEN = 4
# Names that are none to a reader, in a table of parts: of its rows, of its columns.
NAMES = {"base": "ordinary duty"}
COLUMNS = {"by": "rate"}


def render_rows(document: Document | dict[str, Any], console: Console) -> None:
    """Print a list of rows, as its JSON has them, as a table."""
    result = as_json(document)["result"]
    rows = [_with_label(row) for row in result["rows"]]
    if not rows:
        console.print("nothing to show")
        return
    columns = columns_of(rows)
    if same := _of_one(rows):
        say(console, same)
        columns.remove("measure")
    if len(columns) > MOST_COLUMNS:
        columns = [
            key
            for key in columns
            if key not in LEFT_OUT and not any(isinstance(row.get(key), dict) for row in rows)
        ]
    if all(row.get("currency") for row in rows):
        columns = [key for key in columns if key != "currency"]
    table = make_table(*map(heading, columns))
    beside = {key: result[key] for key in ("unit", "currency") if result.get(key)}
    cells = [
        [
            shorten(text_of(key, row.get(key), beside | row), DETAIL_WIDTH, placeholder=" ...")
            for key in columns
        ]
        for row in rows
    ]
    for column, least in zip(table.columns, _unbroken(columns, cells, console.width), strict=True):
        column.min_width = least
    for row in cells:
        table.add_row(*row)
    console.print(table)


def _with_label(row: dict[str, Any]) -> dict[str, Any]:
    """A measure of a list with its label, and the id that one types in brackets."""
    if "instrument" not in row or "id" not in row:
        return row
    name = label("measure", str(row["id"]), otherwise=str(row.get("title") or ""))
    return row | {"id": f"{name} ({row['id']})"}


def _of_one(rows: list[dict[str, Any]]) -> str:
    """The measure that all rows of a longer list are about, or nothing."""
    names = {str(row.get("measure") or "") for row in rows}
    name = names.pop() if len(rows) > 1 and len(names) == 1 else ""
    return f"{label('measure', name)} ({name})" if name else ""


def _unbroken(columns: list[str], cells: list[list[str]], width: int) -> list[int]:
    """Widths at which no day, number, name or short word is broken, as far as the terminal has room."""
    least = [
        min(
            LONGEST_WORD.get(key, LONGEST_WORD[""]),
            max(
                len(word)
                for row in [heading(key), *(row[k] for row in cells)]
                for word in row.split() or [""]
            ),
        )
        for k, key in enumerate(columns)
    ]
    while sum(least) > width - BETWEEN * len(columns) and max(least) > 1:
        least[least.index(max(least))] -= 1
    return least


def render_measure(document: Stamped[MeasureShown, Document], console: Console) -> None:
    """Print one measure, what it says as its JSON has it, with its history and sources."""
    result, plain = document.result, as_json(document.result)
    name = label("measure", result.id, otherwise=result.title)
    say(console, (name, "bold"), f" ({result.id})")
    if name != result.title:
        say(console, (result.title, "dim"))
    table = make_pairs()
    for key, value in plain.items():
        if key in {"id", "title", "timeline", "sources", "readings"} or value in (None, "", [], {}):
            continue
        table.add_row(heading(key), Text(text_of(key, value, plain)))
    console.print(table)
    render_rows({"result": {"rows": plain["timeline"]}}, console)
    for source in plain["sources"]:
        say(console, (f"  {text_of('source', source)}", "dim"))


def render_duty(document: Stamped[DutyAnswer, Assumption], console: Console) -> None:
    """Print the stack of duties on one shipment, line by line."""
    result = document.result
    if result.prohibited:
        said = prohibition(result.prohibited)
        say(console, (f"{said[:1].upper()}{said[1:]}.", "bold"))
        _rest(document, console)
        return
    table = make_table("measure", "heading", "basis", "rate", "amount", "source", numeric=0)
    for line in result.lines:
        share = "" if line.basis_share == 1.0 else f" x {rate(line.basis_share)}"
        table.add_row(
            Text(line.title),
            line.heading + " (inferred)" * (line.heading_basis == "inferred"),
            f"{line.basis}{share}",
            rate(line.rate) if line.rate is not None else "",
            fixed(line.amount, 2) if line.amount is not None else "",
            Text(_short(text_of("source", line.source))),
        )
    console.print(table)
    say(
        console,
        (f"total {_total(result)}", "bold"),
        f"{_range(result)}; covered: {covered(result.covered)}",
    )
    _rest(document, console)


def _total(result: DutyAnswer) -> str:
    """The duty and its amount, or which of two reasons there is none."""
    if result.covered is False:
        return "not covered"
    amount = result.amount
    return rate(result.rate) + (f", {money(amount, result.currency)}" if amount is not None else "")


def _range(result: DutyAnswer) -> str:
    """The range of the duty and of its amount, where there is one."""
    if result.rate_min == result.rate_max:
        return ""
    sums = result.amount_min, result.amount_max
    paid = f"; {result.currency} {between(*sums, money)}" if sums[0] is not None else ""
    return f" (range {between(result.rate_min, result.rate_max, rate)}{paid})"


def covered(value: Covered) -> str:
    """Whether an answer covers the whole of a question, in words."""
    return {True: "yes", False: "no", "partial": "in part"}[value]


def prohibition(ban: Prohibition) -> str:
    """Say in words that goods may not be imported."""
    return f"excluded from importation since {ban.from_} ({ban.act}): {ban.scope}"


def _open(result: CaseAnswer, console: Console) -> None:
    """Print open questions, and what the facts given did."""
    for item in result.questions:
        why = item.why if item.why.endswith(("?", ".")) else f"{item.why}:"
        say(console, f"? {why} ", (item.effect, "dim"), f" ({item.fact})")
    if isinstance(result, (DutyAnswer, Licence, PortFee)):
        _facts(result, console)


def _rest(document: Stamped[CaseAnswer | AverageAnswer, Document], console: Console) -> None:
    """Print what stands below an answer: what is open in it, the assumptions used, and warnings."""
    if not isinstance(document.result, AverageAnswer):
        _open(document.result, console)
    _taken(as_json(document.assumptions), document.warnings, console)


def _facts(result: DutyAnswer | Licence | PortFee, console: Console) -> None:
    """Print which facts given the answer rests on, and which change nothing, with why."""
    if result.facts_used:
        say(console, f"facts used: {', '.join(result.facts_used)}")
    for item in result.facts_without_effect:
        say(console, f"without effect: {item.fact}: {item.why}")


def _taken(assumptions: Iterable[Any], warnings: Iterable[str], console: Console) -> None:
    """Print assumptions used, and warnings."""
    for item in assumptions:
        say(console, (f"assumed: {_assumed(item)}", "dim"))
    for warning in warnings:
        say(console, (warning, "dim"))


def _assumed(item: Any) -> str:
    """An assumption in a line: name, value, reason."""
    if not isinstance(item, dict):
        return str(item)
    name = str(item.get("name") or "")
    parts = [phrase("assumption", name) if find("assumption", name) else in_words(name)] if name else []
    value = item.get("value")
    if not empty(value):
        parts.append(
            phrase("word", value) if isinstance(value, str) and find("word", value) else text_of("is", value)
        )
    reason = item.get("why") or item.get("text") or ""
    return f"{' = '.join(parts)}{f': {reason}' if reason else ''}{f' ({name})' if name else ''}"


def _short(source: str) -> str:
    """A source without its address; `--json` has both."""
    return source.split("; http", maxsplit=1)[0].split("; www", maxsplit=1)[0]


def render_result(
    document: Stamped[CaseAnswer | AverageAnswer, Document] | dict[str, Any], console: Console
) -> None:
    """Print any result as its JSON has it: plain values first, then each list of rows as a table."""
    plain = as_json(document)
    result = plain["result"]
    _pairs(result, console)
    for title, rows in _tables(result):
        if title:
            say(console, (title, "bold"))
        render_rows({"result": {**result, "rows": rows}}, console)
    for key, value in result.items():
        if key not in SAID_APART and _is_list(value) and not _ids(key, value):
            say(console, f"{heading(key)}: {text_of(key, value, result)}")
    if isinstance(document, Stamped):
        _rest(document, console)
    else:
        _taken(plain["assumptions"], plain["warnings"], console)


def _pairs(result: dict[str, Any], console: Console) -> None:
    """Plain values by name, each number beside its range."""
    table = make_pairs()
    headed = {"id", "title"} if {"id", "title", "target"} <= result.keys() else set()
    for key, value in result.items():
        ranged = f"{key}_min" in result or key in ALWAYS
        if isinstance(value, (list, dict)) or (empty(value) and not ranged) or key in SAID_APART | headed:
            continue
        if (key.endswith(("_min", "_max")) and key[:-4] in result) or (
            key == "currency" and "amount" in result
        ):
            continue
        table.add_row(heading(key), Text(_named(key, value, result)))
        if span := range_of(result, key):
            table.add_row("range", Text(span))
    console.print(table)


def _ids(key: str, value: Any) -> bool:
    """Whether a list holds the ids of sources, which `--json` has in full."""
    return key == "sources" and all(isinstance(item, str) and " " not in item for item in value)


def _named(key: str, value: Any, result: dict[str, Any]) -> str:
    """A plain value; a measure with its title, where a line has it."""
    if value is None:
        return UNKNOWN
    titles = {
        row.get("measure"): row.get("title") for row in result.get("lines") or () if isinstance(row, dict)
    }
    if titles.get(value):
        return f"{label('measure', value, otherwise=str(titles[value]))} ({value})"
    return text_of(key, value, result)


def _tables(result: dict[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Lists of rows with their titles; mappings over the same names as one table."""
    numbers = {key: value for key, value in result.items() if _is_numbers(value)}
    while numbers:
        first = next(iter(numbers.values()))
        alike = {key: numbers.pop(key) for key in list(numbers) if numbers[key].keys() == first.keys()}
        yield (
            "" if "by" in alike else heading(next(iter(alike))),
            [
                {
                    "of": NAMES.get(of) or text_of("of", of),
                    **{COLUMNS.get(key, key): value[of] for key, value in alike.items()},
                }
                for of in first
            ],
        )
    for key, value in result.items():
        if key not in SAID_APART and isinstance(value, list) and value and isinstance(value[0], dict):
            yield heading(key), value


def _is_numbers(value: Any) -> bool:
    """Whether a value maps names to numbers."""
    return isinstance(value, dict) and bool(value) and all(isinstance(x, float) for x in value.values())


def _is_list(value: Any) -> bool:
    """Whether a value is said in a line: a list of words or a mapping of them."""
    if isinstance(value, dict):
        return bool(value) and not _is_numbers(value)
    return isinstance(value, list) and bool(value) and not isinstance(value[0], dict)
