"""Show the recorded graph: pictures (`draw`), text (`text`), the steps of backward, costs."""

from autograd.drawing.as_text import text
from autograd.drawing.picture import Picture, draw
from autograd.drawing.step_by_step import Steps, steps
from autograd.drawing.table import Summary, summary

__all__ = ["Picture", "Steps", "Summary", "draw", "steps", "summary", "text"]
