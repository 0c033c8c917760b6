"""Commands that answer one case beyond tariffs: port-fee, licence, screen, purchases."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path  # noqa: TC003  (the command line resolves the annotations at run time)
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from detente.cli import options as cli
from detente.cli.options import Law, Output
from detente.cli.repeat import repeat

CASES = "detente.compliance"
NO_VIEW = ("on", "known_on", "ends")


def port_fee(
    *,
    port_of: str,
    net_tons: float,
    containers: float | None = None,
    built: str | None = None,
    owner: str | None = None,
    operator: str | None = None,
    us_share: float | None = None,
    type: str | None = None,  # noqa: A002  (the option's name is part of the interface)
    teu: float | None = None,
    dwt: float | None = None,
    call: int | None = None,
    fact: tuple[str, ...] = (),
    law: Law | None = None,
    output: Output | None = None,
) -> int:
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
    fact
        KEY=VALUE for anything else, such as ballast=yes.
    law
        Day, knowledge, reading and edits.
    output
        Form of the result.
    """
    from detente.compliance import port_fee as fee  # noqa: PLC0415

    law, output, imposer = law or Law(), output or Output(), cli.named(port_of)
    facts: dict[str, Any] = {
        "containers": containers,
        "built": built,
        "owner": owner,
        "operator": operator,
        "us_share": us_share,
        "type": type,
        "teu": teu,
        "dwt": dwt,
        "call": call,
        **cli.facts(fact),
    }
    known = {key: value for key, value in facts.items() if value is not None}
    if output.reproduce:
        return repeat(
            "port_fee",
            port_of,
            home=CASES,
            output=output,
            law=law,
            imposer=imposer,
            net_tons=net_tons,
            **known,
        )
    ledger = cli.open_law(output, law, imposer=imposer)
    asked = cli.query(law, ledger, imposer)
    return cli.answer(fee(port_of, net_tons=net_tons, asof=asked, ledger=ledger, **known), ledger, output)


def licence(
    kind: Literal["rare-earth", "chip"],
    *,
    origin: Annotated[str, Parameter(name=["--from", "--origin"])],
    destination: Annotated[str, Parameter(name=["--to", "--destination"])],
    fact: tuple[str, ...] = (),
    law: Law | None = None,
    output: Output | None = None,
) -> int:
    """
    Say whether an export needs a licence, and which test decides.

    Parameters
    ----------
    kind
        rare-earth or chip.
    origin, destination
        Economies, ISO alpha-3 or names.
    fact
        KEY=VALUE: parameters of the item, end use, end user; bill=FILE for nested content.
    law
        Day, knowledge, reading and edits.
    output
        Form of the result.
    """
    from detente.compliance import licence as decide  # noqa: PLC0415
    from detente.compliance.export_controls.licence import controller  # noqa: PLC0415

    law, output, imposer = law or Law(), output or Output(), partial(controller, kind)
    facts = cli.facts(fact)
    if output.reproduce:
        given: dict[str, Any] = {"origin": origin, "destination": destination, "facts": facts}
        return repeat(
            "licence", kind, home=CASES, output=output, law=law, asked=NO_VIEW, imposer=imposer, **given
        )
    ledger = cli.open_law(output, law, imposer=imposer)
    asked = cli.query(law, ledger, imposer)
    found = decide(kind, origin=origin, destination=destination, facts=facts, asof=asked, ledger=ledger)
    return cli.answer(found, ledger, output)


def screen(
    name: str,
    *,
    owners: Path | None = None,
    list: tuple[Path, ...] = (),  # noqa: A002  (the option's name is part of the interface)
    law: Law | None = None,
    output: Output | None = None,
) -> int:
    """
    Screen a name against restricted-party lists, with the 50 % ownership rule.

    Parameters
    ----------
    name
        Firm or person.
    owners
        CSV or Parquet: owner, owned, share, from, to (an empty share is unknown).
    list
        Consolidated Screening List files, CSV or JSON. Without one, only names of the ledger are searched.
    law
        Day, knowledge, reading and edits.
    output
        Form of the result.
    """
    from detente.compliance import screen as search  # noqa: PLC0415

    law, output = law or Law(), output or Output()
    if output.reproduce:
        given: dict[str, Any] = {"owners": owners, "lists": list}
        return repeat("screen", name, home=CASES, output=output, law=law, asked=NO_VIEW, **given)
    ledger = cli.open_law(output, law)
    found = search(name, asof=cli.query(law, ledger), ledger=ledger, owners=owners, lists=list)
    if found.banner:
        sys.stderr.write(f"{found.banner}\n")
    cli.answer(found, ledger, output)
    return found.exit_code


def purchases(
    commitment: str,
    *,
    actuals: Path | None = None,
    law: Law | None = None,
    output: Output | None = None,
) -> int:
    """
    Give the progress against a purchase commitment.

    Parameters
    ----------
    commitment
        Its ledger id, such as cn.buy.soy2026_28.
    actuals
        CSV: period, quantity, unit, measure.
    law
        Day, knowledge and edits.
    output
        Form of the result.
    """
    from detente.compliance import purchases as progress  # noqa: PLC0415

    law, output, imposer = law or Law(), output or Output(), cli.imposer_of(commitment)
    if output.reproduce:
        given: dict[str, Any] = {"asked": ("on", "known_on"), "imposer": imposer, "actuals": actuals}
        return repeat("purchases", commitment, home=CASES, output=output, law=law, **given)
    ledger = cli.open_law(output, law, imposer=imposer)
    found = progress(commitment, asof=cli.query(law, ledger, imposer), ledger=ledger, actuals=actuals)
    return cli.answer(found, ledger, output)
