"""Modules: how parameters are found, named, counted and reset."""

import pytest

from autograd import Value
from nn import MLP, Module


class Holder(Module):
    def __init__(self, **parts):
        vars(self).update(parts)


def test_parameters_are_found_in_attributes_modules_lists_tuples_and_dicts_in_order():
    a, b, c, d, e = (Value(float(k)) for k in range(5))
    model = Holder(first=a, inner=Holder(w=b), rest=[c, (d,)], table={"key": e})
    names = [name for name, _ in model.named_parameters()]
    assert names == ["first", "inner.w", "rest.0", "rest.1.0", "table.key"]
    assert all(x is y for x, y in zip(model.parameters(), [a, b, c, d, e], strict=True))


def test_paths_of_a_network_read_like_its_attributes():
    names = [name for name, _ in MLP(2, [3, 1]).named_parameters()]
    assert names == ["layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"]


def test_a_shared_parameter_counts_once_under_its_first_path():
    shared = Value([1.0, 2.0])
    model = Holder(encoder=Holder(w=shared), decoder=Holder(w=shared))
    assert [name for name, _ in model.named_parameters()] == ["encoder.w"]
    assert model.count_parameters() == 2


def test_two_parameters_of_equal_numbers_are_two():
    assert len(Holder(a=Value(1.0), b=Value(1.0)).parameters()) == 2


def test_constants_and_computed_values_are_no_parameters():
    w = Value(2.0)
    model = Holder(w=w, mean=Value(1.0, requires_grad=False), last_output=w * 3, name="w")
    assert [name for name, _ in model.named_parameters()] == ["w"]


def test_modules_that_point_at_each_other_are_walked_once():
    parent, child = Holder(w=Value(1.0)), Holder(w=Value(2.0))
    parent.child, child.parent = child, parent
    assert [name for name, _ in parent.named_parameters()] == ["w", "child.w"]


def test_a_set_of_modules_is_refused_because_it_has_no_order():
    model = Holder(heads=Holder(parts={Holder(w=Value(1.0))}))
    with pytest.raises(TypeError, match=r"set of Values or Modules at 'heads.parts'.*a list"):
        model.parameters()


def test_a_set_of_other_things_is_left_alone():
    assert Holder(tags={"a", "b"}).parameters() == []


def test_the_lectures_network_has_19_parameters():
    assert MLP(4, [3, 1]).count_parameters() == 3 * (4 + 1) + 1 * (3 + 1) == 19


def test_zero_grad_forgets_every_gradient():
    model = MLP(2, [3, 1], activation="tanh", seed=0)
    model([1.0, 2.0]).backward()
    assert all(p.grad is not None for p in model.parameters())
    model.zero_grad()
    assert all(p.grad is None for p in model.parameters())


def test_a_module_without_forward_says_what_to_define():
    with pytest.raises(NotImplementedError, match=r"Holder has no forward\(\); define 'def forwa"):
        Holder()(1.0)


def test_a_call_hands_all_inputs_to_forward():
    class Product(Module):
        def forward(self, a, b):
            return a * b

    assert Product()(Value(3.0), Value(4.0)).item() == 12.0


def test_the_repr_of_a_module_lists_its_parameters():
    assert repr(Holder(w=Value([1.0, 2.0]))) == "Holder: 2 parameters\n  w (2,)"
