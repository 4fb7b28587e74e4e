"""Print what the reports say about the mistakes; `make gallery` does it."""

import re
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from check.foreign_gallery.cases import CASES

from autograd import check_gradients

#: Statements about the numbers alone, which are true of any gradient that they describe.
ABOUT_NUMBERS = re.compile(r" is wrong only |times too (small|large)")
CATEGORIES = ("right line", "another right reason", "misleading", "no reason", "not found")


def lines_named(report, path):
    """Return the lines of the backward pass that a report calls wrong."""
    named = {item.line for item in report.lines if Path(item.path).name == path.name}
    for reason in report.reasons:
        if "of the gradient" in reason.partition("\n")[0] and "line" in reason:
            named.update(
                int(n) for n in re.findall(rf"{re.escape(path.name)}, line (\d+),", reason)
            )
    return named


def category(case, report, path):
    """Return one of CATEGORIES for the report of a mistake."""
    if report.ok:
        return "not found"
    named = lines_named(report, path)
    if case.line in named:
        return "right line"
    if any(is_right(case, reason) for reason in report.reasons):
        return "another right reason"
    return "misleading" if report.reasons or named else "no reason"


def is_right(case, reason):
    return bool(ABOUT_NUMBERS.search(reason) or (case.truth and case.truth in reason))


def main():
    counts = Counter()
    with TemporaryDirectory() as folder:
        for number, case in enumerate(CASES):
            path = Path(folder, f"case_{number}.py")
            f, keywords = case.load(path)
            report = check_gradients(f, *case.inputs(), **keywords, raises=False)
            found = category(case, report, path)
            counts[found] += 1
            print(f"{found:22}{case.module}.py, line {case.line}, {case}")
            if found == "misleading":
                print(*("    " + reason.partition("\n")[0] for reason in report.reasons), sep="\n")
    print(f"\nThe gallery of others' programs: {len(CASES)} mistakes")
    for name in CATEGORIES:
        print(f"{name:22}{counts[name]:4}")


if __name__ == "__main__":
    main()
