"""The words of every legal question, and of every solve: declared here once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict

from detente.asof import AsOf, Basis, Given, View, known_day, moment_at, within_reach
from detente.errors import InputError
from detente.queries.fields import Field, Limits, Word

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from detente.ledger import Ledger
    from detente.policy.strategy.game_setting import GameSetting

Closure = Literal["fixed", "zero", "proportional", "saving"]
VERBS = ("enact", "suspend", "resume", "end", "set")
"""What edits do to measures."""


class Booked(TypedDict, total=False):
    """A question that reads the law on days of its own."""

    ledger: Ledger | None
    """All measures, edits included; the built-in ledger by default."""


class Knowledge(Booked, total=False):
    """What is asked about the law whatever the day."""

    known_on: dt.date | str | None
    """To someone who knew only what was known on this day; everything by default."""


class Reading(Knowledge, total=False):
    """A question about the law read in one way, not about one day."""

    view: View
    ends: Basis


class Dated(Knowledge, total=False):
    """A question about a day."""

    on: Given
    """A day, meaning its end at the imposer's capital, or an instant with its offset; today there by default."""


class Ended(Dated, total=False):
    """A question about a day on which suspensions matter."""

    ends: Basis
    """Suspensions end as a notice says (``legal``, the default), or as was reported."""


class Law(Ended, total=False):
    """A question about a day's law, read in one of three ways."""

    view: View
    """What the books said (``statutory``, the default), what the customs took, or what was due after annulments."""


class Solve(Knowledge, total=False):
    """A question that solves the economy."""

    world: str | None
    """icio2022, wiod2011, or a world file; the study's own by default."""
    closure: Closure | None
    """Trade deficits: fixed shares of world income, zero, proportional to income, or what saving leaves."""
    factors: Literal["mobile", "fixed"]
    """Factors move between industries (long run) or not (short run)."""
    horizon: str
    """Elasticities: long, short, years since the change, or such as 18 months."""


class Playing(Solve, total=False):
    """A question played on a study that it names itself."""

    setting: GameSetting | None
    """A study opened before (`detente.open_setting`), to ask several questions of; its own world and law count."""


class Play(Playing, total=False):
    """A question played on a study."""

    study: str
    """A built-in study, or a study file, that has the scenarios."""


def ledger_of(given: Mapping[str, object]) -> Ledger:
    """The ledger among the words of a question, or the built-in one."""
    words: dict[str, Any] = {**given}
    ledger: Ledger | None = words.get("ledger")
    if ledger is None:
        from detente.ledger import open_ledger  # noqa: PLC0415  (only where none is given)

        ledger = open_ledger()
    return ledger


def near_known(value: dt.date | str | None) -> dt.date | None:
    """Read the last day of knowledge of a question."""
    known = known_day(value)
    return within_reach(known, where="known_on") if known else None


def read_law(law: Mapping[str, object], imposer: str | None) -> tuple[AsOf, Ledger]:
    """Read the words of a legal question."""
    require_words(law, Law.__annotations__)
    given: dict[str, Any] = {**law}
    ledger = ledger_of(law)
    moment = moment_at(given.get("on"), imposer or ledger.home)
    view, ends = given.get("view", "statutory"), given.get("ends", "legal")
    return AsOf(moment, near_known(given.get("known_on")), view, ends), ledger


def read_solve(solve: Mapping[str, object]) -> tuple[dict[str, Any], Ledger]:
    """Read the words of a solve."""
    require_words(solve, Solve.__annotations__)
    given: dict[str, Any] = {**solve}
    ledger, known = ledger_of(solve), near_known(given.get("known_on"))
    usual: dict[str, Any] = {"world": None, "closure": None, "factors": "mobile", "horizon": "long"}
    economy = {name: given.get(name, value) for name, value in usual.items()}
    return economy, ledger.as_known(known) if known else ledger


def require_words(given: Iterable[str], allowed: Iterable[str]) -> None:
    """Refuse a word that a question does not have, as Python does not for arguments that are passed on."""
    if unknown := sorted(set(given) - set(allowed)):
        raise TypeError(f"unexpected keyword argument {unknown[0]!r}; there are {', '.join(sorted(allowed))}")


DAY_FIELDS = (
    Field(
        "on",
        str | None,
        None,
        help="Day (ISO), meaning its end at the imposer's capital. Default: today there.",
        limits=Limits(length=10),
    ),
    Field(
        "at",
        str | None,
        None,
        help="Instant (ISO, with its offset) instead of a day: the law as it stood at that moment.",
        limits=Limits(length=40),
    ),
)
"""Which day or moment is asked about."""
KNOWN_FIELD = Field(
    "known_on",
    str | None,
    None,
    help="To someone who knew only what was known on this day.",
    word=Word("known"),
    limits=Limits(length=10),
)
READ_FIELDS = (
    Field(
        "view",
        View,
        "statutory",
        help="What the books said, what the customs took, or what was due after annulments.",
    ),
    Field("ends", Basis, "legal", help="Suspensions end as a notice says, or as was reported."),
)
EDIT_FIELDS = tuple(
    Field(verb, tuple[str, ...], (), help=text, limits=Limits(length=80, many=12))
    for verb, text in zip(
        VERBS,
        (
            "Measures put in force.",
            "Measures suspended.",
            "Measures whose suspension is lifted.",
            "Measures ended.",
            "ID=RATE: measures set to a rate (a fraction).",
        ),
        strict=True,
    )
)
LAW_FIELDS = (*DAY_FIELDS, KNOWN_FIELD, *READ_FIELDS, *EDIT_FIELDS)
"""Fields of every question about the law on a day."""
SOLVE_FIELDS = (
    Field(
        "world",
        str | None,
        None,
        help="icio2022, wiod2011, or a world file.",
        limits=Limits(pattern=r"[A-Za-z0-9_-]{1,40}"),
    ),
    Field(
        "closure",
        Closure | None,
        None,
        help="Trade deficits: fixed shares of world income, zero, proportional to income, or what saving leaves.",
    ),
    Field(
        "factors",
        Literal["mobile", "fixed"],
        "mobile",
        help="Factors move between industries (long run) or not (short run).",
    ),
    Field(
        "horizon",
        str,
        "long",
        help="Elasticities: long, short, years since the change, or such as 18 months.",
        limits=Limits(pattern="long|short|([1-9]|10)( years?)?|([1-9]|[1-9][0-9]|1[01][0-9]|120) months?"),
    ),
    Field(
        "known_on",
        str | None,
        None,
        help="To someone who knew only what was known on this day; a scenario that names an earlier day keeps it.",
        word=Word("known", offered=False),
    ),
)
"""Fields of every question that solves."""
STUDY_FIELD = Field(
    "study",
    str,
    "kuala-lumpur",
    help="Study that has the scenarios.",
    limits=Limits(length=200),
    word=Word(offered=False),
)
"""The study a question is played on."""


def rates_typed(
    texts: Iterable[str], where: str = "set", what: str = "a name and a number are needed"
) -> dict[str, float]:
    """
    Split ID=RATE texts.

    Examples
    --------
    >>> rates_typed(["us.s122=0.15"])
    {'us.s122': 0.15}
    """
    found = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            rate = float(value)
        except ValueError:
            rate = float("nan")
        if not abs(rate) < float("inf"):
            raise InputError(
                what,
                where=where,
                found=text[:80],
                allowed="NAME=NUMBER, a rate as a fraction, such as us.s122=0.15",
                repair="write the number as a decimal fraction",
            )
        found[name.strip()] = rate
    return found


def edits_typed(given: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments for `Ledger.edit` from what was typed; empty when nothing is edited."""
    lists = {verb: tuple(given.get(verb) or ()) for verb in VERBS if verb != "set"}
    rates = rates_typed(given.get("set") or (), what="--set needs a measure and a rate")
    return {**{verb: ids for verb, ids in lists.items() if ids}, **({"set": rates} if rates else {})}
