"""Keras' layers: outputs, derivatives, weights and whole programs are those that Keras recorded."""

import inspect
import json
import runpy
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import Tensor, check_gradients
from autograd.errors import DataError, OptionError, ShapeError, TraceError
from nn import keras_style as keras

layers = keras.layers
RECORDER = runpy.run_path(str(Path(__file__).with_name("record_keras_layers.py")))
RECORDED = json.loads(RECORDER["PATH"].read_text(encoding="utf-8"))
#: Some of the functions of Keras compute in float32, also with doubles.
CLOSE = {"rtol": 1e-5, "atol": 1e-6}


@pytest.fixture(autouse=True)
def _doubles():
    keras.config.set_floatx("float64")
    keras.utils.clear_session()
    nn.seed(0)
    yield
    keras.config.set_floatx("float32")


def shapes_of(layer, x):
    """Return the shapes of inputs as ``build`` and ``compute_output_shape`` take them."""
    shapes = [one.shape for one in x] if isinstance(x, list) else [x.shape]
    several = "query_shape" in inspect.signature(layer.build).parameters
    return shapes if several or len(shapes) == 1 else [shapes]


def made(name):
    """Return a layer with the recorded weights, its inputs, and whether it is to train.

    ``build`` makes the weights; the first call must not make them again.
    """
    build, shape = RECORDER["LAYERS"][name]
    layer, x = build(layers), RECORDER["inputs_of"](name, shape)
    layer.build(*shapes_of(layer, x))
    weights = RECORDER["weights_of"](name, layer.get_weights())
    assert [list(w.shape) for w in weights] == RECORDED["layers"][name]["shapes"]
    layer.set_weights(weights)
    return layer, x, "Batch" in name or "Train" in name


@pytest.mark.each("name", list(RECORDER["LAYERS"]))
def test_layers_compute_what_those_of_keras_do(name):
    layer, x, trains = made(name)
    recorded = RECORDED["layers"][name]
    many = isinstance(x, list)
    given = [Tensor(one) if one.dtype.kind == "f" else one for one in (x if many else [x])]
    options = {"training": True} if trains else {}
    outputs = layer(given if many else given[0], **options)
    np.testing.assert_allclose(outputs.data, recorded["outputs"], **CLOSE)
    assert layer.compute_output_shape(*shapes_of(layer, x)) == outputs.shape
    np.sum(outputs * RECORDER["numbers"](name, outputs.shape, 99)).backward()
    found = [one.grad for one in given if isinstance(one, Tensor)]
    found += [weight.grad for weight in layer.trainable_weights]
    for gradient, expected in zip(found, recorded["gradients"], strict=True):
        np.testing.assert_allclose(gradient, expected, **CLOSE)
    if recorded["after"] is not None:
        np.testing.assert_allclose(layer.get_weights()[-1], recorded["after"], **CLOSE)


def test_images_are_changed_at_random_in_training_only():
    x = np.arange(2 * 4 * 6.0).reshape(2, 4, 6, 1)
    made = {
        layers.RandomFlip("horizontal"): lambda y: all(
            any(np.array_equal(a, b) for b in (image, image[:, ::-1]))
            for a, image in zip(y, x, strict=True)
        ),
        layers.RandomFlip("vertical", seed=1): lambda y: np.array_equal(np.sort(y, 1), x),
        layers.RandomRotation(0.2): lambda y: 0 <= y.min() <= y.max() <= x.max(),
        layers.RandomBrightness((0.25, 0.25), (0, 48)): lambda y: np.array_equal(
            y, np.minimum(x + 12, 48)
        ),
    }
    for layer, is_right in made.items():
        found = [layer(x, training=True) for _ in range(20)]
        assert all(map(is_right, found))
        assert any(not np.array_equal(y, x) for y in found)
        assert np.array_equal(layer(x, training=False), x)
        assert np.array_equal(keras.Sequential([layer]).predict(x, verbose=0), x)
    parts = [layers.RandomCrop(3, 2)(x) for _ in range(30)]
    assert {part.shape for part in parts} == {(2, 3, 2, 1)}
    assert {int(part[0, 0, 0, 0]) for part in parts} <= {0, 1, 2, 3, 4, 6, 7, 8, 9, 10}
    assert layers.RandomCrop(3, 3)(x, training=False).shape == (2, 3, 3, 1)
    with pytest.raises(OptionError, match="wrap"):
        layers.RandomZoom(0.1, fill_mode="mirror")


def test_categories_become_numbers_and_vectors():
    tokens = np.array([[1, 3, 3], [0, 1, 1]])
    assert layers.CategoryEncoding(4)(tokens).tolist() == [[0, 1, 0, 1], [1, 1, 0, 0]]
    assert layers.CategoryEncoding(4, "count")(tokens).tolist() == [[0, 1, 0, 2], [1, 2, 0, 0]]
    weighed = layers.CategoryEncoding(4, "count")(tokens, count_weights=tokens + 0.5)
    assert weighed.tolist() == [[0, 1.5, 0, 7], [0.5, 3, 0, 0]]
    assert layers.CategoryEncoding(4, "one_hot")(tokens[:, 1:2]).tolist() == [
        [0, 0, 0, 1],
        [0, 1, 0, 0],
    ]
    bins = layers.Discretization(num_bins=3)
    bins.adapt(np.arange(9.0))
    assert bins(np.array([0.0, 4.0, 8.0])).tolist() == [0, 1, 2]
    lookup = layers.IntegerLookup(max_tokens=3)
    lookup.adapt(np.array([5, 5, 7, 9, 9, 9]))
    assert lookup.get_vocabulary() == [-1, 9, 5]
    assert lookup(np.array([5, 7, 9])).tolist() == [2, 0, 1]
    words = layers.StringLookup(vocabulary=["a", "b"], mask_token="")
    assert words(np.array([["b", "", "z"]])).tolist() == [[3, 0, 1]]
    back = layers.StringLookup(vocabulary=words.get_vocabulary(), mask_token="", invert=True)
    assert back(np.array([3, 2])).tolist() == ["b", "a"]
    again = layers.StringLookup.from_config(words.get_config())
    assert again.get_vocabulary() == words.get_vocabulary()
    with pytest.raises(DataError, match="'z'"):
        layers.StringLookup(vocabulary=["a"], num_oov_indices=0)(np.array(["z"]))
    with pytest.raises(DataError, match="from 0 to 3"):
        layers.CategoryEncoding(4)(tokens + 2)


@pytest.mark.parametrize("name", ["Conv2D, even", "MaxPooling2D, same"])
def test_layers_have_second_derivatives_in_both_modes(name):
    layer, x, trains = made(name)
    check_gradients(lambda x: np.sum(layer(x, training=trains) ** 2), x, order=2)


@pytest.mark.parametrize("name", RECORDER["ACTIVATIONS"])
def test_activations_are_those_of_keras(name):
    x = np.array([[-3.5, -0.7, 0.3], [1.2, 2.9, 7.0]])
    found = layers.Activation(name)(x)
    np.testing.assert_allclose(found, RECORDED["activations"][name], **CLOSE)


@pytest.mark.parametrize("program", RECORDER["PROGRAMS"], ids=lambda program: program.__name__)
def test_programs_train_as_with_keras(program):
    assert_same(RECORDER["trained"](program, keras), RECORDED["programs"][program.__name__])


def assert_same(found, expected):
    assert found["shapes"] == expected["shapes"]
    assert found["history"].keys() == expected["history"].keys()
    for name, measured in expected["history"].items():
        assert found["history"][name] == pytest.approx(measured, rel=1e-5), name
    np.testing.assert_allclose(found["predict"], expected["predict"], **CLOSE)


def test_summaries_are_those_of_keras():
    for name, text in RECORDER["summaries"](keras).items():
        assert text == RECORDED["summaries"][name].rstrip("\n")


# -- building ------------------------------------------------------------------------------------

X = np.random.default_rng(0).normal(size=(12, 3))
CLASSES = np.argmax(X, axis=1)


def small(*first, **options):
    return keras.Sequential([*first, layers.Dense(4, "tanh", **options), layers.Dense(3)])


def test_the_first_data_make_the_weights():
    losses = []
    for model in (small(), small(keras.Input((3,))), small(input_shape=(3,)), small(input_dim=3)):
        nn.seed(1)
        model.compile("adam", "mse", jit_compile=len(losses) == 1)
        if len(losses) == 2:
            model.build((None, 3))
        losses.append(model.fit(X, X, epochs=2, shuffle=False, verbose=0).history["loss"])
        assert [w.shape for w in model.get_weights()] == [(3, 4), (4,), (4, 3), (3,)]
        assert model.optimizer.iterations == 2
    assert losses[0][1] < losses[0][0]
    assert [len(one) for one in losses] == [2] * 4


def test_a_class_makes_its_weights_at_the_first_call():
    class Scale(layers.Layer):
        def build(self, input_shape):
            shape = input_shape[-1:]
            self.w = self.add_weight(shape=shape, initializer="ones", regularizer="l1")
            self.fixed = self.add_weight(shape=shape, initializer="zeros", trainable=False)

        def call(self, inputs):
            return keras.ops.matmul(inputs, keras.ops.diag(self.w)) + self.fixed

    class Own(keras.Model):
        def __init__(self):
            super().__init__(name="own")
            self.scale = Scale()
            self.blocks = [layers.Dense(2), layers.Dense(1)]

        def call(self, inputs):
            a, b = inputs
            x = keras.ops.concatenate([self.scale(a), b], axis=-1)
            for block in self.blocks:
                x = block(x)
            return x

    model = Own()
    model.compile("sgd", "mse")
    model.fit([X, X], X[:, :1], verbose=0)
    assert len(model.trainable_weights) == 5
    assert len(model.non_trainable_weights) == 1
    assert model.count_params() == 3 + 3 + 14 + 3
    assert model.get_layer("dense_1") is model.blocks[1]
    assert (model.scale.fixed.data == 0).all()


def test_batches_that_go_on_are_divided_into_epochs():
    def batches():
        for i in range(7):
            yield X[i : i + 2], X[i : i + 2]

    for data, steps in ((batches(), 3), (nn.DataLoader((X, X), batch_size=5), 4)):
        model = small()
        model.compile("sgd", "mse")
        model.fit(data, epochs=2, steps_per_epoch=steps, verbose=0)
        assert model.optimizer.iterations == 2 * steps
        assert model.output_shape == (None, 3)
        assert model.input_shape == (None, 3)
    model = small()
    model.compile("sgd", "mse")
    with pytest.raises(DataError, match="read once only"):
        model.fit(batches(), verbose=0)
    with pytest.raises(DataError, match="have ended before"):
        model.fit(batches(), epochs=2, steps_per_epoch=4, verbose=0)


def test_several_inputs_are_divided_for_validation():
    a, b = keras.Input((3,)), keras.Input((3,))
    same = layers.Dense(3, use_bias=False, kernel_initializer="identity")
    model = keras.Model([a, b], a - 2 * same(b))
    model.compile(keras.optimizers.SGD(0.0), "mse")
    history = model.fit([X, 2 * X], X, validation_split=0.25, verbose=0)
    error = (-3 * X - X) ** 2
    assert history["val_loss"][-1] == pytest.approx(error[9:].mean())
    assert history["loss"][-1] == pytest.approx(error[:9].mean())


def test_penalties_are_added_to_the_loss():
    for jit in (False, True):
        model = keras.Sequential(
            [layers.Dense(3, kernel_regularizer=keras.regularizers.L1L2(1, 2))]
        )
        model.compile("sgd", "mse", jit_compile=jit)
        model.build((None, 3))
        kernel, bias = model.get_weights()
        expected = np.mean((X @ kernel + bias - X) ** 2)
        expected += np.abs(kernel).sum() + 2 * (kernel**2).sum()
        assert model.evaluate(X, X) == pytest.approx(expected)
        assert model.train_on_batch(X, X) == pytest.approx(expected)


def test_what_is_not_trainable_stays():
    model = small(keras.Input((3,)), layers.BatchNormalization())
    model.layers[0].trainable = False
    model.layers[1].trainable = False
    before = model.get_weights()
    model.compile("adam", "mse")
    model.fit(X, X, verbose=0)
    same = [(a == b).all() for a, b in zip(before, model.get_weights(), strict=True)]
    assert same == [True] * 6 + [False] * 2
    assert len(model.trainable_variables) == 2


def test_dropout_acts_in_training_only():
    inputs = keras.Input((3,))
    model = keras.Model(inputs, layers.Dropout(0.5)(inputs))
    always = keras.Model(inputs, layers.Dropout(0.5)(inputs, training=True))
    assert (model(X) == X).all()
    assert set(np.unique(model(X, training=True) / X)) == {0.0, 2.0}
    assert (model(X) == X).all()
    assert (always(X) == 0).any()
    noisy = layers.GaussianNoise(0.1, seed=1)
    assert 0.01 < np.std(noisy(X, training=True) - X) < 0.3


# -- functional models ---------------------------------------------------------------------------


def test_numpy_and_operators_record_calls():
    a, b = keras.Input((3,), name="a"), keras.Input((3,), name="b")
    joined = np.concatenate([2 * a - b, np.exp(b)], axis=1)[:, 1:]
    model = keras.Model({"a": a, "b": b}, [keras.ops.mean(joined, axis=1), joined])
    assert [t.shape for t in model.outputs] == [(None,), (None, 5)]
    mean, found = model.predict({"b": X, "a": X + 1}, batch_size=5)
    expected = np.concatenate([X + 2, np.exp(X)], axis=1)[:, 1:]
    np.testing.assert_allclose(found, expected)
    np.testing.assert_allclose(mean, expected.mean(axis=1))


def test_layers_are_shared_and_models_are_cut():
    inputs = keras.Input((3,))
    shared = layers.Dense(3, name="shared")
    outputs = layers.Dense(1)(shared(shared(inputs)))
    model = keras.Model(inputs, outputs)
    assert len(model.weights) == 4
    first = keras.Model(model.input, model.get_layer("shared").output)
    kernel, bias = shared.get_weights()
    np.testing.assert_allclose(first.predict(X), X @ kernel + bias)
    rest = keras.Model(shared.output, outputs)
    np.testing.assert_allclose(rest.predict(first.predict(X)), model.predict(X))


def test_lengths_may_be_unknown():
    inputs = keras.Input((None, None, 1))
    x = layers.Conv2D(2, 3, strides=2, padding="same")(inputs)
    assert x.shape == (None, None, None, 2)
    model = keras.Model(inputs, layers.GlobalMaxPooling2D()(x))
    assert model.output.shape == (None, 2)
    assert model(np.ones((1, 5, 9, 1))).shape == (1, 2)


# -- masks ---------------------------------------------------------------------------------------


def masked(rnn):
    return keras.Sequential([layers.Embedding(5, 2, mask_zero=True), layers.Dropout(0.1), rnn])


@pytest.mark.parametrize("kind", [layers.LSTM, layers.GRU, layers.SimpleRNN])
def test_masked_steps_leave_the_state(kind):
    tokens = np.array([[0, 0, 3, 1], [2, 0, 4, 0]])
    model = masked(layers.Bidirectional(kind(3)))
    found = model(tokens).data
    for row, short in ((0, [[3, 1]]), (1, [[2, 4]])):
        np.testing.assert_allclose(found[row], model(np.array(short)).data[0])


def test_masks_that_would_be_lost_raise_or_warn():
    tokens = np.array([[0, 3, 1]])
    model = masked(layers.LSTM(3, return_sequences=True))
    model.compile("sgd", "mse", jit_compile=True)
    with pytest.raises(TraceError, match="jit_compile=False"):
        model.fit(tokens, np.zeros((1, 3, 3)), verbose=0)
    model.compile("sgd", lambda y_true, y_pred: np.mean((y_true - y_pred) ** 2))
    with pytest.raises(DataError, match="one number for each step"):
        model.fit(tokens, np.zeros((1, 3, 3)), verbose=0)
    model.add(layers.Conv1D(1, 2))
    with pytest.warns(UserWarning, match="does not know what to do with the mask"):
        model(tokens)
    with pytest.warns(UserWarning, match="is forgotten"):
        layers.Embedding(5, 2, mask_zero=True)(tokens)


# -- first numbers, weights, sequences ------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "variance"),
    [
        ("glorot_uniform", 2 / 300), ("glorot_normal", 2 / 300), ("he_normal", 2 / 200),
        ("HeUniform", 2 / 200), ("lecun_normal", 1 / 200), ("random_normal", 0.0025),
        ("uniform", 0.1**2 / 12), ("truncated_normal", 0.0025 * 0.774),
    ],
)  # fmt: skip
def test_initialisers_have_the_variances_of_keras(name, variance):
    drawn = keras.initializers.get(name)((200, 100))
    assert np.var(drawn) == pytest.approx(variance, rel=0.05)
    assert abs(np.mean(drawn)) < 0.01


def test_an_initialiser_with_a_seed_repeats_itself():
    first = keras.initializers.HeNormal(seed=3)
    assert (first((2, 3)) == first((2, 3))).all()
    assert (keras.initializers.Orthogonal()((4, 3)).T @ keras.initializers.Identity()((4, 3))).any()


def test_weights_are_saved_and_assigned(tmp_path):
    model, other = small(keras.Input((3,))), small(keras.Input((3,)))
    model.save_weights(tmp_path / "w.safetensors")
    other.load_weights(tmp_path / "w.safetensors")
    assert (other.predict(X) == model.predict(X)).all()
    for a, b in zip(model.weights, other.weights, strict=True):
        b.assign(0.5 * a)
    np.testing.assert_array_equal(other.layers[0].kernel, 0.5 * model.layers[0].kernel.data)


def test_layers_and_weights_are_single_precision_by_default():
    keras.config.set_floatx("float32")
    model = small()
    model.compile("adam", "mse")
    model.fit(X, X, verbose=0)
    assert {w.dtype for w in model.weights} == {np.dtype("float32")}
    assert model.predict(X).dtype == np.float32
    assert model(X.astype(int)).dtype == np.float32


def test_sequences_are_padded_on_either_side():
    found = keras.utils.pad_sequences([[1, 2, 3], [4]], 2, padding="post", truncating="post")
    assert found.tolist() == [[1, 2], [4, 0]]
    assert keras.utils.pad_sequences([[1, 2, 3], []], value=-1).tolist()[1] == [-1, -1, -1]


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: layers.Dense(3, activation="rellu"), OptionError, "did you mean 'relu'"),
        (lambda: layers.Dense(3, kernel_initializer="he"), OptionError, "no initializer"),
        (lambda: layers.Dense(3, kernel_regularizer="l3"), OptionError, "no regularizer"),
        (lambda: layers.Dense(3, kernel_constraint="unit"), OptionError, "unit_norm"),
        (lambda: layers.Conv2D(3, 2, data_format="first"), OptionError, "channels_first"),
        (lambda: layers.Conv2D(3, 2, padding="full"), OptionError, '"valid" or "same"'),
        (lambda: layers.Conv2D(3, 2)(X), ShapeError, "4 axes"),
        (lambda: layers.LSTM(3)(X), ShapeError, "return_sequences=True"),
        (lambda: layers.Bidirectional(layers.Dense(2)), OptionError, "recurrent layer"),
        (lambda: layers.Embedding(3, 2)(np.array([[3]])), DataError, "from 0 to 2"),
        (lambda: layers.Embedding(3, 2)(np.array([[0.5]])), DataError, "integers"),
        (lambda: layers.Add()(X), ShapeError, "list of at least two"),
        (lambda: layers.Normalization()(X), OptionError, "adapt"),
        (lambda: keras.Model(keras.Input((3,)), layers.Dense(1)(keras.Input((3,)))), OptionError,
         "needs? the input"),
        (lambda: keras.Model(1, 2), OptionError, "symbolic inputs"),
        (lambda: np.asarray(keras.Input((3,))), DataError, "no numbers"),
        (lambda: layers.Dense(2).output, OptionError, "symbolic tensor"),
        (lambda: small().get_layer("other"), OptionError, "dense"),
        (lambda: keras.config.set_floatx("float8"), OptionError, "float32"),
        (lambda: layers.Dense(2).add_loss(X), DataError, "one number"),
    ],
)  # fmt: skip
def test_wrong_layers_raise(call, error, match):
    with pytest.raises(error, match=match):
        call()


WRONG = {
    "Dense": {"units": (0, -1, 2.5, "3", None, True)},
    "LSTM": {"units": (0, 1.5)},
    "Embedding": {"input_dim": (0,), "output_dim": (-1,)},
    "Conv2D": {"filters": (0, 2.0), "kernel_size": (0, (3, -1)), "strides": ((1, 0),)},
    "DepthwiseConv2D": {"depth_multiplier": (0,)},
    "MultiHeadAttention": {"num_heads": (0,), "key_dim": (-1,), "output_shape": (2.5,)},
    "RepeatVector": {"n": (0, "3")},
    "Reshape": {"target_shape": ((-2, 3), (-1, -1), 2.5)},
    "Permute": {"dims": ((1, 3), (0, 1))},
    "ReLU": {"max_value": (-1,), "negative_slope": (None, -1), "threshold": (None, -0.5)},
    "LeakyReLU": {"negative_slope": (None, -1)},
    "Dropout": {"noise_shape": ((0, 2), 3)},
    "Cropping2D": {"cropping": (-1, ((1, 1), (0, -1)))},
    "UpSampling2D": {"size": (0,)},
    "GroupNormalization": {"groups": (0, 1.5)},
    "UnitNormalization": {"axis": ("a", 1.5)},
    "Dot": {"axes": (1.5,)},
    "TimeDistributed": {"layer": (3,)},
}


@pytest.mark.each("kind", list(WRONG))
def test_options_that_cannot_be_raise(kind):
    first = {"kernel_size": 2, "filters": 2, "rate": 0.5, "num_heads": 2, "key_dim": 2,
             "input_dim": 2, "output_dim": 2}  # fmt: skip
    names = inspect.signature(getattr(layers, kind).__init__).parameters
    for option, settings in WRONG[kind].items():
        for setting in settings:
            given = {name: part for name, part in first.items() if name in names}
            with pytest.raises(OptionError, match=kind):
                getattr(layers, kind)(**{**given, option: setting})


@pytest.mark.parametrize(
    ("kind", "reduce", "usual"), [("Multiply", "prod", 0.0), ("Maximum", "max", None),
                                  ("Minimum", "min", None)],
)  # fmt: skip
def test_merges_leave_out_what_is_masked(kind, reduce, usual):
    parts = np.random.default_rng(0).integers(-2, 3, (3, 4, 5, 1)).astype(float)
    inputs = [keras.Input((5, 1)) for _ in parts]
    merged = getattr(layers, kind)()([layers.Masking()(one) for one in inputs])
    found = np.ma.masked_equal(parts, 0.0)
    expected = getattr(found, reduce)(axis=0).filled(0.0 if usual is None else usual)
    np.testing.assert_allclose(keras.Model(inputs, merged)(list(parts)).data, expected)


def test_patches_are_the_windows_of_images():
    x = np.arange(2 * 5 * 6 * 2.0).reshape(2, 5, 6, 2)
    for sizes, step, gap, padding in (
        ((2, 3), None, 1, "valid"), ((2, 2), (1, 3), 1, "same"), ((3, 2), 1, 2, "valid"),
        ((3, 2), 1, 2, "same"), ((2, 4), 3, 1, "same"),
    ):  # fmt: skip
        steps = sizes if step is None else (step, step) if isinstance(step, int) else step
        found = keras.ops.image.extract_patches(x, sizes, step, gap, padding)
        reach = [(n - 1) * gap + 1 for n in sizes]
        wide = [0, 0]
        if padding == "same":
            counts = [-(-n // s) for n, s in zip(x.shape[1:3], steps, strict=True)]
            wide = [max((c - 1) * s + r - n, 0) for c, s, r, n in
                    zip(counts, steps, reach, x.shape[1:3], strict=True)]  # fmt: skip
        padded = np.pad(x, ((0, 0), *((n // 2, n - n // 2) for n in wide), (0, 0)))
        for i, j in np.ndindex(found.shape[1:3]):
            top, left = i * steps[0], j * steps[1]
            cut = padded[:, top : top + reach[0] : gap, left : left + reach[1] : gap]
            np.testing.assert_array_equal(found[:, i, j], cut.reshape(2, -1))
        turned = keras.ops.image.extract_patches(
            np.moveaxis(x, -1, 1), sizes, step, gap, padding, "channels_first"
        )
        np.testing.assert_array_equal(np.moveaxis(turned, 1, -1), found)
    whole = keras.ops.image.resize(x[0], (10, 12), "nearest")
    np.testing.assert_array_equal(whole, x[0].repeat(2, 0).repeat(2, 1))
    for call in (
        lambda: keras.ops.image.extract_patches(x, 7),
        lambda: keras.ops.image.extract_patches(x[0, 0], 2),
    ):
        with pytest.raises(ShapeError):
            call()


def test_softmax_leaves_out_what_is_masked():
    x = np.random.default_rng(0).standard_normal((2, 3, 4))
    seen = np.array([[True, False, True, True], [False] * 4, [True] * 4])
    for mask in (seen, np.broadcast_to(seen, x.shape)):
        powers = np.exp(x) * seen
        expected = powers / np.maximum(powers.sum(-1, keepdims=True), 1e-30)
        np.testing.assert_allclose(layers.Softmax()(x, mask=mask), expected, 1e-6)
    assert layers.Softmax()(x, mask=np.ones((2, 3), bool)).sum() == pytest.approx(6)  # of steps
    with pytest.raises(ShapeError, match="but a mask of"):
        layers.Softmax()(x, mask=np.ones((3, 5), bool))


@pytest.mark.parametrize("kind", ["Dense", "Conv2D", "Embedding"])
def test_spectral_normalization_divides_kernels_in_training(kind):
    x = np.random.default_rng(0).integers(0, 4, (2, 3, 3, 2))
    inner = {"Conv2D": (2, 2), "Dense": (3,), "Embedding": (4, 3)}[kind]
    layer = layers.SpectralNormalization(getattr(layers, kind)(*inner), power_iterations=60)
    layer.build(x.shape)
    before = np.reshape(layer.kernel.numpy(), (-1, layer.kernel.shape[-1]))
    layer(x)
    np.testing.assert_array_equal(layer.kernel.numpy().reshape(before.shape), before)
    y = layer(x, training=True)
    after = layer.kernel.numpy().reshape(before.shape)
    np.testing.assert_allclose(after, before / np.linalg.norm(before, 2), 1e-4)
    np.testing.assert_allclose(y.data, layer(x).data)


def test_masked_steps_leave_the_images_of_memory():
    x, mask = np.random.default_rng(0).standard_normal((2, 3, 4, 2)), np.ones((2, 3), bool)
    layer = layers.ConvLSTM1D(2, 3, padding="same", return_state=True)
    mask[1, 1:] = False
    for found, short in zip(layer(x, mask=mask), layer(x[:, :1]), strict=True):
        np.testing.assert_allclose(found.data[1], short.data[1])
    begun = layer(x[:, 2:], initial_state=layer(x[:, :2])[1:])
    np.testing.assert_allclose(begun[0].data, layer(x)[0].data)


@pytest.mark.parametrize("names", [("q", "p"), ("p",)])
def test_a_class_gets_the_dict_that_fit_got(names):
    random = np.random.default_rng(0)
    data = {name: random.random((6, 2)) for name in names}
    seen = []

    class Sums(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = layers.Dense(1)

        def call(self, inputs):
            seen.append(tuple(inputs))
            return self.inner(sum(inputs[name] * (1 + len(name)) for name in sorted(inputs)))

        def test_step(self, given):
            assert tuple(given[0]) == names
            return super().test_step(given)

    model, y = Sums(), random.random((6, 1))
    model.compile("sgd", "mse")
    model.fit(data, y, verbose=0, validation_split=0.5)
    model.fit((({n: x[:2] for n, x in data.items()}, y[:2]) for _ in range(2)), verbose=0)
    model.evaluate(data, y, verbose=0)
    np.testing.assert_allclose(model.predict(data, verbose=0), model(data).data)
    assert set(seen) == {names}


def test_softmax_of_channels_first_is_along_the_last_axis():
    x = np.random.default_rng(0).standard_normal((2, 3, 6))
    for layer in (
        layers.Conv1D(2, 2, data_format="channels_first", activation="softmax"),
        layers.Conv1DTranspose(2, 2, data_format="channels_first", activation="softmax"),
        layers.DepthwiseConv1D(2, data_format="channels_first", activation="softmax"),
        layers.SeparableConv1D(2, 2, data_format="channels_first", activation="softmax"),
    ):
        np.testing.assert_allclose(np.sum(layer(x).data, axis=-1), 1.0, 1e-5, err_msg=layer.name)


def test_images_are_cropped_only_if_asked():
    x = np.ones((1, 4, 4, 1))
    assert layers.Cropping2D()(x).shape == (1, 4, 4, 1)
    assert layers.Cropping1D()(x[0]).shape == (4, 2, 1)
    for cropping in (2, ((0, 4), 1), ((1, 1), (5, 0))):
        with pytest.raises(ShapeError, match="leaves nothing"):
            layers.Cropping2D(cropping)(x)


def test_unit_vectors_along_several_axes():
    x = np.random.default_rng(0).standard_normal((2, 3, 4))
    y = layers.UnitNormalization(axis=[1, 2])(x)
    np.testing.assert_allclose(np.sum(np.square(y), axis=(1, 2)), 1.0, 1e-5)


@pytest.mark.parametrize(
    ("axis", "others"), [(-1, (0, 1)), ((1, 2), (0,)), ((-1,), (0, 1)), (None, None)]
)
def test_numbers_are_normalised_along_the_axes_asked_for(axis, others):
    data = np.random.default_rng(0).normal(2, 3, (6, 2, 3))
    for invert in (False, True):
        layer = layers.Normalization(axis, invert=invert)
        layer.adapt(data)
        mean, scale = data.mean(others, keepdims=True), data.std(others, keepdims=True)
        expected = data * scale + mean if invert else (data - mean) / scale
        np.testing.assert_allclose(layer(data), expected, rtol=1e-4, atol=1e-5)
