"""lecture: "Introduction to neural networks" as programs, one short script a topic.

``glassgrad lecture`` lists them, ``glassgrad lecture 4`` runs one, and ``glassgrad lecture --all``
makes one page of all of them. Each script also runs by itself: ``python 04_xor.py``.

Reading order: the scripts by their numbers. Around them: `figures` (where a script's pictures
go), `topics` (which scripts there are), `running` (one run: text, pictures), `page` (all of them
as a page), `command` (the command line).
"""
