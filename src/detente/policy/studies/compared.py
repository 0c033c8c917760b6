"""One scenario of a run against another, worked out of the run's document alone."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from detente.io.words import one_of
from detente.policy.documents.compared import Compared, Difference, SectorDifference
from detente.policy.documents.run import Outcomes, Range
from detente.policy.study import A_SCENARIO, NO_SCENARIO

if TYPE_CHECKING:
    from collections.abc import Mapping

    from detente.policy.documents.bands import Spread
    from detente.policy.documents.run import RunResult, Scenario, Worth

OUTCOMES = tuple(item.name for item in fields(Outcomes))
# Changes of real income below this, in points, are none.
NOTHING = 1e-9
# Points between the lines of a contrast and everything that differs from which other law is named.
BESIDE = 0.02


def main_contrast(result: RunResult) -> tuple[str, str]:
    """The two scenarios of the study's own question; its first against its baseline where it asks none."""
    if result.worth:
        first = next(iter(result.worth.values()))
        return first.of, first.against
    return next(iter(result.converged)), result.baseline.id


def compare_scenarios(
    result: RunResult, of: str, against: str, contrasts: Mapping[str, tuple[str, str]] | None = None
) -> Compared:
    """
    Set one scenario against another; either may be the baseline.

    Percentages are of the baseline, so their difference is in points of it. A band is at hand for a contrast of the study,
    either way round, and for a scenario against the baseline; `contrasts` names them where the result does not yet hold
    them.
    """
    known = result.converged
    for name, where in ((of, "of"), (against, "against")):
        one_of(name, [*known, result.baseline.id], what=NO_SCENARIO, where=where, otherwise=A_SCENARIO)
    one, other = known.get(of), known.get(against)
    labels = tuple(result.baseline.label if item is None else item.label for item in (one, other))
    economies = _differences(result, *({} if item is None else item.economies for item in (one, other)))
    ranked = sorted(economies, key=lambda code: economies[code].real_income_pct)
    asked = contrasts or {key: (item.of, item.against) for key, item in result.worth.items()}
    bands, stale = _bands(result, of, against, asked)
    return Compared(
        of=of,
        against=against,
        labels=(labels[0], labels[1]),
        tariffs=_tariffs(result, one, other),
        economies=economies,
        groups=_differences(result, *({} if item is None else item.groups for item in (one, other))),
        sectors=_sectors(one, other),
        gainers=tuple(code for code in reversed(ranked) if economies[code].real_income_pct > NOTHING),
        losers=tuple(code for code in ranked if economies[code].real_income_pct < -NOTHING),
        bands=bands,
        bands_stale=stale,
        one_year=_one_year(result, of, against),
        from_other_law=_from_other_law(result, {of, against}),
    )


def _one_year(result: RunResult, of: str, against: str) -> dict[str, float] | None:
    """Real income one year after, one scenario less the other; the baseline is no change."""
    found = result.at_one_year
    if found is None:
        return None
    one, other = (found.scenarios.get(key, {}) for key in (of, against))
    return {code: one.get(code, 0.0) - other.get(code, 0.0) for code in one or other}


def _from_other_law(result: RunResult, pair: set[str]) -> tuple[str, ...]:
    """Who moves by other law, where the two are a contrast of the study."""
    found = (other_law(item) for item in result.worth.values() if {item.of, item.against} == pair)
    return next(found, ())


def other_law(item: Worth) -> tuple[str, ...]:
    """Economies and groups whose change has another sign than the lines of a contrast give it together."""
    return tuple(
        code
        for code, full in item.full_pct.items()
        if full * item.total_pct[code] < 0 and abs(full - item.total_pct[code]) > BESIDE
    )


def _tariffs(
    result: RunResult, one: Scenario | None, other: Scenario | None
) -> dict[str, tuple[float, float]]:
    """Average tariffs under either."""
    base = result.baseline.tariffs
    first, second = (base if item is None else item.tariffs for item in (one, other))
    return {pair: (first[pair], second[pair]) for pair in first if pair in second}


def _differences(
    result: RunResult, one: Mapping[str, Outcomes], other: Mapping[str, Outcomes]
) -> dict[str, Difference]:
    """Outcomes of one less those of the other, by code; an empty one is the baseline, where nothing has changed."""
    income = result.baseline.income_usd_bn
    found = {}
    for code in one or other:
        row = {name: _value(result, one, code, name) - _value(result, other, code, name) for name in OUTCOMES}
        usd = row["real_income_pct"] / 100 * income[code] if code in income else None
        found[code] = Difference(**row, real_income_usd_bn=usd)
    return found


def _value(result: RunResult, rows: Mapping[str, Outcomes], code: str, name: str) -> float:
    """One outcome of one economy; at the baseline changes are none, and revenue is its own."""
    if rows:
        return float(getattr(rows[code], name))
    return result.baseline.tariff_revenue_usd_bn.get(code, 0.0) if name == "tariff_revenue_usd_bn" else 0.0


def _sectors(one: Scenario | None, other: Scenario | None) -> dict[str, dict[str, SectorDifference]]:
    """Industries of the economies that either has."""
    first, second = ({} if item is None else item.sectors for item in (one, other))
    return {
        code: {
            sector: SectorDifference(
                **{
                    name: (getattr(first[code][sector], name) if code in first else 0.0)
                    - (getattr(second[code][sector], name) if code in second else 0.0)
                    for name in ("output_pct", "output_volume_pct")
                }
            )
            for sector in (first or second)[code]
        }
        for code in first or second
    }


def _bands(
    result: RunResult, of: str, against: str, contrasts: Mapping[str, tuple[str, str]]
) -> tuple[dict[str, Range], tuple[str, ...]]:
    """Real income in nine draws of ten, and why it belongs to other facts."""
    bands = result.uncertainty
    if bands is None:
        return {}, ()
    found: dict[str, Range] = {}
    for key, pair in contrasts.items():
        if set(pair) == {of, against} and key in bands.contrasts:
            found = _ranges(bands.contrasts[key], 1 if pair[0] == of else -1)
    if not found and result.baseline.id in {of, against}:
        own, sign = (of, 1) if against == result.baseline.id else (against, -1)
        found = _ranges(bands.scenarios.get(own, {}).get("real_income_pct", {}), sign)
    return found, tuple(bands.stale_because) if bands.stale and found else ()


def _ranges(rows: Mapping[str, Spread], sign: int) -> dict[str, Range]:
    """Ends of nine draws of ten, turned round where the question is."""
    return {
        code: Range(low=min(ends), high=max(ends))
        for code, row in rows.items()
        for ends in ((sign * row.q05, sign * row.q95),)
    }
