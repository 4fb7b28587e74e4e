"""What the values recorded from PyTorch do not show of the less common layers and losses."""

import itertools

import numpy as np
import pytest

import nn
import nn.functional as F  # noqa: N812
from autograd import Tensor, check_gradients, grad, hessian, jit, vmap
from autograd.errors import DataError, OptionError, ShapeError
from nn.layers import embedding_bag
from nn.layers.activation_functions import between
from nn.losses import alignments

RANDOM = np.random.default_rng(0)


def collapsed(path, blank):
    kept = [label for label, _ in itertools.groupby(path)]
    return [label for label in kept if label != blank]


@pytest.fixture(params=["probabilities", "logarithms"])
def ctc_by(request, monkeypatch):
    if request.param == "logarithms":
        monkeypatch.setattr(alignments, "MODERATE", 0.0)


@pytest.mark.usefixtures("ctc_by")
@pytest.mark.parametrize("target", [[], [1], [1, 1], [1, 2], [2, 1, 2]])
@pytest.mark.parametrize("blank", [0, 3])
def test_ctc_sums_over_all_alignments(target, blank):
    probabilities = RANDOM.dirichlet(np.ones(4), size=4)
    total = sum(
        np.prod([probabilities[t, label] for t, label in enumerate(path)])
        for path in itertools.product(range(4), repeat=4)
        if collapsed(path, blank) == target
    )
    padded = np.array([[*target, 1, 2]])
    loss = nn.ctc(np.log(probabilities)[:, None], padded, [4], [len(target)], blank, "sum")
    assert np.isclose(np.exp(-loss), total)


@pytest.mark.usefixtures("ctc_by")
def test_ctc_of_the_impossible_has_no_gradient():
    logs = np.full((4, 3), -np.log(3.0))
    no_class, no_blank = logs.copy(), np.tile([[-np.inf, 0.0, -np.inf]], (4, 1))
    no_class[1] = -np.inf
    for impossible, label, read in (
        (logs, [1, 1], 2),
        (no_class, [1, 2], 4),
        (no_blank, [1, 1], 4),
    ):
        for zero_infinity, expected in ((False, np.inf), (True, 0.0)):
            x = Tensor(np.stack([impossible, logs], axis=1))
            given = [label, [1, 2]], [read, 4], [2, 2], 0, "none", zero_infinity
            loss = nn.ctc(x, *given)
            assert loss.data[0] == expected
            loss.sum().backward()
            assert (x.grad[:, 0] == 0).all()
            assert np.isclose(x.grad[:, 1].sum(), -4)
    with np.errstate(divide="ignore"):
        certain = np.log(np.array([[[0.0, 1.0]], [[1.0, 0.0]]]))
    assert nn.ctc(certain, [[1]], [2], [1]) == 0


@pytest.mark.usefixtures("ctc_by")
def test_ctc_of_unlike_lengths_adds_up_each_example():
    x = np.log(RANDOM.dirichlet(np.full(4, 0.1), size=(6, 3)))
    targets, lengths, reads = np.array([[1, 1, 2], [3, 1, 2], [2, 0, 0]]), [2, 3, 0], [6, 4, 2]

    def loss(x):
        return nn.ctc(x, targets, reads, lengths, reduction="sum")

    alone = sum(
        nn.ctc(x[:n, i : i + 1], targets[i : i + 1, :k], [n], [k], reduction="sum")
        for i, (n, k) in enumerate(zip(reads, lengths, strict=True))
    )
    assert np.isclose(loss(x), alone)
    assert check_gradients(loss, x).ok
    assert not grad(loss)(x)[[4, 5, 5], [1, 1, 2]].any()
    x[2] *= 300  # probabilities that no exponential can hold
    assert np.isfinite(loss(x))
    counted = np.arange(6)[:, None] < reads  # each of these steps says something
    np.testing.assert_allclose(-grad(loss)(x).sum(axis=2), counted, atol=1e-12)


def test_of_two_numbers_unpooled_to_one_place_the_last_counts():
    x = np.array([[[1.0, 2.0, 3.0]]])
    places = np.array([[[0, 0, 4]]])

    def unpooled(x):
        return nn.MaxUnpool1d(2)(x, places)

    np.testing.assert_array_equal(unpooled(x), [[[2, 0, 0, 0, 3, 0]]])
    np.testing.assert_array_equal(grad(lambda x: unpooled(x).sum())(x), [[[0, 1, 1]]])
    assert check_gradients(lambda x: unpooled(x) ** 2, x).ok


@pytest.mark.parametrize("backend", [None, "numpy", "c"])
def test_indices_out_of_the_grid_of_unpooling_are_refused(backend):
    layer, x, weights = nn.MaxUnpool2d(2), np.ones((2, 3, 1, 2)), np.arange(48.0)
    places = np.arange(12).reshape(x.shape) % 8

    def value(x, places):
        return layer(x, places)

    def slope(x, places):  # which does without the value
        return grad(lambda x: (layer(x, places).reshape(-1) * weights).sum())(x)

    for function in (value, slope):
        call = function if backend is None else jit(function, backend=backend)
        for given in (places, places[..., ::-1], places.astype(np.int32)):
            np.testing.assert_array_equal(call(x, given), function(x, given))
        for wrong in (8, -1):
            bad = places.copy()
            bad[1, 2, 0, 1] = wrong
            with pytest.raises(ShapeError, match=f"from {min(wrong, 0)} to {max(wrong, 7)}"):
                call(x, bad)


@pytest.mark.parametrize(
    ("mode", "name"), [("reflect", "reflect"), ("replicate", "edge"), ("circular", "wrap")]
)
@pytest.mark.parametrize("pad", [(1, 0, 0, 2), (3, 3, 3, 3), (5, 2, 1, 9)])
def test_a_border_is_that_of_numpy_also_a_wide_one(mode, name, pad):
    x = RANDOM.normal(size=(2, 3, 4))
    widths = [(0, 0), pad[2:], pad[:2]]
    np.testing.assert_array_equal(F.pad(x, pad, mode), np.pad(x, widths, name))
    assert check_gradients(lambda x: F.pad(x, pad, mode) ** 2, x, method="projected").ok


def packed_samples(layer):
    lengths = [3, 5, 1]
    sequences = [RANDOM.normal(size=(n, 3)) for n in lengths]
    packed = nn.utils.rnn.pack_sequence(sequences, enforce_sorted=False)
    return sequences, layer(packed)


@pytest.mark.parametrize("kind", [nn.RNN, nn.GRU, nn.LSTM])
def test_packed_sequences_are_computed_one_by_one(kind):
    layer = kind(3, 2, num_layers=2, bidirectional=True)
    sequences, (y, state) = packed_samples(layer)
    states = state if isinstance(state, tuple) else (state,)
    padded, lengths = nn.utils.rnn.pad_packed_sequence(y, batch_first=True)
    for i, x in enumerate(nn.utils.rnn.unpad_sequence(padded, lengths, batch_first=True)):
        alone, ended = layer(sequences[i])
        np.testing.assert_allclose(x.data, alone.data)
        ends = ended if isinstance(ended, tuple) else (ended,)
        for part, end in zip(states, ends, strict=True):
            np.testing.assert_allclose(part[:, i].data, end.data)


def test_packing_and_padding_are_inverse_functions():
    x = RANDOM.normal(size=(4, 3, 2))
    for first, lengths in itertools.product((False, True), ([4, 2, 1], [1, 4, 4])):
        given = x.swapaxes(0, 1) if first else x
        packed = nn.utils.rnn.pack_padded_sequence(given, lengths, first, enforce_sorted=False)
        assert packed.data.shape == (sum(lengths), 2)
        back, found = nn.utils.rnn.pad_packed_sequence(packed, first, -1.0, total_length=6)
        assert found.tolist() == lengths
        back = back.swapaxes(0, 1) if first else back
        for i, n in enumerate(lengths):
            assert (back[:n, i] == x[:n, i]).all()
            assert (back[n:, i] == -1).all()


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
def test_bags_may_be_empty(mode):
    layer = nn.EmbeddingBag(6, 2, mode=mode)
    y = layer([4, 1, 2], [0, 0, 2, 3])
    reduce = {"sum": np.sum, "mean": np.mean, "max": np.max}[mode]
    rows = [[], [4, 1], [2], []]
    expected = [reduce(layer.weight.data[r], axis=0) if r else np.zeros(2) for r in rows]
    np.testing.assert_allclose(y.data, expected)
    y.sum().backward()
    used = set(np.flatnonzero(layer.weight.grad.any(axis=1)))
    assert used <= {1, 2, 4} if mode == "max" else used == {1, 2, 4}
    assert layer(np.zeros(0, int), [0]).tolist() == [[0, 0]]


@pytest.mark.parametrize("least", [1, 1 << 40])
def test_bags_of_one_size_are_added_in_parts(least, monkeypatch):
    monkeypatch.setattr(embedding_bag, "MANY_FOR_EACH", least)
    monkeypatch.setattr(embedding_bag, "PART", 4)
    random = np.random.default_rng(0)
    for size, length in [(1, 2), (3, 2), (4, 7)]:
        layer = nn.EmbeddingBag(6, length)
        indices, g = random.integers(0, 5, (9, size)), random.normal(size=(9, length))  # never 5
        y = layer(indices)
        np.testing.assert_allclose(y.data, layer.weight.data[indices].mean(1))
        y.backward(g)
        expected = np.zeros((6, length))
        np.add.at(expected, indices, g[:, None] / size)
        np.testing.assert_allclose(layer.weight.grad, expected, 1e-12, 1e-12)
        assert check_gradients(
            lambda w, indices=indices: embedding_bag.sum_bags(w, indices, 3) ** 2, layer.weight.data,
            modes=("reverse", "forward"), method="projected",
        ).ok  # fmt: skip


def test_adaptive_softmax_is_a_distribution():
    layer = nn.AdaptiveLogSoftmaxWithLoss(6, 10, [3, 7], div_value=1.5)
    x, targets = RANDOM.normal(size=(10, 6)), np.arange(10)[::-1]
    everything = layer.log_prob(x).data
    np.testing.assert_allclose(np.exp(everything).sum(axis=1), 1)
    output, loss = layer(x, targets)
    np.testing.assert_allclose(output.data, everything[np.arange(10), targets])
    assert np.isclose(loss.data, -output.data.mean())
    assert (layer.predict(x) == everything.argmax(axis=1)).all()


def test_weight_norm_can_be_trained_saved_and_removed(tmp_path):
    def network():
        nn.seed(1)
        return nn.Sequential(nn.utils.weight_norm(nn.Linear(2, 3)), nn.Tanh(), nn.Linear(3, 1))

    model, x = network(), RANDOM.normal(size=(20, 2))
    optimizer = nn.optim.Adam(model.parameters(), lr=0.05)
    before = model[0].weight.data.copy()
    for _ in range(5):
        optimizer.zero_grad()
        nn.mse(model(x), x[:, :1]).backward()
        optimizer.step()
    assert not np.allclose(model[0].weight.data, before)
    nn.save(model, tmp_path / "w.safetensors")
    other = network()
    nn.load_into(other, tmp_path / "w.safetensors")
    y = model(x).data
    assert (other(x).data == y).all()
    nn.utils.parametrize.remove_parametrizations(model[0], "weight")
    assert type(model[0]) is nn.Linear
    np.testing.assert_allclose(model(x).data, y)
    with pytest.raises(OptionError, match="not parametrized"):
        nn.utils.parametrize.remove_parametrizations(model[0], "weight")


def test_parametrizations_follow_each_other():
    class Doubled(nn.Module):
        def forward(self, w):
            return 2 * w

        def right_inverse(self, w):
            return w / 2

    layer = nn.Linear(2, 2)
    first = layer.weight.data.copy()
    register = nn.utils.parametrize.register_parametrization
    register(layer, "weight", Doubled())
    assert (layer.weight.data == first).all()
    register(layer, "weight", Doubled())
    assert (layer.weight.data == 2 * first).all()
    with pytest.raises(OptionError, match="no parameter 'weights'"):
        register(nn.Linear(2, 2), "weights", Doubled())
    with pytest.raises(DataError, match="keep the shape"):
        register(nn.Linear(2, 3), "weight", nn.Flatten(0))


def test_spectral_norm_finds_the_largest_singular_value():
    layer = nn.utils.spectral_norm(nn.Conv2d(2, 3, 2), n_power_iterations=60)
    matrix = layer.weight.data.reshape(3, -1)
    assert np.isclose(np.linalg.norm(matrix, 2), 1)


def test_the_copies_in_a_stack_are_trained_apart():
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 6, dropout=0.0), 2)
    assert len(encoder.parameters()) == 2 * 12
    assert len({id(p.data) for p in encoder.parameters()}) == 24
    matrices = [p.data for p in nn.Transformer(4, 2, 2, 1, 6).encoder.parameters() if p.ndim == 2]
    assert not np.allclose(matrices[0], matrices[4])


def test_a_causal_decoder_does_not_see_later_steps():
    decoder = nn.TransformerDecoderLayer(4, 2, 6, dropout=0.0, batch_first=True)
    x, memory = RANDOM.normal(size=(1, 5, 4)), RANDOM.normal(size=(1, 3, 4))
    whole = decoder(x, memory, tgt_is_causal=True).data
    np.testing.assert_allclose(decoder(x[:, :2], memory, tgt_is_causal=True).data, whole[:, :2])


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: nn.ctc(np.zeros((2, 3)), [[1, 5]], [2], [2]), DataError, "0 to 2"),
        (lambda: nn.ctc(np.zeros((2, 1, 3)), [[1]], [3], [1]), DataError, "from 0 to 2"),
        (lambda: nn.ctc(np.zeros((2, 1, 3)), [[1]], [2, 2], [1]), ShapeError, "1 integers"),
        (lambda: nn.EmbeddingBag(3, 2)(np.array([1, 2])), ShapeError, "offsets="),
        (lambda: nn.EmbeddingBag(3, 2)(np.array([1, 2]), [1]), ShapeError, "begin with 0"),
        (lambda: nn.EmbeddingBag(3, 2, mode="last"), OptionError, "last"),
        (lambda: nn.Fold(4, 2)(np.zeros((1, 8, 4))), ShapeError, "multiple of 4, 9"),
        (lambda: nn.GLU()(np.zeros((2, 3))), ShapeError, "no even length"),
        (lambda: nn.AdaptiveLogSoftmaxWithLoss(4, 9, [5, 3]), OptionError, "increase"),
        (lambda: nn.Conv1d(1, 1, 3, padding_mode="mirror"), OptionError, "mirror"),
        (lambda: nn.TransformerEncoderLayer(4, 2, activation="tanh"), OptionError, "tanh"),
        (
            lambda: nn.ConvTranspose1d(1, 1, 3, 2)(np.zeros((1, 1, 3)), output_size=[11]),
            ShapeError,
            "less than a stride",
        ),
        (
            lambda: nn.utils.rnn.pack_padded_sequence(np.zeros((3, 2)), [1, 3]),
            DataError,
            "enforce_sorted=False",
        ),
        (
            lambda: nn.utils.rnn.pack_padded_sequence(np.zeros((3, 2)), [4, 3]),
            DataError,
            "from 1 to 3",
        ),
        (lambda: nn.utils.rnn.pad_sequence([]), DataError, "empty"),
        (lambda: nn.gaussian_nll([0.0], [0.0], [-1.0]), OptionError, "negative"),
        (lambda: nn.multi_margin(np.zeros((2, 3)), [0, 1], p=3), OptionError, "1 or 2"),
        (
            lambda: nn.cosine_embedding(np.zeros((2, 3)), np.zeros((2, 3)), [[1], [1]]),
            ShapeError,
            "one for each pair",
        ),
    ],
)
def test_wrong_arguments_of_layers_raise(call, error, match):
    with pytest.raises(error, match=match):
        call()


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_piecewise_activations_of_special_numbers(number):
    x = np.array([number])
    clear = np.clip(x, -1, 1)
    np.testing.assert_array_equal(F.hardtanh(x), clear)
    np.testing.assert_array_equal(F.hardshrink(x), x)
    np.testing.assert_array_equal(F.softshrink(x), x)
    np.testing.assert_array_equal(F.threshold(x, 0.0, 7.0), np.where(x <= 0, 7.0, x))


@pytest.mark.parametrize(
    "function", [F.hardtanh, F.relu6, F.hardsigmoid, F.hardswish, F.hardshrink, F.softshrink, F.selu,
                 lambda x: F.threshold(x, 0.1, 20.0), lambda x: F.pad(x, (2, -1), "reflect"),
                 lambda x: F.pad(x, (1, 3), "circular"), lambda x: F.pad(x, (1, 2), value=3.0)]
)  # fmt: skip
def test_piecewise_functions_have_derivatives_between_kinks(function):
    x = np.array([[-4.0, -2.5, -0.8, -0.3], [0.2, 0.7, 2.5, 7.0]])
    check_gradients(function, x, order=2)
    check_gradients(function, x, modes=("forward",))
    each = vmap(grad(lambda row: np.sum(function(row) ** 2)))(x)
    np.testing.assert_allclose(each, [grad(lambda r: np.sum(function(r) ** 2))(row) for row in x])


@pytest.mark.parametrize("backend", [None, "numpy", "c"])
@pytest.mark.parametrize("count", [7, 3000])
def test_limits_have_derivative_0_before_infinite_slopes(count, backend):
    x = np.resize([-1.0, -np.inf, 0.0, 2.0, 6.0, 7.0, np.inf], count)
    cases = [
        (lambda x: F.relu6(x), x, (x > 0) & (x < 6)),
        (lambda x: F.hardtanh(x, -1, 2), x, (x > -1) & (x < 2)),
        (lambda x: between(x, 0, np.inf), x, x > 0),
        (lambda x: between(x, -np.inf, 6), x, x < 6),
    ]
    for dtype, g in itertools.product([np.float32, np.float64], [np.inf, np.nan, 3.0]):
        for f, inputs, inside in cases:
            slope = grad(lambda x, f=f, g=g: np.sum(f(x) * np.full(x.shape, g, x.dtype)))
            slope = slope if backend is None else jit(slope, backend=backend)
            with np.errstate(invalid="ignore"):
                found = slope(inputs.astype(dtype))
            np.testing.assert_array_equal(found, np.where(inside, g, 0))
            assert found.dtype == dtype
    curvature = hessian(lambda x: np.sum(F.relu6(x) ** 3))(np.array([-1.0, 2.0, 7.0]))
    np.testing.assert_array_equal(curvature, np.diag([0, 12, 0]))


def test_pooling_to_the_end_needs_no_window_beyond_it():
    x = np.arange(12.0).reshape(1, 1, 12)
    for size, stride, padding in itertools.product((2, 3), (1, 2, 3, 4), (0, 1)):
        plain = nn.MaxPool1d(size, stride, padding)(x)
        found = nn.MaxPool1d(size, stride, padding, ceil_mode=True)(x)
        assert (found[..., : plain.shape[-1]] == plain).all()
        assert np.isfinite(found).all()
        assert found.shape[-1] - plain.shape[-1] in (0, 1)


def test_a_query_without_keys_has_derivatives_zero():
    x = np.random.default_rng(0).normal(size=(3, 4))
    for mask in (np.array([True, False, True]), np.array([0.0, -np.inf, 1.0])):
        mask = np.broadcast_to(mask[:, None], (3, 3))

        def total(q, mask=mask):
            return np.sum(nn.functional.scaled_dot_product_attention(q, x, x, mask) ** 2)

        check_gradients(total, x, order=2)
        assert (grad(total)(x)[1] == 0).all()
        assert (jit(grad(total))(x)[1] == 0).all()


def test_random_slopes_are_within_their_range():
    nn.seed(0)
    x = -np.ones((50, 50))
    slopes = -nn.RReLU(0.2, 0.4)(x)
    assert 0.2 <= slopes.min() < 0.21 < 0.39 < slopes.max() <= 0.4
    assert (nn.RReLU(0.2, 0.4).eval()(x) == -(0.2 + 0.4) / 2).all()
    with pytest.raises(OptionError, match="at most upper"):
        nn.RReLU(0.4, 0.2)


def test_first_weights_that_copy_and_that_are_sparse():
    layer = nn.Conv2d(4, 6, 3, padding=1, groups=2, bias=False)
    nn.init.dirac_(layer.weight, groups=2)
    x = RANDOM.normal(size=(1, 4, 5, 5))
    assert (layer(x).data[:, [0, 1, 3, 4]] == x).all()
    found = nn.init.sparse((20, 5), 0.3, 2.0)
    assert (found == 0).sum(axis=0).tolist() == [6] * 5
    for call in (lambda: nn.init.sparse((2,), 0.5), lambda: nn.init.dirac((4, 2))):
        with pytest.raises(ShapeError):
            call()
