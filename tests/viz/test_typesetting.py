"""Formulas as LaTeX and MathML, from one list of tokens; conventions of other texts."""

from xml.etree import ElementTree

import pytest

import autograd as ag
import nn
from viz import draw, explain
from viz.conventions import convention
from viz.typesetting import latex, latex_text, mathml

FORMULAS = {
    "∂J/∂w = ∂J/∂u₁ · ∂u₁/∂w": (
        r"\frac{\partial J}{\partial w} = "
        r"\frac{\partial J}{\partial u_{1}} \cdot \frac{\partial u_{1}}{\partial w}"
    ),
    "(1 − J²) · x = 2.458e−5": r"(1 - J^{2}) \cdot x = 2.458\cdot 10^{-5}",
    "x (W¹)ᵀ + b¹": r"x (W^{1})^{\top} + b^{1}",
    "((W²)ᵀ δ²) ⊙ g′(z¹)": r"((W^{2})^{\top} \delta^{2}) \odot g^{\prime}(z^{1})",
    "1 if z > 0 else 0": r"1\ \text{if}\ z > 0\ \text{else}\ 0",
    "tanh(z) + mean(w¹₁₃)": r"\tanh(z) + \operatorname{mean}(w^{1}_{13})",
    "1,234 more": r"1{,}234\ \text{more}",
    "7, and so on": r"7,\ \text{and}\ \text{so}\ \text{on}",
    "∂(a + b)/∂c": r"\frac{\partial (a + b)}{\partial c}",
    "{x}_1 $ & % #": r"\{x\}\_1 \$ \& \% \#",
    "ŷ → 0.5": r"\hat{y} \to 0.5",
    "δ⁽¹⁾ ∘ z": r"\delta^{(1)} \circ z",
    "日本(x)": r"\operatorname{日本}(x)",
}


@pytest.mark.parametrize("formula", FORMULAS)
def test_formulas_in_latex(formula):
    assert latex(formula) == FORMULAS[formula]


@pytest.mark.parametrize("formula", FORMULAS)
def test_formulas_in_mathml_are_well_formed(formula):
    element = ElementTree.fromstring(f"<math>{mathml(formula)}</math>")
    said = "".join(element.itertext())
    for letter in "JwxWz":
        assert said.count(letter) == formula.count(letter)


def test_mathml_has_fractions_and_scripts():
    assert "<mfrac>" in mathml("∂J/∂w")
    assert mathml("w¹₂") == "<msubsup><mi>w</mi><mn>2</mn><mn>1</mn></msubsup>"
    assert mathml("a < b & c") == "<mi>a</mi><mo>&lt;</mo><mi>b</mi><mo>&amp;</mo><mi>c</mi>"


def test_text_for_latex_is_escaped():
    assert latex_text("a_b^c \\d {e} 100%\n~#$&") == (
        r"a\_b\textasciicircum{}c \textbackslash{}d \{e\} 100\% \textasciitilde{}\#\$\&"
    )


def squared():
    a = ag.Value(3.0, label="a")
    J = a * a + a
    J.label = "J"
    J.backward()
    return a, J


def test_an_explanation_in_latex_is_aligned_at_its_signs():
    a, J = squared()
    written = explain(a, J).latex()
    assert written.startswith("\\begin{aligned}\n\\frac{\\partial J}{\\partial a} &= \\text{sum}")
    assert "\n &= 1 \\cdot 3 \\\\\n" in written
    assert explain(a, J)._repr_latex_() == f"$${written}$$"


def test_an_explanation_in_markdown_and_mathml():
    a, J = squared()
    told = explain(a, J)
    assert told.markdown().splitlines()[2] == r"&emsp;$\text{path}\ 1: a \to u_{1} \to J$"
    assert told._repr_markdown_() == told.markdown()
    table = ElementTree.fromstring(told.mathml())[0]
    assert len(table) == len(told.text.splitlines())


def test_the_ledger_has_a_row_for_each_use_with_a_running_total():
    a, J = squared()
    told = explain(a, J, form="ledger")
    assert told.text.splitlines() == [
        "∂J/∂a = sum over 3 uses of a",
        "  use          upstream δ   local derivative   contribution   running total",
        "  u₁ = a · a   ∂J/∂u₁ = 1   ∂u₁/∂a = a = 3     3              3",
        "  u₁ = a · a   ∂J/∂u₁ = 1   ∂u₁/∂a = a = 3     3              6",
        "  J = u₁ + a   ∂J/∂J = 1    ∂J/∂a = 1          1              7",
        "∂J/∂a = 7, and a.grad = 7",
    ]
    assert told.total == 7
    assert told.latex().count(r"\\") == 6
    assert told.markdown().count("\n|") == 5
    assert len(ElementTree.fromstring(told.mathml())[0]) == 6


def test_the_ledger_of_the_root_is_its_seed():
    _, J = squared()
    assert explain(J, J, form="ledger").text == "∂J/∂J = 1, and J.grad = 1"


def test_an_unknown_form_or_notation_is_refused():
    a, J = squared()
    with pytest.raises(ValueError, match="form='story'; expected 'paths' or 'ledger'"):
        explain(a, J, form="story")
    with pytest.raises(ValueError, match="notation='bishop'; expected one of 'lecture', 'nielsen'"):
        explain(a, J, notation="bishop")


@pytest.mark.parametrize(
    ("name", "symbols"),
    [
        ("lecture", ["J", "W¹", "b²", "w¹₁₂", "δ¹", "loss", "a1"]),
        ("nielsen", ["C", "w¹", "b²", "w¹₁₂", "δ¹", "loss", "a1"]),
        ("cs224n", ["J", "W⁽¹⁾", "b⁽²⁾", "w⁽¹⁾₁₂", "δ⁽¹⁾", "loss", "a1"]),
        ("cs231n", ["L", "W1", "b2", "w1₁₂", "dz1", "loss", "a1"]),
    ],
)
def test_labels_of_the_lecture_are_written_in_other_conventions(name, symbols):
    given = ["J", "W¹", "b²", "w¹₁₂", "δ¹", "loss", "a1"]
    assert [convention(name).symbol(label) for label in given] == symbols


def test_figures_and_explanations_take_a_notation():
    model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
    J = nn.mse(model([[1.0, 2.0]]), [[0.5]])
    J.backward()
    shown = str(draw(J, notation="nielsen"))
    assert "∂C/∂w¹ [" in shown
    assert "C = mean((z² − " in shown
    assert explain(model.layers[0].weight, J, (0, 0), notation="cs224n").text.startswith(
        "∂J/∂w⁽¹⁾₁₁"
    )
    assert "grad 1" in str(draw(J, notation="cs231n"))
