"""Numeric derivatives that share no code with the engine, and a low recursion limit."""

import sys

import numpy as np
import pytest


def _jacobian(function, x, step=1e-4):
    """∂f/∂x of shape ``f(x).shape + x.shape``, by central differences of fourth order."""
    x = np.asarray(x, dtype=np.float64)
    columns = []
    for index in np.ndindex(x.shape):
        values = []
        for factor in (1, -1, 2, -2):
            moved = x.copy()
            moved[index] += factor * step
            values.append(np.asarray(function(moved[()]), dtype=np.float64))
        near, far = values[0] - values[1], values[2] - values[3]
        columns.append((8 * near - far) / (12 * step))
    shape = np.shape(function(x[()]))
    if not columns:
        return np.zeros(shape + x.shape)
    return np.stack(columns, axis=-1).reshape(shape + x.shape)


@pytest.fixture(scope="session")
def jacobian():
    """The function ``jacobian(f, x)``: central differences of fourth order, 1e-10 exact."""
    return _jacobian


@pytest.fixture
def shallow():
    """A recursion limit of few frames above this one: what recurses over the graph fails."""
    depth, frame = 0, sys._getframe()
    while frame is not None:
        depth, frame = depth + 1, frame.f_back
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + 150)
    yield
    sys.setrecursionlimit(before)


@pytest.fixture(scope="session")
def differentiable():
    """The function ``differentiable(op, inputs)``: places of the inputs that take a gradient.

    Those are all with a rule but the plain numbers of a sample, such as an exponent 2.
    """

    def places(op, inputs):
        found = []
        for index, x in enumerate(inputs):
            plain = type(x) is int or (type(x) is float and index > 0)
            if not plain and (op.variadic or op.rules[index] is not None):
                found.append(index)
        return found

    return places


TABLES = pytest.StashKey()


@pytest.fixture
def report_table(request):
    """The function ``report_table(title, lines)``: the lines stand at the end of the output."""

    def add(title, lines):
        request.config.stash.setdefault(TABLES, []).append((title, lines))

    return add


def pytest_terminal_summary(terminalreporter, config):
    for title, lines in config.stash.get(TABLES, []):
        terminalreporter.write_sep("-", title)
        for line in lines:
            terminalreporter.write_line(line)
