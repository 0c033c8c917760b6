"""What a bloc is worth to its members while tariffs of others rise."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.errors import InputError
from detente.model import solve
from detente.places import is_group, resolve
from detente.scenarios.outcomes import group_members
from detente.scenarios.play import BASELINE, Board, conditions, require
from detente.scenarios.preferences import agreement_table, duties_inside

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from detente.model import Equilibrium, Shock

# A loss below this, percent of real income, has no share that could be offset.
_NO_LOSS = 1e-4
REGIMES = ("as they are", "ordinary", "without", "zero")


def hedge(board: Board, bloc: str | Sequence[str], *, under: str = "truce") -> dict[str, Any]:
    """
    Value a bloc under a scenario's tariffs.

    Parameters
    ----------
    board
        Study, world, law.
    bloc
        A group (RCEP, EU, ASEAN, ...) or a list of economies.
    under
        Scenario of the study.

    Returns
    -------
    dict
        ``members``: for each, percent of real income before the tariffs (the study's baseline) that it is down
        under the scenario with the bloc's duties as they are (``loss_with``), at the ordinary duties among the
        members (``loss_without``), without the bloc's own agreement alone (``loss_without_agreement``), and at
        zero duties (``loss_deepened``); ``offset_share`` is the part of ``loss_without`` that the preferences take
        away. ``worth_before`` and ``worth_under`` are what the preferences add without and with the scenario's
        tariffs: the bloc is a hedge, and not only a gain, where the second is larger. Then ``total``, and
        ``gains_most`` from deepening.

    Raises
    ------
    InputError
        Fewer than two members in this world.
    ConvergenceError
        A solve failed.

    Notes
    -----
    Preferences are those of the world's base year: the shares of the ordinary duty in data/worlds/agreements.yaml,
    named assumptions.
    """
    name, members = find_bloc(board, bloc, under)
    own = _agreements_of(name)
    incomes: dict[tuple[str, str], Equilibrium] = {}
    for regime in REGIMES:
        if regime == "without" and not own:
            continue
        inside = duties_inside(board, members, regime, agreements=own)
        change = inside - board.collected
        for law in (BASELINE, under):
            shock = board.law(law).shock
            incomes[law, regime] = _solve(board, shock, change, f"{law}, duties inside {name} {regime}")
    rows = [_member(label, incomes, under) for label in members]
    return {
        **conditions(board),
        "bloc": name,
        "under": under,
        "agreements": list(own),
        "members": rows,
        "total": _total(members, incomes, under, board),
        "gains_most": max(rows, key=lambda row: row["gain_from_deepening"])["economy"],
        "offset_most": max(rows, key=lambda row: row["offset_share"] or 0.0)["economy"],
    }


def find_bloc(board: Board, bloc: str | Sequence[str], under: str) -> tuple[str, list[str]]:
    """
    Find the members of a bloc that a world knows.

    Parameters
    ----------
    board
        World, study.
    bloc
        A group, a comma-separated list, or labels.
    under
        Scenario whose day decides the membership.

    Returns
    -------
    name, members

    Raises
    ------
    InputError
        Fewer than two members.
    """
    words = bloc.split(",") if isinstance(bloc, str) else list(bloc)
    if len(words) == 1 and is_group(words[0].upper()):
        name = words[0].upper()
        found = group_members(name, board.setting.world, board.spec(under))
    else:
        codes = [resolve(word.strip(), where="BLOC") for word in words]
        name, found = "+".join(codes), [label for label in board.base.economies if label in codes]
    if len(found) < 2:  # noqa: PLR2004
        raise InputError(
            "a bloc has at least two members in this world",
            where="BLOC",
            found=f"{bloc}: {', '.join(found) or 'none'}",
            allowed="a group such as RCEP, or economies separated by commas",
            repair="name the members, such as CHN,JPN,KOR",
        )
    return name, found


def _agreements_of(name: str) -> tuple[str, ...]:
    """Agreements that carry the bloc's name, or that bind exactly the bloc."""
    table = agreement_table()
    plain = name.lower()
    aliases = {"asean": ("afta",)}
    ids = {item["id"] for item in table["agreements"]}
    return tuple(sorted(({plain} | set(aliases.get(plain, ()))) & ids))


def _solve(board: Board, shock: Shock, change: Any, where: str) -> Equilibrium:
    """Solve a scenario with other duties inside the bloc."""
    held = board.base.tariff if shock.tariff is None else shock.tariff
    moved = dataclasses.replace(shock, tariff=np.maximum(held + change, 0.0))
    eq = solve(
        board.base,
        moved,
        closure=board.run.spec.closure,
        factors=board.options.factors,
        horizon=board.options.horizon,
        throw=False,
    )
    return require(eq, where)


def _member(label: str, incomes: Mapping[tuple[str, str], Equilibrium], under: str) -> dict[str, Any]:
    """One member's losses and what the preferences are worth to it."""

    def at(law: str, regime: str) -> float:
        return float(incomes[law, regime].real_income_pct[label])

    return {"economy": label} | _values(at, under, own=(under, "without") in incomes)


def _values(at: Any, under: str, *, own: bool) -> dict[str, Any]:
    """Losses against the baseline, the share offset, and the worth of the preferences."""
    loss = {regime: -at(under, regime) for regime in REGIMES if regime != "without" or own}
    without = loss["ordinary"]
    return {
        "loss_with": loss["as they are"],
        "loss_without": without,
        "loss_without_agreement": loss.get("without"),
        "loss_deepened": loss["zero"],
        "offset_share": (without - loss["as they are"]) / without if without > _NO_LOSS else None,
        "deepened_offset_share": (
            (loss["as they are"] - loss["zero"]) / loss["as they are"]
            if loss["as they are"] > _NO_LOSS
            else None
        ),
        "gain_from_deepening": loss["as they are"] - loss["zero"],
        "worth_before": at(BASELINE, "as they are") - at(BASELINE, "ordinary"),
        "worth_under": at(under, "as they are") - at(under, "ordinary"),
        "hedge_pct": (at(under, "as they are") - at(under, "ordinary"))
        - (at(BASELINE, "as they are") - at(BASELINE, "ordinary")),
    }


def _total(
    members: Sequence[str], incomes: Mapping[tuple[str, str], Equilibrium], under: str, board: Board
) -> dict[str, Any]:
    """The bloc together: equivalent variations added."""

    def at(law: str, regime: str) -> float:
        return float(incomes[law, regime].group(list(members))["real_income_pct"])

    share = board.setting.world.gdp_share(list(members))
    return {"gdp_share": share} | _values(at, under, own=(under, "without") in incomes)
