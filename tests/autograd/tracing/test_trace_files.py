"""A trace goes into a JSON document and comes back the same; what is no trace is refused."""

import json

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd as ag
from autograd import Value
from autograd.tracing import Trace, TraceFileError, encoding, files
from autograd.tracing.schema import SCHEMA


def training():
    """Trace of two steps with arrays, an index, a constant, an overwrite and a NaN."""
    w = Value(np.array([0.5, -1.0], dtype=np.float32), label="w")
    x = Value([[1.0, 2.0], [3.0, 4.0]], label="x", requires_grad=False)
    with ag.trace() as t:
        for _ in range(2):
            y = (x @ w)[0] ** 2 + w.sum() * np.array(2.0) + ag.where([True, False], w, 0.0)[..., 1]
            y.backward()
            w.data = w.data - 0.1 * w.grad
            w.grad = None
        with np.errstate(all="ignore"):
            (Value(-1.0, label="lost").log() * np.inf).backward()
    return t


def test_a_saved_trace_comes_back_the_same(tmp_path):
    t = training()
    back = Trace.load(t.save(tmp_path / "run.json"))
    assert len(back) == len(t)
    assert list(back) == list(t)
    assert [repr(event) for event in back] == [repr(event) for event in t]
    assert back.to_json() == t.to_json()
    for i in range(-1, len(t), 3):
        for node in t.nodes:
            np.testing.assert_array_equal(back.at(i).grad(node.name), t.at(i).grad(node))
            np.testing.assert_array_equal(back.at(i).value(node.name), t.at(i).value(node))
    assert back.node("w").dtype == np.float32
    assert back.node("u1").origin.line == t.node("u1").origin.line
    assert "(x @ w)[0] ** 2" in back.node("u1").source


def test_the_document_fits_its_schema_and_holds_no_nan():
    text = training().to_json()

    def refuse(word):
        raise AssertionError(word)

    plain = json.loads(text, parse_constant=refuse)
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(plain, SCHEMA, jsonschema.Draft202012Validator)
    assert {event["kind"] for event in plain["events"]} == {
        "forward", "seed", "contribution", "accumulate", "zero", "update"
    }  # fmt: skip
    assert "NaN" in text
    assert "/" not in plain["nodes"][0]["origin"]["filename"]


def test_the_same_run_gives_the_same_bytes():
    assert training().to_json() == training().to_json()


@given(seed=st.integers(0, 2**20))
def test_random_programs_come_back_the_same(program, seed):
    t = ag.trace(program(seed, 12)[1])
    assert list(Trace.from_json(t.to_json())) == list(t)


def test_a_setting_that_json_cannot_hold_is_kept_by_its_type():
    x = Value(0.5, label="x")
    t = ag.trace(lambda: ag.checkpoint(lambda v: v.tanh() * v, x).backward())
    back = Trace.from_json(t.to_json())
    node = back.find(kind="forward", op="recomputed")[0].node
    assert repr(node.settings["part"]) == "<Part>"
    assert back.find(kind="contribution", op="recomputed")[0].local is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "this is no trace: it is not JSON"),
        ("<html>", "this is no trace: it is not JSON"),
        ("[" * 100_000, "this is no trace: it is not JSON"),
        ('{"format": "glassgrad-trace", "version": NaN}', "NaN is not JSON"),
        ("[1, 2]", "its 'format' is not 'glassgrad-trace'"),
        ('{"format": "other"}', "its 'format' is not 'glassgrad-trace'"),
        ('{"format": "glassgrad-trace", "version": 2}', "of version 2; this program reads vers"),
        ('{"format": "glassgrad-trace", "version": 1}', "the trace is damaged: KeyError: 'nodes'"),
    ],
    ids=["empty", "html", "deep", "nan", "list", "other", "newer", "no nodes"],
)
def test_what_is_no_trace_is_refused(text, message):
    with pytest.raises(TraceFileError, match=message):
        Trace.from_json(text)


def damage(change):
    plain = json.loads(training().to_json())
    change(plain)
    return json.dumps(plain)


@pytest.mark.parametrize(
    "change",
    [
        lambda plain: plain["events"].pop(),
        lambda plain: plain["events"][0].update(kind="jump"),
        lambda plain: plain["events"][0].update(value="Nan"),
        lambda plain: plain["events"][0].update(value={"dtype": "O", "shape": [], "data": [1]}),
        lambda plain: plain["nodes"][-1]["inputs"][0].update(node=len(plain["nodes"])),
        lambda plain: plain["nodes"][1].update(id=7),
        lambda plain: plain["nodes"].pop(),
        lambda plain: plain.update(events=3),
        lambda plain: plain["events"].pop(3),
    ],
)
def test_a_damaged_trace_is_refused(change):
    with pytest.raises(TraceFileError, match=r"the trace is damaged: \w+Error"):
        Trace.from_json(damage(change))


def test_hooks_slices_infinite_arrays_and_chosen_leaves_are_kept():
    x, y = Value([1.0, -1.0, 2.0], label="x"), Value(2.0, label="y")
    x.grad = [1.0, 1.0, 1.0]
    part = x[0:3:2]
    part.register_hook(lambda grad: grad * 2)
    with np.errstate(all="ignore"):
        t = ag.trace(lambda: ((part / 0.0).sum() * y).backward(inputs=[x]))
    back = Trace.from_json(t.to_json())
    assert list(back) == list(t)
    assert [
        event.cause for event in back.find(kind="accumulate") if event.cause != "contribution"
    ] == ["hook", "stored"]
    assert back.find(kind="forward", op="getitem")[0].node.settings["index"] == slice(0, 3, 2)
    assert back.find(kind="seed")[0].only == (back.node("x"),)


def test_numbers_in_the_wrong_place_are_refused():
    for wrong in (True, None, [1.0]):
        with pytest.raises(TypeError, match="in the place of a number"):
            encoding.read_number(wrong)


def test_a_trace_of_typed_in_code_has_no_source_lines():
    code = "x = Value(2.0)\ny = x * 3.0\n"
    t = ag.trace(lambda: exec(compile(code, "<typed>", "exec"), {"Value": Value}))
    assert json.loads(t.to_json())["sources"] == {}
    assert Trace.from_json(t.to_json()).node("u1").source == ""


def test_missing_files_and_folders_are_named(tmp_path):
    t = ag.trace(lambda: Value(2.0) * 3.0)
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*no; make it first, or name"):
        t.save(tmp_path / "no" / "t.json")
    with pytest.raises(FileNotFoundError, match=r"^there is no file '.*t\.json'\.$"):
        Trace.load(tmp_path / "t.json")


def test_a_trace_of_many_pieces_is_the_same_as_one_of_few(monkeypatch):
    x = Value(0.5, label="x")
    t = ag.trace(lambda: ((x * x).tanh() + x).backward())
    whole = t.to_json()
    monkeypatch.setattr(files, "PIECE", 2)
    assert t.to_json() == whole
    assert Trace.from_json(whole).to_json() == whole
