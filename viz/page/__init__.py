"""page: a trace as one HTML file to step through, without network, server or installation.

Reading order: `record` (the trace as plain numbers and words), `groups` (the boxes of a large
graph's overview), `picture` (the graph as a lean SVG), `page` (both put into the template), and
the template itself: `stepper.html`, `stepper.css` and `stepper.js`, which moves over the record
and shows each state.
"""
