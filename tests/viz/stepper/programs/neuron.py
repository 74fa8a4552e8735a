"""One neuron in scalars: x is used twice."""

from autograd import Value

x, w = Value(3.0, label="x"), Value(0.2, label="w")
a = (w * x).tanh()
J = a * a + x * a
a.label, J.label = "a", "J"
J.backward()
