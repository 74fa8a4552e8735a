"""Speed, as ratios: `python tests/benchmarks/run.py` prints one table.

Competitors are interleaved in one run and compared by medians, because machines are noisy.
Where two packages would share a process, each gets its own. Needs `pip install -e ".[bench]"`.
"""

from __future__ import annotations

import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def in_own_process(code: str) -> float | list[float]:
    """What ``code`` prints as JSON, run in a fresh interpreter with one thread."""
    environment = {**os.environ, **ONE_THREAD}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(HERE)!r})\n{code}"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"benchmark process failed:\n{done.stderr}")
    return json.loads(done.stdout)


def small_mlp() -> tuple[float, float]:
    """Median microseconds of hand-written NumPy and of eager glassgrad, step by step in turn."""
    code = """
import json, time, workloads
steps = [workloads.mlp_numpy(), workloads.mlp_glassgrad()]
times = [[], []]
for _ in range(100): [step() for step in steps]
for _ in range(3000):
    for which, step in enumerate(steps):
        start = time.perf_counter(); step(); times[which].append(time.perf_counter() - start)
print(json.dumps(times))
"""
    times = in_own_process(code)
    return tuple(statistics.median(row) * 1e6 for row in times)  # type: ignore[return-value]


def two_moons(rounds: int = 3) -> tuple[float, float]:
    """Median seconds of a step in micrograd and in glassgrad, processes in turn."""
    times: dict[str, list[float]] = {"micrograd": [], "glassgrad": []}
    for _ in range(rounds):
        for name in times:
            times[name] += in_own_process(
                "import json, workloads\n"
                f"print(json.dumps(workloads.median_seconds(workloads.moons_{name}(), 7)))"
            )
    return statistics.median(times["micrograd"]), statistics.median(times["glassgrad"])


def chains(rounds: int = 3) -> tuple[float, float]:
    """Median nanoseconds per op of a chain of 10,000 and of 1,000,000."""
    short, long = [], []
    for _ in range(rounds):
        short.append(
            in_own_process(
                "import statistics, workloads as w\n"
                "print(statistics.median(w.chain(10_000) for _ in range(20)))"
            )
        )
        long.append(in_own_process("import workloads as w\nprint(w.chain(1_000_000))"))
    return statistics.median(short) * 1e9, statistics.median(long) * 1e9


def tracing(rounds: int = 5) -> tuple[float, float, float]:
    """Median seconds of a step of two moons alone and under a trace, and of opening the trace."""
    plain, traced, opening = in_own_process(f"""
import json, time, autograd, workloads
step = workloads.moons_glassgrad()
times = [[], [], []]
for _ in range({rounds}):
    start = time.perf_counter(); step(); times[0].append(time.perf_counter() - start)
    start = time.perf_counter(); trace = autograd.trace(step)
    times[1].append(time.perf_counter() - start)
    start = time.perf_counter(); len(trace); times[2].append(time.perf_counter() - start)
print(json.dumps([sorted(row)[len(row) // 2] for row in times]))
""")  # type: ignore[misc]
    return plain, traced, opening


def chain_bytes() -> float:
    """Peak bytes per node of a chain of 1,000,000."""
    return in_own_process("import workloads as w\nprint(w.chain_memory(1_000_000))")


def import_milliseconds(rounds: int = 15) -> float:
    """Median milliseconds that `import autograd` takes after `import numpy`."""
    code = """
import numpy, time
start = time.perf_counter()
import autograd
print((time.perf_counter() - start) * 1e3)
"""
    return statistics.median(in_own_process(code) for _ in range(rounds))


def networks(names: list[str], rounds: int) -> dict[str, float]:
    """Median milliseconds of these workloads of `networks`, in one process, in turn."""
    code = f"""
import json, time, networks
runs = {{name: getattr(networks, name)() for name in {names!r}}}
times = {{name: [] for name in runs}}
for run in runs.values(): run(), run()
for _ in range({rounds}):
    for name, run in runs.items():
        start = time.perf_counter(); run(); times[name].append(time.perf_counter() - start)
print(json.dumps(times))
"""
    times = in_own_process(code)
    return {name: statistics.median(row) * 1e3 for name, row in times.items()}  # type: ignore


def network_rows() -> list[tuple[str, float, str, str]]:
    """Rows of the table: ``fit`` on the digits and a step of LeNet, against those installed."""
    found = {peer for peer in ("torch", "keras") if importlib.util.find_spec(peer) is not None}
    # Peers apart: what PyTorch does to a process makes NumPy in it slower, too.
    times = networks(["epochs_glassgrad", "epochs_replayed", "epochs_numpy"], 40)
    by_hand, rows = times.pop("epochs_numpy"), []
    for name, how in (("epochs_glassgrad", "eager"), ("epochs_replayed", "jit_compile")):
        rows.append((f"fit on digits, 5 epochs, {how}: glassgrad / NumPy by hand",
                     times[name] / by_hand, "≤ 1.3",
                     f"{times[name]:.1f} ms / {by_hand:.1f} ms"))  # fmt: skip
    for peer in ("torch", "torch_float32", "keras"):
        if {peer.split("_")[0], "torch"} <= found:
            times = networks(["epochs_glassgrad", f"epochs_{peer}"], 8 if peer == "keras" else 30)
            ours, theirs = times.values()
            rows.append((f"fit on digits: {peer.replace('_', ', ')} / glassgrad", theirs / ours,
                         "> 1", f"{theirs:.1f} ms / {ours:.1f} ms"))  # fmt: skip
    if "torch" in found:
        lenet = networks(["lenet_glassgrad", "lenet_torch", "lenet_torch_float32"], 100)
        ours = lenet.pop("lenet_glassgrad")
        for name, milliseconds in lenet.items():
            peer = name.removeprefix("lenet_").replace("_", ", ")
            rows.append((f"LeNet step: glassgrad / {peer}", ours / milliseconds, "≤ 3",
                         f"{ours:.2f} ms / {milliseconds:.2f} ms"))  # fmt: skip
    return rows


def installed(peer: str) -> dict[str, str] | None:
    """The environment in which ``peer`` can be imported, or None where it is not installed.

    HIPS autograd shares this package's name: it is put into a folder of its own.
    """
    environment = {**os.environ, **ONE_THREAD}
    if peer == "hips":
        folder = Path(tempfile.gettempdir()) / "glassgrad-benchmark-peers"
        if not (folder / "autograd").is_dir():
            install = [sys.executable, "-m", "pip", "install", "-q", "--target", str(folder)]
            subprocess.run([*install, "autograd==1.9.1"], check=True)
        return {**environment, "PYTHONPATH": str(folder)}
    found = peer == "glassgrad" or importlib.util.find_spec(peer) is not None
    return environment if found else None


def overhead_per_op(size: int, rounds: int = 3) -> dict[str, float]:
    """Median nanoseconds per op, forward and backward, in each engine, processes in turn."""
    times: dict[str, list[float]] = {}
    results = {}
    for _ in range(rounds):
        for peer in ("glassgrad", "torch", "mygrad", "hips"):
            if (environment := installed(peer)) is None:
                continue
            command = [sys.executable, str(HERE / "peers.py"), peer, str(size)]
            done = subprocess.run(
                command, env=environment, capture_output=True, text=True, check=True
            )
            nanoseconds, results[peer] = map(float, done.stdout.split())
            times.setdefault(peer, []).append(nanoseconds)
    expected = results["glassgrad"]
    for peer, result in results.items():
        if abs(result - expected) > 1e-9 * abs(expected):
            raise SystemExit(f"{peer} computed {result}, glassgrad {expected}")
    return {peer: statistics.median(values) for peer, values in times.items()}


def main() -> None:
    rows = []
    numpy_us, eager_us = small_mlp()
    rows.append(("MLP 2-16-16-1, batch 32: eager / NumPy by hand", eager_us / numpy_us, "≤ 1.6",
                 f"{eager_us:.0f} µs / {numpy_us:.0f} µs"))  # fmt: skip
    theirs, ours = two_moons()
    rows.append(("two moons, scalar by scalar: micrograd / glassgrad", theirs / ours, "≥ 6",
                 f"{theirs:.3f} s / {ours:.3f} s"))  # fmt: skip
    plain, traced, opening = tracing()
    rows.append(("two moons under a trace / alone", traced / plain, "≤ 2",
                 f"{traced:.3f} s / {plain:.3f} s"))  # fmt: skip
    rows.append(("opening that trace of 65,138 values, s", opening, "≤ 2", ""))
    short, long = chains()
    rows.append(("chain: time per op at 1,000,000 / at 10,000", long / short, "≤ 1.5",
                 f"{long:.0f} ns / {short:.0f} ns"))  # fmt: skip
    rows.append(("chain of 1,000,000: peak bytes per node", chain_bytes(), "≤ 400", "tracemalloc"))
    rows.append(("import autograd beyond NumPy, ms", import_milliseconds(), "≤ 30", ""))
    for size, name in ((0, "scalars"), (10, "arrays of 10")):
        per_op = overhead_per_op(size)
        for peer in ("torch", "mygrad", "hips"):
            label = f"overhead per op on {name}: {peer} / glassgrad"
            if peer in per_op:
                rows.append((label, per_op[peer] / per_op["glassgrad"], "> 1",
                             f"{per_op[peer]:.0f} ns / {per_op['glassgrad']:.0f} ns"))  # fmt: skip
    rows += network_rows()
    print("| measure | result | target | medians |\n|---|---|---|---|")
    for measure, result, target, note in rows:
        print(f"| {measure} | {result:.2f} | {target} | {note} |")


if __name__ == "__main__":
    main()
