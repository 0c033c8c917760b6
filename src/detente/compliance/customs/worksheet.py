"""A printable worksheet of one duty: what a broker files, with every heading, basis and source."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from detente.asof import SAID, agree
from detente.formatting import between, day, fixed, money, rate
from detente.geography import economies as places
from detente.schedules.codes import dotted

if TYPE_CHECKING:
    from detente.compliance.documents.duty import Duty, DutyLine, Prohibition

_STYLE = """
body { font: 11pt/1.4 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; color: #111; }
h1 { font-size: 1.3rem; } h2 { font-size: 1.05rem; margin-top: 1.6rem; }
table { border-collapse: collapse; width: 100%; } th, td { border-bottom: 1px solid #bbb; padding: .3rem .5rem; }
th { text-align: left; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
tr.total td { font-weight: 600; border-top: 2px solid #111; } .small { font-size: .85rem; color: #444; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; } dt { font-weight: 600; } dd { margin: 0; }
@media print { body { margin: 0; } a { color: inherit; text-decoration: none; } }
"""


def worksheet(duty: Duty) -> str:
    """
    Lay a duty out as one printable page.

    A complete document without scripts and without links to load; every text of the ledger or the user is escaped.
    """
    title = f"Duty worksheet {dotted(duty.code)}, {places.name(duty.origin)} to {places.name(duty.destination)}, {duty.on}"
    parts = [
        f"<h1>{escape(title)}</h1>",
        _head(duty),
        _readings(duty),
        _ban(duty.prohibited) if duty.prohibited else _table(duty),
        _list(
            "Questions that would change the duty", [f"{q.fact}: {q.why} {q.effect}" for q in duty.questions]
        ),
        _list("Facts the answer rests on", list(duty.facts_used)),
        _list(
            "Facts given that change nothing",
            [f"{item.fact}: {item.why}" for item in duty.facts_without_effect],
        ),
        _list("Assumed", [f"{a.name} = {a.value}: {a.why}" for a in duty.assumptions]),
        _list("To be read with it", list(duty.warnings)),
        '<p class="small">Not legal advice. Check every heading against the schedule in force on the day of entry.</p>',
    ]
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _readings(duty: Duty) -> str:
    """Both readings of a day after the last one the sources cover; nothing up to it."""
    if not duty.readings:
        return ""
    said = [
        f"{SAID[item.basis]}: {'may not be imported' if item.prohibited else rate(item.rate)}"
        + (f", {money(item.amount, duty.currency)}" if item.amount is not None else "")
        for item in duty.readings
    ]
    words = "both readings agree" if agree(duty.readings) else "two readings"
    return _list(f"After the last day the sources cover ({day(duty.known_until)}): {words}", said)


def _head(duty: Duty) -> str:
    """What was asked."""
    asked = {
        "Product": f"{dotted(duty.code)} {duty.description}",
        "Origin": places.name(duty.origin),
        "Destination": places.name(duty.destination),
        "Day of entry": str(duty.on),
        "Customs value": "" if duty.value is None else money(duty.value, duty.currency),
        "Quantity": duty.quantity or "",
        "View": f"{duty.view}; suspensions end as {duty.ends}"
        + (f"; known on {duty.known_on}" if duty.known_on else ""),
        "Covered": {"True": "yes", "False": "no"}.get(str(duty.covered), str(duty.covered)),
    }
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in asked.items() if text)
    return f"<dl>{rows}</dl>"


def _ban(ban: Prohibition) -> str:
    """That the good may not be imported, in place of lines."""
    text = f"Excluded from importation since {ban.from_} ({ban.act}): {ban.scope}. No duty is worked out."
    return f"<h2>Prohibited</h2><p>{escape(text)}</p>"


def _table(duty: Duty) -> str:
    """The lines and their total."""
    head = (
        '<tr><th>Duty</th><th>Heading</th><th>Basis</th><th class="n">Share</th><th class="n">Rate</th>'
        '<th class="n">Amount</th><th>Source</th></tr>'
    )
    rows = "".join(_row(line) for line in duty.lines)
    span = "" if duty.rate_min == duty.rate_max else f" ({_range(duty)})"
    total = (
        f'<tr class="total"><td colspan="4">Total duty{escape(span)}</td><td class="n">{rate(duty.rate)}</td>'
        f'<td class="n">{_cents(duty.amount)}</td><td></td></tr>'
    )
    return f"<h2>Lines</h2><table>{head}{rows}{total}</table>"


def _row(line: DutyLine) -> str:
    """One line."""
    why = f'<span class="small">{escape(line.heading_why)}</span>' if line.heading_why else ""
    note = f'<br><span class="small">{escape(line.note)}</span>' if line.note else ""
    return (
        f"<tr><td>{escape(line.title)}{note}</td><td>{escape(line.heading)}{why}</td><td>{escape(line.basis)}</td>"
        f'<td class="n">{rate(line.basis_share)}</td><td class="n">{rate(line.rate)}</td>'
        f'<td class="n">{_cents(line.amount)}</td><td class="small">{escape(line.source)}</td></tr>'
    )


def _range(duty: Duty) -> str:
    """The range of the duty, and of its amount where a customs value was given."""
    paid = (
        ""
        if duty.amount_min is None
        else f"; {duty.currency} {between(duty.amount_min, duty.amount_max, money)}"
    )
    return f"{between(duty.rate_min, duty.rate_max, rate)}{paid}"


def _cents(amount: float | None) -> str:
    """An amount to the cent, or nothing where no customs value was given."""
    return "" if amount is None else fixed(amount, 2)


def _list(title: str, items: list[str]) -> str:
    """A list under a heading, or nothing."""
    if not items:
        return ""
    return f"<h2>{escape(title)}</h2><ul>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>"
