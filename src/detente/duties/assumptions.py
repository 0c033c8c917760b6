"""Named judgements of the tariff room: defaults from the ledger, overrides by the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.errors import InputError
from detente.ledger import open_ledger
from detente.ledger.records.judgements import Judgement as Assumption

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Assumption", "Assumptions", "case_shares"]


class Assumptions:
    """
    The named judgements one calculation uses.

    Parameters
    ----------
    judgements
        Those of a ledger, by name; None for the ledger that comes with the package.
    **overrides
        A share from 0 to 1 in place of a default, or the default's own word.

    Raises
    ------
    InputError
        A name is not a judgement of this room, or a value is not a share from 0 to 1.

    Examples
    --------
    >>> Assumptions(steel_content=0.5)["steel_content"]
    0.5
    """

    def __init__(
        self, judgements: Mapping[str, Assumption] | None = None, /, **overrides: float | str
    ) -> None:
        known = open_ledger().assumptions if judgements is None else judgements
        for name, value in overrides.items():
            if name not in known:
                raise InputError(
                    "not an assumption of the tariff room",
                    where=f"Assumptions({name}=...)",
                    found=name,
                    allowed=", ".join(sorted(known)),
                    repair="see data/ledger/assumptions.yaml",
                )
            if value == known[name].value:
                continue
            if isinstance(value, (str, bool)) or not 0.0 <= value <= 1.0:
                raise InputError(
                    "an assumption is a share",
                    where=f"Assumptions({name}=...)",
                    found=value,
                    allowed=f"a number from 0 to 1, or the default `{known[name].value}`",
                    repair="give a fraction: 0.25 is 25 %",
                )
        self.judgements = known
        self._values: dict[str, float | str] = {name: item.value for name, item in known.items()} | overrides

    def __getitem__(self, name: str) -> float | str:
        """Value of a judgement."""
        return self._values[name]

    def get(self, name: str, letter: float) -> float | str:
        """Value of a judgement; where the ledger has none, what the letter of the law says."""
        return self._values.get(name, letter)

    def __eq__(self, other: object) -> bool:
        """Equal where every judgement has the same value."""
        return isinstance(other, Assumptions) and self.key == other.key

    def __hash__(self) -> int:
        """By the values."""
        return hash(self.key)

    def __contains__(self, name: object) -> bool:
        """Tell whether a name is a judgement of this room."""
        return name in self._values

    def with_values(self, **values: float | str) -> Assumptions:
        """The same judgements with some other values, checked like those of a new one."""
        return Assumptions(self.judgements, **(self._values | values)) if values else self

    def numbers(self) -> dict[str, float]:
        """Judgements that are one number, as name to share; those that are tables by line are left out."""
        return {name: float(value) for name, value in self._values.items() if not isinstance(value, str)}

    @property
    def key(self) -> tuple[tuple[str, float | str], ...]:
        """All values, for use as a key."""
        return tuple(sorted(self._values.items()))

    def rows(self) -> list[dict[str, Any]]:
        """
        List the judgements for an answer.

        One dict a judgement: name, value, default, alternatives, unit, used, why, source, test.
        """
        return [
            {"name": name, "value": self._values[name], "default": item.value}
            | item.model_dump(exclude={"value"}, mode="json")
            for name, item in self.judgements.items()
        ]


def case_shares(judgements: Mapping[str, Assumption] | None = None) -> dict[str, Assumption]:
    """
    Shares of the value that scopes scale with, as one shipment is asked for them.

    Name to judgement, its `case` being what is assumed of a share nobody stated.
    """
    known = open_ledger().assumptions if judgements is None else judgements
    return {name: item for name, item in known.items() if item.case is not None}
