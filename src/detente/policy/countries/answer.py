"""The answer about one economy: its duties, what scenarios do to it, its industries, inputs and dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from detente.geography import economies as places
from detente.ledger.views.status import status
from detente.policy.countries.exposure import exposures
from detente.policy.countries.tariffs import tariff_rows
from detente.policy.documents.economy import EconomyResult, IndustryRow, LapseRow, QuestionRow, StakeRow
from detente.policy.strategy.game_setting import BASELINE, find_player, gain_usd_bn, real_income
from detente.policy.sweeps.spread.embedded import embedded_bands
from detente.world.sectors import read_sectors

if TYPE_CHECKING:
    from collections.abc import Callable

    from detente.asof import AsOf
    from detente.games import Player
    from detente.ledger import Ledger
    from detente.model import Equilibrium
    from detente.policy.strategy.game_setting import GameSetting
    from detente.policy.study import Contrast

# Industries shown: those whose output moves most dollars.
INDUSTRIES: Final = 8
# Changes of real income below this, in points, are none.
NOTHING: Final = 1e-9
INCOME: Final = "real_income_pct"
Bands = dict[str, Any]


def economy_answer(
    board: GameSetting, name: str, asof: AsOf, say: Callable[[str], None] = lambda _step: None
) -> EconomyResult:
    """Put together what measures and scenarios mean for one economy."""
    player, run = find_player(board, name), board.run
    code, ledger = player.name, run.ledger
    say("scenarios")
    solved = {item.id: board.solved(item.id) for item in run.spec.scenarios}
    bands = _bands(board)
    contrast = next(iter(run.spec.contrasts), None)
    sides = tuple(dict.fromkeys(side for pair in run.spec.pairs for side in pair))
    income = float(board.base.income[board.base.economies.index(code)]) / 1e3
    return EconomyResult(
        economy=code,
        name=places.name(code),
        on=asof.day.isoformat(),
        known_until=ledger.horizon.isoformat(),
        study=run.spec.id,
        world=run.world.name,
        year=run.world.year,
        income_usd_bn=income,
        tariffs=tariff_rows(board.setting, ledger, asof, code, sides),
        question=_question(board, contrast, solved, player, bands) if contrast else None,
        stakes=tuple(
            _stake(board, key, solved[key], player, _band(bands, f"scenario {key}", code)) for key in solved
        ),
        industries=_industries(board, solved[contrast.of], solved[contrast.against], code)
        if contrast
        else (),
        exposures=exposures(run.world, code, say),
        lapses=_lapses(ledger, asof, code),
    )


def _bands(board: GameSetting) -> Bands:
    """Rows of the embedded bands: real income by scenario and contrast, then by label; empty where there are none."""
    run = board.run
    found = embedded_bands(
        run.spec.id,
        run.world.hash,
        run.ledger.hash,
        scenarios=run.spec.scenario_hashes,
        usual=board.options.usual,
    )
    if found is None or set(found["stale_because"]) - {"data", "version"}:
        return {}
    rows = {f"scenario {key}": item.get(INCOME, {}) for key, item in found["scenarios"].items()}
    return rows | {f"contrast {key}": item for key, item in found["contrasts"].items()}


def _band(bands: Bands, key: str, code: str) -> tuple[float | None, float | None]:
    """Ends of nine draws of ten; none where nothing was drawn."""
    row = bands.get(key, {}).get(code)
    return (row["q05"], row["q95"]) if row else (None, None)


def _stake(
    board: GameSetting,
    key: str,
    eq: Equilibrium,
    player: Player,
    band: tuple[float | None, float | None],
) -> StakeRow:
    """One scenario against the baseline."""
    spec, base = board.spec(key), board.spec(board.run.spec.baseline.id)
    return StakeRow(
        scenario=key,
        label=spec.label,
        against=BASELINE,
        against_label=base.label,
        real_income_pct=real_income(eq, player),
        real_income_usd_bn=gain_usd_bn(eq, player),
        low=band[0],
        high=band[1],
    )


def _question(
    board: GameSetting, contrast: Contrast, solved: dict[str, Equilibrium], player: Player, bands: Bands
) -> QuestionRow:
    """The study's own question for one economy, and its place among all."""
    one, other = solved[contrast.of], solved[contrast.against]
    change = one.real_income_pct - other.real_income_pct
    low, high = _band(bands, f"contrast {contrast.id}", player.name)
    return QuestionRow(
        title=contrast.title,
        scenario=contrast.of,
        label=board.spec(contrast.of).label,
        against=contrast.against,
        against_label=board.spec(contrast.against).label,
        real_income_pct=float(change[player.name]),
        real_income_usd_bn=gain_usd_bn(one, player) - gain_usd_bn(other, player),
        low=low,
        high=high,
        place=int((change > change[player.name]).sum()) + 1,
        economies=len(change),
        gain=int((change > NOTHING).sum()),
        lose=int((change < -NOTHING).sum()),
    )


def _industries(
    board: GameSetting, one: Equilibrium, other: Equilibrium, code: str
) -> tuple[IndustryRow, ...]:
    """Industries whose value of output moves most dollars, one scenario against another."""
    names = {row.code: row.name for row in read_sectors(board.run.world.classification)}
    first, second = (eq.by_sector(code) for eq in (one, other))
    moved = (first["output_new_usd_mn"] - second["output_new_usd_mn"]) / 1e3
    points = first["output_pct"] - second["output_pct"]
    largest = moved.abs().sort_values(ascending=False).index[:INDUSTRIES]
    return tuple(
        IndustryRow(
            industry=str(sector),
            name=names.get(str(sector), str(sector)),
            output_pct=float(points[sector]),
            output_usd_bn=float(moved[sector]),
        )
        for sector in largest
    )


def _lapses(ledger: Ledger, asof: AsOf, code: str) -> tuple[LapseRow, ...]:
    """What happens next to measures of the economy, and of others on it, soonest first."""
    imposers = {measure.imposer for measure in ledger.measures.values()}
    others = sorted(name for name in imposers if places.is_economy(name) and not places.is_group(name))
    found: dict[tuple[str, str], LapseRow] = {}
    for other in others if places.is_economy(code) else ():
        if other == code:
            continue
        for row in status(ledger, asof=asof.statutory(), between=(other, code)).board:
            by, _, on = row.side.partition(" on ")
            if row.next is None or row.state == "ended":
                continue
            soon = row.next
            found[row.measures[0], on if by == code else code] = LapseRow(
                date=soon.date.isoformat(),
                title=row.instrument,
                measure=row.measures[0],
                by=by,
                on=on,
                event=soon.event,
                basis=soon.basis,
                reported=soon.reported.isoformat() if soon.reported else None,
            )
    return tuple(sorted(found.values(), key=lambda row: (row.date, row.by, row.title)))
