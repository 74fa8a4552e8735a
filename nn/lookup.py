"""Look-up by name: how ``'adam'`` or ``'mse'`` becomes what it stands for, or is refused."""

from __future__ import annotations

import difflib
import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any


def named(
    kind: str, given: Any, table: Mapping[str, Any], other: str, aliases: Mapping[str, str] = {}
) -> Any:
    """The entry of ``table`` of that name; the case does not matter.

    ``other`` is what the caller takes besides names, for the error.

    >>> named("colour", "Red", {"red": 1, "green": 2}, " or a number")
    1

    Raises:
        ValueError: there is none; the message lists them, and the closest.
        TypeError: something that is no name.
    """
    known = ", ".join(table)
    if not isinstance(given, str):
        raise TypeError(
            f"{kind} got {given!r} of type {type(given).__name__}; expected a name "
            f"({known}){other}."
        )
    name = aliases.get(given.lower(), given.lower())
    if name not in table:
        close = difflib.get_close_matches(given.lower(), [*table, *aliases], n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise ValueError(f"{kind} got the name {given!r}; expected {known}{other}.{hint}")
    return table[name]


def of_name_or_class(
    kind: str,
    given: Any,
    table: Mapping[str, Any],
    base: type,
    other: str,
    aliases: Mapping[str, str] = {},
) -> Any:
    """A function as it is; of a subclass of ``base``, or the entry of that name, one newly made.

    >>> of_name_or_class("number", "none", {"none": int}, float, " or a function")
    0

    Raises:
        ValueError: there is none of that name.
        TypeError: neither a name nor a function.
    """
    if isinstance(given, type) and issubclass(given, base):
        return given()
    if callable(given):
        return given
    return named(kind, given, table, other, aliases)()


def two_arguments(
    kind: str, given: Any, table: Mapping[str, Any], base: type, aliases: Mapping[str, str]
) -> Any:
    """A function of prediction and target: the entry of that name, or `prediction_first` of one.

    Of a subclass of ``base`` one newly made.

    Raises:
        ValueError: there is none of that name.
        TypeError: neither a name nor a function.
    """
    if isinstance(given, type) and issubclass(given, base):
        return given()
    if callable(given):
        return prediction_first(given)
    return named(kind, given, table, " or a function of prediction and target", aliases)


def prediction_first(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` of (prediction, target); one of (y_true, y_pred) gets them by these names.

    So the losses and metrics that Keras's and scikit-learn's users bring along mean what they did.

    >>> prediction_first(lambda y_true, y_pred: y_true - 2 * y_pred)(1, 10)
    8
    """
    try:
        names = list(inspect.signature(function).parameters)[:2]
    except (TypeError, ValueError):  # a function of C without a signature
        return function
    if names != ["y_true", "y_pred"]:
        return function

    @functools.wraps(function)
    def of_prediction(prediction: Any, target: Any, **settings: Any) -> Any:
        return function(target, prediction, **settings)

    return of_prediction
