"""Programs for Keras: several outputs, constraints, masks. Each returns its measurements."""

import numpy as np

X = np.sin(np.arange(40).reshape(8, 5)).astype("float32")
NUMBERS = np.cos(np.arange(16).reshape(8, 2)).astype("float32")
BITS = (np.arange(8) % 2).astype("float32")[:, None]
WORDS = np.array(
    [[1, 2, 0, 0], [3, 4, 5, 0], [1, 1, 1, 1], [2, 0, 0, 0], [5, 4, 3, 2], [1, 3, 0, 0]]
)
STEPS = np.sin(np.arange(64)).reshape(8, 4, 2).astype("float32")


def trained(keras, model, *data, **options):
    """Give a model fixed weights, train it, and return its measurements and weights."""
    for i, weight in enumerate(model.weights):
        values = np.cos(np.arange(int(np.prod(weight.shape))) * (i + 1) * 0.7) * 0.5
        weight.assign(values.reshape(tuple(weight.shape)).astype("float32"))
    compiled = {
        name: options.pop(name) for name in ("loss", "loss_weights", "metrics") if name in options
    }
    model.compile(options.pop("optimizer", keras.optimizers.SGD(0.1)), **compiled)
    history = model.fit(*data, epochs=2, batch_size=4, shuffle=False, verbose=0, **options).history
    found = {name: [float(x) for x in rows] for name, rows in history.items() if name != "lr"}
    return {**found, "weights": [float(np.abs(w).sum()) for w in model.get_weights()]}


def two_outputs(keras, as_dict=False):
    inputs = keras.Input((5,))
    hidden = keras.layers.Dense(4, activation="tanh")(inputs)
    a = keras.layers.Dense(2, name="a")(hidden)
    b = keras.layers.Dense(1, activation="sigmoid", name="b")(hidden)
    return keras.Model(inputs, {"p": a, "q": b} if as_dict else [a, b])


def tagger(keras):
    inputs = keras.Input((4,), dtype="int32")
    states = keras.layers.Embedding(6, 3, mask_zero=True)(inputs)
    states = keras.layers.LSTM(4, return_sequences=True)(states)
    return keras.Model(inputs, keras.layers.Dense(3, activation="softmax")(states))


def constrained(keras, kernel, bias):
    layers = keras.layers
    dense = layers.Dense(4, "relu", kernel_constraint=kernel, bias_constraint=bias)
    return keras.Sequential([keras.Input((5,)), dense, layers.Dense(1)])


def of_lists(keras):
    options = {"loss_weights": [1.0, 0.5], "metrics": [["mae"], ["accuracy"]]}
    losses = ["mse", "binary_crossentropy"]
    data = (X, [NUMBERS, BITS])
    return trained(keras, two_outputs(keras), *data, loss=losses, validation_data=data, **options)


def of_dicts(keras):
    losses = {"p": "mse", "q": keras.losses.BinaryCrossentropy()}
    options = {"loss": losses, "loss_weights": {"q": 2.0}, "metrics": {"q": ["accuracy"]}}
    if hasattr(keras, "backend"):  # Keras wants a weight for each
        options["loss_weights"]["p"] = 1.0
    data = {"p": NUMBERS, "q": BITS}
    return trained(keras, two_outputs(keras, True), X, data, validation_split=0.25, **options)


def of_one_name(keras):
    weights = np.arange(8.0)
    return trained(keras, two_outputs(keras), X, [NUMBERS, BITS], loss="mse", sample_weight=weights)


def of_masks(keras):
    loss = keras.losses.SparseCategoricalCrossentropy()
    return trained(keras, tagger(keras), WORDS, WORDS * 7 % 3, loss=loss)


def of_masked_sums(keras):
    loss = keras.losses.SparseCategoricalCrossentropy(reduction="sum")
    return trained(keras, tagger(keras), WORDS, WORDS * 7 % 3, loss=loss)


def of_masking(keras):
    layers = keras.layers
    gru = layers.GRU(3, return_sequences=True, recurrent_constraint="max_norm")
    model = keras.Sequential([keras.Input((4, 2)), layers.Masking(0.0), gru, layers.Dense(1)])
    steps = STEPS.copy()
    steps[:, 3] = steps[2, 1:] = 0
    return trained(keras, model, steps, STEPS[..., :1] * 2, loss="mse")


def of_constraints(keras):
    found = {}
    made = keras.constraints
    pairs = [
        (made.MaxNorm(0.7), "non_neg"),
        ("unit_norm", made.MaxNorm(0.1)),
        (made.MinMaxNorm(0.2, 0.5, rate=0.8, axis=1), None),
    ]
    for number, pair in enumerate(pairs):
        rows = trained(keras, constrained(keras, *pair), X, BITS, loss="mse")
        found |= {f"{name} {number}": row for name, row in rows.items()}
    return found


def of_an_own_step(keras):
    class Own(keras.Model):
        def train_step(self, data):
            x, y, weights = data
            self.zero_grad()
            outputs = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=outputs, sample_weight=weights)
            loss.backward()
            variables = self.trainable_weights
            self.optimizer.apply([v.value.grad for v in variables], variables)
            for metric in self.metrics:
                if metric.name == "loss":
                    metric.update_state(loss)
                else:
                    metric.update_state(y, 2.0 * outputs)
            return {metric.name: metric.result() for metric in self.metrics}

    inputs = keras.Input((5,))
    model = Own(inputs, keras.layers.Dense(1)(inputs))
    options = {"sample_weight": np.arange(8.0), "validation_split": 0.25}
    return trained(keras, model, X, BITS, loss="mse", metrics=["mae"], **options)


def of_added_losses(keras):
    class Shrink(keras.layers.Layer):
        def call(self, inputs):
            self.add_loss(0.1 * keras.ops.mean(keras.ops.square(inputs)))
            return inputs

    layers = keras.layers
    first = layers.Dense(4, "tanh", activity_regularizer="l2", kernel_regularizer="l2")
    model = keras.Sequential([keras.Input((5,)), first, Shrink(), layers.Dense(2)])
    return trained(keras, model, X, NUMBERS, loss="mse", validation_data=(X, NUMBERS))


def of_counts(keras):
    class Largest(keras.metrics.Metric):
        def __init__(self, name="largest", **options):
            super().__init__(name=name, **options)
            self.found = self.add_weight(name="found", initializer="zeros")

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.found.assign(keras.ops.maximum(self.found, keras.ops.max(y_pred)))

        def result(self):
            return 1.0 * self.found

    made = keras.metrics
    metrics = ["accuracy", made.Precision(name="p"), made.Recall([0.4], name="r"), Largest()]
    metrics += [
        made.AUC(name="auc"),
        made.AUC(curve="PR", name="pr"),
        made.FalsePositives(name="f"),
    ]
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(1, activation="sigmoid")])
    options = {"loss": "binary_crossentropy", "metrics": metrics, "validation_batch_size": 3}
    return trained(keras, model, X, BITS, validation_data=(X, 1 - BITS), **options)


def of_states(keras):
    model = keras.Sequential(
        [keras.Input(batch_shape=(4, 4, 2)), keras.layers.GRU(2, stateful=True)]
    )
    for i, weight in enumerate(model.weights):
        values = np.cos(np.arange(int(np.prod(weight.shape))) * (i + 1) * 0.7) * 0.5
        weight.assign(values.reshape(tuple(weight.shape)).astype("float32"))
    rows = [model.predict(STEPS, batch_size=4, verbose=0) for _ in range(2)]
    model.layers[0].reset_state()
    rows.append(model.predict(STEPS, batch_size=4, verbose=0))
    return {f"{i}": np.ravel(row).tolist() for i, row in enumerate(rows)}


def of_batches(keras):
    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return 2

        def __getitem__(self, index):
            part = slice(4 * index, 4 * index + 4)
            return X[part], BITS[part], np.arange(4.0)

    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse", weighted_metrics=["mae"])
    model.set_weights([np.full((5, 1), 0.1), np.zeros(1)])
    seen = []
    note = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: seen.append(epoch),
        on_train_batch_end=lambda batch, logs: seen.append(logs["loss"]),
    )
    options = {"initial_epoch": 1, "epochs": 3, "shuffle": False, "verbose": 0}
    model.fit(Batches(), callbacks=[note], **options)
    row = model.train_on_batch(X, BITS, sample_weight=np.arange(8.0))
    row += model.test_on_batch(X, BITS)
    row += model.evaluate(X, BITS, batch_size=3, steps=2, verbose=0)
    return {"seen": [float(x) for x in seen], "row": [float(x) for x in row]}


def of_counters(keras):
    class Count(keras.layers.Layer):
        def __init__(self, **options):
            super().__init__(**options)
            self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False)

        def call(self, inputs):
            self.calls.assign_add(1.0)
            return inputs

    inputs = keras.Input((5,))
    count = Count()
    graph = keras.Model(inputs, keras.layers.Dense(1)(count(inputs)))
    late = keras.Sequential([Count(), keras.layers.Dense(1)])  # built by the first data

    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.module = Count()
            self.dense = keras.layers.Dense(1)

        def call(self, inputs):
            return self.dense(self.module(self.module(inputs)))

    own = Own()
    for model in (graph, late, own):
        model.compile("sgd", "mse")
        model.fit(X, BITS, batch_size=4, epochs=2, verbose=0)
    return {"calls": [float(one.calls) for one in (count, late.layers[0], own.module)]}


def of_functions(keras):
    """A custom loss, whose targets lack the last axis of the outputs."""
    ops = keras.ops

    def contrastive(y_true, y_pred):
        apart = ops.square(ops.maximum(1 - y_pred, 0))
        return ops.mean((1 - y_true) * ops.square(y_pred) + y_true * apart)

    first, second = keras.Input((5,)), keras.Input((5,))
    tower = keras.layers.Dense(3, "tanh")
    near = keras.layers.Dot(axes=1)([tower(first), tower(second)])
    model = keras.Model([first, second], near)
    return trained(keras, model, [X, X[::-1]], BITS[:, 0], loss=contrastive)


def of_plain_vectors(keras):
    """Inputs with one axis for a model that takes two."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(2), keras.layers.Dense(1)])
    inputs = keras.Input((1,))
    graph = keras.Model(inputs, keras.layers.Dense(1)(inputs))
    found = trained(keras, model, X[:, 0], BITS[:, 0], loss="mse")
    again = trained(keras, graph, X[:, 0], BITS[:, 0], loss="mse")
    predicted = model.predict(X[:1, 0], verbose=0)[:, 0].tolist()
    return {**found, "graph": again["loss"], "predicted": predicted}


def of_weights_by_output(keras):
    """Weights of the examples for each output, and the order of measurements."""
    model = two_outputs(keras, as_dict=True)
    weights = {"p": np.arange(8.0), "q": np.arange(8.0)[::-1] / 4}
    options = {
        "loss": {"p": "mse", "q": "mae"},
        "metrics": {"q": ["mse", "accuracy"], "p": ["mae"]},
    }
    targets = {"p": NUMBERS, "q": BITS}
    found = trained(keras, model, X, targets, sample_weight=weights, **options)
    one = model.test_on_batch(X, targets, sample_weight=weights)
    batches = ((x, t, w) for x, t, w in [(X, targets, weights)])
    history = model.fit(batches, steps_per_epoch=1, verbose=0).history
    found = {**found, "batches": [float(history["loss"][0])]}
    return {**found, "row": model.evaluate(X, targets, verbose=0), "one": [float(x) for x in one]}


def of_inputs_alone(keras):
    """A step that gets the inputs themselves, not a tuple; validation with a generator."""
    seen = []

    class Own(keras.Model):
        def train_step(self, data):
            seen.append(float(isinstance(data, tuple)))
            return {"loss": keras.ops.mean(self(data))}

    inputs = keras.Input((5,))
    model = Own(inputs, keras.layers.Dense(1)(inputs))
    model.compile()
    model.fit(X, batch_size=4, verbose=0)
    batches = ((X[i : i + 1], BITS[i : i + 1]) for i in range(8))
    simple = keras.Sequential([keras.Input((5,)), keras.layers.Dense(1)])
    options = {"validation_data": batches, "validation_steps": 2, "loss": "mse"}
    return {**trained(keras, simple, X, BITS, **options), "tuples": seen}


def of_own_cells(keras):
    """Custom cells, alone and with others, with masks and states."""

    class Minimal(keras.layers.Layer):
        def __init__(self, units, **options):
            super().__init__(**options)
            self.units = self.state_size = units

        def build(self, input_shape):
            shape = (input_shape[-1], self.units)
            self.kernel = self.add_weight(shape=shape, initializer="uniform", name="kernel")
            shape = (self.units, self.units)
            self.back = self.add_weight(shape=shape, initializer="uniform", name="back")

        def call(self, inputs, states):
            output = keras.ops.tanh(inputs @ self.kernel + states[0] @ self.back)
            return output, [output]

    layers = keras.layers
    inputs = keras.Input((4,), dtype="int32")
    words = layers.Embedding(6, 3, mask_zero=True)(inputs)
    first = layers.RNN(Minimal(4), return_sequences=True)(words)
    cells = [layers.LSTMCell(3), Minimal(2), layers.GRUCell(3)]
    second, *states = layers.RNN(cells, return_state=True)(first)
    # a list for each cell that has several states
    last = states[2][0] if isinstance(states[2], list) else states[2]
    outputs = layers.Dense(2)(layers.concatenate([second, last]))
    model = keras.Model(inputs, outputs)
    return trained(keras, model, WORDS, NUMBERS[:6], loss="mse")


def of_step_weights(keras):
    """A weight for each step of the sequences, with masks and without."""
    weights = np.abs(np.sin(np.arange(32.0))).reshape(8, 4)
    layers = [keras.Input((4, 2)), keras.layers.SimpleRNN(3, return_sequences=True)]
    plain = keras.Sequential([*layers, keras.layers.Dense(2)])
    found = trained(keras, plain, STEPS, STEPS[::-1], sample_weight=weights, loss="mse")
    given = {"loss": "sparse_categorical_crossentropy", "sample_weight": weights[:6]}
    masked = trained(keras, tagger(keras), WORDS, WORDS % 3, metrics=["accuracy"], **given)
    return {**found, **{f"masked {name}": rows for name, rows in masked.items()}}


def of_muon(keras):
    """Adam for what is no matrix, for embeddings, and for layers that a path excludes."""
    layers = keras.layers
    inputs = keras.Input((4,), dtype="int32")
    words = layers.Flatten()(layers.Embedding(6, 3, name="words")(inputs))
    block = keras.Sequential([layers.Dense(5, "tanh", name="in"), layers.Dense(4)], name="block")
    hidden = layers.Dense(4, "tanh", name="inner")(block(words))
    model = keras.Model(inputs, layers.Dense(2, name="out")(hidden))
    found = {}
    for number, excluded in enumerate([None, ["block", "^out"], ["block/in/k"]]):
        muon = keras.optimizers.Muon(0.1, exclude_layers=excluded, exclude_embeddings=number != 1)
        rows = trained(keras, model, WORDS, NUMBERS[:6], loss="mse", optimizer=muon)
        found |= {f"{name} {number}": row for name, row in rows.items()}
    return found


def of_masks_by_name(keras):
    """Masks of several inputs, and outputs of masked steps in both directions."""
    layers = keras.layers

    class Mixed(layers.Layer):
        def call(self, first, second, second_mask=None):
            shares = keras.ops.cast(second_mask, "float32")[..., None]
            return first + keras.ops.sum(second * shares, axis=1, keepdims=True)

    inputs = keras.Input((4,), dtype="int32")
    words = layers.Embedding(6, 4, mask_zero=True)(inputs)
    found = {}
    ends = {
        "attention": layers.GlobalAveragePooling1D()(layers.MultiHeadAttention(2, 2)(words, words)),
        "keys": layers.GlobalAveragePooling1D()(
            layers.MultiHeadAttention(2, 2)(words, layers.Dense(3)(words), words)
        ),
        "both": layers.Flatten()(layers.Bidirectional(layers.GRU(3, return_sequences=True))(words)),
        "sum": layers.Flatten()(layers.Bidirectional(
            layers.RNN(layers.SimpleRNNCell(2), return_sequences=True), merge_mode="sum")(words)),
        "zeros": layers.Flatten()(
            layers.LSTM(3, return_sequences=True, zero_output_for_mask=True)(words)
        ),
        "own": layers.Flatten()(Mixed()(layers.Dense(4)(words), words)),
    }  # fmt: skip
    for name, end in ends.items():
        model = keras.Model(inputs, layers.Dense(2)(end))
        rows = trained(keras, model, WORDS, NUMBERS[:6], loss="mse")
        found |= {f"{key} {name}": row for key, row in rows.items()}
    return found


def of_sorted_names(keras):
    """Inputs and outputs in dicts, whose names sort otherwise; inputs in a tuple of a list."""
    layers = keras.layers
    second, first = keras.Input((3,), name="z"), keras.Input((2,), name="a")
    hidden = layers.Dense(4, "tanh")(layers.concatenate([second, first]))
    ends = {"q": layers.Dense(1, name="q")(hidden), "d": layers.Dense(1, name="d")(hidden)}
    model = keras.Model({"z": second, "a": first}, ends)
    data = {"a": X[:, :2], "z": X[:, 2:]}
    targets = {"q": BITS, "d": NUMBERS[:, :1]}
    options = {"loss": {"q": "mse", "d": "mae"}, "metrics": {"d": ["mse"], "q": ["mae"]}}
    found = trained(keras, model, data, targets, **options)
    row = model.evaluate(data, targets, verbose=0)
    pair = keras.Model([second, first], hidden)
    nested = pair(([keras.ops.convert_to_tensor(X[:, 2:]), keras.ops.convert_to_tensor(X[:, :2])],))
    return {**found, "row": row, "nested": [float(keras.ops.convert_to_numpy(nested).sum())]}


def of_validation_alone(keras):
    """Validation with inputs alone, in a tuple or by themselves."""

    class Own(keras.Model):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            return keras.ops.mean(keras.ops.square(y_pred))

    found = {}
    for name, data in (("tuple", (X[:3],)), ("array", X[:3])):
        inputs = keras.Input((5,))
        model = Own(inputs, keras.layers.Dense(2)(inputs))
        rows = trained(keras, model, X, validation_data=data)
        found |= {f"{key} {name}": row for key, row in rows.items()}
    return found


PROGRAMS = [
    of_sorted_names, of_validation_alone,
    of_masks_by_name,
    of_muon,
    of_step_weights,
    of_own_cells,
    of_functions, of_plain_vectors, of_weights_by_output, of_inputs_alone,
    of_lists, of_dicts, of_one_name, of_masks, of_masked_sums, of_masking, of_constraints,
    of_an_own_step, of_added_losses, of_counts, of_states, of_batches, of_counters,
]  # fmt: skip


if __name__ == "__main__":  # where Keras is, with KERAS_BACKEND=torch
    import json
    from pathlib import Path

    import keras

    found = {program.__name__: program(keras) for program in PROGRAMS}
    path = Path(__file__).with_name("data") / "keras_training.json"
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
