"""The question that solves many draws: a sweep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Unpack

from detente.display import as_html, in_short
from detente.errors import StudyError  # noqa: F401  (the example names it)
from detente.queries.fields import HIDDEN, Word
from detente.queries.law import Knowledge
from detente.queries.ledger import open_ledger
from detente.queries.question import question

if TYPE_CHECKING:
    from detente.ledger import Ledger
    from detente.policy.sweeps.sweep import Sweep

NOT_DONE = 3


@dataclass(frozen=True)
class Swept:
    """
    A design that was swept.

    Attributes
    ----------
    sweep
        The store, failures, and the hash of the results.
    ledger
        What it was asked of.
    drivers
        Whether to work out which assumptions drive the spread.
    say
        Told each step.
    """

    __repr__ = in_short
    _repr_html_ = as_html

    sweep: Sweep
    ledger: Ledger
    drivers: bool
    say: Callable[[str], None]

    def __getattr__(self, name: str) -> Any:
        """What the sweep itself says."""
        return getattr(self.sweep, name)

    @property
    def exit_code(self) -> int:
        """3 where scenarios failed or were lost."""
        return NOT_DONE if self.sweep.swept.failed or self.sweep.swept.lost else 0

    @property
    def asides(self) -> tuple[str, ...]:
        """What failed or was lost, a line each."""
        return (*map(str, self.sweep.swept.failed), *map(str, self.sweep.swept.lost))

    def as_document(self, command: str) -> dict[str, Any]:
        """Lay bands and drivers out."""
        from detente.policy.sweeps.document import sweep_document  # noqa: PLC0415

        return sweep_document(
            self.sweep,
            command=command,
            ledger_version=self.ledger.version,
            drivers=self.drivers,
            say=self.say,
        )


@question("sweep", prints="render_sweep")
def sweep(
    design: str | Path,
    *,
    draws: int | None = None,
    horizon: str | None = None,
    out: Path | None = None,
    executor: Literal["local", "dask"] = "local",
    address: str | None = None,
    workers: int | None = None,
    drivers: Annotated[bool, Word(unless="--no-drivers")] = True,
    progress: Annotated[Callable[[str], None] | None, HIDDEN] = None,
    **law: Unpack[Knowledge],
) -> Swept:
    """
    Solve a design's scenarios in every draw, and print bands and what drives them; go on where an earlier run stopped.

    Parameters
    ----------
    design
        A built-in design (kuala-lumpur-uncertainty) or a design file.
    draws
        Instead of the design's number.
    horizon
        Elasticities, their ratio to the long run drawn: long, years, or such as 18 months; the design's own by default.
    out
        Folder of the store. Default: the design's name and hash, in the current folder.
    executor
        Processes of this machine, or a Dask cluster.
    address
        Of a Dask scheduler. It runs code: use tls:// and networks you trust.
    workers
        Processes; one for each core by default.
    drivers
        Work out which assumptions drive the spread.
    progress
        Called with one line now and then.
    **law
        Knowledge and ledger: `detente.queries.law.Knowledge`.

    Returns
    -------
    Swept
        The store, failures with their reasons, bands, and the hash of the results.

    Raises
    ------
    StudyError
        The design or the store cannot be used, or the disk is full; what is in the store stays valid.

    Examples
    --------
    >>> try:
    ...     sweep("kuala-lumpur-uncertainty", draws=0)
    ... except StudyError as problem:
    ...     print(problem.what)
    a design with no draws
    """
    from detente.policy.sweeps.sweep import sweep as run_sweep  # noqa: PLC0415

    ledger = law.get("ledger") or open_ledger(known_on=law.get("known_on"))
    say = progress or (lambda _step: None)
    given: dict[str, Any] = {
        "draws": draws,
        "horizon": horizon,
        "out": out,
        "executor": executor,
        "address": address,
        "workers": workers,
    }
    return Swept(run_sweep(design, **given, ledger=ledger, progress=say), ledger, drivers, say)
