"""What has a name is looked up alike: any case, close names, what is refused."""

import pytest

from nn import activations, constraints, initializers, losses, metrics, optimizers, regularizers

TABLES = [
    (activations.get, "ReLU", "rellu", "relu"),
    (constraints.get, "Max_Norm", "maxnorm", "max_norm"),
    (initializers.get, "He_Normal", "henormal", "he_normal"),
    (losses.get, "MSE", "mze", "mse"),
    (metrics.get, "R2", "r22", "r2"),
    (optimizers.get, "Adam", "adan", "adam"),
    (regularizers.get, "L2", "l22", "l2"),
]


@pytest.mark.parametrize(("get", "name", "mistaken", "close"), TABLES)
def test_a_name_is_found_in_any_case(get, name, mistaken, close):
    assert repr(get(name)) == repr(get(close))


@pytest.mark.parametrize(("get", "name", "mistaken", "close"), TABLES)
def test_a_mistaken_name_is_told_with_all_that_may_be_given(get, name, mistaken, close):
    with pytest.raises(ValueError, match=f"got the name '{mistaken}'; expected ") as raised:
        get(mistaken)
    said = str(raised.value)
    assert said.endswith(f" Did you mean {close!r}?")
    assert " a function of " in said or " an optimizer such as " in said


@pytest.mark.parametrize("get", [table[0] for table in TABLES])
def test_what_is_no_name_is_told_with_its_type(get):
    with pytest.raises(TypeError, match=r"got 3 of type int; expected a name \("):
        get(3)
