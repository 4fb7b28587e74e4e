"""What to write for methods that modules have in PyTorch and in Keras, and not here."""

from __future__ import annotations

from typing import Any, Final

_FLOATS: Final = "model.astype({}): here a method converts in place and returns the module"
_KERAS: Final = "keras.Model(model).{}, with nn.keras_style as keras"

#: By the name of a method or an attribute of modules, what to write.
ADVICE: Final = {
    "add": "model.append(layer) of nn.Sequential",
    "bfloat16": "model.astype(np.float32): NumPy has no bfloat16",
    "build": "model(x): the layers of nn are made with their sizes",
    "compile": f"autograd.jit(model); or {_KERAS.format('compile(...)')}",
    "cpu": "model.to(numpy); without a GPU nothing",
    "cuda": "model.to(cupy), where there is a GPU; see docs/how-to/other-arrays.md",
    "double": _FLOATS.format("np.float64"),
    "evaluate": f"nn.evaluate(model, ...); or {_KERAS.format('evaluate(...)')}",
    "fit": f"nn.fit(model, data, loss, optimizer); or {_KERAS.format('fit(...)')}",
    "float": _FLOATS.format("np.float32"),
    "get_buffer": "dict(model.named_buffers())[path]",
    "get_weights": "list(model.state_dict().values())",
    "half": _FLOATS.format("np.float16"),
    "layers": "model.children()",
    "predict": f"model.eval() and model(x); or {_KERAS.format('predict(...)')}",
    "register_backward_hook": "a forward hook that calls output.register_hook(hook)",
    "register_full_backward_hook": "a forward hook that calls output.register_hook(hook)",
    "save": 'nn.save(model, "weights.safetensors")',
    "save_weights": 'nn.save(model, "weights.safetensors")',
    "set_weights": "model.load_state_dict(arrays by name)",
    "share_memory": "nothing: there are no processes that share it",
    "summary": f"print(model); or {_KERAS.format('summary()')}",
    "to_empty": "model.astype(dtype)",
    "trainable": "model.requires_grad_(False), or True",
    "trainable_variables": "model.parameters()",
    "trainable_weights": "model.parameters()",
    "type": _FLOATS.format("dtype"),
    "weights": "model.parameters(), and model.buffers()",
    "xpu": "model.to(library) of another library of arrays",
}


def missing(module: Any, name: str) -> str:
    """Return the message for an attribute that a module does not have.

    Examples
    --------
    >>> import nn
    >>> nn.Linear(2, 3).half()  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    AttributeError: 'Linear' object has no attribute 'half': write model.astype(np.float16): ...
    """
    message = f"{type(module).__name__!r} object has no attribute {name!r}"
    return f"{message}: write {ADVICE[name]}." if name in ADVICE else message
