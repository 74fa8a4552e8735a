"""Graph: values in order of creation, one edge per use."""

import numpy as np
import pytest

from autograd import Edge, Graph, Value


def test_a_value_used_twice_has_two_edges():
    a = Value(3.0)
    y = a * a
    graph = Graph(y)
    assert graph.nodes == [a, y] or [id(n) for n in graph.nodes] == [id(a), id(y)]
    assert graph.edges == [Edge(a, y, 0), Edge(a, y, 1)]
    assert [edge.slot for edge in graph.uses(a)] == [0, 1]
    assert graph.uses(y) == []


def test_nodes_lie_in_order_of_creation_and_inputs_keep_theirs():
    b, a = Value(1.0), Value(2.0)
    d = a - b
    e = b / d
    f = d**e
    graph = Graph(f)
    assert [id(n) for n in graph] == [id(n) for n in (b, a, d, e, f)]
    assert [id(x) for x in d.inputs] == [id(a), id(b)]
    assert [id(x) for x in e.inputs] == [id(b), id(d)]
    assert [graph.index[n] for n in (b, a, d, e, f)] == [0, 1, 2, 3, 4]
    assert [id(leaf) for leaf in graph.leaves] == [id(b), id(a)]
    assert len(graph) == 5
    assert graph.root is f


def test_constants_are_sources_of_edges_but_no_nodes():
    x = Value([1.0, 2.0])
    y = x * 3 + np.array([4.0, 5.0])
    graph = Graph(y)
    assert len(graph) == 3
    assert len(graph.edges) == 4
    constants = [edge.source for edge in graph.edges if not isinstance(edge.source, Value)]
    assert constants[0] == 3
    assert constants[1].tolist() == [4.0, 5.0]


def test_only_what_the_root_was_computed_from_belongs_to_it():
    x = Value(1.0)
    y = x * 2
    later = y * 3
    graph = Graph(y)
    assert x in graph
    assert y in graph
    assert later not in graph
    assert Value(1.0) not in graph
    assert 3 not in graph


def test_a_leaf_is_a_graph_of_one():
    x = Value(1.0)
    assert x.is_leaf
    assert x.inputs == ()
    assert (len(Graph(x)), Graph(x).edges) == (1, [])
    assert repr(Graph(x * x)) == "Graph(2 values, 2 edges)"


def test_anything_but_a_value_is_refused():
    with pytest.raises(TypeError, match=r"Graph\(\) got float; expected a Value"):
        Graph(3.0)
