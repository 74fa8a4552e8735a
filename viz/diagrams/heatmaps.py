"""Heatmaps: arrays as small grids of cells, on a colour scale that is symmetric about zero."""

from __future__ import annotations

from typing import Any

import numpy as np

from .diagram import Heatmap

#: The most rows and columns of cells.
ROWS, COLUMNS = 10, 16
#: Arrays of fewer elements are written out as numbers and need no cells.
FEWEST = 5


def heatmap(data: Any, what: str) -> Heatmap | None:
    """The array as cells, or None where it is small, or holds no finite number.

    A vector is one row. Of more than two axes the first entry is shown; where there are more
    rows or columns than cells, a cell is the mean of a block.
    """
    array = np.asarray(data, dtype=float)
    if array.size < FEWEST or array.ndim == 0:
        return None
    notes = []
    while array.ndim > 2:
        axis = array.ndim - 1 if array.shape[-1] == 1 else 0
        if array.shape[axis] > 1:
            notes.append(f"first of {array.shape[axis]}")
        array = array.take(0, axis=axis)
    if array.ndim == 1:
        array = array[None, :]
    finite = np.abs(array[np.isfinite(array)])
    if finite.size == 0:
        return None
    rows, columns = _block(array.shape[0], ROWS), _block(array.shape[1], COLUMNS)
    if rows * columns > 1:
        notes.append(f"a cell is the mean of {rows}×{columns}")
        array = _means(array, rows, columns)
    cells = tuple(tuple(float(x) for x in row) for row in array)
    largest = max((abs(x) for row in cells for x in row if np.isfinite(x)), default=0.0)
    return Heatmap(what, cells, largest, ", ".join(notes))


def _block(length: int, cells: int) -> int:
    """How many elements share one cell along an axis."""
    return -(-length // cells)


def _means(array: Any, rows: int, columns: int) -> Any:
    """Means over blocks; the last block of an axis may be smaller."""
    down = np.add.reduceat(array, range(0, array.shape[0], rows), axis=0)
    both = np.add.reduceat(down, range(0, array.shape[1], columns), axis=1)
    ones = np.ones(array.shape)
    counts = np.add.reduceat(ones, range(0, array.shape[0], rows), axis=0)
    return both / np.add.reduceat(counts, range(0, array.shape[1], columns), axis=1)
