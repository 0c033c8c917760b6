"""Charts and the map: every economy drawn or hatched, side by side with the document, without script."""

from __future__ import annotations

import copy
import json
import re
from xml.etree import ElementTree as ET

import pycountry
import pytest
import vl_convert

from detente.errors import InputError
from detente.policy.documents.run import RunDocument
from detente.render import draw_chart, theme
from detente.render.drawing import charts, study
from detente.render.maps import world_map, world_shapes
from detente.render.page import draw


@pytest.fixture(scope="module")
def drawings(document):
    return draw(document)


def test_every_drawing_is_an_image_without_script_or_request(drawings):
    for name, item in drawings.items():
        root = ET.fromstring(item.svg)  # noqa: S314  (drawn by the code under test)
        assert root.tag.endswith("svg"), name
        assert not [
            node for node in root.iter() if node.tag.endswith(("script", "image", "foreignObject"))
        ], name
        assert "http" not in item.svg.replace("http://www.w3.org/", ""), name
        assert item.alt


def test_every_economy_of_the_world_has_an_area_or_a_dot(document):
    """The outlines hold the economy's ISO number, or the map draws it as a dot; the rest of the world has neither."""
    drawn = {str(item.get("id")) for item in world_shapes()["objects"]["countries"]["geometries"]}
    for code in document["result"]["scenarios"]["truce"]["economies"]:
        if code == "ROW":
            continue
        number = pycountry.countries.get(alpha_3=code).numeric
        assert number in drawn or code in theme.marks()["dots"], code


def test_areas_without_data_are_hatched(drawings):
    svg = drawings["map-truce"].svg
    (pattern,) = re.findall(r'<pattern id="([^"]+)"', svg)
    assert svg.count(f'fill="url(#{pattern})"') > 50
    assert f'fill="{theme.NO_DATA}"' not in svg


def test_the_map_knows_only_the_economies_of_the_document(document):
    fewer = copy.deepcopy(document)
    del fewer["result"]["scenarios"]["truce"]["economies"]["BRA"]
    every, less = ({row["code"] for row in data_of(world_map(item, "truce"))} for item in (document, fewer))
    assert every - less == {"BRA"}


def test_losses_and_gains_have_the_two_ends_of_the_scale(document):
    spec = world_map(document, "truce").to_dict()
    scale = next(layer["encoding"]["color"]["scale"] for layer in spec["layer"] if "encoding" in layer)
    low, middle, high = scale["domain"]
    assert (low, middle) == (-high, 0)
    assert scale["range"] == [theme.DIVERGING[0], theme.DIVERGING[3], theme.DIVERGING[6]]


def data_of(chart):
    """Every row of every data set of a chart."""
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows]


def result_of(document):
    return RunDocument.read(document).result


def tariffs_of(document):
    return study.tariffs(result_of(document).converged.values())


def test_the_tariffs_drawn_are_those_of_the_document(document):
    rows = {(row["scenario"], row["pair"]): row["rate"] for row in tariffs_of(document)["data"]["values"]}
    for item in document["result"]["scenarios"].values():
        for pair in ("USA<-CHN", "CHN<-USA"):
            assert rows[item["label"], pair] == item["tariffs"][pair]


def test_the_incomes_drawn_are_those_of_the_document(document):
    panels = study.incomes(result_of(document), ["truce", "escalation"])["hconcat"]
    for panel, key in zip(panels, ("truce", "escalation"), strict=True):
        item = document["result"]["scenarios"][key]
        assert panel["title"] == item["label"]
        values = {row["name"]: row["value"] for row in panel["data"]["values"]}
        assert values["China"] == item["economies"]["CHN"]["real_income_pct"]
        assert values["World"] == item["groups"]["WORLD"]["real_income_pct"]
    domains = {tuple(panel["layer"][0]["encoding"]["x"]["scale"]["domain"]) for panel in panels}
    assert len(domains) == 1, "panels side by side have one scale"


def test_the_bars_of_the_worth_lie_between_the_two_orders(document):
    (item,) = result_of(document).worth.values()
    panels = study.worth(item)["hconcat"]
    assert [panel["title"] for panel in panels] == ["United States", "China", "World"]
    for panel, side in zip(panels, ("USA", "CHN", "WORLD"), strict=True):
        for row, line in zip(panel["data"]["values"], item.lines, strict=True):
            found = line.real_income_pct[side]
            assert (row["low"], row["high"]) == tuple(sorted((found.in_order, found.in_reverse)))
            assert row["low"] <= row["value"] <= row["high"]


def test_the_timeline_has_both_sides_on_every_day(document):
    (layer,) = study.duties_by_day(result_of(document))["layer"]
    rows = layer["data"]["values"]
    assert "href" not in layer["encoding"], "a report has no page to lead to"
    assert len(rows) == 2 * len(document["result"]["timeline"])
    assert len({row["of"] for row in rows}) == 2


def test_a_chart_by_name(document):
    for name in ("tariffs", "income", "worth"):
        svg = to_svg_of(draw_chart(document, name, "truce"))
        assert svg.startswith("<svg")
    assert draw_chart(document, "map", "truce").to_dict()["datasets"]["world"]["type"] == "Topology"
    with pytest.raises(InputError) as caught:
        draw_chart(document, "pie", "truce")
    assert "tariffs, income, worth, map" in caught.value.allowed
    with pytest.raises(InputError, match="no such chart"):
        draw_chart(document, "map", "truse")


def to_svg_of(chart):
    """SVG of a chart that is configured already."""
    return str(vl_convert.vegalite_to_svg(chart.to_dict()))


def test_a_study_of_one_scenario_is_drawn(document):
    one = copy.deepcopy(document)
    one["result"]["scenarios"] = {"court": one["result"]["scenarios"]["court"]}
    one["result"]["worth"], one["result"]["band"] = {}, {}
    del one["result"]["timeline"]
    assert set(draw(one)) >= {"tariffs", "income"}


def test_colours_do_not_depend_on_colour_alone(document):
    """Sides differ in shape and dash as well."""
    assert '"shape"' in json.dumps(tariffs_of(document))
    assert "strokeDash" in json.dumps(study.duties_by_day(result_of(document)))
    assert charts.draw(tariffs_of(document)).startswith("<svg")
