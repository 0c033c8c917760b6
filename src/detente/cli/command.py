"""One command for each question: its options are the fields of the question."""

from __future__ import annotations

import inspect
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from detente.cli.printing import CALL, Output, Progress, emit
from detente.cli.views import CHOICES, arguments, check, taken
from detente.errors import DetenteError
from detente.io.outputs import require_place, write_text
from detente.labels import laid_over
from detente.queries.fields import REQUIRED, annotated
from detente.queries.question import question_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from detente.compliance.documents.common import Assumption
    from detente.io.stamped import Stamped
    from detente.ledger.documents.records import Timeline
    from detente.queries.fields import Field
    from detente.queries.question import Asked


@dataclass(frozen=True)
class File:
    """
    A file that a command writes beside its answer.

    option, help: Of the command.
    ready: Refuses a path before anything is worked out.
    always: Whether it is written also where the command ends with a failure of part of what was asked.
    write: Takes the answer, its document, the path, and what is told of each step.
    """

    option: str
    help: str
    write: Callable[..., None]
    ready: Callable[[Path], None] = require_place
    always: bool = False


def _worksheet(answer: Any, _document: Mapping[str, Any], path: Path, _say: Callable[[str], None]) -> None:
    """A printable worksheet of a duty."""
    from detente.queries.duties import worksheet  # noqa: PLC0415

    write_text(path, worksheet(answer))


def _calendar(
    _answer: Any,
    document: Stamped[Timeline, Assumption],
    path: Path,
    _say: Callable[[str], None],
    *,
    past: bool = False,
) -> None:
    """Dated records to come as a calendar, those that have passed as well if asked for."""
    from detente.queries.ledger import calendar  # noqa: PLC0415

    found = document.result
    write_text(path, calendar(row for row in found.rows if past or row.date >= found.on))


def _rates(answer: Any, _document: Mapping[str, Any], path: Path, say: Callable[[str], None]) -> None:
    """Every line from every origin, as Parquet."""
    answer.write(path, progress=say)


def _report(answer: Any, document: dict[str, Any], path: Path, say: Callable[[str], None]) -> None:
    """Report, tables and charts of a study."""
    answer.write(path, document, progress=say)


def _entry(_answer: Any, document: dict[str, Any], path: Path, say: Callable[[str], None]) -> None:
    """Tables of whole entries."""
    from detente.render import write_entry  # noqa: PLC0415

    say(f"written: {len(write_entry(document, path))} files in {path}")


def _folder(path: Path) -> None:
    """Refuse a folder that cannot be written."""
    from detente.render import require_folder  # noqa: PLC0415

    require_folder(path)


FILES = {
    "duty": File("worksheet", "Write a printable worksheet (HTML) to this file.", _worksheet),
    "timeline": File("ics", "Write the records as a calendar (iCalendar) to this file.", _calendar),
    "entry": File(
        "out",
        "Folder for lines, entries, questions, refused rows and claims (CSV, JSON).",
        _entry,
        _folder,
        always=True,
    ),
    "schedule": File("out", "Write every line from every origin to this file (Parquet).", _rates),
    "run": File(
        "out", "Folder for a brief of two pages (HTML, PDF), its annex, tables and charts.", _report, _folder
    ),
}


def __getattr__(name: str) -> Any:
    """Make the command of a question when it is called."""
    if name.startswith("_"):
        raise AttributeError(name)
    return command_of(name)


def command_of(name: str) -> Callable[..., int]:
    """Make the command of a question."""
    question = question_of(name)
    file = FILES.get(name)

    def command(*words: Any, output: Output | None = None, **typed: Any) -> int:
        typed |= _positional(question.fields, words)
        path = typed.pop(file.option, None) if file else None
        view = taken(name, typed)
        return _run(question.ask(**typed), output or Output(), path, view)

    parameters = [_parameter(item) for item in question.fields]
    if file:
        kind = Annotated[Path | None, Parameter(help=file.help)]
        parameters.append(
            inspect.Parameter(file.option, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
        )
    for choice in CHOICES.get(name, ()):
        default = False if choice.kind is bool else ""
        told = annotated(choice.kind, Parameter(help=choice.help, negative="", show_default=False))
        parameters.append(
            inspect.Parameter(choice.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=told)
        )
    parameters.append(
        inspect.Parameter("output", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Output | None)
    )
    command.__name__, command.__doc__ = name, question.help
    command.__signature__ = inspect.Signature(sorted(parameters, key=lambda item: item.kind))  # type: ignore[attr-defined]
    command.__annotations__ = {item.name: item.annotation for item in parameters}
    return command


def _parameter(item: Field) -> inspect.Parameter:
    """One field as the command line reads it."""
    kind = item.kind
    default = inspect.Parameter.empty if item.default is REQUIRED or item.word.said else item.default
    if item.positional:
        spread = item.several or item.word.joined
        place = inspect.Parameter.VAR_POSITIONAL if spread else inspect.Parameter.POSITIONAL_OR_KEYWORD
        return inspect.Parameter(
            item.name,
            place,
            default=inspect.Parameter.empty if spread else default,
            annotation=annotated(str if spread else kind, Parameter(help=item.help)),
        )
    if item.word.together:
        kind = tuple[str, str] | None
    elif item.several and default is None:
        default = ()
    names = [item.option, *item.word.also]
    shown = default not in (inspect.Parameter.empty, None, (), False, "")
    told = Parameter(name=names, help=item.help, negative=item.word.unless, show_default=shown)
    annotation = annotated(kind, told)
    return inspect.Parameter(
        item.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
    )


def _positional(fields: tuple[Field, ...], words: tuple[Any, ...]) -> dict[str, Any]:
    """Values given by position, by name of the field."""
    own = [item for item in fields if item.positional]
    if len(own) == 1 and own[0].word.joined:
        return {own[0].name: " ".join(words)}
    if len(own) == 1 and own[0].several:
        return {own[0].name: words}
    return {item.name: word for item, word in zip(own, words, strict=False)}


def _run(asked: Asked, output: Output, path: Path | None, view: dict[str, Any]) -> int:
    """Answer a question, and print the answer, or what was chosen of it, in the form asked for."""
    check(asked.question.name, view, output)
    if output.reproduce:
        sys.stdout.write(asked.python(overlays=output.ledger) + "\n")
        return 0
    if "beside" not in _takes(asked):
        return _answered(asked, output, path, view)
    from detente.processes import second_process  # noqa: PLC0415  (few questions are worth a process)

    with second_process() as beside:
        return _answered(asked, output, path, view, beside=beside)


def _answered(asked: Asked, output: Output, path: Path | None, view: dict[str, Any], **heard: Any) -> int:
    """The same, with what the function takes beside the question."""
    file, say = FILES.get(asked.question.name), Progress(output.quiet)
    if file and path is not None:
        file.ready(path)
    try:
        ledger, dated = _dated(asked, output)
        heard |= {"progress": say} if "progress" in _takes(asked) else {}
        answer = dated.answer(ledger, **heard)
    except DetenteError as problem:
        raise _by_option(problem, asked) from None
    finally:
        say.end()
    found = dated.stamped(ledger, command=CALL.command, answer=answer)
    code = int(getattr(answer, "exit_code", 0))
    for line in getattr(answer, "asides", ()):
        sys.stderr.write(f"{line}\n")
    if getattr(answer, "unsolved", False) and not output.json:
        return code
    if file and path is not None and (file.always or not code):
        file.write(answer, found, path, say, **arguments(asked.question.name, view, file=True))
        say.end()
    with laid_over(ledger.labels):
        emit(
            found,
            output,
            asked.question.prints,
            arguments(asked.question.name, view, file=False),
            name=asked.question.name,
        )
    return code


def _dated(asked: Asked, output: Output) -> tuple[Any, Asked]:
    """The ledger asked for, and the question with its day written out."""
    from detente.queries.ledger import open_ledger  # noqa: PLC0415

    ledger = open_ledger(*output.ledger)
    dated = asked.dated(ledger)
    if dated is not asked and "at" in asked.given:
        CALL.pin(dated.on)
    return ledger, dated


def _takes(asked: Asked) -> Collection[str]:
    """Names of the arguments of the function."""
    return inspect.signature(asked.question.function).parameters


def _by_option(problem: DetenteError, asked: Asked) -> DetenteError:
    """A refusal that names a field, with the option of the command in its place."""
    for item in asked.question.fields:
        if not item.positional and problem.where in {item.name, item.key}:
            problem.where = item.option
    return problem
