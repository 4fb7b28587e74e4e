"""What users write, and the types they get. Checked by type checkers, never executed.

`assert_type` states a type; a comment ``type: ignore`` an error, which strict checkers report if
there is none.
"""

from typing import Any, assert_type

import numpy as np
from numpy.typing import NDArray

import autograd
import nn
from autograd import (
    Tensor,
    Value,
    elementwise_grad,
    grad,
    hessian,
    jacobian,
    make_hvp,
    make_jvp,
    make_vjp,
    no_grad,
    relu,
    scope,
    softmax,
    value_and_grad,
)

v, t, x = Value(3.0, label="v"), Tensor([1.0, 2.0]), np.ones(2)

# -- Values -----------------------------------------------------------------------------------

assert_type(v * 2, Value)
assert_type(2 * v, Value)
assert_type(v + v, Value)
assert_type(1 - v, Value)
assert_type(v**2, Value)
assert_type(2**v, Value)
assert_type(-v, Value)
assert_type(abs(v), Value)
assert_type(v / np.float64(2), Value)
assert_type(np.float64(2) / v, Value)
assert_type(v.tanh(), Value)
assert_type(v.maximum(0), Value)
assert_type(v * t, Tensor)
assert_type(v * x, Tensor)
assert_type(v * 1j, Tensor)
assert_type(v.data, float)
assert_type(v < 2, bool)
assert_type(v.backward(), None)
Value(3.0, lable="x")  # type: ignore
v.backward(create_grahp=True)  # type: ignore

# -- Tensors ----------------------------------------------------------------------------------

assert_type(t + 1, Tensor)
assert_type(1 / t, Tensor)
assert_type(t @ t, Tensor)
assert_type(t @ x, Tensor)
assert_type(t * v, Tensor)
assert_type(t * [1.0, 2.0], Tensor)
assert_type(np.float64(2) * t, Tensor)
assert_type(t.sum(), Tensor)
assert_type(t.mean(axis=0, keepdims=True), Tensor)
assert_type(t.std(), Tensor)
assert_type(t.T, Tensor)
assert_type(t.exp(), Tensor)
assert_type(t.reshape(2, 1), Tensor)
assert_type(t[0], Tensor)
assert_type(t > 1, NDArray[np.bool[Any]])
assert_type(t.shape, tuple[int, ...])
assert_type(t.detach(), Tensor)
for row in t:
    assert_type(row, Tensor)
t += 1
assert_type(t, Tensor)
t.data -= 0.1 * t.grad
t.grad = None
t.sum(axsi=0)  # type: ignore
t.reshpe(2)  # type: ignore
t + "abc"  # type: ignore
Tensor([1.0], requires_grda=False)  # type: ignore

# -- functions --------------------------------------------------------------------------------

assert_type(relu(v), Value)
assert_type(relu(t), Tensor)
assert_type(softmax(t, axis=0), Tensor)
relu(t, 3)  # type: ignore
softmax(t, axsi=0)  # type: ignore
autograd.nonsense()  # type: ignore


@no_grad()
def steps(number: int) -> float:
    return number / 2


@scope("part")
def named(number: int) -> float:
    return number / 2


@autograd.checkpoint
def checkpointed(number: int) -> float:
    return number / 2


assert_type(steps(2), float)
assert_type(named(2), float)
assert_type(checkpointed(2), float)
named("2")  # type: ignore

# -- transforms -------------------------------------------------------------------------------


def f(x: float, y: float = 2.0) -> float:
    return x * y


def g(x: NDArray[np.float64], scale: float) -> NDArray[np.float64]:
    return x * scale


assert_type(grad(f)(2.0), float)
assert_type(grad(f)(2.0, y=3.0), float)
assert_type(value_and_grad(f)(2.0), tuple[float, float])
first = grad(f)
assert_type(grad(first)(2.0), float)
assert_type(elementwise_grad(g)(x, 2.0), NDArray[np.float64])
assert_type(grad(f, 1)(2.0), Any)
assert_type(jacobian(g)(x, 2.0), Any)
assert_type(jacobian(np.sin)(x), Any)
assert_type(hessian(f)(2.0), Any)
vjp, result = make_vjp(g)(x, 2.0)
assert_type(vjp(x), NDArray[np.float64])
assert_type(result, NDArray[np.float64])
assert_type(make_jvp(g)(x, 2.0)(x), tuple[NDArray[np.float64], NDArray[np.float64]])
hvp, gradient = make_hvp(f)(2.0)
assert_type(hvp(1.0), float)
assert_type(gradient, float)
grad(lambda x: x**3)(2.0)
grad(f)(2.0, z=3.0)  # type: ignore
grad(f, argnm=1)  # type: ignore
value_and_grad(f)("2")  # type: ignore
jacobian(g)(x)  # type: ignore

# -- nn ---------------------------------------------------------------------------------------

linear = nn.Linear(2, 3, bias=False)
assert_type(linear(x), Tensor)
assert_type(linear(t), Tensor)
assert_type(linear.weight, nn.Parameter)
assert_type(linear.eval(), nn.Linear)
assert_type(nn.ReLU()(t), Tensor)
assert_type(nn.LeakyReLU(0.1)(t), Tensor)
assert_type(nn.Dropout(0.5)(t), Tensor)
assert_type(nn.Conv2d(3, 8, 5, padding="same")(x), Tensor)
assert_type(nn.MaxPool2d(2)(t), Tensor)
assert_type(nn.BatchNorm1d(3)(x), Tensor)
assert_type(nn.LayerNorm(3)(x), Tensor)
assert_type(nn.Embedding(3, 4)([1, 2]), Tensor)
outputs, (h, c) = nn.LSTM(2, 3)(x)
assert_type(outputs, Tensor)
assert_type(c, Tensor)
assert_type(nn.GRU(2, 3)(x), tuple[Tensor, Tensor])
assert_type(nn.TransformerBlock(8, 2)(x, is_causal=True), Tensor)
assert_type(nn.mse(t, x), Tensor)
assert_type(nn.cross_entropy(t, x, reduction="sum"), Tensor)
assert_type(nn.CrossEntropyLoss(label_smoothing=0.1)(t, x), Tensor)
assert_type(nn.gelu(t, approximate="tanh"), Tensor)
assert_type(nn.elu(v), Value)
assert_type(nn.accuracy(x, x), float)
assert_type(nn.train_test_split(x), list[Any])
linear(x, mask=3)  # type: ignore
nn.Linear(2, 3, bais=False)  # type: ignore
nn.MSELoss(reductoin="sum")  # type: ignore
nn.RNN(2, 3, nonlinearty="relu")  # type: ignore
nn.mse(t, x, reductoin="sum")  # type: ignore
nn.nonsense()  # type: ignore


class Network(nn.Module):
    def __init__(self) -> None:
        self.layer = nn.Linear(2, 1)

    def forward(self, x: NDArray[np.float64], scale: float = 1.0) -> Tensor:
        return self.layer(x) * scale


model = Network()
assert_type(model(x, scale=2.0), Tensor)
model(x, sclae=2.0)  # type: ignore
model("x")  # type: ignore
optimizer = nn.optim.Adam(model.parameters(), lr=1e-3)
schedule = nn.optim.StepLR(optimizer, step_size=2)
assert_type(schedule.get_last_lr(), list[float])
nn.optim.SGD(model.parameters(), momentun=0.9)  # type: ignore
nn.optim.StepLR(optimizer, step_sise=2)  # type: ignore
history = nn.fit(model, [(x, x)], nn.mse, optimizer, epochs=2)
assert_type(history["loss"], list[float])
nn.fit(model, [(x, x)], nn.MSELoss(), optimizer, epochs=2, max_nrom=1.0)  # type: ignore
