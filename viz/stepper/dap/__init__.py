"""dap: a trace in an editor, through the Debug Adapter Protocol, forwards and backwards.

The editor starts ``glassgrad dap`` as an executable adapter and sends ``launch`` with ``program``
(a Python file, or a trace saved as .json), ``args`` and ``cwd``. In Neovim with nvim-dap::

    dap.adapters.glassgrad = { type = "executable", command = "glassgrad", args = { "dap" } }
    dap.configurations.python = {
      { type = "glassgrad", request = "launch", name = "trace", program = "${file}" },
    }

A step is one event. Breakpoints on lines stop where a value is made there and when its gradient
grows; function breakpoints take an op's name, or any condition of the terminal's ``break``.

Reading order: `protocol` (messages), `adapter` (what each request does), `frames` (a node of the
trace as a stack frame, with its variables), `command_line`.
"""
