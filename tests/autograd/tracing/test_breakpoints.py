"""Live code stops where breakpoints say: in pdb, in the stepper, or in a function."""

import builtins
import io
import pdb
import sys

import numpy as np
import pytest

import autograd as ag
from autograd import Value


def stops(run, **conditions):
    seen = []
    with ag.breakpoints(stop=seen.append, **conditions):
        run()
    return seen


@pytest.fixture
def chain():
    """x, and a function that computes (tanh(w·x)·20 + x)² and goes back."""
    x, w = Value(0.5, label="x"), Value(2.0, label="w")

    def run():
        x.grad = w.grad = None
        (((w * x).tanh() * 20.0 + x) ** 2).backward()

    return x, run


def test_an_op_stops_at_its_turn_in_the_sweep(chain):
    _, run = chain
    (stop,) = stops(run, op="tanh")
    assert stop.reason == "op tanh"
    assert stop.value.op.name == "tanh"
    assert stop.delta == pytest.approx(40 * (20 * np.tanh(1.0) + 0.5))
    assert [s.value.op.name for s in stops(run, op="*")] == ["multiply", "multiply"]


def test_names_and_sizes_stop_at_complete_gradients(chain):
    x, run = chain
    (stop,) = stops(run, name="x*")
    assert stop.value is x
    assert stop.reason == "name x"
    large = stops(run, grad=lambda g: abs(g) > 600)
    assert [s.value.op and s.value.op.name for s in large] == ["tanh"]
    assert [s.reason for s in large] == ["grad"]
    assert stops(run, op="tanh", grad=lambda g: abs(g) > 1e9) == []


def test_new_data_stops_in_the_forward_pass(chain):
    _, run = chain
    found = stops(run, value=lambda v: v > 100)
    assert [(s.value.op.name, s.delta, s.reason) for s in found] == [("power", None, "value")]


def test_nan_and_inf_stop_where_they_are_met():
    x = Value([0.0, 1.0], label="x")
    with np.errstate(all="ignore"):
        found = stops(lambda: (x.log() * 0.0).sum().backward(), nan=True)
        assert [(s.value.op and s.value.op.name, s.delta is None) for s in found] == [
            ("multiply", True), ("sum", True), (None, False)
        ]  # fmt: skip
        found = stops(lambda: x.log().sum().backward(), inf=True)
    assert [s.reason for s in found] == ["inf"] * 3


def test_it_is_a_decorator_and_over_after_the_block(chain):
    _, run = chain
    seen = []
    ag.breakpoints(op="tanh", stop=seen.append)(run)()
    assert len(seen) == 1
    run()
    assert len(seen) == 1


def test_conditions_and_ways_to_stop_are_checked():
    with pytest.raises(ValueError, match=r"no condition; expected op=, name=, grad=, value="):
        ag.breakpoints()
    with pytest.raises(TypeError, match=r"grad=3; expected a function that says yes or no"):
        ag.breakpoints(grad=3)
    with pytest.raises(ValueError, match=r"stop='ide'; expected 'pdb', 'terminal' or a function"):
        ag.breakpoints(op="tanh", stop="ide")


def scripted(monkeypatch, commands):
    """Make pdb read these commands; what it printed is the value."""
    out = io.StringIO()
    original = pdb.Pdb.__init__

    def start(self, *args, **kwargs):
        original(self, *args, stdin=io.StringIO(commands), stdout=out, **kwargs)
        self.use_rawinput = False

    monkeypatch.setattr(pdb.Pdb, "__init__", start)
    monkeypatch.setattr(sys, "breakpointhook", sys.__breakpointhook__)
    monkeypatch.delenv("PYTHONBREAKPOINT", raising=False)
    return out


def test_pdb_stops_in_the_sweep_at_the_node(chain, monkeypatch, capsys):
    _, run = chain
    before = sys.gettrace()
    out = scripted(monkeypatch, "p value.op.name\np float(delta)\nw\nc\n")
    try:
        with ag.breakpoints(op="tanh"):
            run()
    finally:
        sys.settrace(before)
    assert "'tanh'" in out.getvalue()
    assert "> " in out.getvalue()
    assert "sweep()" in out.getvalue()
    assert "stopped at the tanh from test_breakpoints.py:" in capsys.readouterr().out


def test_pdb_stops_at_the_users_line_in_the_forward_pass(monkeypatch):
    x = Value(3.0, label="x")
    before = sys.gettrace()
    out = scripted(monkeypatch, "p marker\nc\n")
    try:
        with ag.breakpoints(value=lambda v: v > 8):
            marker = "users frame"
            x * x
    finally:
        sys.settrace(before)
    assert repr(marker) in out.getvalue()


def test_an_editors_debugger_is_called_instead_of_pdb(chain, monkeypatch):
    _, run = chain
    called = []
    monkeypatch.setattr(sys, "breakpointhook", lambda: called.append("editor"))
    with ag.breakpoints(op="tanh"):
        run()
    assert called == ["editor"]
    assert builtins.breakpoint is not None


def test_the_terminal_opens_over_the_run_so_far(chain, monkeypatch, capsys):
    _, run = chain
    monkeypatch.setattr(sys, "stdin", io.StringIO("b\nq\n"))
    with ag.breakpoints(op="tanh", stop="terminal"):
        run()
    out = capsys.readouterr().out
    assert "stopped at the tanh from test_breakpoints.py:" in out
    assert "(step) b" in out
    assert "δ(u2) = " in out


def test_post_mortem_opens_the_trace_of_an_error(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO("q\n"))
    x = Value(-1.0, label="x")
    try:
        with ag.debug():
            (x * 2.0).log()
    except ag.NonFiniteError as error:
        ag.post_mortem(error)
        assert "log(u1) = log(-2) = nan" in capsys.readouterr().out
        monkeypatch.setattr(sys, "stdin", io.StringIO("q\n"))
        ag.post_mortem()
        assert "1/1 forward" in capsys.readouterr().out


def test_post_mortem_finds_the_trace_behind_another_error(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO("q\n"))
    x = Value(2.0, label="x")

    def fails():
        try:
            with ag.trace():
                x * 3.0
                raise KeyError("lost")
        except KeyError as error:
            raise RuntimeError("no luck") from error

    with pytest.raises(RuntimeError) as caught:
        fails()
    ag.post_mortem(caught.value)
    assert "u1 = x * 3 = 2 * 3 = 6.0" in capsys.readouterr().out


def test_post_mortem_without_a_trace_says_how_to_get_one(monkeypatch):
    monkeypatch.delattr(sys, "last_value", raising=False)
    with pytest.raises(LookupError, match=r"found no exception; call it in an except block"):
        ag.post_mortem()
    with pytest.raises(LookupError, match=r"KeyError, which carries no trace; run the code insid"):
        ag.post_mortem(KeyError("x"))


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ({"op": 3}, r"got op=3 of type int; expected a str, such as op='tanh'"),
        ({"name": ["w"]}, r"got name=\['w'\] of type list; expected a str, such as name='w\*'"),
        ({"nan": "yes"}, r"got nan='yes' of type str; expected True or False"),
        ({"inf": 1}, r"got inf=1 of type int; expected True or False"),
        ({"op": "tanh", "stop": 1}, r"got stop=1 of type int; expected 'pdb', 'terminal' or a fun"),
    ],
)
def test_arguments_of_another_type_are_told_at_once(conditions, message):
    with pytest.raises(TypeError, match=message):
        ag.breakpoints(**conditions)
