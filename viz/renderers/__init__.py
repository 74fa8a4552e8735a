"""Renderers: a diagram as DOT, SVG, PNG, PDF and text; nothing here knows a value or an op.

Reading order: `dot` (the text for Graphviz), `render` (its picture), `drawing` (a diagram
with its pictures), `dot_graph` (micrograd's figure).
"""
