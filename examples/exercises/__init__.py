"""exercises: the learning kit; tests that say why an answer is wrong.

Reading order: `exercise` (what one exercise is), `curriculum` (one file per exercise, and their
order), `plain` and `probing` (questions and plain answers), `assembly`, `prerequisites` and
`given` (what earlier exercises teach), `comparison`, `diagnosis` and `clues` (why an answer is
wrong), `child` and `runner` (a learner's code in a process with limits), `verdict`, `report`.
Then the learner's folder and the commands.
"""
