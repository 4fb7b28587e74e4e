"""Keras' utilities, and names that modules have under several spellings."""

import numpy as np
import pytest

import nn
from autograd.errors import DataError, OptionError
from nn import keras_style as keras


def test_windows_of_a_series_have_targets_of_their_first_steps():
    series, later = np.arange(24.0).reshape(12, 2), np.arange(12) * 10
    made = keras.utils.timeseries_dataset_from_array
    options = {"sampling_rate": 2, "sequence_stride": 3, "start_index": 1, "batch_size": 2}
    (x, y), (last, _) = made(series, later, 3, **options)
    assert x[:, :, 0].tolist() == [[2.0, 6.0, 10.0], [8.0, 12.0, 16.0]]
    assert y.tolist() == [10, 40]
    assert last[:, :, 0].tolist() == [[14.0, 18.0, 22.0]]
    shuffled = made(series, later, 4, shuffle=True, seed=0, batch_size=3)
    for x, y in (*shuffled, *shuffled):
        np.testing.assert_array_equal(x[:, 0, 0] * 5, y)
    assert [len(x) for x in made(series, None, 4, end_index=6, batch_size=2)] == [2, 1]
    with pytest.raises(DataError, match="no window of 13"):
        made(series, None, 13)


def test_settings_that_programs_begin_with_are_taken():
    keras.config.disable_traceback_filtering()
    keras.config.set_image_data_format("channels_last")
    keras.config.set_epsilon(1e-7)
    for call in (
        lambda: keras.config.set_image_data_format("channels_first"),
        lambda: keras.config.set_epsilon(1e-3),
    ):
        with pytest.raises(OptionError, match="is "):
            call()
    labels = np.array([2, 0, 1], "uint8")  # as those of MNIST
    assert keras.utils.to_categorical(labels).argmax(-1).tolist() == [2, 0, 1]
    assert keras.preprocessing.sequence.pad_sequences([[1], [2, 3]]).tolist() == [[0, 1], [2, 3]]
    assert keras.Variable(initializer="ones", shape=(2,)).numpy().tolist() == [1.0, 1.0]


def test_random_numbers_have_their_moments():
    random, shape = keras.random, (100, 200)
    for drawn, mean, deviation in (
        (random.truncated_normal(shape, 1.0, 2.0, seed=0), 1.0, 2 * 0.8796),
        (random.gamma(shape, 4.0, seed=0), 4.0, 2.0),
        (random.beta(shape, 2.0, 2.0, seed=0), 0.5, np.sqrt(0.05)),
        (random.binomial(shape, 10, 0.5, seed=0), 5.0, np.sqrt(2.5)),
        (random.dropout(np.ones(shape), 0.2, seed=0), 1.0, 0.5),
    ):
        assert drawn.shape == shape
        assert np.mean(drawn) == pytest.approx(mean, abs=0.05)
        assert np.std(drawn) == pytest.approx(deviation, abs=0.05)
    column = random.dropout(np.ones(shape), 0.5, noise_shape=(None, 1), seed=1)
    assert set(np.unique(column.sum(axis=1))) == {0.0, 400.0}


def stepped(kind, steps, **options):
    """Return the weights after each step of an optimizer down a bowl, and those of its end."""
    optimizer = getattr(keras.optimizers, kind)(0.1, weight_decay=0.01, **options)
    p, found = keras.Variable(np.array([[1.0, -2.0], [0.5, 3.0]])), []
    for _ in range(steps):
        optimizer.apply([2.0 * p.numpy()], [p])
        found.append(p.numpy().copy())
    optimizer.finalize_variable_values([p])
    return found, p.numpy()


@pytest.mark.parametrize(
    "kind", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam", "Ftrl",
             "Lion", "Adafactor", "Lamb", "Muon"],
)  # fmt: skip
def test_optimizers_average_the_weights_if_asked(kind):
    plain, last = stepped(kind, 5)
    average = plain[0]
    for weights in plain[1:]:
        average = 0.7 * average + 0.3 * weights
    np.testing.assert_array_equal(last, plain[-1])
    found, end = stepped(kind, 5, use_ema=True, ema_momentum=0.7)
    np.testing.assert_allclose(found, plain, 1e-6)
    np.testing.assert_allclose(end, average, 1e-5)
    found, _ = stepped(kind, 3, use_ema=True, ema_momentum=0.7, ema_overwrite_frequency=2)
    np.testing.assert_allclose(found[0], plain[0], 1e-6)
    np.testing.assert_allclose(found[1], 0.7 * plain[0] + 0.3 * plain[1], 1e-5)


def test_fit_ends_with_the_averages():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile(keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5), "mse")
    x, seen = np.ones((4, 2)), []
    note = nn.callbacks.LambdaCallback(
        on_train_batch_end=lambda *_: seen.append(model.get_weights()[0].copy())
    )
    model.fit(x, np.zeros((4, 1)), batch_size=2, epochs=1, verbose=0, callbacks=[note])
    np.testing.assert_allclose(model.get_weights()[0], (seen[0] + seen[1]) / 2, 1e-6)
    ends = []
    for jit in (False, True):
        model.set_weights([np.ones((2, 1)), np.zeros(1)])
        optimizer = keras.optimizers.Adam(0.1, use_ema=True, ema_overwrite_frequency=3)
        model.compile(optimizer, "mse", jit_compile=jit)
        model.fit(x, np.zeros((4, 1)), batch_size=1, verbose=0, epochs=3)
        ends.append(model.get_weights()[0])
    np.testing.assert_allclose(ends[1], ends[0], 1e-6)


def test_batches_are_packed_and_unpacked():
    utils, x = keras.utils, np.ones(2)
    assert utils.pack_x_y_sample_weight(x) is x
    assert utils.unpack_x_y_sample_weight(x)[1:] == (None, None)
    packed = utils.pack_x_y_sample_weight(x, 2 * x, 3 * x)
    assert [part[0] for part in utils.unpack_x_y_sample_weight(packed)] == [1.0, 2.0, 3.0]
    with pytest.raises(DataError, match="4 parts"):
        utils.unpack_x_y_sample_weight((x, x, x, x))


@pytest.mark.parametrize(
    ("module", "one"),
    [
        ("initializers", keras.initializers.RandomNormal(stddev=0.5, seed=3)),
        ("regularizers", keras.regularizers.L1(0.5)),
        ("constraints", keras.constraints.MaxNorm(3)),
        ("losses", keras.losses.Huber(0.5)),
        ("metrics", keras.metrics.AUC(curve="PR")),
        ("optimizers", keras.optimizers.SGD(0.5, momentum=0.9)),
    ],
)
def test_dicts_stand_for_objects_in_each_module(module, one):
    space = getattr(keras, module)
    for again in (space.deserialize(space.serialize(one)), space.get(space.serialize(one))):
        assert type(again) is type(one)
        assert again.get_config() == one.get_config()


def test_names_of_registered_functions_are_found():
    @keras.saving.register_keras_serializable("mine")
    def halved(x):
        return x / 2

    layer = keras.layers.Dense(2, activation="mine>halved")
    assert layer.activation is halved
    assert keras.activations.get(layer.get_config()["activation"]) is halved
    assert keras.activations.serialize(keras.activations.relu) == "relu"
    for activation in (keras.ops.gelu, keras.ops.cumsum, keras.ops.tanh):
        layer = keras.layers.Dense(2, activation=activation)
        assert keras.layers.Dense.from_config(layer.get_config()).activation is activation
    with pytest.raises(OptionError, match="rows"):
        keras.regularizers.OrthogonalRegularizer(mode="diagonal")


def test_operations_compute_what_their_names_say():
    ops, x = keras.ops, np.array([[1.0, -2.0, 0.5], [3.0, 0.25, 4.0]])
    missing = [
        name for name in ops.NUMPY if getattr(ops, name).__name__ != getattr(np, name).__name__
    ]
    assert not missing
    for call in (
        lambda: ops.clip(x, x_max=1.0),
        lambda: ops.sum(x, x=x),
        lambda: ops.tile(x, 2, 1),
    ):
        with pytest.raises(TypeError, match="each of them once"):
            call()
    np.testing.assert_allclose(ops.rsqrt(x**2), 1 / np.abs(x))
    np.testing.assert_allclose(ops.logsumexp(x, axis=1), np.log(np.exp(x).sum(1)))
    np.testing.assert_allclose(ops.moments(x, [0]), [x.mean(0), x.var(0)])
    assert ops.divide_no_nan(x, x * (x > 0)).tolist() == [[1, 0, 1], [1, 1, 1]]
    assert [part.tolist() for part in ops.unstack(x, axis=1)] == x.T.tolist()
    assert ops.top_k(x, 2)[1].tolist() == [[0, 2], [2, 0]]
    assert ops.cond(x.sum() > 0, lambda: 1, lambda: 2) == 1
    symbolic = keras.Input((3,))
    assert ops.moments(symbolic, 1)[0].shape == (None,)
    assert [part.shape for part in ops.top_k(symbolic, 2)] == [(None, 2)] * 2


def test_callbacks_that_are_missing_say_what_to_write():
    with pytest.raises(AttributeError, match="AveragedModel"):
        keras.callbacks.SwapEMAWeights()
