import numpy as np
import pytest

import nn
from autograd import Tensor, Value, elementwise_grad, jit
from autograd.errors import DataError, OptionError, ShapeError
from autograd.program.backends.c.library import unavailable

PAIRS = [
    nn.mse, nn.mae, nn.huber, nn.hinge, nn.kl_divergence, nn.binary_cross_entropy,
    nn.binary_cross_entropy_with_logits,
]  # fmt: skip


@pytest.mark.parametrize("loss", PAIRS)
def test_a_column_against_a_row_is_an_error(loss):
    with pytest.raises(ShapeError, match=r"\(4, 1\).*\(4,\)"):
        loss(Tensor(np.full((4, 1), 0.5)), np.ones(4))


@pytest.mark.parametrize("loss", [nn.nll, nn.cross_entropy])
def test_mismatched_class_targets_are_errors(loss):
    outputs = Tensor(np.zeros((4, 3)))
    for targets, error, message in (
        ([0, 1], ShapeError, r"\(4, 3\).*\(2,\)"),
        ([[0], [1], [2], [0]], ShapeError, r"\(4, 1\)"),
        ([0, 1, 2, 3], DataError, "from 0 to 2.*0 to 3"),
        ([0, 1, 2, -1], DataError, "-1"),
        ([0.0, 1.0, 2.0, 0.0], DataError, "float64"),
    ):
        with pytest.raises(error, match=message):
            loss(outputs, targets)
    with pytest.raises(ShapeError, match="weight="):
        loss(outputs, [0, 1, 2, 0], weight=[1.0, 2.0])
    with pytest.raises(ShapeError, match="axis of classes"):
        loss(Tensor(0.0), 0)


def test_invalid_loss_options_are_errors():
    x = Tensor([[0.5, 0.5]])
    for call, message in (
        (lambda: nn.mse(x, [[0.0, 1.0]], "average"), "'average'"),
        (lambda: nn.cross_entropy(x, [0], label_smoothing=1.5), "1.5"),
        (lambda: nn.hinge(x, [[0.0, 1.0]]), r"2 \* t - 1"),
        (lambda: nn.binary_cross_entropy(x * 3, [[0.0, 1.0]]), "with_logits"),
        (lambda: nn.binary_cross_entropy(x, [[0.0, 2.0]]), "targets"),
    ):
        with pytest.raises(OptionError, match=message):
            call()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_huge_logits_give_exact_values_and_derivatives(dtype):
    logits = Tensor(np.array([[1e4, -1e4], [-1e4, 1e4]], dtype))
    losses = nn.cross_entropy(logits, [0, 0], reduction="none")
    assert losses.data.tolist() == [0.0, 2e4]
    losses.sum().backward()
    assert logits.grad.tolist() == [[0.0, 0.0], [-1.0, 1.0]]
    logits.grad = None
    losses = nn.binary_cross_entropy_with_logits(logits, [[1.0, 1.0], [0.0, 0.0]], "none")
    assert losses.data.tolist() == [[0.0, 1e4], [0.0, 1e4]]
    losses.sum().backward()
    assert logits.grad.tolist() == [[0.0, -1.0], [0.0, 1.0]]
    for activation in (
        nn.softplus,
        nn.silu,
        nn.gelu,
        nn.elu,
        nn.log_softmax,
        nn.softmax,
        nn.sigmoid,
    ):
        logits.grad = None
        y = activation(logits)
        y.sum().backward()
        assert np.isfinite(y.data).all()
        assert np.isfinite(logits.grad).all()


def test_a_class_of_probability_zero_is_harmless():
    logits = Tensor([[0.0, -np.inf, 1.0]])
    loss = nn.cross_entropy(logits, [2])
    loss.backward()
    assert np.isfinite(loss.data)
    assert logits.grad[0, 1] == 0.0
    assert nn.nll(Tensor([[-np.inf, -1.0]]), [1]).data == 1.0


def test_binary_cross_entropy_is_at_most_one_hundred():
    p = Tensor([0.0, 1.0])
    loss = nn.binary_cross_entropy(p, [0.0, 0.0], "none")
    assert loss.data.tolist() == [0.0, 100.0]
    loss.sum().backward()
    assert np.isfinite(p.grad).all()


def test_soft_targets_get_gradients():
    teacher = Tensor([[0.2, 0.8]])
    nn.cross_entropy(Tensor([[0.0, 0.0]]), teacher).backward()
    np.testing.assert_allclose(teacher.grad, [[np.log(2), np.log(2)]])


def test_changing_logits_data_before_backward_is_handled():
    logits = np.random.default_rng(0).normal(size=(4, 3))
    leaf = Tensor(logits)
    losses = nn.cross_entropy(leaf, [0, 1, 2, 0], reduction="none")
    _, *rest = losses._arguments
    expected = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    expected[np.arange(4), [0, 1, 2, 0]] -= 1
    for times in (1, 2):  # the second time without what the first has used up
        losses._primitive.function(logits + np.eye(4, 3), *rest)  # as a checker does
        losses.sum().backward(retain_graph=True)
        np.testing.assert_allclose(leaf.grad, times * expected, rtol=1e-12)
    losses.sum().backward()
    np.testing.assert_allclose(leaf.grad, 3 * expected, rtol=1e-12)


def test_infinite_losses_of_ignored_classes_do_not_matter():
    outputs = Tensor([[0.0, -np.inf], [-np.inf, 0.0]])
    loss = nn.nll(outputs, [0, 0], weight=[1.0, 1.0], ignore_index=-100)
    assert loss.item() == np.inf
    for options in ({"ignore_index": 1}, {"weight": [1.0, 0.0]}):
        leaf = Tensor([[0.5, 0.0], [0.0, -np.inf]])
        loss = nn.nll(leaf, [0, 1], **options)
        loss.backward()
        assert loss.item() == -0.5
        np.testing.assert_array_equal(leaf.grad, [[-1.0, 0.0], [0.0, 0.0]])


def test_an_ignored_example_with_impossible_classes_adds_zero():
    outputs = np.array([[1.0, 0.0], [-np.inf, -np.inf]])
    with np.errstate(invalid="ignore"):
        loss = nn.cross_entropy(outputs, [0, -100], reduction="sum")
    assert loss == pytest.approx(np.log1p(np.exp(-1.0)))


BITS, SHARES = [[1.0, 0.0], [0.3, 1.0]], [[0.2, 0.8], [0.5, 0.5]]
WEIGHTED = {
    "binary_cross_entropy": lambda x, w, r: nn.binary_cross_entropy(1 / (1 + np.exp(-x)), BITS, r, w),
    "with_logits": lambda x, w, r: nn.binary_cross_entropy_with_logits(x, BITS, r, w),
    "pos_weight": lambda x, w, r: nn.binary_cross_entropy_with_logits(x, BITS, r, pos_weight=w),
    "nll": lambda x, w, r: nn.nll(x, [1, 0], r, w),
    "nll, ignored": lambda x, w, r: nn.nll(x, [-100, 1], r, w),
    "cross_entropy": lambda x, w, r: nn.cross_entropy(x, [1, 0], r, w),
    "cross_entropy, ignored": lambda x, w, r: nn.cross_entropy(x, [-100, 1], r, w),
    "smoothed": lambda x, w, r: nn.cross_entropy(x, [1, 0], r, w, label_smoothing=0.3),
    "shares": lambda x, w, r: nn.cross_entropy(x, SHARES, r, w),
}  # fmt: skip


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("name", WEIGHTED)
@pytest.mark.parametrize("weights", [[0.7, 1.9], [0.0, 2.0]])
def test_weights_of_a_loss_get_gradients(name, reduction, weights):
    x, w, h = np.array([[0.4, -1.2], [2.0, 0.3]]), np.array(weights), 1e-6
    tensor, given = Tensor(x), Tensor(w)
    found = WEIGHTED[name](tensor, given, reduction)
    assert found.data == pytest.approx(float(WEIGHTED[name](x, w, reduction)))
    found.backward()
    for which, grad in ((0, tensor.grad), (1, given.grad)):
        slopes = np.zeros_like((x, w)[which])
        for i in np.ndindex(slopes.shape):
            ends = []
            for step in (h, -h):
                moved = [x.copy(), w.copy()]
                moved[which][i] += step
                ends.append(float(WEIGHTED[name](*moved, reduction)))
            slopes[i] = (ends[0] - ends[1]) / (2 * h)
        np.testing.assert_allclose(grad, slopes, rtol=1e-6, atol=1e-8)


def test_weights_of_a_loss_may_stay_constants():
    weight = Tensor([1.0, 2.0], requires_grad=False)
    x = Tensor(np.array([[0.0, -np.inf]], np.float32))
    assert nn.cross_entropy(x, [0], weight=weight).dtype == np.float32
    assert nn.binary_cross_entropy(Tensor([0.5]), [1.0], weight=Tensor(2.0)).parents


def test_a_value_as_weight_gets_its_gradient():
    weight = Value(2.0)
    nn.binary_cross_entropy(Tensor([0.5, 0.25]), [1.0, 1.0], weight=weight).backward()
    assert weight.grad == pytest.approx(np.log(8) / 2)


@pytest.mark.skipif(unavailable() != "", reason=unavailable())
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_hubers_loss_in_c_is_that_of_numpy(dtype):
    d = [0.0, -0.0, 0.5, -0.5, 1.5, -1.5, 1.50001, -40.0, 1e-30, 1e30, np.inf, -np.inf, np.nan]
    x = np.array(d, dtype)
    for function in (
        lambda x: nn.huber(x, np.zeros_like(x), "none", delta=1.5),
        elementwise_grad(lambda x: nn.smooth_l1(x, np.zeros_like(x), "none", 1.5)),
    ):
        in_c = jit(function, backend="c")
        in_c(x)
        np.testing.assert_allclose(in_c(x), function(x), 1e-6 if dtype == np.float32 else 1e-15)
