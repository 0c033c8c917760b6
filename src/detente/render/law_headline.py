"""The first lines of an answer about the law: what was asked, its day, and both readings of a day after the sources end."""

from __future__ import annotations

from collections import Counter
from functools import singledispatch
from textwrap import shorten
from typing import TYPE_CHECKING, Final

from detente import formatting
from detente.asof import SAID, agree
from detente.compliance.documents.duty import DutyAnswer, DutyReading
from detente.compliance.documents.licence import Licence, LicenceReading
from detente.compliance.documents.port_fee import FeeReading, PortFee
from detente.compliance.documents.purchases import Purchases
from detente.compliance.documents.screening import Screening, ScreeningReading
from detente.duties.documents.average import AverageAnswer, AverageReading
from detente.geography.economies import spoken
from detente.labels import label, phrase
from detente.ledger.documents.board import BoardAnswer, StatesRead
from detente.ledger.documents.measures import Listing, MeasureShown, StateRead
from detente.ledger.documents.records import Changes, ChangesRead, Citations, Findings, Timeline
from detente.schedules.codes import dotted
from detente.schedules.documents.products import ProductsFound

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from detente.ledger.documents.board import Passed

# Characters of a description in the first line.
WORDS: Final = 60
# States in the order in which a reader looks; what a state is called among counts.
STATES: Final = ("in force", "suspended", "threatened", "announced", "not known", "ended", "none")
SAYS: Final = {"none": "not announced"}


Reading = (
    AverageReading
    | ChangesRead
    | DutyReading
    | FeeReading
    | LicenceReading
    | ScreeningReading
    | StateRead
    | StatesRead
)
"""The main numbers of an answer under one reading."""
LawAnswer = (
    AverageAnswer
    | BoardAnswer
    | Changes
    | Citations
    | DutyAnswer
    | Findings
    | Licence
    | Listing
    | MeasureShown
    | PortFee
    | Purchases
    | Screening
    | Timeline
)
"""An answer about the law of a day."""


def law_lines(result: LawAnswer | ProductsFound) -> list[str]:
    """The question with its day; after the last day the sources cover that line says so, and both readings follow."""
    if isinstance(result, ProductsFound):
        return [subject(result)]
    first, late = asked(result), after_day(result)
    if not late:
        return [first]
    readings = () if isinstance(result, (Citations, Findings, Timeline)) else result.readings or ()
    tail = "both readings agree" if agree(readings) else "two readings"
    tail = tail if readings else "what was decided since is not known"
    passed = result.passed or () if isinstance(result, BoardAnswer) else ()
    return [f"{first}, {late}: {tail}", *readings_said(readings), *_passed(passed)]


def asked(result: LawAnswer) -> str:
    """What a result answers: the subject, and its day."""
    return subject(result) + _moment(result)


def after_day(result: LawAnswer | ProductsFound) -> str:
    """Say that a day lies after the last one the sources cover; empty up to it, and where law is not asked."""
    if isinstance(result, ProductsFound):
        return ""
    last = result.until if isinstance(result, AverageAnswer) else None
    if result.known_until is None or (last or result.on) <= result.known_until:
        return ""
    return f"after the last day the sources cover ({formatting.day(result.known_until)})"


def readings_said(readings: Sequence[Reading]) -> list[str]:
    """Both readings of a day, or the one they agree on."""
    if not readings:
        return []
    if agree(readings):
        return [f"both readings: {figures(readings[0])}"]
    return [f"{SAID[item.basis]}: {figures(item)}" for item in readings]


def _passed(passed: Sequence[Passed]) -> list[str]:
    """What has passed since the sources end: a line a day, event and basis."""
    groups: dict[tuple[dt.date, str, str], list[str]] = {}
    for item in passed:
        groups.setdefault((item.date, item.event, item.basis), []).append(item.instrument)
    return [
        f"passed on {formatting.day(date)} ({basis} date), {event}: {', '.join(names)}"
        for (date, event, basis), names in groups.items()
    ]


def _moment(result: LawAnswer) -> str:
    """The day or the span, the instant, what was known, and an unusual view."""
    found = _days(result)
    if result.at:
        at = result.at.isoformat()
        found += f" at {at[11:19]} ({at[19:]})"
    if result.known_on:
        found += f", as known on {formatting.day(result.known_on)}"
    view = (
        result.view
        if isinstance(result, (AverageAnswer, Changes, DutyAnswer, Listing, MeasureShown))
        else "statutory"
    )
    if view != "statutory":
        found += f", {view.replace('-', ' ')}"
    ends = "legal" if isinstance(result, (Citations, Findings, MeasureShown, Timeline)) else result.ends
    return found + (", suspensions ending as reported" if ends == "reported" else "")


def _days(result: LawAnswer) -> str:
    """One day, or a first and a last one."""
    if isinstance(result, Changes):
        return f" between {formatting.day(result.first)} and {formatting.day(result.second)}"
    if isinstance(result, AverageAnswer) and result.until:
        return f" from {formatting.day(result.on)} to {formatting.day(result.until)}"
    return f" on {formatting.day(result.on)}"


@singledispatch
def subject(result: object) -> str:
    """What an answer is about."""
    raise TypeError(type(result).__name__)


@subject.register
def _(result: DutyAnswer) -> str:
    """A duty."""
    words = shorten(result.description, WORDS, placeholder=" ...")
    code = dotted(result.code)
    worth = (
        f", customs value {formatting.money(result.value, result.currency)},"
        if result.value is not None
        else ""
    )
    named = f"{code} ({words})" if words else code
    shipment = f"{named} from {spoken(result.origin)} to {spoken(result.destination)}{worth}"
    if ban := result.prohibited:
        return f"Prohibited since {formatting.day(ban.from_)}: {shipment}"
    return f"Duty on {shipment}"


@subject.register
def _(result: AverageAnswer) -> str:
    """An average tariff."""
    origin = spoken(result.origin) if result.origin else "all partners"
    return f"Average tariff of {spoken(result.importer)} on {origin}"


@subject.register
def _(result: PortFee) -> str:
    """A port fee."""
    size = formatting.quantity(result.net_tons, "net tons")
    return f"Fee for one port call in {spoken(result.port_of)}, {size},"


@subject.register
def _(result: Licence) -> str:
    """A licence."""
    item = {"rare-earth": "rare earths", "chip": "advanced chips"}.get(result.kind, result.kind)
    return f"Export licence for {item} from {spoken(result.origin)} to {spoken(result.destination)}"


@subject.register
def _(result: Screening) -> str:
    """A screening."""
    return f"Screening of {shorten(result.name, WORDS, placeholder=' ...')}"


@subject.register
def _(result: Purchases) -> str:
    """A commitment."""
    return f"Purchases: {result.title} ({result.id})"


@subject.register
def _(result: BoardAnswer) -> str:
    """The board."""
    if not result.between:
        return "The board"
    *some, last = [spoken(name) for name in result.between]
    return f"The board of {', '.join(some)} and {last}"


@subject.register
def _(result: Listing) -> str:
    """A list."""
    del result
    return "Measures on the books"


@subject.register
def _(result: MeasureShown) -> str:
    """One measure."""
    return f"{label('measure', result.id, otherwise=result.title)} ({result.id})"


@subject.register
def _(result: Timeline) -> str:
    """Records of the ledger."""
    return f"Timeline of {_measure(result.measure) if result.measure else 'all measures'}"


@subject.register
def _(result: Citations) -> str:
    """Acts and sources."""
    return f"Acts and sources behind {_measure(result.measure)}"


@subject.register
def _(result: Findings) -> str:
    """A check."""
    del result
    return "Check of the ledger"


@subject.register
def _(result: ProductsFound) -> str:
    """Products."""
    held = f" on {formatting.day(result.on)}" if result.on else ", the latest held"
    return f"{result.words}: lines of the schedule of {spoken(result.destination)}{held}"


@subject.register
def _(result: Changes) -> str:
    """Changes."""
    del result
    return "What changed in the law"


def _measure(name: str) -> str:
    """A measure in words, with the id that one types."""
    return f"{phrase('measure', name)} ({name})"


@singledispatch
def figures(found: object) -> str:
    """The main numbers of an answer, or of one of its readings; empty where it has none."""
    del found
    return ""


@figures.register(DutyAnswer)
@figures.register(DutyReading)
def _(found: DutyAnswer | DutyReading) -> str:
    """Rate, range and amount of a duty."""
    if found.prohibited:
        return f"may not be imported since {formatting.day(found.prohibited.from_)}"
    said = formatting.rate(found.rate)
    least, most = found.rate_min, found.rate_max
    if least != most or found.rate is None:
        bound = formatting.rate(most) if most is not None else formatting.OPEN
        said += f" ({formatting.rate(least)} to {bound})" if least is not None else ""
    if found.amount is not None:
        said += f", {formatting.money(found.amount, found.currency)}"
    return said


@figures.register(AverageAnswer)
@figures.register(AverageReading)
def _(found: AverageAnswer | AverageReading) -> str:
    """An average."""
    return formatting.average(found.rate, 2)


@figures.register(PortFee)
@figures.register(FeeReading)
def _(found: PortFee | FeeReading) -> str:
    """Amount of a fee, its range, and whether it is suspended."""
    said = formatting.money(found.amount, found.currency)
    most = found.amount_max
    if found.amount_min != most:
        bound = formatting.money(most, found.currency) if most is not None else formatting.OPEN
        said += f" ({formatting.money(found.amount_min, found.currency)} to {bound})"
    return f"{said}, suspended" if found.suspended else said


@figures.register(Licence)
@figures.register(LicenceReading)
def _(found: Licence | LicenceReading) -> str:
    """Whether a licence is required, and the likely decision."""
    if found.required is None:
        return f"not decided, test: {found.test}"
    words = "a licence is required" if found.required else "no licence is required"
    more = [found.decision] if found.required else []
    more += ["suspended"] if found.suspended else []
    return ", ".join([words, *more])


@figures.register
def _(found: ScreeningReading) -> str:
    """Status of a party, and the ownership rules that bind."""
    return f"{found.status}; ownership rules in force: {', '.join(found.ownership_rules_in_force) or 'none'}"


@figures.register
def _(found: StatesRead) -> str:
    """How many stand where."""
    order = sorted(found.states, key=lambda state: STATES.index(state) if state in STATES else len(STATES))
    return ", ".join(f"{formatting.count(found.states[state])} {state}" for state in order)


@figures.register
def _(found: BoardAnswer) -> str:
    """How many stand where, in the order of the rows."""
    states = Counter(row.state for row in found.board)
    return ", ".join(f"{formatting.count(many)} {SAYS.get(state, state)}" for state, many in states.items())


@figures.register(MeasureShown)
@figures.register(StateRead)
def _(found: MeasureShown | StateRead) -> str:
    """State of one measure in words."""
    return found.state if found.detail == found.state else f"{found.state}: {found.detail}"


@figures.register(Changes)
@figures.register(Citations)
@figures.register(Findings)
@figures.register(Listing)
@figures.register(ProductsFound)
@figures.register(Timeline)
def _(found: Changes | Citations | Findings | Listing | ProductsFound | Timeline) -> str:
    """How many rows there are."""
    many = len(found.rows)
    return f"{formatting.count(many)} row{'' if many == 1 else 's'}"


@figures.register
def _(found: ChangesRead) -> str:
    """How many changes there are."""
    return f"{formatting.count(found.changes)} changes"


@figures.register
def _(found: Purchases) -> str:
    """What was bought, what is due, what was promised."""

    def of(amount: float | None) -> str:
        return formatting.quantity(amount, found.unit)

    done = "purchases not known" if found.done is None else f"{of(found.done)} bought"
    return f"{done}, {of(found.due_to_date)} due to date, target {of(found.target)}"
