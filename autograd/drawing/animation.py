"""The derivatives flow through the picture: one frame for each step of the chain rule."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from autograd.drawing import dot
from autograd.drawing.numbers import BARS
from autograd.drawing.picture import render
from autograd.drawing.view import Frame, Options, sheet_of
from autograd.errors import GraphError, MissingProgramError

if TYPE_CHECKING:
    from autograd.drawing.step_by_step import Steps

MOST_FRAMES = 200
#: Of an average letter, of numbers and of the caption, in points.
LETTER, CAPTION_LETTER = 6.6, 7.4
#: How many times as long as the others the last frame stands.
REST = 3


def animate(steps: Steps, kind: str, seconds: float) -> bytes:
    """Return an animation as ``.gif`` or ``.svg``.

    Raises
    ------
    GraphError
        If there are more steps than anybody would watch.
    MissingProgramError
        If `dot` is not installed, or, for a GIF, Pillow.
    """
    if len(steps) >= MOST_FRAMES:
        raise GraphError(
            f"An animation of {len(steps):,} steps is too long to watch; {MOST_FRAMES - 1} are "
            "allowed. Take a smaller part of the graph, or save the steps as text."
        )
    source = "".join(_sources(steps))
    if kind == ".svg":
        return _as_svg(_split(render(source, "svg"), b"<?xml"), seconds)
    return _as_gif(_split(render(source, "png"), b"\x89PNG\r\n\x1a\n"), seconds)


def _sources(steps: Steps) -> Iterator[str]:
    """Write the picture once for each step, in DOT."""
    sheet = sheet_of(steps.graph, Options(expand=True, number_format=steps.number_format))
    frames = list(_frames(steps))
    captions = max(len(frame.caption) for frame in frames)
    # As wide as the data above: in a narrower cell `dot` loses its place.
    texts = {
        item.number: [line for line in sheet.data(item) if line[-1:] not in BARS]
        for item in sheet.graph.items
    }
    for frame in frames:
        for number, words in frame.gradients.items():
            texts[number].append(words)
    reached = frames[-1].gradients
    widths = {
        number: int(max(map(len, lines)) * LETTER) + 14
        for number, lines in texts.items()
        if number in reached
    }
    for frame in frames:
        frame.widths, frame.caption_width = widths, int(captions * CAPTION_LETTER)
        sheet.frame = frame
        yield dot.source(sheet)


def _frames(steps: Steps) -> Iterator[Frame]:
    end = steps.graph.roots[0]
    number = steps.number
    first = steps.steps[0].incoming if len(steps) else 1.0
    arrived = {end.number: number(first)}
    yield Frame(dict(arrived), f"∂{end.name}/∂{end.name} = {number(first)}", end.number)
    for step in steps:
        arrived[step.parent.number] = number(step.after)
        active = step.item.number
        yield Frame(dict(arrived), steps.sentence(step), active, (active, step.position))
    yield Frame(dict(arrived), f"All derivatives of {end.name}")


def _split(images: bytes, beginning: bytes) -> list[bytes]:
    """Part what `dot` wrote for several graphs."""
    return [beginning + image for image in images.split(beginning)[1:]]


def _as_gif(frames: list[bytes], seconds: float) -> bytes:
    try:
        from PIL import Image
    except ImportError:
        raise MissingProgramError(
            "Animations as GIF need Pillow: pip install pillow. Without it, save them as .svg."
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
    """Lay the frames upon each other; each is visible in its turn."""
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
