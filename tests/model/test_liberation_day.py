"""The example on 194 countries: every figure of the article's Table 1 as printed."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[3] / "shared/data/reference/liberation_day"


@pytest.fixture(scope="module")
def example(liberation_day):
    if not FOLDER.exists():
        pytest.skip("the article's data lie outside the repository, in ../shared")
    return liberation_day


@pytest.fixture(scope="module")
def data(example):
    return example.load(FOLDER)


def test_calibration(example, data):
    assert data.margin[data.usa] == pytest.approx(0.270471, abs=5e-7)
    assert data.margin[0] == pytest.approx(0.114335, abs=5e-7)
    assert example.optimal_tariff(data, example.Features(data.margin)) == pytest.approx(0.217988, abs=5e-7)


def test_table_1_to_the_printed_digits(example, data):
    for name, outcome in example.cases(data).items():
        assert outcome.error < 1e-11
        for found, printed in zip(example.report(data, outcome), example.PUBLISHED[name], strict=True):
            for value, figure, digits in zip(found, printed, example.DIGITS, strict=True):
                assert round(float(value), digits) == figure


def test_without_the_articles_features_it_is_the_package(example, data):
    assert example.compare_with_package(data) < 1e-10


def test_absent_data_are_said(example, tmp_path, capsys):
    assert example.main(tmp_path / "nowhere") == 1
    assert "the article's data are not in nowhere" in capsys.readouterr().err
