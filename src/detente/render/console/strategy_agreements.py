"""Agreements of one side with several partners in the terminal: who gave and got what, and what it does to the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.formatting import average, change, day, number
from detente.geography.economies import name, with_article
from detente.render.console.strategy_play import draws_words, say, signed, table

if TYPE_CHECKING:
    from rich.console import Console

    from detente.policy.documents.agreements import AgreementRow, HubAgreements


def show_agreements(found: HubAgreements, console: Console) -> None:
    """The terms first, then who gave what, then those left out."""
    hub = found.players[0]
    law = day(found.on) + (f", as known on {day(found.known_on)}" if found.known_on else "")
    say(
        console,
        f"Cuts of the tariffs {with_article(name(hub))} and each partner would charge each other without an agreement"
        f" ({law}), each pair taking the other agreements as given; real income, %",
    )
    rows = [
        (
            name(row.partner) + ("" if row.signed else ", none"),
            *(average(tariff[hub]) for tariff in (row.tariff_before, row.tariff_agreed, row.tariff_after)),
            *(average(tariff[row.partner]) for tariff in (row.tariff_before, row.tariff_agreed)),
            *(signed(row.gain_pct[side]) for side in (hub, row.partner)),
            *(signed(row.after_gain_pct[side]) for side in (hub, row.partner)),
        )
        for row in found.agreements
    ]
    heads = (
        "partner", f"{hub} tariff", "agreed", f"on {found.after}", "its tariff", "agreed", f"{hub} gains", "it gains",
        f"{hub} gained", "it gained",
    )  # fmt: skip
    table(heads, rows, console)
    gave = [
        (
            name(row.partner),
            *(signed(row.own_cut_worth_pct[hub][side]) for side in (hub, row.partner)),
            *(signed(row.own_cut_worth_pct[row.partner][side]) for side in (hub, row.partner)),
        )
        for row in found.agreements
    ]
    givers = ("who gave what", f"{hub} cut: {hub} %", "partner %", f"partner's cut: {hub} %", "partner %")
    table(givers, gave, console)
    say(console, *(_sure(row) for row in found.agreements if row.signed), _left_out(found))
    say(
        console,
        f"On {day(found.after)}: the tariffs that were in force then, everything else as without an agreement; what partners"
        " promised to take off is not in the ledger's tariffs and counts nothing there.",
    )
    if found.fragility is not None:
        say(console, draws_words(found.fragility))


def _sure(row: AgreementRow) -> str:
    """How sure it is that both gain."""
    return f"{name(row.partner)}: {row.verdict.words if row.verdict else 'not judged, it was solved in no draw'}."


def _left_out(found: HubAgreements) -> str:
    """What all agreements together do to the hub and to those that have none."""
    hub, others = found.players[0], found.left_out
    lost = ", ".join(f"{name(code)} {change(value)} %" for code, value in others.most_lost_pct.items())
    gained = ", ".join(f"{name(code)} {change(value)} %" for code, value in others.most_gained_pct.items())
    return (
        f"All of them together: {name(hub)} {change(found.together_pct[hub])} % of real income (USD"
        f" {change(found.together_usd_bn[hub], 1)} bn). Of those left out {number(others.lose)} lose"
        f"{f' ({lost})' if lost else ''} and {number(others.gain)} gain{f' ({gained})' if gained else ''}."
    )
