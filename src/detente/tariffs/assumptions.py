"""Named judgements of the tariff room: defaults from the ledger, overrides by the caller."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.errors import InputError, LedgerError
from detente.ledger.schema import Record
from detente.reading import read_record

if TYPE_CHECKING:
    from collections.abc import Mapping

ASSUMPTIONS_FILE = Path(__file__).parent.parent / "data" / "ledger" / "assumptions.yaml"
_LARGEST = 1_000_000


class Assumption(Record):
    """
    One judgement: its default, what else it could be, where it comes from and which test watches it.

    `case` is what one shipment assumes of a share it does not state, where that differs from trade as a whole.
    """

    title: str
    value: float | str
    case: float | None = None
    alternatives: tuple[float | str, ...]
    unit: str
    used: str
    why: str
    source: str
    test: str


class AssumptionFile(Record):
    """The file of all judgements."""

    assumptions: dict[str, Assumption]


@functools.cache
def _defaults() -> Mapping[str, Assumption]:
    """Read the judgements that come with the package."""
    return read_record(ASSUMPTIONS_FILE, AssumptionFile, error=LedgerError, largest=_LARGEST).assumptions


class Assumptions:
    """
    The named judgements one calculation uses.

    Parameters
    ----------
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

    def __init__(self, **overrides: float | str) -> None:
        known = _defaults()
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
        self._values: dict[str, float | str] = {name: item.value for name, item in known.items()} | overrides

    def __getitem__(self, name: str) -> float | str:
        """Value of a judgement."""
        return self._values[name]

    def __contains__(self, name: object) -> bool:
        """Tell whether a name is a judgement of this room."""
        return name in self._values

    def with_values(self, **values: float | str) -> Assumptions:
        """The same judgements with some other values, checked like those of a new one."""
        return Assumptions(**(self._values | values)) if values else self

    def numbers(self) -> dict[str, float]:
        """
        Judgements that are one number.

        Returns
        -------
        numbers
            Name to share; those that are tables by line are left out.
        """
        return {name: float(value) for name, value in self._values.items() if not isinstance(value, str)}

    @property
    def key(self) -> tuple[tuple[str, float | str], ...]:
        """All values, for use as a key."""
        return tuple(sorted(self._values.items()))

    def rows(self) -> list[dict[str, Any]]:
        """
        List the judgements for an answer.

        Returns
        -------
        rows
            One dict a judgement: name, value, default, alternatives, unit, used, why, source, test.
        """
        return [
            {"name": name, "value": self._values[name], "default": item.value}
            | item.model_dump(exclude={"value"}, mode="json")
            for name, item in _defaults().items()
        ]


def case_shares() -> dict[str, Assumption]:
    """
    Shares of the value that scopes scale with, as one shipment is asked for them.

    Returns
    -------
    shares
        Name to judgement, its `case` being what is assumed of a share nobody stated.
    """
    return {name: item for name, item in _defaults().items() if item.case is not None}
