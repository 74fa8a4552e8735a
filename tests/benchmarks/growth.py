"""Growth: time and memory of graphs of 10³ to 10⁶ values, and the exponents of both.

`python growth.py KIND MEASURE NODES SECONDS` measures one size and prints JSON; `compare.py` runs
it, each size in a process of its own.
"""

from __future__ import annotations

import functools
import gc
import json
import math
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import engines
import numpy as np
import time_step

SIZES = (1_000, 10_000, 100_000, 1_000_000)
Step = Callable[[], Any]


def chain(nodes: int) -> Any:
    """The end of a chain of products."""
    from autograd import Value

    y = Value(1.0)
    for _ in range(nodes - 1):
        y = y * 1.0000001
    return y


def rows(nodes: int) -> Any:
    """A sum of rows of scalars, each a few ops deep: a batch of small samples."""
    from autograd import Value

    w, terms = Value(0.5), []
    for k in range(nodes // 8):
        x = Value(1.0 + k / nodes)
        terms.append(((x * w + 1.0) * x - w).tanh() * x)
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def loss_of(nodes: int) -> Callable[[], Any]:
    """A loss on arrays with so many values."""
    import autograd as ag

    leaf = ag.Value(np.linspace(-1.0, 1.0, 10))

    def loss() -> Any:
        y = leaf
        for _ in range(nodes // 3):
            y = ag.tanh(y * 0.999 + 0.1)
        return y.sum()

    return loss


def compiled(loss: Callable[[], Any]) -> Step:
    """A loss traced and written as source, which its first call does; a run is forward and back."""
    import autograd as ag

    run = ag.compile(loss)
    run()
    return lambda: run().backward()


def replay(root: Any) -> Step:
    """A recorded graph of scalars as a program; a run is forward and back."""
    from autograd.graph import Graph

    return Graph(root).replay()


def peak_bytes(step: Step) -> float:
    """The peak of what Python and NumPy allocate during a step."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept = step()
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    del kept
    return float(peak)


def peak_resident(step: Step) -> float:
    """The peak of resident memory during a step, above what the process held before."""
    time_step.forget_peak()
    before = time_step.memory("VmRSS")
    kept = step()
    peak = time_step.memory("VmHWM") - before
    del kept
    return peak * 2**20


class Kind(NamedTuple):
    """What grows: what is given (not timed), how that is made a program, if at all, and limits."""

    given: Callable[[int], Any]
    make: Callable[[Any], Step] | None
    largest: int
    #: Of programs it is resident memory: tracemalloc would take many minutes.
    peak: Callable[[Step], float]


EAGER = "eager chain, forward and backward"
KINDS = {
    EAGER: Kind(lambda n: lambda: chain(n).backward(), None, 1_000_000, peak_bytes),
    "recorded chain": Kind(chain, replay, 1_000_000, peak_resident),
    "recorded rows": Kind(rows, replay, 1_000_000, peak_resident),
    "array ops, compiled": Kind(loss_of, compiled, 100_000, peak_resident),
}
#: Why a kind ends before the largest size.
ENDS = "not run: the source of a million array ops would need about 20 GB to compile"
#: What is measured of a program and of its making; without collections, of eager graphs.
TIME, CALM, BYTES = "time", "time, no collections", "bytes"


def measures_of(name: str) -> list[str]:
    """The measures of a kind."""
    return [TIME, BYTES] if KINDS[name].make else [TIME, CALM, BYTES]


def best_seconds(step: Step, seconds: float) -> float:
    """The best of rounds over that time: what a busy machine disturbs least."""
    best, end = math.inf, time.perf_counter() + seconds
    while best == math.inf or time.perf_counter() < end:
        start = time.perf_counter()
        kept = step()
        best = min(best, time.perf_counter() - start)
        del kept
    return best


def measured(name: str, measure: str, nodes: int, seconds: float = 1.0) -> dict[str, float]:
    """Seconds or bytes of one size: of a run, and of making the program where there is one."""
    kind = KINDS[name]
    small = kind.given(30)
    (kind.make(small) if kind.make else small)()
    given = kind.given(nodes)
    if measure == CALM:
        gc.disable()
    if kind.make is None:
        number = kind.peak(given) if measure == BYTES else best_seconds(given, seconds)
        return {name: number}
    making = functools.partial(kind.make, given)
    if measure == BYTES:
        return {f"{name}: making the program": kind.peak(making)}
    made: list[Step] = []
    took = best_seconds(lambda: made.append(making()), 0.0)
    return {
        f"{name}: making the program": took, f"{name}: a run": best_seconds(made[0], seconds)
    }  # fmt: skip


def exponent(sizes: list[int], numbers: list[float]) -> float:
    """p of the law number ~ size^p, by least squares on logarithms.

    >>> round(exponent([10, 100, 1000], [5.0, 50.0, 500.0]), 6)
    1.0
    """
    return float(np.polyfit(np.log(sizes), np.log(numbers), 1)[0])


#: Number by size, by kind and measure; or why it is missing.
Growth = dict[str, dict[str, dict[str, float | str]]]


def measure(threads: str, limit: float, sizes: Sequence[int], seconds: float) -> Growth:
    """All kinds, all sizes, each in a process of its own."""
    found: Growth = {}
    environment = engines.environment_of("glassgrad eager", threads)
    for name, kind in KINDS.items():
        for what in measures_of(name):
            seen: list[str] = []
            for nodes in sizes:
                command = [sys.executable, __file__, name, what, str(nodes), str(seconds)]
                too_many = nodes > kind.largest
                got = ENDS if too_many else engines.in_own_process(command, environment, limit)
                if not isinstance(got, str):
                    seen = list(got)
                for part in seen or [name]:
                    number = got if isinstance(got, str) else got[part]
                    found.setdefault(part, {}).setdefault(what, {})[str(nodes)] = number
    return found


def last_exponent(numbers: dict[str, float | str]) -> float:
    """p between the two largest sizes, where a constant part counts least; else NaN."""
    pairs = [(int(n), x) for n, x in numbers.items() if not isinstance(x, str)][-2:]
    if len(pairs) < 2:
        return math.nan
    return exponent([n for n, _ in pairs], [x for _, x in pairs])


def exponents(growth: Growth) -> dict[tuple[str, str], float]:
    """The exponent of each kind and measure with two sizes or more."""
    found = {}
    for name, measures in growth.items():
        for what, numbers in measures.items():
            pairs = [(int(n), x) for n, x in numbers.items() if not isinstance(x, str)]
            if len(pairs) > 1:
                found[name, what] = exponent([n for n, _ in pairs], [x for _, x in pairs])
    return found


if __name__ == "__main__":
    numbers = measured(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
    print(json.dumps(numbers))
