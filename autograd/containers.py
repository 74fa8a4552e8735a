"""Nested lists, tuples and dicts of arrays, taken apart into leaves and put together again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np


def leaves_of(tree: Any) -> Iterator[Any]:
    """The arrays, numbers and Values of ``tree``, left to right; None is an empty place."""
    if isinstance(tree, dict):
        for part in tree.values():
            yield from leaves_of(part)
    elif isinstance(tree, list | tuple):
        for part in tree:
            yield from leaves_of(part)
    elif tree is not None:
        yield tree


def rebuild(tree: Any, leaves: Iterator[Any]) -> Any:
    """A container of the form of ``tree`` that holds the next leaves in its place."""
    if isinstance(tree, dict):
        return type(tree)((key, rebuild(part, leaves)) for key, part in tree.items())
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*[rebuild(part, leaves) for part in tree])
    if isinstance(tree, list | tuple):
        return type(tree)([rebuild(part, leaves) for part in tree])
    return None if tree is None else next(leaves)


def map_leaves(function: Callable[[Any], Any], tree: Any) -> Any:
    """``tree`` with ``function`` applied to each leaf."""
    return rebuild(tree, iter([function(leaf) for leaf in leaves_of(tree)]))


def same_form(tree: Any, other: Any) -> bool:
    """True if both nest alike and their leaves have equal shapes."""
    if isinstance(tree, dict):
        return (
            isinstance(other, dict)
            and list(tree) == list(other)
            and all(same_form(tree[key], other[key]) for key in tree)
        )
    if isinstance(tree, list | tuple):
        return (
            isinstance(other, list | tuple)
            and len(tree) == len(other)
            and all(same_form(a, b) for a, b in zip(tree, other, strict=True))
        )
    if tree is None or other is None:
        return tree is None and other is None
    return shape_of(tree) == shape_of(other)


def shape_of(leaf: Any) -> tuple[int, ...]:
    """Shape of a leaf: a Value's, an array's, or that of a number."""
    return leaf.shape if hasattr(leaf, "shape") else np.shape(leaf)
