"""Elementwise methods of Values, under the names of NumPy and of the activations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from . import ops
from .node import Node
from .ops.activations import plain_number
from .ops.selection import bounds


class ElementwiseMethods(Node):
    """Elementwise methods and operators, but for those in `value`."""

    __slots__ = ()

    #: ``_unary(op, settings)``, ``_binary(op, a, b)`` and ``__record__(op, inputs)`` record an op.
    _unary: Callable[..., Any]
    _binary: Callable[..., Any]
    __record__: Callable[..., Any]

    # -- operators

    def __floordiv__(self, other: Any) -> Any:
        return self._binary(ops.FloorDivide, self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return self._binary(ops.FloorDivide, other, self)

    def __mod__(self, other: Any) -> Any:
        return self._binary(ops.Remainder, self, other)

    def __rmod__(self, other: Any) -> Any:
        return self._binary(ops.Remainder, other, self)

    def __round__(self, ndigits: int | None = None) -> Any:
        return self._unary(ops.Round, {"decimals": 0 if ndigits is None else ndigits})

    # -- with settings, or of two

    def round(self, decimals: int = 0) -> Any:
        """Rounded to ``decimals`` places, halves to the even digit; gradient 0."""
        return self._unary(ops.Round, {"decimals": decimals})

    def clip(self, min: Any = None, max: Any = None) -> Any:
        """Kept between bounds, each a number, array or Value; None is no bound."""
        return self.__record__(ops.Clip, (self, *bounds(min, max)))

    def maximum(self, other: Any) -> Any:
        """The larger of this and ``other``; equal ones get half the gradient each."""
        return self._binary(ops.Maximum, self, other)

    def minimum(self, other: Any) -> Any:
        """The smaller of this and ``other``; equal ones get half the gradient each."""
        return self._binary(ops.Minimum, self, other)

    def leaky_relu(self, negative_slope: float = 0.01) -> Any:
        """Rectifier with a leak: z for z > 0, else negative_slope · z."""
        slope = plain_number(negative_slope, "leaky_relu(negative_slope=…)")
        return self._unary(ops.LeakyRelu, {"negative_slope": slope})

    def elu(self, alpha: float = 1.0) -> Any:
        """Exponential linear unit: z for z > 0, else alpha · (e^z - 1)."""
        return self._unary(ops.Elu, {"alpha": plain_number(alpha, "elu(alpha=…)")})

    def gelu(self, approximate: str = "none") -> Any:
        """Gaussian error linear unit z · Φ(z), or ``approximate="tanh"``."""
        return self._unary(ops.Gelu, {"approximate": approximate})

    # -- functions of one

    def expm1(self) -> Any:
        """Exponential less one, exact near 0."""
        return self._unary(ops.Expm1)

    def log1p(self) -> Any:
        """Logarithm of one more, exact near 0."""
        return self._unary(ops.Log1p)

    def log2(self) -> Any:
        """Logarithm to base 2."""
        return self._unary(ops.Log2)

    def log10(self) -> Any:
        """Logarithm to base 10."""
        return self._unary(ops.Log10)

    def exp2(self) -> Any:
        """Power of two: 2 to the power of this."""
        return self._unary(ops.Exp2)

    def square(self) -> Any:
        """Square."""
        return self._unary(ops.Square)

    def reciprocal(self) -> Any:
        """Reciprocal: 1 divided by this."""
        return self._unary(ops.Reciprocal)

    def sin(self) -> Any:
        """Sine of an angle in radians."""
        return self._unary(ops.Sin)

    def cos(self) -> Any:
        """Cosine of an angle in radians."""
        return self._unary(ops.Cos)

    def tan(self) -> Any:
        """Tangent of an angle in radians."""
        return self._unary(ops.Tan)

    def arcsin(self) -> Any:
        """Inverse sine."""
        return self._unary(ops.Arcsin)

    def arccos(self) -> Any:
        """Inverse cosine."""
        return self._unary(ops.Arccos)

    def arctan(self) -> Any:
        """Inverse tangent."""
        return self._unary(ops.Arctan)

    def sinh(self) -> Any:
        """Hyperbolic sine."""
        return self._unary(ops.Sinh)

    def cosh(self) -> Any:
        """Hyperbolic cosine."""
        return self._unary(ops.Cosh)

    def arcsinh(self) -> Any:
        """Inverse hyperbolic sine."""
        return self._unary(ops.Arcsinh)

    def arccosh(self) -> Any:
        """Inverse hyperbolic cosine."""
        return self._unary(ops.Arccosh)

    def arctanh(self) -> Any:
        """Inverse hyperbolic tangent."""
        return self._unary(ops.Arctanh)

    def sign(self) -> Any:
        """Sign: -1, 0 or 1; gradient 0."""
        return self._unary(ops.Sign)

    def floor(self) -> Any:
        """Largest whole number not above; gradient 0."""
        return self._unary(ops.Floor)

    def ceil(self) -> Any:
        """Smallest whole number not below; gradient 0."""
        return self._unary(ops.Ceil)

    def trunc(self) -> Any:
        """Whole part, rounded towards 0; gradient 0."""
        return self._unary(ops.Trunc)

    def erf(self) -> Any:
        """Error function, in (-1, 1)."""
        return self._unary(ops.Erf)

    def erfc(self) -> Any:
        """Complement of the error function, exact where that is near 1."""
        return self._unary(ops.Erfc)

    def silu(self) -> Any:
        """Sigmoid linear unit, also swish: z · σ(z)."""
        return self._unary(ops.Silu)

    def softplus(self) -> Any:
        """Smooth rectifier ln(1 + e^z), without overflow."""
        return self._unary(ops.Softplus)

    # -- functions, elementwise

    def exp(self) -> Self:
        """Exponential: e to the power of this."""
        return self._unary(ops.Exp)

    def log(self) -> Self:
        """Natural logarithm."""
        return self._unary(ops.Log)

    def sqrt(self) -> Self:
        """Square root."""
        return self._unary(ops.Sqrt)

    def abs(self) -> Self:
        """Absolute value; gradient 0 at 0."""
        return self._unary(ops.Absolute)

    def tanh(self) -> Self:
        """Hyperbolic tangent, in (-1, 1)."""
        return self._unary(ops.Tanh)

    def sigmoid(self) -> Self:
        """Logistic function 1 / (1 + e^(-z)), in (0, 1)."""
        return self._unary(ops.Sigmoid)

    def relu(self) -> Self:
        """Rectifier max(0, z); gradient 0 at 0."""
        return self._unary(ops.Relu)

    def softmax(self, axis: int = -1) -> Self:
        """Normalised exponentials along ``axis``; they sum to 1."""
        return self._unary(ops.Softmax, {"axis": axis})

    def log_softmax(self, axis: int = -1) -> Self:
        """Logarithm of the softmax along ``axis``, without overflow."""
        return self._unary(ops.LogSoftmax, {"axis": axis})
