"""What a file of entries comes to: rows to file, entries with their fees, questions once, refused rows, claims."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final

from detente.compliance.customs.drawback import STATUSES, drawback_of, drawn_back, single_bond
from detente.compliance.customs.entry.fees import EntryFee, entry_fees
from detente.compliance.customs.rate import cents
from detente.display import as_html, in_short
from detente.formatting import count, fixed
from detente.io.documents import as_json

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from detente.compliance.customs.entry.rows import Entered, Refused
    from detente.compliance.documents.common import Assumption
    from detente.compliance.documents.duty import Duty
    from detente.ledger.records.standing import Rules

Row = dict[str, Any]
MODE, TYPE, CASES = "mode", "entry_type", "cases"
_SHOWN: Final = 5


@dataclass(frozen=True)
class Entry:
    """
    A file of entry lines, worked out.

    Attributes
    ----------
    entries
        One an entry: day, lines, value, duty with its range, fees and why, cases, total, what is refundable; duties and
        fees by whether they are drawn back on export, and the most of it; the single bond that guidance asks for.
    lines
        Rows of the entry summaries in filing order: ``entry, line, sequence, heading, measure, title, base, rate, amount,
        claim, source, drawback``.
    items
        One a line given: code, origin, value, duty with its range, whether covered or prohibited, refundable.
    totals
        Sums over all entries; amounts in `currency`.
    bond
        The continuous bond that guidance asks for if the entries given were those of twelve months, with its formula.
    questions
        Open facts, each once: ``fact, why, effect, lines, value, at``.
    refused
        What is wrong with rows that cannot be used: ``row, entry, line, column, what, found, allowed, repair``.
    refundable
        By line and measure, what customs took and what was due after annulments and acts that reach back.
    currency, on, known_on, view, ends
        Currency of amounts, day of lines that name none, and how the ledger was read.
    assumptions, warnings
        What was taken as given, and what a reader must know.
    """

    __repr__ = in_short
    _repr_html_ = as_html

    entries: tuple[Row, ...]
    lines: tuple[Row, ...] = field(repr=False)
    items: tuple[Row, ...] = field(repr=False)
    totals: Row
    questions: tuple[Row, ...] = field(repr=False)
    refused: tuple[Row, ...] = field(repr=False)
    refundable: tuple[Row, ...] = field(repr=False)
    currency: str
    on: dt.date
    known_on: dt.date | None
    view: str
    ends: str
    bond: Row = field(default_factory=dict, repr=False)
    assumptions: tuple[Assumption, ...] = field(default=(), repr=False)
    warnings: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """4 where a good may not be imported, 1 where a row could not be used, else 0."""
        return 4 if self.totals["prohibited"] else 1 if self.refused else 0

    def to_dict(self) -> dict[str, Any]:
        """
        Lay the answer out for JSON.

        Returns
        -------
        document
            The attributes by name; assumptions and warnings apart, they stand beside the result.
        """
        shown = [item.name for item in fields(self) if item.name not in {"assumptions", "warnings"}]
        return {name: as_json(getattr(self, name)) for name in shown}


@dataclass(frozen=True)
class Difference:
    """What customs took under one measure, and what was due after annulments and acts that reach back."""

    measure: str
    title: str
    heading: str
    collected: float
    due: float
    source: str

    @property
    def refundable(self) -> float:
        """What was taken beyond what was due; negative where less was."""
        return (
            cents(self.collected - self.due)
            if self.collected >= self.due
            else -cents(self.due - self.collected)
        )


@dataclass(frozen=True)
class Done:
    """One line worked out: its duty, its rows of the entry summary, and what was taken beyond what was due."""

    line: Entered
    duty: Duty
    rows: tuple[Row, ...]
    differences: tuple[Difference, ...] = ()

    @property
    def cases(self) -> float:
        """Antidumping and countervailing duty, as far as rates are held."""
        return cents(sum(row["amount"] or 0.0 for row in self.rows if row["measure"].startswith("case.")))

    @property
    def unrated(self) -> tuple[str, ...]:
        """Antidumping and countervailing cases whose rate is not held."""
        return tuple(
            row["heading"]
            for row in self.rows
            if row["measure"].startswith("case.") and row["amount"] is None
        )

    @property
    def refundable(self) -> float:
        """What was taken beyond what was due, all measures together."""
        return round(sum(item.refundable for item in self.differences), 2)


def item_row(done: Done) -> Row:
    """One line given, with its duty."""
    line, duty = done.line, done.duty
    return {
        "row": line.row,
        "entry": line.entry,
        "line": line.line,
        "code": duty.code,
        "description": duty.description,
        "origin": line.origin,
        "entered_on": line.on.isoformat(),
        "value": line.value,
        "rate": duty.rate,
        "rate_min": duty.rate_min,
        "rate_max": duty.rate_max,
        "amount": duty.amount,
        "amount_min": duty.amount_min,
        "amount_max": duty.amount_max,
        "cases": done.cases,
        "refundable": done.refundable,
        "covered": duty.covered,
        "prohibited": duty.prohibited.act if duty.prohibited else None,
        "open": ", ".join(item.fact for item in duty.questions),
    }


def refund_rows(done: Done) -> list[Row]:
    """What is refundable on one line, by measure."""
    line = done.line
    return [
        {
            "entry": line.entry,
            "line": line.line,
            "entered_on": line.on.isoformat(),
            "code": done.duty.code,
            "origin": line.origin,
            "value": line.value,
            "measure": item.measure,
            "title": item.title,
            "heading": item.heading,
            "collected": item.collected,
            "due": item.due,
            "refundable": item.refundable,
            "source": item.source,
        }
        for item in done.differences
    ]


def entry_row(entry: str, done: Sequence[Done], refused: int, rules: Rules) -> Row:
    """One entry with its fees and totals; `refused` is how many of its rows could not be used."""
    lines = [item.line for item in done]
    first = lines[0]
    informal = next((line.informal for line in lines if line.informal is not None), None)
    mode = next((line.mode for line in lines if line.mode), "")
    value = cents(sum(line.value for line in lines))
    fees = entry_fees(lines, rules, first.on, informal=bool(informal), mode=mode)
    duty = [item.duty for item in done]
    amount = cents(sum(item.amount or 0.0 for item in duty))
    cases = cents(sum(item.cases for item in done))
    paid = cents(sum(fee.amount or 0.0 for fee in fees))
    row: Row = {
        "entry": entry,
        "entered_on": first.on.isoformat(),
        "lines": len(lines),
        "value": value,
        "duty": amount,
        "duty_min": _added(item.amount_min for item in duty),
        "duty_max": _added(item.amount_max for item in duty),
        "cases": cases,
    }
    for fee in fees:
        row |= {fee.id: fee.amount, f"{fee.id}_why": fee.why}
    total = cents(amount + cases + paid)
    unknown = sum(
        (item.duty.amount is None and not item.duty.prohibited) or bool(item.unrated) for item in done
    )
    return row | {
        "total": total,
        "refundable": round(sum(item.refundable for item in done), 2),
        **drawn_back(_paid(done, fees)),
        "bond_single": None if informal or unknown else single_bond(value, total),
        "type": {None: "formal, not said", False: "formal", True: "informal"}[informal],
        "mode": mode,
        "unknown": unknown,
        "prohibited": sum(bool(item.prohibited) for item in duty),
        "refused": refused,
        "remarks": "; ".join(_remarks(lines, informal, value, rules, fees)),
    }


def _paid(done: Sequence[Done], fees: Sequence[EntryFee]) -> Iterator[tuple[str, float]]:
    """Amounts of an entry, each with whether it is drawn back on export."""
    for item in done:
        for row in item.rows:
            yield row["drawback"], row["amount"] or 0.0
    importer, on = done[0].duty.destination, done[0].line.on
    for fee in fees:
        yield drawback_of(f"fee.{fee.id}", importer, on)[0], fee.amount or 0.0


def _added(amounts: Iterable[float | None]) -> float | None:
    """A sum of amounts; None where one has no bound."""
    found = list(amounts)
    return None if any(item is None for item in found) else cents(sum(item or 0.0 for item in found))


def _remarks(
    lines: Sequence[Entered], informal: bool | None, value: float, rules: Rules, fees: Sequence[EntryFee]
) -> list[str]:
    """What does not fit together in one entry."""
    found = []
    for name, words in (
        ("days of entry", {line.on.isoformat() for line in lines}),
        ("modes", {line.mode for line in lines if line.mode}),
        ("types", {str(line.informal) for line in lines if line.informal is not None}),
    ):
        if len(words) > 1:
            found.append(f"{len(words)} {name} in one entry: the first counts for its fees")
    limit = rules.informal_entry
    if informal and limit is not None and value > limit.limit:
        found.append(f"informal above {fixed(limit.limit, 0)} ({limit.act})")
    if informal and any(line.cases for line in lines):
        found.append("informal with an antidumping or countervailing case")
    return [*found, *(f"{fee.id}: {fee.why}" for fee in fees if fee.amount is None)]


def totals(
    entries: Sequence[Row], items: Sequence[Row], refused: Sequence[Refused], fees: Sequence[str]
) -> Row:
    """Sums over all entries."""
    found: Row = {"entries": len(entries), "lines": len(items)}
    drawn = (*(f"drawback_{status}" for status in STATUSES), "drawback_most")
    for name in ("value", "duty", "duty_min", "duty_max", "cases", *fees, "total", *drawn):
        held = [row[name] for row in entries]
        found[name] = (
            None
            if name in {"duty_min", "duty_max"} and None in held
            else cents(sum(item or 0.0 for item in held))
        )
    return found | {
        "refundable": round(sum(row["refundable"] for row in entries), 2),
        "unknown": sum(row["unknown"] for row in entries),
        "prohibited": sum(row["prohibited"] for row in entries),
        "refused": len({item.row for item in refused}),
    }


class Questions:
    """Open facts of many lines, each asked once."""

    def __init__(self) -> None:
        self._why: dict[str, Counter[str]] = {}
        self._effects: dict[str, Counter[str]] = {}
        self._at: dict[str, list[str]] = {}
        self._value: Counter[str] = Counter()

    def add(self, fact: str, why: str, effect: str, at: str, value: float) -> None:
        """A fact that is open on one line, or in one entry."""
        self._why.setdefault(fact, Counter())[why] += 1
        self._effects.setdefault(fact, Counter())[effect] += 1
        self._at.setdefault(fact, []).append(at)
        self._value[fact] += value  # type: ignore[assignment]

    def rows(self) -> tuple[Row, ...]:
        """One a fact, those that bear on the most value first."""
        found = [
            {
                "fact": fact,
                "why": why.most_common(1)[0][0],
                "effect": _said(self._effects[fact]),
                "lines": len(self._at[fact]),
                "value": cents(self._value[fact]),
                "at": ", ".join(self._at[fact][:_SHOWN]) + (" ..." if len(self._at[fact]) > _SHOWN else ""),
            }
            for fact, why in self._why.items()
        ]
        return tuple(sorted(found, key=lambda row: (-row["value"], row["fact"])))


def _said(effects: Counter[str]) -> str:
    """The commonest effect, and how many others there are."""
    first = effects.most_common(1)[0][0]
    others = len(effects) - 1
    return first + (
        f"; {count(others)} more with {'another effect' if others == 1 else 'other effects'}"
        if others
        else ""
    )


def ask_of_entry(row: Row, questions: Questions, rules: Rules) -> None:
    """Questions about a whole entry: how the goods came, and whether it is informal."""
    by_mode = [fee for fee in {fee.id: fee for fee in rules.fees}.values() if fee.modes]
    for fee in by_mode:
        if not row["mode"] and row[fee.id] is None:
            modes = " or ".join(fee.modes)
            why = f"How did the goods arrive? Those by {modes} owe the {fee.title.partition(' (')[0].lower()} ({fee.act})."
            questions.add(
                MODE, why, f"{fee.title.partition(' (')[0]} if by {modes}", row["entry"], row["value"]
            )
    limit = rules.informal_entry
    if (
        limit is not None
        and row["type"].endswith("not said")
        and row["value"] <= limit.limit
        and not row["cases"]
    ):
        why = f"Is the entry informal? One of at most {fixed(limit.limit, 0)} may be, and owes a flat fee ({limit.act})."
        questions.add(TYPE, why, "a flat fee in place of the smallest", row["entry"], row["value"])
