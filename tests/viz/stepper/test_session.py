"""Moves in a trace are exact: going back undoes going on, and stops are where they should be."""

import io
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import Value
from autograd.tracing import Accumulate, Trace
from viz.stepper.commands import Stepper
from viz.stepper.conditions import breakpoint_of, is_same
from viz.stepper.expressions import Expression, ExpressionError
from viz.stepper.screen import screen
from viz.stepper.script import traced_run
from viz.stepper.session import Session
from viz.stepper.terminal import debug


def random_trace(seed, size=12):
    """Trace of a random scalar program with one backward pass."""
    rng = np.random.default_rng(seed)
    leaves = [Value(x, label=f"x{k}") for k, x in enumerate(rng.uniform(-1, 1, 3))]

    def run():
        values = list(leaves)
        for _ in range(size):
            a, b = (values[rng.integers(len(values))] for _ in range(2))
            kind = rng.integers(4)
            values.append([a * b, a + b, a.tanh(), a - b * 0.5][kind])
        values[-1].backward()

    return ag.trace(run)


def everything(session):
    """All that a session shows, and every value and gradient where it is."""
    state = session.state
    numbers = [
        (n.name, state.value(n), state.grad(n), state.delta(n), state.progress(n))
        for n in session.trace.nodes
    ]
    return screen(session), repr(numbers)


@given(seed=st.integers(0, 2**20), start=st.integers(-1, 40), steps=st.integers(1, 30))
def test_steps_and_as_many_back_change_nothing(seed, start, steps):
    session = Session(random_trace(seed), start)
    before, at = everything(session), session.at
    went = 0
    for _ in range(steps):
        if session.step() == "":
            went += 1
    session.step(-went) if went else None
    assert session.at == at
    assert everything(session) == before


@given(seed=st.integers(0, 2**20), moves=st.lists(st.integers(-9, 9), max_size=12))
def test_what_is_shown_depends_on_the_place_alone(seed, moves):
    trace = random_trace(seed)
    session = Session(trace)
    for move in moves:
        session.step(move)
        assert everything(session) == everything(Session(trace, session.at))


@given(seed=st.integers(0, 2**20))
def test_continuing_stops_at_each_hit_in_turn_and_back_again(seed):
    trace = random_trace(seed)
    session = Session(trace)
    session.add_breakpoint("kind accumulate")
    expected = [event.index for event in trace if isinstance(event, Accumulate)]
    there = []
    while "breakpoint" in session.run(1):
        there.append(session.at)
    assert there == expected
    assert session.at == session.end
    back = []
    while "breakpoint" in session.run(-1):
        back.append(session.at)
    # The last event is a hit itself, and one goes back from it.
    assert back == [at for at in reversed(expected) if at != session.end]
    assert session.at == -1


@pytest.fixture
def loop():
    """Trace of three steps of gradient descent whose learning rate is too large."""
    w = Value(1.0, label="w")
    with ag.trace() as t:
        for _ in range(3):
            loss = (w * w).tanh() * 50.0
            loss.label = "loss"
            loss.backward()
            w.data = w.data - 0.1 * w.grad
            w.grad = None
    return t


def hits(trace, text):
    point = breakpoint_of(text, trace)
    return [index for index in range(len(trace)) if point.holds(trace, index)]


def test_conditions_on_ops_names_kinds_and_sizes(loop):
    kinds = [event.kind for event in loop]
    assert [kinds[i] for i in hits(loop, "op tanh")] == ["forward", "contribution"] * 3
    assert hits(loop, "op *") == hits(loop, "op multiply") != []
    assert {loop[i].node.name for i in hits(loop, "name loss*")} == {"loss", "loss:2", "loss:3"}
    assert hits(loop, "kind update") == [i for i, kind in enumerate(kinds) if kind == "update"]
    large = list(hits(loop, "grad>20"))
    assert large == [e.index for e in loop.find(grad=lambda g: abs(g) > 20)]
    assert hits(loop, "grad < 1e-6") == [e.index for e in loop.find(grad=lambda g: abs(g) < 1e-6)]
    assert hits(loop, "shape ()") == hits(loop, "kind forward")
    assert hits(loop, "nan") == hits(loop, "inf") == []
    after = hits(loop, "w < 0")
    assert after[0] == hits(loop, "kind update")[0]
    assert hits(loop, "kind == 'seed' and name == 'loss:2'") == hits(loop, "name loss:2")[1:2]


def test_nan_and_inf_stop_where_they_come():
    x = Value(0.0, label="x")
    with np.errstate(all="ignore"):
        t = ag.trace(lambda: (x.log() * 0.0 + x).backward())
    assert t[hits(t, "inf")[0]].node.op == "log"
    assert t[hits(t, "nan")[0]].node.op == "multiply"


def test_conditions_on_layers():
    with ag.scope("layer 1"):
        h = Value(2.0, label="x") * 3.0
    with ag.trace() as t, ag.scope("layer 2"):
        (h * 4.0).backward()
    assert [t[i].node.scope for i in hits(t, "layer 1")] == ["layer 1"] * 2
    assert {t[i].node.scope for i in hits(t, "layer 2")} == {"layer 2"}
    session = Session(t)
    places = []
    while session.layer(1) == "":
        places.append(t[session.at].node.scope)
    assert places == ["layer 1", "layer 2", "layer 1"]
    assert session.at == session.end


def test_expressions_know_values_gradients_and_events(loop):
    state = loop.at(hits(loop, "kind update")[0])
    for text, expected in [
        ("w", state.value("w")),
        ("w.grad", state.grad("w")),
        ("grad(w) * 2", state.grad("w") * 2),
        ("grad('loss')", 1.0),
        ("value('loss')", state.value("loss")),
        ("delta(w)", state.delta("w")),
        ("abs(w) + max(1, 2)", abs(state.value("w")) + 2),
        ("np.sqrt(4.0)", 2.0),
        ("u₁ == u1", True),
        ("(kind, op, name, index)", ("update", "", "w", state.index)),
        ("event.what", "data"),
        ("loss2 if False else 3", 3),
    ]:
        assert Expression(text, loop).at(state) == expected, text
    assert Expression("w + 1", loop).at(loop.at(-1)) == 2.0
    assert Expression("u1 * 2", loop).at(loop.at(-1)) is None
    assert not Expression("u1 > 2", loop).holds(loop.at(-1))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("w +", r"'w \+' is no expression"),
        ("nothing > 3", r"nothing > 3: the trace has no value named 'nothing'"),
        ("w / 'a'", r"w / 'a': .*"),
        ("open('x')", r"the trace has no value named 'open'"),
        ("__import__('os')", r"the trace has no value named '__import__'"),
    ],
)
def test_what_is_no_expression_is_said(loop, text, message):
    with pytest.raises(ExpressionError, match=message):
        Expression(text, loop).at(loop.last)


def typed(trace, *lines, at=-1):
    """What the stepper prints when these lines are typed."""
    out = io.StringIO()
    session = debug(trace, at, io.StringIO("\n".join(lines) + "\n"), out)
    return out.getvalue(), session


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("jump", "*** no command 'jump'. 'help' lists them."),
        ("stepp", "*** no command 'stepp'. Did you mean 'step'?"),
        ("s x", "*** got 'x'; expected a whole number from 1 upwards."),
        ("s 0", "*** got '0'; expected a whole number from 1 upwards."),
        ("goto", "*** expected goto N, fwd, bwd, start, end or VALUE."),
        ("goto nowhere", "*** the trace has no value named 'nowhere'. It has w, u1"),
        ("until", "*** expected until VALUE."),
        ("until zz", "*** the trace has no value named 'zz'."),
        ("break w +", "*** 'w +' is no expression"),
        ("break zz > 1", "*** zz > 1: the trace has no value named 'zz'."),
        ("watch zz", "*** zz: the trace has no value named 'zz'."),
        ("clear 7", "*** there is no breakpoint or watch 7."),
        ("clear x", "*** got 'x'; expected the numbers of breakpoints and watches"),
        ("p", "*** expected print EXPRESSION, such as w.grad * 2."),
        ("check", "*** check needs a backward pass; none has begun here. Try 'goto bwd'."),
        ("delta 3", "*** no layer '3' with a net input z"),
        ("set w", "*** expected set VALUE NUMBER."),
        ("set w [1, 2]", "*** set got data of shape (2,) for 'w'; expected a single number."),
        ("set q 1", "*** the trace has no value named 'q'."),
        ("diff", "*** there is no other run; 'replay' makes one, or give a FILE."),
        ("load nowhere.json", "*** there is no file 'nowhere.json'."),
        ("save /nowhere/x.json", "*** cannot save '/nowhere/x.json': there is no folder /nowhere;"),
        ("view /nowhere/x.html", "*** cannot write /nowhere/x.html: there is no folder /nowhere"),
        ("help jump", "*** no command 'jump'."),
        ("values zz*", "no value 'zz*' here"),
        ("check w", "*** check needs a backward pass"),
    ],
)
def test_wrong_commands_are_answered_in_one_line_and_the_session_goes_on(loop, line, message):
    out, session = typed(loop, line, "s")
    assert message in out
    assert "Traceback" not in out
    assert session.at == 0


def test_an_empty_line_repeats_and_the_end_of_the_input_ends(loop):
    _, session = typed(loop, "s 2", "", "")
    assert session.at == 5
    _, session = typed(loop, "")
    assert session.at == -1


def test_a_run_can_be_saved_loaded_and_compared(loop, tmp_path):
    path = tmp_path / "run.json"
    out, session = typed(
        loop, f"save {path}", "set w 2", "replay", f"diff {path}", f"load {path}", "diff", "s"
    )
    assert f"saved {path} (" in out
    assert "w: -0.8" in out or "w: 2.0 | " in out
    assert len(session.trace) == len(loop)
    assert session.trace.node("w").name == "w"
    bad = tmp_path / "bad.json"
    bad.write_text("{}", encoding="utf-8")
    out, session = typed(loop, f"load {bad}")
    assert "*** " in out
    assert "this is no trace" in out
    assert session.trace is loop


def test_a_replay_that_ends_before_an_update_says_so():
    w = Value(2.0, label="w")

    def run():
        for _ in range(2):
            w.zero_grad()
            (w * w).backward()
            w.data = w.data - 0.1 * w.grad

    trace = ag.trace(run)
    assert "it ends before the first update" in typed(trace, "set w 3", "replay")[0]
    again = ag.trace(lambda: (w * w).backward())
    assert "it ends before" not in typed(again, "set w 3", "replay")[0]


def test_breakpoints_and_watches_go_with_one_into_a_replay(loop):
    out, session = typed(loop, "break op tanh", "watch u1", "set w 3", "replay", "c", "c")
    assert session.trace is not loop
    assert "breakpoint 1: op tanh" in out
    assert "watch 2: u1 changed" in out
    assert session.trace.at(session.at).value("u1") == 9.0


def test_names_and_commands_are_completed(loop):
    stepper = Stepper(Session(loop), io.StringIO(), io.StringIO())
    assert stepper.completenames("re") == ["replay", "reverse", "reverse-continue"]
    assert stepper.completedefault("lo", "why lo", 4, 6) == ["loss", "loss:2", "loss:3"]
    assert stepper.completedefault("na", "break na", 6, 8) == ["name", "nan"]


def test_raised_digits_may_be_typed_plainly():
    W, u = Value(2.0, label="W¹"), Value(3.0, label="u₂")
    t = ag.trace(lambda: (W * u).backward())
    assert t.node("W1").name == "W¹"
    assert t.node("u2").name == t.node("u₂").name == "u₂"
    assert Expression("W1.grad + W¹ + u2.grad", t).at(t.last) == 7.0


def test_an_interrupted_search_leaves_the_session(loop, monkeypatch):
    def interrupted(self, text):
        raise KeyboardInterrupt

    monkeypatch.setattr(Stepper, "do_continue", interrupted)
    out, session = typed(loop, "s", "c")
    assert "-- interrupted --" in out
    assert session.at == 0


def test_a_trace_opens_from_code_and_shows_itself_in_a_notebook(loop, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("s\nq\n"))
    loop.debug()
    assert "(step) s\n[" in capsys.readouterr().out
    assert "<iframe" in loop._repr_html_()


def test_an_empty_trace_is_refused_with_the_reason():
    with pytest.raises(LookupError, match=r"no events: no op on a Value that needs a gradient"):
        debug(Trace.from_json(ag.trace(lambda: None).to_json()))


def test_why_marks_what_is_still_to_come():
    x = Value(2.0, label="x")
    t = ag.trace(lambda: (x * x).backward())
    out, _ = typed(t, "goto 3", "why x")
    assert "  u1[0]: 1.0 · 2.0 = 2.0, Σ 2.0\n> u1[1]: 1.0 · 2.0 = 2.0, Σ 4.0\n" in out


def test_a_wrong_rule_differs_in_the_check(monkeypatch):
    x = Value(0.5, label="x")
    y = x.tanh()
    monkeypatch.setattr(y.op, "rules", (lambda delta, out, a: delta * out,))
    out, _ = typed(ag.trace(y.backward), "goto end", "check x")
    assert "DIFFERS (relative error" in out


@pytest.mark.slow
def test_a_trace_of_100_000_nodes_opens_and_steps_at_once():
    x = Value(1.0, label="x")

    def run():
        y = x
        for _ in range(50_000):
            y = y * 0.9999 + 0.0001
        y.backward()

    t = ag.trace(run)
    start = time.perf_counter()
    session = Session(t)
    out = io.StringIO()
    debug(t, stdin=io.StringIO("s\nq\n"), stdout=out)
    opened = time.perf_counter() - start
    assert len(t.nodes) == 100_001
    start = time.perf_counter()
    for place in range(0, len(t), len(t) // 200):
        session.go(place)
        screen(session)
    stepped = (time.perf_counter() - start) / 200
    # Half a second and half a millisecond on a machine of its own; others may be busy here.
    assert opened < 4
    assert stepped < 0.01


def test_a_console_without_greek_shows_question_marks(loop):
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="cp1252", newline="\n")
    debug(loop, 5, io.StringIO("s\nq\n"), out)
    out.flush()
    assert b"?(" in raw.getvalue()
    assert b"(step) s" in raw.getvalue()


def test_lists_are_said_to_be_empty_and_long_ones_are_cut(loop):
    out, _ = typed(loop, "break", "watch", "clear")
    assert "no breakpoints\n" in out
    assert "no watches\n" in out
    assert "cleared nothing\n" in out
    x = Value(0.5, label="x")

    def run():
        y = x
        for _ in range(220):
            y = y * 0.99
        y.backward()

    t = ag.trace(run)
    out, _ = typed(t, "goto end", "values", "set x 0.25", "replay", "diff")
    assert "… 21 more; give a pattern: values w*" in out
    assert "more lines\n" in out
    x.data = 0.5


def test_where_one_can_go_and_not_go(loop):
    forward = ag.trace(lambda: Value(2.0, label="lonely") * 3.0)
    out, session = typed(forward, "goto bwd", "goto lonely", "until u1", "until u1", "goto -1")
    assert "*** no backward pass was recorded." in out
    assert "*** nothing happens to lonely in this trace." in out
    assert "-- nothing more happens to u1 --" in out
    assert session.at == -1
    out, _ = typed(forward, "delta", "why", "check")
    assert "*** no layer with a net input z" in out
    out, session = typed(loop, "goto 99")
    assert "-- the end of the trace --" in out


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


def test_in_a_terminal_there_are_a_prompt_and_colours(loop, monkeypatch, tmp_path):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    out = Terminal()
    page = tmp_path / "page.html"
    debug(loop, stdin=Terminal(f"s\nview {page}\nq\n"), stdout=out)
    assert out.getvalue().count("(step) ") == 3
    assert "(step) s" not in out.getvalue()
    assert "\x1b[1;32m  u1 = w * w = 1 * 1 = 1.0\x1b[0m" in out.getvalue()
    assert opened == [f"{page.as_uri()}#s0"]

    def interrupted(self, text):
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(Stepper, "do_continue", interrupted)
    session = debug(loop, stdin=Terminal("s\nc\ns\nq\n"), stdout=Terminal())
    assert session.at == 1


def test_a_constant_is_not_checked():
    x, c = Value(2.0, label="x"), Value(3.0, label="c", requires_grad=False)
    t = ag.trace(lambda: (x * c).backward())
    out, _ = typed(t, "goto end", "check c")
    assert "*** backward pass 1 does not reach c." in out


def test_typed_in_code_has_a_place_but_no_text():
    code = compile("y = x * 3.0", "<typed>", "exec")
    t = ag.trace(lambda: exec(code, {"x": Value(2.0, label="x")}))
    assert [line.text for line in screen(Session(t, 0)) if line.part == "source"] == ["  <typed>:1"]


def test_a_value_outside_the_pass_is_not_checked(loop):
    other = Value(1.0, label="other")
    t = ag.trace(lambda: [other * 2.0, (Value(2.0, label="x") * 3.0).backward()])
    out, _ = typed(t, "goto end", "check other")
    assert "*** numeric() got other, from which u2 is not computed." in out


def test_screens_tell_of_hooks_stored_gradients_and_constants():
    x, c = Value(2.0, label="x"), Value(3.0, label="c", requires_grad=False)
    x.grad = 1.0
    y = x * c
    y.label = "y"
    y.register_hook(lambda grad: grad * 2)
    t = ag.trace(lambda: (y * 1.0).backward())
    out, _ = typed(t, *["s"] * len(t))
    assert "δ(y): 1.0 → 2.0, put there by a hook" in out
    assert "x.grad = 1.0 + δ = 7.0" in out
    assert "from x = 2.0 (δ —), c = 3.0\n" in out


def test_a_watch_that_fails_says_so_on_the_screen():
    x = Value([1.0, 2.0], label="x")
    t = ag.trace(lambda: (x * 2.0).sum().backward())
    out, session = typed(t, "watch x[2]")
    assert "*** x[2]: index 2 is out of bounds" in out
    assert session.watches == {}
    session.watches[1] = Expression("x[2]", t)
    session.go(1)
    assert "watch 1: x[2] = (x[2]: index 2 is out of bounds" in screen(session)[-1].text


def test_what_another_trace_does_not_know_is_left_behind(loop, tmp_path):
    x = Value(2.0, label="x")
    path = ag.trace(lambda: x * 2.0).save(tmp_path / "other.json")
    empty = ag.trace(lambda: None).save(tmp_path / "empty.json")
    out, session = typed(
        loop, "break w < 0", "break op *", "watch w", "watch u1", f"load {path}", f"load {empty}"
    )
    assert [point.text for point in session.breakpoints.values()] == ["op *"]
    assert [watch.text for watch in session.watches.values()] == ["u1"]
    assert "*** the other trace has no events." in out
    assert len(session.trace) == 1


def test_a_saved_trace_shows_its_line_where_the_file_is_gone(tmp_path):
    program = tmp_path / "gone.py"
    program.write_text("from autograd import Value\ny = Value(2.0) * 3\n", encoding="utf-8")
    t = Trace.from_json(traced_run(str(program), []).trace.to_json())
    program.unlink()
    out, _ = typed(t, "s", "l")
    shown = "gone.py:2  y = Value(2.0) * 3\n                 ^^^^^^^^^^^^^^\n"
    assert out.count(shown) == 2


def test_the_page_is_written_at_the_present_step(loop, tmp_path):
    out, _ = typed(loop, "s 3", f"view {tmp_path / 'page.html'}")
    assert f"wrote {tmp_path / 'page.html'}" in out
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_watched_things_are_compared_as_what_they_are():
    assert is_same(np.array([np.nan, 1.0]), np.array([np.nan, 1.0]))
    assert not is_same(np.array([1.0]), np.array([1.0, 2.0]))
    assert is_same("a", "a")
    assert not is_same("a", "b")
    assert is_same(None, None)
    assert not is_same(None, 1.0)


def test_what_was_refused_by_set_spoils_no_replay(loop):
    out, _ = typed(loop, "set w [1, 2]", "set w 2", "replay")
    assert "replayed with w = 2" in out


def test_values_of_a_program_go_by_its_variables(tmp_path):
    script = tmp_path / "program.py"
    script.write_text(
        "import autograd as ag\nx = ag.Value(2.0)\nJ = x * x\nJ.backward()\n"
        "import sys\nif sys.argv[1:]: raise LookupError\n"
    )
    for arguments in ([], ["fail"]):
        run = traced_run(str(script), arguments)
        out, _ = typed(
            run.trace, "goto end", "where x", "p J.grad + x", "break x.grad > 3", "why J"
        )
        assert "***" not in out
        assert "3.0" in out
