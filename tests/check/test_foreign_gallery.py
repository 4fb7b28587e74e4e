"""Programs of other authors: their backward passes are right, and each planted mistake is found."""

import pytest
from check.foreign_gallery.cases import CASES
from check.foreign_gallery.measure import CATEGORIES, category

from autograd import check_gradients

PROGRAMS = list({(case.f, case.module): case for case in CASES}.values())


@pytest.mark.parametrize("case", PROGRAMS, ids=lambda case: case.backward)
def test_the_backward_pass_of_a_program_is_right(case, tmp_path):
    f, keywords = case.load(tmp_path / "program.py", mistaken=False)
    report = check_gradients(f, *case.inputs(), **keywords, raises=False)
    assert report.ok, report
    assert report.reasons == []


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_mistake_in_a_program_is_found(case, tmp_path):
    f, keywords = case.load(tmp_path / "program.py")
    report = check_gradients(f, *case.inputs(), **keywords, raises=False, explain=False)
    assert "WRONG" in report.counts, report


@pytest.mark.gallery
@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_mistake_is_found_and_its_report_is_explained(case, tmp_path):
    path = tmp_path / "program.py"
    f, keywords = case.load(path)
    report = check_gradients(f, *case.inputs(), **keywords, raises=False)
    assert category(case, report, path) in CATEGORIES[:-1]


def test_the_collection_is_large_enough():
    assert len(CASES) >= 70
    assert len(PROGRAMS) >= 40
