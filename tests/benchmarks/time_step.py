"""One problem in one engine, in a process of its own: medians of its steps, loss, peak memory.

`python time_step.py MODULE PEER PROBLEM SECONDS` prints them as JSON.
"""

from __future__ import annotations

import importlib
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

#: Seconds from which a step is slow: it is not repeated to warm up, and one is timed at least.
SLOW = 1.0
#: Seconds from which the first step is enough where nothing is compiled in it.
SLOWEST = 5.0
COMPILING = ("compile", "jit", "replayed", "tinygrad")


def memory(what: str) -> float:
    """Resident memory now (VmRSS) or at its peak (VmHWM) in MB, as Linux tells it; else NaN."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(x.split()[1]) / 1024 for x in lines if x.startswith(what)), float("nan"))


def forget_peak() -> None:
    """Start the peak anew, so that it is that of the steps and not of compiling."""
    clear = Path("/proc/self/clear_refs")
    if clear.exists():
        clear.write_text("5")


def measured(build: Any, problem: str, seconds: float, compiles: bool) -> dict[str, Any]:
    """Median seconds of a step, of the first call, the first loss, and peak memory.

    A first call that ``compiles`` something is never taken for a step. A step may have ``facts``:
    a function whose dictionary is added.
    """
    before = memory("VmRSS")
    step = build(problem)
    start = time.perf_counter()
    loss = step()
    first = time.perf_counter() - start
    times = [first] if first > SLOWEST and not compiles else []
    if not times:
        forget_peak()
        start = time.perf_counter()
        step()
        second = time.perf_counter() - start
        # A slow second step is measured already; a quick one warms up.
        times = [second] if second > SLOW else []
    fewest, end = (1, 0.0) if times else (3, time.perf_counter() + seconds)
    if not times:
        forget_peak()
    while len(times) < fewest or (time.perf_counter() < end and len(times) < 20_000):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    found = {
        "median": statistics.median(times), "first": first, "loss": loss,
        "peak_mb": memory("VmHWM") - before, "steps": len(times),
    }  # fmt: skip
    return found | (step.facts() if hasattr(step, "facts") else {})


def main(module: str, peer: str, problem: str, seconds: float) -> None:
    build = importlib.import_module(module).STEPS[peer][problem]
    compiles = any(word in peer for word in COMPILING)
    print(json.dumps(measured(build, problem, seconds, compiles)))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]))
