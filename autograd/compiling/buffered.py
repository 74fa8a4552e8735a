"""Buffers: arrays that a program writes its results into, call after call, shared by liveness."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from .blocks import Loop
from .lowering import lowered, plain_array, reduced_number, short_text
from .program import Program
from .scheduling import scheduled
from .symbols import Step, Symbol, root
from .written import ATOM, Text, Writer


class Block:
    """One piece of memory: the name of the array that it was made for, and its form."""

    def __init__(self, name: str, sample: Any) -> None:
        self.name = name
        self.shape = sample.shape
        self.dtype = sample.dtype
        self.order = order_of(sample)
        self.size = sample.size

    def fits(self, sample: Any) -> bool:
        """True if an array of that form can lie here."""
        if sample.dtype != self.dtype:
            return False
        if sample.shape == self.shape and order_of(sample) == self.order:
            return True
        plain = self.order == "C" and order_of(sample) == "C"
        return plain and sample.size <= self.size <= 2 * sample.size

    def text(self, sample: Any) -> str:
        """An array of that form in this memory."""
        if sample.shape == self.shape:
            return self.name
        part = f"{self.name}.reshape(-1)"
        if sample.size != self.size:
            part += f"[:{sample.size}]"
        return f"{part}.reshape({sample.shape})"


class Row:
    """Memory in which several arrays lie one behind the other."""

    def __init__(self, name: str, arrays: Sequence[Symbol]) -> None:
        self.name = name
        self.starts: dict[Symbol, int] = {}
        self.size = 0
        for x in arrays:
            self.starts[x] = self.size
            self.size += x.sample.size
        self.blocks: dict[Symbol, Block] = {}

    def block(self, x: Symbol, buffered: Buffered) -> Block:
        """The place of one of the arrays."""
        block = self.blocks[x] = Block(buffered.called(x), x.sample)
        start = self.starts[x]
        part = f"{self.name}[{start}:{start + block.size}]"
        buffered.make(f"{self.name} = np.empty({self.size})")
        buffered.make(f"{block.name} = {part}.reshape({x.sample.shape})")
        return block


class Free:
    """Memory that was given back, by dtype and size; what came last is most likely cached."""

    def __init__(self) -> None:
        self.stacks: dict[Any, dict[int, list[Block]]] = {}
        self.known: set[Block] = set()

    def __contains__(self, block: object) -> bool:
        return block in self.known

    def give(self, block: Block) -> None:
        """Take a block back."""
        self.known.add(block)
        self.stacks.setdefault(block.dtype, {}).setdefault(block.size, []).append(block)

    def taken(self, sample: Any) -> Block | None:
        """A block that an array of that form fits into, of its own size if possible."""
        sizes = self.stacks.get(sample.dtype, {})
        for size in sorted(sizes, key=lambda size: abs(size - sample.size)):
            for block in reversed(sizes[size]):
                if block.fits(sample):
                    sizes[size].remove(block)
                    self.known.remove(block)
                    return block
        return None


class Buffered:
    """The body of a program on buffers, and the statements that make them."""

    def __init__(self, program: Program, poison: bool = False) -> None:
        self.program = program
        self.poison = poison
        self.setup: list[str] = []
        self.lines: list[str] = []
        #: The memory of each symbol that lies in a buffer.
        self.places: dict[Symbol, Block] = {}
        self.free = Free()
        #: Looks into memory that are taken at each call: at a place that is an argument.
        self.moving: set[Symbol] = set()
        #: Names of the blocks of memory that loops over blocks share.
        self.shared: dict[Any, str] = {}
        self.steps = scheduled(program)
        self.writes = {x: target for target, x in program.writes if isinstance(x, Symbol)}
        #: Results that lie in the array that they are written to in the end, by its name.
        self.aliases: dict[Symbol, str] = {}
        self.targets = {
            target: Block(program.called(target), target.sample)
            for target, _ in program.writes
            if plain_array(target.sample)
        }
        #: Memory from outside, which differs from call to call.
        self.outside = set(self.targets.values())
        self.made: set[str] = set()
        #: Arrays that lie side by side, because one call works on all of them.
        self.rows: dict[Symbol, Row] = {}
        for step in self.steps:
            if step.kind == "together":
                arrays = step.args[1:]
                self.rows.update(dict.fromkeys(arrays, Row(program.names.unique("row"), arrays)))
        #: Names of arrays that hold numbers for one step only, by shape and dtype.
        self.scratches: dict[Any, str] = {}
        self.last = self.last_uses()
        self.fresh = {root(x) for x in program.outputs if isinstance(x, Symbol)}
        self.writer = Writer(
            lambda s: Text(self.called(s), ATOM), program.constant, program.borrowed.name,
            program.names.unique,
        )  # fmt: skip

    def called(self, symbol: Symbol) -> str:
        """The name of a symbol in this form of the program."""
        return self.aliases.get(symbol) or self.program.called(symbol)

    def last_uses(self) -> dict[Symbol, int]:
        """The last step that reads each piece of memory; results are read at the end."""
        last: dict[Symbol, int] = {}
        for k, step in enumerate(self.steps):
            for symbol in step.inputs:
                last[root(symbol)] = k
        end = len(self.steps)
        for x in [*self.program.outputs, *self.writes]:
            if isinstance(x, Symbol):
                last[root(x)] = end
        for symbol, _ in self.program.guards:
            last[root(symbol)] = max(last.get(root(symbol), 0), self.place_of(symbol))
        # A function of our own may give back what it got, for some numbers and not for others.
        for k, step in reversed(list(enumerate(self.steps))):
            if step.kind == "call":
                longest = max([last.get(out, k) for out in step.outs], default=k)
                for x in map(root, step.inputs):
                    last[x] = max(last[x], longest)
        # An argument may be the array of a parameter: step(w.data).
        for x in self.program.inputs:
            for target in self.targets if isinstance(x.source, int) else ():
                if form_of(x.sample) == form_of(target.sample):
                    last[target] = max(last.get(target, -1), last.get(x, -1))
        return last

    def place_of(self, symbol: Symbol) -> int:
        """The number of the step that gives a symbol."""
        for k, step in enumerate(self.steps):
            if symbol in step.outs:
                return k
        return 0

    def body(self) -> list[str]:
        """The statements of the function."""
        guarded = dict(self.program.guards)
        for k, step in enumerate(self.steps):
            self.lines += self.program.comments.before(step)
            self.step(k, step)
            for out in step.outs:
                if out in guarded:
                    self.lines += self.program.guard(out, guarded[out])
            self.release(k, step)
        first = [f"{new} = np.array({x})" for x, new in self.writer.converted.items()]
        self.lines[:0] = first
        for target, x in self.program.writes:
            name = self.called(target)
            if not isinstance(x, Symbol):
                self.lines.append(f"{name}[...] = {self.writer.operand(x).text}")
            elif target not in self.targets or self.places.get(x) is not self.targets[target]:
                self.lines.append(f"np.copyto({name}, {self.called(x)})")
        return [*self.lines, self.program.returned(self.copied())]

    def step(self, k: int, step: Step) -> None:
        """One step: into a buffer if that is possible."""
        if step.kind == "blocks":
            return self.loop(k, step)
        if step.kind == "together":
            return self.together(k, step)
        out = step.outs[0]
        self.writer.plain_numbers = False
        if root(out) is not out and step.out is out:
            return self.view(step, out)
        form = lowered(step, self.writer, self.scratch)
        if form is None or out in self.fresh:
            return self.statement(step)
        block = self.block(k, step, out, step.inputs if form.elementwise else ())
        if block is None:
            return self.statement(step)
        self.places[out] = block
        name = self.named(out, block)
        first, *more = form.statements(name)
        self.lines += [self.program.comments.beside(first, step), *more]

    def loop(self, k: int, step: Step) -> None:
        """A run of elementwise steps, block by block."""
        taken: list[Block] = []
        for out in step.outs:
            if out in self.fresh:
                name, dtype = self.called(out), out.sample.dtype.name
                self.lines.append(f"{name} = np.empty({out.sample.shape}, np.{dtype})")
                continue
            done = [x for x in read_before(step.function, out) if self.places.get(x) not in taken]
            block = self.block(k, step, out, done)
            assert block is not None  # the arrays of a run lie in rows
            taken.append(block)
            self.places[out] = block
            self.named(out, block)
        loop = Loop(step, self, self.writer, self.shared)
        self.lines += loop.lines()
        for line in loop.setup():
            self.make(line)

    def together(self, k: int, step: Step) -> None:
        """Arrays that lie side by side times one number, in their place."""
        factor, *arrays = step.args
        row = self.rows[arrays[0]]
        if any(x not in row.blocks for x in arrays):
            # One of them is new memory at each call.
            for member in step.function:
                self.step(k, member)
            return
        for x, out in zip(arrays, step.outs, strict=True):
            self.places[out] = row.blocks[x]
            self.named(out, row.blocks[x])
        self.writer.plain_numbers = True
        number = self.writer.made_before(factor)
        self.lines.append(f"np.multiply({number}, {row.name}, {row.name})")

    def is_lasting(self, symbol: Symbol) -> bool:
        """True if the symbol lies in a buffer, the same at every call."""
        block = self.places.get(root(symbol))
        return block is not None and block not in self.outside and symbol not in self.moving

    def statement(self, step: Step) -> None:
        """A step whose result is new memory, or a number."""
        text = reduced_number(step, self.writer) or short_text(step, self.writer)
        text = text or self.writer.step(step).text
        names = ", ".join(self.called(out) for out in step.outs)
        if not (len(step.outs) == 1 and step.out is step.outs[0]):
            names += "," if len(step.outs) == 1 else ""
        self.lines.append(self.program.comments.beside(f"{names} = {text}", step))

    def view(self, step: Step, out: Symbol) -> None:
        """A look into memory; at a fixed place of a buffer taken once, before the function."""
        text = short_text(step, self.writer) or self.writer.step(step).text
        text = f"{self.called(out)} = {text}"
        if all(map(self.is_lasting, step.inputs)):
            self.setup.append(text)
        else:
            self.moving.add(out)
            self.lines.append(text)

    def named(self, out: Symbol, block: Block) -> str:
        """The name of a symbol that lies in a block; made known before the function."""
        if block in self.outside:
            self.aliases[out] = block.name
            return block.name
        name = self.called(out)
        if block.name != name:
            self.setup.append(f"{name} = {block.text(out.sample)}")
        return name

    # -- memory

    def scratch(self, shape: tuple[int, ...], dtype: Any) -> str:
        """The name of an array for one step only; made once for each form."""
        kind = np.dtype(dtype).name
        if (shape, kind) not in self.scratches:
            name = self.program.names.unique(f"scratch_{'_'.join(map(str, shape))}")
            self.scratches[shape, kind] = name
            self.setup.append(f"{name} = np.empty({shape}, np.{kind})")
        return self.scratches[shape, kind]

    def make(self, line: str) -> None:
        """Add a statement before the function, if it is not there yet."""
        if line not in self.made:
            self.made.add(line)
            self.setup.append(line)

    def block(self, k: int, step: Step, out: Symbol, done: Collection[Symbol]) -> Block | None:
        """Memory for a result: the array it is written to, an operand's, a free one, a new one.

        ``done`` are the operands that may be overwritten, element by element.
        """
        sample = out.sample
        if order_of(sample) is None:
            return None
        if out in self.rows:
            return self.rows[out].block(out, self)
        target = self.writes.get(out)
        if target is not None and self.open(target, k, step, out, done):
            return self.targets[target]
        for x in done:
            if self.dies(x, k, step) and x in self.places and self.places[x].fits(sample):
                block = self.places[x]
                if block.shape == sample.shape and x.sample.shape == sample.shape:
                    return block
        if (given_back := self.free.taken(sample)) is not None:
            return given_back
        block = Block(self.called(out), sample)
        dtype = "" if sample.dtype == np.float64 else f", np.{sample.dtype.name}"
        if block.order == "C":
            self.setup.append(f"{block.name} = np.empty({sample.shape}{dtype})")
        else:
            self.setup.append(f"{block.name} = np.empty({sample.shape[::-1]}{dtype}).T")
        return block

    def dies(self, x: Symbol, k: int, step: Step) -> bool:
        """True if step k is the last to read this memory, and reads it as it lies there."""
        if root(x) is not x or self.last.get(x) != k:
            return False
        return all(other is x for other in step.inputs if root(other) is x)

    def open(
        self, target: Symbol, k: int, step: Step, out: Symbol, done: Collection[Symbol]
    ) -> bool:
        """True if the array that a result is written to in the end can take it already."""
        block = self.targets.get(target)
        if block is None or self.guards_after(k) or target.sample.shape != out.sample.shape:
            return False
        if block.dtype != out.sample.dtype or order_of(out.sample) != block.order:
            return False
        last = self.last.get(target, -1)
        if last > k or (last == k and not (target in done and self.dies(target, k, step))):
            return False
        return block not in self.places.values()

    def guards_after(self, k: int) -> bool:
        """True if a decision is checked after step k: then nothing from outside is touched yet."""
        return any(self.place_of(symbol) > k for symbol, _ in self.program.guards)

    def release(self, k: int, step: Step) -> None:
        """Give back the memory that step k was the last to read."""
        taken = [self.places.get(out) for out in step.outs]
        for x in {root(x) for x in (*step.inputs, *step.outs)}:
            if self.last.get(x, k) != k or x not in self.places:
                continue
            block = self.places.pop(x) if x not in step.outs else self.places[x]
            if block in taken or block in self.outside or block in self.free:
                continue
            self.free.give(block)
            if self.poison and block.dtype.kind == "f":
                self.lines.append(f"{block.name}.fill(np.nan)")

    def copied(self) -> set[int]:
        """The places of results that lie in memory of another result, or from outside, or may."""
        seen: set[Symbol] = set()
        places = set()
        for k, x in enumerate(self.program.outputs):
            if isinstance(x, Symbol) and isinstance(x.sample, np.ndarray):
                base = root(x)
                if base in seen or base.step is None or base.step.kind == "call":
                    places.add(k)
                seen.add(base)
            elif isinstance(x, np.ndarray):
                places.add(k)
        return places


def form_of(sample: Any) -> Any:
    """Shape and dtype of an array; None for a number."""
    return (sample.shape, sample.dtype) if isinstance(sample, np.ndarray) else None


def read_before(run: list[Step], out: Symbol) -> list[Symbol]:
    """What the steps of a run read for the last time when they compute ``out``, or before."""
    last: dict[Symbol, int] = {}
    for k, step in enumerate(run):
        for x in step.inputs:
            last[x] = k
        if out in step.outs:
            place = k
    return [x for x, k in last.items() if k <= place]


def order_of(sample: Any) -> str | None:
    """C or F for how an array lies in memory; None if neither."""
    if sample.flags.c_contiguous:
        return "C"
    return "F" if sample.flags.f_contiguous else None
