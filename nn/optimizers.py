"""Optimizers: how parameters move along their gradients."""

from __future__ import annotations

from collections.abc import Iterable

from autograd import Value


class SGD:
    """Gradient descent, w ← w - α ∂J/∂w; stochastic when J is the loss of a mini-batch.

    >>> w = Value(3.0)
    >>> optimizer = SGD([w], learning_rate=0.1)
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> print(w.data)
    2.4

    Raises:
        TypeError: parameters that are not Values.
        ValueError: no parameters, or a learning rate that is negative or not finite.
    """

    def __init__(self, parameters: Iterable[Value], learning_rate: float = 0.01) -> None:
        self.parameters = list(parameters)
        self.learning_rate = learning_rate
        if not self.parameters:
            raise ValueError("SGD() got no parameters; expected at least one: model.parameters().")
        for value in self.parameters:
            if not isinstance(value, Value):
                raise TypeError(
                    f"SGD() got a parameter of type {type(value).__name__}; expected Values: "
                    f"model.parameters()."
                )
        if not 0 <= learning_rate < float("inf"):
            raise ValueError(
                f"SGD() got learning_rate={learning_rate}; expected a finite number >= 0."
            )

    def step(self) -> None:
        """Move every parameter against its gradient; one without a gradient stays."""
        rate = self.learning_rate
        for value in self.parameters:
            grad = value.grad
            if grad is not None:
                value.data -= rate * grad

    def zero_grad(self) -> None:
        """Forget the gradients, before the next backward pass adds to them."""
        for value in self.parameters:
            value.grad = None

    def __repr__(self) -> str:
        return f"SGD({len(self.parameters)} parameters, learning_rate={self.learning_rate})"
