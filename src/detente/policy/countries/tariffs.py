"""Average tariffs an economy charges and faces on a day: collected in the world's data plus the change of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from detente.asof import READINGS
from detente.policy.documents.economy import TariffRow
from detente.policy.instruments.scenario_law import new_tariff
from detente.policy.instruments.shock import ledger_duties
from detente.policy.outcomes import goods_mask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detente.asof import AsOf
    from detente.ledger import Ledger
    from detente.policy.instruments.shock import Setting

# Partners shown beside all of them and the sides of the study, by trade.
PARTNERS: Final = 8
ALL: Final = "*"
# Two averages nearer than this are one.
SAME: Final = 1e-12


def tariff_rows(
    setting: Setting, ledger: Ledger, asof: AsOf, economy: str, sides: tuple[str, ...]
) -> tuple[TariffRow, ...]:
    """Tariffs with all partners, with the sides of the study, and with the largest others; shape of flows (J, N, N)."""
    late = asof.day > ledger.horizon
    legal = _averages(setting, ledger, asof.under(READINGS[0]) if late else asof, economy)
    reported = _averages(setting, ledger, asof.under(READINGS[1]), economy) if late else legal
    imports, exports = _trade(setting, economy)
    order = sorted(imports, key=lambda code: -(imports[code] + exports[code]))
    named = dict.fromkeys([ALL, *(side for side in sides if side in imports), *order])
    return tuple(
        TariffRow(
            partner=code,
            imports_usd_bn=sum(imports.values()) if code == ALL else imports[code],
            exports_usd_bn=sum(exports.values()) if code == ALL else exports[code],
            charges=legal[code][0],
            faces=legal[code][1],
            charges_reported=reported[code][0],
            faces_reported=reported[code][1],
        )
        for code in list(named)[: PARTNERS + 1]
    )


def _averages(
    setting: Setting, ledger: Ledger, asof: AsOf, economy: str
) -> dict[str, tuple[float | None, float | None]]:
    """What an economy charges and faces, by partner and with all of them."""
    book = ledger.on(asof.statutory())
    duties = ledger_duties(book, setting.world, setting.baseline, setting.parents, setting.assumptions)
    tariff, _ = new_tariff(setting.origin.baseline.tariff, duties, setting.origin.duties)
    goods, codes = goods_mask(setting), setting.baseline.economies
    flows, rates = setting.origin.baseline.flows[goods], tariff[goods]
    k = codes.index(economy)
    found = {
        code: (_mean(rates[:, k, i], flows[:, k, i]), _mean(rates[:, i, k], flows[:, i, k]))
        for i, code in enumerate(codes)
        if i != k
    }
    others = np.arange(len(codes)) != k
    found[ALL] = (
        _mean(rates[:, k, others], flows[:, k, others]),
        _mean(rates[:, others, k], flows[:, others, k]),
    )
    return found


def _trade(setting: Setting, economy: str) -> tuple[dict[str, float], dict[str, float]]:
    """Imports from and exports to each partner, goods, USD billion."""
    goods, codes = goods_mask(setting), setting.baseline.economies
    flows = setting.origin.baseline.flows[goods].sum(axis=0) / 1e3
    k = codes.index(economy)
    rows = [(i, code) for i, code in enumerate(codes) if i != k]
    return {code: float(flows[k, i]) for i, code in rows}, {code: float(flows[i, k]) for i, code in rows}


def _mean(rates: NDArray[np.float64], weights: NDArray[np.float64]) -> float | None:
    """Weighted mean; None where nothing is traded."""
    total = float(weights.sum())
    return float((rates * weights).sum() / total) if total > 0 else None
