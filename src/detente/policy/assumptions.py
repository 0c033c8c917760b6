"""Assumptions given other values: which names there are, what each may be, and where each goes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from detente.duties import Assumptions
from detente.errors import InputError, StudyError
from detente.io.words import near_names
from detente.policy.instrument_table import PortFee, Purchase, Slice, instrument_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from detente.policy.study import StudySpec

Value = float | str
# How the trade elasticity of a sector is named, here and in designs.
THETA, THETA_IN_DESIGNS = "theta of ", "theta."
# Assumptions that change the shares of the parts carved out, not only their elasticities.
CARVING = ("ree_home_ratio", "soy_usd_per_t")


def sector_of(name: str) -> str | None:
    """The sector whose trade elasticity a name means, or None."""
    for start in (THETA, THETA_IN_DESIGNS):
        if name.startswith(start):
            return name.removeprefix(start)
    return None


def elasticities_in(values: Mapping[str, Value]) -> dict[str, float]:
    """The trade elasticities among some values, by sector."""
    found = {sector_of(name): value for name, value in values.items()}
    return {sector: float(value) for sector, value in found.items() if sector is not None}


def of_the_world(name: str) -> bool:
    """Whether an assumption says how the world or the whole law is read: then the baseline is read with it as well."""
    carving = {part.theta for part in instrument_table().parts} | set(CARVING)
    return sector_of(name) is not None or name in carving or name in Assumptions()


def check_assumptions(values: Mapping[str, Value], study: StudySpec, *, where: str) -> None:
    """Refuse, by `StudyError`, a name that no assumption bears, or a value that it cannot have."""
    named = {item.name for item in (*instrument_table().assumptions, *study.assumptions)}
    judged = Assumptions()
    for name, value in values.items():
        if sector_of(name) is None and name not in named and name not in judged:
            raise _unknown(name, [*named, *(row["name"] for row in judged.rows())], where)
        if name in judged and name not in named:
            try:
                judged.with_values(**{name: value})
            except InputError as error:
                found = f"{name}: {value}"
                raise StudyError(
                    error.what, where=where, found=found, allowed=error.allowed, repair=error.repair
                ) from None
        else:
            _check_number(name, value, where)


def _unknown(name: str, known: Iterable[str], where: str) -> StudyError:
    """The refusal of a name, with those that are near."""
    names = sorted(known)
    near = near_names(name, names)
    return StudyError(
        "a scenario uses an assumption the study does not name",
        where=where,
        found=name,
        allowed="an assumption of the study, of the table of instruments or of the tariff room, as `detente run` lists them,"
        f" or the elasticity of a sector such as `{THETA}C26`",
        repair=f"did you mean {' or '.join(near)}?"
        if near
        else "add it under `assumptions` with value, alternatives, why and source",
    )


def _check_number(name: str, value: Value, where: str) -> None:
    """A size is a number, not negative; what something is divided by is above zero; a share is at most one."""
    allowed = "a number, 0 or more"
    usable = not isinstance(value, (str, bool)) and math.isfinite(value) and value >= 0
    if sector_of(name) is not None or name in _divisors():
        allowed, usable = "a number above 0", usable and float(value) > 0
    elif name in _shares():
        allowed, usable = "a share, 0 to 1", usable and float(value) <= 1
    if not usable:
        raise StudyError(
            "a value that an assumption cannot have",
            where=where,
            found=f"{name}: {value}",
            allowed=allowed,
            repair="correct the value, or leave the assumption as it is",
        )


def _divisors() -> set[str]:
    """Names of the assumptions that something is divided by, or that are elasticities."""
    table = instrument_table()
    fees = {item.currency_per_usd or "" for item in table.instruments if isinstance(item, PortFee)}
    return (
        fees
        | {item.base for item in table.instruments if isinstance(item, Purchase)}
        | {part.theta for part in table.parts}
    )


def _shares() -> set[str]:
    """Names of the assumptions that are a part of a whole."""
    found: set[str] = set()
    for item in instrument_table().instruments:
        if isinstance(item, PortFee):
            found |= {item.redeployed, *(route.exposed for route in item.routes.values())}
        elif isinstance(item, Slice) and item.share:
            found.add(item.share)
    return found
