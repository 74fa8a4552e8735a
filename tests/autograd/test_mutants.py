"""Mutation check: of each derivative rule broken in a handful of ways, none goes unnoticed."""

import importlib.util
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

#: Mutants that compute the same: patterns of their text, and why.
EQUIVALENT = [
    ("*: nothing(delta) -> *", "a zero with another sign or factor is zero"),
    ("nothing: np.where(False, delta, 0.0) -> *", "a zero with another sign or factor is zero"),
    ("bell: 30 -> 31", "e^-900 and e^-961 are both 0"),
    ("Silu.wrt_a: 800 -> 801", "the sigmoid of -800 is 0 as that of -801 is"),
    ("Elu.wrt_a: 0.0 -> 1.0", "stands in for an exponent whose power is not used"),
    ("nowhere_zero: *", "twice the truth is as true"),
    ("Affine.wrt_weight: -1 -> 1", "delta has one axis there"),
    ("Matmul.wrt_?: -1 -> 1", "the vector has one axis there"),
    ("count: 1 -> 2", "a scalar has no axis to count along: NumPy refuses it before"),
    ("Prod.wrt_a: * * np.ones_like(a) -> * / np.ones_like(a)", "a factor 1"),
    ("Logsumexp.wrt_a: 0.0 -> 1.0", "subtracted where the difference is not used"),
    ("Cumprod.wrt_a: 1 -> 2", "NumPy's reshape takes any negative length as unknown"),
    ("Prod.wrt_a: 1 -> 2", "NumPy's reshape takes any negative length as unknown"),
    ("along_index: 1 -> 2", "NumPy's reshape takes any negative length as unknown"),
    ("VectorNorm.wrt_a: 1.0 -> 2.0", "stands in for a zero, whose power is not used"),
    ("nearly_singular: *", "only which of two ways of computing the same is taken"),
    ("cofactors: * * signs.astype(a.dtype) -> * / signs.*", "1/±1 is ±1"),
    ("Lstsq.wrt_a: -1 -> 1", "the operand has one axis there"),
    ("direction: 0.0 -> 1.0", "stands in for an infinite number, whose quotient is not used"),
    ("Copysign.wrt_a: * * np.copysign(1.0, b) -> * / np.copysign(1.0, b)", "1/±1 is ±1"),
    ("quotient: 0.0 -> 1.0", "multiplied by a vector that is 0"),
    ("quotient: 1.0 -> 2.0", "stands in for a divisor whose quotient is not used"),
    ("some: 1.0 -> 2.0", "divides a zero"),
    ("nearly_singular: bool(* -> -bool(*", "minus the truth is as true"),
    ("nearly_singular: bool(* -> 2 * bool(*", "twice the truth is as true"),
    ("cofactors: * * signs.astype(a.dtype) -> * / signs.astype(a.dtype)", "1/±1 is ±1"),
    ("over_gaps: 1.0 -> 2.0", "stands in for a divisor whose quotient is not used"),
    ("out_of_span: 1.0 -> 2.0", "stands in for a divisor whose quotient is not used"),
    ("Lstsq.wrt_a: -1 -> 1", "the vector has one axis there"),
    ("*.wrt_inputs: pieces -> 2 [*] pieces", "a list twice over is read once"),
]


def load():
    path = Path(__file__).resolve().parents[1] / "mutation" / "mutants.py"
    spec = importlib.util.spec_from_file_location("mutants", path)
    module = sys.modules["mutants"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def is_equivalent(mutant):
    return any(fnmatchcase(mutant.text, pattern) for pattern, _ in EQUIVALENT)


@pytest.mark.slow
def test_every_broken_rule_is_noticed(report_table):
    mutants = load()
    rows = mutants.examine()
    report_table("mutants of the derivative rules", mutants.table(rows, is_equivalent))
    alive = [mutant for row in rows for mutant in row.survivors]
    assert [f"line {m.line}, {m.text}" for m in alive if not is_equivalent(m)] == []
    assert sum(row.mutants for row in rows) >= 1000
    assert all(row.mutants >= 2 for row in rows)
    # The list of reasons is not taken at its word: what it names answers the same everywhere,
    # at moved and rounded samples, at zeros, infinities and NaN.
    ops = mutants.functions_and_ops()
    different = [m for m in alive if not mutants.computes_the_same(m, ops[m.function])]
    assert [f"line {m.line}, {m.text}" for m in different] == []
    needed = {pattern for m in alive for pattern, _ in EQUIVALENT if fnmatchcase(m.text, pattern)}
    assert [pattern for pattern, _ in EQUIVALENT if pattern not in needed] == []


def test_what_differs_only_at_special_numbers_does_not_compute_the_same():
    mutants = load()
    op = mutants.OPS["logsumexp"]
    changes = {m.text: m for m in mutants.mutants_of(op.rules[0])}
    alike = changes["Logsumexp.wrt_a: -np.inf -> np.inf"]
    assert not mutants.computes_the_same(alike, [op])
    doubled = next(m for text, m in changes.items() if "-> 2 * " in text)
    assert not mutants.computes_the_same(doubled, [op])


def test_a_broken_rule_is_noticed_and_put_right_again():
    mutants = load()
    op = mutants.OPS["sin"]
    found = list(mutants.mutants_of(op.rules[0]))
    assert len(found) >= 4
    assert all(mutants.killed(mutant, [op], {}) for mutant in found)
    assert mutants.first_order(op, {})


def test_the_sweep_check_passes_on_the_sound_sweep_and_fails_on_each_broken_one():
    mutants = load()
    assert mutants.sweep_is_sound()
    broken = list(mutants.sweep_mutants())
    assert len(broken) >= 20
    assert [mutant.text for mutant in broken if not mutants.sweep_killed(mutant)] == []
