"""Scripts of commands give exactly the transcripts that were read and found right.

``python tests/viz/stepper/test_transcripts.py`` writes them anew after a change that is meant.
"""

import io
import sys
from pathlib import Path

import pytest

from viz.stepper.script import traced_run
from viz.stepper.terminal import debug

HERE = Path(__file__).resolve().parent
SESSIONS = {
    "neuron": [],
    "training": ["2"],
}
#: What is typed in each session, where its transcript is written anew.
TYPED = {
    "neuron": """help
s
s 5

b
b 2
why x
where x
check x
check
goto fwd
break op tanh
break grad>2
break name w*
break
watch x.grad
c
c
c
rc
clear 1 2
c
watch
l
p x.grad + 1
p w.delta
p [w, x.data]
pp x.grad * 2
values
values u*
until w
goto bwd
goto J
goto u₁
goto end
s
n
pl
goto start
b
list x
set x w + 1
goto 3
set w 1.0
set x w + 1
replay
diff
delta
screen
history
help break
q""",
    "training": """s
n
n
d
goto bwd
d 2
n
n
d
break layer 1
c
c
why
where
check W¹
clear
break kind update
rc
l
break nan
break shape (3, 3)
rc
break loss < 1
watch loss
goto start
c
c
values loss*
until loss:2
q""",
}


def transcript(name, typed):
    """What a session prints when this is typed."""
    program = HERE / "programs" / f"{name}.py"
    out = io.StringIO()
    run = traced_run(str(program), SESSIONS[name])
    assert run.error is None
    debug(run.trace, stdin=io.StringIO(typed), stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("name", SESSIONS)
def test_a_script_of_commands_gives_its_transcript(name, capsys):
    expected = (HERE / "transcripts" / f"{name}.txt").read_text(encoding="utf-8")
    typed = [line[7:] for line in expected.splitlines() if line.startswith("(step) ")]
    assert typed == TYPED[name].splitlines()
    assert transcript(name, TYPED[name] + "\n") == expected


if __name__ == "__main__":
    for name in SESSIONS:
        text = transcript(name, TYPED[name] + "\n")
        (HERE / "transcripts" / f"{name}.txt").write_text(text, encoding="utf-8")
        sys.stdout.write(text)
