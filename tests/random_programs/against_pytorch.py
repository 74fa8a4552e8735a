"""Random programs here and in PyTorch: values, gradients and second derivatives must agree.

``python tests/random_programs/against_pytorch.py --programs 100000`` prints what was compared
and each mismatch with its program. A program is 1 to 50 steps over a few leaves of any shapes;
program number N is the same wherever and whenever it is made.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np
import torch
from program_products import KINDS

import autograd as ag

#: Elements a value may have, and how large they may be: larger ones are left out.
MOST_ELEMENTS, LARGEST = 60, 30.0

#: Agreement, relative to the largest number that took part in a sum.
TOLERANCE = 1e-10

#: Each so many programs are differentiated twice.
TWICE_EVERY = 5


class Step:
    """One step: its kind, the places of its operands among the values, its settings."""

    def __init__(self, name: str, operands: list[int], settings: dict[str, Any]) -> None:
        self.name, self.operands, self.settings = name, operands, settings

    def __repr__(self) -> str:
        operands = ", ".join(f"v{k}" for k in self.operands)
        settings = "".join(f", {key}={value!r}" for key, value in self.settings.items())
        return f"{self.name}({operands}{settings})"


@dataclass
class Program:
    """Leaves, steps, and the weight of each value in the root."""

    number: int
    leaves: list[Any]
    steps: list[Step] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"program {self.number}"]
        for k, leaf in enumerate(self.leaves):
            lines.append(f"  v{k} = {leaf!r}")
        for k, step in enumerate(self.steps):
            lines.append(f"  v{len(self.leaves) + k} = {step}")
        return "\n".join(lines)


def a_shape(random: Random) -> tuple[int, ...]:
    return tuple(
        random.choice([1, 2, 2, 3, 3, 4]) for _ in range(random.choice([0, 1, 1, 2, 2, 3]))
    )


def a_leaf(random: Random) -> Any:
    shape = a_shape(random)
    flat = [random.uniform(-2, 2) for _ in range(math.prod(shape))]
    return np.array(flat).reshape(shape)


def make_program(number: int) -> Program:
    """Program ``number``: steps are drawn, run, and kept where they fit and stay small."""
    random = Random(number)
    program = Program(number, [a_leaf(random) for _ in range(random.randint(1, 4))])
    values = [torch.tensor(leaf) for leaf in program.leaves]
    names = list(KINDS)
    for _ in range(random.randint(1, 50)):
        name = random.choice(names)
        operands = [a_place(random, len(values)) for _ in KINDS[name].domains]
        shapes = [tuple(values[k].shape) for k in operands]
        settings = KINDS[name].draw(random, *shapes)
        if settings is None:
            continue
        step = Step(name, operands, settings)
        with torch.no_grad():
            out = run_step(step, values, "theirs")
        small = 0 < out.numel() <= MOST_ELEMENTS and bool(out.abs().max() < LARGEST)
        if small:
            program.steps.append(step)
            values.append(out)
    program.weights = [random.choice([0.0, 0.5, 1.0, -1.5]) for _ in values]
    program.weights[-1] = 1.0
    return program


def a_place(random: Random, count: int) -> int:
    """One of ``count`` values, the later ones more often."""
    return count - 1 - min(int(random.expovariate(0.35)), count - 1)


def run_step(step: Step, values: list[Any], side: str) -> Any:
    """The step's result on ``"ours"`` or ``"theirs"``: the same words but for the names."""
    kind, operands = KINDS[step.name], []
    for place, domain in zip(step.operands, kind.domains, strict=True):
        x = values[place]
        if domain is not None:
            low, high = domain
            x = (ag.tanh(x) if side == "ours" else torch.tanh(x)) * ((high - low) / 2)
            x = x + (high + low) / 2
        operands.append(x)
    return getattr(kind, side)(*operands, **step.settings)


def run(program: Program, leaves: list[Any], side: str) -> tuple[list[Any], Any]:
    """All values, and the root: their weighted sum, to which each element adds its own part."""
    values = list(leaves)
    for step in program.steps:
        values.append(run_step(step, values, side))
    root = None
    for value, weight in zip(values, program.weights, strict=True):
        if weight:
            part = np.cos(np.arange(math.prod(value.shape))).reshape(tuple(value.shape)) * weight
            term = (value * (part if side == "ours" else torch.as_tensor(part))).sum()
            root = term if root is None else root + term
    return values, root


def numbers(x: Any) -> Any:
    return x.data if isinstance(x, ag.Value) else x.detach().numpy() if torch.is_tensor(x) else x


def ours(program: Program, leaves: list[Any], twice: bool) -> list[Any]:
    """Values, gradients of the leaves, and with ``twice`` those of a sum of the gradients."""
    variables = [ag.Value(x) for x in leaves]
    values, root = run(program, variables, "ours")
    if not root.requires_grad:
        gradients = [np.zeros(x.shape) for x in leaves]
        return [v.data for v in values] + gradients * (2 if twice else 1)
    root.backward(create_graph=twice)
    gradients = [np.zeros(v.shape) if v.grad is None else v.grad for v in variables]
    found = [numbers(v) for v in (*values, *gradients)]
    if twice:
        slope = sum(((g * g).sum() for g in gradients), ag.Value(0.0) * variables[0].sum())
        for v in variables:
            v.zero_grad()
        slope.backward()
        found += [np.zeros(v.shape) if v.grad is None else v.grad for v in variables]
    return found


def theirs(program: Program, leaves: list[Any], twice: bool) -> list[Any]:
    """The same by PyTorch."""
    variables = [torch.tensor(x, requires_grad=True) for x in leaves]
    values, root = run(program, variables, "theirs")
    if not root.requires_grad:
        gradients = [np.zeros(x.shape) for x in leaves]
        return [numbers(v) for v in values] + gradients * (2 if twice else 1)
    gradients = torch.autograd.grad(root, variables, create_graph=twice, allow_unused=True)
    pairs = zip(variables, gradients, strict=True)
    gradients = [torch.zeros_like(v) if g is None else g for v, g in pairs]
    found = [numbers(v) for v in (*values, *gradients)]
    if twice:
        slope = sum((g * g).sum() for g in gradients) + 0.0 * variables[0].sum()
        second = torch.autograd.grad(slope, variables, allow_unused=True)
        found += [
            np.zeros(v.shape) if g is None else numbers(g)
            for v, g in zip(variables, second, strict=True)
        ]
    return found


def furthest(found: list[Any], expected: list[Any]) -> float:
    """The largest difference, relative to the largest element of its array (or 1)."""
    worst = 0.0
    for a, b in zip(found, expected, strict=True):
        if np.shape(a) != np.shape(b):
            return math.inf
        scale = max(1.0, float(np.max(np.abs(b), initial=0.0)))
        difference = float(np.max(np.abs(np.asarray(a) - np.asarray(b)), initial=0.0))
        if not np.array_equal(np.isfinite(a), np.isfinite(b)):
            return math.inf
        worst = max(worst, difference / scale) if math.isfinite(difference) else worst
    return worst


def sensitivity(program: Program, twice: bool) -> float:
    """How far PyTorch's own results move when the leaves move in their last bits.

    What two ways of rounding may differ by: large where a program is ill-conditioned or near a
    jump, whatever computes it.
    """
    expected, moved = theirs(program, program.leaves, twice), 0.0
    for up in (1.0, -1.0):
        leaves = [x * (1 + up * 4e-16 * np.cos(np.arange(x.size)).reshape(x.shape) * 3)
                  for x in program.leaves]  # fmt: skip
        moved = max(moved, furthest(theirs(program, leaves, twice), expected))
    return moved


def suspects(program: Program) -> list[Step]:
    """The steps that differ on their own, from the values that the program brings to them."""
    values, found = [torch.tensor(x) for x in program.leaves], []
    for step in program.steps:
        leaves = [values[k].numpy() for k in step.operands]
        alone = Program(program.number, leaves, [Step(step.name, [*range(len(leaves))],
                        step.settings)], [0.0] * len(leaves) + [1.0])  # fmt: skip
        if furthest(ours(alone, leaves, True), theirs(alone, leaves, True)) > TOLERANCE:
            found.append(alone.steps[0])
            found[-1].settings = {**step.settings, "at": leaves}
        values.append(run_step(step, values, "theirs"))
    return found


@dataclass
class Report:
    """What was compared."""

    programs: int = 0
    steps: int = 0
    twice: int = 0
    values: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    ill_conditioned: list[int] = field(default_factory=list)
    mismatches: list[str] = field(default_factory=list)
    worst: float = 0.0
    seconds: float = 0.0

    def lines(self) -> Iterator[str]:
        yield (
            f"{self.programs} programs, {self.steps} steps of {len(self.kinds)} kinds "
            f"(of {len(KINDS)}), {self.values} arrays compared, {self.twice} programs "
            f"differentiated twice, {self.seconds:.0f} s"
        )
        yield (
            f"largest relative difference {self.worst:.1e} (tolerance {TOLERANCE:g}); "
            f"{len(self.ill_conditioned)} programs so ill-conditioned that PyTorch's own result "
            f"moves as far when its input moves in the last bit: {self.ill_conditioned[:20]}"
        )
        yield f"mismatches: {len(self.mismatches)}"
        yield from self.mismatches


def compare(number: int, report: Report) -> None:
    """Make program ``number``, run it on both sides, and add what is found to the report."""
    program = make_program(number)
    twice = number % TWICE_EVERY == 0
    report.programs += 1
    report.steps += len(program.steps)
    report.twice += twice
    report.kinds.update(step.name for step in program.steps)
    try:
        found = ours(program, program.leaves, twice)
        expected = theirs(program, program.leaves, twice)
    except Exception as error:
        report.mismatches.append(f"{program}\n  raised {type(error).__name__}: {error}")
        return
    report.values += len(found)
    off = furthest(found, expected)
    if off > TOLERANCE:
        if off <= 1e3 * sensitivity(program, twice):
            report.ill_conditioned.append(number)
            return
        alone = ", ".join(map(repr, suspects(program))) or "no step on its own"
        report.mismatches.append(f"{program}\n  differs by {off:.1e}; alone: {alone}")
        return
    report.worst = max(report.worst, off)


def examine(first: int, count: int, talk: bool = False) -> Report:
    """The report on programs ``first`` up to ``first + count``."""
    report, start = Report(), time.perf_counter()
    for number in range(first, first + count):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            compare(number, report)
        report.seconds = time.perf_counter() - start
        if talk and report.programs % 5000 == 0:
            print(next(report.lines()), len(report.mismatches), "mismatches", flush=True)
    return report


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first program")
    options = parser.parse_args()
    torch.set_num_threads(1)
    report = examine(options.first, options.programs, talk=True)
    print("\n".join(report.lines()))
    return 1 if report.mismatches else 0


if __name__ == "__main__":
    sys.exit(main())
