"""What programs written for PyTorch call: functions, datasets, initialisers, names of options."""

import collections

import numpy as np
import pytest

import nn
import nn.functional as F  # noqa: N812
from autograd import Tensor, check_gradients
from autograd.errors import DataError, OptionError, ShapeError

X = np.random.default_rng(0).normal(size=(4, 3))


# -- functions --------------------------------------------------------------------------------

IMAGES = np.random.default_rng(1).normal(size=(2, 4, 6, 5))
W = np.random.default_rng(2).normal(size=(6, 2, 3, 3))

#: A call of `nn.functional`, and the same with a layer or NumPy.
CALLS = {
    "softmax": (lambda x: F.softmax(x, dim=0), lambda x: nn.softmax(x, axis=0)),
    "log_softmax": (lambda x: F.log_softmax(x, 1), lambda x: nn.log_softmax(x, axis=1)),
    "tanh": (F.tanh, np.tanh),
    "dropout": (lambda x: F.dropout(x, 0.5, training=False), lambda x: x),
    "linear": (
        lambda x: F.linear(x, np.ones((2, 3)), np.ones(2)),
        lambda x: x @ np.ones((3, 2)) + 1,
    ),
    "layer_norm": (lambda x: F.layer_norm(x, (3,)), nn.LayerNorm(3)),
    "normalize": (
        lambda x: F.normalize(x, dim=0),
        lambda x: x / np.sqrt((x**2).sum(0, keepdims=True)),
    ),
    "cosine_similarity": (
        lambda x: F.cosine_similarity(x, np.ones((4, 3))),
        lambda x: x.sum(1) / np.sqrt(3 * (x**2).sum(1)),
    ),
    "pad": (lambda x: F.pad(x, (1, 2, 0, -1)), lambda x: np.pad(x[:-1], [(0, 0), (1, 2)])),
    "pad, constant": (
        lambda x: F.pad(x, (0, 1), value=3.0),
        lambda x: np.pad(x, [(0, 0), (0, 1)], constant_values=3.0),
    ),
    "pad, reflect": (
        lambda x: F.pad(x, (2, 1), "reflect"),
        lambda x: np.pad(x, [(0, 0), (2, 1)], "reflect"),
    ),
    "attention": (
        lambda x: F.scaled_dot_product_attention(x, x, x, scale=1.0),
        lambda x: nn.softmax(x @ x.T, axis=-1) @ x,
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_functions_have_the_values_and_derivatives_of_layers(name):
    ours, other = CALLS[name]
    t = Tensor(X)
    expected = other(t)
    np.testing.assert_allclose(ours(t).data, expected.data, rtol=1e-12, atol=1e-15)
    check_gradients(lambda x: np.sum(np.sin(ours(x))), X)


@pytest.mark.parametrize("groups", [1, 2])
def test_functional_convolution_and_pooling_are_those_of_layers(groups):
    layer = nn.Conv2d(4, 6, 3, 2, 1, groups=groups)
    found = F.conv2d(IMAGES, layer.weight, layer.bias, 2, 1, groups=groups)
    np.testing.assert_array_equal(found.data, layer(IMAGES).data)
    layer = nn.Conv1d(4, 2, 3)
    found = F.conv1d(IMAGES[..., 0], layer.weight, layer.bias)
    np.testing.assert_array_equal(found.data, layer(IMAGES[..., 0]).data)
    np.testing.assert_array_equal(F.max_pool2d(IMAGES, 2), nn.MaxPool2d(2)(IMAGES))
    np.testing.assert_array_equal(F.avg_pool2d(IMAGES, 3, 1, 1), nn.AvgPool2d(3, 1, 1)(IMAGES))
    np.testing.assert_array_equal(F.max_pool1d(X[None], 2), nn.MaxPool1d(2)(X[None]))
    np.testing.assert_array_equal(F.avg_pool1d(X[None], 2), nn.AvgPool1d(2)(X[None]))
    with pytest.raises(ShapeError, match="conv2d"):
        F.conv2d(IMAGES, W)


def test_functions_of_grids_are_those_of_layers():
    for n, x in ((1, IMAGES[..., 0]), (2, IMAGES)):
        for kind in ("Avg", "Max"):
            function = getattr(F, f"adaptive_{kind.lower()}_pool{n}d")
            layer = getattr(nn, f"Adaptive{kind}Pool{n}d")(3)
            np.testing.assert_array_equal(function(x, 3), layer(x))
        layer = getattr(nn, f"ConvTranspose{n}d")(4, 6, 3, 2, 1, 1, groups=2)
        function = getattr(F, f"conv_transpose{n}d")
        for y in (x, x[0]):
            found = function(y, layer.weight, layer.bias, 2, 1, 1, groups=2)
            np.testing.assert_array_equal(found.data, layer(y).data)
    with pytest.raises(ShapeError, match="conv_transpose2d"):
        F.conv_transpose2d(IMAGES[:, :3], layer.weight)
    layer = nn.GroupNorm(2, 4)
    found = F.group_norm(IMAGES, 2, layer.weight, layer.bias)
    np.testing.assert_array_equal(found.data, layer(IMAGES).data)
    layer = nn.PReLU(4)
    np.testing.assert_array_equal(F.prelu(IMAGES, layer.weight).data, layer(IMAGES).data)
    same = F.pixel_unshuffle(F.pixel_shuffle(IMAGES, 2), 2)
    np.testing.assert_array_equal(same, IMAGES)
    counts = F.fold(F.unfold(np.ones_like(IMAGES), 2), IMAGES.shape[2:], 2)
    np.testing.assert_array_equal(F.fold(F.unfold(IMAGES, 2), IMAGES.shape[2:], 2) / counts, IMAGES)
    np.testing.assert_array_equal(F.local_response_norm(IMAGES, 3), nn.LocalResponseNorm(3)(IMAGES))


def test_causal_and_masked_attention_agree():
    q = np.random.default_rng(0).normal(size=(2, 5, 4))
    future = np.tril(np.ones((5, 5), bool))
    found = [
        F.scaled_dot_product_attention(q, q, q, is_causal=True),
        F.scaled_dot_product_attention(q, q, q, attn_mask=future),
        F.scaled_dot_product_attention(q, q, q, attn_mask=np.where(future, 0.0, -np.inf)),
    ]
    np.testing.assert_allclose(found[0], found[1], rtol=1e-12)
    np.testing.assert_allclose(found[0], found[2], rtol=1e-12)
    with pytest.raises(DataError, match="astype"):
        F.scaled_dot_product_attention(q, q, q, attn_mask=future.astype(int))


def test_functional_errors_name_the_argument():
    for pad, mode in (((1,), "constant"), ((1, 1), "wrap"), ((1, 1) * 3, "constant")):
        with pytest.raises(OptionError, match="pairs of numbers"):
            F.pad(X, pad, mode)
    with pytest.raises(DataError, match="num_classes"):
        F.one_hot([])
    with pytest.raises(DataError, match="one_hot takes integers"):
        F.one_hot([0, 3], 3)
    assert F.one_hot(np.array([[1]]), 3).tolist() == [[[0, 1, 0]]]
    assert all(callable(getattr(F, name)) for name in F.__all__)


# -- options under PyTorch's names ------------------------------------------------------------


def test_modules_take_the_options_of_pytorch():
    for layer in (nn.ReLU(True), nn.LeakyReLU(0.01, True), nn.ELU(1.0, inplace=True), nn.SiLU(True),
                  nn.Dropout(0.5, True).eval()):  # fmt: skip
        x = X.copy()
        assert layer(x).shape == x.shape
        np.testing.assert_array_equal(x, X)
        assert "inplace" not in repr(layer)
    np.testing.assert_array_equal(nn.Softmax(dim=0)(X), nn.softmax(X, axis=0))
    np.testing.assert_array_equal(nn.LogSoftmax(1)(X), nn.log_softmax(X, axis=1))
    assert repr(nn.LogSoftmax(dim=0)) == "LogSoftmax(axis=0)"
    assert nn.Flatten(start_dim=0, end_dim=1)(IMAGES).shape == (8, 6, 5)
    assert nn.RNN(3, 4, 2).num_layers == 2
    layers = nn.Sequential(collections.OrderedDict(a=nn.ReLU(inplace=True)))
    assert layers(X).shape == X.shape
    optimizer = nn.optim.SGD([nn.Parameter([1.0])])
    optimizer.zero_grad(set_to_none=True)
    schedule = nn.optim.lr_scheduler.StepLR(optimizer, step_size=1)
    assert isinstance(schedule, nn.optim.lr_scheduler.LRScheduler)


def test_an_embedding_of_given_vectors():
    table = nn.Embedding.from_pretrained(X)
    np.testing.assert_array_equal(table(np.array([2, 0])).data, X[[2, 0]])
    assert not table.weight.requires_grad
    trained = nn.Embedding.from_pretrained(X.astype(np.float32), freeze=False, padding_idx=1)
    trained(np.array([0, 1])).sum().backward()
    assert trained.weight.grad[:2].tolist() == [[1.0] * 3, [0.0] * 3]
    assert trained.weight.dtype == np.float32
    assert trained.weight.data is not X
    with pytest.raises(ShapeError, match=r"\(3,\)"):
        nn.Embedding.from_pretrained(X[0])


def test_parameters_become_a_vector_and_back():
    layer = nn.Linear(2, 3)
    vector = nn.utils.parameters_to_vector(layer.parameters())
    vector.sum().backward()
    assert layer.bias.grad.tolist() == [1.0, 1.0, 1.0]
    other = nn.Linear(2, 3)
    nn.utils.vector_to_parameters(vector, other.parameters())
    np.testing.assert_array_equal(other.weight.data, layer.weight.data)
    with pytest.raises(ShapeError, match=r"\(9,\)"):
        nn.utils.vector_to_parameters(np.zeros(8), other.parameters())
    layer.weight.grad = np.full((3, 2), 9.0)
    nn.utils.clip_grad_norm_(layer.parameters(), 1.0)
    nn.utils.clip_grad_value_(layer.parameters(), 0.01)
    assert np.abs(layer.weight.grad).max() == 0.01


# -- initial values ---------------------------------------------------------------------------

SHAPE = (200, 300)


@pytest.mark.parametrize(
    ("write", "std"),
    [
        (lambda w, g: nn.init.normal_(w, 0.0, 0.02, g), 0.02),
        (lambda w, g: nn.init.uniform_(w, -0.3, 0.3, g), 0.6 / np.sqrt(12)),
        (lambda w, g: nn.init.xavier_uniform_(w, 2.0, g), 2 * np.sqrt(2 / 500)),
        (lambda w, g: nn.init.xavier_normal_(w, generator=g), np.sqrt(2 / 500)),
        (lambda w, g: nn.init.kaiming_uniform_(w, generator=g), np.sqrt(2 / 300)),
        (lambda w, g: nn.init.kaiming_normal_(w, 1.0, generator=g), np.sqrt(1 / 300)),
        (
            lambda w, g: nn.init.kaiming_normal_(w, 0, "fan_out", "relu", generator=g),
            np.sqrt(2 / 200),
        ),
        (lambda w, g: nn.init.trunc_normal_(w, generator=g), 0.8796),
        (lambda w, g: nn.init.orthogonal_(w, generator=g), 1 / np.sqrt(300)),
    ],
)
def test_initialisers_write_into_the_parameter(write, std):
    weight = nn.Parameter(np.zeros(SHAPE, np.float32))
    data = weight.data
    assert write(weight, np.random.default_rng(0)) is weight
    assert weight.data is data
    assert weight.data.dtype == np.float32
    assert abs(weight.data.std() / std - 1) < 0.02
    assert abs(weight.data.mean()) < 0.02 * std


def test_initialisers_write_constants():
    weight = nn.Parameter(np.zeros((2, 3)))
    assert nn.init.ones_(weight).tolist() == [[1.0] * 3] * 2
    assert nn.init.constant_(weight, 2.5).tolist() == [[2.5] * 3] * 2
    assert nn.init.eye_(weight).tolist() == [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    assert nn.init.zeros_(weight).tolist() == [[0.0] * 3] * 2
    moved = nn.init.uniform_(nn.Parameter(np.zeros(1000)), 5.0, 6.0).data
    assert 5.0 <= moved.min() < 5.1 < 5.9 < moved.max() <= 6.0
    shifted = nn.init.trunc_normal_(nn.Parameter(np.zeros(1000)), 3.0, 1.0, 2.5, 3.5).data
    assert 2.5 <= shifted.min() <= shifted.max() <= 3.5
    gain = nn.init.calculate_gain
    assert (gain("conv2d"), gain("leaky_relu", 1.0)) == (1.0, 1.0)
    with pytest.raises(OptionError, match="cosine"):
        gain("cosine")


def test_initialisers_work_through_apply():
    def start(module):
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=0.01)
            nn.init.zeros_(module.bias)

    model = nn.Sequential(nn.Linear(3, 3), nn.Sequential(nn.Linear(3, 2))).apply(start)
    assert all(not p.data.any() for name, p in model.named_parameters() if "bias" in name)


# -- datasets ---------------------------------------------------------------------------------


def test_datasets_are_sequences_of_examples():
    dataset = nn.TensorDataset(X, np.arange(4))
    loader = nn.DataLoader(
        dataset, batch_size=3, num_workers=4, pin_memory=True, persistent_workers=True
    )
    (x, t), (last, _) = loader
    np.testing.assert_array_equal(x, X[:3])
    assert (t.tolist(), len(last), loader.dataset) == ([0, 1, 2], 1, dataset)
    joined = dataset + nn.Subset(dataset, [3, 1])
    assert len(joined) == 6
    assert [joined[i][1].item() for i in (0, 3, 4, 5, -1)] == [0, 3, 3, 1, 1]
    assert [t.tolist() for _, t in nn.DataLoader(joined, 3)] == [[0, 1, 2], [3, 3, 1]]
    with pytest.raises(IndexError):
        joined[6]
    pairs = nn.DataLoader(dataset, 2, collate_fn=lambda examples: len(examples))
    assert list(pairs) == [2, 2]
    with pytest.raises(ShapeError, match="4, 3 examples"):
        nn.TensorDataset(X, np.arange(3))
    with pytest.raises(DataError, match="at least one"):
        nn.ConcatDataset([])


@pytest.mark.parametrize(
    ("lengths", "sizes"), [([6, 4], [6, 4]), ([0.5, 0.3, 0.2], [5, 3, 2]), ([1 / 3] * 3, [4, 3, 3])]
)
def test_a_random_split_covers_a_dataset(lengths, sizes):
    parts = nn.random_split(range(10), lengths, np.random.default_rng(0))
    assert [len(part) for part in parts] == sizes
    assert sorted(x for part in parts for x in part) == list(range(10))


def test_a_random_split_must_fit():
    for lengths in ([6, 5], [0.5, 0.4], [11, -1]):
        with pytest.raises(OptionError, match="the 10 examples"):
            nn.random_split(range(10), lengths)


@pytest.mark.parametrize(
    ("name", "advice"),
    [("cuda", "cupy"), ("half", "float16"), ("fit", r"nn\.fit"), ("save", "nn.save")],
)
def test_methods_of_other_libraries_say_what_to_write(name, advice):
    with pytest.raises(AttributeError, match=f"no attribute '{name}': write .*{advice}"):
        getattr(nn.Linear(2, 3), name)
    assert not hasattr(nn.Linear(2, 3), name)


def test_an_error_in_a_property_of_a_module_is_seen():
    class Network(nn.Module):
        @property
        def size(self):
            return self.missing.size

    with pytest.raises(AttributeError, match="'missing'"):
        Network().size  # noqa: B018 - the property raises
