"""Messages for operands that do not fit: which op, which values, which shapes, what to do."""

from __future__ import annotations

from typing import Any

import numpy as np

from .node import Node
from .ops import Op


def shape_error(
    op: type[Op], inputs: tuple[Any, ...], settings: dict[str, Any], error: Exception
) -> Exception:
    """A clearer form of the error that NumPy raised in the forward rule of ``op``."""
    if not isinstance(error, ValueError | IndexError) or str(error).startswith(f"{op.name} got"):
        return error
    shapes = [np.shape(x._array) if isinstance(x, Node) else np.shape(x) for x in inputs]
    given = " and ".join(
        f"{_name(x)}of shape {shape}" for x, shape in zip(inputs, shapes, strict=True)
    )
    kind = IndexError if isinstance(error, IndexError) else ValueError
    options = ", ".join(f"{key}={_setting(value)}" for key, value in settings.items())
    with_options = f" with {options}" if options else ""
    return kind(f"{op.name} got {given}{with_options}; {_expected(op, shapes, error)}")


def _name(x: Any) -> str:
    if not isinstance(x, Node):
        return "a constant "
    return f"{x.label!r} " if x.label else "a value "


def _setting(value: Any) -> str:
    """A setting as it is written; of a long array only its shape."""
    if isinstance(value, np.ndarray) and value.size > 6:
        return f"<an array of shape {value.shape}>"
    return " ".join(repr(value).split())


def _expected(op: type[Op], shapes: list[tuple[int, ...]], error: Exception) -> str:
    if str(error).startswith("expected"):
        return str(error)  # the op's own words
    if op.name == "matmul":
        return _expected_matmul(shapes)
    if op.name == "affine":
        return _expected_affine(shapes)
    if op.name == "mean_squared_error":
        return _expected_same(shapes)
    if op.elementwise and len(shapes) == 2 and "broadcast" in str(error):
        return "expected shapes that broadcast: from the right, equal lengths or 1." + _advice(
            shapes
        )
    return f"NumPy says: {error}"


def _expected_matmul(shapes: list[tuple[int, ...]]) -> str:
    a, b = shapes
    if not a or not b:
        return "expected at least one axis in both; use * to multiply by a scalar."
    if len(a) == 2 and len(b) == 2 and a[1] == b[1]:
        return f"expected (n, {a[1]}) @ ({a[1]}, m). Did you mean a @ b.T?"
    if len(a) == 2 and len(b) == 2 and a[0] == b[0]:
        return f"expected (n, {a[1]}) @ ({a[1]}, m). Did you mean a.T @ b?"
    inner = b[-2] if len(b) > 1 else b[0]
    if a[-1] == inner:
        return "expected leading axes that broadcast: from the right, equal lengths or 1."
    return (
        f"expected equal inner lengths: the last axis of the first is {a[-1]}, the matching "
        f"axis of the second is {inner}."
    )


def _expected_affine(shapes: list[tuple[int, ...]]) -> str:
    x, weight, bias = shapes
    if len(weight) != 2 or bias != weight[:1]:
        return "expected weight (units, inputs) and bias (units,)."
    advice = " Did you mean x.T?" if len(x) == 2 and x[0] == weight[1] else ""
    return f"expected x of shape (…, {weight[1]}), the number of inputs of the weight.{advice}"


def _expected_same(shapes: list[tuple[int, ...]]) -> str:
    a, b = shapes
    if (a[-1:] == (1,) and a[:-1] == b) or (b[-1:] == (1,) and b[:-1] == a):
        which = "first" if len(b) > len(a) else "second"
        shape = b if len(b) > len(a) else a
        return f"expected equal shapes. Did you mean .reshape{shape} on the {which}?"
    return "expected equal shapes: nothing broadcasts in a loss."


def _advice(shapes: list[tuple[int, ...]]) -> str:
    a, b = shapes
    if a == b[::-1]:
        return " Did you mean .T on one of them?"
    if len(a) == 2 and len(b) == 1 and a[0] == b[0]:
        return f" Did you mean .reshape({b[0]}, 1) on the second?"
    if len(b) == 2 and len(a) == 1 and b[0] == a[0]:
        return f" Did you mean .reshape({a[0]}, 1) on the first?"
    return ""
