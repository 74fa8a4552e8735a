"""The results as Markdown: targets first, then each problem, then growth."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from pathlib import Path
from typing import Any

import engines
import growth
import targets
from targets import Rounds, median

PACKAGES = ("numpy", "torch", "jax", "mygrad", "micrograd", "tinygrad", "ziglang")
#: Why engines have no rounds, by problem.
Reasons = dict[str, dict[str, str]]


def machine() -> str:
    """Processor, Python, and the versions of what was compared."""
    versions = []
    for name in PACKAGES:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"{name} not installed")
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        named = [x for x in cpuinfo.read_text().splitlines() if x.startswith("model name")]
        processor = named[0].split(":")[1].strip() if named else processor
    return (
        f"{processor}, {os.cpu_count()} cores; {platform.system()} {platform.release()}; Python "
        f"{platform.python_version()}; {', '.join(versions)}; HIPS autograd 1.9.1."
    )


def document(rounds: Rounds, reasons: Reasons, found: growth.Growth, about: dict[str, Any]) -> str:
    """The whole table."""
    parts = [
        f"# Speed beside other engines, {about['threads']} thread(s)",
        f"{about['machine']}",
        "Ratios are of medians over rounds, each a process of its own, engines in turn; float64. "
        "Memory is the peak of the steps above what the process held before.",
        "## Targets",
        target_table(targets.rows(rounds, found)),
    ]
    for problem in {**rounds, **reasons}:
        parts += [f"## {problem}", problem_table(problem, rounds, reasons)]
    if found:
        parts += ["## Growth", growth_table(found)]
    return "\n\n".join(parts) + "\n"


def target_table(rows: list[targets.Row]) -> str:
    """Each target with its result."""
    lines = ["| target | result | wanted | |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.result} | {row.target} | {row.verdict} |" for row in rows]
    return "\n".join(lines)


def base_of(measured: dict[str, Any]) -> str:
    """The engine that others are compared to."""
    return targets.BY_HAND if targets.BY_HAND in measured else targets.EAGER


def problem_table(problem: str, rounds: Rounds, reasons: Reasons) -> str:
    """All engines on one problem; those without a result say why."""
    measured, why = rounds.get(problem, {}), reasons.get(problem, {})
    base = base_of(measured)
    unit = median(measured[base]) if base in measured else float("nan")
    lines = [
        f"| engine | ms per step | / {base} | first call, ms | peak MB | rounds × steps |",
        "|---|---|---|---|---|---|",
    ]
    for engine in engines.ENGINES:
        runs = measured.get(engine)
        if runs:
            note = engines.NOTES.get((engine, problem))
            note = "; ".join(x for x in (note, why.get(engine)) if x)
            lines.append(
                f"| {engine}{f' ({note})' * bool(note)} | {median(runs) * 1e3:.4g} | "
                f"{median(runs) / unit:.3g} | {median(runs, 'first') * 1e3:.3g} | "
                f"{median(runs, 'peak_mb'):.1f} | {len(runs)} × {median(runs, 'steps'):.0f} |"
            )
        elif engine in why:
            lines.append(f"| {engine} | — {why[engine]} | | | | |")
    return "\n".join(lines)


def growth_table(found: growth.Growth) -> str:
    """Seconds or bytes of each size, as an amount per value, and the exponents."""
    sizes = sorted({n for parts in found.values() for row in parts.values() for n in row}, key=int)
    heads = " | ".join(f"{int(n):,}" for n in sizes)
    lines = [
        "Per value of the graph: µs, or bytes at the peak (tracemalloc; of programs resident "
        "memory). Times are the best of several rounds; p is fitted by least squares on "
        "logarithms over all sizes, and is below 1 where a constant part weighs on small ones; "
        "the last column is p between the two largest sizes.\n",
        f"| what | measure | {heads} | p | p at the end |",
        "|---|---|" + "---|" * (len(sizes) + 2),
    ]
    exponents = growth.exponents(found)
    for name, measures in found.items():
        for what, numbers in measures.items():
            cells = [cell(numbers.get(n, "—"), int(n), what) for n in sizes]
            p = exponents.get((name, what))
            fits = "— | —" if p is None else f"{p:.3f} | {growth.last_exponent(numbers):.3f}"
            lines.append(f"| {name} | {what} | {' | '.join(cells)} | {fits} |")
    return "\n".join(lines)


def cell(number: float | str, nodes: int, what: str) -> str:
    """The amount per value, or why there is none."""
    if isinstance(number, str):
        return number
    return f"{number / nodes:.0f}" if what == growth.BYTES else f"{number / nodes * 1e6:.3g}"
