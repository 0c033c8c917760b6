"""The answer of a run in a screen: what the study's contrasts are worth, who gains, from what, and every scenario."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detente.formatting import between, change, count, number
from detente.geography.economies import name, spoken
from detente.labels import capital, phrase, short
from detente.policy.studies.compared import other_law
from detente.render.console.plain import lay_out, wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from detente.policy.documents.bands import Spread
    from detente.policy.documents.run import InBothOrders, RunDocument, RunResult, Scenario, Worth

WORLD = "WORLD"
# Lines of a contrast that are named, and economies at either end.
LINES, ENDS = 3, 2
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
    """What one scenario is worth against another: at both horizons, with its band, in dollars, for whom, and from what."""
    of, against = (scenario_name(result, name, phrase) for name in (item.of, item.against))
    bands = _bands(result, key)
    early = result.at_one_year.worth.get(key, {}) if result.at_one_year else {}
    codes = list(dict.fromkeys((*item.between, WORLD)))
    old = bool(bands and result.uncertainty and result.uncertainty.stale)
    band = f" (90 %{', older' * old})" if bands else ""
    heads = [
        f"{capital(of)} against {against}, %",
        f"long run{band}",
        f"USD bn a year{' (90 %)' if bands else ''}",
    ]
    rows = [heads, *([f"  {_title(code)}", *_cells(result, item, bands, code)] for code in codes)]
    if early:
        rows[0].insert(1, "1 year")
        for row, code in zip(rows[1:], codes, strict=True):
            row.insert(1, change(early[code]))
    yield from lay_out(rows, numeric=len(rows[0]) - 1)
    yield from wrap(" ".join([*_winners(result, item), *_beside(item)]))
    yield from _sources(item, codes)


def _bands(result: RunResult, key: str) -> Mapping[str, Spread]:
    """The band of a contrast by economy or group; empty where none comes with the package."""
    return result.uncertainty.contrasts.get(key, {}) if result.uncertainty else {}


def _cells(result: RunResult, item: Worth, bands: Mapping[str, Spread], code: str) -> list[str]:
    """Percent and dollars of one economy or group in the long run, each with its band."""
    central, income = item.full_pct[code], result.baseline.income_usd_bn[code]
    cells = [change(central), change(central * income / 100, 1)]
    if code not in bands:
        return cells
    low, high = bands[code].q05, bands[code].q95
    spreads = (
        between(low, high, lambda value: number(value, 3, least=3)),
        between(low * income / 100, high * income / 100, lambda value: number(value, 1, least=1)),
    )
    return [f"{cell} ({spread})" for cell, spread in zip(cells, spreads, strict=True)]


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
    return [
        f"{capital(spoken(code))}'s {'gain' if item.full_pct[code] > 0 else 'loss'} ({change(item.full_pct[code], 2)} %)"
        " comes from other law that changed in between."
        for code in other_law(item)
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
    """
    What the table of scenarios has beside the tariffs.

    codes: Economies and groups. early: Their real income at one year by scenario; empty where it was not solved.
    dollars: What a household pays, by scenario.
    """

    codes: list[str]
    early: Mapping[str, Mapping[str, float]]
    dollars: dict[str, float]

    @property
    def digits(self) -> int:
        """Decimals of real income: fewer where two horizons stand side by side."""
        return 2 if self.early else 3


def _scenarios(result: RunResult) -> Iterator[str]:
    """One row a scenario: tariffs both ways, real income at both horizons, and what a household pays."""
    found = result.converged
    if not found:
        return
    first = next(iter(found.values()))
    more = [WORLD] if WORLD in first.groups else []
    dollars = {
        row.scenario: row.usd_per_year
        for row in result.households
        if (row.decile, row.pass_through) == ("all", "full")
    }
    early = result.at_one_year.scenarios if result.at_one_year else {}
    columns = _Columns([*first.sides, *more], early, dollars)
    rows = [*_heads(first, columns), *(_scenario(result, key, item, columns) for key, item in found.items())]
    yield from lay_out(rows, numeric=len(rows[0]) - 1, gap=1 if early else 2)
    yield from _turned(found, columns)


def _heads(first: Scenario, columns: _Columns) -> list[list[str]]:
    """Two lines of heads."""
    pairs = [pair.split("<-") for pair in first.pairs]
    above = ["", *(f"{importer} on" for importer, _ in pairs)]
    below = ["Tariffs, income, %", *(exporter for _, exporter in pairs)]
    for code in columns.codes:
        above += [_column(code), ""] if columns.early else [_column(code)]
        below += ["1 yr", "long"] if columns.early else ["long run"]
    if columns.dollars:
        above.append("US home,")
        below.append("USD")
    return [above, below]


def _scenario(result: RunResult, key: str, item: Scenario, columns: _Columns) -> list[str]:
    """One scenario's row."""
    both, digits = item.both, columns.digits
    tariffs = (number(100 * item.tariffs[pair], 1, least=1) for pair in item.pairs)
    row = [scenario_name(result, key, short), *tariffs]
    for code in columns.codes:
        if columns.early:
            first = columns.early.get(key, {}).get(code)
            row.append("" if first is None else change(first, digits))
        row.append(change(both[code].real_income_pct, digits))
    if columns.dollars:
        cost = columns.dollars.get(key)
        row.append("" if cost is None else count(round(cost, -1)))
    return row


def _turned(found: Mapping[str, Scenario], columns: _Columns) -> Iterator[str]:
    """Where the sign at one year is another than in the long run, and why."""
    turned = {
        code: sum(
            columns.early[key].get(code, 0.0) * item.both[code].real_income_pct < 0
            for key, item in found.items()
            if key in columns.early
        )
        for code in columns.codes
    }
    said = [f"{spoken(code)} in {count(times)}" for code, times in turned.items() if times]
    if said:
        yield from wrap(f"At one year the sign differs for {', '.join(said)}: buyers move slowly.")
