"""The answer of a run in a screen: what the study's contrasts are worth, who gains, from what, and every scenario."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detente.formatting import between, change, count, number
from detente.geography.economies import name, spoken
from detente.labels import capital, phrase, short
from detente.render.console.plain import lay_out, wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from detente.policy.documents.bands import Spread
    from detente.policy.documents.run import InBothOrders, RunDocument, RunResult, Scenario, Worth

WORLD = "WORLD"
# Lines of a contrast that are named, and economies at either end.
LINES, ENDS = 3, 2
# Points between what the lines come to and everything that differs, from which another cause is named.
BESIDE = 0.02
SECTIONS = ("bands", "drivers", "instruments", "evidence", "households", "worlds", "limits")


def answer_lines(run: RunDocument) -> Iterator[str]:
    """Every line of the answer, at most 80 characters each for the study that comes with the package."""
    result = run.result
    for key, item in result.worth.items():
        yield from _worth(result, key, item)
    yield from _scenarios(result)
    if result.evidence:
        yield from wrap(f"How this method did: {result.evidence[-1]}.")
    yield from wrap(f"More: --full, --show {'|'.join(SECTIONS)}")


def scenario_name(result: RunResult, key: str, say: Callable[..., str]) -> str:
    """A scenario in words: its label in the package, else the one of its study."""
    return say("scenario", key, within=result.study.id, otherwise=result.scenarios[key].label)


def _worth(result: RunResult, key: str, item: Worth) -> Iterator[str]:
    """What one scenario is worth against another: with its band and in dollars, for whom, and from what."""
    of, against = (scenario_name(result, name, phrase) for name in (item.of, item.against))
    bands = _bands(result, key)
    old = bool(bands and result.uncertainty and result.uncertainty.stale)
    held = f" (90 % of draws{', older data' * old})" if bands else ""
    yield f"{capital(of)} rather than {against}: real income, long run{held}"
    codes = list(dict.fromkeys((*item.between, WORLD)))
    rows = [_row(result, item, bands, code) for code in codes]
    yield from lay_out(rows, numeric=len(rows[0]) - 1, indent=2)
    yield from wrap(" ".join([*_winners(result, item), *_beside(item)]))
    yield from _sources(item, codes)


def _bands(result: RunResult, key: str) -> Mapping[str, Spread]:
    """The band of a contrast by economy or group; empty where none comes with the package."""
    return result.uncertainty.contrasts.get(key, {}) if result.uncertainty else {}


def _row(result: RunResult, item: Worth, bands: Mapping[str, Spread], code: str) -> list[str]:
    """Percent and dollars of one economy or group, with the band of both."""
    central, income = item.full_pct[code], result.baseline.income_usd_bn[code]
    cells = [_title(code), f"{change(central)} %"]
    dollars = f"USD {change(central * income / 100, 1)} bn a year"
    if code not in bands:
        return [*cells, dollars]
    low, high = bands[code].q05, bands[code].q95
    ends = [number(value * income / 100, 1, least=1) for value in (low, high)]
    spread = between(low, high, lambda value: number(value, 3, least=3))
    return [*cells, f"({spread})", dollars, f"({' to '.join(ends)})"]


def _title(code: str) -> str:
    """An economy or group as the first cell of a row."""
    return "World" if code == WORLD else name(code)


def _winners(result: RunResult, item: Worth) -> list[str]:
    """How many economies gain and lose, and which most."""
    found = result.converged
    if item.of not in found or item.against not in found:
        return []
    after, before = found[item.of].economies, found[item.against].economies
    moves = {
        code: after[code].real_income_pct - before[code].real_income_pct for code in after if code in before
    }
    order = sorted(moves, key=lambda code: -moves[code])
    gain = [code for code in order if moves[code] > 0]
    lose = [code for code in reversed(order) if moves[code] < 0]
    parts = [
        f"{count(len(codes))} {verb}" + (f", most {_named(codes[:ENDS], moves)}" if codes else "")
        for verb, codes in (("gain", gain), ("lose", lose))
    ]
    return [f"Of {count(len(moves))} economies {'; '.join(parts)}."]


def _named(codes: Sequence[str], moves: Mapping[str, float]) -> str:
    """Economies with their changes, in a sentence."""
    return ", ".join(f"{spoken(code)} ({change(moves[code], 2)} %)" for code in codes)


def _beside(item: Worth) -> list[str]:
    """Economies whose change has another sign than the lines of the contrast give it: other law changed for them."""
    others = [
        code
        for code, full in item.full_pct.items()
        if full * item.total_pct[code] < 0 and abs(full - item.total_pct[code]) > BESIDE
    ]
    return [
        f"{capital(spoken(code))}'s {'gain' if item.full_pct[code] > 0 else 'loss'} ({change(item.full_pct[code], 2)} %)"
        " comes from other law that changed in between."
        for code in others
    ]


def _sources(item: Worth, codes: Sequence[str]) -> Iterator[str]:
    """The largest lines of a contrast, the others together: the mean of both orders of adding them."""
    if not item.lines:
        return
    effects = [
        (line.instrument, {code: _mean(line.real_income_pct[code]) for code in codes}) for line in item.lines
    ]
    effects.sort(key=lambda row: -abs(row[1][WORLD]))
    named, others = effects[:LINES], effects[LINES:]
    rows = [["Where it comes from, %", *map(_column, codes)]]
    rows += [[f"  {what}", *(change(found[code]) for code in codes)] for what, found in named]
    if others:
        rows.append(
            [f"  {_counted(len(others))}", *(change(sum(row[1][code] for row in others)) for code in codes)]
        )
    yield from lay_out(rows, numeric=len(codes))


def _mean(effect: InBothOrders) -> float:
    """The mean of both orders of adding a line."""
    return (effect.in_order + effect.in_reverse) / 2


def _counted(others: int) -> str:
    """How many lines are not named."""
    return "one other" if others == 1 else f"{others} others together"


def _column(code: str) -> str:
    """An economy or group as the head of a column."""
    return "world" if code == WORLD else code


@dataclass(frozen=True)
class _Columns:
    """What the table of scenarios has beside the tariffs: economies and groups, and dollars by scenario."""

    codes: list[str]
    dollars: dict[str, float]


def _scenarios(result: RunResult) -> Iterator[str]:
    """One row a scenario: tariffs both ways, real income, and what a household pays."""
    found = result.converged
    if not found:
        return
    first = next(iter(found.values()))
    more = [WORLD] if WORLD in first.groups else []
    columns = _Columns(
        [*first.sides, *more],
        {
            row.scenario: row.usd_per_year
            for row in result.households
            if (row.decile, row.pass_through) == ("all", "full")
        },
    )
    rows = [*_heads(first, columns), *(_scenario(result, key, item, columns) for key, item in found.items())]
    yield from lay_out(rows, numeric=len(rows[0]) - 1)


def _heads(first: Scenario, columns: _Columns) -> list[list[str]]:
    """Two lines of heads."""
    pairs = [pair.split("<-") for pair in first.pairs]
    above = ["", *(f"{importer} on" for importer, _ in pairs), *("" for _ in columns.codes)]
    below = ["Tariffs and real income, %", *(exporter for _, exporter in pairs), *map(_column, columns.codes)]
    if columns.dollars:
        above.append("USD a US")
        below.append("household")
    return [above, below]


def _scenario(result: RunResult, key: str, item: Scenario, columns: _Columns) -> list[str]:
    """One scenario's row."""
    both = item.both
    row = [
        scenario_name(result, key, short),
        *(number(100 * item.tariffs[pair], 1, least=1) for pair in item.pairs),
    ]
    row += [change(both[code].real_income_pct) for code in columns.codes]
    if columns.dollars:
        cost = columns.dollars.get(key)
        row.append("" if cost is None else count(round(cost, -1)))
    return row
