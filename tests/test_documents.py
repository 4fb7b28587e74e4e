"""Every code block in README.md, CONTRIBUTING.md and docs/ runs and prints what the page shows.

- Python with prompts, ``>>> ``, is a doctest.
- Python without prompts runs, in the same namespace; what it prints is not compared. With
  ``title="name.py"`` after the language it is a file for the commands below it.
- Commands, after ``$ `` in a block called console, in a block called bash, or indented by four, run
  if they call Python; what stands below them in a block called console is compared.

All blocks of a document share a namespace and an empty folder. Text that should not run, such as the
output of a program, is in a block of another language, such as ``text``.
"""

import ast
import doctest
import importlib
import os
import re
import runpy
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import autograd
from autograd import errors
from autograd.check.explain.repair import outcomes

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(ROOT.glob("docs/**/*.md"))
PAGES_AND_READMES = [*sorted(ROOT.glob("*.md")), *PAGES]
#: A translation of a page has its Python code, which need not run twice.
TRANSLATIONS = [path for path in PAGES_AND_READMES if "." in path.stem]
DOCUMENTS = [path for path in PAGES_AND_READMES if path not in TRANSLATIONS]

FENCE = re.compile(r"^(?P<indent> *)(?P<fence>`{3,}|~{3,})(?P<info>[^`]*)$")
FLAGS = doctest.ELLIPSIS
#: Expected output that accepts any output.
ANYTHING = "whatever it prints\n"
#: Programs that change this machine or take long; other tests cover them.
NOT_RUN = {"cd", "git", "make", "pip"}


@dataclass
class Block:
    """A code block of a document: its language, its options and its first line."""

    language: str
    info: str
    code: str
    line: int


def blocks(text):
    """Find the fenced blocks of a document, and indented lines that call Python."""
    found, opened, lines = [], None, []
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if opened is None and fence:
            language, _, info = fence["info"].strip().partition(" ")
            opened, lines = (fence["fence"], len(fence["indent"])), []
            block = Block(language, info, "", number)
        elif opened is not None and fence and fence["fence"].startswith(opened[0]):
            block.code = "\n".join(lines) + "\n"
            found.append(block)
            opened = None
        elif opened is not None:
            lines.append(line[min(opened[1], len(line) - len(line.lstrip(" "))) :])
        elif re.match(r" {4}\S*python ", line):
            found.append(Block("bash", "", line.strip() + "\n", number - 1))
    assert opened is None, f"The block of line {block.line} has no end."
    return found


def examples(block):
    """Make doctest's examples of a block of Python."""
    if ">>>" in block.code:
        found = doctest.DocTestParser().get_examples(block.code)
        for example in found:
            example.lineno += block.line
        return found
    lines = block.code.splitlines(keepends=True)
    found = []
    for statement in ast.parse(block.code).body:
        first = min(
            [statement.lineno, *[d.lineno for d in getattr(statement, "decorator_list", [])]]
        )
        source = "".join(lines[first - 1 : statement.end_lineno])
        found.append(doctest.Example(source, ANYTHING, lineno=block.line + first - 1))
    return found


class Checker(doctest.OutputChecker):
    def check_output(self, want, got, flags):
        return want == ANYTHING or super().check_output(want, got, flags)


class Document:
    """The state that the blocks of a document share: a namespace and the folder it is in."""

    def __init__(self, path):
        self.path = path
        self.namespace = {"__name__": "__main__"}
        self.runner = doctest.DocTestRunner(Checker(), verbose=False, optionflags=FLAGS)

    def run(self):
        text = self.path.read_text(encoding="utf-8")
        pending = []  # doctest names lines by the number of the example: one test for all
        for block in blocks(text):
            title = re.search(r'title="([^"]+)"', block.info)
            if title:
                Path(title[1]).write_text(block.code, encoding="utf-8")
            elif block.language == "python":
                pending += examples(block)
            elif block.language in ("console", "bash", "sh", "shell"):
                pending += [Command(*parts) for parts in commands(block)]
        before = []
        for example in pending:
            if isinstance(example, Command):
                self.run_examples(before)
                before = []
                example.run(self.path.name)
            else:
                before.append(example)
        self.run_examples(before)

    def run_examples(self, found):
        if not found:
            return
        name = self.path.name
        test = doctest.DocTest(found, self.namespace, name, str(self.path), 0, None)
        test.globs = self.namespace  # it makes a copy
        shown = []
        if self.runner.run(test, out=shown.append, clear_globs=False).failed:
            pytest.fail("".join(shown), pytrace=False)


def rounded(text):
    """Remove what differs between machines: the last digits of a number, and errors of 1e-10."""
    text = re.sub(r" +\S*e-(\d\d)\b", " tiny", text)
    return re.sub(r"(\d\.\d{5})\d+", r"\1", re.sub(r" +", " ", text))


@dataclass
class Command:
    """A line for the shell, and its expected output or None."""

    line: str
    expected: str | None
    number: int

    def run(self, name):
        words = shlex.split(self.line, comments=True)
        if not words or words[0] in NOT_RUN:
            return
        program = Path(words[0]).name
        assert program in ("python", "python3"), f"{name}:{self.number}: {program} is not run here"
        engine = str(Path(autograd.__file__).parents[1])  # the one that is tested
        finished = subprocess.run(
            [sys.executable, *words[1:]],
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": engine, "PYTHONIOENCODING": "utf-8"},
            timeout=120,
        )
        printed = finished.stdout + finished.stderr
        where = f"{name}:{self.number}: {self.line}\n"
        if self.expected is None:
            assert finished.returncode == 0, where + printed
        elif not doctest.OutputChecker().check_output(
            rounded(self.expected), rounded(printed), FLAGS
        ):
            pytest.fail(f"{where}Expected:\n{self.expected}\nGot:\n{printed}", pytrace=False)


def commands(block):
    """Return the commands of a block, their expected output and their lines."""
    found = []
    code = block.code.replace("\\\n", "")  # a command continued on the next line
    for number, line in enumerate(code.splitlines(keepends=True), block.line + 1):
        if block.language != "console":
            found.append((line.strip(), None, number))
        elif line.startswith("$ "):
            found.append((line[2:].strip(), None, number))
        elif found:
            command, expected, at = found[-1]
            found[-1] = (command, (expected or "") + line, at)
    return found


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_first_screen_shows_the_program_as_printed(name, tmp_path, monkeypatch):
    first, second, printed = blocks((ROOT / name).read_text(encoding="utf-8"))[:3]
    code = "".join(example.source for block in (first, second) for example in examples(block))
    (tmp_path / "first.py").write_text(code, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    program = runpy.run_path("first.py")["program"]
    without_places = re.sub(r"  \(first\.py:\d+\)", "", str(program))
    assert without_places.splitlines() == printed.code.splitlines()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_the_code_of_a_document_runs(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # Wrong lines are found in a fraction of this; a search that finds none takes all of its time.
    monkeypatch.setattr(outcomes, "SECONDS", 1.5)
    Document(path).run()


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: path.stem)
def test_translations_have_the_same_python_code(path):
    original = path.with_stem(path.stem.partition(".")[0])
    ours, theirs = (
        [
            re.sub(" +# .*", "", block.code)
            for block in blocks(page.read_text(encoding="utf-8"))
            if block.language in ("python", "console")
        ]
        for page in (path, original)
    )
    assert ours == theirs


def test_pictures_of_the_engine_name_files_that_exist():
    for name in ("call", "backward"):
        picture = (ROOT / "docs" / "images" / f"{name}.svg").read_text(encoding="utf-8")
        files = re.findall(r">(\w+/\w+\.py)<", picture)
        assert len(files) >= 4
        assert [file for file in files if not (ROOT / "autograd" / file).exists()] == []


def statements(tree):
    """Yield the statements of modules, classes and functions, where docstrings are."""
    for node in tree.body:
        yield node
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from statements(node)


def lines_of_code(folder):
    """Count the lines in the modules of a folder, without blank ones, comments and docstrings."""
    count = 0
    for path in (ROOT / folder).rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        lines = [line.strip() for line in source.splitlines()]
        for node in statements(ast.parse(source)):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                lines[node.lineno - 1 : node.end_lineno] = [""] * (
                    node.end_lineno - node.lineno + 1
                )
        count += sum(1 for line in lines if line and not line.startswith("#"))
    return count


def test_the_readmes_state_the_lines_of_code():
    engine = lines_of_code("autograd/engine")
    both = lines_of_code("autograd") + lines_of_code("nn")
    for name in ("README.md", "README.zh-CN.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        stated = re.findall(r"([\d,]+) (?:lines|行代码)", text)
        numbers = [int(number.replace(",", "")) for number in stated]
        assert numbers == pytest.approx([engine, both], rel=0.05)


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_readmes_show_the_gradient_that_is_written(name, tmp_path, monkeypatch):
    found = [block.code for block in blocks((ROOT / name).read_text(encoding="utf-8"))]
    defined = re.search(r">>> def loss.*?(?=>>>)", found[0], re.DOTALL)[0]
    text = "\n".join(line[4:] for line in defined.splitlines())
    (tmp_path / "readme.py").write_text(f"import numpy as np\n{text}\n")
    monkeypatch.syspath_prepend(tmp_path)
    loss = importlib.import_module("readme").loss
    monkeypatch.delitem(sys.modules, "readme")
    w, x, t = np.zeros(2), np.ones((3, 2)), np.ones(3)
    source = autograd.trace(autograd.grad(loss))(w, x, t).source()
    assert found[2].strip() == re.sub(r"  \(readme\.py:\d+\)", "", source).strip()


def test_every_page_is_in_the_navigation_of_the_site():
    navigation = (ROOT / "properdocs.yml").read_text(encoding="utf-8")
    named = set(re.findall(r"[:-] ([\w./-]+\.md)$", navigation, re.M))
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in PAGES}
    assert pages - named == set()


def test_the_page_of_errors_has_every_error():
    page = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
    classes = {name for name, kind in vars(errors).items() if isinstance(kind, type)}
    assert classes - set(re.findall(r"^::: autograd\.errors\.(\w+)$", page, re.M)) == set()


def test_the_site_finds_where_each_public_name_is_defined():
    tree = ast.parse((ROOT / "autograd" / "__init__.py").read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    imported = {name.asname or name.name for node in imports for name in node.names}
    assert set(autograd.__all__) - imported == {"COMPILED"}


# -- tests of this test -------------------------------------------------------------------------


@pytest.fixture
def document(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def make(text):
        path = tmp_path / "page.md"
        path.write_text(text, encoding="utf-8")
        return Document(path)

    return make


RIGHT = """\
```python
>>> x = 2
>>> x
2
```

Between them.

```python title="double.py"
import sys

print(2 * int(sys.argv[1]))
```

```python
def f(y):
    return x * y


print(f(3))
f(4)
```

```python
>>> f(5)
10
```

```console
$ python double.py 21
42
$ make nothing
```

    python double.py 1

```text
>>> this is not run
```
"""


def test_blocks_share_what_they_define(document):
    document(RIGHT).run()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("\n2\n", "\n3\n"),
        ("f(4)", "g(4)"),
        (">>> f(5)\n10", ">>> f(5)\n11"),
        ("\n42\n", "\n43\n"),
        ("    python double.py 1", "    python double.py one"),
        ("make nothing", "rm nothing"),
        ("```text\n>>> this is not run\n```", "```text\n"),
    ],
)
def test_wrong_output_is_detected(document, right, wrong):
    assert right in RIGHT
    with pytest.raises((pytest.fail.Exception, AssertionError)):
        document(RIGHT.replace(right, wrong)).run()
