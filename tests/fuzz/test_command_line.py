"""For any input, the command prints at most one line of error and ends with a documented exit code."""

import io
import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import expression
from autograd.__main__ import main

FACTOR = float(os.environ.get("CHAINRULE_FUZZ", "1"))

TOKENS = st.sampled_from(
    [*"+-*/%@()[],.:=<>!~^|&;#'\"\\{}_ ", "**", "//", "x", "y", "pi", "0", "1", "2.5", "1e400", "-8",
     "lambda ", " if ", " else ", "None", "True", "1j", "é", "∂", "\n", "\ud800", "\x00", "f'{x}'",
     "-" * 60, "(" * 60, ")" * 60, *[f"{name}(" for name in expression.FUNCTIONS]]
)  # fmt: skip
TEXTS = st.lists(TOKENS, max_size=12).map("".join) | st.text(max_size=20)
EXPRESSIONS = st.recursive(
    st.sampled_from(["x", "y", "0", "1", "2", "-8", "0.5", "1e308", "pi"]),
    lambda part: st.one_of(
        st.tuples(part, st.sampled_from(["**", *"+-*/%@"]), part).map(
            lambda parts: f"({parts[0]}){parts[1]}({parts[2]})"
        ),
        part.map(lambda inner: f"-{inner}"),
        *[
            st.tuples(*[part] * least).map(lambda parts, name=name: f"{name}({','.join(parts)})")
            for name, (_, least, _) in expression.FUNCTIONS.items()
        ],
    ),
    max_leaves=8,
)
VALUES = st.sampled_from(
    [
        ["x=2"],
        ["x=-1.5", "y=0"],
        ["x=[1,2]", "y=3"],
        ["x=inf", "y=nan"],
        ["y=[[1,2],[3,4]]", "x=[1,2]"],
    ]
)


def answer(arguments, capsys):
    """Run the command, check what it printed, and return its exit code."""
    usage = False
    try:
        code = main(arguments)
    except SystemExit as caught:  # argparse prints the usage
        code, usage = caught.code, True
    printed = capsys.readouterr()
    if usage:
        assert code in (0, 2)
        return code
    assert code in (0, 1, 2)
    assert printed.err.count("\n") == (code == 2), printed.err
    assert "none wrong" not in printed.out or code == 0
    return code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("erf(min(2))", 0), ("(-8)**0.5", 0), ("2(x)", 2), ("1/0", 2), ("sum(2)@3", 2), ("-(2)", 0),
        ("-" * 1500 + "2", 2), ("lambda: " + "-" * 900 + "1", 2), ("(" * 900 + ")" * 900, 2),
    ],
)  # fmt: skip
def test_plain_numbers_give_a_number_or_one_line(text, code, capsys):
    assert answer([text], capsys) == code


def test_derivatives_that_are_not_finite_are_not_called_right(capsys):
    assert main(["1e308*10*x + y", "x=2", "y=1"]) == 1
    printed = capsys.readouterr().out
    assert "not finite" in printed
    assert "none wrong" not in printed


@pytest.mark.filterwarnings("ignore")
@given(text=TEXTS, values=VALUES)
@settings(max_examples=round(150 * FACTOR))
def test_any_text_is_rejected_in_one_line(text, values):
    with pytest.MonkeyPatch.context() as patch:
        answer([text, *values], Printed(patch))


@pytest.mark.filterwarnings("ignore")
@given(text=EXPRESSIONS, values=VALUES)
@settings(max_examples=round(60 * FACTOR))
def test_any_expression_is_computed_or_rejected_in_one_line(text, values):
    with pytest.MonkeyPatch.context() as patch:
        answer([text, *values], Printed(patch))


class Printed:
    """Like pytest's `capsys`, for one of many examples."""

    def __init__(self, patch):
        self.out, self.err = io.StringIO(), io.StringIO()
        patch.setattr(sys, "stdout", self.out)
        patch.setattr(sys, "stderr", self.err)

    def readouterr(self):
        return type("Read", (), {"out": self.out.getvalue(), "err": self.err.getvalue()})


ASCII = [
    {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"},
]
NETWORK = [
    "tanh(sum(w*x)/2) * sqrt(abs(b))**2 - lgamma(b)",
    "w=[1,2]",
    "x=[3,4]",
    "b=2",
]
COMMANDS = [
    ["--help"],
    ["check", "--help"],
    [*NETWORK, "--text", "--steps"],
    [*NETWORK, "--draw", "g.dot", "--draw", "g.html", "--draw", "g.mmd"],
    ["é*x", "x=1"],
    ["x×2", "x=1"],
    ["check", "module.py:f", "--at", "x=[1,2]", "--gradient", "module.py:g"],
    [
        "check",
        "module.py:f",
        "--at",
        "x=normal(9)",
        "--method",
        "projected",
        "--modes",
        "reverse,forward",
    ],
    ["check", "module.py:h", "--at", "x=1"],
    [
        "check",
        "module.py:f",
        "--at",
        "x=[1,2]",
        "--rtol",
        "1e-30",
        "--rows",
        "1",
        "--plot",
        "g.png",
    ],
]


@pytest.mark.parametrize("environment", ASCII, ids=lambda e: "-".join(e.values()))
@pytest.mark.slow
def test_every_command_works_on_an_ascii_terminal(environment, tmp_path):
    (tmp_path / "module.py").write_text(
        "import numpy as np\n"
        "def f(x):\n    return np.sum(np.tanh(x) * x**2)\n"
        "def g(x):\n    return x * 0  # ∂ × wrong\n"
        "def h(x):\n    raise KeyError('∂')\n",
        encoding="utf-8",
    )
    program = "import sys\nfrom autograd.__main__ import main\nfor line in sys.stdin:\n    " \
              "try:\n        code = main(eval(line))\n    except SystemExit as end:\n        " \
              "code = end.code\n    print('code', code)"  # fmt: skip
    finished = subprocess.run(
        [sys.executable, "-c", program],
        input="\n".join(map(ascii, COMMANDS)).encode(),
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, **environment},
        timeout=300,
    )
    printed = finished.stdout.decode("latin-1" if "latin-1" in environment.values() else "ascii")
    assert finished.returncode == 0, finished.stderr.decode("ascii", "replace")
    codes = [line for line in printed.splitlines() if line.startswith("code")]
    assert codes == [f"code {code}" for code in (0, 0, 0, 0, 2, 2, 1, 0, 2, 0)], printed
    assert b"Traceback" not in finished.stderr
