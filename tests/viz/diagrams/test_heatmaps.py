"""Heatmaps: cells of arrays, a symmetric scale, blocks of large ones."""

import numpy as np
import pytest

import autograd as ag
from viz import diagram, draw
from viz.diagrams.heatmaps import heatmap
from viz.renderers.cells import cell_nodes, room_for
from viz.renderers.style import STYLES, blend


def test_a_matrix_is_its_own_cells():
    found = heatmap(np.array([[1.0, -4.0, 0.0], [2.0, 3.0, -1.0]]), "value")
    assert found.cells == ((1.0, -4.0, 0.0), (2.0, 3.0, -1.0))
    assert (found.largest, found.note) == (4.0, "")


def test_a_vector_is_one_row_and_few_numbers_need_no_cells():
    assert heatmap(np.arange(6.0), "δ").cells == ((0.0, 1.0, 2.0, 3.0, 4.0, 5.0),)
    assert heatmap(np.arange(4.0), "δ") is None
    assert heatmap(np.float64(3.0), "δ") is None
    assert heatmap(np.full(9, np.nan), "δ") is None


def test_cells_of_a_large_array_are_means_of_blocks():
    data = np.arange(20.0 * 32).reshape(20, 32)
    found = heatmap(data, "value")
    assert (len(found.cells), len(found.cells[0])) == (10, 16)
    assert found.cells[0][0] == data[:2, :2].mean()
    assert found.cells[9][15] == data[18:, 30:].mean()
    assert found.note == "a cell is the mean of 2×2"


def test_the_last_blocks_may_be_smaller():
    data = np.arange(11.0 * 17).reshape(11, 17)
    found = heatmap(data, "value")
    assert found.cells[-1][-1] == data[10:, 16:].mean()


def test_of_images_the_first_is_shown():
    data = np.random.default_rng(0).normal(size=(3, 4, 5, 1))
    found = heatmap(data, "value")
    assert found.note == "first of 3"
    assert found.cells == tuple(tuple(row) for row in data[0, :, :, 0])


def test_the_scale_is_symmetric_and_white_at_zero():
    style = STYLES["default", "light"]
    assert blend(style, 0.0) == "#FFFFFF"
    assert (blend(style, 1.0), blend(style, -1.0)) == ("#0072B2", "#D55E00")
    assert blend(style, 7.0) == blend(style, 1.0)


def rooted():
    w = ag.Value(np.arange(-3.0, 3.0).reshape(2, 3), label="W")
    root = (w * w).sum()
    root.backward()
    return root


def test_value_and_gradient_stand_side_by_side_in_every_format():
    picture = draw(rooted())
    node = picture.diagram.node("W")
    assert [heat.what for heat in node.heatmaps] == ["value", "δ"]
    assert picture.svg.count("#D55E00".lower()) + picture.svg.count("#D55E00") > 2
    assert picture.png != draw(rooted(), heatmaps=False).png


def test_the_stripes_of_a_grid_lie_in_their_box():
    shown = diagram(rooted())
    room = room_for(shown)
    boxes = {node.id: (100.0, 50.0, 200.0, 120.0) for node in shown.nodes}
    cells = cell_nodes(shown, boxes, room, STYLES["default", "light"])
    rows = [attributes for name, attributes in cells if "r" in name]
    assert len(rows) == 2 * 2 * 2
    for attributes in rows:
        x, y = (float(part) for part in attributes["pos"].split(","))
        assert abs(x - 100) < 100
        assert abs(y - 50) < 60
        assert attributes["style"] == "striped"


def test_too_many_cells_are_left_out():
    values = [ag.Value(np.ones((10, 16))) for _ in range(160)]
    assert room_for(diagram(ag.stack(values).sum(), limit=1000)) == {}


@pytest.mark.parametrize("data", [np.full((2, 3), np.inf), np.array([np.nan, 1, 2, 3, 4.0])])
def test_numbers_that_are_not_finite_have_a_colour_of_their_own(data):
    root = ag.Value(data, label="W") * 1.0
    assert draw(root.sum()).svg.count("<svg") == 1
