"""Questions about one case beyond duties: a port call, an export, a name, a commitment to buy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Unpack

from detente.queries.fields import (
    Amount,
    Columns,
    Destination,
    Facts,
    Files,
    Limits,
    Origin,
    Table,
    Text,
    Word,
)
from detente.queries.law import Dated, Ended, Law, ledger_of, read_law
from detente.queries.ledger import imposer_of
from detente.queries.question import question

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from detente.asof import AsOf
    from detente.compliance.documents.licence import Licence
    from detente.compliance.documents.port_fee import PortFee
    from detente.compliance.documents.purchases import Purchases
    from detente.compliance.documents.screening import Screening
    from detente.compliance.facts import Fact
    from detente.ledger import Ledger

OWNERS = ("owner", "owned", "share", "from", "to")
"""Columns of a table of owners; the first two are needed."""
ACTUALS = ("period", "quantity", "unit", "measure")
"""Columns of a table of purchases; the first three are needed."""


@question("port-fee", address="/port-fee", clock="port_of")
def port_fee(
    port_of: Annotated[str, Word(named=True), Limits(length=60)],
    *,
    net_tons: Annotated[float, Limits(above=0.0, high=1e7)],
    containers: Amount = None,
    built: Text = None,
    owner: Text = None,
    operator: Text = None,
    us_share: Amount = None,
    type: Text = None,  # noqa: A002  (the option's name is part of the interface)
    teu: Amount = None,
    dwt: Amount = None,
    call: Annotated[int | None, Limits(low=0, high=1e15)] = None,
    facts: Facts = None,
    **law: Unpack[Law],
) -> PortFee:
    """
    Give the fee for one port call.

    Parameters
    ----------
    port_of
        Economy of the port: USA or CHN.
    net_tons
        Net tonnage.
    containers
        Containers discharged.
    built, owner, operator
        Economies, ISO alpha-3 or names.
    us_share
        Share of the owner or operator held by US persons, 0 to 1.
    type
        Type of vessel.
    teu, dwt
        Capacity in containers, deadweight tons.
    call
        Which charge of the year this would be.
    facts
        KEY=VALUE for anything else, such as ballast=yes.
    **law
        Day, knowledge, reading and ledger: `detente.queries.law.Law`.

    Returns
    -------
    PortFee
        amount, amount_min, amount_max, currency, rule, suspended, lines, questions.

    Raises
    ------
    InputError
        No port fees there, or a fact that cannot be read.

    Examples
    --------
    >>> port_fee("USA", net_tons=85_000, containers=9_000, built="CHN", on="2025-10-20").amount
    1530000.0

    References
    ----------
    USTR, notice of action, 90 FR 17114; Ministry of Transport of China, announcement 54 of 2025.
    """
    from detente.compliance import port_fee as fee  # noqa: PLC0415  (only where it is asked)

    asof, ledger = read_law(law, port_of)
    given: dict[str, Any] = {
        "containers": containers,
        "built": built,
        "owner": owner,
        "operator": operator,
        "us_share": us_share,
        "type": type,
        "teu": teu,
        "dwt": dwt,
        "call": call,
        **(facts or {}),
    }
    stated = {key: value for key, value in given.items() if value is not None}
    return fee(port_of, net_tons=net_tons, asof=asof, ledger=ledger, **stated)


def port_fees(calls: pd.DataFrame | Path | str, **law: Unpack[Law]) -> pd.DataFrame:
    """
    Give the fees for the calls of a fleet.

    Parameters
    ----------
    calls
        Frame or CSV with ``vessel`` (hull, for instance the IMO number), ``port_of``, ``arrival``, ``net_tons``, optionally
        ``string`` (calls of one rotation share a value) and any fact of `port_fee`.
    **law
        Knowledge, reading and ledger: `detente.queries.law.Law`; the days are those of arrival.

    Returns
    -------
    pandas.DataFrame
        The rows given, with ``call`` (number of the charged call in the cap's year), ``rule``, ``amount``,
        ``amount_min``, ``amount_max``, ``currency``, ``suspended``, ``scheduled``, ``why`` and ``questions``.

    Raises
    ------
    InputError
        A column is missing or unknown, or a row cannot be used; the row is named.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"vessel": "9300001", "port_of": "USA", "net_tons": 10_000, "operator": "CHN", "arrival": "2025-10-14"}
    >>> port_fees(pd.DataFrame([row]))["amount"].tolist()
    [500000.0]
    """
    from detente.compliance.port_fees.fleet import port_fees as fees  # noqa: PLC0415  (only where it is asked)

    asof, ledger = read_law(law, None)
    return fees(calls, asof=asof, ledger=ledger)


def facts_of(kind: str) -> Mapping[str, Fact]:
    """Facts that a case may state: of a port call (``port-fee``), or of an export by its kind."""
    if kind == "port-fee":
        from detente.compliance.port_fees.call_facts import FACTS as PORT_FACTS  # noqa: PLC0415

        return PORT_FACTS
    from detente.compliance.export_controls import chip, rare_earth  # noqa: PLC0415

    return chip.FACTS if kind == "chip" else rare_earth.FACTS


def _controller(given: Mapping[str, Any], ledger: Ledger) -> str:
    """Who controls the item."""
    from detente.compliance.export_controls.licence import controller  # noqa: PLC0415

    return controller(given["kind"], ledger)


@question("licence", address="/licence", clock=_controller)
def licence(
    kind: Annotated[Literal["rare-earth", "chip"], Word(said=True)] = "rare-earth",
    *,
    origin: Origin,
    destination: Destination,
    facts: Facts = None,
    **law: Unpack[Ended],
) -> Licence:
    """
    Say whether an export needs a licence, and which test decides.

    Parameters
    ----------
    kind
        rare-earth or chip.
    origin, destination
        Economies, ISO alpha-3 or names.
    facts
        KEY=VALUE: parameters of the item, end use, end user; bill=FILE for nested content.
    **law
        Day, knowledge, reading of ends and ledger: `detente.queries.law.Ended`.

    Returns
    -------
    Licence
        required, decision, test, in_force, path, questions.

    Raises
    ------
    InputError
        An economy or a fact that cannot be read.

    Examples
    --------
    >>> licence("chip", origin="USA", destination="CHN", facts={"tpp": 5000}, on="2025-10-27").required
    True

    References
    ----------
    MOFCOM announcements 18, 61 and 62 of 2025; 15 CFR 742.6 and 774, ECCN 3A090.
    """
    from detente.compliance import licence as decide  # noqa: PLC0415

    asof, ledger = read_law(law, _controller({"kind": kind}, ledger_of(law)))
    given = dict(facts or {})
    return decide(kind, origin=origin, destination=destination, facts=given, asof=asof, ledger=ledger)


@question("screen", address="/screen")
def screen(
    name: Annotated[str, Limits(length=300)],
    *,
    owners: Annotated[Table, Columns(OWNERS, 2)] = None,
    lists: Annotated[Files, Word("list", offered=False)] = (),
    **law: Unpack[Ended],
) -> Screening:
    """
    Screen a name against restricted-party lists, with the 50 % ownership rule.

    Parameters
    ----------
    name
        Firm or person.
    owners
        CSV or Parquet: owner, owned, share, from, to (an empty share is unknown).
    lists
        Consolidated Screening List files, CSV or JSON. Without one, only names of the ledger are searched.
    **law
        Day, knowledge, reading of ends and ledger: `detente.queries.law.Ended`.

    Returns
    -------
    Screening
        status, matches, path, list_date; ``exit_code`` 4 where an answer would be unsafe.

    Raises
    ------
    InputError
        A file or a day that cannot be read.

    Examples
    --------
    >>> screen("A bakery", on="2025-10-15").status
    'review'

    References
    ----------
    15 CFR 744.11 and the affiliates rule, 90 FR 47201; OFAC's 50 percent rule of 2014-08-13.
    """
    from detente.compliance import screen as search  # noqa: PLC0415

    asof, ledger = read_law(law, None)
    if any(isinstance(one, bytes) for one in lists):
        return _sent(name, next(one for one in lists if isinstance(one, bytes)), owners, ledger, asof)
    paths = [one for one in lists if not isinstance(one, bytes)]
    return search(name, owners=owners, lists=paths, asof=asof, ledger=ledger)


def _sent(name: str, content: bytes, owners: Table, ledger: Ledger, asof: AsOf) -> Screening:
    """Search a list that was sent; neither the file nor its index is kept."""
    import tempfile  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    from detente.compliance.day import read_day  # noqa: PLC0415
    from detente.compliance.screening.lists import read_lists  # noqa: PLC0415
    from detente.compliance.screening.screen import Screener, screen_on  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "list.csv"
        file.write_bytes(content)
        listed = read_lists(file)
    return screen_on(Screener(listed, ledger=ledger), name, read_day(asof, ledger), owners)


def _promised(given: Mapping[str, Any], ledger: Ledger) -> str:
    """Who promised."""
    return imposer_of(given["commitment"], ledger)


@question("purchases", address="/purchases", clock=_promised)
def purchases(
    commitment: Annotated[str, Word("id", said=True), Limits(length=120)] = "cn.buy.soy2026_28",
    *,
    actuals: Annotated[Table, Columns(ACTUALS, 3)] = None,
    **law: Unpack[Dated],
) -> Purchases:
    """
    Give the progress against a purchase commitment.

    Parameters
    ----------
    commitment
        Its ledger id, such as cn.buy.soy2026_28.
    actuals
        CSV: period, quantity, unit, measure.
    **law
        Day, knowledge and ledger: `detente.queries.law.Dated`.

    Returns
    -------
    Purchases
        target, done, due_to_date, shortfall, unit, by_year.

    Raises
    ------
    InputError
        No such commitment, or a table that cannot be read.

    Examples
    --------
    >>> purchases("cn.buy.soy2026_28", on="2026-06-30").unit
    'Mt'
    """
    from detente.compliance.purchases.progress import purchases as progress  # noqa: PLC0415

    asof, ledger = read_law(law, imposer_of(commitment, ledger_of(law)))
    return progress(commitment, actuals=actuals, asof=asof, ledger=ledger)
