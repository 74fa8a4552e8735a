"""The error function and its complement, elementwise.

NumPy has neither. The C library's are at hand through ``math``, one number at a time; arrays are
computed by two polynomials, whose coefficients are interpolations at Chebyshev points of the
functions named below, in 60 digits.
"""

from __future__ import annotations

import math

import numpy as np

from .base import Unary

#: The derivative of erf at 0.
SLOPE = 2 / math.sqrt(math.pi)

#: Up to this many numbers the C library is faster; of a million it takes twice as long.
FEW = 2000
#: So many numbers at a time stay in the processor's cache.
BLOCK = 8192

#: erf(x)/x - 1 as a polynomial in x², for |x| < 1: off by less than 1e-17.
NEAR = (
    0.1283791670955126, -0.3761263890318375, 0.11283791670954879, -0.026866170645076792,
    0.0052239776248180145, -0.000854832698083379, 0.0001205533111164271, -1.4925595266831182e-05,
    1.6461000484121368e-06, -1.6350312701054695e-07, 1.4659775274047436e-08,
    -1.1372848856791674e-09, 5.957176147748911e-11,
)  # fmt: skip
#: (1 + 2x) e^(x²) erfc(x) as a polynomial in (x - 3)/(x + 3), for 0.5 <= x <= 28: off by less than
#: 1e-17. The variable is that of Shepherd & Laframboise 1981.
BEYOND = (
    1.2530080582697296, -0.1356211061245812, -0.0475622943534507, 0.12964515870276203,
    -0.11927366341531179, 0.06830802734394434, -0.02377051491853638, 0.002529391816335117,
    0.0018886903564002055, -0.0007798322714918795, -0.00010515976008945177, 0.00012509932758636072,
    4.9491714476033325e-06, -2.0100376113106087e-05, -7.300550882569987e-07, 3.471616676593574e-06,
    3.52693258412998e-07, -6.146346341425417e-07, -1.3432312409451292e-07, 9.877438074940672e-08,
    3.42329907978226e-08, -1.0659628807393203e-08, -4.325370719107278e-09,
)  # fmt: skip


def each(exact, of_array, a):
    """A function of every element of ``a``, in double precision.

    ``exact`` takes one number, ``of_array`` a row of them; the two differ in the last digit at
    most.
    """
    a = np.asarray(a)
    if a.size <= FEW:
        results = np.fromiter(map(exact, a.ravel().tolist()), np.float64, a.size)
    else:
        row, results = a.astype(np.float64).ravel(), np.empty(a.size)
        for start in range(0, a.size, BLOCK):
            results[start : start + BLOCK] = of_array(row[start : start + BLOCK])
    return results.astype(a.dtype).reshape(a.shape)[()]


def polynomial(coefficients, x):
    """c₀ + c₁ x + c₂ x² + …, by Horner's scheme."""
    y = np.full_like(x, coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        y *= x
        y += coefficient
    return y


def erf_of(x):
    """erf of a row of numbers, to within about one unit in the last place."""
    size = np.abs(x)
    near, result = size < 1, np.empty_like(x)
    inner, outer = x[near], size[~near]
    result[near] = inner + inner * polynomial(NEAR, inner * inner)
    result[~near] = 1 - erfc_beyond(np.minimum(outer, 6))
    return np.copysign(result, x)


def erfc_of(x):
    """erfc of a row of numbers, to within about three units in the last place."""
    size = np.abs(x)
    near, result = size < 0.5, np.empty_like(x)
    inner = x[near]
    result[near] = 1 - (inner + inner * polynomial(NEAR, inner * inner))
    tail = erfc_beyond(size[~near])
    result[~near] = np.where(x[~near] > 0, tail, 2 - tail)
    return result


def erfc_beyond(x):
    """erfc where x >= 0.5; beyond 28 it is 0 in double precision.

    The square is taken in two parts, since e^(-x²) has the error of x² times x².
    """
    x = np.minimum(x, 28)
    longer = x * (2**27 + 1)
    head = longer - (longer - x)
    bell = np.exp(-head * head) * np.exp(-(x - head) * (x + head))
    return bell * polynomial(BEYOND, (x - 3) / (x + 3)) / (1 + 2 * x)


def bell(a):
    """e^(-a²), without overflow of the square: beyond ±30 it is 0 in double precision."""
    near = a if np.all(np.absolute(a) <= 30) else np.clip(a, -30, 30)
    return np.exp(-(near * near))


class Erf(Unary):
    """Error function: y = 2/√π · ∫₀ᵃ e^(-t²) dt, in (-1, 1)."""

    @staticmethod
    def forward(a):
        return each(math.erf, erf_of, a)

    @staticmethod
    def wrt_a(delta, out, a):
        return delta * SLOPE * bell(a)


class Erfc(Unary):
    """Complement of the error function: y = 1 - erf a, with all its digits where erf is near 1."""

    @staticmethod
    def forward(a):
        return each(math.erfc, erfc_of, a)

    @staticmethod
    def wrt_a(delta, out, a):
        return -delta * SLOPE * bell(a)
