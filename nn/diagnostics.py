"""Whether gradients reach the first layers, and which units never fire."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import Node
from autograd.errors import OptionError
from nn.module import plain
from nn.optional_imports import require

#: Over how many powers of ten gradients may change through all layers and still be called steady.
DECADES = 3.0

ADVICE = {
    "vanishing": "ReLU with He initialisation, normalisation or residual connections help.",
    "exploding": "Clip gradients, or begin with smaller weights; normalisation helps too.",
    "not finite": "Find where that begins inside `with autograd.debug():`.",
    "zero": "Does the loss depend on the parameters?",
}


@dataclass(frozen=True)
class ParameterRow:
    """What the gradient of one parameter is like."""

    name: str
    shape: tuple[int, ...]
    norm: float
    rms: float
    relative: float  # rms by the rms of the parameter itself
    zeros: float  # the share of zeros


@dataclass(frozen=True)
class GradientReport:
    """Gradients layer by layer; prints itself as a table.

    Attributes
    ----------
    rows : list of ParameterRow
        Norm, root mean square and share of zeros of each parameter's gradient, in the order of
        the model.
    dead : dict of str to (int, int)
        For each ReLU how many of its units never fired, and how many there are.
    factor : float
        By how much gradients of weights change from one layer to the one before it, the
        geometric mean, from a straight line through the logarithms.
    verdict : str
        "vanishing" or "exploding" if that makes more than 10³ through all layers; "exploding",
        too, if gradients are 10³ times the weights, the median layer's; "not finite", "zero",
        or else "steady".

    References
    ----------
    Bengio, Simard, Frasconi: Learning long-term dependencies with gradient descent is difficult,
    IEEE Transactions on Neural Networks 5, 1994. Glorot, Bengio: Understanding the difficulty of
    training deep feedforward neural networks, AISTATS 2010.
    """

    rows: list[ParameterRow]
    dead: dict[str, tuple[int, int]]
    factor: float
    verdict: str

    def __str__(self) -> str:
        width = max(len("parameter"), *[len(row.name) for row in self.rows])
        lines = [
            f"{'parameter':{width}}  {'shape':>14}  {'norm':>9}  {'rms':>9}  {'to data':>9}   zeros"
        ]
        for row in self.rows:
            shape = "×".join(map(str, row.shape)) or "()"
            lines.append(
                f"{row.name:{width}}  {shape:>14}  {row.norm:9.2e}  {row.rms:9.2e}  "
                f"{row.relative:9.2e}  {row.zeros:6.1%}"
            )
        for name, (dead, units) in self.dead.items():
            lines.append(f"{name}: {dead} of {units} ReLU units never fire")
        lines.append(f"From layer to layer back, ×{self.factor:.3g}: {self.verdict}.")
        if self.verdict in ADVICE:
            lines.append(ADVICE[self.verdict])
        return "\n".join(lines)

    __repr__ = __str__

    def plot(self) -> Any:
        """Return a matplotlib figure: the size of each gradient, and the share of dead units."""
        figures = require("matplotlib.figure", "The picture of a report", "plot")
        panels = 2 if self.dead else 1
        figure = figures.Figure(figsize=(5.5 * panels, 3.6), layout="constrained")
        axes = figure.add_subplot(1, panels, 1)
        for weights, label, style in ((True, "weights", "o-"), (False, "biases and others", ".")):
            chosen = [i for i, row in enumerate(self.rows) if (len(row.shape) > 1) == weights]
            sizes = [self.rows[i].rms or math.nan for i in chosen]
            axes.plot(chosen, sizes, style, markersize=4, label=label)
        axes.set_yscale("log")
        axes.set(xlabel="parameter, from the input on", ylabel="rms of the gradient")
        axes.set_title(self.verdict)
        axes.legend(frameon=False)
        if self.dead:
            axes = figure.add_subplot(1, panels, 2)
            axes.bar(range(len(self.dead)), [100 * d / n for d, n in self.dead.values()])
            axes.set_xticks(range(len(self.dead)), list(self.dead), rotation=90)
            axes.set(ylim=(0, 100), ylabel="units that never fire, %")
        return figure


def gradient_report(model: Any, *inputs: Any) -> GradientReport:
    """Tell how large the gradients of a model are from layer to layer, after ``backward``.

    Parameters
    ----------
    model : Module
        Whose parameters have gradients.
    *inputs : array
        If given, the model is called with them, in evaluation mode, to look for dead ReLUs: units
        whose output is zero for every example.

    Raises
    ------
    OptionError
        If no parameter has a gradient.

    Examples
    --------
    >>> import nn
    >>> layers = [nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1)]
    >>> model = nn.Sequential(*layers)
    >>> (model(np.ones((5, 4))) ** 2).mean().backward()
    >>> gradient_report(model).verdict
    'steady'
    """
    rows = [_row(name, p) for name, p in model.named_parameters() if p.grad is not None]
    if not rows:
        raise OptionError("No parameter has a gradient: call loss.backward() first.")
    return GradientReport(rows, _dead(model, inputs) if inputs else {}, *_judged(rows))


def _row(name: str, parameter: Any) -> ParameterRow:
    gradient = plain(parameter.grad)
    norm, length = (
        float(np.linalg.norm(np.ravel(numbers).astype(np.float64)))
        for numbers in (gradient, parameter.data)
    )
    size = max(1, gradient.size)
    zeros = float(np.sum(gradient == 0)) / size
    relative = norm / length if length else math.nan
    return ParameterRow(name, gradient.shape, norm, norm / math.sqrt(size), relative, zeros)


def _judged(rows: list[ParameterRow]) -> tuple[float, str]:
    """Return the factor from layer to layer, from the last to the first, and the verdict."""
    layers = [row for row in rows if len(row.shape) > 1] or rows
    sizes = [row.rms for row in layers]
    relative = [row.relative for row in layers if row.relative < math.inf] or [0.0]
    if not all(map(math.isfinite, [row.norm for row in rows])):
        return math.nan, "not finite"
    if not any(sizes):
        return math.nan, "zero"
    logarithms = np.log10(np.maximum(sizes, np.finfo(np.float64).tiny))
    places = np.arange(len(sizes)) - (len(sizes) - 1) / 2
    slope = -float(places @ logarithms) / max(1.0, float(places @ places))
    through = slope * (len(sizes) - 1)
    if through > DECADES or np.median(relative) > 10**DECADES:
        return 10**slope, "exploding"
    return 10**slope, "vanishing" if through < -DECADES else "steady"


def _dead(model: Any, inputs: tuple[Any, ...]) -> dict[str, tuple[int, int]]:
    modes = [(module, module.training) for module in model.modules()]
    try:
        outputs = model.eval()(*inputs)
    finally:
        for module, training in modes:
            module.training = training
    found: dict[str, tuple[int, int]] = {}
    for node in reversed(_below(outputs)):
        if node.op == "relu":
            silent = np.all(node.data == 0, axis=0)  # type: ignore[attr-defined]
            name = node.scope or "relu"
            number = sum(other.partition(" ")[0] == name for other in found)
            found[f"{name} ({number + 1})" if number else name] = int(silent.sum()), silent.size
    return found


def _below(outputs: Any) -> list[Node]:
    """List the nodes that outputs were computed from, later ones first."""
    several = outputs if isinstance(outputs, tuple) else [outputs]
    waiting = [output for output in several if isinstance(output, Node)]
    found: dict[int, Node] = {}
    while waiting:
        node = waiting.pop()
        if id(node) not in found:
            found[id(node)] = node
            waiting += node.parents  # type: ignore[attr-defined]
    return list(found.values())
