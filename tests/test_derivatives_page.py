"""docs/derivatives.md is up to date and names every primitive."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from autograd import Primitive
from autograd.engine.registry import DISPATCH, USER_RULES
from autograd.rules import elementwise, matrices

DOCS = Path(__file__).resolve().parents[1] / "docs"
#: What the names in the formulas below refer to.
NAMES = {"np": np, "where": elementwise.where, "T": matrices.T}


@pytest.fixture(scope="module")
def generator():
    found = importlib.util.spec_from_file_location("generator", DOCS / "generate_derivatives.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def page():
    return (DOCS / "derivatives.md").read_text(encoding="utf-8")


@pytest.mark.skipif(
    np.__version__.split(".")[:2] != ["2", "4"], reason="the page names the functions of NumPy 2.4"
)
@pytest.mark.slow
def test_the_page_is_up_to_date(run_python, page):
    # In a new process, because names depend on the order in which rules were loaded.
    printed = run_python(
        "import runpy, sys\n"
        "sys.stdout.reconfigure(encoding='utf-8')\n"
        f"print(runpy.run_path({str(DOCS / 'generate_derivatives.py')!r})['page'](), end='')"
    )
    assert printed.stdout.strip() == page.strip(), (
        "Write it again: python docs/generate_derivatives.py"
    )


@pytest.mark.slow
def test_every_primitive_and_every_function_is_on_the_page(generator, page):
    on_page = {id(p) for m in generator.modules() for p in generator.primitives_of(m).values()}
    for key, handler in DISPATCH.items():
        ours = str(getattr(handler, "__module__", "")).startswith("autograd.")
        if isinstance(handler, Primitive) and key not in USER_RULES:
            assert id(handler) in on_page, handler
        elif ours and not isinstance(key, tuple):
            assert f"`{generator.public_name(key)}`" in page


@pytest.mark.slow
def test_every_line_of_the_kinks_page_is_on_the_page(generator, page):
    assert len(generator.kinks()) > 15
    for kink in generator.kinks():
        assert f"{kink.where}: {kink.derivative}" in page or str(kink) in page


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 - y * y", "1 − y²"),
        ("-x * x / (a * b)", "−x² / (a · b)"),
        ("a - (b - c)", "a − (b − c)"),
        ("a / (b / c)", "a / (b / c)"),
        ("a - -b", "a − (−b)"),
        ("x ** 3 + x ** (y - 1)", "x³ + x^(y − 1)"),
        ("0.5 * (a + b) ** 2", "1/2 · (a + b)²"),
        ("where(x == 0, 1.0, np.sqrt(x - 1))", "1 if x = 0 else √(x − 1)"),
        ("T(a) @ np.linalg.inv(b + c) @ x.T", "aᵀ (b + c)⁻¹ xᵀ"),
        ("x > 0", "1 if x > 0 else 0"),
        ("y != y", "1 if y is NaN else 0"),
        ("f(*a, axis=k, **more)[0] * np.pi", "f(…, axis=k, …)[0] · π"),
        ("-1j * g", "−i · g"),
        ("not a", "1 if not a else 0"),
        ("x | y", "x | y"),
        ("[a for a in b]", "[a for a in b]"),
    ],
)
def test_formulas_use_textbook_notation(generator, source, expected):
    import ast

    tree = ast.parse(source, mode="eval").body
    assert generator.formula(tree, NAMES) == expected


def test_characters_that_end_a_table_cell_are_escaped(generator):
    assert generator.code("|x|") == "`\\|x\\|`"
