"""What a brief says of a run: sentences and tables worked out from its document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.formatting import average, between, change, count, day, fixed, month, number, typographic
from detente.labels import phrase
from detente.policy.studies.compared import compare_scenarios
from detente.render.brief.blocks import Brief, Drawing, Heading, Table, Words
from detente.render.drawing.contrast import Contrast
from detente.render.drawing.findings import counted, moves, scenario_name, signed, world_said
from detente.render.drawing.study import incomes
from detente.render.drawing.text import economy, sentence, the

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from detente.policy.documents.compared import Compared, Difference
    from detente.policy.documents.run import Driver, RunDocument, RunResult
    from detente.render.brief.blocks import Block

WORLD = "WORLD"
# Economies named at either end, lines of a contrast, industries each way, assumptions, days on which something lapses, and
# instruments named of one day.
ENDS, LINES, INDUSTRIES, ASSUMPTIONS, DAYS, NAMED = 3, 3, 3, 3, 3, 4
# A line of a contrast smaller than this share of the whole is not named.
SMALL = 0.05
# Households whose prices carry added duties in full.
FULL = {"full"}
JOBS = (
    "The model holds employment fixed, so it counts no jobs: it says between which industries work moves, by the value of"
    " their output."
)


def brief_of(run: RunDocument) -> Brief:
    """Lay out the brief of a run."""
    result = run.result
    of = Contrast.read(result)
    sides = [code for code in of.sides if code in of.compared.both]
    codes = [*sides, *([WORLD] if WORLD in of.compared.both else [])]
    first: tuple[Block, ...] = (
        *_short(of, sides),
        _worth_table(of, codes),
        Drawing(incomes(of, "wide")),
    )
    second: tuple[Block, ...] = (
        Heading("Every scenario"),
        _scenario_table(result, codes),
        *_expiry(result, sides),
        *_lapses(result),
        *_industries(of, sides),
        *_uncertain(of, sides),
        *_record(result),
    )
    days = " to ".join(dict.fromkeys(day(date) for date in result.law_days))
    return Brief(
        title=_title(of, sides),
        kicker=f"{result.study.title}. Law of {days}; {world_said(result)}.",
        pages=(first, second),
        foot=(
            f"Détente {run.stamp.detente}, sources read to {_read_to(run)}. Percent are of the baseline, the law of"
            f" {day(result.baseline.on)}."
        ),
    )


def _read_to(run: RunDocument) -> str:
    """The last day the sources cover, by the version of the ledger."""
    version = (run.stamp.ledger_version or "").partition("+")[0]
    return day(version) if version else day(run.result.on)


def _title(of: Contrast, sides: Sequence[str]) -> str:
    """The answer in a sentence."""
    values = of.values(groups=True)
    said = [
        moves(the(side), values[side], " of real income" if k == 0 else "") for k, side in enumerate(sides)
    ]
    return f"{of.name}: {' and '.join(said)}"


def _money(value: float | None) -> str:
    """A change in USD billion a year."""
    return "not known" if value is None else f"USD {typographic(change(value, 1, least=1))} bn a year"


def _short(of: Contrast, sides: Sequence[str]) -> Iterator[Block]:
    """What a reader must know."""
    found, early = of.compared, _early(of)
    said = []
    for side in sides:
        soon = f"; after one year {signed(early[side])}" if side in early else ""
        band = found.bands.get(side)
        ends = f", in nine draws of ten {_band(band.low, band.high)} %" if band else ""
        row = found.both[side]
        said.append(
            f"{the(side)} {signed(row.real_income_pct)} of real income{ends} ({_money(row.real_income_usd_bn)}{soon})"
        )
    yield Words("What it is worth.", f"{sentence('; '.join(said))}.")
    values = {code: row.real_income_pct for code, row in found.economies.items()}
    others = [
        (words, [code for code in codes if code not in sides][:ENDS])
        for words, codes in (("after the two, most gained by", found.gainers), ("most lost by", found.losers))
    ]
    named = [f"{words} {_each(codes, values)}" for words, codes in others if codes]
    text = f"{counted(values.values())}{''.join(f'; {text}' for text in named)}.{_beside(of)}"
    yield Words("Who gains and who loses.", text)
    yield from _sources(of, sides)
    yield from _households(of)
    yield from _revenue(of)


def _beside(of: Contrast) -> str:
    """Who moves by other law that changed in between, and not by what the contrast is about."""
    others = of.compared.from_other_law
    return (
        f" Other law that changed in between turns the sign for {', '.join(map(the, others))}."
        if others
        else ""
    )


def _each(codes: Iterable[str], values: dict[str, float]) -> str:
    """Economies with their changes."""
    return ", ".join(f"{the(code)} ({signed(values[code])})" for code in codes)


def _band(low: float, high: float) -> str:
    """Ends of a band."""
    return between(low, high, lambda value: typographic(fixed(value, 2)))


def _sources(of: Contrast, sides: Sequence[str]) -> Iterator[Block]:
    """The largest lines of the contrast, by side."""
    item = of.worth
    if item is None or not item.lines:
        return
    said = []
    for side in sides:
        means = {
            line.instrument: (line.real_income_pct[side].in_order + line.real_income_pct[side].in_reverse) / 2
            for line in item.lines
        }
        largest = sorted(means, key=lambda name: -abs(means[name]))[:LINES]
        whole = abs(item.total_pct[side])
        told = [f"{name} {signed(means[name])}" for name in largest if abs(means[name]) >= SMALL * whole]
        said.append(f"for {the(side)}: {'; '.join(told)}" if told else f"for {the(side)}: no line by itself")
    yield Words("What it comes from.", f"{sentence('. '.join(map(sentence, said)))}.")


def _households(of: Contrast) -> Iterator[Block]:
    """What the added duties cost a household."""
    result = of.result
    cost = {
        (row.scenario, row.decile): row.usd_per_year for row in result.households if row.pass_through in FULL
    }
    pair = [key for key in (of.compared.of, of.compared.against) if (key, "all") in cost]
    if not pair:
        return
    said = [f"USD {count(cost[key, 'all'])} a year ({_called(result, key)})" for key in pair]
    lowest, highest = (cost.get((pair[0], decile)) for decile in ("1", "10"))
    tenths = (
        f"; the lowest tenth USD {count(lowest)}, the highest USD {count(highest)}"
        if lowest is not None and highest is not None
        else ""
    )
    yield Words(
        "What a household pays.",
        f"Added duties cost an average US household {', '.join(said)} if prices carry them in full{tenths}.",
    )


def _revenue(of: Contrast) -> Iterator[Block]:
    """What the importer whose customs values are held takes, in the long run and after one year, and what it took."""
    result, found = of.result, of.result.customs_revenue
    pair = [key for key in (of.compared.of, of.compared.against) if found and key in found.scenarios]
    if found is None or not pair:
        return
    said = []
    for key in pair:
        soon = found.at_one_year.get(key)
        after = f", {fixed(soon.customs_usd_bn, 0)} bn after one year" if soon else ""
        said.append(f"USD {fixed(found.scenarios[key].customs_usd_bn, 0)} bn ({_called(result, key)}{after})")
    taken = found.collected
    span = " to ".join(dict.fromkeys(map(month, (taken.first, taken.last))))
    yield Words(
        "What customs take.",
        f"Duties of {the(found.importer)} a year at customs values: {', '.join(said)}. Collected, {span}:"
        f" USD {fixed(taken.usd_bn_a_year, 0)} bn a year.",
    )


def _called(result: RunResult, key: str) -> str:
    """A scenario by its short label."""
    item = result.converged.get(key)
    return scenario_name(result.study.id, item) if item else result.baseline.label


def _worth_table(of: Contrast, codes: Sequence[str]) -> Table:
    """Income, dollars, prices and wages of the sides and the world, with the band and the first year where there are any."""
    found, early = of.compared, _early(of)
    head = ["", "Income, long run"]
    head += ["9 draws of 10, %"] if found.bands else []
    head += ["after one year"] if early else []
    head += ["USD bn a year", "Consumer prices", "Real wages", "Exports"]
    rows = []
    for code in codes:
        row: Difference = found.both[code]
        cells = [economy(code), signed(row.real_income_pct)]
        if found.bands:
            band = found.bands.get(code)
            cells.append(_band(band.low, band.high) if band else "")
        if early:
            cells.append(signed(early[code]) if code in early else "")
        dollars = row.real_income_usd_bn
        cells.append("" if dollars is None else typographic(change(dollars, 1, least=1)))
        cells += [signed(value) for value in (row.cpi_pct, row.real_wage_pct, row.exports_pct)]
        rows.append(tuple(cells))
    return Table(tuple(head), tuple(rows), f"{of.name}; {of.unit}.")


def _early(of: Contrast) -> dict[str, float]:
    """Real income a year after, for the contrast, where it was solved."""
    one = of.result.at_one_year
    if one is None:
        return {}
    mine, theirs = (one.scenarios.get(key, {}) for key in (of.compared.of, of.compared.against))
    if of.plain:
        return dict(mine)
    return {code: value - theirs[code] for code, value in mine.items() if code in theirs}


def _scenario_table(result: RunResult, codes: Sequence[str]) -> Table:
    """One row a scenario: tariffs both ways, real income, what a household pays."""
    found = result.converged
    pairs = next(iter(found.values())).pairs
    cost = {
        row.scenario: row.usd_per_year
        for row in result.households
        if (row.decile, row.pass_through) == ("all", "full")
    }
    head = ["", *(f"{economy(a)} on {economy(b)}" for a, b in (pair.split("<-") for pair in pairs))]
    head += [f"{economy(code)}, income" for code in codes]
    head += ["US household, USD a year"] if cost else []
    rows = []
    for key, item in found.items():
        cells = [f"{scenario_name(result.study.id, item)} ({day(item.on)})"]
        cells += [average(item.tariffs[pair]) for pair in pairs]
        cells += [signed(item.both[code].real_income_pct) for code in codes]
        cells += [count(cost[key]) if key in cost else ""] if cost else []
        rows.append(tuple(cells))
    note = "Average tariffs on goods; real income in the long run, % of the baseline."
    return Table(tuple(head), tuple(rows), note)


def _expiry(result: RunResult, sides: Sequence[str]) -> Iterator[Block]:
    """What happens where suspensions end as notices read rather than as reported: two scenarios of one day."""
    found = result.converged
    pair = next(
        (
            (legal, reported)
            for legal in found.values()
            for reported in found.values()
            if (legal.on, legal.ends, reported.ends) == (reported.on, "legal", "reported")
        ),
        None,
    )
    if pair is None:
        return
    legal, reported = pair
    change_of: Compared = compare_scenarios(result, legal.id, reported.id)
    gained = " and ".join(moves(the(side), change_of.both[side].real_income_pct) for side in sides)
    tariffs = [
        f"{the(importer)} would charge {the(exporter)} {average(of)} on average instead of {average(other)}"
        for name, (of, other) in change_of.tariffs.items()
        for importer, exporter in [name.split("<-")]
        if not name.endswith("*") and average(of) != average(other)
    ]
    yield Words(
        "What happens on expiry.",
        f"If suspensions end on {day(legal.on)} as the notices read, and not later as reported,"
        f" {'; '.join([*tariffs, gained])} of real income.",
    )


def _lapses(result: RunResult) -> Iterator[Block]:
    """What lapses next, and when."""
    said: dict[str, list[str]] = {}
    for row in result.lapses:
        names = row.instruments
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        later = f", {day(row.reported)} as reported" if row.reported else ""
        said.setdefault(row.date, []).append(f"{row.event} ({'; '.join(names[:NAMED])}{more}{later})")
    if said:
        text = ". ".join(f"{day(date)}: {'; '.join(said[date])}" for date in list(said)[:DAYS])
        yield Words("What lapses next.", f"{text}.")


def _industries(of: Contrast, sides: Sequence[str]) -> Iterator[Block]:
    """Industries that gain and lose most on either side, and what is not said of jobs."""
    said = []
    for side in sides:
        if side not in of.compared.sectors:
            continue
        values = of.industries(side)
        order = sorted(values, key=lambda key: -values[key])
        ends = [
            (word, [key for key in keys if (values[key] > 0) == (word == "up")])
            for word, keys in (("up", order[:INDUSTRIES]), ("down", order[: -INDUSTRIES - 1 : -1]))
        ]
        told = [
            f"{word} {', '.join(f'{_industry(key)} ({signed(values[key])})' for key in keys)}"
            for word, keys in ends
            if keys
        ]
        said.append(f"{the(side)}: {'; '.join(told)}")
    if said:
        yield Words("Industries and jobs.", f"{'. '.join(map(sentence, said))}. {JOBS}")


def _industry(key: str) -> str:
    """An industry inside a sentence."""
    return phrase("industry", key)


def _uncertain(of: Contrast, sides: Sequence[str]) -> Iterator[Block]:
    """How wide the band is and what it leaves out, and which assumptions move the numbers most."""
    result, said = of.result, []
    bands = result.uncertainty
    if bands and of.compared.bands:
        old = (
            f" They were made with another state of the {' and '.join(bands.stale_because)}."
            if bands.stale
            else ""
        )
        said.append(
            f"The band is of {count(bands.draws)} draws of elasticities, flows and assumptions; it leaves out what the model"
            f" leaves out, such as politics, investment and money.{old}"
        )
    moved = []
    for side in sides:
        rows = result.drivers.get(of.compared.of, {}).get(side, ())
        moved += [
            f"{phrase('assumption', row.assumption)} {_instead(row)} ({the(side)} {signed(row.effect_pct)})"
            for row in rows[:ASSUMPTIONS]
        ]
    if moved:
        said.append(
            f"{_called(result, of.compared.of)}: these assumptions move real income most: {'; '.join(moved)}."
        )
    if result.world.flows_estimated:
        said.append(f"Some flows of {result.world.year} are estimated, not observed.")
    if said:
        yield Words("What is uncertain.", " ".join(said))


def _instead(row: Driver) -> str:
    """An alternative beside the value used; a word of a table is not shown."""
    used, other = (isinstance(value, int | float) for value in (row.value, row.alternative))
    at = f"at {number(float(row.alternative))}" if other else "as another table has it"
    return f"{at} rather than {number(float(row.value)) if used else 'as published'}"


def _record(result: RunResult) -> Iterator[Block]:
    """What the method was worth when it was held against what happened."""
    if result.evidence:
        yield Words("How this method did.", f"{'. '.join(result.evidence)}.")
