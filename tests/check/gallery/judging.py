"""Whether what a report says of a known mistake is true.

A line that a report calls wrong is right if the mistake was made there, or if the correction that
the report proposes makes every output right at two points.
"""

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path

from check.gallery.cases import (
    SEEDS,
    Edit,
    calls,
    edited,
    indentation,
    largest_difference,
    loaded,
    needed_by,
    numerical_jacobian,
    right_source,
)
from check.gallery.kinds import kind_of

#: Relative differences from the numerical derivative: below the first it is right, above the
#: second it is certainly wrong.
RIGHT, WRONG = 1e-7, 1e-6

LINE, TRUE, FALSE, NONE = "right line", "other right reason", "misleading", "none"
NOT_FOUND, ERROR = "not found", "error"
CATEGORIES = (LINE, TRUE, FALSE, NONE, NOT_FOUND, ERROR)


@dataclass(frozen=True)
class Mistake:
    """A backward pass with a mistake, to be checked with `gradient=` or `vjp=`."""

    edit: Edit
    program: str  # which may import the one that is edited
    case: str
    keyword: str
    origin: str  # "written" or "mutant"

    def __str__(self):
        where = f"line {self.edit.line} of {self.edit.program}.py"
        return f"{self.case} in {self.program}, {where}, {self.keyword}="

    @property
    def kind(self):
        return kind_of(self.right_text, self.wrong_text)

    @property
    def right_text(self):
        return right_source(self.edit.program)[self.edit.line - 1].strip()

    @property
    def wrong_text(self):
        return self.edit.text.strip()


@dataclass
class Judgement:
    """What a report said of a mistake, and whether this is true."""

    mistake: Mistake
    kind: str  # "gradient", "vjp" or "jacobian"
    category: str
    seconds: float
    reasons: list = field(default_factory=list)
    lines: list = field(default_factory=list)  # (line, verdict, correction)
    doubtful: list = field(default_factory=list)  # reasons that do not hold at another point


_jacobians = {}


def references(program, seed):
    """Return the value and the numerical Jacobian of each case of a right program."""
    if (program, seed) not in _jacobians:
        with loaded(program) as module:
            _jacobians[program, seed] = {
                name: (call.value(), numerical_jacobian(call))
                for name, call in calls(module, seed).items()
            }
    return _jacobians[program, seed]


def difference(call, options, program, seed):
    """Return the relative difference of a derivative from the right one, or infinity."""
    _, jacobian = references(program, seed)[call.name]
    return largest_difference(call, options, jacobian)


# -- lines ------------------------------------------------------------------------------------


def statement_lines(lines, number):
    """Return the lines of the statement at a line; those around it if there is none."""
    spans = []
    for node in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if body else node.end_lineno
            spans.append((node.lineno, max(last, node.lineno)))
    around = [span for span in spans if span[0] <= number <= span[1]]
    if around:
        first, last = min(around, key=lambda span: span[1] - span[0])
        return range(first, last + 1)
    before = max((last for _, last in spans if last < number), default=number)
    after = min((first for first, _ in spans if first > number), default=number)
    return range(before, after + 1)


def corrections(lines, number, statement, correction):
    """Yield the lines of a program after a correction, in each way in which it may be meant."""
    text = lines[number - 1]
    span = statement_lines(lines, number)
    indent = indentation(lines[span[0] - 1])
    whole = list(lines)
    for other in span:
        whole[other - 1] = ""
    whole[span[0] - 1] = "\n".join(indent + part for part in correction.splitlines())
    yield whole
    if statement and statement in text:
        part = list(lines)
        part[number - 1] = text.replace(statement, correction, 1)
        yield part
    for place in (number - 1, number):  # a statement that was forgotten, before or after the line
        inserted = list(lines)
        own = indentation(text)
        new = "\n".join(own + piece for piece in correction.splitlines())
        inserted[number - 1] = f"{text}\n{new}" if place == number else f"{new}\n{text}"
        yield inserted


def corrected(mistake, item):
    """Return whether the correction of a reported line makes all derivatives right."""
    program = Path(item.path).stem
    lines = edited(program, [mistake.edit])
    for variant in corrections(lines, item.line, item.statement, item.correction):
        edits = [] if program == mistake.edit.program else [mistake.edit]
        edits += [
            Edit(program, number, text)
            for number, text in enumerate(variant, 1)
            if text != right_source(program)[number - 1]
        ]
        if all(is_right(mistake, edits, seed) for seed in SEEDS):
            return True
    return False


def is_right(mistake, edits, seed):
    try:
        with loaded(mistake.program, *edits) as module:
            call = calls(module, seed)[mistake.case]
            options = {mistake.keyword: getattr(call, mistake.keyword)}
            return difference(call, options, mistake.program, seed) < RIGHT
    except Exception:
        return False


@dataclass(frozen=True)
class NamedLine:
    path: str
    line: int
    statement: str
    correction: str


#: What a reason says of an expression, and the expression that is then right.
CLAIMS = (
    (r"has the wrong sign", "-({})"),
    (r"([\d.e+/-]+) times too large", "({}) / ({})"),
    (r"([\d.e+/-]+) times too small", "({}) * ({})"),
    (r"[Mm]ultiplied by ([\d.e+/-]+) it is right", "({}) * ({})"),
    (r"transposed", "({}).T"),
)


def claimed(text, expression):
    """Return what an expression should be by a sentence about it, if that is clear."""
    for pattern, form in CLAIMS:
        if expression and (found := re.search(pattern, text)):
            return form.format(expression, *found.groups())
    return ""


def lines_in(reason):
    """Yield the lines that a reason calls wrong."""
    if not re.match(r"(The|One of these \d+) lines? of ", reason):
        return
    blocks = re.split(r"(\w+\.py), line (\d+), in [^:]*: ", reason)
    for path, number, text in zip(blocks[1::3], blocks[2::3], blocks[3::3], strict=True):
        source, _, said = text.partition("\n")
        quoted = re.search(r"`([^`]*)`", said)
        expression = quoted[1] if quoted else source.split("= ")[-1].removeprefix("return ")
        yield NamedLine(path, int(number), expression, claimed(said, expression))


def named_lines(report):
    """Return the lines that a report calls wrong: of its list, or else those in its reasons."""
    if not report.lines:
        return list(dict.fromkeys(line for reason in report.reasons for line in lines_in(reason)))
    return [
        NamedLine(
            item.path,
            item.line,
            item.statement,
            item.correction or claimed(item.text, item.statement),
        )
        for item in report.lines
    ]


def verdicts(mistake, report):
    """Return (line, whether it is right, its correction) for each line of a report."""
    edit = mistake.edit
    planted = statement_lines(edited(edit.program, [edit]), edit.line)
    found = []
    for item in named_lines(report):
        program = Path(item.path).stem
        right = program == edit.program and item.line in planted
        if not right and item.correction and program in needed_by(mistake.program):
            right = corrected(mistake, item)
        found.append((item.line, right, item.correction))
    return found


# -- reasons ----------------------------------------------------------------------------------


#: A factor that is explained by half or twice a size is explained by coincidence.
COINCIDENCE = re.compile(r"is (half|twice) ")
#: Statements about the numbers at hand, which may not hold at another point.
ABOUT_NUMBERS = re.compile(r"is wrong only at |times too (small|large)")


def claim_of(reason):
    """Return what a reason says, without numbers."""
    return re.sub(r"[-+.\d]+", "#", reason.partition("\n")[0])


def doubtful_reasons(report, elsewhere):
    """Return the reasons, apart from lines, that do not hold at another point as well.

    `elsewhere` is called for the report at another point if it is needed.
    """
    told = {item.text for item in report.lines}
    general = [r for r in report.reasons if not (r in told or list(lines_in(r)))]
    doubtful = [reason for reason in general if COINCIDENCE.search(reason)]
    general = [reason for reason in general if not ABOUT_NUMBERS.search(reason)]
    if general:
        there = {claim_of(reason) for reason in elsewhere().reasons}
        doubtful += [reason for reason in general if claim_of(reason) not in there]
    return doubtful


def category_of(report, lines):
    """Return one of CATEGORIES."""
    if report.ok:
        return NOT_FOUND
    if any(right for _, right, _ in lines):
        return LINE
    if lines:
        return FALSE
    return TRUE if report.reasons else NONE
