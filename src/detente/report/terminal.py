"""A document in the terminal."""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING, Any

from rich.text import Text

from detente.formatting import change, count, number
from detente.report.formats import money, percent, points
from detente.report.plain import make_pairs, make_table, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console
    from rich.table import Table

# Characters of a detail on the board; `--json` has all of it.
DETAIL_WIDTH = 110
# A wide listing leaves these columns to `--json` and `--csv`.
MOST_COLUMNS = 6
LEFT_OUT = {"title", "url", "kind", "confidence", "sources", "part", "imposer", "measure_title"}
# Economies and groups whose bands are printed.
UNCERTAIN = ("USA", "CHN", "RCEP", "WORLD")
STATE_STYLE = {
    "in force": "bold red",
    "suspended": "yellow",
    "threatened": "magenta",
    "announced": "cyan",
    "ended": "dim",
    "not known": "dim italic",
}


def render_board(document: dict[str, Any], console: Console) -> None:
    """
    Print the board of the story.

    Parameters
    ----------
    document
        Document of `status`.
    console
        Where to print.
    """
    result = document["result"]
    known = f", as known on {result['known_on']}" if result.get("known_on") else ""
    say(console, (f"The board on {result['on']}", "bold"), known)
    table = make_table("instrument", "side", "state", "detail", "next")
    for row in result["board"]:
        state = Text(row["state"], style=STATE_STYLE.get(row["state"], ""))
        detail = shorten(row["detail"], DETAIL_WIDTH, placeholder=" ...")
        table.add_row(row["instrument"], row["side"], state, detail, _next(row.get("next")))
    console.print(table)
    for warning in document["warnings"]:
        say(console, (warning, "dim"))


def _next(item: dict[str, Any] | None) -> str:
    """What happens next to an instrument."""
    if not item:
        return ""
    basis = f" ({item['basis']})" if item.get("basis") else ""
    return f"{item['date']} {item['event']}{basis}"


def render_rows(document: dict[str, Any], console: Console) -> None:
    """
    Print a list of rows as a table.

    Parameters
    ----------
    document
        Document whose result has ``rows``.
    console
        Where to print.
    """
    rows = document["result"]["rows"]
    if not rows:
        console.print("nothing to show")
        return
    columns = [key for key in rows[0] if any(row.get(key) not in (None, "", [], {}) for row in rows)]
    if len(columns) > MOST_COLUMNS:
        columns = [key for key in columns if key not in LEFT_OUT and not isinstance(rows[0][key], dict)]
    table = make_table(*columns)
    for row in rows:
        cells = (_cell(row.get(key)) for key in columns)
        table.add_row(*(Text(shorten(cell, DETAIL_WIDTH, placeholder=" ...")) for cell in cells))
    console.print(table)


def _cell(value: Any) -> str:
    """A cell of any kind as text."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(_cell(item) for item in value)
    if isinstance(value, dict):
        return "; ".join(f"{key} {_cell(item)}" for key, item in value.items() if item not in (None, ""))
    return str(value)


def render_measure(document: dict[str, Any], console: Console) -> None:
    """
    Print one measure with its history and sources.

    Parameters
    ----------
    document
        Document of `ledger show`.
    console
        Where to print.
    """
    result = document["result"]
    say(console, (result["title"], "bold"), f"  {result['id']}")
    table = make_pairs()
    for key, value in result.items():
        if key in {"id", "title", "timeline", "sources"} or value in (None, "", [], {}):
            continue
        table.add_row(key.replace("_", " "), Text(_cell(value)))
    console.print(table)
    render_rows({"result": {"rows": result["timeline"]}}, console)
    for source in result["sources"]:
        say(console, (f"  {_cell(source)}", "dim"))


def render_run(document: dict[str, Any], console: Console) -> None:
    """
    Print the comparison of a run's scenarios, what the contrasts are worth, and what the numbers rest on.

    Parameters
    ----------
    document
        Document of a run.
    console
        Where to print.
    """
    result = document["result"]
    say(console, (result["study"]["title"], "bold"))
    say(console, _world_line(result))
    for item in result["worth"].values():
        say(console, (item["title"], "bold"), f" ({item['of']} against {item['against']})")
        console.print(_worth(item))
        for sentence in item["why"]:
            say(console, sentence)
    _instruments(result, console)
    _drivers(result, console)
    if result["band"]:
        console.print(_bands(result))
    if result.get("uncertainty"):
        console.print(_uncertainty(result["uncertainty"]))
    if "second_world" in result:
        world = result["second_world"]["world"]
        say(console, (f"\nThe same on {world['name']}", "bold"), f" ({world['year']}, observed flows)")
        console.print(_comparison(result["second_world"]))
    _footer(document, console)
    say(console, (f"\n{result['study']['title']}: the comparison", "bold"))
    console.print(_comparison(result))


def _world_line(result: dict[str, Any]) -> str:
    """The world, the claim checked, and the flows the results rest on."""
    world = result["world"]
    parts = [
        f"{world['name']}: {world['economies']} economies x {world['sectors']} industries, {world['year']}"
    ]
    if claim := world["claim"]:
        share = world["groups"][claim["group"]]["gdp_share"]
        parts.append(
            f"{claim['group']} is {percent(share)} of world GDP (claimed: about {percent(claim['share'], 0)};"
            f" World Bank 2022: {percent(claim['share_2022'])})"
        )
    base, solved = result.get("baseline", {}), result.get("baseline", {}).get("moved", False)
    shown = base["flows_usd_bn"] if solved else world["flows_usd_bn"]
    flows = ", ".join(f"{pair} {money(value)} bn" for pair, value in shown.items())
    how = "solved" if solved else "estimated" if world["flows_estimated"] else "observed"
    parts.append(f"baseline goods flows, USD: {flows} ({how})")
    return "; ".join(parts)


def _comparison(result: dict[str, Any]) -> Table:
    """One row per scenario."""
    found = {key: item for key, item in result["scenarios"].items() if item["status"] == "converged"}
    first = next(iter(found.values()))
    pairs = [pair for pair in first["tariffs"] if not pair.endswith("*")]
    sides = list(dict.fromkeys(side for pair in pairs for side in pair.split("<-")))
    columns = [*(pair.replace("<-", "\N{LEFTWARDS ARROW}") for pair in pairs), *sides, *first["groups"]]
    table = make_table("scenario", *columns, numeric=len(columns))
    for key, item in found.items():
        incomes = [item["economies"][side]["real_income_pct"] for side in sides]
        incomes += [value["real_income_pct"] for value in item["groups"].values()]
        table.add_row(key, *(percent(item["tariffs"][pair]) for pair in pairs), *map(points, incomes))
    table.caption = "average tariffs on goods (importer, exporter); real income, % of the baseline"
    return table


def _bands(result: dict[str, Any]) -> Table:
    """Range of real income over the estimates of the flows."""
    found = result["band"]["real_income_pct"]
    labels = [label for label in next(iter(found.values())) if label in {"USA", "CHN", "VNM", "MEX", "WORLD"}]
    table = make_table("scenario", *labels, numeric=len(labels))
    for key, row in found.items():
        table.add_row(key, *(f"{points(row[x]['low'])} .. {points(row[x]['high'])}" for x in labels))
    table.caption = (
        f"real income %, range over the estimates of the flows: {', '.join(result['band']['variants'])}"
    )
    return table


def _uncertainty(bands: dict[str, Any]) -> Table:
    """Quantile bands of real income over the draws that come with the package."""
    outcome = "real_income_pct"
    labels = [x for x in UNCERTAIN if all(x in rows[outcome] for rows in bands["scenarios"].values())]
    table = make_table("scenario", *labels, numeric=len(labels))
    for key, rows in bands["scenarios"].items():
        cells = (rows[outcome][x] for x in labels)
        table.add_row(key, *(f"{points(c['q05'])} .. {points(c['q95'])}" for c in cells))
    stale = f"; worked out on another {', '.join(bands['stale_because'])}" if bands["stale"] else ""
    table.caption = f"real income %, 90 % band over {bands['draws']:,} draws{stale}; {bands['command']}"
    return table


def _worth(item: dict[str, Any]) -> Table:
    """One row per instrument: effect in the stated order and in its reverse."""
    labels = [*item["between"], "WORLD"]
    table = make_table("instrument", *(f"{label} %" for label in labels), numeric=len(labels))
    for line in item["lines"]:
        cells = [line["real_income_pct"][label] for label in labels]
        table.add_row(
            line["instrument"], *(f"{points(c['in_order'])} | {points(c['in_reverse'])}" for c in cells)
        )
    table.add_row("together", *(points(item["total_pct"][label]) for label in labels), style="bold")
    table.caption = "change of real income, % of the baseline: in the stated order | in its reverse"
    return table


def _instruments(result: dict[str, Any], console: Console) -> None:
    """What each instrument other than a tariff adds, and what became of limits and targets."""
    found = {key: item for key, item in result["scenarios"].items() if item.get("contributions")}
    if not found:
        return
    labels = [
        *(side for item in list(result["worth"].values())[:1] for side in item["between"]),
        *next(iter(found.values()))["groups"],
    ]
    table = make_table("what each other instrument adds", "scenario", *labels, numeric=len(labels))
    for key, item in found.items():
        for instrument, row in item["contributions"].items():
            title = result["instruments"][instrument]["title"]
            table.add_row(title, key, *(f"{row[label]:+.4f}" for label in labels))
    table.caption = "real income with everything less real income without it, % of the baseline"
    console.print(table)
    for key, item in found.items():
        for label, bound in item["constraints"].items():
            say(console, f"{key}: {_bound(label, bound)}")
            for row in bound["range"]:
                say(console, f"  {row['assumption']} {row['value']:g}: {_bound(label, row)}")


def _drivers(result: dict[str, Any], console: Console) -> None:
    """Assumptions that move the headline numbers most, by exact solves, and how far first order was from them."""
    for scenario, sides in result["drivers"].items():
        table = make_table(
            "real income of",
            "assumption",
            "value",
            "if it were",
            "moves it by, points",
            "first order",
            numeric=2,
        )
        for side, rows in sides.items():
            for k, row in enumerate(rows):
                values = (_value(row["value"]), _value(row["alternative"]))
                moves = (change(row["effect_pct"], 4), change(row["first_order_pct"], 4))
                table.add_row(side if k == 0 else "", row["assumption"], *values, *moves)
        table.title = f"{scenario}: what moves it most (each solved again)"
        table.caption = _checked(result["drivers_checked"][scenario])
        console.print(table)


def _value(value: float | str) -> str:
    """A value of an assumption: a number, or a word."""
    return value if isinstance(value, str) else number(value)


def _checked(checks: dict[str, Any]) -> str:
    """How many alternatives were solved, and how far first order was from the exact effects."""
    solved = max(item["solved"] for item in checks.values())
    worst = max(checks.values(), key=lambda item: item["largest_gap_pct"])
    usual = max(item["median_gap_pct"] for item in checks.values())
    return (
        f"of the {count(solved)} largest by first order, which was off by up to {number(worst['largest_gap_pct'], 4)} points"
        f" ({worst['largest_gap_of']}), in half of them by at most {number(usual, 4)}"
    )


def _bound(label: str, row: dict[str, Any]) -> str:
    """What became of a limit or target, in a line."""
    verb = "at most" if row["kind"] == "limit" else "at least"
    state = "binds" if row["binding"] else "does not bind"
    money_word = "rent" if row["kind"] == "limit" else "cost to the buyer's budget"
    return (
        f"{label}, {verb} {row['bound']:.3f} of the base year: {state}, volume {row['volume_hat']:.3f},"
        f" price factor {row['multiplier']:.3f}, {money_word} USD {money(row['rent_usd_bn'], 2)} bn"
    )


def _footer(document: dict[str, Any], console: Console) -> None:
    """Instruments left out, warnings, stamp."""
    result = document["result"]
    left_out = {text for item in result["scenarios"].values() for text in item.get("not_included", ())}
    if left_out:
        say(console, f"\nNot included: {'; '.join(sorted(left_out))}.")
    for warning in document["warnings"]:
        say(console, (warning, "dim"))
    stamp = document["stamp"]
    hashes = ", ".join(
        f"{key} {str(value)[:12]}" for key, value in stamp.items() if key.endswith("_hash") and value
    )
    say(console, (f"detente {stamp['detente']}; {hashes}; {stamp['command']}", "dim"))


def render_duty(document: dict[str, Any], console: Console) -> None:
    """
    Print the stack of duties on one shipment, line by line.

    Parameters
    ----------
    document
        Document of `duty`.
    console
        Where to print.
    """
    result = document["result"]
    if result.get("prohibited"):
        say(console, (f"Prohibited: {prohibition(result['prohibited'])}.", "bold"))
        render_questions(document, console)
        return
    table = make_table("measure", "heading", "basis", "rate", "amount", "source", numeric=0)
    for line in result["lines"]:
        share = "" if line["basis_share"] in (None, 1.0) else f" x {percent(line['basis_share'])}"
        table.add_row(
            Text(line["title"]),
            line["heading"] or "",
            f"{line['basis']}{share}",
            percent(line["rate"], 2) if line["rate"] is not None else "",
            money(line["amount"], 2) if line["amount"] is not None else "",
            Text(_short(_cell(line["source"]))),
        )
    console.print(table)
    total = "not covered" if result["rate"] is None else percent(result["rate"], 3)
    span = ""
    if result["rate"] is not None and result["rate_min"] != result["rate_max"]:
        span = f" (range {percent(result['rate_min'], 3)} to {percent(result['rate_max'], 3)})"
    amount = (
        f"; {money(result['amount'], 2)} {result['currency']}" if result.get("amount") is not None else ""
    )
    say(console, (f"total {total}", "bold"), f"{span}{amount}; covered: {result['covered']}")
    render_questions(document, console)


def prohibition(ban: Mapping[str, str]) -> str:
    """Say in words that goods may not be imported."""
    return f"excluded from importation since {ban['from']} ({ban['act']}): {ban['scope']}"


def render_questions(document: dict[str, Any], console: Console) -> None:
    """
    Print open questions, assumptions used and warnings.

    Parameters
    ----------
    document
        Any document.
    console
        Where to print.
    """
    for item in document["result"].get("questions", ()):
        say(console, f"? {item['fact']}: {item['why']} ", (str(item.get("effect") or ""), "dim"))
    for item in document["assumptions"]:
        say(console, (f"assumed: {_assumed(item)}", "dim"))
    for warning in document["warnings"]:
        say(console, (warning, "dim"))


def _assumed(item: Any) -> str:
    """An assumption in a line: name, value, reason."""
    if not isinstance(item, dict):
        return str(item)
    parts = [str(item.get(key)) for key in ("name", "value") if item.get(key) not in (None, "")]
    reason = item.get("why") or item.get("text") or ""
    return f"{' = '.join(parts)}{f' ({reason})' if reason else ''}"


def _short(source: str) -> str:
    """A source without its address; `--json` has both."""
    return source.split("; http", maxsplit=1)[0].split("; www", maxsplit=1)[0]


def render_result(document: dict[str, Any], console: Console) -> None:
    """
    Print any result: plain values first, then each list of rows as a table.

    Parameters
    ----------
    document
        Any document.
    console
        Where to print.
    """
    result = document["result"]
    table = make_pairs()
    for key, value in result.items():
        if isinstance(value, dict) and value and all(isinstance(x, float) for x in value.values()):
            continue
        if not isinstance(value, (list, dict)) and value not in (None, ""):
            table.add_row(key.replace("_", " "), Text(_cell(value)))
    console.print(table)
    for key, value in result.items():
        if isinstance(value, dict) and value and all(isinstance(x, float) for x in value.values()):
            render_rows({"result": {"rows": [{key: k, "value": x} for k, x in value.items()]}}, console)
        elif isinstance(value, list) and value and isinstance(value[0], dict) and key != "questions":
            say(console, (key.replace("_", " "), "bold"))
            render_rows({"result": {"rows": value}}, console)
        elif isinstance(value, (list, dict)) and value and key != "questions":
            say(console, f"{key.replace('_', ' ')}: {_cell(value)}")
    render_questions(document, console)
