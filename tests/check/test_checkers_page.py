"""The page that compares gradient checkers shows the code that was checked."""

import importlib.util
import inspect
from pathlib import Path

import pytest

from autograd import check_gradients

DOCS = Path(__file__).parents[2] / "docs"


def cases():
    specification = importlib.util.spec_from_file_location("mistakes", DOCS / "ten_mistakes.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module.CASES


@pytest.mark.parametrize("case", cases(), ids=lambda case: case[0])
def test_a_mistake_of_the_page_is_shown_and_found(case):
    title, what, f, gradient, inputs = case
    page = (DOCS / "gradient-checkers.md").read_text(encoding="utf-8")
    assert f". {title}\n\n{what}\n" in page
    assert inspect.getsource(f).strip() in page
    assert inspect.getsource(gradient).strip() in page
    assert not check_gradients(f, *inputs, gradient=gradient, raises=False, explain=False).ok
