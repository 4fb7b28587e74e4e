"""Write the sources of a second distribution, in which both packages have one top-level name.

The distribution `chainrule` installs `autograd`, a name that HIPS autograd has too. An environment
that needs both installs `chainrule-one-name` instead, with `chainrule.autograd` and `chainrule.nn`.
Its sources are these, with the names of modules replaced; so are its tests::

    python building/one_name.py build/one-name
    pip install build/one-name
"""

from __future__ import annotations

import ast
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOP = "chainrule"
#: What is written, besides the packages.
OTHERS = ("building", "tests", "pyproject.toml", "setup.py", "LICENSE")

INIT = '"""chainrule under one name: `chainrule.autograd` and `chainrule.nn`."""\n'
README = """\
# chainrule-one-name

The packages of chainrule under one name: `from chainrule import autograd, nn`. For environments
that also need HIPS autograd. Everything else is as in the distribution `chainrule`.
"""

#: An import in a doctest, or in the text of a program.
_FROM = re.compile(r"\bfrom (autograd|nn)(?=[\w.]* import\b)")
_IMPORT = re.compile(
    r"(\bfrom [\w.]+ )?\bimport "
    r"((?:\w[\w. ]*, )*(?:autograd|nn)\b[\w.]*(?: as \w+)?(?:, \w[\w. ]*)*)"
)
#: A string that is the name of a module, or begins one.
_NAME = re.compile(r"""(?<=["'])(autograd|nn)(?=(?:\.\w+)*\.?(?:["'{]|\.\w+:))(?=\.)""")
_LOADED = re.compile(r"""(?<=modules\[["'])(autograd|nn)(?=["'])""")
_PACKAGES = 'PACKAGES = ("autograd", "nn")'


def renamed(source: str) -> str:
    """Return Python source with other names of the packages."""
    for start, end, statement in reversed(list(_imports(source))):
        source = source[:start] + statement + source[end:]
    source = source.replace(_PACKAGES, f'PACKAGES = ("{TOP}",)')
    return renamed_text(source)


def renamed_text(text: str) -> str:
    """Return text in which programs and strings name modules by their other names."""
    text = _FROM.sub(rf"from {TOP}.\1", text)
    text = _IMPORT.sub(_statement, text)
    return _LOADED.sub(rf"{TOP}.\1", _NAME.sub(rf"{TOP}.\1", text))


def _statement(found: re.Match[str]) -> str:
    """Return an import with other names; one of names from a module has been changed before."""
    return found[0] if found[1] else "; ".join(_statements(found[2].split(", ")))


def _imports(source: str) -> Iterator[tuple[int, int, str]]:
    """Yield the place of each import of our packages, and what takes it."""
    lines = source.encode().splitlines(keepends=True)
    before = [0]
    for line in lines:
        before.append(before[-1] + len(line.decode()))
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import)]
    for node in sorted(found, key=lambda node: (node.lineno, node.col_offset)):
        names = [f"{a.name} as {a.asname}" if a.asname else a.name for a in node.names]
        changed = "; ".join(_statements(names))
        if changed != "; ".join(f"import {name}" for name in names):
            start = before[node.lineno - 1] + node.col_offset
            end = before[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
            yield start, end, changed


def _statements(names: list[str]) -> Iterator[str]:
    """Yield statements that bind what ``import name, name as other`` binds."""
    for name in names:
        module, _, other = name.partition(" as ")
        package, _, rest = module.partition(".")
        if package not in ("autograd", "nn"):
            yield f"import {name}"
        elif other:
            yield (
                f"import {TOP}.{module} as {other}"
                if rest
                else f"from {TOP} import {module} as {other}"
            )
        else:
            if rest:
                yield f"import {TOP}.{module}"
            yield f"from {TOP} import {package}"


def configured(text: str) -> str:
    """Return the text of `pyproject.toml` or `setup.py` for the other distribution."""
    text = text.replace('name = "chainrule"', 'name = "chainrule-one-name"')
    text = text.replace('"chainrule[', '"chainrule-one-name[')
    text = text.replace('include = ["autograd*", "nn*"]', f'include = ["{TOP}*"]')
    text = text.replace('group_name="chainrule"', 'group_name="chainrule_one_name"')
    text = text.replace('\nchainrule = "autograd.', '\nchainrule-one-name = "autograd.')
    text = re.sub(r'^(nn|autograd) = \["py.typed', rf'"{TOP}.\1" = ["py.typed', text, flags=re.M)
    text = text.replace("[mypy-autograd,autograd.", f"[mypy-{TOP}.autograd,{TOP}.autograd.")
    text = re.sub(r'"(autograd|nn)/', rf'"{TOP}/\1/', text)
    return _NAME.sub(rf"{TOP}.\1", text)


def write(folder: Path, tests: bool = True) -> None:
    """Write the sources of the other distribution into a new folder, with or without the tests."""
    if folder.exists() and any(folder.iterdir()):
        raise SystemExit(f"{folder} exists: choose a new folder.")
    (folder / TOP).mkdir(parents=True)
    ignored = shutil.ignore_patterns("__pycache__", "*.so", "*.pyd")
    for name in (*OTHERS, "autograd", "nn"):
        if name == "tests" and not tests:
            continue
        target = folder / (name if name in OTHERS else f"{TOP}/{name}")
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target, ignore=ignored)
        else:
            shutil.copy(ROOT / name, target)
    (folder / TOP / "__init__.py").write_text(INIT)
    (folder / TOP / "py.typed").touch()
    (folder / "README.md").write_text(README)
    (folder / "MANIFEST.in").write_text(
        f"recursive-include {TOP} *.c *.h\ngraft building\nprune tests\n"
    )
    for name in ("pyproject.toml", "setup.py"):
        path = folder / name
        path.write_text(configured(path.read_text(encoding="utf-8")), encoding="utf-8")
    for path in [*(folder / TOP).rglob("*"), *(folder / "tests").rglob("*")]:
        edit = renamed if path.suffix in (".py", ".pyi") else renamed_text
        if path.suffix in (".py", ".pyi", ".c"):
            path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
