"""
Fifty people read the pages and move sliders for a minute: errors, times and memory of the server.

Run ``python benchmarks/load_test.py --users 50 --seconds 60``; the server is started, warmed and stopped by it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import httpx2

PAGES = [
    "/",
    "/?on=2025-10-27",
    "/?a=USA&b=VNM",
    "/compare",
    "/compare?scenario=escalation",
    "/product?words=steel+screws",
    "/product?code=7326.90.86.88&from=CHN&to=USA&on=2026-09-18&value=14172",
    "/product?code=8517.13.00&from=VNM&to=USA",
    "/strategy",
    "/strategy/hedge",
    "/parties/port-fee?port_of=USA&net_tons=85000&containers=9000&built=CHN&on=2025-10-20",
    "/parties/licence?kind=chip&from=USA&to=CHN&tpp=5000",
    "/ledger",
    "/ledger?words=fentanyl",
    "/ledger/measure?id=us.ieepa.fentanyl.cn",
    "/ledger/changes?on=2025-11-10",
    "/ledger/assumptions",
    "/api/v1/duty?code=7326.90.86&from=CHN&to=USA",
    "/compare/chart/map.svg?scenario=truce",
    "/static/page.css",
]
# What the server plays ahead; readers come when it is done.
PLAYED = ["play/payoffs", "hedge", "reliance", "path", "play/nash", "play/deals", "play/bargain"]
# One request in so many is a slider at a place nobody has asked for.
SLIDER = 8
WARM = 300.0
BUSY = 503


def free_port():
    """Find a port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def memory(process):
    """Resident megabytes of a process."""
    for line in Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def start(port):
    """Start a server; give it and the seconds to its first answer."""
    code = f"import sys; from detente.cli.serve import serve; sys.exit(serve(port={port}))"
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, "-c", code], env=environment)
    while time.monotonic() - began < WARM:
        try:
            httpx2.get(f"http://127.0.0.1:{port}/about", timeout=5)
        except httpx2.TransportError:
            time.sleep(0.05)
        else:
            break
    return process, time.monotonic() - began


def warm(port):
    """Wait until the main study is solved; give the seconds until its scenarios and until all of it."""
    began, first = time.monotonic(), 0.0
    while time.monotonic() - began < WARM:
        if not first and "refresh" not in httpx2.get(f"http://127.0.0.1:{port}/compare", timeout=60).headers:
            first = time.monotonic() - began
        if httpx2.get(f"http://127.0.0.1:{port}/api/v1/run", timeout=60).status_code == 200:
            break
        time.sleep(1)
    for page in PAGES:
        httpx2.get(f"http://127.0.0.1:{port}{page}", timeout=60)
    for played in PLAYED:
        while httpx2.get(f"http://127.0.0.1:{port}/api/v1/{played}", timeout=90).status_code == BUSY:
            time.sleep(2)
    return first, time.monotonic() - began


def alone(port):
    """Seconds of a slider's answer when nobody else asks, five times."""
    times = []
    for number in range(5):
        began = time.monotonic()
        rate = 20.05 + number
        httpx2.get(
            f"http://127.0.0.1:{port}/compare/answer?scenario=truce&rate:us.ieepa.reciprocal.cn={rate}",
            timeout=60,
        )
        times.append(round(time.monotonic() - began, 3))
    return times


async def one(client, rng, seen):
    """Ask for one page or move one slider."""
    slider = rng.randrange(SLIDER) == 0
    path = rng.choice(PAGES)
    if slider:
        rate = round(rng.uniform(0, 100), 1)
        path = f"/compare/answer?scenario=truce&rate:us.ieepa.reciprocal.cn={rate}"
    began = time.monotonic()
    try:
        answer = await client.get(path)
        status = str(answer.status_code)
    except httpx2.TransportError as problem:
        status = type(problem).__name__
    seen.append(("slider" if slider else "page", status, time.monotonic() - began))


async def user(base, number, until, seen):
    """Read, think, read again."""
    rng = random.Random(number)  # noqa: S311  (a repeatable reader)
    headers = {"x-forwarded-for": f"192.0.2.{number}"}
    async with httpx2.AsyncClient(base_url=base, timeout=60, headers=headers) as client:
        while time.monotonic() < until:
            await one(client, rng, seen)
            await asyncio.sleep(rng.uniform(0.5, 1.5))


async def load(base, users, seconds, process):
    """Let everybody read; take the memory every few seconds."""
    seen: list[tuple[str, str, float]] = []
    until = time.monotonic() + seconds
    readers = [asyncio.create_task(user(base, number, until, seen)) for number in range(users)]
    resident = [memory(process)]
    while time.monotonic() < until:
        await asyncio.sleep(min(5, seconds))
        resident.append(memory(process))
    await asyncio.gather(*readers)
    return seen, resident


def quantile(values, share):
    """Value below which a share of the values lies."""
    listed = sorted(values)
    return listed[min(len(listed) - 1, int(share * len(listed)))] if listed else float("nan")


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    given = parser.parse_args()
    port = free_port()
    process, started = start(port)
    try:
        scenarios, whole = warm(port)
        quiet = alone(port)
        seen, resident = asyncio.run(load(f"http://127.0.0.1:{port}", given.users, given.seconds, process))
    finally:
        process.terminate()
        process.wait(10)
    found = {
        "users": given.users,
        "seconds": given.seconds,
        "first_answer_s": round(started, 2),
        "scenarios_solved_s": round(scenarios, 1),
        "study_solved_s": round(whole, 1),
        "slider_alone_s": quiet,
        "memory_mb": [round(value) for value in resident],
    }
    for kind in ("page", "slider"):
        times = [each for what, status, each in seen if what == kind and status == "200"]
        found[kind] = {
            "answers": dict(Counter(status for what, status, _ in seen if what == kind)),
            "p50_s": round(quantile(times, 0.5), 3),
            "p95_s": round(quantile(times, 0.95), 3),
            "most_s": round(max(times, default=float("nan")), 3),
        }
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
