"""What the engine is held to: ratios of medians in one run, exponents of growth, and verdicts."""

from __future__ import annotations

import math
import statistics
from typing import Any, NamedTuple

import growth
import problems

#: The rounds of each engine by problem, and why others have none.
Rounds = dict[str, dict[str, list[dict[str, Any]]]]
SMALL, DIGITS, LARGE = problems.NETWORKS
STEP, LOSS, EAGER = "glassgrad compiled step", "glassgrad compiled loss", "glassgrad eager"
REPLAY, BY_HAND = "glassgrad replayed graph", "NumPy by hand"
#: Problems of scalars: their graphs are replayed.
SCALAR = (problems.MOONS, problems.CHAIN)


class Target(NamedTuple):
    """``above`` / ``below`` on a problem, at most or at least ``limit``."""

    problem: str
    above: str
    below: str
    sense: str
    limit: float


SPEED = [
    Target(SMALL, STEP, BY_HAND, "≤", 0.85),
    Target(DIGITS, STEP, BY_HAND, "≤", 0.95),
    Target(SMALL, LOSS, BY_HAND, "≤", 1.0),
    Target(DIGITS, LOSS, BY_HAND, "≤", 1.0),
    Target(SMALL, "JAX jit", STEP, "≥", 2.0),
    Target(DIGITS, "JAX jit", STEP, "≥", 1.0),
    Target(SMALL, "PyTorch eager", STEP, "≥", 4.0),
    Target(LARGE, STEP, "matrix products alone", "≤", 1.05),
    Target(problems.MOONS, "micrograd", REPLAY, "≥", 400.0),
    Target(SMALL, EAGER, BY_HAND, "≤", 1.6),
]
COMPILING = 100.0
EXPONENT = 0.05


class Row(NamedTuple):
    """One target with its result; the verdict is "met", "missed" or "not measured"."""

    what: str
    result: str
    target: str
    verdict: str


def median(runs: list[dict[str, Any]], what: str = "median") -> float:
    """The median over the rounds."""
    return statistics.median(run[what] for run in runs)


def verdict(met: bool) -> str:
    """In a word."""
    return "met" if met else "**missed**"


def speed_row(rounds: Rounds, target: Target) -> Row:
    """The row of a ratio of times."""
    engines = rounds.get(target.problem, {})
    what = f"{target.problem}: {target.above} / {target.below}"
    wanted = f"{target.sense} {target.limit:g}"
    if target.above not in engines or target.below not in engines:
        return Row(what, "—", wanted, "not measured")
    ratio = median(engines[target.above]) / median(engines[target.below])
    met = ratio <= target.limit if target.sense == "≤" else ratio >= target.limit
    return Row(what, f"{ratio:.3g}", wanted, verdict(met))


def gradient_row(rounds: Rounds) -> list[Row]:
    """All gradients of the scalar graph can be read after a replay."""
    runs = rounds.get(problems.MOONS, {}).get(REPLAY)
    if not runs:
        return []
    nodes, gradients = runs[0]["nodes"], runs[0]["gradients"]
    result = f"{gradients:,} of {nodes:,}"
    what = f"{problems.MOONS}: gradients to be read after a replay"
    return [Row(what, result, "all", verdict(nodes == gradients))]


def compile_seconds(runs: list[dict[str, Any]]) -> float:
    """Median seconds of the first call in a fresh process, without the step that it takes, too."""
    return max(0.0, statistics.median(run["first"] - run["median"] for run in runs))


def compiling_rows(rounds: Rounds) -> list[Row]:
    """Compile time of each problem, as multiples of an eager step of the same problem."""
    rows = []
    for problem, engines in rounds.items():
        for name in (STEP, REPLAY):
            if EAGER not in engines or (name == REPLAY) != (problem in SCALAR):
                continue
            what = f"{problem}: compile time of {name.removeprefix('glassgrad ')} / eager step"
            if name not in engines:
                rows.append(Row(what, "—", f"≤ {COMPILING:g}", "not measured"))
                continue
            seconds = compile_seconds(engines[name])
            ratio = seconds / median(engines[EAGER])
            result = f"{ratio:.3g} ({seconds * 1e3:.3g} ms)"
            rows.append(Row(what, result, f"≤ {COMPILING:g}", verdict(ratio <= COMPILING)))
    return rows


def memory_rows(rounds: Rounds) -> list[Row]:
    """Peak memory of a compiled step beside PyTorch's, on each problem."""
    rows = []
    for problem, engines in rounds.items():
        ours_is = REPLAY if problem in SCALAR else STEP
        if "PyTorch eager" in engines:
            what = f"{problem}: peak memory of {ours_is} / PyTorch eager"
            theirs = median(engines["PyTorch eager"], "peak_mb")
            ours = median(engines[ours_is], "peak_mb") if ours_is in engines else math.nan
            if math.isnan(ours + theirs):
                rows.append(Row(what, "—", "≤ 1", "not measured"))
                continue
            result = f"{ours / theirs:.2g} ({ours:.1f} / {theirs:.1f} MB)"
            rows.append(Row(what, result, "≤ 1", verdict(ours <= theirs)))
    return rows


def growth_rows(found: growth.Growth) -> list[Row]:
    """Exponents of time and memory."""
    rows = []
    for (name, what), p in growth.exponents(found).items():
        if what != growth.CALM:
            met = verdict(abs(p - 1.0) <= EXPONENT)
            rows.append(Row(f"growth of {what}: {name}", f"{p:.3f}", f"1 ± {EXPONENT}", met))
    return rows


def rows(rounds: Rounds, found: growth.Growth) -> list[Row]:
    """All targets."""
    return [
        *[speed_row(rounds, target) for target in SPEED], *gradient_row(rounds),
        *compiling_rows(rounds), *memory_rows(rounds), *growth_rows(found),
    ]  # fmt: skip
