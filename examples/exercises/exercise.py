"""Exercise: what one file of the curriculum says, as plain data."""

from __future__ import annotations

import copy
import hashlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

#: Longest text of one argument in the text of a probe, and where the whole is too long.
WIDEST, NARROW, WHOLE = 72, 36, 180


#: Picks one of several things: by chance, or as it was picked before.
Pick = Callable[[Sequence[Any]], Any]


class Called(NamedTuple):
    """What a call returned, and the names of the arguments that it changed in place."""

    value: Any
    changed: tuple[str, ...]


@dataclass(frozen=True)
class Probe:
    """One question put to a learner's code.

    ``run(names)`` gets the names that the learner's file defines and returns numbers, arrays,
    texts, or lists and dicts of these. ``text`` says to a learner what was tried. ``numeric()``
    is the same answer by finite differences, where there is one.
    """

    text: str
    run: Callable[[Any], Any]
    numeric: Callable[[], Any] | None = None


@dataclass(frozen=True)
class Milestone:
    """A number that a whole training has to reach; asked after the probes, never diagnosed."""

    text: str
    run: Callable[[Any], Any]
    at_least: float | None = None
    at_most: float | None = None

    def reached(self, value: Any) -> bool:
        """True for a number within the bounds."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        above = self.at_least is None or value >= self.at_least
        return above and (self.at_most is None or value <= self.at_most)

    @property
    def wanted(self) -> str:
        """The bounds in words."""
        low = "" if self.at_least is None else f"at least {self.at_least:g}"
        return low or f"at most {self.at_most:g}"


def no_milestones() -> list[Milestone]:
    """None."""
    return []


@dataclass(frozen=True)
class Exercise:
    """One exercise. ``reference(given, **switches)`` returns what the learner is to write.

    ``given`` holds what earlier exercises teach; each switch of the reference is a typical
    mistake, named in ``mistakes`` by the words a learner reads. ``ambiguous`` lists the pairs of
    codes, joined by "+", that no probe tells apart. ``stub`` is the code a learner starts from,
    ``names`` what it must define, ``uses`` what the probes need of earlier exercises, ``parts``
    how the items of a returned tuple are called. What an exercise of ``methods`` defines is put
    behind Value's operators and is not given to later ones by name. ``diverges(names)`` drives a
    learner's engine and tells its first wrong contribution, or "". ``random(pick)`` makes a probe
    of a random input. ``graph(names)`` builds the labelled graph that ``diverges`` drives; with
    autograd's Value it is the run that is stepped through.
    """

    id: int
    slug: str
    title: str
    task: str
    formula: str
    hints: tuple[str, str, str]
    stub: str
    names: tuple[str, ...]
    reference: Callable[..., tuple[Any, ...]]
    mistakes: Mapping[str, str]
    probes: Callable[[], list[Probe]]
    milestones: Callable[[], list[Milestone]] = no_milestones
    uses: tuple[str, ...] = ()
    methods: bool = False
    diverges: Callable[[Any], str] | None = None
    random: Callable[[Pick], Probe] | None = None
    graph: Callable[[Any], Any] | None = None
    parts: tuple[str, ...] = ()
    after: str = ""
    ambiguous: tuple[str, ...] = ()
    tolerance: float = 1e-6
    seconds: float = 10.0

    @property
    def file_name(self) -> str:
        """The learner's file: ``ex13_neuron_gradient.py``."""
        return f"ex{self.id:02d}_{self.slug}.py"

    def solve(self, given: Any, *codes: str) -> SimpleNamespace:
        """The names that the reference defines, with the mistakes ``codes`` switched on."""
        made = self.reference(given, **dict.fromkeys(codes, True))
        names = {name: getattr(given, name) for name in self.uses}
        return SimpleNamespace(**names, **{thing.__name__: thing for thing in made})

    def questions(self) -> list[Probe | Milestone]:
        """Everything that is asked of a learner's code, in order."""
        return [*self.probes(), *self.milestones()]

    def stub_text(self) -> str:
        """The file that a learner starts from; its first line tells an untouched one."""
        body = f'"""Exercise {self.id}: {self.title}.\n\n{self.task.strip()}\n\n'
        formula = "\n".join(f"    {line}" for line in self.formula.strip().splitlines())
        body += f'{formula}\n"""\n\n{self.stub.strip()}\n'
        return f"{MARK} {self.id}, stub {digest(body)}\n{body}"


#: How the first line of a stub begins.
MARK = "# glassgrad exercise"


def digest(text: str) -> str:
    """Eight hexadecimal digits that stand for a text, whatever its line ends."""
    plain = "\n".join(text.splitlines()).strip()
    return hashlib.sha256(plain.encode("utf-8")).hexdigest()[:8]


def untouched(text: str) -> bool:
    """True for a stub in which nothing was written yet."""
    first, _, body = text.partition("\n")
    return first.startswith(MARK) and first.rstrip().endswith(f"stub {digest(body)}")


def stub_of(text: str) -> str | None:
    """The digest of the stub that a learner's file was begun from, where its mark still stands."""
    first = text.partition("\n")[0].rstrip()
    return first.rpartition("stub ")[2] if first.startswith(MARK) and "stub " in first else None


def switches(reference: Callable[..., Any]) -> list[str]:
    """The names of a reference's switches."""
    parameters = inspect.signature(reference).parameters.values()
    return [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]


def call(name: str, numeric: Callable[[], Any] | None = None, **arguments: Any) -> Probe:
    """The probe that calls the learner's function ``name`` and looks after its arguments."""

    def shown(width: int) -> str:
        texts = [f"{key}={argument_text(value, width)}" for key, value in arguments.items()]
        return f"{name}({', '.join(texts)})"

    text = shown(WIDEST) if len(shown(WIDEST)) <= WHOLE else shown(NARROW)

    def run(names: Any) -> Called:
        copies = copy.deepcopy(arguments)
        value = getattr(names, name)(*copies.values())
        changed = [key for key in arguments if not same(arguments[key], copies[key])]
        return Called(value, tuple(changed))

    return Probe(text, run, numeric)


def same(one: Any, other: Any) -> bool:
    """Equality of arguments, arrays and lists of arrays included."""
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and np.array_equal(one, other, equal_nan=True)
    if isinstance(one, list | tuple):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(same(a, b) for a, b in pairs)
    return one is other or bool(one == other)


def argument_text(value: Any, width: int = WIDEST) -> str:
    """An argument as a learner would write it, in four digits, and not too long."""
    if callable(value):
        return str(getattr(value, "__name__", "f"))
    if isinstance(value, np.ndarray):
        text = np.array2string(value, precision=4, separator=", ", threshold=24, edgeitems=2)
        text = " ".join(text.split())
    elif isinstance(value, list | tuple):
        inner = ", ".join(argument_text(item, width) for item in value)
        inner += "," * (isinstance(value, tuple) and len(value) == 1)
        text = f"[{inner}]" if isinstance(value, list) else f"({inner})"
    elif isinstance(value, float | np.floating):
        text = f"{float(value):.4g}"
    else:
        text = repr(value)
    return text if len(text) <= width else f"{text[: width - 1]}…"


def lettered(items: Sequence[Any]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    texts = [str(item) for item in items]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
