"""Which measures and instruments may change from the baseline, and whether what a study names exists."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from detente.errors import StudyError
from detente.io.words import meant
from detente.policy.instruments.components import measures_of, switchable
from detente.policy.instruments.scenario_law import swap_measures

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from detente.ledger import Book, Ledger
    from detente.policy.study import StudySpec
    from detente.world import World


def choose_measures(book: Book, base_book: Book, *, only: Sequence[str], without: Sequence[str]) -> Book:
    """Let only the chosen measures change from the baseline."""
    if only:
        ids = _ids(book, base_book)
        behind = {measure for name in only for measure in measures_of(name)}
        book = swap_measures(book, base_book, ids - _matching(ids, only) - behind)
    if without:
        book = swap_measures(book, base_book, _matching(_ids(book, base_book), without))
    return book


def check_names(
    spec: StudySpec, ledger: Ledger, world: World, *, only: Sequence[str] = (), without: Sequence[str] = ()
) -> None:
    """Refuse, before anything is solved, a name that nothing bears."""
    mirrored = {item.edits.mirror.id for item in spec.scenarios if item.edits.mirror}
    known = sorted({*ledger.measures, *mirrored})
    for option, patterns in (("--only", only), ("--without", without)):
        for pattern in patterns:
            if pattern not in switchable() and not _matching(known, [pattern]):
                raise StudyError(
                    "no measure or instrument matches",
                    where=option,
                    found=pattern,
                    allowed=f"a measure id, a pattern such as us.s232.*, or one of {', '.join(switchable())}",
                    repair=_hint(pattern, [*known, *switchable()]),
                )
    for contrast in spec.contrasts:
        for line in contrast.lines:
            _check(
                line.measures,
                known,
                what="a contrast names an unknown measure",
                where=f"contrasts: {contrast.id}: {line.instrument}",
                allowed="a measure of the ledger",
            )
    for where, names in _economies(spec):
        _check(
            names,
            world.economies,
            what="the world does not have an economy that the study needs",
            where=where,
            allowed=f"an economy of {world.name}",
            repair="choose another world, or leave the economy out",
        )


def _economies(spec: StudySpec) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Economies a study cannot do without, and where it names them."""
    for pair in spec.pairs:
        yield "pairs", pair
    for contrast in spec.contrasts:
        yield f"contrasts: {contrast.id}: between", contrast.between
    for scenario in spec.scenarios:
        for relief in scenario.relief:
            yield f"scenarios: {scenario.id}: relief", (relief.importer, relief.exporter)


def _check(
    names: Iterable[str], known: Collection[str], *, what: str, where: str, allowed: str, repair: str = ""
) -> None:
    """Refuse a name that is not known."""
    for name in names:
        if name not in known:
            hint = repair or _hint(name, known)
            raise StudyError(what, where=where, found=name, allowed=allowed, repair=hint)


def _ids(*books: Book) -> set[str]:
    """Measures in any of the books."""
    return {item.measure.id for book in books for item in book.positions}


def _matching(ids: Iterable[str], patterns: Sequence[str]) -> set[str]:
    """Ids that match any of the patterns."""
    return {name for name in ids if any(fnmatchcase(name, pattern) for pattern in patterns)}


def _hint(name: str, known: Iterable[str]) -> str:
    """The nearest known name, or where to look."""
    return meant(name, known, otherwise="see `detente ledger ls`")
