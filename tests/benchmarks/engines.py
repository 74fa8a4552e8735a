"""The engines that are compared, how each is run, and what each cannot do.

Every round of an engine is a process of its own (`time_step.py`), so that none disturbs another.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import problems

HERE = Path(__file__).parent
FOLDER = Path(tempfile.gettempdir()) / "glassgrad-benchmark-peers"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class Engine(NamedTuple):
    """The module with its steps, and the package that it needs."""

    module: str
    package: str


ENGINES = {
    "NumPy by hand": Engine("steps_numpy", "numpy"),
    "matrix products alone": Engine("steps_numpy", "numpy"),
    "glassgrad eager": Engine("steps_glassgrad", "numpy"),
    "glassgrad compiled step": Engine("steps_glassgrad", "numpy"),
    "glassgrad compiled loss": Engine("steps_glassgrad", "numpy"),
    "glassgrad replayed graph": Engine("steps_glassgrad", "numpy"),
    "PyTorch eager": Engine("steps_torch", "torch"),
    "torch.compile": Engine("steps_torch", "torch"),
    "JAX jit": Engine("steps_jax", "jax"),
    "MyGrad": Engine("steps_mygrad", "mygrad"),
    "HIPS autograd": Engine("steps_hips", ""),
    "tinygrad": Engine("steps_tinygrad", "tinygrad"),
    "micrograd": Engine("steps_micrograd", "micrograd"),
}
OURS = [name for name in ENGINES if name.startswith("glassgrad")]
SCALARS = (problems.MOONS, problems.CHAIN)
ARRAYS = [name for name in problems.PROBLEMS if name not in SCALARS]
LONG = "not given: 1,000 ops took a minute or more to compile"
#: Why an engine is not given a problem. Every pair has a step or stands here, which a test holds.
LACKS: dict[str, dict[str, str]] = {
    "NumPy by hand": {problems.MOONS: "the problem is scalar by scalar"},
    "matrix products alone": {
        name: "only for networks" for name in problems.PROBLEMS if name not in problems.NETWORKS
    },
    "glassgrad compiled loss": {
        name: "only for networks" for name in problems.PROBLEMS if name not in problems.NETWORKS
    },
    "glassgrad compiled step": {problems.CHAIN: "see the replayed graph"},
    "glassgrad replayed graph": dict.fromkeys(ARRAYS, "graphs of scalars alone"),
    "PyTorch eager": {problems.MOONS: "not given: made for arrays"},
    "torch.compile": {
        problems.MOONS: "not given: made for arrays",
        **dict.fromkeys([problems.CHAIN, *problems.ELEMENTWISE], LONG),
    },
    "JAX jit": {problems.MOONS: "not given: made for arrays"},
    "MyGrad": {
        problems.MOONS: "not given: made for arrays",
        problems.HESSIAN: "no second derivatives",
    },
    "HIPS autograd": {problems.MOONS: "not given: made for arrays"},
    "tinygrad": {
        problems.MOONS: "not given: made for arrays",
        problems.HESSIAN: "not given",
        **dict.fromkeys([problems.CHAIN, *problems.ELEMENTWISE], LONG),
    },
    "micrograd": dict.fromkeys(ARRAYS, "scalars alone; neither arrays nor tanh"),
}
#: What to know about a step that differs from those of the other engines.
NOTES = {
    ("JAX jit", problems.CHAIN): "as one lax.scan",
    ("NumPy by hand", problems.CHAIN): "a loop over numbers",
    ("glassgrad replayed graph", problems.CHAIN): "recorded once",
    ("glassgrad replayed graph", problems.MOONS): "recorded once",
}


def environment_of(engine: str, threads: str) -> dict[str, str]:
    """Threads, paths, and for HIPS autograd, which shares our package's name, its own folder."""
    environment = {name: text for name, text in os.environ.items() if name not in THREADS}
    if threads == "one":
        environment |= dict.fromkeys((*THREADS, "NUM_CPU_THREADS"), "1")
        environment["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    environment["PYTHONPATH"] = os.pathsep.join([str(HERE), str(HERE.parent.parent)])
    if engine == "HIPS autograd":
        if not (FOLDER / "autograd").is_dir():
            install = [sys.executable, "-m", "pip", "install", "-q", "--target", str(FOLDER)]
            subprocess.run([*install, "autograd==1.9.1"], check=True)
        environment["PYTHONPATH"] = os.pathsep.join([str(FOLDER), str(HERE)])
    if engine == "tinygrad":
        environment |= {"DEV": "CPU", "CC": clang()}
    return environment


def clang() -> str:
    """The compiler that tinygrad calls: clang, or the one inside the package ziglang; else ""."""
    found = shutil.which("clang")
    zig = importlib.util.find_spec("ziglang")
    if found or zig is None or zig.origin is None:
        return found or ""
    script = FOLDER / "clang"
    FOLDER.mkdir(exist_ok=True)
    script.write_text(f'#!/bin/sh\nexec "{Path(zig.origin).parent / "zig"}" clang "$@"\n')
    script.chmod(0o755)
    return str(script)


def missing(engine: str) -> str:
    """Why an engine cannot run here at all; "" if it can."""
    package = ENGINES[engine].package
    if package and importlib.util.find_spec(package) is None:
        return f"{package} is not installed"
    if engine == "tinygrad" and not clang():
        return "no usable device: it needs clang, or the package ziglang"
    return ""


@functools.cache
def given(engine: str) -> frozenset[str] | str:
    """The problems for which the module of an engine has steps, or why it cannot be imported."""
    code = f"import json, {ENGINES[engine].module} as m; print(json.dumps([*m.STEPS[{engine!r}]]))"
    # -P: our package in the present folder must not hide the other one called autograd.
    found = in_own_process([sys.executable, "-P", "-c", code], environment_of(engine, "one"), 120)
    return found if isinstance(found, str) else frozenset(found)


def one_round(
    engine: str, problem: str, seconds: float, threads: str, limit: float
) -> dict[str, Any] | str:
    """What `time_step.py` measures in one process, or why it gives nothing."""
    command = [sys.executable, str(HERE / "time_step.py"), ENGINES[engine].module, engine, problem]
    return in_own_process([*command, str(seconds)], environment_of(engine, threads), limit)


def in_own_process(command: list[str], environment: dict[str, str], limit: float) -> Any:
    """The JSON in the last line that a process prints, or why there is none."""
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=limit
        )
    except subprocess.TimeoutExpired:
        return f"too slow: > {limit:.0f} s"
    if done.returncode < 0:
        return f"killed by signal {-done.returncode}" + (" (memory?)" * (done.returncode == -9))
    if done.returncode:
        text = [line for line in done.stderr.splitlines() if line.strip() and line[0] != " "]
        return f"fails: {text[-1][:100]}" if text else f"fails with code {done.returncode}"
    return json.loads(done.stdout.splitlines()[-1])
