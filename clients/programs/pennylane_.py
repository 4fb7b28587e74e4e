"""PennyLane: quantum circuits, whose gradients go through the simulator or are primitives."""

import pennylane as qml
from pennylane import numpy as qnp

device = qml.device("default.qubit", wires=3)
weights = qnp.array([[0.3, -0.8, 1.9], [0.5, 0.1, -1.2]], requires_grad=True)
data = qnp.array([0.4, 0.7, -0.3], requires_grad=False)


def circuit(weights, data):
    qml.AngleEmbedding(data, wires=range(3))
    for layer in weights:
        for i in range(3):
            qml.Rot(layer[i], 0.3 * layer[i - 1], layer[i] ** 2, wires=i)
        for i in range(3):
            qml.CNOT(wires=[i, (i + 1) % 3])


def node(method, *measured):
    @qml.qnode(device, diff_method=method)
    def run(weights, data):
        circuit(weights, data)
        return measured[0]() if len(measured) == 1 else tuple(m() for m in measured)

    return run


def _z():
    return qml.expval(qml.PauliZ(0) @ qml.PauliX(1))


def _probabilities():
    return qml.probs(wires=[0, 2])


def gradients_by_all_methods():
    methods = ("backprop", "parameter-shift", "adjoint")
    return [qml.grad(node(method, _z))(weights, data) for method in methods]


def jacobians():
    return [
        qml.jacobian(node(method, _probabilities))(weights, data)
        for method in ("backprop", "parameter-shift")
    ]


def several_results_in_one_cost():
    def cost(method, weights):
        first, second = node(method, _z, _probabilities)(weights, data)
        return first * qnp.sum(second**2) + qnp.sin(weights[0, 0])

    return [
        qml.grad(lambda w, m=method: cost(m, w))(weights)
        for method in ("backprop", "parameter-shift")
    ]


def hessian_by_shifts():
    run = qml.qnode(device, diff_method="parameter-shift", max_diff=2)(
        lambda x: (qml.RX(x[0], 0), qml.RY(x[1], 0), qml.expval(qml.PauliZ(0)))[-1]
    )
    return qml.jacobian(qml.grad(run))(qnp.array([0.3, 0.7], requires_grad=True))


def training():
    run = node("backprop", _z)
    optimizer = qml.AdamOptimizer(0.1)
    current, values = weights, []
    for _ in range(5):
        current, value = optimizer.step_and_cost(lambda w: run(w, data), current)
        values.append(value)
    return [*values, current]


def fidelity_and_entropy():
    @qml.qnode(device)
    def state(x):
        qml.RX(x, wires=0)
        qml.CRY(2 * x, wires=[0, 1])
        return qml.density_matrix(wires=[0])

    x = qnp.array(0.4, requires_grad=True)
    other = state(qnp.array(0.9, requires_grad=False))
    return [
        qml.grad(lambda x: qml.math.fidelity(state(x), other))(x),
        qml.grad(lambda x: qml.math.vn_entropy(state(x), [0]))(x),
    ]


def independence():
    outer = qnp.array(1.0)
    return [
        float(qml.math.is_independent(f, "autograd", (qnp.array([0.3, 0.4]),)))
        for f in (lambda x: qnp.sum(x), lambda x: outer * 2, lambda x: x * 0)
    ]
