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


def main(module: str, peer: str, problem: str, seconds: float) -> None:
    build = importlib.import_module(module).STEPS[peer][problem]
    before = memory("VmRSS")
    step = build(problem)
    start = time.perf_counter()
    first = step()
    compiling = time.perf_counter() - start
    step()
    forget_peak()
    times: list[float] = []
    end = time.perf_counter() + seconds
    while len(times) < 3 or (time.perf_counter() < end and len(times) < 5000):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    after = memory("VmHWM")
    found = {
        "median": statistics.median(times), "first": compiling, "loss": first,
        "peak_mb": after - before,
    }  # fmt: skip
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]))
