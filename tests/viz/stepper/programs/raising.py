"""Raises in the middle."""

from autograd import Value

x = Value(2.0, label="x")
y = x * 3.0
y.label = "y"
print(y.no_such_thing)
