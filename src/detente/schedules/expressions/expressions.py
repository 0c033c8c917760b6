"""What a rate text means: expressions that turn a value and quantities into a duty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from detente.errors import InputError
from detente.schedules.expressions.customs_units import label, quantity_in

Quantities = Mapping[str, float]
VALUE_OF: Final = "value of "
_NONE: Final[Quantities] = {}


class Expression:
    """
    A duty as a function of value and quantities.

    `kind` is one of free, ad valorem, specific, compound, formula, unparsed.
    """

    kind = ""

    @property
    def ad_valorem(self) -> float | None:
        """Fraction of the customs value if the duty is nothing else, or None."""
        return None

    @property
    def at_least(self) -> float:
        """Fraction of the customs value that the duty is at least, whatever the quantities."""
        return self.ad_valorem or 0.0

    @property
    def at_most(self) -> float | None:
        """Fraction of the customs value that the duty is at most, None where quantities can raise it."""
        return self.ad_valorem

    @property
    def needs(self) -> tuple[str, ...]:
        """
        Facts beside the customs value that the duty needs.

        Quantities by unit, as ``kg`` or ``kg on drained weight``; values of parts in USD, as ``value of the
        battery``; ``ordinary duty`` where the duty rests on that of another line.
        """
        return ()

    def amount(
        self, value: float, quantities: Quantities | None = None, *, ordinary: float | None = None
    ) -> float:
        """Duty in USD, at least 0."""
        facts = _NONE if quantities is None else quantities
        for name, number in {"value": value, "ordinary": ordinary or 0.0, **facts}.items():
            if not 0.0 <= number < float("inf"):
                raise InputError(
                    "not a value or quantity",
                    where=name,
                    found=number,
                    allowed="a finite number of at least 0",
                    repair="state what the entry declares",
                )
        return max(0.0, self._amount(value, facts, ordinary))

    def equivalent(
        self, value: float, quantities: Quantities | None = None, *, ordinary: float | None = None
    ) -> float:
        """
        Duty as a fraction of the customs value.

        Fraction; with a fixed quantity, a specific duty's halves when the price doubles.
        """
        if value == 0.0:
            raise InputError(
                "no ad valorem equivalent of a good without value",
                where="value",
                found=value,
                allowed="above 0",
                repair="ask for the amount",
            )
        return self.amount(value, quantities, ordinary=ordinary) / value

    def _amount(self, value: float, facts: Quantities, ordinary: float | None) -> float:
        """Duty before the floor of zero."""
        raise NotImplementedError


@dataclass(frozen=True)
class Free(Expression):
    """No duty; `condition` is what the text asks for, as ``under bond``."""

    condition: str = ""
    kind = "free"

    @property
    def ad_valorem(self) -> float | None:
        """Zero."""
        return 0.0

    def _amount(self, value: float, facts: Quantities, ordinary: float | None) -> float:  # noqa: ARG002
        return 0.0


@dataclass(frozen=True)
class AdValorem(Expression):
    """A fraction of the customs value, or of the value of a part (`base`)."""

    rate: float
    base: str = ""
    kind = "ad valorem"

    @property
    def ad_valorem(self) -> float | None:
        """The rate, unless it falls on a part."""
        return None if self.base else self.rate

    @property
    def needs(self) -> tuple[str, ...]:
        """The value of the part."""
        return (VALUE_OF + self.base,) if self.base else ()

    def _amount(self, value: float, facts: Quantities, ordinary: float | None) -> float:  # noqa: ARG002
        return self.rate * (_value_of(self.base, facts) if self.base else value)


@dataclass(frozen=True)
class Specific(Expression):
    """US dollars per unit of quantity; `content` says what is measured, as ``on drained weight``."""

    usd: float
    unit: str
    content: str = ""
    kind = "specific"

    @property
    def needs(self) -> tuple[str, ...]:
        """The quantity."""
        return (label(self.unit, self.content),)

    def _amount(self, value: float, facts: Quantities, ordinary: float | None) -> float:  # noqa: ARG002
        return self.usd * quantity_in(self.unit, self.content, facts)


@dataclass(frozen=True)
class Compound(Expression):
    """A sum of duties."""

    parts: tuple[Expression, ...]
    kind = "compound"

    @property
    def ad_valorem(self) -> float | None:
        """The sum, if every part is a fraction of the customs value."""
        rates = [part.ad_valorem for part in self.parts]
        known = [rate for rate in rates if rate is not None]
        return sum(known) if len(known) == len(rates) else None

    @property
    def at_least(self) -> float:
        """The sum of what the parts are at least."""
        return sum(part.at_least for part in self.parts)

    @property
    def needs(self) -> tuple[str, ...]:
        """What the parts need, each once."""
        return tuple(dict.fromkeys(need for part in self.parts for need in part.needs))

    def _amount(self, value: float, facts: Quantities, ordinary: float | None) -> float:
        return sum(part.amount(value, facts, ordinary=ordinary) for part in self.parts)


@dataclass(frozen=True)
class Choice(Expression):
    """The higher, or the lower, of several duties."""

    parts: tuple[Expression, ...]
    higher: bool
    kind = "formula"

    @property
    def ad_valorem(self) -> float | None:
        """The one that binds, if every part is a fraction of the customs value."""
        rates = [part.ad_valorem for part in self.parts]
        known = [rate for rate in rates if rate is not None]
        return self._binding(known) if len(known) == len(rates) else None

    @property
    def at_least(self) -> float:
        """The one that binds of what the parts are at least."""
        return self._binding([part.at_least for part in self.parts])

    @property
    def at_most(self) -> float | None:
        """What the parts are at most: of the higher all must be known, of the lower any."""
        tops = [part.at_most for part in self.parts]
        known = [top for top in tops if top is not None]
        return self._binding(known) if len(known) == len(tops) or (known and not self.higher) else None

    @property
    def needs(self) -> tuple[str, ...]:
        """What the parts need, each once."""
        return tuple(dict.fromkeys(need for part in self.parts for need in part.needs))

    def _binding(self, duties: list[float]) -> float:
        """The higher or the lower."""
        return max(duties) if self.higher else min(duties)

    def _amount(self, value: float, facts: Quantities, ordinary: float | None) -> float:
        return self._binding([part.amount(value, facts, ordinary=ordinary) for part in self.parts])


class Formula(Expression):
    """A duty that neither sums fractions and unit rates nor is free."""

    kind = "formula"


@dataclass(frozen=True)
class Degrees(Formula):
    """
    Sugar by polarisation: `usd` per unit, less `step` for each degree under `degrees`, at least `floor`.

    HTSUS heading 1701; the degrees of the shipment are the quantity ``degree``.
    """

    usd: float
    step: float
    degrees: float
    floor: float
    unit: str

    @property
    def needs(self) -> tuple[str, ...]:
        """The weight and the degrees."""
        return (label(self.unit, ""), "degree")

    def _amount(self, value: float, facts: Quantities, ordinary: float | None) -> float:  # noqa: ARG002
        under = max(0.0, self.degrees - quantity_in("degree", "", facts))
        rate = min(self.usd, max(self.floor, self.usd - self.step * under))
        return rate * quantity_in(self.unit, "", facts)


@dataclass(frozen=True)
class Ordinary(Formula):
    """
    The duty of the line the good would otherwise enter under, plus an expression, less points.

    Chapter 99 prints "The duty provided in the applicable subheading + 25%". `share_of` names the part of the
    value the ordinary duty falls on, as in heading 9802; empty is all of it.
    """

    plus: Expression = field(default_factory=Free)
    minus: float = 0.0
    share_of: str = ""

    @property
    def additional(self) -> Expression:
        """What is charged on top."""
        return self.plus

    @property
    def needs(self) -> tuple[str, ...]:
        """The ordinary duty, the part's value, and what the addition needs."""
        part = (VALUE_OF + self.share_of,) if self.share_of else ()
        return ("ordinary duty", *part, *self.plus.needs)

    def _amount(self, value: float, facts: Quantities, ordinary: float | None) -> float:
        base = _known(ordinary)
        if self.share_of:
            base = base * _value_of(self.share_of, facts) / value if value else 0.0
        return max(0.0, base - self.minus * value) + self.plus.amount(value, facts, ordinary=ordinary)


@dataclass(frozen=True)
class Cap(Formula):
    """
    What tops the ordinary duty up to a total: ``max(0, total - MFN)``.

    The floors for the European Union, Japan, Korea and others, and the forced-labour tiers, have this form
    (HTSUS chapter 99, subchapter III, notes 2, 33 and 52).
    """

    total: float

    @property
    def needs(self) -> tuple[str, ...]:
        """The ordinary duty."""
        return ("ordinary duty",)

    def _amount(self, value: float, facts: Quantities, ordinary: float | None) -> float:  # noqa: ARG002
        return self.total * value - _known(ordinary)


@dataclass(frozen=True)
class Elsewhere(Formula):
    """A rate that stands at headings of chapter 98 or 99, or at a line the text names in words."""

    at: str

    @property
    def needs(self) -> tuple[str, ...]:
        """The duty found there."""
        return ("ordinary duty",)

    def _amount(self, value: float, facts: Quantities, ordinary: float | None) -> float:  # noqa: ARG002
        if ordinary is None:
            raise InputError(
                "the rate stands elsewhere in the schedule",
                where="ordinary",
                found="nothing",
                allowed="the duty in USD found there",
                repair=f"look it up: {self.at}",
            )
        return ordinary


@dataclass(frozen=True)
class Unparsed(Expression):
    """A text that states no rate, or none that is understood; `reason` says which."""

    text: str
    reason: str
    kind = "unparsed"

    @property
    def needs(self) -> tuple[str, ...]:
        """The duty, stated by whoever asks."""
        return ("duty by hand",)

    def _amount(self, value: float, facts: Quantities, ordinary: float | None) -> float:  # noqa: ARG002
        raise InputError(
            f"no rate can be read from this text: {self.reason}",
            where="rate",
            found=self.text or "an empty column",
            allowed="a rate the schedule prints as percent, cents or dollars per unit, or a formula",
            repair="find the duty in the note or heading it names and state it",
        )


def _value_of(part: str, facts: Quantities) -> float:
    """Value of a part in USD."""
    found = facts.get(VALUE_OF + part)
    if found is None:
        raise InputError(
            f"the value of {part} is needed",
            where="quantities",
            found=", ".join(facts) or "nothing",
            allowed=VALUE_OF + part,
            repair=f'state it in USD as "{VALUE_OF}{part}"',
        )
    return found


def _known(ordinary: float | None) -> float:
    """The ordinary duty, which must be known."""
    if ordinary is None:
        raise InputError(
            "this duty rests on the ordinary duty of the line",
            where="ordinary",
            found="nothing",
            allowed="USD",
            repair="work out the ordinary duty first",
        )
    return ordinary
