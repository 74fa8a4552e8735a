"""A share of the random programs that run here and in PyTorch; the script runs 100,000."""

import importlib

import pytest

import autograd as ag
from autograd.ops import OPS

torch = pytest.importorskip(
    "torch", reason="PyTorch is not installed: pip install 'glassgrad[torch]' compares with it"
)

#: Programs per commit, and how many steps and ops they have at least.
PROGRAMS, STEPS, EXPECTED_OPS = 3000, 50_000, 115


@pytest.fixture(scope="module")
def against_pytorch():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield importlib.import_module("against_pytorch")
    torch.set_num_threads(threads)


@pytest.mark.slow
def test_random_programs_agree_with_pytorch(against_pytorch, report_table):
    report = against_pytorch.examine(0, PROGRAMS)
    report_table("random programs against PyTorch", list(report.lines()))
    assert report.mismatches == []
    assert report.programs == PROGRAMS
    assert report.steps >= STEPS
    assert set(report.kinds) == set(against_pytorch.KINDS)
    # What rounding alone makes differ is counted, and must stay the exception.
    assert len(report.ill_conditioned) <= PROGRAMS / 1000


def test_the_programs_use_most_of_the_table(against_pytorch):
    used = set()
    for number in range(400):
        program = against_pytorch.make_program(number)
        values, _ = against_pytorch.run(program, [ag.Value(x) for x in program.leaves], "ours")
        for value in values:
            used |= {node.op.name for node in ag.Graph(value) if node.op is not None}
    assert len(used & set(OPS)) >= EXPECTED_OPS


def test_a_program_is_the_same_each_time_it_is_made(against_pytorch):
    assert str(against_pytorch.make_program(7)) == str(against_pytorch.make_program(7))


@pytest.mark.parametrize("name", ["multiply", "logsumexp", "take_along_axis"])
def test_a_wrong_rule_is_found_and_the_step_is_named(against_pytorch, monkeypatch, name):
    op = OPS["getitem" if name == "take_along_axis" else name]
    sound = op.rules[0]
    wrong = lambda delta, *rest, **settings: sound(delta, *rest, **settings) * 1.0001  # noqa: E731
    monkeypatch.setattr(op, "rules", (wrong, *op.rules[1:]))
    report = against_pytorch.examine(0, 60)
    assert report.ill_conditioned == []
    assert len(report.mismatches) >= 2
    assert all("differs by" in text for text in report.mismatches)
    blamed = "".join(text.rpartition("alone:")[2] for text in report.mismatches)
    assert f" {name}(v0" in blamed


def test_an_error_on_one_side_is_a_mismatch(against_pytorch, monkeypatch):
    kind = against_pytorch.KINDS["sin"]
    monkeypatch.setitem(against_pytorch.KINDS, "sin", kind._replace(ours=lambda a: a.nothing()))
    report = against_pytorch.examine(0, 60)
    assert any("raised AttributeError" in text for text in report.mismatches)
