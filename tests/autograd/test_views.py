"""Views: the floors above show the engine's objects without being imported by it."""

import subprocess
import sys

import pytest

import autograd as ag
from autograd import views


def test_a_view_is_found_without_importing_its_floor_first():
    code = (
        "import sys, autograd\n"
        "from autograd.views import view\n"
        "assert 'viz' not in sys.modules\n"
        "print(view('drawing')(autograd.Value(2.0, label='x')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "graph of x\n  x   value 2   δ —\n", done.stderr


def test_without_an_installed_floor_the_message_says_what_to_import(monkeypatch):
    monkeypatch.setattr(views, "PLACES", {})
    monkeypatch.setattr(views, "GROUP", "glassgrad.no_floors")
    with pytest.raises(LookupError, match=r"as 'drawing': the package viz is not imported\. Run "):
        views.view("drawing")


def test_a_place_must_name_module_and_function():
    with pytest.raises(ValueError, match=r"expected 'package\.module:function'"):
        views.announce("nowhere", "viz.draw")
    assert "nowhere" not in views.PLACES


def test_an_announced_view_is_imported_when_asked_for(monkeypatch):
    monkeypatch.setattr(views, "PLACES", dict(views.PLACES))
    views.announce("product", "autograd:multiply")
    assert views.view("product") is ag.multiply


def test_an_installed_floor_is_imported_when_a_view_is_asked_for_and_it_announces_it(monkeypatch):
    imported = []

    def floor(module):
        imported.append(module)
        views.announce("drawing", "autograd:multiply")

    monkeypatch.setattr(views, "PLACES", {})
    monkeypatch.setattr(views, "import_module", floor)
    assert views.view("drawing") is ag.multiply
    assert views.view("drawing") is ag.multiply
    assert imported == ["viz"]


def test_a_notebook_shows_the_view_or_without_a_floor_the_text(monkeypatch):
    monkeypatch.setattr(views, "PLACES", {"a list": "builtins:list"})
    monkeypatch.setattr(views, "GROUP", "glassgrad.no_floors")
    assert views.bundle((1, 2), "a list") == [1, 2]
    assert views.bundle((1, 2), "a picture") == {"text/plain": "(1, 2)"}
