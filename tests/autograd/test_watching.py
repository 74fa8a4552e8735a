"""Watches: what the engine tells, and what becomes of it where nobody wants to know."""

import autograd as ag
from autograd import Value
from autograd.modes import thread
from autograd.watching import PassWatch, Watch, add_watch


def test_a_watch_that_overrides_nothing_changes_nothing():
    x = Value(3.0)
    outer = add_watch(Watch())
    try:
        y = x * x
        y.register_hook(lambda delta: delta * 2)
        y.backward()
        x.data = 5.0
        x.grad = x.grad + 1.0
    finally:
        thread.state.watch = outer
    assert x.grad == 13.0
    assert x.data == 5.0


def test_two_watches_are_told_everything_the_outer_one_first():
    told = []

    class Pass(PassWatch):
        def __init__(self, name):
            self.name = name

        def turn(self, value, delta):
            told.append((self.name, "turn"))

        def replaced(self, value, delta):
            told.append((self.name, "replaced", float(delta)))

        def contribution(self, value, index, delta, passed, before):
            told.append((self.name, "contribution", float(passed)))

        def stored(self, leaf, before):
            told.append((self.name, "stored"))

    class Named(Watch):
        def __init__(self, name):
            self.name = name

        def begin(self, root, delta, stores):
            told.append((self.name, "begin"))
            return Pass(self.name)

        def overwritten(self, value):
            told.append((self.name, "overwritten", float(value.data)))

        def grad_assigned(self, value):
            told.append((self.name, "grad_assigned"))

    x = Value(3.0)
    y = ag.exp(x * 0.0)
    y.register_hook(lambda delta: delta * 2)
    before = add_watch(Named("outer"))
    try:
        assert isinstance(add_watch(Named("inner")), Named)
        y.backward()
        x.data = 5.0
        x.grad = 1.0
    finally:
        thread.state.watch = before
    outer = [what for name, *what in told if name == "outer"]
    inner = [what for name, *what in told if name == "inner"]
    assert outer == inner
    assert [name for name, *_ in told] == ["outer", "inner"] * len(outer)
    assert {what[0] for what in outer} == {
        "begin", "turn", "replaced", "contribution", "stored", "overwritten", "grad_assigned"
    }  # fmt: skip
    assert ["replaced", 2.0] in outer
    assert ["overwritten", 5.0] in outer
