"""A document in the terminal."""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING, Any

from rich.text import Text

from detente.formatting import UNKNOWN, average, between, change, count, fixed, money, number, rate
from detente.render import theme
from detente.render.console.plain import make_pairs, make_table, say
from detente.render.kinds import columns_of, empty, heading, range_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.console import Console
    from rich.table import Table

# Characters of a detail on the board; `--json` has all of it.
DETAIL_WIDTH = 110
# A wide listing leaves these columns to `--json` and `--csv`.
MOST_COLUMNS = 6
LEFT_OUT = {"title", "url", "kind", "confidence", "sources", "part", "imposer", "measure_title"}
LEFT_OUT |= {f"{key}_{basis}" for key in ("state", "rate") for basis in ("legal", "reported")}
# Said below every answer, or in its headline.
SAID_APART = {"questions", "assumptions", "warnings", "facts_used", "facts_without_effect"}
# Numbers a reader looks for, said to be unknown where they are.
ALWAYS = {"rate", "amount", "done", "shortfall"}
# Characters of a word that a narrow terminal does not break, by column: names of the ledger are copied.
LONGEST_WORD = {"": 12, "id": 26, "measure": 26}
# Blanks and rules that a table spends on a column, at most.
BETWEEN = 4
# Names that are none to a reader, in a table of parts: of its rows, of its columns.
NAMES = {"base": "ordinary duty"}
COLUMNS = {"by": "rate"}
STATE_STYLE = {
    "in force": "bold red",
    "suspended": "yellow",
    "threatened": "magenta",
    "announced": "cyan",
    "authorised": "cyan",
    "ended": "dim",
    "not known": "dim italic",
}


def render_board(document: dict[str, Any], console: Console) -> None:
    """Print the board of the story."""
    result = document["result"]
    table = make_table("instrument", "side", "state", "detail", "next")
    for row in result["board"]:
        state = Text(row["state"], style=STATE_STYLE.get(row["state"], ""))
        detail = shorten(row["detail"], DETAIL_WIDTH, placeholder=" ...")
        table.add_row(row["instrument"], row["side"], state, detail, _next(row.get("next")))
    console.print(table)
    for warning in document["warnings"]:
        say(console, (warning, "dim"))


def _next(item: dict[str, Any] | None) -> str:
    """What happens next to an instrument."""
    if not item:
        return ""
    basis = f" ({item['basis']})" if item.get("basis") else ""
    return f"{item['date']} {item['event']}{basis}"


def render_rows(document: dict[str, Any], console: Console) -> None:
    """Print a list of rows as a table."""
    rows = document["result"]["rows"]
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
    beside = {key: document["result"][key] for key in ("unit", "currency") if document["result"].get(key)}
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


def _of_one(rows: list[dict[str, Any]]) -> str:
    """The measure that all rows of a longer list are about, or nothing."""
    names = {row.get("measure") for row in rows}
    return str(names.pop() or "") if len(rows) > 1 and len(names) == 1 else ""


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


def render_measure(document: dict[str, Any], console: Console) -> None:
    """Print one measure with its history and sources."""
    result = document["result"]
    say(console, (result["title"], "bold"), f"  {result['id']}")
    table = make_pairs()
    for key, value in result.items():
        if key in {"id", "title", "timeline", "sources"} or value in (None, "", [], {}):
            continue
        table.add_row(heading(key), Text(text_of(key, value, result)))
    console.print(table)
    render_rows({"result": {"rows": result["timeline"]}}, console)
    for source in result["sources"]:
        say(console, (f"  {text_of('source', source)}", "dim"))


def render_run(document: dict[str, Any], console: Console) -> None:
    """Print the comparison of a run's scenarios, what the contrasts are worth, and what the numbers rest on."""
    result = document["result"]
    say(console, (result["study"]["title"], "bold"))
    say(console, _world_line(result))
    for item in result["worth"].values():
        say(console, (item["title"], "bold"), f" ({item['of']} against {item['against']})")
        console.print(_worth(item))
        for sentence in item["why"]:
            say(console, sentence)
    _instruments(result, console)
    _drivers(result, console)
    if result["band"]:
        console.print(_bands(result))
    if result.get("uncertainty"):
        console.print(_uncertainty(result["uncertainty"]))
    if "second_world" in result:
        world = result["second_world"]["world"]
        say(console, (f"\nThe same on {world['name']}", "bold"), f" ({world['year']}, observed flows)")
        console.print(_comparison(result["second_world"]))
    _footer(document, console)
    say(console, (f"\n{result['study']['title']}: the comparison", "bold"))
    console.print(_comparison(result))


def _world_line(result: dict[str, Any]) -> str:
    """The world, the claim checked, and the flows the results rest on."""
    world = result["world"]
    parts = [
        f"{world['name']}: {world['economies']} economies x {world['sectors']} industries, {world['year']}"
    ]
    if claim := world["claim"]:
        share = world["groups"][claim["group"]]["gdp_share"]
        parts.append(
            f"{claim['group']} is {average(share)} of world GDP (claimed: about {average(claim['share'], 0)};"
            f" World Bank 2022: {average(claim['share_2022'])})"
        )
    base, solved = result.get("baseline", {}), result.get("baseline", {}).get("moved", False)
    shown = base["flows_usd_bn"] if solved else world["flows_usd_bn"]
    flows = ", ".join(f"{pair} {fixed(value, 1)} bn" for pair, value in shown.items())
    how = "solved" if solved else "estimated" if world["flows_estimated"] else "observed"
    parts.append(f"baseline goods flows, USD: {flows} ({how})")
    return "; ".join(parts)


def _comparison(result: dict[str, Any]) -> Table:
    """One row per scenario."""
    found = {key: item for key, item in result["scenarios"].items() if item["status"] == "converged"}
    first = next(iter(found.values()))
    pairs = [pair for pair in first["tariffs"] if not pair.endswith("*")]
    sides = list(dict.fromkeys(side for pair in pairs for side in pair.split("<-")))
    columns = [*(pair.replace("<-", "\N{LEFTWARDS ARROW}") for pair in pairs), *sides, *first["groups"]]
    table = make_table("scenario", *columns, numeric=len(columns))
    for key, item in found.items():
        incomes = [item["economies"][side]["real_income_pct"] for side in sides]
        incomes += [value["real_income_pct"] for value in item["groups"].values()]
        table.add_row(key, *(average(item["tariffs"][pair]) for pair in pairs), *map(change, incomes))
    table.caption = "average tariffs on goods (importer, exporter); real income, % of the baseline"
    return table


def _bands(result: dict[str, Any]) -> Table:
    """Range of real income over the estimates of the flows."""
    found = result["band"]["real_income_pct"]
    labels = [label for label in next(iter(found.values())) if label in theme.marks()["estimated"]]
    table = make_table("scenario", *labels, numeric=len(labels))
    for key, row in found.items():
        table.add_row(key, *(f"{change(row[x]['low'])} .. {change(row[x]['high'])}" for x in labels))
    table.caption = (
        f"real income %, range over the estimates of the flows: {', '.join(result['band']['variants'])}"
    )
    return table


def _uncertainty(bands: dict[str, Any]) -> Table:
    """Quantile bands of real income over the draws that come with the package."""
    outcome = "real_income_pct"
    labels = [
        x
        for x in theme.marks()["uncertain"]
        if all(x in rows[outcome] for rows in bands["scenarios"].values())
    ]
    table = make_table("scenario", *labels, numeric=len(labels))
    for key, rows in bands["scenarios"].items():
        cells = (rows[outcome][x] for x in labels)
        table.add_row(key, *(f"{change(c['q05'])} .. {change(c['q95'])}" for c in cells))
    stale = f"; worked out on another {', '.join(bands['stale_because'])}" if bands["stale"] else ""
    table.caption = f"real income %, 90 % band over {count(bands['draws'])} draws{stale}; {bands['command']}"
    return table


def _worth(item: dict[str, Any]) -> Table:
    """One row per instrument: effect in the stated order and in its reverse."""
    labels = [*item["between"], "WORLD"]
    table = make_table("instrument", *(f"{label} %" for label in labels), numeric=len(labels))
    for line in item["lines"]:
        cells = [line["real_income_pct"][label] for label in labels]
        table.add_row(
            line["instrument"], *(f"{change(c['in_order'])} | {change(c['in_reverse'])}" for c in cells)
        )
    table.add_row("together", *(change(item["total_pct"][label]) for label in labels), style="bold")
    table.caption = "change of real income, % of the baseline: in the stated order | in its reverse"
    return table


def _instruments(result: dict[str, Any], console: Console) -> None:
    """What each instrument other than a tariff adds, and what became of limits and targets."""
    found = {key: item for key, item in result["scenarios"].items() if item.get("contributions")}
    if not found:
        return
    labels = [
        *(side for item in list(result["worth"].values())[:1] for side in item["between"]),
        *next(iter(found.values()))["groups"],
    ]
    table = make_table("what each other instrument adds", "scenario", *labels, numeric=len(labels))
    for key, item in found.items():
        for instrument, row in item["contributions"].items():
            title = result["instruments"][instrument]["title"]
            table.add_row(title, key, *(change(row[label], 4) for label in labels))
    table.caption = "real income with everything less real income without it, % of the baseline"
    console.print(table)
    for key, item in found.items():
        for label, bound in item["constraints"].items():
            say(console, f"{key}: {_bound(label, bound)}")
            for row in bound["range"]:
                say(console, f"  {row['assumption']} {number(row['value'])}: {_bound(label, row)}")


def _drivers(result: dict[str, Any], console: Console) -> None:
    """Assumptions that move the headline numbers most, by exact solves, and how far first order was from them."""
    for scenario, sides in result["drivers"].items():
        table = make_table(
            "real income of",
            "assumption",
            "value",
            "if it were",
            "moves it by, points",
            "first order",
            numeric=2,
        )
        for side, rows in sides.items():
            for k, row in enumerate(rows):
                values = (text_of("is", row["value"]), text_of("is", row["alternative"]))
                moves = (change(row["effect_pct"], 4), change(row["first_order_pct"], 4))
                table.add_row(side if k == 0 else "", row["assumption"], *values, *moves)
        table.title = f"{scenario}: what moves it most (each solved again)"
        table.caption = _checked(result["drivers_checked"][scenario])
        console.print(table)


def _checked(checks: dict[str, Any]) -> str:
    """How many alternatives were solved, and how far first order was from the exact effects."""
    solved = max(item["solved"] for item in checks.values())
    worst = max(checks.values(), key=lambda item: item["largest_gap_pct"])
    usual = max(item["median_gap_pct"] for item in checks.values())
    return (
        f"{count(solved)} alternatives solved; first order, which chose most of them, was off by up to"
        f" {number(worst['largest_gap_pct'], 4)} points ({worst['largest_gap_of']}), in half of them by at most"
        f" {number(usual, 4)}"
    )


def _bound(label: str, row: dict[str, Any]) -> str:
    """What became of a limit or target, in a line."""
    verb = "at most" if row["kind"] == "limit" else "at least"
    state = "binds" if row["binding"] else "does not bind"
    money_word = "rent" if row["kind"] == "limit" else "cost to the buyer's budget"
    return (
        f"{label}, {verb} {fixed(row['bound'], 3)} of the base year: {state}, volume {fixed(row['volume_hat'], 3)},"
        f" price factor {fixed(row['multiplier'], 3)}, {money_word} USD {fixed(row['rent_usd_bn'], 2)} bn"
    )


def _footer(document: dict[str, Any], console: Console) -> None:
    """Instruments left out, warnings, stamp."""
    result = document["result"]
    left_out = {text for item in result["scenarios"].values() for text in item.get("not_included", ())}
    if left_out:
        say(console, f"\nNot included: {'; '.join(sorted(left_out))}.")
    for warning in document["warnings"]:
        say(console, (warning, "dim"))
    stamp = document["stamp"]
    hashes = ", ".join(
        f"{heading(key)} {str(value)[:12]}" for key, value in stamp.items() if key.endswith("_hash") and value
    )
    say(console, (f"detente {stamp['detente']}; {hashes}; {stamp['command']}", "dim"))


def render_duty(document: dict[str, Any], console: Console) -> None:
    """Print the stack of duties on one shipment, line by line."""
    result = document["result"]
    if result.get("prohibited"):
        said = prohibition(result["prohibited"])
        say(console, (f"{said[:1].upper()}{said[1:]}.", "bold"))
        render_questions(document, console)
        return
    table = make_table("measure", "heading", "basis", "rate", "amount", "source", numeric=0)
    for line in result["lines"]:
        share = "" if line["basis_share"] in (None, 1.0) else f" x {rate(line['basis_share'])}"
        table.add_row(
            Text(line["title"]),
            line["heading"] + " (inferred)" * (line["heading_basis"] == "inferred"),
            f"{line['basis']}{share}",
            rate(line["rate"]) if line["rate"] is not None else "",
            fixed(line["amount"], 2) if line["amount"] is not None else "",
            Text(_short(text_of("source", line["source"]))),
        )
    console.print(table)
    say(
        console,
        (f"total {_total(result)}", "bold"),
        f"{_range(result)}; covered: {covered(result['covered'])}",
    )
    render_questions(document, console)


def _total(result: dict[str, Any]) -> str:
    """The duty and its amount, or which of two reasons there is none."""
    if result["covered"] is False:
        return "not covered"
    amount = result.get("amount")
    return rate(result["rate"]) + (f", {money(amount, result['currency'])}" if amount is not None else "")


def _range(result: dict[str, Any]) -> str:
    """The range of the duty and of its amount, where there is one."""
    ends = result.get("rate_min"), result.get("rate_max")
    if ends[0] == ends[1]:
        return ""
    sums = result.get("amount_min"), result.get("amount_max")
    paid = f"; {result['currency']} {between(*sums, money)}" if sums[0] is not None else ""
    return f" (range {between(*ends, rate)}{paid})"


def covered(value: bool | str | None) -> str:
    """Whether an answer covers the whole of a question, in words."""
    return {True: "yes", False: "no", "partial": "in part"}.get(
        value, UNKNOWN if value is None else str(value)
    )


def prohibition(ban: Mapping[str, str]) -> str:
    """Say in words that goods may not be imported."""
    return f"excluded from importation since {ban['from']} ({ban['act']}): {ban['scope']}"


def render_questions(document: dict[str, Any], console: Console) -> None:
    """Print open questions, assumptions used and warnings."""
    for item in document["result"].get("questions", ()):
        why = item["why"] if item["why"].endswith(("?", ".")) else f"{item['why']}:"
        say(console, f"? {item['fact']}: {why} ", (str(item.get("effect") or ""), "dim"))
    render_facts(document["result"], console)
    for item in document["assumptions"]:
        say(console, (f"assumed: {_assumed(item)}", "dim"))
    for warning in document["warnings"]:
        say(console, (warning, "dim"))


def render_facts(result: Mapping[str, Any], console: Console) -> None:
    """Print which facts given the answer rests on, and which change nothing, with why."""
    if result.get("facts_used"):
        say(console, f"facts used: {', '.join(result['facts_used'])}")
    for item in result.get("facts_without_effect", ()):
        say(console, f"without effect: {item['fact']}: {item['why']}")


def _assumed(item: Any) -> str:
    """An assumption in a line: name, value, reason."""
    if not isinstance(item, dict):
        return str(item)
    parts = [text_of("is", item.get(key)) for key in ("name", "value") if not empty(item.get(key))]
    reason = item.get("why") or item.get("text") or ""
    return f"{' = '.join(parts)}{f' ({reason})' if reason else ''}"


def _short(source: str) -> str:
    """A source without its address; `--json` has both."""
    return source.split("; http", maxsplit=1)[0].split("; www", maxsplit=1)[0]


def render_result(document: dict[str, Any], console: Console) -> None:
    """Print any result: plain values first, then each list of rows as a table."""
    result = document["result"]
    _pairs(result, console)
    for title, rows in _tables(result):
        if title:
            say(console, (title, "bold"))
        render_rows({"result": {**result, "rows": rows}}, console)
    for key, value in result.items():
        if key not in SAID_APART and _is_list(value):
            say(console, f"{heading(key)}: {text_of(key, value, result)}")
    render_questions(document, console)


def _pairs(result: dict[str, Any], console: Console) -> None:
    """Plain values by name, each number beside its range."""
    table = make_pairs()
    for key, value in result.items():
        ranged = f"{key}_min" in result or key in ALWAYS
        if isinstance(value, (list, dict)) or (empty(value) and not ranged) or key in SAID_APART:
            continue
        if (key.endswith(("_min", "_max")) and key[:-4] in result) or (
            key == "currency" and "amount" in result
        ):
            continue
        table.add_row(heading(key), Text(_named(key, value, result)))
        if span := range_of(result, key):
            table.add_row("range", Text(span))
    console.print(table)


def _named(key: str, value: Any, result: dict[str, Any]) -> str:
    """A plain value; a measure with its title, where a line has it."""
    if value is None:
        return UNKNOWN
    titles = {
        row.get("measure"): row.get("title") for row in result.get("lines") or () if isinstance(row, dict)
    }
    return f"{titles[value]} ({value})" if titles.get(value) else text_of(key, value, result)


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
                    "of": NAMES.get(of, of),
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
