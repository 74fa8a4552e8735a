"""Mutation check: each derivative rule broken in a handful of ways; does a check notice?

``python tests/mutation/mutants.py`` prints the table. A mutant is one change to the syntax tree
of one rule, or of one function that rules call, put in the place of the original while the
checks run: first derivatives at the samples of every op that uses it, then second ones.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import inspect
import io
import sys
import textwrap
import types
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd as ag
from autograd import backprop
from autograd.jacobian_check import GradientError, differences
from autograd.ops import OPS, apply

ROOT = str(Path(__file__).resolve().parents[2])
TESTS = Path(__file__).resolve().parents[1] / "autograd"

#: Functions that hand on shape and memory; their mutants are those of the sweep below.
NOT_MUTATED = {"apply", "bare"}


class Mutant(NamedTuple):
    """One change: to which function, what was and what is written there, and the new code."""

    function: types.FunctionType
    line: int
    before: str
    after: str
    code: types.CodeType

    @property
    def text(self) -> str:
        """The change in words, without the place: lines move."""
        return f"{self.function.__qualname__}: {self.before} -> {self.after}"


# How a rule is broken


def other_forms(node: ast.AST) -> Iterator[ast.expr]:
    """What the expression ``node`` may be mistaken for."""
    if isinstance(node, ast.BinOp):
        yield from other_operations(node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield ast.Constant(node.value + 1)
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    elif isinstance(node, ast.Call):
        yield from other_calls(node)


def other_operations(node: ast.BinOp) -> Iterator[ast.expr]:
    """A factor or term dropped, + for -, * for /, one power more, factors swapped in ``@``."""
    swapped = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
    kind = type(node.op)
    if kind in (ast.BitAnd, ast.BitOr, ast.Mod, ast.FloorDiv):
        return
    yield node.left
    if kind in (ast.Mult, ast.Add, ast.Sub, ast.MatMult):
        yield node.right
    if kind in swapped:
        yield ast.BinOp(node.left, swapped[kind](), node.right)
    if kind is ast.Pow:
        yield ast.BinOp(node.left, ast.Pow(), ast.BinOp(node.right, ast.Add(), ast.Constant(1)))
    if kind is ast.MatMult:
        yield ast.BinOp(node.right, ast.MatMult(), node.left)


def other_calls(node: ast.Call) -> Iterator[ast.expr]:
    """A function of one array, a transpose or a method left out; the branches of a where."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    module = isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)
    numpy = module and node.func.value.id == "np"  # type: ignore[attr-defined]
    if numpy and name == "where":
        condition, chosen, other = node.args
        yield ast.Call(node.func, [condition, other, chosen], node.keywords)
    elif isinstance(node.func, ast.Name) and node.func.id == "transpose_last":
        yield node.args[0]
    elif numpy and name in RENAMED:
        renamed = ast.Attribute(ast.Name("np", ast.Load()), RENAMED[name], ast.Load())
        yield ast.Call(renamed, node.args, node.keywords)
    elif not numpy and name in ("swapaxes", "transpose", "sum", "mean"):
        yield node.func.value  # type: ignore[attr-defined]


#: NumPy functions and what they are taken for.
RENAMED = {
    "sin": "cos", "cos": "sin", "sinh": "cosh", "cosh": "sinh", "tanh": "sinh", "exp": "expm1",
    "log": "log2", "sqrt": "square", "square": "absolute", "sum": "mean", "maximum": "minimum",
    "minimum": "maximum", "cumsum": "cumprod", "sign": "absolute",
}  # fmt: skip


def mutants_of(function: types.FunctionType) -> Iterator[Mutant]:
    """All mutants of a function, one change each."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.decorator_list = []
    for path, node in expressions(definition.body):
        for other in other_forms(node):
            yield compiled(function, tree, path, node, other)
        if isinstance(path[-1], str) and path[-1] == "return":
            negative = ast.UnaryOp(ast.USub(), node)
            doubled = ast.BinOp(ast.Constant(2), ast.Mult(), node)
            if not isinstance(node, ast.Constant | ast.Tuple | ast.List):
                yield compiled(function, tree, path, node, negative)
                yield compiled(function, tree, path, node, doubled)


def expressions(body: list[ast.stmt]) -> Iterator[tuple[list[Any], ast.expr]]:
    """Expressions of statements that compute numbers, with the way to each from the function.

    Settings (keywords), indices and conditions are left alone.
    """

    def below(node: ast.AST, path: list[Any]) -> Iterator[tuple[list[Any], ast.expr]]:
        if isinstance(node, ast.expr):
            yield path, node
        for field, child in ast.iter_fields(node):
            if field in ("slice", "keywords", "test", "exc", "target", "targets", "iter", "msg"):
                continue
            if isinstance(node, ast.Compare):
                continue
            children = child if isinstance(child, list) else [child]
            for k, part in enumerate(children):
                if isinstance(part, ast.AST):
                    place = [field, k] if isinstance(child, list) else [field]
                    returned = isinstance(node, ast.Return)
                    yield from below(part, [*path, *place, *(["return"] if returned else [])])

    for k, statement in enumerate(body):
        if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            yield from below(statement, ["body", k])


def compiled(function: Any, tree: ast.Module, path: list[Any], node: Any, other: Any) -> Mutant:
    """The mutant in which ``other`` stands at the end of ``path`` instead of ``node``."""
    changed = copy.deepcopy(tree)
    at: Any = changed.body[0]
    *way, last = [step for step in path if step != "return"]
    for step in way:
        at = at[step] if isinstance(step, int) else getattr(at, step)
    other = copy.deepcopy(other)
    if isinstance(last, int):
        at[last] = other
    else:
        setattr(at, last, other)
    ast.fix_missing_locations(changed)
    code = function.__code__
    scope: dict[str, Any] = {}
    # Annotations are not wanted, names are looked up where the function lives.
    exec(
        compile(changed, code.co_filename, "exec", flags=FUTURE), dict(function.__globals__), scope
    )
    line = code.co_firstlineno + getattr(node, "lineno", 1)
    new = scope[function.__name__].__code__.replace(co_qualname=code.co_qualname)
    return Mutant(function, line, ast.unparse(node), ast.unparse(other), new)


FUTURE = __import__("__future__").annotations.compiler_flag


@contextmanager
def in_place(mutant: Mutant) -> Iterator[None]:
    """The function computes by the mutant's code, wherever it is known."""
    before = mutant.function.__code__
    mutant.function.__code__ = mutant.code
    forget_results()
    try:
        yield
    finally:
        mutant.function.__code__ = before
        forget_results()


def forget_results() -> None:
    """Empty the caches of functions that rules call."""
    for module in rule_modules():
        for thing in vars(module).values():
            if hasattr(thing, "cache_clear"):
                thing.cache_clear()


# Which functions there are


def rule_modules() -> list[types.ModuleType]:
    names = sorted(name for name in sys.modules if name.startswith("autograd.ops."))
    return [sys.modules[name] for name in names if name != "autograd.ops.base"]


def rules_of(op: Any) -> list[types.FunctionType]:
    """The different rules of an op."""
    rules = [op.wrt_inputs or op.wrt_input] if op.variadic else op.rules
    return list(dict.fromkeys(rule for rule in rules if rule is not None))


def called(function: types.FunctionType) -> list[types.FunctionType]:
    """Functions of the rules' modules that ``function`` calls, and those that these call."""
    found: list[types.FunctionType] = []
    names = {module.__name__ for module in rule_modules()}
    waiting = [function]
    while waiting:
        for name in waiting.pop().__code__.co_names:
            thing = inspect.unwrap(function.__globals__.get(name) or int)
            ours = inspect.isfunction(thing) and thing.__module__ in names
            if ours and thing.__name__ not in NOT_MUTATED and thing not in found:
                found.append(thing)
                waiting.append(thing)
    return found


def functions_and_ops() -> dict[types.FunctionType, list[Any]]:
    """Each rule, and each function that rules call, with the ops whose derivatives it decides."""
    table: dict[types.FunctionType, list[Any]] = {}
    for op in OPS.values():
        if not op.__module__.startswith("autograd.ops."):
            continue
        for rule in rules_of(op):
            for function in [rule, *called(rule)]:
                users = table.setdefault(function, [])
                if op not in users:
                    users.append(op)
    return table


# What notices


class Case(NamedTuple):
    """One edge at one sample: the upstream gradient and what the edge must pass back."""

    op: Any
    inputs: tuple[Any, ...]
    settings: dict[str, Any]
    index: int
    delta: Any
    expected: Any


def differentiable(op: Any, inputs: tuple[Any, ...]) -> list[int]:
    found = []
    for index, x in enumerate(inputs):
        plain = type(x) is int or (type(x) is float and index > 0)
        if not plain and (op.variadic or op.rules[index] is not None):
            found.append(index)
    return found


def cases_of(op: Any) -> list[Case]:
    """All edges at all samples, with δ · ∂out/∂input by central differences."""
    rng = np.random.default_rng(29)
    cases = []
    for inputs, settings in op.samples():
        out = op.forward(*inputs, **settings)
        delta = np.asarray(rng.uniform(0.5, 1.5, np.shape(out)))[()]
        for index in differentiable(op, inputs):
            shape = np.shape(inputs[index])

            def at(flat, inputs=inputs, settings=settings, index=index, shape=shape, delta=delta):
                moved = (*inputs[:index], flat.reshape(shape)[()], *inputs[index + 1 :])
                return np.ravel(np.sum(delta * op.forward(*moved, **settings)))

            numeric = differences(at, np.ravel(inputs[index]).astype(float), 2e-4)
            cases.append(Case(op, inputs, settings, index, delta, numeric.reshape(shape)))
    return cases


def agrees(case: Case) -> bool:
    """Does the rule of this edge pass back what central differences give?"""
    op, inputs, index = case.op, case.inputs, case.index
    x = np.asarray(inputs[index], np.float64)[()]
    out = op.forward(*inputs, **case.settings)
    passed = op.rules[index](case.delta, out, *inputs, **case.settings)
    passed = backprop.fit(np.asarray(passed)[()], x)
    if np.shape(passed) != np.shape(x):
        return False
    return np.allclose(passed, case.expected, rtol=1e-6, atol=1e-7)


def first_order(op: Any, known: dict[str, list[Case]]) -> bool:
    """Do all edges of an op agree at all samples?"""
    if op.name not in known:
        known[op.name] = cases_of(op)
    return all(agrees(case) for case in known[op.name])


def second_order(op: Any, count: int = 6) -> bool:
    """Do second derivatives agree with differences of the first?"""
    samples = [s for s in op.samples() if all(0 < np.size(x) < 9 for x in s.inputs)]
    samples = [s for s in samples if all(np.all(np.abs(x) < 100) for x in s.inputs)]
    for inputs, settings in samples[:: max(1, len(samples) // count)]:
        places = differentiable(op, inputs)

        def f(*moved, inputs=inputs, settings=settings, places=places):
            values = list(inputs)
            for place, value in zip(places, moved, strict=True):
                values[place] = value
            return apply(op, *values, **settings)

        ag.gradgradcheck(f, *[np.asarray(inputs[k])[()] for k in places])
    return True


def killed(mutant: Mutant, ops: list[Any], known: dict[str, list[Case]]) -> bool:
    """Does a check fail while the mutant is in place?"""
    for op in ops:
        first_order(op, known)  # fills ``known`` by the sound rule's forward
    with in_place(mutant), np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            for op in ops:
                if not first_order(op, known):
                    return True
            if not all(second_order(op) for op in ops):
                return True
        except (GradientError, ArithmeticError, ValueError, TypeError, LookupError,
                AttributeError, AssertionError, RuntimeError):  # fmt: skip
            return True
    with in_place(mutant):
        return points_notice()


def points_notice() -> bool:
    """Does a test of special points fail (kinks, ties, zeros, infinities)?

    Samples keep away from those, so that only these tests can tell.
    """
    files = sorted(str(path) for path in TESTS.glob("test_*points.py"))
    silent = io.StringIO()
    with contextlib.redirect_stdout(silent), contextlib.redirect_stderr(silent):
        # In this process, where the mutant is: the project's options would start others.
        options = ["-x", "-q", "-p", "no:cacheprovider", "-o", "addopts=--import-mode=importlib"]
        code = pytest.main([*options, "--rootdir", ROOT, *files])
    assert code in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED), silent.getvalue()
    return code == pytest.ExitCode.TESTS_FAILED


# What computes the same


OF_MATRICES = {"inverses", "decompositions", "factors"}

#: What elements are replaced by where a mutant is said to compute the same.
SPECIAL = [0.0, -0.0, 1.0, -1.0, 1e20, -1e20, np.inf, -np.inf, np.nan, 2.5, -2.0, 0.5, 1e-30]


def trials(op: Any) -> Iterator[tuple[Any, ...]]:
    """Inputs, settings and a seed: the samples, moved samples, rounded ones, special elements."""
    rng = np.random.default_rng(31)

    def each(inputs: Any, change: Callable[[Any], Any]) -> tuple[Any, ...]:
        return tuple(x if type(x) in (int, float) else np.asarray(change(x))[()] for x in inputs)

    for k, (inputs, settings) in enumerate(op.samples()):
        yield inputs, settings, k
        for _ in range(2):
            moved = each(inputs, lambda x: x * rng.uniform(0.97, 1.03, np.shape(x)))
            yield moved, settings, k
        yield each(inputs, lambda x: np.asarray(x, np.float32)), settings, k
        yield each(inputs, lambda x: np.round(np.asarray(x, float))), settings, k
        if op.__module__.rpartition(".")[2] in OF_MATRICES:
            continue  # LAPACK refuses what is not finite
        for turn in range(3):

            def special(x: Any, turn: int = turn + 3 * k) -> Any:
                places = (np.arange(np.size(x)) * 5 + turn) % len(SPECIAL)
                return np.array(SPECIAL)[places].reshape(np.shape(x))

            yield each(inputs, special), settings, k


def answers(op: Any) -> list[Any]:
    """What each rule of the op gives at all trials: an array, or the name of its error."""
    found: list[Any] = []
    for inputs, settings, k in trials(op):
        rng = np.random.default_rng(k)
        for index in differentiable(op, inputs):
            try:
                out = op.forward(*inputs, **settings)
                delta = np.asarray(rng.normal(size=np.shape(out)))[()]
                passed = op.rules[index](delta, out, *inputs, **settings)
                goal = np.asarray(inputs[index], np.float64)[()]
                found.append(backprop.fit(np.asarray(passed)[()], goal))
            except (ArithmeticError, ValueError, TypeError, LookupError, AssertionError) as error:
                found.append(type(error).__name__)
    return found


def same_answer(a: Any, b: Any) -> bool:
    """Equal but for the last digits and for the sign of zero; two NaNs are equal."""
    if isinstance(a, str) or isinstance(b, str):
        return isinstance(a, str) and isinstance(b, str) and a == b
    scale = np.max(np.abs(a), initial=0.0, where=np.isfinite(a))
    close = {"rtol": 1e-11, "atol": 1e-13 * scale, "equal_nan": True}
    return np.shape(a) == np.shape(b) and np.allclose(a, b, **close)


def computes_the_same(mutant: Mutant, ops: list[Any]) -> bool:
    """Do all rules that it takes part in answer the same at all trials, to the last digits?"""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for op in ops:
            expected = answers(op)
            with in_place(mutant):
                found = answers(op)
            if not all(map(same_answer, found, expected)):
                return False
    return True


# The sweep


#: Changes to the sweep: function, what stands there, what is put in its place.
SWEEP_MUTANTS: list[tuple[Callable[..., Any], str, str]] = [
    (backprop.sweep, "(x, pending[key][1] + passed)", "(x, passed)"),
    (backprop.sweep, "(x, pending[key][1] + passed)", "(x, pending[key][1] - passed)"),
    (backprop.sweep, "passed = fit(passed, goal)", "pass"),
    (backprop.sweep, "if create_graph:", "if False:"),
    (backprop.sweep, "passed = delta.view()", "pass"),
    (backprop.sweep, "rules[index]", "rules[0]"),
    (backprop.sweep, "waiting = [root._order]", "waiting = [0]"),
    (backprop.sweep, "heappush(waiting, key)", "waiting.append(key)"),
    (backprop.sweep, "pieces[index]", "pieces[0]"),
    (backprop.run_backward, "value._grad + delta", "delta"),
    (backprop.run_backward, "value._grad + delta", "value._grad - delta"),
    (backprop.run_backward, "delta = delta.copy()", "pass"),
    (backprop.run_backward, "if value.op is not None:", "if False:"),
    (backprop.run_backward, "only is None or value in only", "True"),
    (backprop.seed, "like.dtype.type(1)", "like.dtype.type(2)"),
    (backprop.seed, "data.astype(like.dtype)", "data"),
    (backprop.fit, "add_up(passed, axes)", "passed"),
    (backprop.fit, "add_up(passed, axes)", "passed.mean(axis=axes)"),
    (backprop.fit, "passed.sum(axis", "passed.mean(axis"),
    (backprop.fit, "passed = passed.reshape(data.shape)", "pass"),
    (backprop.fit, "passed = passed.astype(data.dtype)", "pass"),
    (backprop.fit, "else passed[()]", "else passed"),
    (backprop.broadcast_axes.__wrapped__, "list(range(leading))", "[]"),
    (backprop.broadcast_axes.__wrapped__, "axes.append(leading + k)", "pass"),
    (backprop.broadcast_axes.__wrapped__, "axes.append(leading + k)", "axes.append(k)"),
    (backprop.gradients, "found[value] = delta", "pass"),
]  # fmt: skip


def sweep_mutants() -> Iterator[Mutant]:
    for function, before, after in SWEEP_MUTANTS:
        source = textwrap.dedent(inspect.getsource(function))
        assert before in source, f"{function.__name__} no longer has: {before}"
        tree = ast.parse(source.replace(before, after))
        tree.body[0].decorator_list = []  # type: ignore[attr-defined]
        scope: dict[str, Any] = {}
        name = function.__code__.co_filename
        exec(compile(tree, name, "exec", flags=FUTURE), dict(function.__globals__), scope)
        code = scope[function.__name__].__code__
        yield Mutant(function, function.__code__.co_firstlineno, before, after, code)


def sweep_is_sound() -> bool:
    """A few graphs whose gradients are known, with everything a sweep has to take care of."""
    backprop.broadcast_axes.cache_clear()
    a = ag.Value([1.0, 2.0, 3.0])
    for _ in range(2):
        ((a * a - a) * a).sum().backward()
    expected = [np.allclose(a.grad, 2 * (3 * a.data**2 - 2 * a.data))]
    row, column = ag.Value(np.ones((1, 3))), ag.Value(np.ones((2, 1)))
    cube, number = ag.Value(np.ones((4, 2, 3)), dtype=np.float32), ag.Value(2.0)
    weight = np.arange(24.0).reshape(4, 2, 3)
    (row * column * cube * number * a * weight).sum().backward()
    for value, axes in ((row, (0, 1)), (column, (0, 2)), (number, None)):
        exact = (weight * a.data * 2).sum(axis=axes, keepdims=axes is not None) / (
            2 if value is number else 1
        )
        expected.append(np.allclose(value.grad, exact.reshape(value.shape)))
        expected.append(value.grad.shape == value.shape and value.grad.dtype == np.float64)
    expected += [cube.grad.dtype == np.float32, type(number.grad) is np.float64]
    u, v = ag.Value(np.ones(3)), ag.Value(np.ones(3))
    given = np.ones(3)
    w = u + v
    w.backward(given.astype(np.float32))
    expected += [u.grad.dtype == np.float64, not np.shares_memory(u.grad, v.grad)]
    expected += [not np.shares_memory(u.grad, w.grad), not np.shares_memory(v.grad, w.grad)]
    w.backward(given)
    expected.append(np.array_equal(w.grad, given) and np.array_equal(u.grad, 2 * given))
    w.backward(given, inputs=[u])
    expected.append(np.array_equal(u.grad, 3 * given) and np.array_equal(v.grad, 2 * given))
    x = ag.Value(3.0)
    y = x * x
    early = y * 2
    late = (early + 1) * y + y
    late.backward()
    expected.append(np.isclose(x.grad, 2 * 4 * 27 + 2 * 2 * 3))
    z = ag.Value(2.0)
    z[None].backward([1.0])
    expected.append(type(z.grad) is np.float64)
    (row * cube).sum().backward()
    given_value = ag.Value(given)
    u.grad = None
    u.backward(given_value)
    expected.append(not np.shares_memory(u.grad, given_value.data))
    expected.append(np.isclose(linear(ag.Value(1.0), backward=True), linear(1.0)))
    expected.append(np.isclose(ag.grad(ag.grad(lambda t: t**3 / 2))(2.0), 6.0))
    scale, times = ag.Value(2.0), ag.Value([1.0, 2.0])
    (scale * scale * times).sum().backward(create_graph=True)
    expected.append(scale.grad.item() == 12.0)
    first, second = ag.Value(1.0), ag.Value(2.0)
    (ag.stack([first, second]) * [3.0, 5.0]).sum().backward()
    expected.append((first.grad, second.grad) == (3.0, 5.0))
    return all(bool(x) for x in expected)


def linear(x: Any, backward: bool = False) -> Any:
    """A linear program of 60 steps that crosses itself; its value at 1, or its derivative."""
    values = [x]
    for k in range(60):
        values.append(values[(k * k + 7) % len(values)] * 0.5 - values[k * 5 % len(values)] * 0.75)
    total = sum(value * (1 + k % 3) for k, value in enumerate(values))
    if backward:
        total.backward()
        visited = [value for value, _ in backprop.sweep(total, np.float64(1.0))]
        assert len(visited) == len(set(visited)), "each value has one turn"
        return x.grad
    return total


def sweep_killed(mutant: Mutant) -> bool:
    with in_place(mutant), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return not sweep_is_sound()
        except (
            ArithmeticError,
            ValueError,
            TypeError,
            LookupError,
            AttributeError,
            AssertionError,
        ):
            return True
        finally:
            backprop.broadcast_axes.cache_clear()


# The table


class Row(NamedTuple):
    name: str
    mutants: int
    killed: int
    survivors: list[Mutant]


def examine() -> list[Row]:
    """A row for each op, one for each function that several share, one for the sweep."""
    assert not points_notice(), "tests of special points fail, and would fail for any mutant"
    known: dict[str, list[Case]] = {}
    rows: dict[str, Row] = {}
    for function, ops in functions_and_ops().items():
        name = ops[0].name if len(ops) == 1 else f"{function.__qualname__}()"
        row = rows.setdefault(name, Row(name, 0, 0, []))
        found = [(mutant, killed(mutant, ops, known)) for mutant in mutants_of(function)]
        rows[name] = counted(row, found)
    sweep = [(mutant, sweep_killed(mutant)) for mutant in sweep_mutants()]
    return [*rows.values(), counted(Row("the sweep", 0, 0, []), sweep)]


def counted(row: Row, found: list[tuple[Mutant, bool]]) -> Row:
    alive = [mutant for mutant, dead in found if not dead]
    dead = len(found) - len(alive)
    return Row(row.name, row.mutants + len(found), row.killed + dead, row.survivors + alive)


def table(rows: list[Row], is_equivalent: Callable[[Mutant], bool] = lambda m: False) -> list[str]:
    """The lines of the report; what computes the same as the original is no survivor."""
    form = "{:<28}{:>9}{:>9}{:>12}{:>11}".format
    lines, totals = [form("op", "mutants", "killed", "equivalent", "survivors")], np.zeros(4, int)
    for row in rows:
        same = sum(is_equivalent(mutant) for mutant in row.survivors)
        numbers = (row.mutants, row.killed, same, len(row.survivors) - same)
        lines.append(form(row.name, *numbers))
        totals += numbers
    return [*lines, form("all", *totals)]


if __name__ == "__main__":
    found = examine()
    print("\n".join(table(found)))
    for row in found:
        for mutant in row.survivors:
            print(f"line {mutant.line}, {mutant.text}")
