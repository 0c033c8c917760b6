"""Strategy results in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table
from rich.text import Text

from detente.formatting import average, change, fixed, number, small

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

_MOST_ROWS = 12


def render_strategy(document: dict[str, Any], console: Console) -> None:
    """
    Print a strategy document for a reader.

    Parameters
    ----------
    document
        Of one of the commands play, hedge, reliance, path.
    console
        Where to print.
    """
    result = document["result"]
    for key, show in _SHOWN.items():
        if key in result:
            show(result, console)
            break
    for warning in document["warnings"][:3]:
        console.print(Text(warning, style="dim"))
    rest = len(document["warnings"]) - 3
    if rest > 0:
        console.print(Text(f"{rest} more notes on estimates: --json", style="dim"))


def _table(headers: Iterable[str], rows: Iterable[Iterable[str]], console: Console, left: int = 1) -> None:
    """Print a table; all but the first columns are numbers."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for k, header in enumerate(headers):
        table.add_column(header, justify="left" if k < left else "right", overflow="fold")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _say(console: Console, *words: str) -> None:
    for text in words:
        console.print(Text(text))


def _pct(value: float | None, digits: int = 3) -> str:
    """A change in percent with its sign."""
    return "" if value is None else change(value, digits)


def _tariffs(result: dict[str, Any], console: Console) -> None:
    """Optimal or Nash tariffs."""
    title = "Nash tariffs" if "players" in result else "Best tariffs, nobody answering"
    _say(console, f"{title} by {result['by']}, everything else as under {result['under']}")
    rows = [
        (
            who,
            average(item["mean_before"]),
            average(item["mean"]),
            _pct(result["payoffs"][who]["before_pct"]),
            _pct(result["payoffs"][who]["real_income_pct"]),
            change(result["payoffs"][who]["gain_usd_bn"], 1),
        )
        for who, item in result["tariffs"].items()
    ]
    _table(("", "mean before", "mean", "income before %", "income %", "USD bn"), rows, console)
    if result["is_nash"] is not None:
        regret = result["regret"]
        _say(
            console,
            f"is_nash: {str(result['is_nash']).lower()}; largest gain of {sum(regret['tried'].values())} deviations tried:"
            f" {small(regret['largest'])} of the goal (counts above {small(regret['tolerance'])});"
            f" first-order conditions to {small(result['first_order'])}",
            f"starts: {', '.join(f'{name}: {what}' for name, what in result['starts'].items())};"
            f" equilibria found: {sum(item['is_nash'] for item in result['equilibria'])}",
        )
    rows = [
        (
            name,
            *(average(item["tariffs"][who]) for who in item["tariffs"]),
            *(_pct(item["gain_pct"][who]) for who in item["gain_pct"]),
        )
        for name, item in result["against"].items()
    ]
    names = list(result["tariffs"])
    _table(("against", *(f"{w} tariff" for w in names), *(f"{w} gains %" for w in names)), rows, console)
    for item in result["against"].values():
        _say(console, *item["why"].values())
    if "cooperation" in result:
        item = result["cooperation"]
        _say(
            console,
            f"cooperation: tariffs {', '.join(f'{who} {average(t)}' for who, t in item['mean_tariffs'].items())};"
            f" beats Nash in sum by USD {fixed(item['sum_gain_usd_bn'], 1)} bn"
            f" ({', '.join(f'{who} {change(gain, 1)}' for who, gain in item['gain_usd_bn'].items())})",
        )


def _payoffs(result: dict[str, Any], console: Console) -> None:
    """The payoff matrix and what follows from it."""
    first, second = result["players"]
    cells = {(row[first], row[second]): row for row in result["payoffs"]}
    columns = [item["id"] for item in result["actions"][second]]
    rows = []
    for item in result["actions"][first]:
        row = [item["id"]]
        for column in columns:
            cell = cells[item["id"], column]
            income = cell.get("real_income_pct")
            row.append(" ".join(change(income[w]) for w in (first, second)) if income else "failed")
        rows.append(row)
    _say(console, f"{result['title']}: real income of {first} and {second}, % of the baseline")
    _table((f"{first} \\ {second}", *columns), rows, console)
    pure = result["equilibria"]["pure"]
    _say(
        console,
        "equilibria: " + ("; ".join(" / ".join(item.values()) for item in pure) or "none in pure actions"),
    )
    for item in result["equilibria"]["mixed"]:
        _say(console, f"mixed: {item}")
    if not result["equilibria"]["complete"]:
        _say(console, f"failed cells, through which nothing is claimed: {result['failed']}")
    _say(console, *(f"{item['threat']} ({item['by']}): {item['why']}" for item in result["credible"]))
    tempting = [
        (
            f"{item['player']}: {item['deviation']}",
            item["punishment"],
            _pct(item["gain_pct"]),
            _factor(item["grim"]),
            *(_factor(value) for value in item["periods"].values()),
        )
        for item in result["discount_factors"]
        if item["gain_pct"] is None or item["gain_pct"] > 0
    ]
    if tempting:
        periods = list(result["discount_factors"][0]["periods"])
        heads = ("deviation that pays once", "punishment", "gain %", "for ever", *(f"{n} y" for n in periods))
        _table(heads, tempting, console, left=2)
    kept = {item["deviation"] for item in result["discount_factors"] if (item["gain_pct"] or 0) <= 0}
    _say(console, f"do not pay even once: {', '.join(sorted(kept)) or 'none'}")


def _factor(value: float | None) -> str:
    """A discount factor, or that none is enough."""
    return "none" if value is None else fixed(value, 3)


def _bargain(result: dict[str, Any], console: Console) -> None:
    """Threat point, frontier, solutions."""
    names = result["players"]
    rows = [("no agreement: " + result["threat"], *(_pct(result["threat_point"][w]) for w in names), "", "")]
    points_ = [(f"weight {number(item['weight'])}", item) for item in result["frontier"]]
    points_ += [(key.replace("_", "-"), result[key]) for key in ("nash", "kalai_smorodinsky") if result[key]]
    rows += [
        (
            label,
            *(_pct(item["real_income_pct"][w]) for w in names),
            *(average(item["mean_tariffs"][w]) for w in names),
        )
        for label, item in points_
    ]
    _table(("", *(f"{w} %" for w in names), *(f"{w} tariff" for w in names)), rows, console)


def _deals(result: dict[str, Any], console: Console) -> None:
    """Packages both prefer."""
    names = result["players"]
    _say(
        console,
        f"{len(result['rows'])} of {result['packages']} packages are better for both than no deal"
        + (f"; {len(result['failed'])} failed" if result["failed"] else ""),
    )
    rows = [
        (
            ", ".join(row["elements"]) + (" *" if row["best_for_both"] else ""),
            *(_pct(row["gain_pct"][w]) for w in names),
            change(row["sum_usd_bn"], 1),
            " ".join(f"{k} {change(v, 2)}" for k, v in {**row["others_lose"], **row["others_gain"]}.items()),
        )
        for row in result["rows"][:_MOST_ROWS]
    ]
    _table(
        ("package (* none better for both)", *(f"{w} %" for w in names), "USD bn", "others %"), rows, console
    )
    rows = [(row["element"], *(_pct(row["gain_pct"][w], 4) for w in names)) for row in result["alone"]]
    _table(("alone", *(f"{w} %" for w in names)), rows, console)


def _hedge(result: dict[str, Any], console: Console) -> None:
    """Losses of the members with, without and beyond the bloc's preferences."""
    _say(
        console,
        f"{result['bloc']} under {result['under']}: real income lost, % (preferences, ordinary duties, zero duties)",
    )
    rows = [
        (
            row.get("economy", "together"),
            _pct(row["loss_with"]),
            _pct(row["loss_without"]),
            _pct(row["loss_deepened"]),
            "" if row["offset_share"] is None else average(row["offset_share"], 0),
            _pct(row["worth_before"]),
            _pct(row["worth_under"]),
        )
        for row in [*result["members"], result["total"]]
    ]
    heads = ("", "with", "without", "deepened", "offset", "worth before", "worth under")
    _table(heads, rows, console)
    _say(console, f"gains most from deepening: {result['gains_most']}")


def _reliance(result: dict[str, Any], console: Console) -> None:
    """Direct, look-through, cut-off."""
    rows = [
        (
            who,
            average(item["import_share"]),
            average(item["export_share"]),
            average(result["look_through"][who]["face_value"]),
            average(result["look_through"][who]["look_through"]),
        )
        for who, item in result["direct"].items()
    ]
    _table(("reliance", "of imports", "of exports", "inputs, direct", "inputs, all rounds"), rows, console)
    a, b = result["a"], result["b"]
    rows = [
        (run, *(_pct(item["loss_pct"][w]) for w in (a, b)), fixed(item["leverage"][a] or 0, 2))
        for run, item in result["cutoff"].items()
        if item["status"] == "converged"
    ]
    _table(("cut off, run", f"{a} loses %", f"{b} loses %", f"leverage of {a}"), rows, console)
    rows = [
        (
            row["sector"],
            *(fixed(row["short"]["loss_usd_bn"][w], 1) for w in (a, b)),
            *(fixed(row["long"]["loss_usd_bn"][w], 1) for w in (a, b)),
        )
        for row in result["by_sector"][:_MOST_ROWS]
        if row["short"]["status"] == row["long"]["status"] == "converged"
    ]
    if rows:
        heads = ("industry cut off, USD bn", f"{a} short", f"{b} short", f"{a} long", f"{b} long")
        _table(heads, rows, console)


def _path(result: dict[str, Any], console: Console) -> None:
    """Year by year."""
    a, b = result["sides"]
    _say(console, f"path of {result['truce']}, breakdown into {result['breakdown']}")
    rows = [
        (
            f"{row['year']} {row['law']}",
            average(row["tariffs"][f"{b}<-{a}"]),
            average(row["adjusted_to"][f"{b}<-{a}"]),
            average(row["reliance"][f"{b} on {a}"]["import_share"]),
            average(row["reliance"][f"{a} on {b}"]["export_share"]),
            *(change(row["breakdown"]["first_year_pct"][w]) for w in (a, b)),
        )
        for row in result["years"]
    ]
    heads = (
        "year",
        f"{b} tariff",
        "adjusted to",
        f"{b} imports from {a}",
        f"{a} exports to {b}",
        f"break: {a} %",
        f"break: {b} %",
    )
    _table(heads, rows, console)


_SHOWN = {
    "against": _tariffs,
    "credible": _payoffs,
    "kalai_smorodinsky": _bargain,
    "no_deal": _deals,
    "bloc": _hedge,
    "look_through": _reliance,
    "years": _path,
}
