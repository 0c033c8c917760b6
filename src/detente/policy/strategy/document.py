"""What each side would sign: the strategy section of a report, and the documents of the strategy commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.errors import DetenteError
from detente.formatting import day
from detente.games import RealIncome
from detente.labels import called_world
from detente.policy.instrument_table import instrument_table
from detente.policy.results import StudyRun
from detente.policy.strategy.actions import play_payoffs
from detente.policy.strategy.bargain import THREAT, play_bargain
from detente.policy.strategy.deals import play_deals
from detente.policy.strategy.game_file import built_in_games
from detente.policy.strategy.game_setting import BASELINE, GameSetting, game_setting_of
from detente.policy.strategy.hedge import hedge
from detente.policy.strategy.path import follow
from detente.policy.strategy.preferences import agreement_table
from detente.policy.strategy.reliance import reliance
from detente.policy.strategy.tariffs import Choice, play_nash
from detente.policy.studies.document import knowledge_notes
from detente.processes import Beside
from detente.stamp import digest, stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from detente.policy.results import Options

# Parts of the section in their order; the last two take longest and are left out unless asked for.
PARTS = ("nash", "payoffs", "bargain", "hedge", "reliance")
MORE_PARTS = (*PARTS, "deals", "path")
BLOC = "RCEP"
# Words of a command that change how its answer is shown, and nothing in it.
SHOWING = frozenset({"--json", "--csv", "--quiet"})
HEDGED_UNDER = ("truce", "escalation")


def strategy_section(
    run: StudyRun,
    *,
    options: Options | None = None,
    parts: Sequence[str] = PARTS,
    progress: Callable[[str], None] | None = None,
    beside: Beside | None = None,
) -> dict[str, Any]:
    """
    Make the strategy section of a study that has been run.

    Gives one key per part, in the shapes of the strategy commands; ``hedge`` by scenario, ``reliance`` "then" and
    "now". A part that has no answer is left out and named in ``missing`` with the reason. The bargain is struck in a
    second process where there is one.
    """
    board, say = game_setting_of(run, options), progress or (lambda _text: None)
    sides = list(dict.fromkeys(side for pair in run.spec.pairs for side in pair))[:2]
    known = [item.id for item in run.spec.scenarios if item.id in run.scenarios and item.id not in run.failed]
    section: dict[str, Any] = {"sides": sides, "missing": {}}
    struck = (beside or Beside()).ask(_bargain, _for_a_bargain(run), options, sides)
    makers: dict[str, Callable[[], Any]] = {
        "nash": lambda: play_nash(board, sides, choice=Choice(by="uniform", under=_first(known))),
        "payoffs": lambda: play_payoffs(board, run.spec.id),
        "bargain": struck.result,
        "hedge": lambda: {name: hedge(board, BLOC, under=name) for name in HEDGED_UNDER if name in known},
        "reliance": lambda: _then_and_now(board, sides, known),
        "deals": lambda: play_deals(board, run.spec.id),
        "path": lambda: follow(board),
    }
    # What a second process may be at comes last.
    for name in sorted(parts, key=lambda name: name == "bargain"):
        if name in {"payoffs", "deals"} and run.spec.id not in built_in_games():
            section["missing"][name] = "no game comes with this study"
            continue
        say(f"strategy: {name}")
        try:
            section[name] = makers[name]()
        except DetenteError as error:
            section["missing"][name] = error.what
    return {name: section[name] for name in ("sides", "missing", *parts) if name in section}


def _bargain(run: StudyRun, options: Options | None, sides: Sequence[str]) -> dict[str, Any]:
    """The bargain over uniform cuts from the scenario without agreement."""
    return play_bargain(game_setting_of(run, options), sides, by="uniform")


def _for_a_bargain(run: StudyRun) -> StudyRun:
    """The run with what a bargain needs of it."""
    kept = {key: item for key, item in run.scenarios.items() if key == THREAT}
    return StudyRun(run.spec, run.setting, run.ledger, kept, options=run.options)


def _first(known: Sequence[str]) -> str:
    """The scenario tariff games start from."""
    return "truce" if "truce" in known else (known[0] if known else BASELINE)


def _then_and_now(board: GameSetting, sides: Sequence[str], known: Sequence[str]) -> dict[str, Any]:
    """Reliance before the confrontation of 2025, and under the last law the sources cover."""
    return {
        "then": reliance(board, *sides, at=BASELINE, by_sector=False),
        "now": reliance(board, *sides, at=latest_law(board, known), by_sector=False),
    }


def latest_law(board: GameSetting, known: Sequence[str]) -> str:
    """The scenario of the last law that the sources cover, as it stands."""
    horizon = board.run.ledger.horizon
    dated = [board.spec(name) for name in known]
    past = [
        item
        for item in dated
        if item.on <= horizon and not (item.edits.any or item.relief or item.surcharges)
    ]
    return max(past, key=lambda item: item.on).id if past else BASELINE


def strategy_document(board: GameSetting, result: dict[str, Any], *, command: str) -> dict[str, Any]:
    """Put a stamped document around a strategy result. Gives ``{"stamp", "result", "assumptions", "warnings"}``."""
    run = board.run
    assumed = [item.model_dump() for item in (*instrument_table().assumptions, *run.spec.assumptions)]
    assumed += run.setting.assumptions.rows()
    assumed += result.get("path_assumptions", []) + result.get("game_assumptions", [])
    if "bloc" in result:
        assumed += _shares()
    return {
        "stamp": stamp(
            command=command,
            ledger_hash=run.ledger.hash,
            world_hash=run.world.hash,
            scenario_hash=run.spec.hash,
            options_hash=digest([run.options_hash, board.options, asked_words(command)]),
            ledger_version=run.ledger.version,
        ),
        "result": {**_law_days(board, result), **result},
        "assumptions": assumed,
        "warnings": _warnings(board, result),
    }


def _law_days(board: GameSetting, result: dict[str, Any]) -> dict[str, Any]:
    """Day of the law a result rests on: that of the scenario it names, else of the study's latest."""
    if "forecasts" in result or "rivalry" in result:
        return {"on": board.run.ledger.horizon.isoformat()}
    named = [
        str(result.get(key)) for key in ("under", "at", "threat", "truce") if isinstance(result.get(key), str)
    ]
    known = {item.id: item for item in (board.run.spec.baseline, *board.run.spec.scenarios)}
    days = [known[name].on for name in named if name in known] or [item.on for item in known.values()]
    return {"on": max(days).isoformat()}


def asked_words(command: str) -> list[str]:
    """Words of a command that bear on its answer: all but those that say how it is shown."""
    return [word for word in command.split() if word not in SHOWING]


def _shares() -> list[dict[str, Any]]:
    """The shares of the ordinary duty under agreements, as assumptions."""
    return [
        {
            "name": f"duty_share_{name}",
            "value": item["share"],
            "alternatives": item.get("alternatives", []),
            "why": item["reason"],
            "source": f"data/worlds/agreements.yaml, {item['basis']}",
        }
        for name, item in agreement_table()["classes"].items()
    ]


def _played_for(result: dict[str, Any]) -> str:
    """What the payoffs are, and what they leave out."""
    units = set(result.get("unit", {}).values())
    if not units or units == {RealIncome.unit}:
        return (
            "Payoffs are real income in a model without politics, security or uncertainty; a goal of rivalry or"
            " revenue gives other answers."
        )
    return (
        f"Payoffs are % of {'; '.join(sorted(units))}, in a model without politics, security or uncertainty; another goal"
        " gives other answers."
    )


def _warnings(board: GameSetting, result: dict[str, Any]) -> list[str]:
    """What a reader must know before quoting a number."""
    found = [
        _played_for(result),
        f"The sources cover the law to {day(board.run.ledger.horizon)}.",
        *knowledge_notes(board.run.ledger),
    ]
    found += result.get("notes", [])
    if result.get("is_nash") is not None:
        found.append(
            "That tariffs are Nash is a certificate over the deviations tried, not a proof over all."
        )
    if "years" in result:
        found.append(
            "A path leaves quantity limits and purchase targets out; after the last day the sources cover the law is held."
        )
    return found + [
        f"Estimated in the {called_world(board.run.world.name)}: {text}" for text in board.run.world.estimated
    ]
