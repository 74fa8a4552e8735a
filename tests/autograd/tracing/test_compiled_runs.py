"""A compiled function in a traced run is one node, with the gradients that it gives."""

import numpy as np

import autograd as ag
from autograd import Value


def test_a_compiled_call_is_one_node_and_its_compilation_is_no_event():
    w = Value(2.0, label="w")
    compiled = ag.compile(lambda v: (v * v).tanh() * 3.0)
    with ag.trace() as t:
        for _ in range(2):
            compiled(w).backward()
    forward = [event for event in t if event.kind == "forward"]
    assert len(forward) == 2
    np.testing.assert_allclose(forward[0].value, 3 * np.tanh(4.0))
    assert t.last.grad(w) == w.grad
    np.testing.assert_allclose(w.grad, 2 * 3 * 4.0 / np.cosh(4.0) ** 2)
