"""The problems of the comparison are the same for NumPy by hand and for this engine."""

import importlib

import engines
import problems
import pytest
import steps_glassgrad
import steps_numpy

SMALL = ["MLP 2-16-16-1, batch 32", "digits 64-128-64-10, batch 128"]
LIGHT = [
    *SMALL, "LeNet 8x8, batch 32", problems.ELMAN, *list(problems.ELEMENTWISE)[:1],
    problems.HESSIAN,
]  # fmt: skip


@pytest.fixture
def short(monkeypatch):
    """Problems that take a second or more, made short."""
    monkeypatch.setattr(problems, "CHAIN_LENGTH", 300)
    monkeypatch.setattr(problems, "TIME", 5)
    points = steps_glassgrad.workloads.moons()
    few = [part[45:55] for part in points]
    monkeypatch.setattr(steps_glassgrad.workloads, "moons", lambda: few)


def steps_for(problem):
    """The steps of all engines that need NumPy alone."""
    found = {}
    for module in (steps_numpy, steps_glassgrad):
        for engine, steps in module.STEPS.items():
            if problem in steps and engine != "matrix products alone":
                found[engine] = steps[problem](problem)
    return found


@pytest.mark.parametrize("problem", [*LIGHT, problems.MOONS, problems.CHAIN])
def test_all_forms_of_a_step_take_the_same_way(problem, short):
    forms = steps_for(problem)
    assert len(forms) >= 2
    for _ in range(3):
        losses = {engine: step() for engine, step in forms.items()}
        first = next(iter(losses.values()))
        assert losses == pytest.approx(dict.fromkeys(losses, first), rel=1e-9)


def test_a_replayed_graph_lets_every_gradient_be_read(short):
    step = steps_glassgrad.STEPS["glassgrad replayed graph"][problems.MOONS](problems.MOONS)
    step()
    facts = step.facts()
    assert facts["nodes"] == facts["gradients"] > 5000


def test_the_products_alone_are_taken_for_networks():
    step = steps_numpy.STEPS["matrix products alone"][SMALL[0]](SMALL[0])
    assert step() == 0.0


@pytest.mark.parametrize("engine", ["NumPy by hand", "matrix products alone", *engines.OURS])
def test_each_problem_has_a_step_or_a_reason(engine):
    module = importlib.import_module(engines.ENGINES[engine].module)
    steps = module.STEPS[engine]
    lacking = engines.LACKS.get(engine, {})
    assert steps.keys() | lacking.keys() == set(problems.PROBLEMS)
    assert not steps.keys() & lacking.keys()
