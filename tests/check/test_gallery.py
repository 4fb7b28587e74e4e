"""Backward passes as people write them: right as they are, and with mistakes that must be found."""

import numpy as np
import pytest
from check.gallery.cases import SEEDS, calls, largest_difference, loaded, planted, program_names
from check.gallery.judging import ERROR, FALSE, NOT_FOUND, RIGHT, Mistake, references
from check.gallery.measure import (
    checked,
    effects,
    judge,
    put_table,
    random_mistakes,
)

from autograd import check_gradients
from autograd.check.budget import Budget

PROGRAMS = program_names()

#: Programs whose tests take long, and those of the others that the suite runs; `make gallery` runs all.
LONG = ("blocks", "contrasts", "simulations")
RUN = [p for p in PROGRAMS if p not in LONG][::3]
SOME = [pytest.param(p, marks=[] if p in RUN else [pytest.mark.gallery]) for p in PROGRAMS]


@pytest.fixture(autouse=True)
def _without_warnings():
    with np.errstate(all="ignore"):
        yield


def number_of_cases():
    kinds = []
    for program in PROGRAMS:
        with loaded(program) as module:
            for call in calls(module, SEEDS[0]).values():
                kinds += [call.kind(options) for options in call.derivatives]
    return len(kinds), kinds.count("vjp"), kinds.count("jacobian")


@pytest.mark.parametrize("program", SOME)
def test_each_backward_pass_of_the_gallery_is_right(program):
    with loaded(program) as module:
        for seed in SEEDS:
            expected = references(program, seed)
            for name, call in calls(module, seed).items():
                for options in call.derivatives:
                    assert largest_difference(call, options, expected[name][1]) < RIGHT, name


@pytest.mark.parametrize("program", SOME)
def test_no_right_backward_pass_of_the_gallery_is_reported(program):
    with loaded(program) as module:
        for name, call in calls(module, SEEDS[0]).items():
            for options in call.derivatives:
                report = check_gradients(call.f, *call.inputs, **options, raises=False)
                assert report.ok, f"{name}\n{report}"


@pytest.mark.gallery
@pytest.mark.parametrize("program", PROGRAMS)
def test_each_noted_mistake_changes_only_derivatives(program):
    for edit in planted(program):
        assert effects(program, edit), edit


def test_the_gallery_is_large_enough():
    total, vjps, jacobians = number_of_cases()
    assert total >= 150
    assert vjps >= total / 4
    assert jacobians >= 10
    assert sum(len(planted(program)) for program in PROGRAMS) >= 800


@pytest.mark.parametrize("program", SOME)
def test_a_noted_mistake_is_found(program):
    edits = planted(program)
    for edit in edits[:: len(edits) // 2]:
        for name, keyword in effects(program, edit):
            with loaded(program, edit) as module:
                call = calls(module, SEEDS[0])[name]
                options = {keyword: getattr(call, keyword)}
                report = check_gradients(
                    call.f, *call.inputs, **options, explain=False, raises=False
                )
                assert not report.ok, Mistake(edit, program, name, keyword, "written")


@pytest.fixture
def patient(monkeypatch):
    """Let the checker take its time: a large process is slow, and what it finds should not vary."""
    spent = Budget.spent.fget
    monkeypatch.setattr(Budget, "spent", property(lambda self: spent(self) / 4))


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("program", ["equations", "losses"])
def test_what_is_said_of_a_mistake_is_true(program):
    edits = planted(program)
    for edit in edits[len(edits) // 2 :][:1]:
        for name, keyword in effects(program, edit):
            judgement = judge(Mistake(edit, program, name, keyword, "written"))
            assert judgement.category not in (FALSE, NOT_FOUND, ERROR), judgement


@pytest.mark.usefixtures("patient")
def test_a_part_is_named_by_the_variable_that_reads_it():
    (edit,) = [e for e in planted("recurrent") if e.text.strip() == "dWh = dWh_t" and e.line < 85]
    name = "rnn with step caches"
    _kind, report, _ = checked(Mistake(edit, "recurrent", name, "vjp", "written"))
    assert [line.line for line in report.lines] == [edit.line], report
    assert not [note for note in report.notes if "failed" in note]


def test_a_mutant_changes_one_line_of_the_backward_pass():
    mutants = list(random_mistakes("losses", "softmax regression", 5))
    assert len(mutants) == 5
    for mutant in mutants:
        assert mutant.right_text != mutant.wrong_text
        assert effects("losses", mutant.edit, (mutant.case,))


def test_the_table_replaces_the_one_on_the_page(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- gallery -->old<!-- end of gallery -->\nafter\n", encoding="utf-8")
    put_table(page, "new")
    text = "before\n<!-- gallery -->\n\nnew\n\n<!-- end of gallery -->\nafter\n"
    assert page.read_text(encoding="utf-8") == text
