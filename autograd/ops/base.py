"""The form of an op: one block that holds everything the project knows about it."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np

#: Every op by name, in order of definition. Methods, NumPy dispatch, gradient
#: checks, diagrams and the docs read this table; nothing else lists the ops.
OPS: dict[str, type[Op]] = {}


class Sample(NamedTuple):
    """One set of inputs (and settings) at which the tests try an op."""

    inputs: tuple[Any, ...]
    settings: dict[str, Any] = {}  # noqa: RUF012 (a NamedTuple default; never written to)


class ErrorSample(NamedTuple):
    """One wrong call: what it raises, and a pattern that the message must match."""

    inputs: tuple[Any, ...]
    settings: dict[str, Any]
    error: type[Exception]
    message: str


class Op:
    """One operation: its forward rule, one derivative rule per input, and how it is written.

    A subclass is the block of one op. It is never instantiated:

    - ``forward(a, b, …, *, setting=…)`` computes the result from NumPy data;
    - ``wrt_a(delta, out, a, b, …, *, setting=…)`` is what the edge from ``a`` passes
      back: the upstream ``delta`` = ∂J/∂out times the local derivative ∂out/∂a. Written in
      NumPy; given Values instead of arrays it is recorded like any other computation.
      An input without a ``wrt_`` rule is not differentiable.
    - ``symbol`` is the short sign in a diagram, ``pattern`` the written form
      (``"{a} + {b}"``), ``precedence`` how tightly that form binds (9: never needs
      brackets), ``numpy`` the NumPy callables it stands in for;
    - ``samples()`` gives the points where the tests check the rules.

    Rules never undo broadcasting: the sweep does that, in one place.
    """

    name: ClassVar[str]
    symbol: ClassVar[str] = ""
    pattern: ClassVar[str] = ""
    precedence: ClassVar[int] = 9
    numpy: ClassVar[tuple[Callable[..., Any], ...]] = ()
    #: True where each output element depends on the input elements at its own place only.
    elementwise: ClassVar[bool] = False
    #: True where ``forward`` takes any number of inputs (``forward(*inputs, …)``); such an
    #: op has the single rule ``wrt_input(delta, out, *inputs, index, …)``, or, where that makes
    #: work for n inputs grow with n², ``wrt_inputs(delta, out, *inputs, …)``: a list for all.
    variadic: ClassVar[bool] = False
    wrt_inputs: ClassVar[Callable[..., Any] | None] = None
    forward: ClassVar[Callable[..., Any]]
    #: Names of the inputs, in order, and the rule of each (None: not differentiable).
    input_names: ClassVar[tuple[str, ...]] = ()
    rules: ClassVar[Any] = ()

    def __init_subclass__(cls, abstract: bool = False) -> None:
        if abstract:
            return
        cls.name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()
        if not cls.symbol:
            cls.symbol = cls.name
        names = []
        for parameter in inspect.signature(cls.forward).parameters.values():
            if parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
                names.append(parameter.name)
        cls.input_names = ("input",) if cls.variadic else tuple(names)
        cls.rules = tuple(getattr(cls, f"wrt_{name}", None) for name in names)
        if cls.variadic:
            cls.rules = RuleOfEach(cls)
        if not cls.pattern:
            cls.pattern = f"{cls.name}({', '.join('{' + name + '}' for name in names)})"
        OPS[cls.name] = cls

    @classmethod
    def bind(
        cls, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Inputs and settings for the call ``function(*args, **kwargs)`` of a NumPy function.

        Arguments that ``forward`` does not know must keep NumPy's default.
        """
        bound = _signature(function).bind(*args, **kwargs).arguments
        names = list(_signature(function).parameters)
        known = _settings(cls.forward)
        count = 1 if cls.variadic else len(cls.input_names)
        inputs, settings = [], {}
        for name in names[:count]:
            inputs.append(bound.pop(name))
        for name, given in bound.items():
            if name in known:
                settings[name] = given
            elif given is not _signature(function).parameters[name].default:
                raise TypeError(
                    f"np.{function.__name__} on Values got {name}={given!r}; expected only "
                    f"{', '.join(known) or 'its inputs'}."
                )
        return tuple(inputs[0] if cls.variadic else inputs), settings

    #: True where ``forward`` also takes complex arrays and is an analytic function of them:
    #: then the tests check the rules by the complex step, to the last digits.
    analytic: ClassVar[bool] = False

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        """Points at which the tests check the rules: at least 30, none at a kink or a tie."""
        return ()

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        """Wrong calls and what they get: here wrong types; an op adds wrong shapes and settings."""
        first, *rest = cls.samples()[0].inputs
        del first
        settings = cls.samples()[0].settings
        wrong: list[tuple[Any, type[Exception], str]] = [
            ("text", TypeError, "of type str; expected real numbers"),
            (1j, TypeError, "of type complex; expected real numbers"),
            (None, TypeError, "of type NoneType; expected real numbers"),
            (np.array([object()]), TypeError, "dtype object; expected real numbers"),
            ([[1.0], [2.0, 3.0]], ValueError, "ragged nested lists"),
        ]
        return [
            ErrorSample((x, *rest), settings, error, f"{cls.name}.* got .*{message}")
            for x, error, message in wrong
        ]


class RuleOfEach:
    """Rules of a variadic op: ``rules[k]`` is its rule for input k alone."""

    def __init__(self, op: type[Op]) -> None:
        self.op = op

    def __getitem__(self, index: int) -> Callable[..., Any]:
        if self.op.wrt_inputs is not None:
            return OneOfAll(self.op.wrt_inputs, index)
        return functools.partial(self.op.wrt_input, index=index)  # type: ignore[attr-defined]


class OneOfAll:
    """The rule of one input, where ``func`` is a rule of all at once."""

    def __init__(self, func: Callable[..., Any], index: int) -> None:
        self.func, self.index = func, index

    def __call__(self, delta: Any, out: Any, *inputs: Any, **settings: Any) -> Any:
        return self.func(delta, out, *inputs, **settings)[self.index]


@functools.cache
def _signature(function: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(function)


@functools.cache
def _settings(forward: Callable[..., Any]) -> tuple[str, ...]:
    parameters = inspect.signature(forward).parameters.values()
    return tuple(p.name for p in parameters if p.kind is p.KEYWORD_ONLY)


class Unary(Op, abstract=True):
    """An elementwise op of one input, ``y = f(a)``; ``domain`` is where its samples lie.

    ``kinks`` are points at which it has no derivative: samples keep away from them.
    """

    elementwise = True
    domain: ClassVar[tuple[float, float]] = (-3.0, 3.0)
    kinks: ClassVar[tuple[float, ...]] = ()

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        return [Sample((avoid(a, cls.kinks),)) for a in many(cls.domain)]


class Binary(Op, abstract=True):
    """An elementwise op of two inputs that broadcast, ``y = f(a, b)``."""

    elementwise = True
    domain: ClassVar[tuple[float, float]] = (-3.0, 3.0)
    domain_b: ClassVar[tuple[float, float] | None] = None

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        rng = np.random.default_rng(7)
        domain_b = cls.domain_b or cls.domain
        alike = [
            Sample(pair) for pair in zip(many(cls.domain), many(domain_b, seed=100), strict=True)
        ]
        return alike + [
            Sample((draw(rng, cls.domain, a), draw(rng, domain_b, b))) for a, b in BROADCASTS
        ]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        a, b = np.ones((2, 3)), np.ones((2, 4))
        message = (
            rf"{cls.name} got .*shape \(2, 3\).*shape \(2, 4\).*expected shapes that broadcast"
        )
        return [*super().error_samples(), ErrorSample((a, b), {}, ValueError, message)]


#: Pairs of shapes that broadcast, in every direction.
BROADCASTS: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
    ((), (3,)), ((3,), ()), ((2, 3), ()), ((), (2, 3)), ((2, 3), (3,)), ((3,), (2, 3)),
    ((2, 3), (2, 1)), ((2, 1), (2, 3)), ((2, 3), (1, 3)), ((1, 3), (2, 3)), ((2, 1), (1, 3)),
    ((1, 1), (2, 3)), ((1,), (3,)), ((3,), (1,)), ((4, 2, 3), (2, 3)), ((3,), (4, 2, 3)),
    ((4, 1, 3), (2, 1)), ((4, 2, 1), (1, 3)), ((0, 3), (3,)), ((0, 3), (1, 3)), ((1,), (0,)),
]  # fmt: skip


def draw(rng: np.random.Generator, domain: tuple[float, float], shape: tuple[int, ...]) -> Any:
    """Numbers of ``domain``, uniformly, as a scalar or an array of ``shape``."""
    return np.asarray(rng.uniform(*domain, size=shape))[()]


def spread(domain: tuple[float, float], seed: int = 0) -> list[Any]:
    """Sample arrays inside ``domain``: scalar, vectors, matrices, one of size 1, one empty.

    Their shapes are ``(), (1,), (3,), (2, 3), (2, 1), (4, 2, 3)`` and ``(0, 3)``.
    """
    rng = np.random.default_rng(seed)
    shapes: list[tuple[int, ...]] = [(), (1,), (3,), (2, 3), (2, 1), (4, 2, 3), (0, 3)]
    return [draw(rng, domain, shape) for shape in shapes]


def many(domain: tuple[float, float], seed: int = 0) -> list[Any]:
    """Thirty sample arrays inside ``domain``: four draws of `spread`, and odd strides."""
    arrays = []
    for k in range(4):
        arrays += spread(domain, seed + k)
    rng = np.random.default_rng(seed + 50)
    wide = draw(rng, domain, (4, 6))
    return [*arrays, wide[::-1, ::2], np.asfortranarray(wide)]


def avoid(a: Any, kinks: tuple[float, ...], margin: float = 0.05) -> Any:
    """``a`` with elements that lie near a kink moved away from it."""
    for kink in kinks:
        near = np.absolute(a - kink) < margin
        a = np.where(near, kink + np.where(a < kink, -2, 2) * margin, a)
    return a[()]


def apply(op: type[Op], *inputs: Any, **settings: Any) -> Any:
    """Result of ``op``: plain on arrays, recorded where an input records (a Value does).

    This is how a rule uses another op, so that the rule can itself be differentiated.
    """
    for x in inputs:
        if hasattr(x, "__record__"):
            return x.__record__(op, inputs, settings)
    return op.forward(*inputs, **settings)


def bare(x: Any) -> Any:
    """The numbers of ``x`` alone: for what a rule decides but does not differentiate."""
    return x.data if hasattr(x, "__record__") else x


def numpy_table() -> Iterator[tuple[Callable[..., Any], type[Op]]]:
    """Pairs of NumPy callable and the op that stands in for it."""
    for op in OPS.values():
        for function in op.numpy:
            yield function, op
