"""Questions about the law: status, duty, average, ledger."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import Field

from detente.asof import AsOf, today_at
from detente.cli.options import imposer_of, told
from detente.errors import InputError
from detente.web.questions.base import (
    Amount,
    Day,
    Found,
    LawQuestion,
    Maybe,
    Place,
    Question,
    Word,
    Words,
    option,
    python_lines,
    repeated,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from detente.ledger import Ledger

# A daily series of more than this is asked for in pieces.
LONGEST_SERIES = dt.timedelta(days=3700)


def facts(pairs: Iterable[str], *, where: str = "fact") -> dict[str, str]:
    """
    Split KEY=VALUE texts.

    Parameters
    ----------
    pairs
        Texts; a value left blank is a fact that is not known.
    where
        Field, for the error.

    Returns
    -------
    dict
        Key to value.

    Raises
    ------
    InputError
        A text without ``=``, or a key twice.
    """
    found: dict[str, str] = {}
    for text in pairs:
        key, sign, value = (part.strip() for part in text.partition("="))
        if not sign or not key or key in found:
            raise InputError(
                "a fact is a key and a value, each key once",
                where=where,
                found=text[:80],
                allowed="KEY=VALUE",
                repair="write for instance us_content=0.25",
            )
        if value:
            found[key] = value
    return found


class Status(LawQuestion):
    """The board: every instrument of the story, its state, and what lapses next."""

    address: ClassVar[str] = "/status"

    between: Annotated[tuple[Place, ...], Field(max_length=2)] = ()

    def capital(self, ledger: Ledger) -> str:
        """The first of a pair; of the story, the board's first imposer."""
        return self.between[0] if self.between else ledger.home

    def words(self) -> list[str]:
        """Words of the command line."""
        return ["status", *(["--between", *self.between] if self.between else []), *self.law_words()]

    def python(self) -> str:
        """Python lines."""
        return self.called("status", between=self.between)

    def python_law(self) -> tuple[list[str], dict[str, Any]]:
        """The board has no view."""
        lines, named = super().python_law()
        named.pop("view")
        return lines, named

    def pair(self) -> tuple[str, str] | None:
        """The two economies; None for the story."""
        if not self.between:
            return None
        if len(self.between) == 1:
            raise InputError(
                "a pair is two economies",
                where="between",
                found=self.between[0],
                allowed="between=A&between=B, or none for the story",
                repair="name the other one",
            )
        return self.between[0], self.between[1]

    def ask(self, ledger: Ledger) -> Found:
        """Read the board."""
        from detente.ledger import status  # noqa: PLC0415  (only where it is asked)

        law = self.law(ledger)
        named: dict[str, Any] = {"known_on": law["known_on"], "ends": self.ends}
        result = status(law["on"], **named, between=self.pair(), ledger=self.edited(ledger))
        return Found(result, warnings=result.pop("warnings", ()))


class Duty(LawQuestion):
    """The stack of duties on one product, line by line."""

    address: ClassVar[str] = "/duty"

    code: Word
    origin: Place = Field(alias="from")
    destination: Place = Field(alias="to")
    value: Amount = None
    quantity: Maybe = None
    fact: Words = ()
    fees: bool = False

    def capital(self, ledger: Ledger) -> str:
        """The destination."""
        del ledger
        return self.destination

    def words(self) -> list[str]:
        """Words of the command line."""
        return [
            "duty",
            self.code,
            "--from",
            self.origin,
            "--to",
            self.destination,
            *option("--value", self.value),
            *option("--quantity", self.quantity),
            *repeated("--fact", self.fact),
            *option("--fees", self.fees),
            *self.law_words(),
        ]

    def named(self) -> dict[str, Any]:
        """Arguments of the function."""
        return {
            "origin": self.origin,
            "destination": self.destination,
            "value": self.value,
            "quantity": self.quantity,
            "facts": facts(self.fact),
            "fees": self.fees,
        }

    def python(self) -> str:
        """Python lines."""
        return self.called("duty", self.code, **self.named())

    def found(self, ledger: Ledger) -> Any:
        """The answer as an object, for a worksheet."""
        from detente.compliance import duty  # noqa: PLC0415  (loads the schedule)

        asof = AsOf.of(**self.law(ledger), imposer=self.destination)
        return duty(self.code, **self.named(), asof=asof, ledger=self.edited(ledger))

    def ask(self, ledger: Ledger) -> Found:
        """Work out the stack."""
        return Found.of(self.found(ledger))


class Average(LawQuestion):
    """Average effective tariff of an importer, on a day or as a daily series."""

    address: ClassVar[str] = "/average"

    destination: Place = Field(alias="to", default="USA")
    origin: Maybe = Field(alias="from", default=None)
    until: Day = None
    by: Literal["measure", "sector", "chapter", "partner"] | None = None
    weights: Annotated[str, Field(max_length=40)] = "us2024"

    def capital(self, ledger: Ledger) -> str:
        """The importer."""
        del ledger
        return self.destination

    def words(self) -> list[str]:
        """Words of the command line."""
        return [
            "average",
            "--to",
            self.destination,
            *option("--from", self.origin),
            *option("--until", self.until),
            *option("--by", self.by),
            *(option("--weights", self.weights) if self.weights != "us2024" else []),
            *self.law_words(),
        ]

    def python(self) -> str:
        """Python lines."""
        weights = self.weights if self.weights != "us2024" else None
        named = {"importer": self.destination, "origin": self.origin, "by": self.by, "weights": weights}
        return self.called("average_tariff", **named, until=self.until)

    def ask(self, ledger: Ledger) -> Found:
        """Average the schedule."""
        from detente.duties import average_tariff  # noqa: PLC0415  (loads the schedule)

        until = dt.date.fromisoformat(self.until) if self.until else None
        if until and until - self.day(ledger) > LONGEST_SERIES:
            raise InputError(
                "the series is too long",
                where="until",
                found=self.until or "",
                allowed=f"at most {LONGEST_SERIES.days} days",
                repair="ask for it in pieces",
            )
        given: dict[str, Any] = {
            "importer": self.destination,
            "origin": self.origin,
            "by": self.by,
            "weights": self.weights,
        }
        asof = AsOf.of(**self.law(ledger), imposer=self.destination)
        return Found.of(average_tariff(**given, until=until, asof=asof, ledger=self.edited(ledger)))


class LedgerList(LawQuestion):
    """Every measure with its state on a day."""

    address: ClassVar[str] = "/ledger/ls"

    filters: Annotated[str, Field(max_length=80)] = Field(alias="words", default="")
    imposer: Maybe = None
    instrument: Maybe = None
    state: Maybe = None

    def only(self) -> dict[str, Any]:
        """Filters that are set, by the argument of the function."""
        given = {
            "words": self.filters,
            "imposer": self.imposer,
            "instrument": self.instrument,
            "state": self.state,
        }
        return {name: value for name, value in given.items() if value}

    def words(self) -> list[str]:
        """Words of the command line."""
        only = [word for name, value in self.only().items() for word in option(f"--{name}", value)]
        return ["ledger", "ls", *only, *self.law_words()]

    def python(self) -> str:
        """Python lines."""
        _, law = self.python_law()
        only = "".join(f", {name}={value!r}" for name, value in self.only().items())
        return python_lines(
            "from detente.ledger import list_measures",
            "ledger = dt.open_ledger()",
            f"list_measures(ledger, on={law['on']!r}, known_on={self.known!r}, view={self.view!r}, "
            f"ends={self.ends!r}{only})",
        )

    def ask(self, ledger: Ledger) -> Found:
        """List them."""
        from detente.ledger import count_readings, list_measures  # noqa: PLC0415

        law = self.law(ledger)
        rows = list_measures(self.edited(ledger), **law, **self.only())
        return Found({**told(ledger, law), "readings": count_readings(rows), "rows": rows})


class LedgerShow(LawQuestion):
    """One measure: state, rate, dates, timeline, stacking, sources."""

    address: ClassVar[str] = "/ledger/show"

    id: Word

    def capital(self, ledger: Ledger) -> str:
        """The measure's own."""
        return imposer_of(self.id)(ledger)

    def words(self) -> list[str]:
        """Words of the command line."""
        return ["ledger", "show", self.id, *self.law_words()]

    def python(self) -> str:
        """Python lines."""
        _, law = self.python_law()
        return python_lines(
            "from detente.ledger import show_measure",
            "ledger = dt.open_ledger()",
            f"show_measure(ledger, {self.id!r}, on={law['on']!r}, known_on={self.known!r}, "
            f"view={self.view!r}, ends={self.ends!r})",
        )

    def ask(self, ledger: Ledger) -> Found:
        """Show it."""
        from detente.ledger import show_measure  # noqa: PLC0415

        return Found(show_measure(self.edited(ledger), self.id, **self.law(ledger)))


class Timeline(Question):
    """The dated records of one measure, or of all."""

    address: ClassVar[str] = "/ledger/timeline"

    id: Maybe = None
    known: Day = None

    def words(self) -> list[str]:
        """Words of the command line."""
        return ["ledger", "timeline", *([self.id] if self.id else []), *option("--known", self.known)]

    def python(self) -> str:
        """Python lines."""
        return python_lines(
            "from detente.ledger import timeline",
            f"timeline(dt.open_ledger(), {self.id!r}, known_on={self.known!r})",
        )

    def ask(self, ledger: Ledger) -> Found:
        """List the records."""
        from detente.ledger import timeline  # noqa: PLC0415

        known = dt.date.fromisoformat(self.known) if self.known else None
        on = today_at(imposer_of(self.id or "")(ledger))
        about = told(ledger, {"on": on, "known_on": known}) | {"measure": self.id}
        return Found({**about, "rows": timeline(ledger, self.id, known_on=known)})


class Diff(LawQuestion):
    """What changed between two days."""

    address: ClassVar[str] = "/ledger/diff"

    first: Annotated[Day, Field(validate_default=True)] = None
    second: Day = None

    def span(self, ledger: Ledger) -> tuple[dt.date, dt.date]:
        """First and second day; the thirty days to today by default."""
        second = dt.date.fromisoformat(self.second) if self.second else today_at(self.capital(ledger))
        first = dt.date.fromisoformat(self.first) if self.first else second - dt.timedelta(days=30)
        return first, second

    def dated(self, ledger: Ledger) -> Self:
        """The same question with its days written out."""
        first, second = self.span(ledger)
        return self.model_copy(update={"first": first.isoformat(), "second": second.isoformat()})

    def words(self) -> list[str]:
        """Words of the command line."""
        return ["ledger", "diff", self.first or "", self.second or "", *self.law_words(day=False)]

    def python(self) -> str:
        """Python lines."""
        return python_lines(
            "from detente.ledger import diff",
            f"diff(dt.open_ledger(), {self.first!r}, {self.second!r}, known_on={self.known!r}, "
            f"view={self.view!r}, ends={self.ends!r})",
        )

    def ask(self, ledger: Ledger) -> Found:
        """Compare the two days."""
        from detente.ledger import diff, diff_readings  # noqa: PLC0415

        ledger = self.edited(ledger)
        law, (first, second) = self.law(ledger), self.span(ledger)
        about = told(ledger, law | {"on": second}) | {
            "first": first.isoformat(),
            "second": second.isoformat(),
        }
        law.pop("on")
        about["readings"] = diff_readings(ledger, first, second, **law)
        return Found({**about, "rows": diff(ledger, first, second, **law)})


class Cite(Question):
    """The acts and sources behind a measure."""

    address: ClassVar[str] = "/ledger/cite"

    id: Word
    first: Day = None
    second: Day = None

    def words(self) -> list[str]:
        """Words of the command line."""
        between = ["--between", self.first, self.second] if self.first and self.second else []
        return ["ledger", "cite", self.id, *between]

    def python(self) -> str:
        """Python lines."""
        between = (self.first, self.second) if self.first and self.second else None
        return python_lines(
            "from detente.ledger import cite", f"cite(dt.open_ledger(), {self.id!r}, between={between!r})"
        )

    def ask(self, ledger: Ledger) -> Found:
        """List the acts."""
        from detente.ledger import cite  # noqa: PLC0415

        between = None
        if self.first and self.second:
            between = (dt.date.fromisoformat(self.first), dt.date.fromisoformat(self.second))
        about = told(ledger, {"on": today_at(imposer_of(self.id)(ledger))}) | {
            "measure": self.id,
            "between": between,
        }
        return Found({**about, "rows": cite(ledger, self.id, between=between)})


class LedgerCheck(Question):
    """The ledger's own checks."""

    address: ClassVar[str] = "/ledger/check"

    def words(self) -> list[str]:
        """Words of the command line."""
        return ["ledger", "check"]

    def python(self) -> str:
        """Python lines."""
        return python_lines("from detente.ledger import check_ledger", "check_ledger(dt.open_ledger())")

    def ask(self, ledger: Ledger) -> Found:
        """Run the checks."""
        from detente.ledger import check_ledger  # noqa: PLC0415

        findings = check_ledger(ledger)
        counts = {"measures": len(ledger.measures), "sources": len(ledger.sources), "findings": 0}
        return Found({**told(ledger, {"on": today_at(ledger.home)}), "rows": findings or [counts]})
