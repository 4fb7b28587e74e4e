"""Measure the checker on the gallery; `make gallery` does it.

PYTHONPATH=tests python -P -m check.gallery.measure --written 2 --mutants 1
"""

import argparse
import signal
import statistics
import sys
import time
import traceback
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from check.gallery.cases import (
    INDEPENDENT,
    SEEDS,
    calls,
    flat,
    fresh,
    loaded,
    needed_by,
    planted,
    program_names,
)
from check.gallery.judging import (
    ERROR,
    FALSE,
    LINE,
    NONE,
    NOT_FOUND,
    TRUE,
    WRONG,
    Judgement,
    Mistake,
    category_of,
    difference,
    doubtful_reasons,
    references,
    verdicts,
)
from check.gallery.mutants import mutants_of

from autograd import check_gradients

LIMIT = 120  # seconds for one check


def effects(program, edit, names=None, seed=SEEDS[0]):
    """Return (case, keyword) of the derivatives that an edit makes wrong.

    A mistake leaves the result as it was, and the derivative finite and of the right shape.
    """
    found = []
    try:
        with loaded(program, edit) as module:
            for name, call in calls(module, seed).items():
                if names is not None and name not in names:
                    continue
                value, _ = references(program, seed)[name]
                if not np.array_equal(flat(call.value()), flat(value)):
                    continue
                for options in call.derivatives:
                    if WRONG < difference(call, options, program, seed) < np.inf:
                        found.append((name, next(iter(options))))
    except Exception:
        return []
    return found


def written_mistakes(program):
    """Yield the mistakes that are noted in a program, each for the first case that it affects."""
    for edit in [edit for name in needed_by(program) for edit in planted(name)]:
        found = effects(program, edit)
        if found:
            case = found[0][0]
            yield from (
                Mistake(edit, program, name, keyword, "written")
                for name, keyword in found
                if name == case
            )


def random_mistakes(program, name, number, seed=0):
    """Yield mutants of a case that make its derivative wrong and leave its value."""
    noted = {(edit.line, edit.text) for edit in planted(program)}
    for edit in mutants_of(program, name, seed):
        if number == 0:
            return
        if (edit.line, edit.text) in noted:
            continue
        found = effects(program, edit, (name,))
        if found and effects(program, edit, (name,), SEEDS[1]):
            number -= 1
            yield from (Mistake(edit, program, name, keyword, "mutant") for _, keyword in found)


def thinned(mistakes, number):
    """Return some mistakes of each case, evenly spaced."""
    by_case = {}
    for mistake in mistakes:
        by_case.setdefault((mistake.case, mistake.keyword), []).append(mistake)
    chosen = []
    for each in by_case.values():
        step = len(each) / min(number, len(each)) if number else 0
        chosen += [each[int((k + 0.5) * step)] for k in range(min(number, len(each)))]
    return chosen


def mistakes_of(program, written, mutants, seed):
    """Return the mistakes of a program to measure."""
    chosen = thinned(written_mistakes(program), written)
    for name in references(program, 1):
        chosen += random_mistakes(program, name, mutants, seed)
    return chosen


def checked(mistake, seed=SEEDS[0]):
    """Run the checker on a mistake; return the kind of the derivative, the report and the seconds."""
    with loaded(mistake.program, mistake.edit) as module:
        call = calls(module, seed)[mistake.case]
        options = {mistake.keyword: getattr(call, mistake.keyword)}
        kind = call.kind(options)
        start = time.process_time()
        report = check_gradients(call.f, *fresh(call.inputs), **options, raises=False)
        return kind, report, time.process_time() - start


def judge(mistake):
    """Check a mistake, and what the report says of it."""
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, too_long)
        signal.alarm(LIMIT)
    try:
        kind, report, seconds = checked(mistake)
        failed = [note for note in report.notes if "failed (" in note]
        if failed:
            return Judgement(mistake, kind, ERROR, seconds, failed)
        lines = verdicts(mistake, report)
        category = category_of(report, lines)
        doubtful = doubtful_reasons(report, lambda: checked(mistake, SEEDS[1])[1])
        if category == TRUE and doubtful:
            category = FALSE
    except Exception:
        return Judgement(mistake, mistake.keyword, ERROR, 0.0, [traceback.format_exc(limit=-4)])
    finally:
        if hasattr(signal, "SIGALRM"):
            signal.alarm(0)
    return Judgement(mistake, kind, category, seconds, list(report.reasons), lines, doubtful)


def too_long(*_):
    raise TimeoutError(f"A check took more than {LIMIT} s.")


def judgements_of(options, program):
    chosen = mistakes_of(program, options.written, options.mutants, options.seed)
    return [judge(mistake) for mistake in chosen[:: options.every]]


# -- results ----------------------------------------------------------------------------------


def rows(judgements):
    """Yield (title, judgements) for the rows of the table."""
    for title, origin in (("written by hand", "written"), ("random mutants", "mutant")):
        some = [j for j in judgements if j.mistake.origin == origin]
        yield title, [j for j in some if j.mistake.program not in INDEPENDENT]
        yield f"independent: {title}", [j for j in some if j.mistake.program in INDEPENDENT]
    for title, kind in (
        ("`gradient=`", "gradient"),
        ("`vjp=`", "vjp"),
        ("Jacobians", "jacobian"),
    ):
        yield title, [j for j in judgements if j.kind == kind]
    yield "all", judgements


def table(judgements):
    """Return the counts as a Markdown table."""
    head = ("", "mistakes", "found", LINE, TRUE, FALSE, NONE, "median, CPU s", "longest")
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    for title, some in rows(judgements):
        if not some:
            continue
        counts = Counter(j.category for j in some)
        found = len(some) - counts[NOT_FOUND] - counts[ERROR]
        seconds = [j.seconds for j in some]
        shares = [f"{counts[c]} ({counts[c] / len(some):.0%})" for c in (LINE, TRUE, FALSE, NONE)]
        times = [f"{statistics.median(seconds):.2f}", f"{max(seconds):.1f}"]
        lines.append("| " + " | ".join([title, str(len(some)), str(found), *shares, *times]) + " |")
    return "\n".join(lines)


def description(judgement):
    """Return what was wrong and what the report said, as a Markdown list item."""
    mistake = judgement.mistake
    lines = [
        f"- {mistake}, {mistake.origin}, {judgement.seconds:.1f} s",
        f"    - right: `{mistake.right_text or '(nothing)'}`",
        f"    - wrong: `{mistake.wrong_text or '(missing)'}`",
    ]
    for line, right, correction in judgement.lines:
        lines.append(f"    - {'right' if right else 'FALSE'}: line {line}, `{correction}`")
    for reason in judgement.reasons:
        lines.append("    - " + reason.replace("\n", "\n      "))
    return "\n".join(lines)


def by_kind(judgements):
    """Return how many lines were found of each kind of mistake, as a Markdown table."""
    lines = ["| mistake | number | line found |", "|---|---:|---:|"]
    kinds = Counter(j.mistake.kind for j in judgements)
    for kind, number in kinds.most_common():
        found = sum(j.category == LINE for j in judgements if j.mistake.kind == kind)
        lines.append(f"| {kind} | {number} | {found} ({found / number:.0%}) |")
    return "\n".join(lines)


def failures(judgements):
    """Return the mistakes whose line was not found, by what was said instead, and by kind."""
    parts = [table(judgements), by_kind(judgements)]
    for category in (ERROR, NOT_FOUND, FALSE, NONE, TRUE):
        some = [j for j in judgements if j.category == category]
        parts.append(f"## {category}: {len(some)}")
        for kind in sorted({j.mistake.kind for j in some}):
            these = [description(j) for j in some if j.mistake.kind == kind]
            parts.append(f"### {category}, {kind}: {len(these)}\n\n" + "\n".join(these))
    doubtful = [j for j in judgements if j.category == LINE and j.doubtful]
    parts.append(f"## right line, but another reason does not hold elsewhere: {len(doubtful)}")
    parts += [f"{description(j)}\n    - DOUBTFUL: {j.doubtful}" for j in doubtful]
    several = [j for j in judgements if j.category == LINE and not all(r for _, r, _ in j.lines)]
    parts.append(f"## right line, with others that are not: {len(several)}")
    parts += map(description, several)
    return "\n\n".join(parts) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--written", type=int, default=2, help="mistakes by hand, of each case")
    parser.add_argument("--mutants", type=int, default=1, help="random mistakes, of each case")
    parser.add_argument("--every", type=int, default=1, help="measure every N-th of these")
    parser.add_argument("--seed", type=int, default=0, help="of the random mistakes")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--failures", type=Path, help="a file for what was not found")
    parser.add_argument("--page", type=Path, help="a page between whose marks to put the table")
    parser.add_argument("programs", nargs="*", default=program_names())
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    judgements = []
    work = partial(judgements_of, options)
    with ProcessPoolExecutor(options.workers) as pool:
        for some in pool.map(work, options.programs):
            judgements += some
            if options.failures:
                options.failures.write_text(failures(judgements), encoding="utf-8")
    print(table(judgements))
    if options.page:
        put_table(options.page, table(judgements))
    if any(j.category in (NOT_FOUND, ERROR) for j in judgements):
        sys.exit("Not every mistake was found.")


BEGIN, END = "<!-- gallery -->", "<!-- end of gallery -->"


def put_table(path, text):
    """Replace what is between the marks on a page."""
    before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
