"""The question about whole entries: a file of lines in, what to file, to pay and to claim out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Unpack

from detente.queries.fields import HIDDEN, Columns, Facts, Pasted, Table, Typed, Word
from detente.queries.law import Law, read_law
from detente.queries.question import question

if TYPE_CHECKING:
    import pandas as pd

    from detente.compliance.customs.entry.answer import Entry

    Lines = Path | str | pd.DataFrame | None
else:

    def _lines(table: Any, _word: str) -> Any:
        """Lines that were pasted, or a file as it is."""
        if not isinstance(table, Pasted):
            return table
        from detente.compliance.customs.entry.table import read_text  # noqa: PLC0415  (only for pasted lines)

        return read_text(table.text)

    Lines = Annotated[Path | None, Typed(Path | None, _lines)]

LINES = (
    "entry", "line", "code", "origin", "value", "entered_on", "quantity", "unit", "loaded_on", "exported_from",
    "preference", "mode", "ad_cvd_case", "entry_type",
)  # fmt: skip
"""Columns of a file of lines; entry, code, origin and value are needed, any fact is ``fact.NAME``."""
CASES = ("case", "rate", "from", "to")
"""Columns of a table of antidumping and countervailing rates; the first two are needed."""


@question("entry", address="/entry", prints="render_entry", whole_days=True)
def entry(
    frame: Annotated[Lines, Word("lines", said=True), Columns(LINES, 4)] = None,
    *,
    profile: Annotated[Path | None, Word(offered=False)] = None,
    cases: Annotated[Table, Columns(CASES, 2)] = None,
    facts: Facts = None,
    progress: Annotated[Callable[[str], None] | None, HIDDEN] = None,
    **law: Unpack[Law],
) -> Entry:
    """
    Work out whole entries: every heading in filing order, fees, totals, open questions once, what is refundable.

    Parameters
    ----------
    frame
        Lines of entries: CSV, XLSX or Parquet (in Python also a frame) with entry, line, code, origin, value, entered_on,
        and optionally quantity, unit, loaded_on, exported_from, preference, mode, ad_cvd_case, entry_type and any fact as
        fact.NAME; the names of ABI and CBP Form 7501 are understood, such as HTSUS No., Country of Origin, Entered Value.
    profile
        YAML file with what is true of the importer's goods: facts, goods (codes, origins, facts), mode, entry_type.
    cases
        CSV, XLSX or Parquet with antidumping and countervailing rates by case: case, rate, from, to.
    facts
        KEY=VALUE about all lines; before the profile, behind a line's own.
    progress
        Told how many lines are done.
    **law
        Day of lines that name none, knowledge, reading and ledger: `detente.queries.law.Law`.

    Returns
    -------
    Entry
        entries, lines, items, totals, questions, refused, refundable; amounts in USD, rates as fractions of the base beside
        them; exit code 1 where a row could not be used, 4 where a good may not be imported.

    Raises
    ------
    InputError
        The file, its columns, the profile or the table of cases cannot be read. A row that cannot be used is reported in
        ``refused`` and stops no other.

    Examples
    --------
    >>> import pandas as pd
    >>> line = {"entry": "1", "code": "7326.90.86.88", "origin": "CN", "value": 14_172, "entered_on": "2026-09-18"}
    >>> found = entry(pd.DataFrame([line | {"mode": "vessel"}]))
    >>> found.totals["duty"], found.totals["mpf"], found.totals["hmf"]
    (11039.99, 49.09, 17.72)

    References
    ----------
    19 CFR 24.23 and 24.24 (fees), 143.21 (informal entries); CBP Form 7501; CSMS 18-000624 and 64018403 (order of headings).
    """
    from detente.compliance.customs.entry.entry import entry as worked  # noqa: PLC0415  (loads the schedule)
    from detente.errors import InputError  # noqa: PLC0415

    if frame is None:
        raise InputError(
            "no lines",
            where="frame",
            found="nothing",
            allowed="a frame, or a CSV, XLSX or Parquet file",
            repair="name the file of lines",
        )
    asof, ledger = read_law(law, None)
    return worked(
        frame, asof=asof, ledger=ledger, profile=profile, cases=cases, facts=facts, progress=progress
    )
