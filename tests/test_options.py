"""No public function takes an option and forgets it, or takes a misspelt one."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

#: Parameters that change no result here, by the reason.
ACCEPTED = {
    "there is one device, in one process": (
        "device device_ids output_device pin_memory pin_memory_device non_blocking dim "
        "num_workers persistent_workers prefetch_factor multiprocessing_context worker_init_fn "
        "timeout in_order group memory_format workers check_device check_layout allow_subclasses"
    ),
    "it chooses how something is computed, not what": (
        "foreach driver backends cache_size sparse inplace set_priority max_try_correction lims "
        "solver solver_args eps atol rtol nondet_tol fast_mode method lwork threshold "
        "initial_scale dynamic_growth_steps overwrite_a overwrite_b overwrite_data vectorize "
        "outer_jacobian_strategy"
    ),
    "results are always so": (
        "stable sorted weights_only only_inputs copy expand unsafe assume_valid volatile "
        "gen_non_contig_grad_outputs the_type key_shape value_shape"
    ),
    "it asks for further checks or messages": (
        "verbose check_errors check_finite check_undefined_grad check_grad_dtypes "
        "check_batched_grad check_batched_forward_grad check_fwd_over_rev check_rev_over_rev "
        "masked example_inputs error_if_nonfinite"
    ),
    "all methods of this name get it, and others need it": (
        "inputs arguments mask training input_shape generator fn tn tp fp x y t g n w b a h lr "
        "value model module target targets weights index memo path logs batch data create hidden "
        "margin epoch found y_true name"
    ),
    "NumPy's methods have it": "out dtype keywords",
}
NAMES = {name for names in ACCEPTED.values() for name in names.split()}

#: Functions that take any options, and parameters that others make superfluous.
ELSEWHERE = {
    "Identity.__init__(options)", "compile(options)", "script(options)", "trace(options)",
    "ignore(options)", "DistributedDataParallel.__init__(options)", "save(options)",
    "load(options)", "filtfilt(irlen)", "instance_norm(momentum)", "instance_norm(running_var)",
}  # fmt: skip


def functions_in(tree, owner=""):
    """Yield the functions of a module and of its classes, with their names."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from functions_in(node, f"{node.name}.")
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield owner + node.name, node


def does_nothing(node):
    """Return whether a function only raises an error, or is left to others."""
    body = [
        part for part in node.body if not isinstance(getattr(part, "value", None), ast.Constant)
    ]
    return not body or isinstance(body[0], (ast.Raise, ast.Pass))


def forgotten(node):
    """Return the parameters that a function does not mention."""
    given = node.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    names = {x.arg for x in every if x is not None} - {"self", "cls"}
    read = {x.id for part in node.body for x in ast.walk(part) if isinstance(x, ast.Name)}
    return set() if "locals" in read else {x for x in names - read if x[0] != "_"}


@pytest.mark.parametrize("folder", ["nn", "autograd/scipy"])
def test_no_option_is_taken_and_forgotten(folder):
    found = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        for name, node in functions_in(ast.parse(path.read_text(encoding="utf-8"))):
            if does_nothing(node) or name.rpartition(".")[2].removeprefix("__init__")[:1] == "_":
                continue
            options = {f"{name}({option})" for option in forgotten(node) - NAMES}
            found += [f"{path.relative_to(ROOT)}: {x}" for x in sorted(options - ELSEWHERE)]
    assert not found, "\n".join(found)


#: Calls that take further options by ``**options``, to which a misspelt one is added.
TORCH = (
    "x.to(", "m.to(", "x.std(", "x.var(0, ", "x.new_zeros(2, ", "x.new_tensor([1.0], ",
    "x.new_full((2,), 1.0, ", "x.new_empty(2, ", "torch.zeros(2, ", "torch.rand(2, ",
    "torch.tensor([1.0], ", "torch.zeros_like(x, ", "torch.arange(3, ", "torch.eye(2, ",
    "torch.normal(0.0, 1.0, (2,), ", "torch.normal(x, x, ", "torch.randperm(3, ",
    "torch.nn.Linear(2, 2, ", "torch.nn.MSELoss(", "torch.nn.LSTM(2, 2, ",
    "torch.nn.functional.mse_loss(x, x, ", "torch.nn.functional.interpolate(x[None, None], 2, ",
    "torch.nn.init.xavier_uniform_(m.weight, ", "torch.optim.Adam(m.parameters(), ",
    "torch.optim.lr_scheduler.StepLR(torch.optim.SGD(m.parameters(), 0.1), 1, ",
    "torch.utils.data.DataLoader([1], ", "torch.utils.checkpoint.checkpoint(torch.sin, x, ",
    "torch.compile(m, ", "torch.save({}, 'never.pt', ", "torch.load('never.pt', ",
    "torch.amp.GradScaler(", "torch.autocast('cpu', ", "torch.autograd.gradcheck(torch.sin, x, ",
    "torch.onnx.export(m, x, 'never.onnx', ", "torch.autograd.functional.jacobian(torch.sin, x, ",
)  # fmt: skip
KERAS = (
    "layers.Dense(2, ", "layers.Conv2D(1, 1, ", "layers.LSTM(2, ", "layers.Dropout(0.1, ",
    "optimizers.Adam(", "optimizers.SGD(0.1, ", "losses.MeanSquaredError(", "Input((2,), ",
    "Sequential([], ", "callbacks.EarlyStopping(", "callbacks.ModelCheckpoint('never.keras', ",
    "regularizers.L2(", "initializers.GlorotUniform(", "utils.to_categorical([1], ",
    "optimizers.schedules.ExponentialDecay(0.1, 1, 0.1, ", "Sequential([]).compile('sgd', 'mse', ",
    "Sequential([]).summary(", "Sequential([]).fit([1.0], ", "Sequential([]).predict([1.0], ",
)  # fmt: skip


def test_misspelt_options_raise():
    import nn.keras_style as keras
    import nn.torch_style as torch

    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    space = {"torch": torch, "x": x, "m": torch.nn.Linear(2, 2), "keras": keras}
    for call in (*TORCH, *(f"keras.{call}" for call in KERAS)):
        try:
            eval(f"{call}mispelt=1)", space)
        except (TypeError, ValueError) as error:
            assert "mispelt" in str(error), call  # noqa: PT017 - not something else
        else:
            pytest.fail(f"{call}mispelt=1) raises nothing")
