"""Whole entries from a file of lines: read, work out, file, add up; a row that is wrong stops no other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from detente.compliance.customs.base import currency_of, line_digits
from detente.compliance.customs.drawback import continuous_bond
from detente.compliance.customs.duty_facts import declared
from detente.compliance.customs.entry.answer import (
    CASES,
    Done,
    Entry,
    Questions,
    ask_of_entry,
    entry_row,
    item_row,
    refund_rows,
    totals,
)
from detente.compliance.customs.entry.columns import read_heads
from detente.compliance.customs.entry.given import read_cases, read_profile
from detente.compliance.customs.entry.rows import Entered, Refused, RowReader
from detente.compliance.customs.entry.table import read_cells
from detente.compliance.customs.entry.work import Task, in_order, worked_out
from detente.duties import has_entry_rules
from detente.errors import InputError
from detente.processes import second_process
from detente.schedules import provider_of
from detente.schedules.provider import HasProgrammes

if TYPE_CHECKING:
    import datetime as dt
    from collections import Counter
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from detente.asof import AsOf
    from detente.compliance.customs.entry.work import Failed
    from detente.compliance.documents.common import Assumption
    from detente.ledger import Ledger

_RATE: Final = "What is the cash deposit rate of the case? It stands in no table that was given."
WORTH: Final = 2_000
"""Lines from which a second process saves more than its start costs."""
# Where a refusal of a duty is about another column than the code.
_COLUMNS: Final = {
    "quantities": "quantity",
    "quantity": "quantity",
    "value": "value",
    "on": "entered_on",
    "origin": "origin",
}


def entry(
    lines: Any,
    *,
    asof: AsOf,
    ledger: Ledger,
    profile: Path | str | None = None,
    cases: Any = None,
    facts: Mapping[str, Any] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Entry:
    """Work out the entries of a file of lines; see `detente.queries.entry.entry`."""
    importer = ledger.home
    if not has_entry_rules(importer):
        raise InputError(
            "no rules of entry are held",
            where="ledger",
            found=importer or "no importer",
            allowed="a ledger whose first imposer has a schedule and rules of entry",
            repair="ask for single duties",
        )
    cells = read_cells(lines, where="lines")
    heads, known = read_heads(cells.heads), declared(ledger)
    _check_facts(heads.at, known)
    digits = line_digits(importer, ledger.kept(asof))
    held, rates = read_profile(profile, facts, known, digits), read_cases(cases)
    reader = RowReader(heads, known, held, asof.day, _claims(ledger, importer), digits)
    found: list[Entered] = []
    refused: list[Refused] = []
    for row, values in cells.rows:
        read = reader.read(row, values)
        if isinstance(read, Entered):
            found.append(read)
        else:
            refused += read
    task = Task(ledger, importer, asof, rates)
    done, failed = _worked(found, task, progress or (lambda _text: None))
    refused += [
        reader.refused(line.row, line.entry, line.line, _COLUMNS.get(problem.where, "code"), problem)
        for line, problem in failed
    ]
    return _assembled(done, refused, asof, ledger, [f"column not read: {name}" for name in heads.unread])


def _check_facts(columns: Iterable[str], known: Mapping[str, Any]) -> None:
    """Refuse a column of a fact that there is not."""
    from detente.compliance.facts import read_facts  # noqa: PLC0415  (names the nearest fact)

    for name in columns:
        if name.startswith("fact."):
            read_facts(known, {name.removeprefix("fact."): None}, where=name)


def _claims(ledger: Ledger, importer: str) -> Callable[[str, str, dt.date], str | None]:
    """The fact that claims a programme, by its code, or any programme where there is none."""
    rules, provider = ledger.rules, provider_of(importer)
    special = rules.preference.fact if rules.preference else None

    def freeing(origin: str) -> str | None:
        return next(
            (claim.fact for claim in rules.claims if claim.effect == "free" and origin in claim.origins), None
        )

    def claimed(programme: str, origin: str, on: dt.date) -> str | None:
        if not programme:
            return freeing(origin) or special
        if not isinstance(provider, HasProgrammes):
            return None
        kind = provider.claimed_as(programme, origin, on)
        return {"free": freeing(origin), "special": special, None: None}[kind]

    return claimed


def _worked(
    lines: Sequence[Entered], task: Task, say: Callable[[str], None]
) -> tuple[list[Done], list[Failed]]:
    """Work out all lines, a large file in two processes, of which the other is taken to be as far as this one."""
    ordered = sorted(lines, key=in_order)
    half = len(ordered) // 2
    with second_process() as beside:
        rest = None
        if len(ordered) >= WORTH:
            clean = replace(task, ledger=replace(task.ledger))  # without what it remembers
            rest = beside.ask(worked_out, clean, ordered[half:])
        if rest is None or not beside.at_work:
            found, failed = worked_out(task, ordered, lambda done: say(f"{done} of {len(lines)} lines"))
        else:
            found, failed = worked_out(
                task, ordered[:half], lambda done: say(f"{2 * done} of {len(lines)} lines")
            )
            more = rest.result()
            found, failed = found + more[0], failed + more[1]
    say(f"{len(lines)} of {len(lines)} lines")
    return sorted(found, key=lambda item: item.line.row), failed


def _assembled(
    done: Sequence[Done], refused: list[Refused], asof: AsOf, ledger: Ledger, warnings: list[str]
) -> Entry:
    """Put entries, fees, questions and totals together."""
    from collections import Counter  # noqa: PLC0415

    rules = ledger.law(asof.known_on).rules
    lost: Counter[str] = Counter(name for name, _ in {(item.entry, item.row) for item in refused})
    by_entry: dict[str, list[Done]] = {}
    for item in done:
        by_entry.setdefault(item.line.entry, []).append(item)
    entries = [entry_row(name, items, lost[name], rules) for name, items in by_entry.items()]
    questions = Questions()
    for item in done:
        for asked in item.duty.questions:
            questions.add(asked.fact, asked.why, asked.effect, item.line.name, item.line.value)
        for case in item.unrated:
            questions.add(CASES, _RATE, f"the deposit of {case}", item.line.name, item.line.value)
    for row in entries:
        ask_of_entry(row, questions, rules)
    items = [item_row(item) for item in done]
    wrong = sorted(refused, key=lambda item: item.row)
    fees = list(dict.fromkeys(fee.id for fee in rules.fees))
    sums = totals(entries, items, wrong, fees)
    return Entry(
        entries=tuple(entries),
        lines=tuple(row for item in done for row in item.rows),
        items=tuple(items),
        totals=sums,
        questions=questions.rows(),
        refused=tuple(vars(item) for item in wrong),
        refundable=tuple(row for item in done for row in refund_rows(item)),
        currency=currency_of(ledger.home),
        on=asof.day,
        known_on=asof.known_on,
        view=asof.view,
        ends=asof.ends,
        bond=continuous_bond(sums["total"] - sums["cases"]),
        assumptions=_assumed(done),
        warnings=tuple(dict.fromkeys((*warnings, *_warned(done)))),
    )


def _assumed(done: Iterable[Done]) -> tuple[Assumption, ...]:
    """What was taken as given on some line, each fact once."""
    found: dict[str, Assumption] = {}
    for item in done:
        for one in item.duty.assumptions:
            found.setdefault(one.name, one)
    return tuple(found.values())


def _warned(done: Iterable[Done]) -> list[str]:
    """Warnings of single lines, each once, with how many lines it is about."""
    lines: dict[str, int] = {}
    for item in done:
        day = item.duty.on.isoformat()
        for text in item.duty.warnings:
            said = text.replace(f"those of {day}", "those of the day of entry").replace(
                f"used for {day}", "used"
            )
            lines[said] = lines.get(said, 0) + 1
    return [f"{text} ({number} {'line' if number == 1 else 'lines'})" for text, number in lines.items()]
