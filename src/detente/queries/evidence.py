"""The question what predictions were worth: held against what was traded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Unpack

from detente.queries.fields import Limits, Table, Word
from detente.queries.law import Booked, ledger_of, require_words
from detente.queries.question import question

if TYPE_CHECKING:
    from detente.policy.evidence.document import TrackRecord


@question("evidence", address="/evidence", prints="render_evidence")
def evidence(
    episode: Annotated[str | None, Limits(length=40)] = None,
    *,
    actuals: Annotated[Table, Word(offered=False)] = None,
    horizon: Annotated[tuple[str, ...], Limits(pattern="year|long|fitted", many=3)] = (),
    fresh: Annotated[bool, Word(offered=False)] = False,
    **law: Unpack[Booked],
) -> TrackRecord:
    """
    Hold predictions of the model against what was traded, beside rules that need no model.

    The change of the logarithm of each partner's share in US imports of an industry, same calendar months of both years, is
    compared with what the model says of the change of duties: those collected, and those of the ledger.

    Parameters
    ----------
    episode
        ``2018-19`` or ``2025``; both by default.
    actuals
        CSV or Parquet (in Python also a frame) with the columns partner, naics3, month, imports_usd, duty_usd. Its months
        are laid over those held, or scored after them against the same months of the base year held.
    horizon
        Elasticities: quarter, year, long, fitted (on the registered months and partners), or years; year, long and fitted by
        default.
    fresh
        Work everything out anew, fits too, instead of the record that comes with the package.
    **law
        The ledger of the law's shock: `detente.queries.law.Booked`.

    Returns
    -------
    TrackRecord
        ``episodes[ID]`` with scores, nulls, partners, industries; ``fits``, ``path``, ``literature``, ``registered``,
        ``answer``. Slopes are of observed on predicted; ``skill`` is 1 - MSE/MSE(no change), weighted with the imports of
        the base months, at most 1; shares are fractions, changes percent.

    Raises
    ------
    InputError
        An episode, a horizon or a file that cannot be used.

    Examples
    --------
    >>> record = evidence("2025")
    >>> row = record.episodes["2025"]["scores"][0]
    >>> row["shock"], row["horizon"], row["group"]
    ('collected', 'year', 'all')

    References
    ----------
    Kehoe (2005), An Evaluation of the Performance of Applied General Equilibrium Models of the Impact of NAFTA, in
    Frontiers in Applied General Equilibrium Modeling; Cameron, Gelbach and Miller (2008), Review of Economics and
    Statistics 90(3).
    """
    from detente.policy.evidence.record import track_record  # noqa: PLC0415

    require_words(law, Booked.__annotations__)
    words = (horizon,) if isinstance(horizon, str) else horizon
    return track_record(episode, actuals=actuals, horizons=words, fresh=fresh, ledger=ledger_of(law))
