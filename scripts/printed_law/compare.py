"""What differs between the ledger's product lists and the notes that print them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from printed_law.law import REVISION_6, REVISION_21

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from detente.ledger import Ledger
    from detente.ledger.records.printed import Printing
    from printed_law.entries import Entry
    from printed_law.law import PrintedLaw

# A condition that a note sets, and how the names of lists that carry it end.
CONDITIONS: Final = {"aircraft": "aircraft", "pharma": "_by_use", "described": "_described"}
# Lists that a claim reads, not a scope: the claim itself is the condition.
CLAIMED: Final = ("s301_cn_exclusions",)


def findings(ledger: Ledger, law: PrintedLaw) -> list[str]:
    """Every difference without a reason, every condition that a list does not carry, every reason without a difference."""
    used: set[tuple[str, str]] = set()
    found: list[str] = []
    for printing, names in _printings(ledger).items():
        print_ = _Print(ledger, law, printing, tuple(names))
        for code, said in (*print_.differing(), *print_.unconditional()):
            reasons = print_.reasons(code)
            used |= reasons
            if not reasons:
                found.append(
                    f"{', '.join(names)}: US note {', '.join(printing.notes)}, {printing.revision}: {code} {said}"
                )
    for name, item in ledger.printed.items():
        given = {(name, code) for reason in item.differs for code in reason.codes}
        found += [f"{name}: {code} has a reason and does not differ" for _, code in sorted(given - used)]
    return found


@dataclass(frozen=True)
class _Print:
    """One print of one list, or of several lists that share it."""

    ledger: Ledger
    law: PrintedLaw
    printing: Printing
    names: tuple[str, ...]

    def differing(self) -> Iterator[tuple[str, str]]:
        """Lines that the print has and the lists have not, or the other way round."""
        held = {code for name in self.names for code in self.ledger.lists[name].codes(self.printing.on)}
        listed, printed = self._reach(held), self._reach(self._codes())
        yield from (
            (line, f"is printed, and not listed on {self.printing.on}") for line in sorted(printed - listed)
        )
        yield from (
            (line, f"is listed on {self.printing.on}, and not printed") for line in sorted(listed - printed)
        )

    def unconditional(self) -> Iterator[tuple[str, str]]:
        """Codes whose condition in the printed text no list carries in its name, or whose article it words otherwise."""
        for entry in self._entries:
            ending = CONDITIONS.get(entry.condition, "")
            if not all(name in CLAIMED or name.endswith(ending) for name in self.names):
                yield entry.code, f"is listed whole; note {entry.path} means it for {entry.condition} only"
            if entry.condition == "described" and not self._worded(entry):
                yield entry.code, f"is not described as in note {entry.path}"

    def reasons(self, code: str) -> set[tuple[str, str]]:
        """Reasons that the lists give for a code: list and code of each."""
        return {
            (name, given)
            for name in self.names
            for reason in self.ledger.printed[name].differs
            for given in reason.codes
            if code.startswith(given)
        }

    def _worded(self, entry: Entry) -> bool:
        """Whether a list has the words of the note, where it holds the code at all."""
        articles = [self.ledger.lists[name].articles for name in self.names]
        return any(entry.article in own.get(entry.code, entry.article) for own in articles)

    @cached_property
    def _entries(self) -> list[Entry]:
        """Entries of the printed text; none of a revision whose words are not held."""
        return self.law.entries(*self.printing.notes) if self.printing.revision == REVISION_6 else []

    def _codes(self) -> list[str]:
        """Codes of the print."""
        if self.printing.revision not in {REVISION_6, REVISION_21}:
            raise ValueError(f"a revision that is not held: {self.printing.revision}")
        later = self.printing.revision == REVISION_21
        return (self.law.codes_later if later else self.law.codes)(*self.printing.notes)

    def _reach(self, codes: Iterable[str]) -> set[str]:
        """Lines of any revision held that codes reach; a code that is no line stands for itself."""
        return {line for code in codes for line in self.law.lines_under(code) or [code]}


def _printings(ledger: Ledger) -> dict[Printing, list[str]]:
    """Prints, each with the lists that share it."""
    found: dict[Printing, list[str]] = defaultdict(list)
    for name, item in ledger.printed.items():
        for printing in item.printed:
            found[printing].append(name)
    return dict(found)
