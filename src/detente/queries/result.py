"""What a question gives: a result, rows, and how an answer is laid out for a document."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, is_dataclass
from typing import TYPE_CHECKING, Any

from detente.display import as_html, in_short
from detente.io.documents import Document, as_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Result(dict[str, Any]):
    """
    A result whose keys are attributes as well.

    Examples
    --------
    >>> Result(rate=0.25).rate
    0.25
    """

    __repr__ = in_short
    _repr_html_ = as_html

    @classmethod
    def of(cls, document: Document) -> Result:
        """A typed answer as a result, whose document it stays."""
        found = cls(as_json(document))
        vars(found)["_typed"] = document
        return found

    def __getattr__(self, name: str) -> Any:
        """Read a key."""
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Typed:
    """An answer around a typed result, `found`, whose fields are its own attributes."""

    __repr__ = in_short
    _repr_html_ = as_html

    found: Document

    @property
    def _shown(self) -> Document:
        """What a line or a notebook shows of it."""
        return self.found

    def __getattr__(self, name: str) -> Any:
        """Read a field of the result."""
        return getattr(self.found, name)

    @property
    def result(self) -> Result:
        """The document's result, keys as attributes."""
        return Result(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """
        Lay the result out.

        Returns
        -------
        dict
            Fields of the result.
        """
        return dict(as_json(self.found))


@dataclass(frozen=True)
class Found:
    """
    What a question found, laid out for a document.

    Attributes
    ----------
    result
        As in the interface.
    assumptions, warnings
        What it used, and what a reader must know.
    hashes
        Of the world and the scenario, where they matter.
    """

    result: Any
    assumptions: Sequence[Any] = ()
    warnings: Sequence[str] = ()
    hashes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, answer: Any) -> Found:
        """Take what an answer says of itself: its result, and where it applies assumptions, warnings and hashes."""
        answer = vars(answer).get("_typed", answer) if isinstance(answer, (Result, Rows)) else answer
        if isinstance(answer, Document):
            result = getattr(answer, "result", answer)
            return cls(result, getattr(answer, "assumptions", ()), getattr(answer, "warnings", ()))
        if isinstance(answer, Result):
            return cls(
                {key: value for key, value in answer.items() if key != "warnings"},
                (),
                answer.get("warnings", ()),
            )
        used = getattr(answer, "assumptions", ())
        return cls(
            answer.to_dict(),
            [_plain(item) for item in (used.rows() if hasattr(used, "rows") else used)],
            getattr(answer, "warnings", ()),
            getattr(answer, "hashes", {}),
        )


def _plain(item: Any) -> Any:
    """An assumption as plain data."""
    if hasattr(item, "model_dump"):
        return item.model_dump(mode="json")
    return asdict(item) if is_dataclass(item) and not isinstance(item, type) else item


class Rows(list[dict[str, Any]]):
    """
    Rows of a listing, and what they are about.

    Parameters
    ----------
    rows
        The rows.
    exit_code
        Of the command that prints them.
    **about
        What was asked, and for which day.
    """

    __repr__ = in_short
    _repr_html_ = as_html

    def __init__(self, rows: Sequence[dict[str, Any]] = (), *, exit_code: int = 0, **about: Any) -> None:
        super().__init__(rows)
        self.exit_code, self.about = exit_code, about

    @classmethod
    def of(cls, document: Document, *, exit_code: int = 0) -> Rows:
        """The rows of a typed listing, whose document they stay."""
        about = as_json(document)
        found = cls(about.pop("rows"), exit_code=exit_code, **about)
        vars(found)["_typed"] = document
        return found

    def to_dict(self) -> dict[str, Any]:
        """Lay the rows out for a document."""
        return {**self.about, "rows": list(self)}


def silent(_step: str) -> None:
    """Say nothing of a step."""
