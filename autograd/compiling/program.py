"""Program: a flat list of NumPy calls with inputs and outputs, as generated code that runs."""

from __future__ import annotations

import itertools
import linecache
import weakref
from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np

from . import passes
from .borrowed import Borrowed
from .comments import Comments
from .naming import Names
from .symbols import Step, Symbol
from .written import ATOM, Text, Writer

number = itertools.count(1)
#: Arrays up to this size are written out; longer ones are arguments of the program.
WRITTEN = 16
#: What a program says when a decision of the library would be another one.
MISMATCH = "these data take another way through the library than those of the trace"


class Program:
    """Steps from inputs to outputs, simplified, with the names that they have in the code."""

    def __init__(
        self,
        name: str,
        steps: list[Step],
        inputs: list[Symbol],
        outputs: Sequence[Any],
        writes: Sequence[tuple[Symbol, Any]],
        guards: list[tuple[Symbol, bool]],
        names: Names,
        comments: Comments | None = None,
    ) -> None:
        roots = [*outputs, *[x for _, x in writes], *[symbol for symbol, _ in guards]]
        wanted = [x for x in roots if isinstance(x, Symbol)]
        kept, new = passes.simplified(passes.live(steps, wanted))
        self.outputs = [new.get(x, x) if isinstance(x, Symbol) else x for x in outputs]
        #: Arrays from outside that are written into at the end, and what is written.
        self.writes = [(a, new.get(x, x) if isinstance(x, Symbol) else x) for a, x in writes]
        found = [(new.get(symbol, symbol), truth) for symbol, truth in guards]
        self.guards = [pair for pair in dict.fromkeys(found) if isinstance(pair[0], Symbol)]
        self.keep_what_is_written_over(kept)
        roots = [*self.outputs, *[x for _, x in self.writes], *[s for s, _ in self.guards]]
        wanted = [x for x in roots if isinstance(x, Symbol)]
        self.steps = passes.live(kept, wanted)
        used = {*wanted, *[a for a, _ in self.writes]}
        for step in self.steps:
            used.update(step.inputs)
        self.inputs = [symbol for symbol in inputs if symbol in used]
        self.comments = comments or Comments()
        self.names = names
        self.name = names.unique(name)
        # A symbol that others stood for takes the name of one of them.
        for old, twin in new.items():
            if isinstance(twin, Symbol) and twin.name is None:
                twin.name = old.name
        for target, x in self.writes:
            if isinstance(x, Symbol) and x.name is None:
                x.name = names.unique(f"new_{target.name}")
        self.constants: dict[str, Any] = {}
        #: Symbols that have a number for a name.
        self.numbered: set[Symbol] = set()
        self.arrays: dict[int, tuple[str, Any]] = {}
        self.written: dict[str, str] = {}
        #: Statements before the function.
        self.setup: list[str] = []
        self.borrowed = Borrowed(names)
        self.uses = self._uses()

    def keep_what_is_written_over(self, steps: list[Step]) -> None:
        """Copy what an array held at first, where a result or another array is to have it."""
        targets = {target for target, _ in self.writes}

        def kept(x: Any, own: Any = None) -> Any:
            root = x
            while isinstance(root, Symbol) and root.base is not None:
                root = root.base
            if not isinstance(root, Symbol) or root not in targets or x is own:
                return x
            step = Step("method", "copy", (x,), {})
            step.out = Symbol(x.number, np.empty(x.sample.shape, x.sample.dtype), step)
            step.outs.append(step.out)
            steps.append(step)
            return step.out

        self.outputs = [kept(x) for x in self.outputs]
        self.writes = [(target, kept(x, target)) for target, x in self.writes]

    def _uses(self) -> dict[Symbol, int]:
        """How often each symbol is used; a result or a guarded condition counts as many."""
        uses: dict[Symbol, int] = {}
        for step in self.steps:
            for symbol in step.inputs:
                uses[symbol] = uses.get(symbol, 0) + 1
        for x in [*self.outputs, *[x for _, x in self.writes]]:
            if isinstance(x, Symbol):
                uses[x] = uses.get(x, 0) + 2
        for symbol, _ in self.guards:
            uses[symbol] = uses.get(symbol, 0) + 2
        return uses

    def constant(self, array: Any) -> str:
        """The name of a constant: set up before the function if it is short, else an argument."""
        if id(array) in self.arrays:
            return self.arrays[id(array)][0]
        text = constant_text(array)
        if text is not None and text in self.written:
            return self.written[text]
        name = self.names.unique(f"constant{len(self.written) + len(self.constants) + 1}")
        # The array is kept, or another one might get its id.
        self.arrays[id(array)] = (name, array)
        if text is None:
            self.constants[name] = array
        else:
            self.written[text] = name
            self.setup.append(f"{name} = {text}")
        return name

    # -- the readable form

    def source(self) -> str:
        """The program as a module in plain NumPy."""
        return self.module(self.plain_body())

    def plain_body(self) -> list[str]:
        """One statement per named result; what is used once stands where it is used."""
        inline: dict[Symbol, Text] = {}
        texts: dict[Symbol, Text] = {}

        def name(symbol: Symbol) -> Text:
            if symbol in inline:
                return inline.pop(symbol)
            return texts.get(symbol) or Text(self.called(symbol), ATOM)

        writer = Writer(name, self.constant, self.borrowed.name)
        lines: list[str] = []
        guarded = dict(self.guards)
        for step in self.steps:
            expression = writer.step(step)
            if len(step.outs) == 1 and step.out is step.outs[0]:
                out = step.outs[0]
                once = self.uses.get(out) == 1 and (out.name is None or out in self.numbered)
                if once and len(expression.text) <= 48 and step.kind != "call":
                    inline[out] = expression
                    continue
                target = self.called(out)
            else:
                target = ", ".join(self.called(out) for out in step.outs)
                target += "," if len(step.outs) == 1 else ""
            lines += self.comments.before(step)
            lines.append(self.comments.beside(f"{target} = {expression.text}", step))
            for out in step.outs:
                if out in guarded:
                    lines += self.guard(out, guarded[out])
        for written, x in self.writes:
            text = Text(self.called(x), ATOM) if isinstance(x, Symbol) else writer.operand(x)
            lines.append(f"{self.called(written)}[...] = {text.text}")
        return [*lines, self.returned()]

    def called(self, symbol: Symbol) -> str:
        """The name of a symbol; one that has none gets a number."""
        if symbol.name is None:
            symbol.name = self.names.unique(f"t{symbol.number}")
            self.numbered.add(symbol)
        return symbol.name

    def guard(self, symbol: Symbol, truth: bool) -> list[str]:
        """The check that a decision of the library still holds."""
        sign = "not " if truth else ""
        return [
            f"if {sign}{self.called(symbol)}:",
            f"    raise ValueError({MISMATCH!r})",
        ]

    def returned(self, copied: Collection[int] = ()) -> str:
        """The return statement, with every result; those in ``copied`` as copies."""
        writer = Writer(lambda s: Text(self.called(s), ATOM), self.constant, self.borrowed.name)
        results = [writer.operand(x).text for x in self.outputs]
        results = [f"{x}.copy()" if k in copied else x for k, x in enumerate(results)]
        return f"return ({', '.join(results)}{',' if len(results) == 1 else ''})"

    def module(self, body: list[str], setup: Sequence[str] = ()) -> str:
        """The module's text around the body of its function."""
        arguments = [*[self.called(symbol) for symbol in self.inputs], *self.constants]
        head = [f'"""{self.comments.title(self)}"""', "", "import numpy as np"]
        head += sorted(self.borrowed.imports - {"import numpy as np"})
        for text in self.borrowed.texts:
            head += ["", "", text]
        if "replaced(" in "\n".join(body):
            head += ["", "", REPLACED]
        if self.setup or setup:
            head += ["", "", *self.setup, *setup]
        signature = f"def {self.name}({', '.join(arguments)}):"
        described = [f'    """{line}' for line in ["Results: " + self.comments.results(self)]]
        described[-1] += '"""'
        return "\n".join([*head, "", "", signature, *described, *["    " + x for x in body], ""])

    def compiled(self, text: str) -> Callable[..., Any]:
        """The program as a function of its inputs."""
        run = self.running = self.function(text)
        constants = list(self.constants.values())
        if not constants:
            return run
        return lambda *arrays: run(*arrays, *constants)

    def forget_samples(self) -> None:
        """Let go of the arrays of the trace; of large ones only form and layout are kept."""
        for step in self.steps:
            for symbol in (*step.outs, *step.inputs):
                symbol.let_go()

    def function(self, text: str) -> Callable[..., Any]:
        """The function of a module's text; a debugger finds its lines."""
        filename = f"<compiled {self.name} {next(number)}>"
        linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
        namespace: dict[str, Any] = dict(self.borrowed.objects)
        exec(compile(text, filename, "exec"), namespace)
        function: Callable[..., Any] = namespace[self.name]
        weakref.finalize(function, linecache.cache.pop, filename, None).atexit = False
        return function


REPLACED = '''def replaced(array, index, values):
    """A copy of the array with these values at the index."""
    array = array.copy()
    array[index] = values
    return array'''


def constant_text(array: Any) -> str | None:
    """A constant array as it is written out; None if it is long or lies in memory oddly."""
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiub":
        return None
    kind = f"np.{array.dtype.name}"
    if array.ndim == 0:
        return f"np.array({number_text(array[()])}, {kind})"
    if array.size and not any(array.strides) and array.ndim:
        return f"np.broadcast_to({kind}({number_text(array.flat[0])}), {array.shape})"
    if not array.flags.c_contiguous:
        return None
    if array.size and np.all(array == array.flat[0]) and not np.any(np.signbit(array)):
        return f"np.full({array.shape}, {number_text(array.flat[0])}, {kind})"
    if array.size > WRITTEN:
        return None
    inside = repr([number_text(x) for x in array.flat]).replace("'", "")
    return f"np.array({inside}, {kind}).reshape{array.shape}"


def number_text(x: Any) -> str:
    """A number with all its digits."""
    return repr(x.item()).replace("nan", "np.nan").replace("inf", "np.inf")
