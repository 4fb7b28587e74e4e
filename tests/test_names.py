import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 60


def test_no_test_name_is_longer_than_60_characters():
    files = [path for folder in ("tests", "clients") for path in (ROOT / folder).rglob("test_*.py")]
    functions = [
        item
        for path in files
        for item in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(item, ast.FunctionDef) and item.name.startswith("test_")
    ]
    assert len(functions) > 900
    assert [item.name for item in functions if len(item.name) > LONGEST] == []
