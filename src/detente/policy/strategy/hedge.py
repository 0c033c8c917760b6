"""What a bloc is worth to its members while tariffs of others rise."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.errors import InputError
from detente.games import RealIncome
from detente.geography.economies import is_group, resolve
from detente.model import solve, solve_many
from detente.policy.outcomes import group_members
from detente.policy.strategy.fragility.answers import Asked, Draws, draw, goal_reader, judge_hedge, key_of
from detente.policy.strategy.game_setting import BASELINE, GameSetting, absent, conditions, require
from detente.policy.strategy.preferences import agreement_table, duties_inside
from detente.world import world_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from detente.model import Equilibrium, Shock
    from detente.world import Baseline

# A loss below this, percent of real income, has no share that could be offset.
_NO_LOSS = 1e-4
REGIMES = ("as they are", "ordinary", "without", "zero")


def hedge(
    board: GameSetting, bloc: str | Sequence[str], *, under: str = "truce", draws: Draws | None = None
) -> dict[str, Any]:
    """
    Value a bloc under a scenario's tariffs.

    Gives ``members``: for each, percent of real income before the tariffs (the study's baseline) that it is down under
    the scenario with the duties among the members as they are (``loss_with``), without the bloc's own agreement
    (``loss_without``) and at zero duties (``loss_deepened``); ``offset_share`` is the part of ``loss_without`` that the
    agreement takes away. ``worth_before`` and ``worth_under`` are what it adds without and with the scenario's tariffs:
    the bloc is a hedge, and not only a gain, where the second is larger. The same keys with ``_all`` are for every
    agreement among the members taken together, others than the bloc's included. A bloc without an agreement of its own
    has only those, under both names (``preferences``: "own" or "all"). Then ``total``, and ``gains_most`` from
    deepening; ``verdict``, how sure it is that the bloc is a hedge to its members together, over the draws of
    ``fragility``. ``not_in_world`` lists members of a group that the world does not hold.

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
        "preferences": "own" if own else "all",
        **absent(board, name, on=board.spec(under).on),
        "members": rows,
        "total": _total(members, incomes, under, board),
        **_sure(board, (name, members), own, under, draws or Draws()),
        "gains_most": max(rows, key=lambda row: row["gain_from_deepening"])["economy"],
        "offset_most": max(rows, key=lambda row: row["offset_share"] or 0.0)["economy"],
    }


def hedge_asked(board: GameSetting, members: Sequence[str], own: tuple[str, ...], under: str) -> Asked:
    """What decides whether a bloc is a hedge: its members' real income with and without it, before and under tariffs."""
    regimes = ("as they are", "without" if own else "ordinary")
    changes = [duties_inside(board, members, regime, agreements=own) - board.collected for regime in regimes]
    read = goal_reader([RealIncome(tuple(members))])

    def numbers(base: Baseline, shocks: Sequence[Shock]) -> dict[str, list[float]]:
        moved = [_inside(base, shock, change) for shock in shocks for change in changes]
        terms = vars(board.options.terms(board.run.spec))
        found = solve_many(base, moved, throw=False, reduce=read, **terms)
        return {title: [row[title] for row in found] for title in found[0]}

    return Asked((BASELINE, under), ("before", "before without", "under", "under without"), numbers)


def _sure(
    board: GameSetting, bloc: tuple[str, Sequence[str]], own: tuple[str, ...], under: str, draws: Draws
) -> dict[str, Any]:
    """How sure it is that a bloc is a hedge; nothing without draws."""
    name, members = bloc
    found = draw(board, key_of("hedge", name, under), lambda: hedge_asked(board, members, own, under), draws)
    if found is None:
        return {}
    drawn, about = found
    verdict = judge_hedge(drawn, RealIncome(tuple(members)), name)
    return {"fragility": about, "verdict": verdict}


def find_bloc(board: GameSetting, bloc: str | Sequence[str], under: str) -> tuple[str, list[str]]:
    """Find the members of a bloc that a world knows."""
    words = bloc.split(",") if isinstance(bloc, str) else list(bloc)
    if len(words) == 1 and is_group(words[0].upper()):
        name = words[0].upper()
        found = group_members(name, board.setting.world, board.spec(under))
    else:
        codes = [resolve(word.strip(), where="BLOC") for word in words]
        name, found = "+".join(codes), [label for label in board.base.economies if label in codes]
        if missing := [code for code in codes if code not in found]:
            raise InputError(
                "an economy this world does not hold",
                where="BLOC",
                found=", ".join(missing),
                allowed=", ".join(board.base.economies),
                repair=f"leave it out, or choose a world that has it: {', '.join(world_names())}",
            )
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


def _solve(board: GameSetting, shock: Shock, change: Any, where: str) -> Equilibrium:
    """Solve a scenario with other duties inside the bloc."""
    eq = solve(
        board.base,
        _inside(board.base, shock, change),
        throw=False,
        **vars(board.options.terms(board.run.spec)),
    )
    return require(eq, where)


def _inside(base: Baseline, shock: Shock, change: Any) -> Shock:
    """A law with other duties inside the bloc."""
    held = base.tariff if shock.tariff is None else shock.tariff
    return dataclasses.replace(shock, tariff=np.maximum(held + change, 0.0))


def _member(label: str, incomes: Mapping[tuple[str, str], Equilibrium], under: str) -> dict[str, Any]:
    """One member's losses and what the preferences are worth to it."""

    def at(law: str, regime: str) -> float:
        return float(incomes[law, regime].real_income_pct[label])

    return {"economy": label} | _values(at, under, own=(under, "without") in incomes)


def _values(at: Any, under: str, *, own: bool) -> dict[str, Any]:
    """Losses against the baseline, the share offset and the worth: of the bloc's own agreement, and of all of them."""
    kept, none = "as they are", "without" if own else "ordinary"
    loss_with, deepened = -at(under, kept), -at(under, "zero")
    return {
        "loss_with": loss_with,
        **_worth(at, under, none),
        "loss_without_agreement": -at(under, "without") if own else None,
        "loss_deepened": deepened,
        "deepened_offset_share": (loss_with - deepened) / loss_with if loss_with > _NO_LOSS else None,
        "gain_from_deepening": loss_with - deepened,
        **{f"{key}_all": value for key, value in _worth(at, under, "ordinary").items()},
    }


def _worth(at: Any, under: str, none: str) -> dict[str, float | None]:
    """What preferences are worth to somebody: real income with them less that without them."""
    without, with_ = -at(under, none), -at(under, "as they are")
    before = at(BASELINE, "as they are") - at(BASELINE, none)
    return {
        "loss_without": without,
        "offset_share": (without - with_) / without if without > _NO_LOSS else None,
        "worth_before": before,
        "worth_under": without - with_,
        "hedge_pct": without - with_ - before,
    }


def _total(
    members: Sequence[str], incomes: Mapping[tuple[str, str], Equilibrium], under: str, board: GameSetting
) -> dict[str, Any]:
    """The bloc together: equivalent variations added."""

    def at(law: str, regime: str) -> float:
        return float(incomes[law, regime].group(list(members))["real_income_pct"])

    share = board.setting.world.gdp_share(list(members))
    return {"gdp_share": share} | _values(at, under, own=(under, "without") in incomes)
