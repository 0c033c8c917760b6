"""A whole schedule as a file: every number is that of the arrays, whoever the importer."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from detente.cli import main
from detente.duties.rate_file import COLUMNS
from detente.errors import InputError


@pytest.mark.parametrize("importer", ["USA", "CHN", "JPN"])
def test_the_file_has_every_line_from_every_origin(importer, tmp_path):
    import pandas as pd  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    origins = [name for name in ("CHN", "USA", "VNM", "CAN") if name != importer]
    found = dt.schedule(importer, "2026-10-01", origins=origins)
    path = tmp_path / "rates.parquet"
    assert found.write(path) == found.codes.size * len(origins) == pq.ParquetFile(path).metadata.num_rows
    read = pd.read_parquet(path)
    assert tuple(read.columns) == COLUMNS
    for origin in origins:
        mine = read[read["origin"].astype(str) == origin]
        assert np.array_equal(mine["product"].astype(str), found.codes)
        assert np.allclose(mine["rate"], found.rate.sel(origin=origin), equal_nan=True, atol=0.0)
        assert np.allclose(mine["ordinary"], found.base.sel(origin=origin), equal_nan=True, atol=0.0)
    about = pq.ParquetFile(path).schema_arrow.metadata
    assert about[b"importer"] == importer.encode()
    assert about[b"on"] == b"2026-10-01"


def test_the_command_writes_what_python_writes(tmp_path, capsys):
    path, again = tmp_path / "a.parquet", tmp_path / "b.parquet"
    words = [
        "schedule",
        "--to",
        "JPN",
        "--on",
        "2026-10-01",
        "--from",
        "CHN",
        "--from",
        "USA",
        "--out",
        str(path),
    ]
    assert main([*words, "--json"]) == 0
    assert '"products": 9645' in capsys.readouterr().out
    dt.schedule("JPN", on="2026-10-01", origins=["CHN", "USA"]).write(again)
    assert path.read_bytes() == again.read_bytes()


@pytest.mark.parametrize("name", ["rates.csv", "nowhere/rates.parquet"])
def test_a_path_that_cannot_be_written_is_refused(name, tmp_path):
    with pytest.raises(InputError, match="not a file that can be written"):
        dt.schedule("JPN", "2026-10-01", origins=["CHN"]).write(tmp_path / name)


def test_a_day_is_said_once():
    with pytest.raises(InputError, match="one day"):
        dt.schedule("JPN", "2026-10-01", on="2026-10-02")
    assert dt.schedule("Germany", "2026-10-01", origins=["China"]).origins == ("CHN",)
