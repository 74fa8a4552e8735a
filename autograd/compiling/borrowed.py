"""Functions that a program calls as they are: their text, copied with all that they need."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
import types
from typing import Any

from ..ops import Op
from ..ops.base import apply
from .naming import Names


class Borrowed:
    """The texts of functions, classes and constants, in the order in which they must stand."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.texts: list[str] = []
        self.imports: set[str] = set()
        #: What is called how in the module.
        self.called: dict[int, str] = {}
        self.kept: list[Any] = []
        #: Objects without a text of their own; a saved module has to do without them.
        self.objects: dict[str, Any] = {}

    def name(self, thing: Any) -> str:
        """What the function is called in the module; its text is put there."""
        if id(thing) in self.called:
            return self.called[id(thing)]
        self.kept.append(thing)
        name = self.called[id(thing)] = self.names.unique(spelled(thing))
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(thing))).body[0]
        except (OSError, TypeError, SyntaxError):
            tree = None
        if not isinstance(tree, ast.FunctionDef | ast.ClassDef) or closure_of(thing):
            self.objects[name] = thing
            return name
        tree.name = name
        tree.decorator_list = [d for d in tree.decorator_list if wanted_decorator(d)]
        renamed = Renamer(self, globals_of(thing)).visit(tree)
        self.texts.append(ast.unparse(ast.fix_missing_locations(renamed)))
        return name

    def outside(self, name: str, value: Any) -> str:
        """How a global of a function is written in the module."""
        if isinstance(value, types.ModuleType):
            self.imports.add(import_of(value.__name__, name))
            return name
        module = getattr(value, "__module__", "") or ""
        if module.split(".")[0] == "numpy" and hasattr(sys.modules.get(module), name):
            self.imports.add(f"from {module} import {name}")
            return name
        standard = module.split(".")[0] in sys.stdlib_module_names and module != "builtins"
        if standard and getattr(sys.modules.get(module), name, None) is value:
            self.imports.add(f"from {module} import {name}")
            return name
        if isinstance(value, types.FunctionType | type) or hasattr(value, "__wrapped__"):
            return self.name(value)
        if id(value) not in self.called:
            self.kept.append(value)
            self.called[id(value)] = self.names.unique(name)
            if isinstance(value, int | float | str | tuple):
                self.texts.append(f"{self.called[id(value)]} = {value!r}")
            else:
                self.objects[self.called[id(value)]] = value
        return self.called[id(value)]


class Renamer(ast.NodeTransformer):
    """Writes globals of a function as the module calls them, and ops as their forward rules."""

    def __init__(self, borrowed: Borrowed, namespace: dict[str, Any]) -> None:
        self.borrowed = borrowed
        self.namespace = namespace
        #: Names of local variables, which hide globals.
        self.own: set[str] = set()

    def visit_Name(self, node: ast.Name) -> ast.AST:
        known = node.id in self.namespace and node.id not in self.own
        if isinstance(node.ctx, ast.Load) and known:
            node.id = self.borrowed.outside(node.id, self.namespace[node.id])
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and self.namespace.get(node.func.id) is apply:
            op, *operands = node.args
            assert isinstance(op, ast.Name)
            name = self.borrowed.name(self.namespace[op.id].forward)
            node = ast.Call(ast.Name(name, ast.Load()), operands, node.keywords)
            node.args = [self.visit(x) for x in node.args]
            for given in node.keywords:
                given.value = self.visit(given.value)
            return node
        return self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if isinstance(node.value, ast.Name):
            owner = self.namespace.get(node.value.id)
            if isinstance(owner, type) and issubclass(owner, Op):
                return ast.Name(self.borrowed.name(getattr(owner, node.attr)), ast.Load())
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        outer, node.returns = self.own, None
        self.own = outer | {x.arg for x in ast.walk(node.args) if isinstance(x, ast.arg)}
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                self.own.add(part.id)
        node = self.generic_visit(node)  # type: ignore[assignment]
        self.own = outer
        return node


def spelled(thing: Any) -> str:
    """A name for a function: ``Sigmoid.wrt_a`` becomes sigmoid_wrt_a."""
    name = getattr(thing, "__qualname__", "") or getattr(thing, "__name__", "function")
    if "<locals>" in name or "." not in name:
        return name.rsplit(".", 1)[-1].strip("<>")
    owner, rule = name.rsplit(".", 2)[-2:]
    words = "".join(f"_{c.lower()}" if c.isupper() else c for c in owner).strip("_")
    return f"{words}_{rule}"


def closure_of(thing: Any) -> Any:
    """What a function keeps of the function around it, which no text shows."""
    return getattr(inspect.unwrap(thing) if callable(thing) else thing, "__closure__", None)


def globals_of(thing: Any) -> dict[str, Any]:
    """The global names that the text of a function or class may use."""
    if isinstance(thing, type):
        return vars(sys.modules[thing.__module__])
    return inspect.unwrap(thing).__globals__


def wanted_decorator(node: ast.expr) -> bool:
    """True for decorators that make a difference outside the class."""
    return not (isinstance(node, ast.Name) and node.id == "staticmethod")


def import_of(module: str, name: str) -> str:
    """The import statement by which a module goes by that name."""
    return f"import {module}" if module == name else f"import {module} as {name}"
