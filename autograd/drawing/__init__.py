"""See the graph: as a picture (`draw`) or as lines of text (`text`)."""

from autograd.drawing.lesson import Steps, steps
from autograd.drawing.lines import text
from autograd.drawing.picture import Picture, draw
from autograd.drawing.table import Summary, summary

__all__ = ["Picture", "Steps", "Summary", "draw", "steps", "summary", "text"]
