"""Pictures, steps and costs of programs."""

import numpy as np
import pytest

from autograd import Tensor, Value, draw, grad, jit, scope, steps, summary, text, trace
from autograd.errors import DataError, FormatError, GraphError
from autograd.program import compare

RNG = np.random.default_rng(0)
W, X, Y = RNG.normal(size=3), RNG.normal(size=(5, 3)), RNG.normal(size=5)


def loss(w, x, y):
    z = x @ w
    p = np.tanh(z)
    return np.mean((p - y) ** 2)


def writes(w, x):
    z = x @ w
    z[0] = 5 * w[0]
    row = z[1:]
    z += 1
    return np.sum(row * 2)


def branches(x):
    return x * x if x > 0 else -x


GRADIENT = trace(grad(loss))(W, X, Y)
WRITES = trace(writes)(W, X)
PROGRAMS = {"gradient": GRADIENT, "writes": WRITES, "branches": trace(branches)(2.0)}


def items_of(picture):
    return {item.name: item for item in picture.view.graph.items}


# -- pictures -----------------------------------------------------------------------------------


def test_names_in_a_picture_are_those_of_the_code():
    items = items_of(draw(GRADIENT))
    assert {"w", "x", "y", "z", "p", "d_w"} <= set(items)
    assert items["z"].formula == "x @ w"
    assert items["d_w"].kind == "output"


def test_drawing_leaves_the_program_as_it_is():
    before = GRADIENT.source(), [x.hint for item in GRADIENT.items for x in item.makes()]
    draw(GRADIENT)
    assert before == (
        GRADIENT.source(),
        [x.hint for item in GRADIENT.items for x in item.makes()],
    )


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
@pytest.mark.parametrize("extension", [".dot", ".mmd", ".html", ".txt"])
def test_programs_are_saved_in_each_format(program, extension, tmp_path):
    path = tmp_path / f"program{extension}"
    draw(program, direction="TB", title="A program").save(path)
    assert path.stat().st_size > 100


def test_the_backward_pass_is_a_scope():
    picture = draw(GRADIENT)
    assert "cluster backward" in picture.source
    outside = draw(GRADIENT, collapse=["backward"])
    assert '"group backward"' in outside.source


def test_scopes_are_kept():
    def function(x):
        with scope("layer"):
            return np.sin(x) * 2

    assert "cluster layer" in draw(trace(function)(W)).source


def test_an_assignment_makes_a_box_that_later_reads_come_from():
    items = items_of(draw(WRITES))
    assert items["z (2)"].sign == "[ ] ="
    assert items["z (2)"].call[0] is items["z"]
    assert items["z (3)"].sign == "+="
    assert items["z (3)"].call[0] is items["z (2)"]
    (product,) = (item for item in items.values() if item.formula == "row * 2")
    assert product.call[0] is items["z (3)"]  # `row` is a view of z


def test_guards_are_boxes_of_their_own():
    (guard,) = (
        item for item in draw(PROGRAMS["branches"]).view.graph.items if item.kind == "guard"
    )
    assert guard.name == "x > 0"
    assert "classDef guard" in draw(PROGRAMS["branches"]).mermaid


def test_numbers_are_shown_when_a_program_is_run():
    plain, run = items_of(draw(WRITES)), items_of(draw(WRITES, W, X))
    assert "data" not in draw(WRITES).text
    assert repr(plain["z"].data) == "float64 5"
    assert np.array_equal(run["z"].data, X @ W)
    assert run["z (2)"].data[0] == 5 * W[0]
    assert run["z (3)"].data[0] == 5 * W[0] + 1


def test_programs_of_modules_have_parameters():
    w = Tensor(np.ones(3), label="w")
    program = trace(lambda x: (w * x).sum())(W)
    assert {"w", "x"} <= set(items_of(draw(program)))


def test_a_program_cannot_be_shaded():
    with pytest.raises(GraphError, match="no derivatives to shade by"):
        draw(GRADIENT, shade=True)


def test_two_programs_are_drawn_side_by_side():
    one = trace(lambda x: np.sin(x) * x)(W)
    other = trace(lambda x: np.cos(x) * x)(W)
    picture = draw(compare(one, other))
    different = [item for item in picture.view.graph.items if item.kind == "different"]
    assert [item.sign for item in different] == ["sin", "×", "cos", "×"]
    assert {item.scope[0] for item in picture.view.graph.items} == {"1", "2"}


def test_equal_programs_have_no_difference_in_the_picture():
    picture = draw(compare(GRADIENT, trace(grad(loss))(W, X, Y)))
    assert all(item.kind != "different" for item in picture.view.graph.items)


def test_a_program_is_listed_as_text():
    assert "= x @ w " in text(GRADIENT)
    assert "data" in text(GRADIENT, W, X, Y)


def test_jupyter_shows_the_source_of_a_program():
    shown = GRADIENT._repr_html_()
    assert shown.startswith("<pre>import ")
    assert "&quot;&quot;&quot;" in shown
    assert '<span style="opacity:0.6">    # Backward:</span>' in shown


# -- steps --------------------------------------------------------------------------------------


def test_steps_hold_what_each_instruction_computes():
    found = {step.name: step for step in steps(GRADIENT, W, X, Y)}
    assert np.array_equal(found["p"].value, np.tanh(X @ W))
    assert np.array_equal(found["d_w"].value, grad(loss)(W, X, Y))
    assert found["d_w"].backward
    assert found["p"].place.startswith("test_programs.py:")
    assert "∂" in steps(GRADIENT, W, X, Y).text()


def test_steps_of_assignments_hold_the_numbers_of_their_time():
    listed = steps(WRITES, W, X).text()
    assert "  z[0] = " in listed
    assert "  z += 1" in listed
    numbers = [step.value for step in steps(WRITES, W, X) if step.name.startswith("z")]
    assert not np.array_equal(numbers[0], numbers[2])


def test_steps_show_guards():
    assert "if x > 0:" in steps(PROGRAMS["branches"], 3.0).text()


@pytest.mark.parametrize("extension", [".txt", ".md"])
def test_steps_are_saved(extension, tmp_path):
    path = tmp_path / f"steps{extension}"
    steps(GRADIENT, W, X, Y).save(path)
    assert "x @ w" in path.read_text(encoding="utf-8")


def test_steps_refuse_other_formats(tmp_path):
    with pytest.raises(FormatError):
        steps(GRADIENT, W, X, Y).save(tmp_path / "steps.gif")


def test_steps_are_a_table_in_jupyter():
    assert steps(GRADIENT, W, X, Y)._repr_html_().count("<tr>") == len(steps(GRADIENT, W, X, Y)) + 1


# -- costs --------------------------------------------------------------------------------------


def test_a_summary_measures_before_and_after_the_passes():
    found = summary(GRADIENT, W, X, Y)
    assert len(found.before.rows) == len(GRADIENT.instructions)
    assert len(found.after.rows) == len(GRADIENT.optimised().instructions)
    assert all(row.seconds > 0 for row in found.before.rows)
    rows = {row.instruction.split(" = ")[1]: row for row in found.before.rows}
    assert rows["x @ w"].nbytes == 5 * 8
    assert rows["x @ w"].shape == (5,)


def test_views_and_assignments_take_no_memory():
    rows = summary(WRITES, W, X).before.rows
    views = [row for row in rows if row.instruction.endswith("[1:]") or "+=" in row.instruction]
    assert len(views) == 2
    assert all(row.nbytes == 0 for row in views)


def test_the_peak_is_what_is_in_use_at_one_time():
    def chain(x):
        for _ in range(10):
            x = np.sin(x)
        return x

    found = summary(trace(chain)(np.ones(1000)), np.ones(1000))
    assert found.before.nbytes == 10 * 8000
    assert found.before.peak == 2 * 8000


def test_a_summary_of_a_program_is_text_and_html():
    found = summary(GRADIENT, W, X, Y)
    assert str(found).startswith("As recorded: ")
    assert "After the passes: " in str(found)
    assert found._repr_html_().count("<table>") == 2


def test_booleans_are_shown_as_in_python():
    picture = draw(trace(lambda x: np.sum(x) if np.sum(x) > 0 else x[0])(np.ones(2)), np.ones(2))
    assert "True" in picture.source
    assert "True_" not in picture.source


@pytest.mark.parametrize(
    ("subject", "advice"),
    [
        (jit(np.sin), r"draw\(f\.programs\[0\], x\)"),
        (np.sin, r"draw\(trace\(f\)\(x\), x\)"),
        (1.0, "make an input a Value or a Tensor"),
    ],
    ids=["jitted", "function", "number"],
)
@pytest.mark.parametrize("show", [draw, text, steps])
def test_what_has_no_graph_is_refused_with_advice(show, subject, advice):
    with pytest.raises(DataError, match=advice):
        show(subject)


def test_a_program_beside_a_node_is_refused():
    with pytest.raises(DataError, match=r"draw\(program, x\)"):
        draw(Value(1.0) * 2, trace(np.sin)(1.0))
