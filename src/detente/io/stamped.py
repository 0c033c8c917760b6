"""The document around an answer: its stamp, the judgements it used, and what a reader must know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from detente.io.documents import Document

Result_co = TypeVar("Result_co", bound=Document, covariant=True)
Assumed_co = TypeVar("Assumed_co", bound=Document, covariant=True)


@dataclass(frozen=True, kw_only=True)
class Stamp(Document):
    """What made it, so that it can be made again."""

    detente: str
    command: str
    data_hash: str
    ledger_hash: str | None = None
    world_hash: str | None = None
    scenario_hash: str | None = None
    options_hash: str | None = None
    ledger_version: str | None = None


@dataclass(frozen=True, kw_only=True)
class Stamped(Document, Generic[Result_co, Assumed_co]):
    """A result with its stamp, the judgements it used, and what a reader must know before quoting it."""

    stamp: Stamp
    result: Result_co
    assumptions: tuple[Assumed_co, ...]
    warnings: tuple[str, ...]

    @classmethod
    def around(cls, result: type[Document], assumed: type[Document]) -> Any:
        """The kind of document whose result and judgements are of some kinds."""
        generic: Any = cls
        return generic[result, assumed]
