"""The chart of a profile."""

import builtins

import numpy as np
import pytest

import autograd as ag
import viz


def profiled():
    x = ag.Value(np.ones((50, 50)))
    with ag.profile() as report:
        (x @ x).tanh().sum().backward()
    return report


def test_the_chart_has_a_bar_for_each_op_and_is_saved(tmp_path):
    pytest.importorskip("matplotlib")
    path = tmp_path / "profile.png"
    axes = viz.profile_chart(profiled(), str(path)).axes[0]
    assert path.stat().st_size > 5000
    assert {label.get_text() for label in axes.get_yticklabels()} == {"matmul", "tanh", "sum"}
    texts = {text.get_text() for text in axes.get_legend().get_texts()}
    assert texts == {"NumPy itself", "forward", "backward"}
    assert "% of NumPy's own time" in axes.get_title()


def test_what_is_missing_or_wrong_is_said(monkeypatch):
    with pytest.raises(TypeError, match="got str; expected what autograd"):
        viz.profile_chart("report")
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    report = profiled()
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"pip install 'glassgrad\[plots\]'"):
        viz.profile_chart(report)
