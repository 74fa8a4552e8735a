"""This engine beside others: `python tests/benchmarks/compare.py FOLDER` writes a table and a plot.

Every problem is given to every engine in a process of its own, in turn, several rounds long; what
counts is the median of the rounds and its ratio to NumPy by hand in the same rounds. All compute
in float64 and start from the same weights: the first loss is compared. Engines that are not
installed are left out (`pip install -e ".[bench]"`, and jax, tinygrad). ``--threads default``
leaves the number of threads to each engine.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import problems

HERE = Path(__file__).parent
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
#: Engine: module with its steps, and the package that it needs.
PEERS = {
    "NumPy by hand": ("steps_numpy", "numpy"),
    "matrix products alone": ("steps_numpy", "numpy"),
    "glassgrad eager": ("steps_glassgrad", "numpy"),
    "glassgrad compiled step": ("steps_glassgrad", "numpy"),
    "glassgrad compiled loss": ("steps_glassgrad", "numpy"),
    "PyTorch eager": ("steps_torch", "torch"),
    "torch.compile": ("steps_torch", "torch"),
    "JAX jit": ("steps_jax", "jax"),
    "MyGrad": ("steps_others", "mygrad"),
    "HIPS autograd": ("steps_others", ""),
    "tinygrad": ("steps_others", "tinygrad"),
    "micrograd": ("steps_others", "micrograd"),
}
PROBLEMS = [
    *problems.NETWORKS, *problems.LENETS, problems.ELMAN, problems.MOONS, problems.CHAIN,
    *problems.ELEMENTWISE, problems.HESSIAN,
]  # fmt: skip
#: The rounds of each engine, by problem.
Result = dict[str, dict[str, list[dict[str, Any]]]]


def environment_of(peer: str, threads: str) -> dict[str, str]:
    """Threads, and for HIPS autograd, which shares our package's name, a folder of its own."""
    environment = dict(os.environ)
    if threads == "one":
        environment |= dict.fromkeys(THREADS, "1")
        environment["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    environment["PYTHONPATH"] = os.pathsep.join([str(HERE), str(HERE.parent.parent)])
    if peer == "HIPS autograd":
        folder = Path(tempfile.gettempdir()) / "glassgrad-benchmark-peers"
        if not (folder / "autograd").is_dir():
            install = [sys.executable, "-m", "pip", "install", "-q", "--target", str(folder)]
            subprocess.run([*install, "autograd==1.9.1"], check=True)
        environment["PYTHONPATH"] = os.pathsep.join([str(folder), str(HERE)])
    return environment


def installed(peer: str) -> bool:
    """True if the package of an engine is there."""
    package = PEERS[peer][1]
    return not package or importlib.util.find_spec(package) is not None


def known(peer: str, problem: str) -> bool:
    """True if the module of an engine has a step for the problem; each is asked once."""
    code = (
        f"import json, {PEERS[peer][0]} as m; print(json.dumps({{k: list(v) for k, v in "
        f"m.STEPS.items()}}))"
    )
    if peer not in known.cache:  # type: ignore[attr-defined]
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment_of(peer, "one"), capture_output=True,
            text=True, check=True,
        )  # fmt: skip
        known.cache.update(json.loads(done.stdout))  # type: ignore[attr-defined]
    return problem in known.cache[peer]  # type: ignore[attr-defined]


known.cache = {}  # type: ignore[attr-defined]


def timed(peer: str, problem: str, seconds: float, threads: str) -> dict[str, Any] | None:
    """One round of one engine; None where it fails, which is told."""
    command = [sys.executable, str(HERE / "time_step.py"), PEERS[peer][0], peer, problem]
    try:
        done = subprocess.run(
            [*command, str(seconds)], env=environment_of(peer, threads), capture_output=True,
            text=True, check=True, timeout=300,
        )  # fmt: skip
    except subprocess.SubprocessError as error:
        text = (getattr(error, "stderr", "") or str(error)).strip().splitlines()
        print(f"{peer} on {problem}: {text[-1] if text else error}", file=sys.stderr)
        return None
    return json.loads(done.stdout.splitlines()[-1])


def measure(chosen: list[str], rounds: int, seconds: float, threads: str) -> Result:
    """All rounds: the engines in turn, problem by problem."""
    found: Result = {}
    for problem in chosen:
        peers = [p for p in PEERS if installed(p) and known(p, problem)]
        for _ in range(rounds):
            for peer in list(peers):
                one = timed(peer, problem, seconds, threads)
                if one is None:
                    peers.remove(peer)
                else:
                    found.setdefault(problem, {}).setdefault(peer, []).append(one)
        require_same_losses(problem, found.get(problem, {}))
    return found


def require_same_losses(problem: str, found: dict[str, list[dict[str, Any]]]) -> None:
    """An error if engines that were given the same problem computed different first losses."""
    if problem in (problems.MOONS, problems.CHAIN):
        return  # each has its own weights, or no loss at all
    losses = {p: runs[0]["loss"] for p, runs in found.items() if p != "matrix products alone"}
    values = list(losses.values())
    for value in values:
        if not math.isclose(value, values[0], rel_tol=1e-6):
            raise SystemExit(f"{problem}: the engines disagree on the first loss: {losses}")


def median(runs: list[dict[str, Any]], what: str = "median") -> float:
    """The median over the rounds."""
    return statistics.median(run[what] for run in runs)


def table(found: Result, threads: str) -> str:
    """The results as Markdown."""
    lines = [f"# Speed beside other engines, {threads} thread(s)\n", *machine(), ""]
    for problem, peers in found.items():
        base = "NumPy by hand" if "NumPy by hand" in peers else "glassgrad eager"
        head = f"| engine | ms per step | / {base} | first call, ms | peak MB |"
        lines += [f"## {problem}\n", head, "|---|---|---|---|---|"]
        unit = median(peers[base]) if base in peers else float("nan")
        for peer, runs in peers.items():
            lines.append(
                f"| {peer} | {median(runs) * 1e3:.4g} | {median(runs) / unit:.3g} | "
                f"{median(runs, 'first') * 1e3:.3g} | {median(runs, 'peak_mb'):.1f} |"
            )
        lines.append("")
    return "\n".join(lines)


def machine() -> list[str]:
    """Processor, Python, and the versions of what was compared."""
    names = ["numpy", "torch", "jax", "mygrad", "micrograd", "tinygrad"]
    versions = []
    for name in names:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"{name} not installed")
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        named = [x for x in cpuinfo.read_text().splitlines() if x.startswith("model name")]
        processor = named[0].split(":")[1].strip() if named else processor
    return [
        f"{processor}, {os.cpu_count()} cores; Python {platform.python_version()}; "
        f"{', '.join(versions)}."
    ]


def plot(found: Result, path: Path) -> None:
    """Ratios to the first engine of each problem, on a logarithmic axis."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 1.5 + 0.9 * len(found)), layout="constrained")
    axes = figure.subplots()
    markers = dict(zip(PEERS, "|_osDv^P*Xdh", strict=True))
    for peer, marker in markers.items():
        x, y = [], []
        for problem, peers in found.items():
            base = peers.get("NumPy by hand") or peers.get("glassgrad eager")
            if peer in peers and base:
                x.append(median(peers[peer]) / median(base))
                y.append(problem)
        if x:
            axes.plot(x, y, marker, label=peer, markersize=9)
    axes.set_xscale("log")
    axes.axvline(1.0, color="grey", linewidth=0.8)
    axes.set_xlabel("time of a step: ratio to NumPy by hand (else to glassgrad eager)")
    axes.grid(axis="x", alpha=0.3)
    axes.invert_yaxis()
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    figure.savefig(path, dpi=130)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="per engine and round")
    parser.add_argument("--threads", choices=("one", "default"), default="one")
    parser.add_argument("--only", default="", help="problems whose name holds this text")
    options = parser.parse_args()
    chosen = [name for name in PROBLEMS if options.only in name]
    found = measure(chosen, options.rounds, options.seconds, options.threads)
    options.folder.mkdir(parents=True, exist_ok=True)
    text = table(found, options.threads)
    (options.folder / "comparison.md").write_text(text, encoding="utf-8")
    (options.folder / "comparison.json").write_text(json.dumps(found), encoding="utf-8")
    plot(found, options.folder / "comparison.png")
    print(text)


if __name__ == "__main__":
    main()
