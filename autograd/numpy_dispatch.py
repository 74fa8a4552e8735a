"""NumPy on Values: which op stands in for which NumPy function, and what is refused."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from .node import Node, data_of
from .ops import Op, numpy_table

#: NumPy functions that only look at the numbers, shapes or signs: they answer on the data.
PLAIN = {
    np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal,
    np.isnan, np.isinf, np.isfinite, np.signbit, np.logical_not, np.logical_and, np.logical_or,
    np.argmax, np.argmin, np.argsort, np.shape, np.ndim, np.size, np.zeros_like, np.ones_like,
    np.full_like, np.empty_like, np.array_equal, np.allclose, np.isclose, np.any, np.all,
    np.count_nonzero, np.nonzero, np.array_repr, np.array_str, np.array2string, np.result_type,
    np.flatnonzero, np.argwhere, np.argpartition, np.searchsorted, np.iscomplexobj, np.isrealobj,
}  # fmt: skip

#: Free functions that stand in for NumPy's where no op does: np.hstack is `hstack`, which
#: records a concatenate. They enter themselves, by `spells`.
SPELLINGS: dict[Callable[..., Any], Callable[..., Any]] = {}

AnyFunction = TypeVar("AnyFunction", bound=Callable[..., Any])


def spells(*functions: Callable[..., Any]) -> Callable[[AnyFunction], AnyFunction]:
    """Decorator of a free function: it is what these NumPy functions do on Values."""

    def enter(spelling: AnyFunction) -> AnyFunction:
        for function in functions:
            SPELLINGS[function] = spelling
        return spelling

    return enter


def spelling_call(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Result of the free function that stands in for ``function``, on the same arguments."""
    spelling = SPELLINGS[function]
    known = inspect.signature(spelling).parameters
    given = {}
    for key, value in kwargs.items():
        if key in known:
            given[key] = value
        elif value is not np._NoValue and not _is_default(function, key, value):
            raise TypeError(
                f"np.{function.__name__} on Values got {key}={value!r}; expected only "
                f"{', '.join(known)}."
            )
    return spelling(*args, **given)


def _is_default(function: Any, key: str, value: Any) -> bool:
    known = inspect.signature(function).parameters.get(key)
    return known is not None and value is known.default


@functools.cache
def stand_ins() -> dict[Callable[..., Any], type[Op]]:
    """The op for each NumPy callable that has one."""
    return dict(numpy_table())


def ufunc_call(
    ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]
) -> type[Op] | None:
    """The op for ``ufunc(*inputs)``, or None where the ufunc just looks at the data."""
    name = f"np.{ufunc.__name__}"
    if method != "__call__":
        raise TypeError(f"{name}.{method}() does not record; use {_method_hint(ufunc, method)}.")
    if kwargs.get("out") is not None:
        raise TypeError(
            f"{name} got out=, which would write a Value into a plain array and lose its graph. "
            f"Write y = … instead; array += v becomes array = array + v."
        )
    if ufunc in PLAIN:
        return None
    op = stand_ins().get(ufunc)
    if op is None and ufunc not in SPELLINGS:
        raise TypeError(
            f"{name} has no derivative rule here. Apply it to .data if no gradient is "
            f"needed, or write it with one of: {', '.join(sorted(set(_names())))}."
        )
    if kwargs:
        raise TypeError(f"{name} on Values got {_listed(kwargs)}; expected no keyword arguments.")
    return op


def function_call(
    function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[type[Op], tuple[Any, ...], dict[str, Any]] | None:
    """Op, inputs and settings for ``function(*args, **kwargs)``, or None to run it on the data."""
    if function in PLAIN:
        return None
    op = stand_ins().get(function)
    if op is None:
        name = f"{function.__module__}.{function.__name__}".replace("numpy", "np", 1)
        raise TypeError(
            f"{name} has no derivative rule here. Apply it to .data if no gradient is needed."
        )
    given = {}
    for key, value in kwargs.items():
        if value is not np._NoValue:
            given[key] = value
    inputs, settings = op.bind(function, args, given)
    return op, inputs, own_settings(function, settings)


def own_settings(function: Any, settings: dict[str, Any]) -> dict[str, Any]:
    """Settings with arrays and lists copied, so that later changes to them do no harm."""
    own = {}
    for name, given in settings.items():
        if isinstance(given, Node):
            raise TypeError(
                f"np.{function.__name__} got {given.describe()}, a Value, for {name}; expected "
                f"plain numbers, through which no gradient flows. Use .data if that is meant."
            )
        if isinstance(given, np.ndarray):
            given = given.copy()
        own[name] = tuple(given) if isinstance(given, list) else given
    return own


def plain_function(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """``function`` on the bare data of its arguments."""
    bare_args, bare_kwargs = [], {}
    for x in args:
        bare_args.append(data_of(x))
    for key, x in kwargs.items():
        bare_kwargs[key] = data_of(x)
    return function(*bare_args, **bare_kwargs)


def _names() -> list[str]:
    return [f"np.{function.__name__}" for function in stand_ins()]


def _listed(kwargs: dict[str, Any]) -> str:
    return ", ".join(f"{key}=" for key in kwargs)


def _method_hint(ufunc: Any, method: str) -> str:
    known = {(np.add, "reduce"): "np.sum", (np.maximum, "reduce"): "np.max"}
    return known.get((ufunc, method), "the function itself, or .data if no gradient is needed")
