"""Demo: the whole path on real data in five steps: load, train, check, explain, draw."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

import autograd
import nn
from autograd import Value

from .chain_rule.explain import explain
from .draw import draw, draw_backprop
from .output import writable_folder, write_all

EPOCHS, BATCH_SIZE, LEARNING_RATE = 60, 10, 0.1
#: The weight that step 4 explains: unit 1 of layer 1, from input 3 (petal length).
EXPLAINED = (0, 2)


class Split(NamedTuple):
    """Standardised Iris data: a part to train on, and a part held out."""

    X: Any
    X_test: Any
    y: Any
    y_test: Any


def run(out: str | Path, seed: int = 0, console: Console | None = None) -> float:
    """All five steps, with files in the folder ``out``; the held-out accuracy.

    Raises:
        OutputError: the folder cannot be written; found before anything else is done.
    """
    folder = writable_folder(out)
    console = console or Console(soft_wrap=True, highlight=False)
    data = load(console, seed)
    model = nn.MLP(4, [8, 3], activation="tanh", seed=seed)
    accuracy = learn(console, model, data, seed)
    check(console, model, data)
    explain_weight(console, model, data)
    draw_files(console, model, data, folder)
    return accuracy


def load(console: Console, seed: int) -> Split:
    """Step 1: Iris, shuffled, split, standardised on the training part."""
    iris = nn.load_iris()
    X, X_test, y, y_test = nn.train_test_split(iris.features, iris.labels, seed=seed)
    standardizer = nn.Standardizer().fit(X)
    console.print("[bold]1. Data[/bold]")
    console.print(
        f"   Iris (R. A. Fisher, 1936): {len(iris.labels)} flowers, {len(iris.feature_names)} "
        f"features, {len(iris.class_names)} species."
    )
    console.print(f"   {len(y)} to train on, {len(y_test)} held out; standardised on the first.")
    return Split(standardizer.transform(X), standardizer.transform(X_test), y, y_test)


def learn(console: Console, model: nn.MLP, data: Split, seed: int) -> float:
    """Step 2: mini-batch gradient descent, with a progress bar."""
    console.print("\n[bold]2. Training[/bold]")
    console.print(f"   {model!r}, softmax cross-entropy")
    optimizer = nn.SGD(model.parameters(), learning_rate=LEARNING_RATE)
    columns = (
        TextColumn("   epoch {task.completed:>3.0f}/{task.total:.0f}"), BarColumn(30),
        TextColumn("loss {task.fields[loss]:.4f}  accuracy {task.fields[accuracy]:.3f}"),
        TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("training", total=EPOCHS, loss=float("nan"), accuracy=0.0)

        def show(epoch: nn.Epoch) -> None:
            progress.update(task, advance=1, loss=epoch.loss, accuracy=epoch.accuracy)

        nn.train(model, nn.cross_entropy, data.X, data.y, EPOCHS, BATCH_SIZE, optimizer, seed, show)
    _, accuracy = nn.evaluate(model, nn.cross_entropy, data.X_test, data.y_test)
    assert accuracy is not None
    console.print(f"   accuracy on the {len(data.y_test)} held-out flowers: {accuracy:.3f}")
    return accuracy


def check(console: Console, model: nn.MLP, data: Split) -> None:
    """Step 3: the gradients of the trained network against central differences."""

    def loss() -> Value:
        return nn.cross_entropy(model(data.X), data.y)

    found = autograd.check_gradients(loss, model.parameters())
    console.print("\n[bold]3. Gradient check[/bold]")
    console.print(
        f"   {found.checked} derivatives against central differences: largest relative error "
        f"{found.relative_error:.1e}"
    )


def explain_weight(console: Console, model: nn.MLP, data: Split) -> None:
    """Step 4: the chain rule for one weight of the trained network."""
    x = Value(data.X, label="x", requires_grad=False)
    loss = nn.cross_entropy(model(x), data.y)
    model.zero_grad()
    loss.backward()
    console.print("\n[bold]4. The chain rule for one weight[/bold]")
    text = explain(model.layers[0].weight, loss, EXPLAINED, paths=3).text
    for line in text.splitlines():
        console.print(f"   {line}", markup=False)


def neuron() -> Value:
    """J of one neuron in scalars: z = x₁w₁ + x₂w₂ + b, a = tanh(z), e = a − y, J = e · e."""
    x1, x2, y = Value(2.0, label="x₁"), Value(-1.0, label="x₂"), Value(1.0, label="y")
    w1, w2, b = Value(0.5, label="w₁"), Value(-0.25, label="w₂"), Value(-0.75, label="b")
    with autograd.scope("neuron"):
        z = x1 * w1 + x2 * w2 + b
        z.label = "z"
        a = z.tanh()
        a.label = "a"
    e = a - y
    J = e * e
    e.label, J.label = "e", "J"
    J.backward()
    return J


def draw_files(console: Console, model: nn.MLP, data: Split, folder: Path) -> None:
    """Step 5: two diagrams, each as SVG and PNG."""
    layers = draw_backprop(model, data.X, data.y)
    one = draw(neuron())
    files = [
        (layers, "backprop.svg", "the network layer by layer: z, a, δ and gradients, with shapes"),
        (layers, "backprop.png", "the same as a picture of pixels"),
        (one, "neuron.svg", "one neuron op by op: value and δ on nodes, derivatives on edges"),
        (one, "neuron.png", "the same as a picture of pixels"),
    ]
    console.print("\n[bold]5. Diagrams[/bold]")
    pictures = [(folder / name, drawing.render(name[-3:])) for drawing, name, _ in files]
    write_all(pictures)
    for _, name, what in files:
        console.print(f"   {folder / name}: {what}", markup=False)
