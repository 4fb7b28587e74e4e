"""Functions typed at Python's prompt have a source: the README can be pasted there."""

import doctest
import os
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("readline", reason="Python has no readline: its prompt keeps no history")
pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
README = Path(__file__).parents[1] / "README.md"


class Prompt:
    """A Python that believes it talks to a person."""

    def __init__(self, folder):
        self.output, other = pty.openpty()
        variables = os.environ | {
            "TERM": "dumb",
            "PYTHON_BASIC_REPL": "1",
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            "HOME": str(folder),
        }
        command = [sys.executable, "-P", "-q"]
        self.process = subprocess.Popen(
            command, stdin=other, stdout=other, stderr=other, env=variables, cwd=folder
        )
        os.close(other)
        self._printed(">>> ")

    def type(self, source):
        """Type a statement, and return what is printed before the next prompt."""
        lines = source.rstrip("\n").split("\n")
        for number, line in enumerate(lines):
            os.write(self.output, f"{line}\n".encode())
            printed = self._printed("... " if number + 1 < len(lines) else "")
        if printed.endswith("... "):
            os.write(self.output, b"\n")
            printed = self._printed("")
        shown = printed.replace("\r\n", "\n").partition("\n")[2].removesuffix(">>> ")
        return re.sub(r"[^\n]*\r", "", shown)  # progress, of a slow machine, is written over

    def _printed(self, prompt):
        """Return what is printed up to a prompt, or up to any."""
        printed, until = "", time.monotonic() + 30
        ends = (prompt,) if prompt else (">>> ", "... ")
        while not printed.endswith(ends):
            ready, _, _ = select.select([self.output], [], [], until - time.monotonic())
            assert ready, f"No prompt follows: {printed}"
            printed += os.read(self.output, 65536).decode()
        return printed

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.output)


@pytest.fixture
def prompt(tmp_path):
    found = Prompt(tmp_path)
    yield found
    found.close()


def examples_of_the_readme():
    text = README.read_text(encoding="utf-8")
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        if "check_" in block or "print(trace" in block:
            yield from doctest.DocTestParser().get_examples(block)


def test_the_readme_prints_the_same_when_it_is_pasted(prompt):
    for example in examples_of_the_readme():
        got = prompt.type(example.source)
        assert doctest.OutputChecker().check_output(example.want, got, FLAGS), got


def test_statements_of_every_form_have_a_source(prompt):
    prompt.type("import inspect; from autograd.prompt import keep_typed_source")
    prompt.type("def decorated(f):\n    return f\n")
    typed = {
        "f": "@decorated\ndef f(x):\n    return (\n        x**3)",
        "g": "g = lambda x: 2 * x",
        "h": "if True:\n    def h(x):\n        return x\nelse:\n    pass",
        "A.f": "class A:\n    def f(self):\n        return '\\d'",
    }
    for source in typed.values():
        prompt.type(source)
    prompt.type("def f(:")  # a slip is remembered too
    prompt.type("keep_typed_source()")
    for name, source in typed.items():
        got = prompt.type(f"print(''.join(inspect.findsource({name})[0]))")
        assert got.strip() == source
