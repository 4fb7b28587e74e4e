"""No public function takes an option and forgets it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

#: Parameters that change no result here, by the reason.
ACCEPTED = {
    "there is one device, in one process": (
        "device device_ids output_device pin_memory pin_memory_device non_blocking dim "
        "num_workers persistent_workers prefetch_factor multiprocessing_context worker_init_fn "
        "timeout in_order group memory_format workers"
    ),
    "it chooses how something is computed, not what": (
        "foreach driver backends cache_size sparse inplace set_priority max_try_correction lims "
        "solver solver_args eps atol rtol nondet_tol fast_mode method lwork threshold "
        "overwrite_a overwrite_b overwrite_data vectorize outer_jacobian_strategy"
    ),
    "results are always so": (
        "stable sorted weights_only only_inputs copy expand unsafe assume_valid volatile "
        "gen_non_contig_grad_outputs"
    ),
    "it asks for further checks or messages": (
        "verbose check_errors check_finite check_undefined_grad check_grad_dtypes "
        "check_batched_grad check_batched_forward_grad check_fwd_over_rev check_rev_over_rev "
        "masked example_inputs error_if_nonfinite"
    ),
    "all methods of this name get it, and others need it": (
        "inputs arguments mask training input_shape generator fn tn tp fp x y t g n w b a h lr "
        "value model module target targets weights index memo path logs batch data create hidden "
        "margin epoch"
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
