"""Questions about goods that a note describes within a line, in the words of the note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.duties import matches
from detente.ledger.records.stacking import ListClaim

if TYPE_CHECKING:
    from collections.abc import Iterable

    from detente.compliance.customs.case import Case
    from detente.duties import Claim


def question(case: Case, rule: Claim | ListClaim) -> str:
    """The question of a rule about these goods: with the articles its lists describe, where their wording is held."""
    found = _articles(case, _lists(case, rule))
    if not found:
        return rule.question
    said = ", or ".join(f'"{words}" (US note {notes})' for words, notes in found.items())
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
        notes = law.printed[name].notes if name in law.printed else name
        for code in law.lists[name].codes(case.book.on) if articles else ():
            if code in articles and any(line.startswith(code) for line in lines):
                found.setdefault(articles[code], []).append(notes)
    return {words: " and ".join(dict.fromkeys(notes)) for words, notes in found.items()}
