"""exercises: the learning kit; tests that say why an answer is wrong.

Reading order: `exercise` (what one exercise is), `curriculum` (one file per exercise, and their
order), `samples`, `random_inputs`. Then how an answer is judged: `plain` and `probing`
(questions, and answers as plain values), `assembly`, `prerequisites` and `given` (what earlier
exercises teach), `comparison`, `diagnosis`, `clues` with `ratios`, `divergence_search`,
`searching` (why it is wrong), `child` and `runner` (a learner's code in a process with limits),
`verdict`, `report`, `solution`. Then the learner's side: `folder`, `progress`, `commands` (light
to load), `verbs`, `views`, `watching`, `why`, `comparison_picture`, `own_picture` with
`training_models`, `debugging`, `doctor`, `grading`, `pytest_plugin`.
"""
