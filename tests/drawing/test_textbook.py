"""Rules are written as textbooks write them, and the formulas are true."""

import numpy as np
import pytest
from drawing.drawings import words_of_step

import autograd
import nn
from autograd import Notation, Tensor, Value, steps

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(4, 3))


def softmax(z):
    e = np.exp(z)
    return e / e.sum(axis=-1, keepdims=True)


def onehot(classes):
    return np.eye(3)[classes]


def normalised(g, x, weight, eps=1e-5):
    """Return what the formula says for the input of a normalisation of rows."""
    mean, sigma = x.mean(axis=1, keepdims=True), np.sqrt(x.var(axis=1, keepdims=True) + eps)
    standard, scaled = (x - mean) / sigma, g * weight
    along = (scaled * standard).mean(axis=1, keepdims=True)
    return (scaled - scaled.mean(axis=1, keepdims=True) - standard * along) / sigma


def full_convolution(g, w):
    """Return g ∗ w for one channel, summed from the definition."""
    found = np.zeros((g.shape[0] + w.shape[0] - 1, g.shape[1] + w.shape[1] - 1))
    for i, j in np.ndindex(*g.shape):
        found[i : i + w.shape[0], j : j + w.shape[1]] += g[i, j] * w
    return found


def correlation(x, g):
    """Return x ⋆ g for one channel, summed from the definition."""
    shape = x.shape[0] - g.shape[0] + 1, x.shape[1] - g.shape[1] + 1
    return np.array(
        [
            [(x[i : i + g.shape[0], j : j + g.shape[1]] * g).sum() for j in range(shape[1])]
            for i in range(shape[0])
        ]
    )


CLASSES = np.array([0, 2, 1, 2])
GAIN = np.array([1.0, 2.0, 0.5])
KERNEL = RANDOM.normal(size=(2, 2))

#: The function, the operation that is explained, its formula, and what that formula means.
FORMULAS = {
    "softmax": (
        autograd.softmax, "softmax", "y · (g − Σ g · y)",
        lambda g, x: softmax(x) * (g - (g * softmax(x)).sum(axis=-1, keepdims=True)),
    ),
    "log_softmax": (
        autograd.log_softmax, "log_softmax", "g − softmax(x) · Σ g",
        lambda g, x: g - softmax(x) * g.sum(axis=-1, keepdims=True),
    ),
    "logsumexp": (
        lambda x: autograd.logsumexp(x, axis=-1), "logsumexp", "g · softmax(x)",
        lambda g, x: g[:, None] * softmax(x),
    ),
    "sum": (
        lambda x: nn.cross_entropy(x, CLASSES, reduction="sum"), "cross_entropy",
        "g · (softmax(x) − onehot)", lambda g, x: g[:, None] * (softmax(x) - onehot(CLASSES)),
    ),
    "mean": (
        lambda x: nn.cross_entropy(x, CLASSES), "cross_entropy",
        "g / 4 · (softmax(x) − onehot)",
        lambda g, x: g[:, None] / 4 * (softmax(x) - onehot(CLASSES)),
    ),
    "weighted": (
        lambda x: nn.cross_entropy(x, CLASSES, weight=GAIN, reduction="sum"), "cross_entropy",
        "g · w · (softmax(x) − onehot)",
        lambda g, x: (g * GAIN[CLASSES])[:, None] * (softmax(x) - onehot(CLASSES)),
    ),
    "layer_norm": (
        lambda x: nn.LayerNorm(3)(x), "normalise",
        "(ĝ − mean(ĝ) − x̂ · mean(ĝ · x̂)) / σ with ĝ = g · weight, x̂ = (x − μ) / σ",
        lambda g, x: normalised(g, x, np.ones(3)),
    ),
    "linear": (
        lambda x: linear()(x), "linear", "g weight", lambda g, x: g @ linear().weight.data,
    ),
    "convolution": (
        lambda x: convolution()(x.reshape(1, 1, 4, 3)), "convolution",
        "g ∗ weight (full convolution)", lambda g, x: full_convolution(g[0, 0], KERNEL),
    ),
}  # fmt: skip


def linear():
    layer = nn.Linear(3, 2, bias=False)
    layer.weight.data = np.arange(6.0).reshape(2, 3)
    return layer


def convolution():
    layer = nn.Conv2d(1, 1, 2, bias=False)
    layer.weight.data = KERNEL[None, None]
    return layer


@pytest.mark.parametrize("name", FORMULAS)
def test_rules_are_written_as_in_textbooks_and_are_true(name):
    function, operation, formula, meaning = FORMULAS[name]
    x = Tensor(X, label="x")
    y = function(x)
    y.label = "y" if y.op == operation else ""
    explanation = steps(y, gradient=np.cos(np.arange(y.size, dtype=float)).reshape(y.shape))
    step = next(s for s in explanation if s.item.op == operation)
    written = explanation.formula(step).replace(step.parent.name, "x")
    assert written.replace("x.", "") == formula
    found = np.reshape(step.product, np.shape(meaning(step.incoming, X)))
    np.testing.assert_allclose(found, meaning(step.incoming, X), rtol=1e-9, atol=1e-12)


def test_the_weight_of_a_convolution_receives_a_correlation():
    layer = convolution()
    layer.weight.label = "w"
    explanation = steps(layer(X[None, None]), gradient=np.ones((1, 1, 3, 2)))
    assert "⋆ g" in explanation.formula(explanation[0])
    np.testing.assert_allclose(explanation[0].product[0, 0], correlation(X, np.ones((3, 2))))


def lstm_by_hand(x, w_ih, w_hh, g):
    """Return Σ δₜ xₜᵀ with δ as the lesson writes it, and the states from zero."""
    size = w_hh.shape[1]
    h, c = np.zeros(size), np.zeros(size)
    kept = []
    for row in x:
        a = w_ih @ row + w_hh @ h
        i, f, o = (1 / (1 + np.exp(-a[k * size : (k + 1) * size])) for k in (0, 1, 3))
        u = np.tanh(a[2 * size : 3 * size])
        kept.append((row, c, i, f, u, o))
        c = f * c + i * u
        h = o * np.tanh(c)
        kept[-1] += (c,)
    found, later, by_c, forget = np.zeros_like(w_ih), np.zeros(4 * size), 0.0, 0.0
    for t in reversed(range(len(x))):
        row, before, i, f, u, o, c = kept[t]
        by_h = g[t] + w_hh.T @ later
        by_c = by_h * o * (1 - np.tanh(c) ** 2) + by_c * forget
        later = np.concatenate(
            [by_c * u * i * (1 - i), by_c * before * f * (1 - f), by_c * i * (1 - u**2),
             by_h * np.tanh(c) * o * (1 - o)]
        )  # fmt: skip
        forget = f
        found += np.outer(later, row)
    return found


def test_an_lstm_is_explained_by_backpropagation_through_time():
    layer = nn.LSTM(3, 2, bias=False)
    g = RANDOM.normal(size=(4, 2))
    explanation = steps((layer(X)[0] * g).sum())
    formula = next(explanation.formula(s) for s in explanation if s.item.op == "lstm")
    assert "Σₜ δₜ xₜᵀ" in formula
    assert "δc = δh · o · (1 − tanh(c)²) + δcₜ₊₁ · fₜ₊₁" in formula
    received = [s.after for s in explanation if s.parent.node is layer.weight_ih_l0]
    expected = lstm_by_hand(X, layer.weight_ih_l0.data, layer.weight_hh_l0.data, g)
    np.testing.assert_allclose(received[-1], expected, rtol=1e-9, atol=1e-12)
    assert r"h_{t-1}" in explanation.latex()


def test_an_edge_is_named_where_it_is_not_the_whole_derivative():
    a = Value(3.0, label="a")
    y = a * a
    y.label = "y"
    first, second = (words_of_step(line) for line in str(steps(y)).splitlines()[3:])
    assert first == ["∂y/∂a along the first factor = a = 3", "times 1 is 3", "→ a"]
    assert second == [
        "∂y/∂a along the second factor = a = 3", "times 1 is 3", "→ ∂y/∂a = 3 + 3 = 6",
    ]  # fmt: skip


def test_an_edge_is_named_where_another_path_leads_to_the_node():
    x, w = Value(2.0, label="x"), Value(3.0, label="w")
    for y, named in ((w * x + x, True), (w * x + w * 2, False), (x * w, False), (x**x, True)):
        text = steps(y).text()
        assert ("along the" in text) == named
        assert (r"\right|" in steps(y).latex()) == named
    matrix = Tensor(np.eye(2), label="A")
    assert "A receives as the second factor Aᵀ g" in steps((matrix @ matrix).sum()).text()


def test_sums_are_written_term_by_term_at_the_end():
    x = Value(-2.0, label="x")
    y = x * 1.5 + x * 2 + x * -4
    y.label = "y"
    text = steps(y).text()
    assert "→ ∂y/∂x = (-4) + 2 + 1.5 = -0.5" in text
    assert "→ x: (-4) + 2 = -2 so far" in text


def test_a_primitive_says_how_it_is_written():
    twice = autograd.define(
        lambda x, mode, cache: 2 * x, lambda g, y, x, mode, cache: 2 * g, name="twice",
        notation=Notation("2·", form="2{0}", vjps=(lambda x, mode, cache: f"2g‹, {mode}›",), note=""),
    )  # fmt: skip
    y = twice(Value(1.0, label="x"), "fast", [1, 2])
    assert "= 2x" in autograd.text(y)
    assert '"2·"' in autograd.draw(y).source
    assert steps(y).formula(steps(y)[0]) == "2g, fast"


def test_layers_show_nothing_of_their_insides():
    image = RANDOM.normal(size=(2, 2, 8, 8))
    model = nn.Sequential(
        nn.Conv2d(2, 4, 3, stride=2), nn.BatchNorm2d(4), nn.MaxPool2d(2), nn.AvgPool2d(1),
        nn.Flatten(), nn.Linear(4, 3), nn.RMSNorm(3),
    )  # fmt: skip
    loss = nn.cross_entropy(model(image), np.array([0, 1]))
    shown = autograd.text(loss) + autograd.draw(loss, expand=True).source + steps(loss).text()
    for inside in ("object at", "Windows", "[[[", "rows(", "eps", "1e-05", "ᵀ(g)", "plain("):
        assert inside not in shown
    assert "3×3, stride 2" in shown


def test_zero_has_no_sign_and_noise_is_no_mean():
    assert autograd.text(Value(-0.0, label="x")).split()[3] == "0"
    centred = Tensor(np.array([1.0, -1.0, 1e-17] * 4), label="t")
    assert "0 ± " in autograd.text(centred)
    shifted = Tensor(np.array([1.0, -1.0, 1e-6] * 4), label="t")
    assert "3.333e-07 ±" in autograd.text(shifted)
