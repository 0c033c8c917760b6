"""Cases with a known answer that can be told to fail, to kill their worker, or to take their time."""

from __future__ import annotations

import dataclasses
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Mapping

LABELS = ("ONE", "TWO")


@dataclasses.dataclass(frozen=True)
class Known:
    """Draw k gives k for ONE and a normal number for TWO; `dies`, `raises`, `fails` name draws that do."""

    key: str = "known"
    count: int = 40
    batch: int = 8
    dies: tuple[int, ...] = ()
    dies_once: str = ""
    raises: tuple[int, ...] = ()
    fails: tuple[int, ...] = ()
    pause: float = 0.0

    def describe(self) -> Mapping[str, Any]:
        return {"labels": list(LABELS), "outcomes": ["real_income_pct"], "scenarios": ["only"]}

    def solve(self, start: int, stop: int) -> pa.Table:
        time.sleep(self.pause)
        if any(start <= draw < stop for draw in self.dies):
            if not self.dies_once:
                os.kill(os.getpid(), signal.SIGKILL)
            elif not Path(self.dies_once).exists():
                Path(self.dies_once).write_text("died", encoding="utf-8")
                os.kill(os.getpid(), signal.SIGKILL)
        if any(start <= draw < stop for draw in self.raises):
            raise RuntimeError("a mistake in the work")
        draws = np.arange(start, stop)
        normal = np.array([np.random.default_rng((7, k)).normal() for k in draws])
        values = np.column_stack([draws.astype(float), normal])
        failed = np.isin(draws, self.fails)
        values[failed] = np.nan
        status = np.where(failed, "not converged", "converged").tolist()
        return pa.table(
            {
                "draw": pa.array(draws, pa.int32()),
                "scenario": pa.array(["only"] * len(draws)),
                "status": pa.array(status),
                "real_income_pct": pa.FixedSizeListArray.from_arrays(pa.array(values.reshape(-1)), 2),
            }
        )


_HELD: list[bytes] = []


def breaks(payload: bytes) -> None:
    """A worker that cannot use what it is given."""
    raise ValueError(len(payload))


def ends(payload: bytes) -> None:
    """A worker that ends as it starts."""
    os._exit(len(payload) % 2 + 3)


def keeps(payload: bytes) -> None:
    """A worker that keeps what it is given."""
    _HELD.append(payload)


def held() -> int:
    """How much a worker was given."""
    return len(_HELD[0])
