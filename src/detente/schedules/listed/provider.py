"""The calls that every schedule answers, for an importer whose schedule is one list of lines."""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detente.errors import InputError
from detente.geography import territories as customs
from detente.schedules.codes import dotted
from detente.schedules.expressions import parse_quantity
from detente.schedules.listed.agreements import Agreement, agreements_with
from detente.schedules.listed.held import held
from detente.schedules.listed.lines import Lines
from detente.schedules.listed.rates import bounds_in, read_rate
from detente.schedules.provider import Candidates, Cells, LineTable, OrdinaryDuty, Preference
from detente.schedules.usa import industry_of, us_schedule

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from numpy.typing import NDArray

_SUBHEADING: Final = 6
# So many lines get their words; the words of more are not read by anyone.
_WORDED: Final = 40
MFN: Final = "Ordinary duty, most favoured nation"


class Listed:
    """
    An importer whose schedule is a table of lines: what is common to all of them.

    name: Of its file, and of its entry among `detente.schedules.listed.held`.
    """

    entry_rules = False
    weights: tuple[str, ...] = ()
    weights_year = 0
    special_chapters: tuple[str, ...] = ()
    stands_for: Mapping[str, str] = MappingProxyType({})

    def __init__(self, name: str) -> None:
        self.held, self.lines = held(name), Lines(name)
        self.importer, self.first_day = self.held.importer, self.held.first_day

    def day_rows(self, on: dt.date) -> NDArray[np.intp]:  # noqa: ARG002  (seasons decide it elsewhere)
        """Rows that stand on a day."""
        return np.arange(self.lines.codes.size)

    def rates_on(self, on: dt.date) -> NDArray[np.float64]:
        """Ad valorem rate of each row on a day, NaN where it is not known or hangs on more than the value, shape (P,)."""
        raise NotImplementedError

    def day_table(self, on: dt.date) -> LineTable:
        """Lines that stand on a day; NaN where their ordinary duty is not known or no ad valorem rate."""
        rows = self.day_rows(on)
        rates = self.rates_on(on)[rows]
        return LineTable(self.lines.codes[rows], rates, rates, self)

    def candidates(self, code: str, on: dt.date) -> Candidates:
        """Lines under a code, the first being the default; InputError for a code that is not in the schedule."""
        rows, short, said = self.lines.find(code)
        rows = rows[np.isin(rows, self.day_rows(on))]
        if rows.size == 0:
            raise self.lines.refuse(code, customs.name(self.importer))
        warnings = [said] if said else []
        covered = self.held.covers(on)
        if not covered:
            warnings.append(self.held.stale.format(first=self.first_day, on=on))
        if rows.size > 1:
            first = dotted(str(self.lines.codes[rows[0]]))
            warnings.append(
                f"{rows.size} lines stand under {dotted(short)}: the answer is for the first, {first}, the range for all"
            )
        return Candidates(
            self.lines.codes[rows],
            tuple(int(row) for row in rows),
            0,
            tuple(self.words(int(row)) for row in rows[:_WORDED]) + ("",) * max(0, rows.size - _WORDED),
            tuple(warnings),
            covered=True if covered else "partial",
        )

    def words(self, row: int) -> str:
        """Words of a line: those of its subheading where the table has none."""
        return subheading_words(str(self.lines.codes[row]))[-1]

    def ordinary_duty(
        self, row: int, *, column: int, value: float | None, quantity: str | None, on: dt.date
    ) -> OrdinaryDuty:
        """The most-favoured-nation duty of a line on a day; the schedule has no second column."""
        raise NotImplementedError

    def by_text(self, row: int, text: str, *, value: float | None, quantity: str | None) -> OrdinaryDuty:
        """Duty by a rate text: exact where it is ad valorem or the quantity is given, else between what it names."""
        source = f"{self.held.cited}, {dotted(str(self.lines.codes[row]))}: {text}"
        rate, least, most = bounds_in(text)
        read = read_rate(text)
        if rate is None and read is not None and quantity is not None and value:
            amount, unit = parse_quantity(quantity)
            rate = least = most = read.equivalent(value, {unit: amount})
        if rate is not None:
            return OrdinaryDuty(rate, least, bounded=True, text=text, title=MFN, source=source)
        needs = (
            f"the customs value and {', '.join(read.needs)} are needed" if read else "its conditions decide"
        )
        return OrdinaryDuty(
            None,
            least,
            bounded=False,
            text=text,
            title=MFN,
            source=source,
            ask=f"The ordinary duty is {text}: {needs}.",
            most=most,
            fact="quantity" if read else "",
        )

    def preferences(
        self,
        rows: tuple[int, ...],
        origin: str,
        on: dt.date,
        *,
        value: float | None = None,
        quantity: str | None = None,
    ) -> tuple[Preference, ...]:
        """What each agreement gives goods of an origin on some lines."""
        return tuple(
            self._given(item, rows, value, quantity) for item in agreements_with(self.importer, origin, on)
        )

    def _given(
        self, item: Agreement, rows: tuple[int, ...], value: float | None, quantity: str | None
    ) -> Preference:
        """What one agreement gives on some lines."""
        texts = self.agreement_texts(item.column)
        said = tuple("not held" if texts is None else str(texts[row]) for row in rows)
        rates, least = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
        for place, (row, text) in enumerate(zip(rows, said, strict=True)):
            if not self.holds_agreements(row) or texts is None:
                least[place] = 0.0
            elif text:
                duty = self.by_text(row, text, value=value, quantity=quantity)
                rates[place], least[place] = np.nan if duty.rate is None else duty.rate, duty.least
        said = tuple(
            text if self.holds_agreements(row) else "not held" for row, text in zip(rows, said, strict=True)
        )
        return Preference(item.word, item.title, item.act, said, rates, least)

    def agreement_texts(self, column: str | None) -> NDArray[np.str_] | None:
        """Rate texts of an agreement, shape (P,); None where they are not held."""
        if column is None:
            return None
        if column not in self._texts:
            self._texts[column] = self.lines.texts(column)
        return self._texts[column]

    @cached_property
    def _texts(self) -> dict[str, NDArray[np.str_]]:
        """Columns that have been read."""
        return {}

    def holds_agreements(self, row: int) -> bool:  # noqa: ARG002  (some schedules lost those of some lines)
        """Whether the agreement rates of a line are held."""
        return True

    def special_rates(self, rows: tuple[int, ...], origin: str, on: dt.date) -> NDArray[np.float64]:
        """Lowest ad valorem rate that an agreement gives, NaN without one or where none is held, shape (P,)."""
        found = [item.rates for item in self.preferences(rows, origin, on)]
        return np.asarray(np.fmin.reduce([np.full(len(rows), np.nan), *found]), dtype=np.float64)

    def path(self, code: str) -> tuple[str, ...]:
        """Headings a code stands under, down to itself."""
        rows, _, _ = self.lines.find(code)
        if rows.size == 0:
            raise self.lines.refuse(code, customs.name(self.importer))
        found = subheading_words(code)
        return (*found, self.words(int(rows[0]))) if rows.size == 1 else found

    def search(self, words: str, *, on: dt.date | None = None, limit: int = 20) -> list[dict[str, Any]]:
        """
        Lines found by the beginning of a code, or by words through the subheadings of the schedule that has them.

        The first six digits are the same everywhere. Trade by line is not held: `imports_usd` is None.
        """
        from detente.schedules import provided, provider_of  # noqa: PLC0415  (the room is not loaded yet)

        found: list[dict[str, Any]] = []
        if any(letter.isalpha() for letter in words) or not any(letter.isdigit() for letter in words):
            first = provider_of(provided()[0])
            hits = first.search(words, on=on, limit=limit) if first is not None else []
            scores = {hit["code"].replace(".", "")[:_SUBHEADING]: hit["score"] for hit in reversed(hits)}
            heads = dict.fromkeys(hit["code"].replace(".", "")[:_SUBHEADING] for hit in hits)
        else:
            heads = dict.fromkeys(["".join(letter for letter in words if letter.isdigit())])
            scores = {}
        day = on or self.first_day
        standing, rates = set(self.day_rows(day).tolist()), self.rates_on(day)
        for head in heads:
            for row in self.lines.find(head)[0].tolist():
                if row in standing and len(found) < limit:
                    code = str(self.lines.codes[row])
                    duty = self.ordinary_duty(row, column=1, value=None, quantity=None, on=day)
                    found.append(
                        {
                            "code": dotted(code),
                            "path": (*subheading_words(code), self.words(row)),
                            "rate": None if np.isnan(rates[row]) else float(rates[row]),
                            "rate_text": duty.text,
                            "imports_usd": None,
                            "score": scores.get(head, 1.0),
                        }
                    )
        if not found:
            raise (
                self.lines.refuse(next(iter(heads)), customs.name(self.importer))
                if heads and not scores
                else InputError(
                    "no line of that schedule is under these words",
                    where="words",
                    found=words,
                    allowed="words of the harmonised system",
                    repair="use other words, or a code",
                )
            )
        return found

    def share_by_line(self, name: str, codes: NDArray[np.str_], origin: str) -> NDArray[np.float64]:  # noqa: ARG002
        """Judgements by line are of an importer whose trade by line is held: none here."""
        return np.zeros(codes.shape)

    def covers(self, on: dt.date) -> bool:
        """Whether the schedule held is that of a day."""
        return self.held.covers(on)

    def spread_lines(self, on: dt.date) -> tuple[NDArray[np.str_], NDArray[np.float64], NDArray[np.bool_]]:
        """Codes and rates, those of a day where they are known, else of the schedule's own; which are the day's."""
        rows = self.day_rows(on)
        own, day = self.rates_on(self.first_day)[rows], self.rates_on(on)[rows]
        return self.lines.codes[rows], np.where(np.isnan(day), own, day), ~np.isnan(day)

    def industries_of(self, codes: NDArray[np.str_]) -> NDArray[np.str_]:
        """Industry of each code."""
        return industry_of(codes)

    def weighted_table(self) -> LineTable:
        """All lines: trade by line is not held."""
        return self.day_table(self.first_day)

    def industry_codes(self, classification: str) -> NDArray[np.str_]:
        """Industry of each line of `weighted_table`."""
        return industry_of(self.weighted_table().codes, classification)

    def imports(self) -> dict[str, Cells]:
        """Trade by line is not held."""
        return {}

    def imports_of(self, economy: str) -> Cells | None:  # noqa: ARG002
        """Trade by line is not held."""
        return None


def subheading_words(code: str) -> tuple[str, ...]:
    """Words of a code's headings down to its subheading, from the schedule that has words; empty text without any."""
    head = code[:_SUBHEADING]
    schedule = us_schedule()
    while len(head) > 1:
        rows = schedule.rows(head)
        if rows.size:
            shared: list[str] = []
            paths = [schedule.path(int(row)) for row in (rows[0], rows[-1])]
            for first, last in zip(*paths, strict=False):
                if first != last:
                    break
                shared.append(first)
            return tuple(shared) or ("",)
        head = head[:-2]
    return ("",)
