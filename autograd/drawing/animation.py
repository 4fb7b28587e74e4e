"""Animations of the backward pass: one frame for each step of the chain rule."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from autograd.drawing import dot
from autograd.drawing.numbers import BARS
from autograd.drawing.rendering import render
from autograd.drawing.view import Frame, View
from autograd.errors import GraphError, MissingProgramError

MOST_STEPS = 199
#: Average widths of a character in numbers and in the caption, in points.
LETTER, CAPTION_LETTER = 6.6, 7.4
#: The last frame is shown this many times as long as the others.
REST = 3


def check_length(steps: int) -> None:
    """Refuse too many steps.

    Raises
    ------
    GraphError
        If there are too many.
    """
    if steps > MOST_STEPS:
        raise GraphError(
            f"An animation of {steps:,} steps is too long to watch; at most {MOST_STEPS} are "
            "allowed. Take a smaller part of the graph, or save the steps as text."
        )


def animate(view: View, frames: list[Frame], kind: str, seconds: float) -> bytes:
    """Return an animation of a picture, ``.gif`` or ``.svg``.

    Raises
    ------
    MissingProgramError
        If `dot` is not installed, or, for a GIF, Pillow.
    """
    source = "".join(_sources(view, frames))
    if kind == ".svg":
        return _as_svg(_split(render(source, "svg"), b"<?xml"), seconds)
    return _as_gif(_split(render(source, "png"), b"\x89PNG\r\n\x1a\n"), seconds)


def _sources(view: View, frames: list[Frame]) -> Iterator[str]:
    """Yield the picture of each frame in DOT."""
    captions = max(len(frame.caption) for frame in frames)
    # As wide as the data above: `dot` misplaces the text of a narrower cell.
    texts = {
        item.number: [line for line in view.data(item) if line[-1:] not in BARS]
        for item in view.graph.items
    }
    for frame in frames:
        for number, gradient in frame.gradients.items():
            texts[number].append(gradient)
    reached = frames[-1].gradients
    widths = {
        number: int(max(map(len, lines)) * LETTER) + 14
        for number, lines in texts.items()
        if number in reached
    }
    for frame in frames:
        frame.widths, frame.caption_width = widths, int(captions * CAPTION_LETTER)
        view.frame = frame
        yield dot.source(view)


def _split(images: bytes, beginning: bytes) -> list[bytes]:
    """Split the output of `dot` for several graphs."""
    return [beginning + image for image in images.split(beginning)[1:]]


def _as_gif(frames: list[bytes], seconds: float) -> bytes:
    try:
        from PIL import Image
    except ImportError:
        raise MissingProgramError(
            "GIF animations need Pillow: pip install pillow. Without it, save an .svg."
        ) from None
    images = [Image.open(io.BytesIO(frame)).convert("RGB") for frame in frames]
    milliseconds = max(20, round(seconds * 1000))
    content = io.BytesIO()
    images[0].save(
        content,
        "GIF",
        save_all=True,
        append_images=images[1:],
        duration=[*[milliseconds] * (len(images) - 1), REST * milliseconds],
        loop=0,
    )
    return content.getvalue()


def _as_svg(frames: list[bytes], seconds: float) -> bytes:
    """Stack the frames; each is visible in turn."""
    texts = [frame.decode() for frame in frames]
    opening = re.search(r"<svg[^>]*>", texts[0])
    assert opening is not None
    total = len(texts) - 1 + REST
    style = [".frame { visibility: hidden; }"]
    bodies = []
    for number, text in enumerate(texts):
        stop = total if number == len(texts) - 1 else number + 1
        begin, end = 100 * number / total, 100 * stop / total
        hidden = "" if number == 0 else "0% { visibility: hidden; } "
        after = "" if stop == total else f" {end:.4f}% {{ visibility: hidden; }}"
        style.append(
            f"@keyframes turn{number} {{ {hidden}{begin:.4f}% {{ visibility: visible; }}{after} }}"
        )
        style.append(
            f"#frame{number} {{ animation: turn{number} {total * seconds:g}s step-end infinite; }}"
        )
        body = text[text.index("<g ", text.index("<svg")) : text.rindex("</svg>")]
        body = re.sub(r' id="[^"]*"', "", re.sub(r"<title>.*?</title>\n?", "", body, flags=re.S))
        bodies.append(f'<g class="frame" id="frame{number}">{body}</g>')
    still = f"#frame{len(texts) - 1} {{ animation: none; visibility: visible; }}"
    style.append(
        f"@media (prefers-reduced-motion: reduce) {{ .frame {{ animation: none; }} {still} }}"
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{opening[0]}\n<style>\n'
        + "\n".join(style)
        + "\n</style>\n"
        + "\n".join(bodies)
        + "\n</svg>\n"
    ).encode()
