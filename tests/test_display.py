"""Every object that a public function gives shows itself in a line, and in a notebook on at most a screen."""

from __future__ import annotations

import inspect
import re
import typing

import numpy as np
import pandas as pd
import pytest

import detente as dt
from detente.display import as_html, in_short

# Letters of a line; rows and letters of what a notebook shows on a screen.
LINE, ROWS, LETTERS = 2_000, 30, 10_000
LAW = {
    "status": lambda: dt.status(on="2025-10-27"),
    "duty": lambda: dt.duty("7326.90.86.88", origin="CHN", destination="USA", on="2025-10-27"),
    "average": lambda: dt.average_tariff("USA", origin="CHN", on="2025-10-27", until="2025-11-12"),
    "sectors": lambda: dt.average_tariff("USA", by="sector", origin="CHN", on="2025-10-27"),
    "port fee": lambda: dt.port_fee("USA", net_tons=85000, built="CHN", on="2025-10-20"),
    "licence": lambda: dt.licence("rare-earth", origin="CHN", destination="DEU", on="2025-10-27"),
    "screen": lambda: dt.screen("Huawei Technologies", on="2025-10-15"),
    "purchases": lambda: dt.purchases("cn.buy.soy2026_28", on="2026-06-30"),
    "search": lambda: dt.search("steel screws"),
    "measures": lambda: dt.list_measures(on="2025-11-10"),
    "measure": lambda: dt.show_measure("us.ieepa.fentanyl.cn", on="2025-11-10"),
    "timeline": dt.timeline,
    "changes": lambda: dt.diff("2025-11-09", "2025-11-10"),
    "ledger": dt.open_ledger,
    "book": lambda: dt.open_ledger().on("2025-10-27"),
    "study": lambda: dt.load_study("kuala-lumpur"),
    "schema": lambda: dt.schema("run"),
    "evidence": dt.evidence,
}
SOLVED = {
    "world": lambda: dt.load_world("wiod2011"),
    "baseline": lambda: dt.load_world("wiod2011").baseline(),
    "shock": lambda: _shock()[1],
    "equilibrium": lambda: dt.solve(*_shock()),
    "setting": lambda: dt.open_setting(world="wiod2011"),
    "game": lambda: dt.FiniteGame(("a", "b"), (("x", "y"), ("x", "y")), np.zeros((2, 2, 2))),
    "run": lambda: dt.run("kuala-lumpur", world="wiod2011", scenarios=("truce",)),
    "reliance": lambda: dt.reliance("USA", "CHN", world="wiod2011"),
}


def _shock():
    base = dt.load_world("wiod2011").baseline()
    return base, dt.Shock(tariff=dt.raise_tariff(base, 0.1, importer="USA", exporter="CHN"))


def types():
    """Every class that is public or that a public function says it gives, by name."""
    found = {}
    for name in dt.__all__:
        thing = getattr(dt, name)
        kind = thing if inspect.isclass(thing) else None
        if callable(thing) and kind is None:
            kind = _given(thing)
        if kind is not None and kind.__module__.startswith("detente"):
            found[kind.__qualname__] = kind
    return found


def _given(function):
    """The class in the annotation of what a function gives; None where it is no class of this package."""
    text = str(inspect.signature(function).return_annotation)
    own = inspect.unwrap(function)
    for source in (own.__globals__, _checked(own.__module__)):
        if inspect.isclass(source.get(text)):
            return source[text]
    return None


def _checked(module):
    """Names that a module imports for its annotations alone."""
    text = inspect.getsource(__import__(module, fromlist=["_"]))
    found = {}
    for home, names in re.findall(r"^ +from (detente[\w.]*) import ([\w, ]+)$", text, re.MULTILINE):
        held = __import__(home, fromlist=["_"])
        found |= {name.strip(): getattr(held, name.strip(), None) for name in names.split(",")}
    return found


def test_every_public_type_shows_itself():
    found = types()
    assert {
        "Result",
        "Rows",
        "Duty",
        "Ledger",
        "World",
        "Equilibrium",
        "Outcome",
        "Average",
        "Played",
    } <= set(found)
    assert [name for name, kind in found.items() if not _shows(kind)] == []


def _shows(kind):
    """Whether a notebook has something to show of a class, as a table or as a picture."""
    return hasattr(kind, "_repr_html_") or hasattr(kind, "_repr_svg_")


def screen(found):
    """What a notebook shows, checked to be a screen."""
    shown = found._repr_html_()
    assert shown.count("<tr>") <= ROWS
    assert len(shown) <= LETTERS
    assert len(repr(found)) <= LINE
    assert "object at 0x" not in shown + repr(found)
    return shown


@pytest.mark.parametrize("name", LAW)
def test_an_answer_of_the_law_is_a_line_and_a_screen(name):
    assert "<table>" in screen(LAW[name]())


@pytest.mark.slow
@pytest.mark.parametrize("name", SOLVED)
def test_what_is_solved_is_a_line_and_a_screen(name):
    assert "<table>" in screen(SOLVED[name]())


def test_a_picture_is_shown_as_it_is():
    found = dt.chart(dt.average_tariff("USA", origin="CHN", on="2025-10-27", until="2025-11-12"))
    assert found._repr_svg_() == found.svg
    assert len(repr(found)) <= LINE


class Held:
    """Some values."""

    __repr__ = in_short
    _repr_html_ = as_html

    def __init__(self, **values: typing.Any) -> None:
        vars(self).update(values)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.25, "0.250"),
        (-0.000123, "-0.00012"),
        (float("nan"), "nan"),
        (True, "True"),
        ("a" * 500, f"{'a' * 60}..."),
        ((), "none"),
        ((1, 2), "1, 2"),
        (list(range(1000)), "1,000 values"),
        ({"a": 0.5}, "a: 0.500"),
        ([{"a": 1}], "1 row"),
        (np.zeros((3, 4)), "3 x 4"),
        (pd.DataFrame({"a": [1, 2]}), "2 x 1"),
        (Held(), "Held"),
    ],
)
def test_a_value_in_few_letters(value, said):
    assert repr(Held(it=value)) == f"<Held: it={said}>"


def test_markup_in_a_value_stays_text():
    shown = Held(words="<b>", rows=[{"<i>": "<u>"}])._repr_html_()
    assert not {"<i>", "<u>"} & set(re.findall("<.>", shown))
    assert "&lt;u&gt;" in shown


def test_a_long_table_shows_its_first_rows_and_how_many_there_are():
    shown = Held(rows=[{"n": k} for k in range(900)])._repr_html_()
    assert "900 rows, the first 10 shown" in shown
    assert shown.count("<tr>") == 11
