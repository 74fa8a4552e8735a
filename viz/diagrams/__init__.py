"""Diagrams: what a picture shows, as plain data, without a word on how it is drawn.

Reading order: `diagram` (the data), `graph_view` (any graph), `layers` and `backprop_view` (a
network layer by layer).
"""
