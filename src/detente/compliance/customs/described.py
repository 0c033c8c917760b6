"""Questions about goods that a note describes within a line, in the words of the note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.duties import matches
from detente.ledger.records.stacking import ListClaim

if TYPE_CHECKING:
    from collections.abc import Iterable

    from detente.compliance.customs.case import Case
    from detente.duties import Claim
    from detente.ledger.law import Law


def question(case: Case, rule: Claim | ListClaim) -> str:
    """The question of a rule about these goods: with the articles its lists describe, where their wording is held."""
    found = _articles(case, _lists(case, rule))
    if not found:
        return rule.question
    said = ", or ".join(f'"{words}" ({notes})' for words, notes in found.items())
    if isinstance(rule, ListClaim):
        return f"Is the good one that the note describes within this line: {said}? Other goods of the line owe the duty."
    return f"{rule.question} Described within this line: {said}."


def _lists(case: Case, rule: Claim | ListClaim) -> Iterable[str]:
    """Names of the lists that a rule hangs on, and that concern the case."""
    if isinstance(rule, ListClaim):
        excluded = (name for entry in case.reaching for name in entry.position.scope.exclude)
        return dict.fromkeys(name for name in excluded if matches(name, rule.lists))
    if not rule.listed or rule.granted_by is None:
        return ()
    running = (item for item in case.book.get(rule.granted_by) if item.state == "in force")
    return dict.fromkeys(name for item in running for name in item.scope.include if not name.isdigit())


def _articles(case: Case, names: Iterable[str]) -> dict[str, str]:
    """Articles that some lists describe within the candidate lines, each with the notes that describe it."""
    law, lines = case.book.law, case.table.codes.tolist()
    found: dict[str, list[str]] = {}
    for name in names:
        articles = law.lists[name].articles
        notes = _cited(law, name)
        for code in law.lists[name].codes(case.book.on) if articles else ():
            if code in articles and any(line.startswith(code) for line in lines):
                found.setdefault(articles[code], []).append(notes)
    return {words: " and ".join(dict.fromkeys(notes)) for words, notes in found.items()}


def _cited(law: Law, name: str) -> str:
    """The note of a list, and where its words are taken from if its own are not held."""
    printed = law.printed.get(name)
    if printed is None:
        return name
    own = f"US note {printed.notes}"
    if not printed.worded_by:
        return own
    return f"{own}: the wording of the note is not held, and is inferred from US note {printed.worded_by}"
