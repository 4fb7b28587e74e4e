"""A report in stages, for courses: how much of it is shown."""

from __future__ import annotations

from autograd.check.findings import Findings
from autograd.check.marks import listed
from autograd.errors import DataError

#: What the stages show; each includes those before it.
STAGES = ("the verdict", "the wrong elements", "the line", "the kind of mistake", "everything")


def refuse_bad_stage(stage: int) -> None:
    """Raise DataError unless there is such a stage."""
    if stage not in range(1, len(STAGES) + 1):
        parts = ", ".join(f"{number} {what}" for number, what in enumerate(STAGES, 1))
        raise DataError(f"There are the hints {parts}; not {stage!r}.")


def hint(report: Findings, stage: int) -> str:
    """Return what a report says up to a stage."""
    refuse_bad_stage(stage)
    if report.ok or stage == len(STAGES):
        return report.table()
    parts = [report.summary(0).split("\n")[0].replace(", 0 shown", "")]
    if stage >= 2:
        parts += listed(report) or [c.name for c in report.ranked(8) if not c.ok]
    if stage >= 3:
        parts += _places(report)
    if stage >= 4:
        parts += _kinds(report)
    return "\n".join(parts)


def _places(report: Findings) -> list[str]:
    rows = [row.strip() for reason in report.reasons for row in reason.split("\n")[1:]]
    found = list(dict.fromkeys(row for row in rows if ", line " in row and not row.startswith("`")))
    if not found:
        return ["The line is not known."]
    return ["Look at this line:" if len(found) == 1 else "Look at one of these lines:", *found]


def _kinds(report: Findings) -> list[str]:
    """Return what is wrong with the numbers and with the line, but not what is right."""
    kinds = [line.kind for line in report.lines if line.kind]
    found = [f"What is wrong there: {kind}." for kind in dict.fromkeys(kinds)]
    named = {line.text for line in report.lines}
    for reason in report.reasons:
        first = reason.split("\n")[0]
        if reason not in named and not first.endswith("wrong:"):
            found.append(first)
    return found or ["The kind of mistake is not known."]
