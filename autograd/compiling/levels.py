"""Level-wise replay: programs of scalars, all calls of one function and one depth at once.

Every number of the program has a slot in one long array. The calls of a function at one depth
have neighbouring slots, so that one NumPy call fills them all; a running sum, such as the net
input of a unit, is one `accumulate`. All numbers stay readable afterwards.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from .passes import hashable
from .symbols import Step, Symbol, perform

#: Programs of scalars with fewer steps run faster as straight code.
FEWEST = 400
#: Functions, beside the ufuncs, that do the same to each element of an array.
ELEMENTWISE = {np.where, np.clip}
float64 = np.float64


def is_scalar_program(steps: Sequence[Step], inputs: Sequence[Symbol]) -> bool:
    """True for a long program of numbers alone."""
    if len(steps) < FEWEST:
        return False
    for symbol in inputs:
        if not is_number(symbol.sample):
            return False
    return all(len(step.outs) == 1 and is_number(step.outs[0].sample) for step in steps)


def is_number(sample: Any) -> bool:
    """True for a number in double precision, or a truth value."""
    if type(sample) in (float, float64, np.bool_):
        return True
    return isinstance(sample, np.ndarray) and sample.ndim == 0 and sample.dtype == float64


class Group:
    """Calls of one function at one depth: what they take, and the slots of their results."""

    __slots__ = ("arguments", "length", "operands", "out", "step")

    def __init__(self, step: Step, length: int) -> None:
        self.step = step
        #: Calls in a row for a running sum, 1 for others.
        self.length = length
        #: Symbols and constants of each call, in order.
        self.operands: list[list[Any]] = []
        self.out: Any = None
        self.arguments: list[Any] = []


class Levels:
    """A program of scalars, scheduled by depth and function."""

    def __init__(
        self, steps: Sequence[Step], inputs: Sequence[Symbol], outputs: Sequence[Any]
    ) -> None:
        self.slots: dict[Symbol, int] = {}
        self.constants: dict[bytes, int] = {}
        self.numbers: list[float] = []
        self.inputs = list(inputs)
        for symbol in inputs:
            self.slots[symbol] = len(self.slots)
        self.groups = self.grouped(list(steps))
        self.place()
        self.outputs = outputs
        self.wanted = np.array([self.slots.get(x, 0) for x in outputs], dtype=np.intp)

    # -- the schedule

    def grouped(self, steps: list[Step]) -> list[Group]:
        """The groups in an order in which each comes after those that it takes from."""
        chains = chained(steps)
        depth: dict[Symbol, int] = {}
        found: dict[Any, Group] = {}
        for step in steps:
            chain = chains.get(id(step))
            if chain is not None and chain[-1] is not step:
                continue
            row = operands_of(chain) if chain is not None else list(step.args)
            level = 1 + max((depth.get(x, 0) for x in row if isinstance(x, Symbol)), default=0)
            members = chain or [step]
            for member in members:
                depth[member.outs[0]] = level
            pattern = tuple([isinstance(x, Symbol) or is_number(x) for x in row])
            key = (level, step.kind, id(step.function), len(members), pattern)
            key = (*key, hashable(step.kwargs), *[hashable(x) for x in row if not slotted(x)])
            group = found.get(key)
            if group is None:
                group = found[key] = Group(step, len(members))
            group.operands.append([*row, *[member.outs[0] for member in members]])
        return [found[key] for key in sorted(found, key=lambda key: key[0])]

    def place(self) -> None:
        """Give every result its slot and every group its places to read from."""
        for group in self.groups:
            start = len(self.slots)
            for row in group.operands:
                for out in row[len(row) - group.length :]:
                    self.slots[out] = len(self.slots)
            group.out = slice(start, len(self.slots))
        first = len(self.slots)
        for group in self.groups:
            columns = list(zip(*group.operands, strict=True))
            columns = columns[: len(columns) - group.length]
            if group.length > 1:
                places = [[self.slot(x, first) for x in column] for column in columns]
                group.arguments = [np.array(places, dtype=np.intp).T]
            else:
                group.arguments = [self.column(column, first) for column in columns]
            group.operands = []
        self.size = first + len(self.numbers)
        self.values = np.empty(self.size)
        self.values[first:] = self.numbers

    def column(self, column: Sequence[Any], first: int) -> Any:
        """What a group takes as one operand: a constant, a slice, or an array of slots."""
        if not any(isinstance(x, Symbol) for x in column):
            same = {hashable(x) for x in column}
            if len(same) == 1:
                return ("constant", column[0])
        slots = np.array([self.slot(x, first) for x in column], dtype=np.intp)
        step = int(slots[1] - slots[0]) if len(slots) > 1 else 1
        if step > 0 and np.all(np.diff(slots) == step):
            return slice(int(slots[0]), int(slots[-1]) + 1, step)
        return slots

    def slot(self, x: Any, first: int) -> int:
        """The slot of a number; constants have theirs behind all results."""
        if isinstance(x, Symbol):
            return self.slots[x]
        key = float64(x).tobytes()
        if key not in self.constants:
            self.constants[key] = first + len(self.numbers)
            self.numbers.append(float(x))
        return self.constants[key]

    # -- a run

    def run(self, *inputs: Any) -> list[Any]:
        """The outputs, from the inputs."""
        values = self.values
        values[: len(inputs)] = inputs
        for group in self.groups:
            step, out = group.step, values[group.out]
            if group.length > 1:
                running = np.add.accumulate(values[group.arguments[0]], axis=1)
                out.reshape(-1, group.length)[...] = running[:, 1:]
                continue
            given = []
            for x in group.arguments:
                given.append(x[1] if type(x) is tuple else values[x])
            if isinstance(step.function, np.ufunc) and step.outs[0].sample.dtype != bool:
                step.function(*given, out=out, **step.kwargs)
            else:
                out[...] = perform(step.kind, step.function, given, step.kwargs)
        return self.results()

    def results(self) -> list[Any]:
        """The outputs as NumPy numbers."""
        found = list(self.values[self.wanted])
        for k, x in enumerate(self.outputs):
            if not isinstance(x, Symbol):
                found[k] = x
        return found

    def read(self, symbol: Symbol) -> Any:
        """A number of the last run."""
        return self.values[self.slots[symbol]]


def slotted(x: Any) -> bool:
    """True for what has a slot: a symbol or a number."""
    return isinstance(x, Symbol) or is_number(x)


def chained(steps: Sequence[Step]) -> dict[int, list[Step]]:
    """The running sums: for each step that belongs to one, all its steps in order.

    Step after step adds to the sum before, which nothing else uses.
    """
    uses: dict[Symbol, int] = {}
    for step in steps:
        for symbol in step.inputs:
            uses[symbol] = uses.get(symbol, 0) + 1
    chains: dict[int, list[Step]] = {}
    for step in steps:
        if step.function is not np.add or step.kwargs:
            continue
        for x in step.args:
            before = x.step if isinstance(x, Symbol) else None
            chain = chains.get(id(before))
            if chain is not None and chain[-1] is before and uses[x] == 1:
                chain.append(step)
                chains[id(step)] = chain
                break
        else:
            chains[id(step)] = [step]
    return {key: chain for key, chain in chains.items() if len(chain) > 1}


def operands_of(chain: list[Step]) -> list[Any]:
    """What a running sum starts from, and what is added to it, in order."""
    first = chain[0]
    row = list(first.args)
    for before, step in itertools.pairwise(chain):
        a, b = step.args
        row.append(b if a is before.outs[0] else a)
    return row
