"""Reports on vanishing and exploding gradients, and on dead ReLU units."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import Node, relu
from autograd.errors import OptionError
from nn.arrays import plain
from nn.modes import in_mode
from nn.optional_imports import require

#: By how many powers of ten gradients may change across all layers and still count as steady.
DECADES = 3.0

ADVICE = {
    "vanishing": "ReLU with He initialisation, normalisation, or residual connections help.",
    "exploding": "Clip the gradients, or start with smaller weights; normalisation also helps.",
    "not finite": "Find the first such number with `with autograd.debug():`.",
    "zero": "Does the loss depend on the parameters?",
}


@dataclass(frozen=True)
class ParameterRow:
    """Statistics of the gradient of one parameter.

    Attributes
    ----------
    name : str
        The name of the parameter.
    shape : tuple of int
        Its shape.
    norm, rms : float
        The Euclidean norm and the root mean square of the gradient.
    relative : float
        The norm divided by the norm of the parameter.
    zeros : float
        The share of zeros in the gradient.
    """

    name: str
    shape: tuple[int, ...]
    norm: float
    rms: float
    relative: float
    zeros: float


@dataclass(frozen=True)
class GradientReport:
    """The gradients of a model layer by layer, as `gradient_report` returns them.

    It is printed as a table.

    Attributes
    ----------
    rows : list of ParameterRow
        Norm, root mean square and share of zeros of each gradient, in the order of the model.
    dead : dict of str to (int, int)
        For each ReLU the number of units that are zero for every example, and of all units.
    factor : float
        The average factor by which gradients of weights change from one layer to the previous one:
        the slope of a straight line fitted to the logarithms.
    verdict : str
        "vanishing" or "exploding" if gradients change by more than 10³ across all layers; also
        "exploding" if the median gradient is 10³ times its weight; "not finite", "zero", or else
        "steady".

    References
    ----------
    Bengio, Simard, Frasconi: Learning long-term dependencies with gradient descent is difficult,
    IEEE Transactions on Neural Networks 5, 1994. Glorot, Bengio: Understanding the difficulty of
    training deep feedforward neural networks, AISTATS 2010.

    Examples
    --------
    >>> print(GradientReport([ParameterRow("w", (2,), 1.0, 0.5, 2.0, 0.0)], {}, 1.0, "steady"))
    parameter           shape       norm        rms    to data   zeros
    w                       2   1.00e+00   5.00e-01   2.00e+00    0.0%
    From layer to layer, backward: ×1, steady.
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
            lines.append(f"{name}: {dead} of {units} ReLU units are dead")
        lines.append(f"From layer to layer, backward: ×{self.factor:.3g}, {self.verdict}.")
        if self.verdict in ADVICE:
            lines.append(ADVICE[self.verdict])
        return "\n".join(lines)

    __repr__ = __str__

    def plot(self) -> Any:
        """Return a matplotlib figure of the gradients, and of the share of dead units."""
        figures = require("matplotlib.figure", "The plot of a report", "plot")
        panels = 2 if self.dead else 1
        figure = figures.Figure(figsize=(5.5 * panels, 3.6), layout="constrained")
        axes = figure.add_subplot(1, panels, 1)
        for weights, label, style in ((True, "weights", "o-"), (False, "biases and others", ".")):
            chosen = [i for i, row in enumerate(self.rows) if (len(row.shape) > 1) == weights]
            sizes = [self.rows[i].rms or math.nan for i in chosen]
            axes.plot(chosen, sizes, style, markersize=4, label=label)
        axes.set_yscale("log")
        axes.set(xlabel="parameter, starting from the input", ylabel="rms of the gradient")
        axes.set_title(self.verdict)
        axes.legend(frameon=False)
        if self.dead:
            axes = figure.add_subplot(1, panels, 2)
            axes.bar(range(len(self.dead)), [100 * d / n for d, n in self.dead.values()])
            axes.set_xticks(range(len(self.dead)), list(self.dead), rotation=90)
            axes.set(ylim=(0, 100), ylabel="dead units, %")
        return figure


def gradient_report(model: Any, *inputs: Any) -> GradientReport:
    """Report how the gradients of a model change from layer to layer, after ``backward``.

    Parameters
    ----------
    model : Module
        The model, whose parameters have gradients.
    *inputs : array
        If given, the model is called with these inputs, in evaluation mode, to find dead ReLU
        units, whose output is zero for every example.

    Returns
    -------
    GradientReport
        The statistics, printed as a table.

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
    """Return the average factor from a layer to the previous one, and the verdict."""
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
    with in_mode(model, False):
        outputs = model(*inputs)
    found: dict[str, tuple[int, int]] = {}
    for node in reversed(_below(outputs)):
        if node.primitive is relu:
            silent = np.all(node.data == 0, axis=0)  # type: ignore[attr-defined]
            name = node.scope or "relu"
            number = sum(other.partition(" ")[0] == name for other in found)
            found[f"{name} ({number + 1})" if number else name] = int(silent.sum()), silent.size
    return found


def _below(outputs: Any) -> list[Node]:
    """Return the nodes that outputs were computed from, later ones first."""
    several = outputs if isinstance(outputs, tuple) else [outputs]
    waiting = [output for output in several if isinstance(output, Node)]
    found: dict[int, Node] = {}
    while waiting:
        node = waiting.pop()
        if id(node) not in found:
            found[id(node)] = node
            waiting += node.parents  # type: ignore[attr-defined]
    return list(found.values())
