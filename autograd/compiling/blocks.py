"""Blocks: runs of elementwise steps on long arrays, carried out part by part in the cache.

A step on an array longer than the cache waits for memory. Where several elementwise steps follow
each other, a loop does all of them for some rows, then for the next: what only the run needs never
leaves the cache, and takes the memory of one block.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .lowering import is_elementwise, lowered
from .symbols import Step, Symbol
from .written import ATOM, Text, Writer

#: Elements from which on an array is worth a loop: with 2^18 one takes 80 % of the time, with
#: 2^16, which a cache of 2 MB holds, it takes longer than whole arrays.
WORTH = 1 << 18
#: Elements of a block: at most, and at least where many arrays share the cache.
MOST, LEAST = 1 << 15, 1 << 13
#: Elements that the blocks of one loop may have together.
CACHE = 1 << 17


def form_of_blocks(step: Step) -> tuple[int, ...] | None:
    """The shape of a step that can run in blocks; None for others."""
    if len(step.outs) != 1 or not is_elementwise(step):
        return None
    if any(isinstance(x, list | tuple) for x in step.args):
        return None  # rows of numbers, which have no parts
    sample = step.outs[0].sample
    if sample.size < WORTH or not sample.flags.c_contiguous:
        return None
    row = sample.size // sample.shape[0]
    if row > LEAST:
        return None
    return sample.shape


def as_blocks(run: Sequence[Step], users: dict[Symbol, list[Step]], wanted: set[Symbol]) -> Step:
    """A run of elementwise steps of one shape as one step."""
    inside = set(run)
    made = dict.fromkeys(member.outs[0] for member in run)
    given = dict.fromkeys(x for member in run for x in member.inputs)
    step = Step("blocks", list(run), tuple(x for x in given if x not in made), {})
    for out in made:
        if out in wanted or any(user not in inside for user in users.get(out, ())):
            step.outs.append(out)
    step.out = step.outs
    return step


class Loop:
    """Writes the loop over the blocks of a run.

    ``form`` is the form of the program on buffers that the loop stands in: it tells what a symbol
    is called there, and whether its array is there before the function runs, so that its parts
    are taken once. ``shared`` holds the names of the blocks of memory that all loops share.
    """

    def __init__(self, step: Step, form: Any, writer: Writer, shared: dict[Any, str]) -> None:
        self.run: list[Step] = step.function
        self.outs = step.outs
        self.form, self.program = form, form.program
        self.shared = shared
        self.blocks, self.rows = (
            self.program.names.unique("blocks"),
            self.program.names.unique("rows"),
        )
        self.shape = self.outs[0].sample.shape
        self.names: dict[Symbol, str] = {}
        #: Names in the loop of parts taken before the function, by the name of the array.
        self.taken: dict[str, str] = {}
        #: Parts taken in the loop, from arrays that differ from call to call.
        self.sliced: dict[str, str] = {}
        self.scratch_types: dict[str, str] = {}
        self.free: list[str] = []
        self.last: dict[Symbol, int] = {}
        for k, member in enumerate(self.run):
            for x in member.inputs:
                self.last[x] = k
        self.writer = Writer(
            self.operand, self.constant, self.program.borrowed.name, self.program.names.unique
        )
        self.writer.converted, self.writer.numbers = writer.converted, writer.numbers

    # -- names in the loop

    def operand(self, x: Symbol) -> Text:
        """The name of an operand: a part of it, or all of it where it has no such rows."""
        if x not in self.names:
            name = self.form.called(x)
            self.names[x] = (
                self.part(name, self.form.is_lasting(x)) if self.by_rows(x.sample) else name
            )
        return Text(self.names[x], ATOM)

    def constant(self, array: Any) -> str:
        """The name of a constant, or of its part."""
        name = self.program.constant(array)
        return self.part(name, False) if self.by_rows(array) else name

    def by_rows(self, sample: Any) -> bool:
        """True for an array that has a row for each row of the run."""
        alike = np.ndim(sample) == len(self.shape)
        return alike and np.shape(sample)[0] == self.shape[0]

    def part(self, name: str, before: bool) -> str:
        """The name of the part of an array in the loop."""
        parts = self.taken if before else self.sliced
        if name not in parts:
            parts[name] = self.program.names.unique(f"{name}_{self.rows}")
        return parts[name]

    def scratch(self, dtype: Any) -> str:
        """A block for what only the run needs: a free one of that type, or a new one."""
        kind = np.dtype(dtype).name
        for name in self.free:
            if self.scratch_types[name] == kind:
                self.free.remove(name)
                return name
        key = kind, len(self.scratch_types)
        if key not in self.shared:
            self.shared[key] = self.program.names.unique(f"block{len(self.shared) + 1}")
        name = self.shared[key]
        self.scratch_types[name] = kind
        return name

    # -- the statements

    def lines(self) -> list[str]:
        """The loop, as lines of the function."""
        body: list[str] = []
        for k, member in enumerate(self.run):
            body += self.member(k, member)
        names = ", ".join([self.rows, *self.taken.values(), *self.scratch_types])
        head = f"for {names}{',' if names == self.rows else ''} in {self.blocks}:"
        first = [f"{part} = {name}[{self.rows}]" for name, part in self.sliced.items()]
        return [head, *["    " + line for line in [*first, *body]]]

    def member(self, k: int, step: Step) -> list[str]:
        """One step of the run, on one block."""
        out, done = step.outs[0], [x for x in dict.fromkeys(step.inputs) if self.last[x] == k]
        bits: list[str] = []

        def short(shape: Any, dtype: Any) -> str:
            bits.append(self.scratch(dtype))
            return bits[-1]

        form = lowered(step, self.writer, short)
        assert form is not None  # steps of a run are elementwise
        dying = [self.names[x] for x in done if self.names.get(x) in self.scratch_types]
        if out in self.outs:
            name = self.part(self.form.called(out), self.form.is_lasting(out))
        else:
            kind = out.sample.dtype.name
            same = [x for x in dying if self.scratch_types[x] == kind]
            name = same[0] if same else self.scratch(out.sample.dtype)
        self.names[out] = name
        lines = form.statements(name)
        lines[0] = self.program.comments.beside(lines[0], step)
        for given_back in [*bits, *dying]:
            if given_back != name:
                self.free.append(given_back)
                if self.form.poison and self.scratch_types[given_back] == "float64":
                    lines.append(f"{given_back}.fill(np.nan)")
        return lines

    def setup(self) -> list[str]:
        """The statements before the function: memory of one block, and the parts of each block.

        The memory is shared by all loops of the program, one after the other.
        """
        row = int(np.prod(self.shape[1:], dtype=int))
        arrays = len(self.taken) + len(self.sliced) + len(self.scratch_types)
        rows = min(MOST, max(LEAST, CACHE // arrays)) // row
        memory = [
            f"{name} = np.empty({MOST}, np.{kind})" for name, kind in self.scratch_types.items()
        ]
        parts = [f"{name}[i:i + n]" for name in self.taken]
        form = ", ".join(["n", *map(str, self.shape[1:])])
        of_block = f"[:n * {row}].reshape({form})" if len(self.shape) > 1 else "[:n]"
        parts += [name + of_block for name in self.scratch_types]
        return [
            *memory,
            f"{self.blocks} = []\n"
            f"for i in range(0, {self.shape[0]}, {rows}):\n"
            f"    n = min({rows}, {self.shape[0]} - i)\n"
            f"    {self.blocks}.append((slice(i, i + n), {', '.join(parts)}))",
        ]
