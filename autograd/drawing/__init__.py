"""Show the recorded graph: pictures (`draw`), text (`text`), the steps of backward, costs."""

from autograd.drawing.as_text import text
from autograd.drawing.picture import Picture, draw
from autograd.drawing.program_costs import ProgramSummary
from autograd.drawing.program_steps import ProgramSteps
from autograd.drawing.step_by_step import Steps, steps
from autograd.drawing.table import Summary, summary

__all__ = [
    "Picture", "ProgramSteps", "ProgramSummary", "Steps", "Summary", "draw", "steps", "summary",
    "text",
]  # fmt: skip
