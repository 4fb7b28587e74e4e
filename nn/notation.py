"""How the primitives of layers and losses are written: their forms and their rules."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Notation


def _with_bias(product: str) -> Any:
    """Return the form of a product of two arguments, to which a third may be added."""
    return lambda x, weight, bias=None, *_: product + ("" if bias is None else " + {2}")


LINEAR = Notation(
    form=_with_bias("{0} {1}ᵀ"),
    vjps=("g {1}", "gᵀ {0}", "Σ g ‹over all rows›"),
    roles=("input", "weight", "bias"),
)


# -- losses -----------------------------------------------------------------------------------


def _cross_entropy_vjp(z: Any, axis: int, index: Any, weights: Any, kept: Any) -> str:
    """Write the rule with the weight of each example, which is mostly 1 or 1/n."""
    known = isinstance(weights, np.ndarray | np.generic | float)
    numbers: Any = np.ravel(weights) if known else ()
    scale = "g · w"
    if len(numbers) and numbers[0] > 1e-12 and np.all(numbers == numbers[0]):
        n = round(1 / float(numbers[0]))
        if np.isclose(n * float(numbers[0]), 1, rtol=1e-6, atol=0):
            scale = "g" if n == 1 else f"g / {n}"
    return f"{scale} · (softmax({{0}}) − onehot)"


CROSS_ENTROPY = Notation(
    form="cross_entropy({0}, classes)",
    vjps=(_cross_entropy_vjp,),
    note="",
)
LIKELIHOOD = Notation(
    form="−log p(labels | {0})",
    vjps=("−g · p(class | labels) ‹in each step, by the forward-backward algorithm›",),
    note="",
)
VIOLATIONS = Notation(
    form="max(0, margin − {0}[class] + {0} ‹of other classes›)",
    vjps=("g ‹where positive, and minus their sum at the class›",),
    note="",
)
WEIGHTED_SUM = Notation(form="Σ {1} · {0}", vjps=("g · {1}", "g · {0}"), note="")


# -- normalisation ----------------------------------------------------------------------------


def _normalised(x: Any, weight: Any, bias: Any, axes: Any, eps: Any, centred: bool, *_: Any) -> str:
    scaled = "" if weight is None else " · {1}"
    shifted = "" if bias is None else " + {2}"
    return f"({{0}} − μ) / σ{scaled}{shifted}" if centred else f"{{0}} / σ{scaled}{shifted}"


def _normalised_vjp(
    x: Any, weight: Any, bias: Any, axes: Any, eps: Any, centred: bool, *_: Any
) -> str:
    arriving = "ĝ = g" if weight is None else "ĝ = g · {1}"
    if centred:
        return "(ĝ − mean(ĝ) − x̂ · mean(ĝ · x̂)) / σ ‹with› " + arriving + ", x̂ = ({0} − μ) / σ"
    return "(ĝ − x̂ · mean(ĝ · x̂)) / σ ‹with› " + arriving + ", x̂ = {0} / σ"


def _normalised_weight_vjp(
    x: Any, weight: Any, bias: Any, axes: Any, eps: Any, centred: bool, *_: Any
) -> str:
    return "Σ g · x̂ ‹with› x̂ = " + ("({0} − μ) / σ" if centred else "{0} / σ")


SCALED = Notation(
    form=lambda x, mean, scale, bias: "({0} − {1}) · {2}" + ("" if bias is None else " + {3}"),
    vjps=("g · {2}", "− {2} · Σ g", "Σ g · ({0} − {1})", "Σ g"),
    note="",
    roles=("input", "mean", "scale", "bias"),
)
NORMALISED = Notation(
    form=_normalised,
    vjps=(_normalised_vjp, _normalised_weight_vjp, "Σ g"),
    note="",
    roles=("input", "weight", "bias"),
)

# -- attention --------------------------------------------------------------------------------

ATTENTION = Notation(
    form=lambda query, key, *_: "attention({0})" if key is None else "attention({0}, {1}, {2})",
    note="",
    roles=("query", "key", "value"),
)

# -- windows ----------------------------------------------------------------------------------


def _windows_of_convolution(x: Any, weight: Any, bias: Any, windows: Any, groups: int) -> str:
    return str(windows.in_words()) + (f", {groups} groups" if groups > 1 else "")


def _windows(*_: Any, windows: Any, **others: Any) -> str:
    return str(windows.in_words())


CONVOLUTION = Notation(
    form=_with_bias("{0} ⋆ {1}"),
    vjps=(
        "g ∗ {1} ‹(full convolution)›",
        "{0} ⋆ g ‹(correlation)›",
        "Σ g ‹over examples and positions›",
    ),
    note=_windows_of_convolution,
    roles=("input", "weight", "bias"),
)
MAX_OF_WINDOWS = Notation(
    "max",
    form="max of windows({0})",
    vjps=("g ‹at the greatest element of each window, else› 0",),
    note=_windows,
)
SUM_OF_WINDOWS = Notation(
    "Σ", form="Σ of windows({0})", vjps=("g ‹for every element of each window›",), note=_windows
)

# -- recurrence -------------------------------------------------------------------------------

_THROUGH_TIME = (
    "Σₜ δₜ xₜᵀ ‹for the input weights,› Σₜ δₜ hₜ₋₁ᵀ ‹for the recurrent ones,› "
    "Σₜ δₜ ‹for the biases; backward in time› "
)


def _sequence(name: str, rule: str) -> Notation:
    """Return the notation of a whole sequence of a cell."""
    return Notation(form=name + "({0})", vjps=(_THROUGH_TIME + rule,), note="")


RNN_TANH = _sequence("rnn_tanh", "δₜ = (gₜ + Wᵀ δₜ₊₁) · (1 − hₜ²)")
RNN_RELU = _sequence("rnn_relu", "δₜ = (gₜ + Wᵀ δₜ₊₁) · (1 ‹if› hₜ > 0 ‹else› 0)")
LSTM = _sequence(
    "lstm",
    "δh = gₜ + Wᵀ δₜ₊₁, δc = δh · o · (1 − tanh(c)²) + δcₜ₊₁ · fₜ₊₁, "
    "δₜ = (δc · u · i · (1 − i), δc · cₜ₋₁ · f · (1 − f), δc · i · (1 − u²), "
    "δh · tanh(c) · o · (1 − o))",
)
GRU = _sequence(
    "gru",
    "δh = gₜ + δhₜ₊₁ · zₜ₊₁ + Wᵀ δₜ₊₁, δn = δh · (1 − z) · (1 − n²), "
    "δₜ = (δn · q · r · (1 − r), δh · (hₜ₋₁ − n) · z · (1 − z), δn)",
)
