import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 60


def test_no_test_name_is_longer_than_60_characters():
    files = [path for folder in ("tests", "clients") for path in (ROOT / folder).rglob("test_*.py")]
    functions = [
        name
        for path in files
        for name in re.findall(r"^ *def (test_\w+)", path.read_text(encoding="utf-8"), re.M)
    ]
    assert len(functions) > 900
    assert [name for name in functions if len(name) > LONGEST] == []
