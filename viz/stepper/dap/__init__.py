"""dap: a trace in an editor, through the Debug Adapter Protocol, forwards and backwards.

Reading order: `protocol` (messages), `adapter` (what each request does), `frames` (a node of the
trace as a stack frame, with its variables), `command_line`.
"""
