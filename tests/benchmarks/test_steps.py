"""The problems of the comparison are the same for NumPy by hand and this engine."""

import compare
import problems
import pytest
import steps_glassgrad
import steps_numpy

SMALL = ["MLP 2-16-16-1, batch 32", "digits 64-128-64-10, batch 128"]


@pytest.mark.parametrize("name", SMALL)
def test_all_forms_of_a_training_step_take_the_same_way(name):
    forms = [steps_numpy.STEPS["NumPy by hand"][name](name)]
    for steps in steps_glassgrad.STEPS.values():
        forms.append(steps[name](name))
    for _ in range(5):
        losses = [step() for step in forms]
        assert losses == pytest.approx([losses[0]] * len(losses), rel=1e-9)


@pytest.mark.parametrize("name", ["LeNet 8x8, batch 32", problems.ELMAN, problems.HESSIAN])
def test_compiled_and_eager_take_the_same_way(name):
    eager = steps_glassgrad.STEPS["glassgrad eager"][name](name)
    compiled = steps_glassgrad.STEPS["glassgrad compiled step"][name](name)
    for _ in range(3):
        assert compiled() == pytest.approx(eager(), rel=1e-12)


def test_the_table_shows_ratios_and_refuses_unequal_losses():
    run = {"median": 0.002, "first": 0.1, "loss": 1.0, "peak_mb": 3.0}
    found = {SMALL[0]: {"NumPy by hand": [run], "JAX jit": [run | {"median": 0.004}]}}
    text = compare.table(found, "one")
    assert "| JAX jit | 4 | 2 | 100 | 3.0 |" in text
    compare.require_same_losses(SMALL[0], found[SMALL[0]])
    found[SMALL[0]]["JAX jit"][0]["loss"] = 1.1
    with pytest.raises(SystemExit, match="disagree on the first loss"):
        compare.require_same_losses(SMALL[0], found[SMALL[0]])
