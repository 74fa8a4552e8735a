"""stepper: a trace stepped through, forwards and backwards, in a terminal.

Reading order: `session` (where one is, and how one moves), `conditions` (what stops a run),
`expressions`, `screen` (what is shown at a step), `loop` and `commands` (what one types), `layers`,
`terminal` (how it is opened), `script` (a program run under a trace), `command_line`. Then
`dap`, which lets an editor do the same.
"""
