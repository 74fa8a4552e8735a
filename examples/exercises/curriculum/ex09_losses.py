"""Exercise 9: the losses MSE, MAE and cross-entropy."""

from typing import Any

import numpy as np

from ..exercise import Exercise, Probe, call

STUB = '''
import numpy as np

SMALLEST = 1e-12  # probabilities are kept between this and 1 − this before the logarithm


def mse(y_hat, y):
    """1/N Σ (ŷᵢ − yᵢ)²."""
    raise NotImplementedError


def mae(y_hat, y):
    """1/N Σ |ŷᵢ − yᵢ|."""
    raise NotImplementedError


def bce(y_hat, y):
    """−1/N Σ [y log ŷ + (1 − y) log(1 − ŷ)]; y is 0 or 1, ŷ a probability."""
    raise NotImplementedError


def cross_entropy(y_hat, y):
    """−1/N Σᵢ Σ_c y[i, c] log ŷ[i, c]: (samples, classes), each row of y with a single 1."""
    raise NotImplementedError
'''


def reference(
    given: Any,
    *,
    sum_not_mean: bool = False,
    no_clip: bool = False,
    log_of_target: bool = False,
    sign: bool = False,
    root_taken: bool = False,
    mean_over_classes: bool = False,
) -> tuple[Any, ...]:
    def mean(terms):
        return np.sum(terms) if sum_not_mean else np.mean(terms)

    def log(p):
        return np.log(p) if no_clip else np.log(np.clip(p, 1e-12, 1 - 1e-12))

    def mse(y_hat, y):
        squares = (np.asarray(y_hat) - y) ** 2
        return np.sqrt(mean(squares)) if root_taken else mean(squares)

    def mae(y_hat, y):
        return mean(np.abs(np.asarray(y_hat) - y))

    def bce(y_hat, y):
        p, t = np.asarray(y_hat), np.asarray(y)
        if log_of_target:
            p, t = t, p
        terms = t * log(p) + (1 - t) * log(1 - p)
        return mean(terms) if sign else -mean(terms)

    def cross_entropy(y_hat, y):
        p, t = np.asarray(y_hat), np.asarray(y)
        if log_of_target:
            p, t = t, p
        terms = t * log(p) if mean_over_classes else np.sum(t * log(p), axis=1)
        return mean(terms) if sign else -mean(terms)

    return mse, mae, bce, cross_entropy


def probes() -> list[Probe]:
    rng = np.random.default_rng(9)
    found = []
    for n in (2, 3, 5):
        y_hat, y = rng.normal(size=n).round(2), rng.normal(size=n).round(2)
        found += [call("mse", y_hat=y_hat, y=y), call("mae", y_hat=y_hat, y=y)]
        p, t = rng.uniform(0.05, 0.95, size=n).round(2), rng.integers(0, 2, size=n).astype(float)
        found.append(call("bce", y_hat=p, y=t))
        P = rng.dirichlet(np.ones(3), size=n).round(3)
        found.append(call("cross_entropy", y_hat=P, y=np.eye(3)[rng.integers(0, 3, size=n)]))
    third = np.full((2, 3), 1 / 3)
    return [
        *found,
        call("cross_entropy", y_hat=third, y=np.eye(3)[:2]),
        call("bce", y_hat=np.array([0.0, 1.0]), y=np.array([1.0, 1.0])),
        call("bce", y_hat=np.array([0.0, 1.0]), y=np.array([0.0, 0.0])),
        call("cross_entropy", y_hat=np.array([[0.0, 1.0]]), y=np.array([[1.0, 0.0]])),
    ]


EXERCISE = Exercise(
    id=9,
    slug="losses",
    title="Losses",
    task="""
Learning is a search for low loss. Write the lecture's: MSE and MAE for regression,
cross-entropy for classes. All are means over the N samples: one 1/N, as in
J = 1/N Σ (ŷᵢ − yᵢ)² (the slide has it twice). log(0) must not appear: clip first.""",
    formula="""
MSE = 1/N Σ (ŷᵢ − yᵢ)²        MAE = 1/N Σ |ŷᵢ − yᵢ|
BCE = −1/N Σ [yᵢ log ŷᵢ + (1 − yᵢ) log(1 − ŷᵢ)]
CE  = −1/N Σᵢ Σ_c y_ic log ŷ_ic""",
    hints=(
        "Each loss is the mean of one number per sample. Only the probability goes into the log.",
        "Clip ŷ to [1e-12, 1 − 1e-12]. For classes, sum over the classes, then mean over samples.",
        "cross_entropy: -np.mean(np.sum(y * np.log(np.clip(y_hat, 1e-12, 1 - 1e-12)), axis=1))",
    ),
    stub=STUB,
    names=("mse", "mae", "bce", "cross_entropy"),
    reference=reference,
    mistakes={
        "sum_not_mean": "the loss is a sum; it is the mean over the samples, 1/N Σ",
        "no_clip": "log(0) is −∞: keep ŷ between 1e-12 and 1 − 1e-12 first",
        "log_of_target": "the logarithm is of the target; it is of the prediction: y log ŷ",
        "sign": "the minus is missing: log ŷ is negative, the loss is positive",
        "root_taken": "this is the root of the MSE; J has no root",
        "mean_over_classes": "the mean runs over the classes too; sum over classes, mean over "
        "samples",
    },
    ambiguous=("sum_not_mean+mean_over_classes",),
    probes=probes,
    after="A guess of 1/3 for each of three classes costs ln 3 = 1.0986.",
)
