"""This engine beside others: `python tests/benchmarks/compare.py FOLDER` writes tables and plots.

Every problem is given to every engine in a process of its own, in turn, several rounds long; what
counts is the median of the rounds and its ratio to NumPy by hand in the same rounds. All compute
in float64 and start from the same weights: the first loss is compared. Engines that are not
installed say so (`pip install -e ".[bench]"`, and jax, tinygrad, ziglang). ``--threads default``
leaves the number of threads to each engine; ``--quick`` is a short run that shows that all works.

The folder gets comparison.md (targets, problems, growth), comparison.png, growth.png, and all
numbers as comparison.json.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from pathlib import Path
from typing import Any

import engines
import growth
import plots
import problems
import report
from targets import Rounds


def on_problem(
    problem: str, options: argparse.Namespace
) -> tuple[dict[str, list[dict[str, Any]]], dict[str, str]]:
    """The engines in turn, for a number of rounds; one that had its share of time stops early."""
    found: dict[str, list[dict[str, Any]]] = {}
    why = {engine: reason_before(engine, problem) for engine in options.engines}
    running = [engine for engine, reason in why.items() if not reason]
    spent = dict.fromkeys(running, 0.0)
    for _ in range(options.rounds):
        for engine in [engine for engine in running if spent[engine] < options.share]:
            start = time.perf_counter()
            one = engines.one_round(
                engine, problem, options.seconds, options.threads, options.limit
            )
            if isinstance(one, str):
                why[engine] = one
                running.remove(engine)
                print(f"{engine} on {problem}: {one}", file=sys.stderr)
            else:
                found.setdefault(engine, []).append(one)
            spent[engine] += time.perf_counter() - start
    return found, {engine: reason for engine, reason in why.items() if reason}


def reason_before(engine: str, problem: str) -> str:
    """Why an engine is not run on a problem; "" if it is."""
    reason = engines.LACKS.get(engine, {}).get(problem) or engines.missing(engine)
    if reason:
        return reason
    given = engines.given(engine)
    if isinstance(given, str):
        return given
    return "" if problem in given else "not given"


def require_same_losses(problem: str, found: dict[str, list[dict[str, Any]]]) -> None:
    """An error if engines that were given the same problem computed different first losses."""
    losses = {e: runs[0]["loss"] for e, runs in found.items() if e != "matrix products alone"}
    values = list(losses.values())
    for value in values:
        if not math.isclose(value, values[0], rel_tol=1e-6):
            raise SystemExit(f"{problem}: the engines disagree on the first loss: {losses}")


def write(
    folder: Path, rounds: Rounds, reasons: report.Reasons, found: growth.Growth, threads: str
) -> str:
    """All files of the folder; the Markdown is returned, too."""
    folder.mkdir(parents=True, exist_ok=True)
    about = {"threads": threads, "machine": report.machine()}
    text = report.document(rounds, reasons, found, about)
    (folder / "comparison.md").write_text(text, encoding="utf-8")
    numbers = {"about": about, "rounds": rounds, "reasons": reasons, "growth": found}
    (folder / "comparison.json").write_text(json.dumps(numbers), encoding="utf-8")
    plots.ratios(rounds, folder / "comparison.png")
    if found:
        plots.growths(found, folder / "growth.png")
    return text


def parser() -> argparse.ArgumentParser:
    """The command's options."""
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("folder", type=Path)
    made.add_argument("--rounds", type=int, default=7)
    made.add_argument("--seconds", type=float, default=0.5, help="per engine and round")
    made.add_argument(
        "--share", type=float, default=6.0, help="seconds of an engine on a problem, all rounds"
    )
    made.add_argument("--limit", type=float, default=90.0, help="seconds: slower is too slow")
    made.add_argument("--threads", choices=("one", "default"), default="one")
    made.add_argument("--only", default="", help="problems whose name holds this text")
    made.add_argument("--engines", nargs="+", choices=engines.ENGINES, default=[*engines.ENGINES])
    made.add_argument("--no-growth", action="store_true", help="leave out the growth")
    made.add_argument("--quick", action="store_true", help="one short round, small sizes")
    return made


def main(arguments: list[str] | None = None) -> None:
    options = parser().parse_args(arguments)
    chosen = [name for name in problems.PROBLEMS if options.only in name]
    sizes, seconds = growth.SIZES, 1.0
    if options.quick:
        options.rounds, options.seconds = 1, 0.01
        sizes, seconds = (300, 1000), 0.01
        heavy = (problems.CHAIN, problems.MOONS, [*problems.ELEMENTWISE][-1])
        chosen = [name for name in chosen if name not in heavy]
    rounds: Rounds = {}
    reasons: report.Reasons = {}
    found: growth.Growth = {}
    for problem in chosen:
        start = time.perf_counter()
        rounds[problem], reasons[problem] = on_problem(problem, options)
        print(f"{problem}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
        # What is measured stays, should a later problem fail.
        write(options.folder, rounds, reasons, found, options.threads)
        require_same_losses(problem, rounds[problem])
    if not options.no_growth:
        found = growth.measure(options.threads, 4 * options.limit, sizes, seconds)
    print(write(options.folder, rounds, reasons, found, options.threads))


if __name__ == "__main__":
    main()
