"""See the graph: as a picture (`draw`) or as lines of text (`text`)."""

from autograd.drawing.lines import text
from autograd.drawing.picture import Picture, draw

__all__ = ["Picture", "draw", "text"]
