"""Sums of products over named indices, and the trace."""

from __future__ import annotations

import functools
import string
from collections.abc import Sequence
from typing import Any

import numpy as np

from .arithmetic import Multiply
from .base import ErrorSample, Op, Sample, apply
from .linear_algebra import Matmul


class Einsum(Op):
    """Sum of products over named indices: y[o…] = Σ a[i…] · b[j…] · …, Einstein's notation.

    ``subscripts`` is NumPy's string: ``"ij,jk->ik"``, repeated indices (``"ii->i"``), an
    ellipsis, an implicit output. Each input's derivative is again such a sum: that of
    the upstream gradient with the other inputs. Where an index occurs in this input alone,
    ones fill it; where it repeats, an identity matrix puts the gradient on the diagonal.
    """

    variadic = True
    symbol, pattern = "einsum", "einsum({input})"
    numpy = (np.einsum,)
    analytic = True

    @staticmethod
    def forward(*inputs, subscripts):
        terms, out = parsed(subscripts, tuple(np.shape(x) for x in inputs))
        large = len(inputs) > 2 or max(np.size(x) for x in inputs) > 256
        return np.einsum(f"{','.join(terms)}->{out}", *inputs, optimize=large)

    @staticmethod
    def wrt_input(delta, out, *inputs, index, subscripts):
        operands = [delta, *inputs[:index], *inputs[index + 1 :]]
        shapes = tuple(np.shape(x) for x in inputs)
        terms, fill, goal = gradient_terms(subscripts, shapes, index)
        # The fill has the dtype of the input, so that float32 stays float32.
        for length, rank in fill:
            filler = np.eye(length) if rank == 2 else np.ones(length)
            operands.append(filler.astype(out.dtype))
        passed = apply(Einsum, *operands, subscripts=f"{','.join(terms)}->{goal}")
        return passed.reshape(shapes[index])

    @classmethod
    def bind(cls, function, args, kwargs):
        if not args or not isinstance(args[0], str):
            raise TypeError(
                "np.einsum on Values got operands before their indices; expected the indices as "
                "one string first: np.einsum('ij,jk->ik', a, b)."
            )
        for key, given in kwargs.items():
            if key != "optimize" and given is not None:
                raise TypeError(
                    f"np.einsum on Values got {key}=; expected only subscripts, operands, optimize."
                )
        return args[1:], {"subscripts": args[0]}

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        cases: list[tuple[Any, ...]] = [
            ("i->i", (3,)), ("i->", (3,)), ("ij->ji", (2, 3)), ("ij->j", (2, 3)), ("ij", (2, 3)),
            ("ji", (2, 3)), ("ii", (3, 3)), ("ii->i", (3, 3)), ("iij->ij", (2, 2, 3)),
            ("iji->j", (2, 3, 2)), ("iii->i", (2, 2, 2)), ("ij,jk", (2, 3), (3, 4)),
            ("ij,jk->ik", (2, 3), (3, 1)), ("ij,kj->ik", (2, 3), (4, 3)), ("i,i", (3,), (3,)),
            ("i,j->ij", (2,), (3,)), ("i,j->", (2,), (3,)), ("ij,ij->", (2, 3), (2, 3)),
            ("bij,bjk->bik", (2, 2, 3), (2, 3, 2)), ("...ij,...jk", (2, 2, 3), (2, 3, 2)),
            ("...i,...i->...", (4, 1, 3), (2, 3)), ("i...->...", (3, 2)),
            ("i...,i->i...", (3, 2), (3,)), ("...,...", (2, 3), (3,)), (",", (), ()),
            ("i...j,j...->...i", (2, 2, 3), (3, 2)),
            (",ij->ij", (), (2, 3)), ("ij,jk,kl->il", (2, 3), (3, 2), (2, 4)), ("", ()),
            ("ij,i,j->", (2, 3), (2,), (3,)), ("ii,ij->ij", (3, 3), (3, 2)), ("ij,j", (0, 3), (3,)),
            ("i,i->i", (1,), (3,)), ("ij,ij->j", (1, 3), (2, 3)), ("ii,jj->", (2, 2), (1, 1)),
            (" i j , j k -> i k ", (1, 1), (1, 1)), ("ij,j->i", (2, 1), (3,)),
        ]  # fmt: skip
        rng = np.random.default_rng(21)
        samples = []
        for subscripts, *shapes in cases:
            inputs = tuple(np.asarray(rng.normal(size=shape))[()] for shape in shapes)
            samples.append(Sample(inputs, {"subscripts": subscripts}))
        strided = (rng.normal(size=(4, 6))[::-1, ::2], np.asfortranarray(rng.normal(size=(3, 2))))
        return [*samples, Sample(strided, {"subscripts": "ij,jk->ki"})]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        a, b = np.ones((2, 3)), np.ones((3, 4))
        wrong: list[tuple[tuple[Any, ...], Any, str]] = [
            ((a, b), "ij->i", r"2 operands and 1 list of indices in 'ij->i'"),
            ((a, b), "ij,ik", r"index 'i' of length 2 in operand 0 and 3 in operand 1"),
            ((a,), "ijk->i", r"3 indices 'ijk' for operand 0 of shape \(2, 3\)"),
            ((a,), "...ijk->i", r"at least 3 axes.*operand 0 of shape \(2, 3\)"),
            ((a,), "ij->k", r"index 'k' in the output .* in none of the operands"),
            ((a,), "ij->ii", r"index 'i' twice in the output"),
            ((a,), "i1->i", r"expected letters.* got '1' in 'i1->i'"),
            ((a,), "i->j->k", r"expected at most one '->'"),
            ((a,), "ii", r"index 'i' of length 2 .* and 3"),
            ((a,), "......", r"at most one ellipsis"),
            ((a,), "...j->j", r"the output 'j' lacks the ellipsis"),
            ((a,), 3, r"expected a string, got subscripts of type int"),
        ]
        return [
            ErrorSample(inputs, {"subscripts": text}, ValueError, f"einsum got .*{message}")
            for inputs, text, message in wrong
        ] + list(super().error_samples())


class Trace(Op):
    """Sum of a diagonal: y = Σ a[i, i + offset], over ``axis1`` and ``axis2``.

    ``(n, m) -> ()``; further axes stay. The upstream gradient goes to the diagonal.
    """

    symbol, pattern = "tr", "tr({a})"
    numpy = (np.trace,)
    analytic = True

    @staticmethod
    def forward(a, *, offset=0, axis1=0, axis2=1):
        if np.ndim(a) < 2:
            raise ValueError("expected at least two axes, (n, m).")
        return np.trace(a, offset, axis1, axis2)

    @staticmethod
    def wrt_a(delta, out, a, *, offset=0, axis1=0, axis2=1):
        axis1, axis2 = axis1 % a.ndim, axis2 % a.ndim
        first, second = min(axis1, axis2), max(axis1, axis2)
        diagonal = np.eye(a.shape[axis1], a.shape[axis2], offset, dtype=a.dtype)
        if axis1 > axis2:
            diagonal = diagonal.T
        shape = [1] * a.ndim
        shape[first], shape[second] = diagonal.shape
        return np.expand_dims(delta, (first, second)) * diagonal.reshape(shape)

    @classmethod
    def samples(cls) -> Sequence[Sample]:
        rng = np.random.default_rng(22)
        plain: list[tuple[int, ...]] = [(1, 1), (2, 2), (3, 3), (2, 3), (3, 2), (1, 3), (4, 1)]
        plain += [(2, 3, 2), (3, 2, 2), (2, 2, 0), (0, 3), (2, 2, 1, 2)]
        samples = [Sample((rng.normal(size=shape),)) for shape in plain]
        for offset in (1, -1, 2, 5, -5):
            samples.append(Sample((rng.normal(size=(3, 4)),), {"offset": offset}))
        for offset, axis1, axis2 in (
            (0, 1, 0), (0, -2, -1), (0, -1, -2), (1, 2, 0), (-1, 2, 0), (0, 0, 2), (1, 0, 2),
            (1, 1, 2), (-1, 2, 1), (0, -1, 0), (3, 0, 1),
        ):  # fmt: skip
            settings = {"offset": offset, "axis1": axis1, "axis2": axis2}
            samples.append(Sample((rng.normal(size=(2, 3, 4)),), settings))
        strided = rng.normal(size=(4, 6))[::-1, ::2]
        return [*samples, Sample((strided,)), Sample((np.asfortranarray(strided),))]

    @classmethod
    def error_samples(cls) -> Sequence[ErrorSample]:
        a = np.ones((2, 3))
        wrong: list[tuple[Any, dict[str, Any], type[Exception], str]] = [
            (np.ones(3), {}, ValueError, "expected at least two axes"),
            (2.0, {}, ValueError, "expected at least two axes"),
            (a, {"axis1": 2}, IndexError, "out of bounds"),
            (a, {"axis2": -3}, IndexError, "out of bounds"),
            (a, {"axis1": 1, "axis2": 1}, ValueError, "cannot be the same"),
        ]
        return [
            ErrorSample((x,), settings, error, f"trace got .*{message}")
            for x, settings, error, message in wrong
        ] + list(super().error_samples())


Shape = tuple[int, ...]


def dot_product(shape_a: Shape, shape_b: Shape) -> tuple[type[Op], dict[str, Any] | None]:
    """The op, and its settings, that np.dot is for arrays of these shapes."""
    if not shape_a or not shape_b:
        return Multiply, None
    if len(shape_a) == 1 or len(shape_b) <= 2:
        return Matmul, None
    return Einsum, {"subscripts": contraction("dot", shape_a, shape_b, [-1], [-2])}


def contraction(
    name: str, shape_a: Shape, shape_b: Shape, axes_a: Sequence[int], axes_b: Sequence[int]
) -> str:
    """The einsum that sums over pairs of axes; the other axes stay, those of a first."""
    first = list(string.ascii_letters[: len(shape_a)])
    second = list(string.ascii_letters[len(first) : len(first) + len(shape_b)])
    for i, j in zip(axes_a, axes_b, strict=True):
        if shape_a[i] != shape_b[j]:
            raise ValueError(
                f"{name}() got shapes {shape_a} and {shape_b}; expected equal lengths to sum over: "
                f"axis {i} of the first is {shape_a[i]}, axis {j} of the second {shape_b[j]}."
            )
        second[j] = first[i]
    out = [letter for letter in first if letter not in second]
    out += [letter for letter in second if letter not in first]
    return f"{''.join(first)},{''.join(second)}->{''.join(out)}"


# The letters of an einsum, resolved once per string and shapes.


@functools.lru_cache(maxsize=1024)
def parsed(subscripts: str, shapes: tuple[tuple[int, ...], ...]) -> tuple[list[str], str]:
    """The indices of each operand and of the output, ellipses spelled out as letters."""
    if not isinstance(subscripts, str):
        raise ValueError(f"expected a string, got subscripts of type {type(subscripts).__name__}.")
    text = "".join(subscripts.split())
    left, *right = text.split("->")
    terms = left.split(",")
    _check_text(text, terms, right, len(shapes))
    free = [letter for letter in string.ascii_letters if letter not in text]
    most = 0
    for k, (term, shape) in enumerate(zip(terms, shapes, strict=True)):
        most = max(most, len(_dots(term, shape, k)))
    dots = "".join(free[:most])
    spelled = []
    for k, (term, shape) in enumerate(zip(terms, shapes, strict=True)):
        own = len(_dots(term, shape, k))
        spelled.append(term.replace("...", dots[most - own :]))
    out = right[0].replace("...", dots) if right else dots + _implicit(left)
    if right and dots and "..." not in right[0]:
        raise ValueError(f"expected '...' in the output too: the output {out!r} lacks the ellipsis")
    _sizes(spelled, shapes)
    for letter in out:
        if not any(letter in term for term in spelled):
            raise ValueError(
                f"expected an output of indices of the operands; index {letter!r} in the output "
                f"of {text!r} is in none of the operands"
            )
        if out.count(letter) > 1:
            raise ValueError(f"expected each index once; got index {letter!r} twice in the output")
    return spelled, out


def _check_text(text: str, terms: list[str], right: list[str], count: int) -> None:
    if len(right) > 1:
        raise ValueError(f"expected at most one '->' in {text!r}")
    for part in (*terms, *right):
        if part.count("...") > 1:
            raise ValueError(f"expected at most one ellipsis per operand; got {part!r}")
        for letter in part.replace("...", ""):
            if letter not in string.ascii_letters:
                raise ValueError(
                    f"expected letters, ',', '->' and '...'; got {letter!r} in {text!r}"
                )
    if len(terms) != count:
        lists = "list" if len(terms) == 1 else "lists"
        raise ValueError(
            f"expected one list of indices per operand; got {count} operands and {len(terms)} "
            f"{lists} of indices in {text!r}"
        )


def _dots(term: str, shape: tuple[int, ...], k: int) -> range:
    """The axes that the ellipsis of an operand stands for."""
    named = len(term.replace("...", ""))
    if "..." in term:
        if len(shape) < named:
            raise ValueError(f"expected at least {named} axes in operand {k} of shape {shape}")
        return range(len(shape) - named)
    if len(shape) != named:
        raise ValueError(
            f"expected an index for each axis; got {named} indices {term!r} for operand {k} of "
            f"shape {shape}"
        )
    return range(0)


def _implicit(left: str) -> str:
    """The output that NumPy assumes: the indices that occur once, in alphabetical order."""
    letters = left.replace(".", "").replace(",", "")
    return "".join(sorted(letter for letter in set(letters) if letters.count(letter) == 1))


def _sizes(terms: Sequence[str], shapes: Sequence[tuple[int, ...]]) -> dict[str, int]:
    """The length of each index; a length of 1 broadcasts, but not within one operand."""
    sizes: dict[str, int] = {}
    found: dict[str, int] = {}
    for k, (term, shape) in enumerate(zip(terms, shapes, strict=True)):
        for letter, length in zip(term, shape, strict=True):
            known = sizes.get(letter, 1)
            within = found.get(letter) == k and known != length
            if within or (known != 1 and length not in (1, known)):
                raise ValueError(
                    f"expected equal lengths for equal indices; got index {letter!r} of length "
                    f"{known} in operand {found[letter]} and {length} in operand {k}"
                )
            if known == 1:
                sizes[letter], found[letter] = length, k
    return sizes


@functools.lru_cache(maxsize=1024)
def gradient_terms(
    subscripts: str, shapes: tuple[tuple[int, ...], ...], index: int
) -> tuple[list[str], list[tuple[int, int]], str]:
    """Indices of the einsum that gives ∂J/∂input: its operands, what fills up, its output.

    The operands are delta, the other inputs, and fillers of ``(length, rank)``: a vector of ones
    for an index that only this input has, an identity for an index that it repeats.
    """
    terms, out = parsed(subscripts, shapes)
    sizes = _sizes(terms, shapes)
    own = terms[index]
    others = [out, *terms[:index], *terms[index + 1 :]]
    lengths = [tuple(sizes[letter] for letter in out), *shapes[:index], *shapes[index + 1 :]]
    reached: set[str] = set()
    for term, shape in zip(others, lengths, strict=True):
        reached.update(letter for letter, n in zip(term, shape, strict=True) if n == sizes[letter])
    free = [letter for letter in string.ascii_letters if letter not in "".join([own, *others])]
    fill, goal = [], ""
    for letter, length in zip(own, shapes[index], strict=True):
        if length == 1:
            continue  # summed over, and put back by the reshape
        if letter in goal:
            fresh = free.pop()
            others.append(letter + fresh)
            fill.append((length, 2))
            goal += fresh
            continue
        if letter not in reached:
            others.append(letter)
            fill.append((length, 1))
        goal += letter
    return others, fill, goal
