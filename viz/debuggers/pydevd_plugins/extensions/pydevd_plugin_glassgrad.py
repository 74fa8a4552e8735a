"""Extension of pydevd: the variables view shows a Value as value, δ, op and inputs.

pydevd loads every module of this name that it finds; outside of it this one does nothing.
"""

from typing import Any

__all__ = ["ValueChildren", "ValueText"]


def _is_value(kind: type) -> bool:
    """True for a Value of glassgrad, which is not imported to find out."""
    return any((base.__module__, base.__name__) == ("autograd.node", "Node") for base in kind.mro())


class ValueText:
    """A Value on one line."""

    def can_provide(self, type_object: type, type_name: str) -> bool:
        return _is_value(type_object)

    def get_str(self, val: Any) -> str:
        from autograd.debugger_view import line

        return line(val)

    def get_str_in_context(self, val: Any, context: str) -> str:
        return self.get_str(val)


class ValueChildren:
    """What can be opened under a Value."""

    def can_provide(self, type_object: type, type_name: str) -> bool:
        return _is_value(type_object)

    def get_dictionary(self, var: Any) -> dict[str, Any]:
        from autograd.debugger_view import tree

        return tree(var)

    def resolve(self, var: Any, attribute: str) -> Any:
        return self.get_dictionary(var)[attribute]


try:
    from _pydevd_bundle.pydevd_extension_api import StrPresentationProvider, TypeResolveProvider
except ImportError:
    # Read outside of the debugger, by a test or a documentation tool.
    pass
else:
    StrPresentationProvider.register(ValueText)
    TypeResolveProvider.register(ValueChildren)
