from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def test_a_build_with_unknown_c_stops_and_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT)
    from building.documentation import Documentation
    from building.generated_c import UnexpectedCError, improve

    generated = tmp_path / "engine.c"
    generated.write_text("int main(void) { return 0; }\n")
    with pytest.raises(UnexpectedCError, match="`untrack_values` found nothing to replace"):
        improve([str(generated)], Documentation([]))
    assert generated.read_text() == "int main(void) { return 0; }\n"


def test_each_folder_of_modules_is_a_package():
    """Others would not be installed."""
    modules = [path for package in ("autograd", "nn") for path in (ROOT / package).rglob("*.py")]
    assert {path.parent for path in modules if not (path.parent / "__init__.py").exists()} == set()
