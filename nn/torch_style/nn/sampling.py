"""Images at points between pixels: `affine_grid` and `grid_sample`."""

from __future__ import annotations

from typing import Any

from autograd.errors import OptionError, ShapeError
from nn.torch_style.creation import arange, linspace, ones
from nn.torch_style.joining import meshgrid, stack
from nn.torch_style.tensor import Tensor


def affine_grid(theta: Tensor, size: Any, align_corners: bool | None = False) -> Tensor:
    """Return the points that affine maps send the pixels of images to, for `grid_sample`.

    Parameters
    ----------
    theta : tensor, shape (batch, 2, 3)
        The maps.
    size : sequence of int
        The shape of the images: (batch, channels, height, width).
    align_corners : bool
        Whether -1 and 1 are the middles of the outer pixels, not their outer edges.
    """
    if len(size) != 4 or tuple(theta.shape[1:]) != (2, 3):
        raise ShapeError(
            f"affine_grid takes maps of shape (batch, 2, 3) and images of four axes, not "
            f"{tuple(theta.shape)} and {tuple(size)}."
        )
    axes = []
    for n in size[2:]:
        line = linspace(-1, 1, n) if n > 1 else linspace(0, 0, 1)
        axes.append((line if align_corners else line * ((n - 1) / n)).to(theta.dtype))
    y, x = meshgrid(*axes)
    points = stack([x, y, ones(*x.shape, dtype=theta.dtype)], -1).reshape(-1, 3)
    return (points @ theta.transpose(1, 2)).view(theta.shape[0], size[2], size[3], 2)


def grid_sample(
    input: Tensor,
    grid: Tensor,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    """Return images at points, where -1 and 1 are the edges.

    Parameters
    ----------
    input : tensor, shape (batch, channels, height, width)
        The images.
    grid : tensor, shape (batch, new height, new width, 2)
        The points, x before y.
    mode : {"bilinear", "nearest"}
        What to take between pixels.
    padding_mode : {"zeros", "border", "reflection"}
        What there is outside.
    align_corners : bool
        Whether -1 and 1 are the middles of the outer pixels, not their outer edges.
    """
    if input.dim() != 4 or grid.dim() != 4 or mode not in ("bilinear", "nearest"):
        raise OptionError(
            'grid_sample takes images and grids of four axes, and mode="bilinear" or "nearest", '
            f"not {tuple(input.shape)}, {tuple(grid.shape)} and {mode!r}."
        )
    height, width = input.shape[2:]
    x = _pixel(grid[..., 0], width, padding_mode, bool(align_corners))
    y = _pixel(grid[..., 1], height, padding_mode, bool(align_corners))
    if mode == "nearest":
        return _at(input, x.round().long(), y.round().long())
    left, top = x.detach().floor(), y.detach().floor()
    right, below = x - left, y - top
    i, j = left.long(), top.long()
    rows = []
    for row, share in ((j, 1 - below), (j + 1, below)):
        near, far = _at(input, i, row), _at(input, i + 1, row)
        rows.append(
            (near * (1 - right).unsqueeze(1) + far * right.unsqueeze(1)) * share.unsqueeze(1)
        )
    return rows[0] + rows[1]


def _pixel(x: Tensor, n: int, padding_mode: str, align_corners: bool) -> Tensor:
    """Return where points from -1 to 1 are, in pixels."""
    x = (x + 1) / 2 * (n - 1) if align_corners else ((x + 1) * n - 1) / 2
    if padding_mode == "zeros":
        return x
    if padding_mode == "reflection":
        low, span = (0.0, n - 1.0) if align_corners else (-0.5, float(n))
        if span == 0:
            return x * 0
        distance = (x - low).abs()
        rest = distance.fmod(span)
        is_even = (distance.detach() / span).floor() % 2 == 0
        x = rest.where(is_even, span - rest) + low
    elif padding_mode != "border":
        raise OptionError(
            f'padding_mode={padding_mode!r} must be "zeros", "border" or "reflection".'
        )
    return x.clamp(0, n - 1)


def _at(images: Tensor, i: Tensor, j: Tensor) -> Tensor:
    """Return the pixels in columns i and rows j, and 0 outside."""
    height, width = images.shape[2:]
    inside = (i >= 0) & (i < width) & (j >= 0) & (j < height)
    batch = arange(images.shape[0]).view(-1, 1, 1)
    found = images[batch, :, j.clamp(0, height - 1), i.clamp(0, width - 1)].permute(0, 3, 1, 2)
    return found * inside.unsqueeze(1).to(images.dtype)
