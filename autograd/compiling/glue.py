"""The way in and out of a program, written out per program: one fetch per input, no loops.

What a call does around its NumPy calls takes as long as a dozen of them where it loops over
tables; as straight code it takes a third.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..node import note_overwrites

#: Where an input of the program comes from.
ARGUMENT, LEAF, WRITTEN, GRADIENT, STATE, DRAWN = range(6)


class Glue:
    """Writes the function that fetches inputs, and the one that stores what a call changed."""

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {"note_overwrites": note_overwrites}

    def bound(self, thing: Any) -> str:
        """The name of a Value: a global of the glue, or the place among the arguments."""
        if type(thing) is int:
            return f"leaves[{thing}]"
        name = f"g{id(thing)}"
        self.namespace[name] = thing
        return name

    def function(self, name: str, lines: list[str]) -> Callable[..., Any]:
        """The function of that text."""
        text = "\n    ".join([f"def {name}:", *lines])
        exec(compile(text, "<glue of a compiled function>", "exec"), self.namespace)
        made: Callable[..., Any] = self.namespace[name.split("(")[0]]
        return made

    def fits(
        self,
        flags: list[tuple[Any, bool]],
        none: list[tuple[Any, bool]],
        pairs: list[tuple[int, int]],
        apart: list[int],
    ) -> Any:
        """The function that tells whether Values, and arguments, are as when they were traced.

        ``pairs`` are places among the arguments that held one and the same Value, ``apart`` those
        that held different ones.
        """
        tests = []
        for node, needed in flags:
            tests.append(f"{'' if needed else 'not '}{self.bound(node)}.requires_grad")
        for node, is_none in none:
            tests.append(f"{self.bound(node)}._grad is {'' if is_none else 'not '}None")
        for a, b in pairs:
            tests.append(f"leaves[{a}] is leaves[{b}]")
        if len(apart) > 1:
            held = ", ".join([f"id(leaves[{k}])" for k in apart])
            tests.append(f"len({{{held}}}) == {len(apart)}")
        return self.function("fits(leaves)", [f"return {' and '.join(tests) or True}"])

    def inputs(self, sources: list[tuple[int, Any, Any]]) -> Any:
        """The function from the arguments to the list of arrays that the program takes."""
        lines, parts = [], []
        for k, (kind, source, key) in enumerate(sources):
            if kind == ARGUMENT:
                parts.append(f"leaves[{source}]")
            elif kind == LEAF:
                parts.append(f"{self.bound(source)}._array")
            elif kind == WRITTEN:
                lines += [f"x{k} = {self.bound(source)}._array"]
                lines += [f"if x{k}.base is not None:", f"    x{k} = {self.bound(source)}.data"]
                parts.append(f"x{k}")
            elif kind == GRADIENT:
                parts.append(f"{self.bound(source)}.grad")
            elif kind == STATE:
                self.namespace[f"key{k}"] = key
                parts.append(f"{self.bound(source)}[key{k}]")
            else:
                drawn = f"{self.bound(source)}()"
                parts.append(f"{drawn} if drawn is None or {key} not in drawn else drawn[{key}]")
        return self.function("inputs(leaves, drawn=None)", [*lines, f"return [{', '.join(parts)}]"])

    def changes(
        self, data: list[tuple[Any, int, int]], grads: list[tuple[Any, int]], effects: list[Any]
    ) -> Any:
        """The function that stores new data and gradients in Values from outside; None if none."""
        lines = []
        for where, place, _ in data:
            if place >= 0:
                lines.append(f"{self.bound(where)}._array = outputs[{place}]")
        often = max([times for _, _, times in data], default=0)
        for k in range(often):
            nodes = [self.bound(where) for where, _, times in data if times > k]
            lines.append(f"note_overwrites(({', '.join(nodes)},))")
        for where, place in grads:
            new = f"outputs[{place}]" if place >= 0 else "None"
            lines.append(f"{self.bound(where)}._grad = {new}")
        lines += [f"{self.bound(effect)}()" for effect in effects]
        return self.function("changes(outputs, leaves)", lines) if lines else None
