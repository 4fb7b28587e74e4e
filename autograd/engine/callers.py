"""Which package outside of the engine asks for something: it decides what an error advises."""

from __future__ import annotations

import sys
import threading
from typing import Any, Final

from autograd.engine import registry
from autograd.engine.recorded import Recorded
from autograd.errors import AutogradError, NoRuleError, lost

#: Packages whose functions compute with C arrays: an array of objects only fails later in them.
NUMERICAL: Final = ("scipy.", "numpy.linalg", "numpy.fft", "numpy.random", "numpy.ma")

#: Modules that look at the first result of a function, and hand the function to a solver in C then.
SOLVERS_IN_C: Final = ("scipy.optimize._zeros_py", "scipy.optimize._minpack_py")

#: The packages of SciPy whose functions have counterparts in `autograd.scipy`.
SCIPY: Final = (
    "fft",
    "integrate",
    "interpolate",
    "linalg",
    "ndimage",
    "optimize",
    "signal",
    "sparse",
    "spatial",
    "special",
    "stats",
)

#: Packages of SciPy inside of those.
NESTED: Final = ("sparse.linalg", "spatial.distance", "spatial.transform")


def numerical_caller() -> str:
    """Return the module that needs bare numbers and asks for an array; "" for any other."""
    frame: Any = sys._getframe()
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name.startswith(NUMERICAL):
            return name
        if not name.startswith(
            ("autograd.engine.", "autograd.batching.", "autograd.program.", "numpy.")
        ):
            return ""
        frame = frame.f_back
    return ""


def is_asked_by_operator() -> bool:
    """Return whether an operator of another library asks, which gives way to that of the node."""
    frame: Any = sys._getframe()
    while frame is not None and str(frame.f_globals.get("__name__", "")).startswith(
        "autograd.engine."
    ):
        frame = frame.f_back
    return gives_way(frame)


def gives_way(frame: Any) -> bool:
    """Return whether the code of a frame, or what it is called by there, gives way to nodes."""
    registry.load_lazy_rules()
    for _ in range(5):  # an operator may be a method, with others for some formats
        if frame is None or not str(frame.f_globals.get("__name__", "")).startswith("scipy."):
            return False
        if frame.f_code in registry.YIELDING:
            return True
        frame = frame.f_back
    return False


def depth() -> int:
    """Return the ``stacklevel`` of a warning that names the line that called the engine."""
    frame: Any = sys._getframe()
    count = 0  # a compiled function has no frame
    while frame is not None and str(frame.f_globals.get("__name__", "")).startswith(
        "autograd.engine."
    ):
        count += 1
        frame = frame.f_back
    return max(count, 1)


def hint(module: str) -> str:
    """Return what to call instead of a function of this module."""
    if module.startswith("scipy."):
        function, is_counterpart, instead = _called_of_scipy()
        return instead or _advice(function, is_counterpart)
    return "NumPy's functions take nodes, but no lists of nodes."


def _advice(function: str, is_counterpart: bool) -> str:
    """Return what to call instead of a function of SciPy."""
    package, _, name = function.rpartition(".")
    ours = sys.modules.get(f"autograd.{package}")
    folder = function.removeprefix("scipy.")
    in_package = folder in SCIPY or folder in NESTED
    if ours is not None and not in_package and name not in vars(ours):
        # Its name is that of SciPy's function, which is running.
        return (
            f"{function} has no derivative rule. Write it with functions that have one, or "
            "pass node.data for a constant."
        )
    if "." in function and not is_counterpart:
        return (
            f"Instead of {function} call {'the same function of ' if in_package else ''}"
            f"autograd.{function}, which returns nodes or says why it does not."
        )
    return f"{function} computes with plain numbers: pass node.data for a constant."


def hint_for_caller() -> str:
    """Return what to call instead of the function of SciPy that is running; "" if none is."""
    caller = numerical_caller()
    return f" {hint(caller)}" if caller.startswith("scipy.") else ""


def lost_in(module: str, what: str, advice: str) -> AutogradError:
    """Return the error for losing a derivative in a function of this module, or of the user, "".

    SciPy replaces each `TypeError` of what it calls by an error that does not say why, so that it
    gets another one. Its functions in C replace that one too; see `replaced`.
    """
    if not module.startswith("scipy."):
        return lost(what, advice)
    error = NoRuleError(f"{what} would lose the derivative. {hint(module)}")
    LAST.message, LAST.code = str(error), _code_of_scipy()
    return error


def refuse_in_solver() -> None:
    """Raise if a solver of SciPy looks at a node that its function returned.

    Its code in C would print the error of the conversion to a number, and raise one of its own.
    """
    frame: Any = sys._getframe()
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if not name.startswith(("autograd.", "numpy")):
            if name in SOLVERS_IN_C:
                raise lost_in(name, "Passing a node to a solver in C", "")
            return
        frame = frame.f_back


#: What errors for arrays of objects contain: of linalg, of other ufuncs, and of SciPy.
_OF_OBJECTS: Final = (
    "dtype('O')",
    "not supported for the input types",
    "dtype object cannot be cast",
)

#: The last error given to functions of SciPy in a thread, and the code that was running.
LAST: Final = threading.local()


def replaced(error: BaseException) -> AutogradError | None:
    """Return our error if SciPy has raised another one in its place."""
    message, code = getattr(LAST, "message", ""), getattr(LAST, "code", None)
    LAST.message, LAST.code = "", None
    if isinstance(error, AutogradError) or not isinstance(error, Exception):
        return None
    step: Any = error.__traceback__
    while step is not None:
        if message and step.tb_frame.f_code is code:
            return NoRuleError(message)
        step = step.tb_next
    found = _refused_by_scipy(error) if isinstance(error, (TypeError, ValueError)) else None
    if found is None and isinstance(error, TypeError):
        found = _refused_objects(error)
    return found


def _refused_objects(error: TypeError) -> AutogradError | None:
    """Return our error if a function of NumPy or SciPy refuses an array of objects.

    `numpy.array` of nodes returns one. It holds them, but only arithmetic can be done with it.
    """
    text = str(error).rstrip(".")
    if "NPY_ITER_REFS_OK" in text:
        return NoRuleError("numpy.nditer yields no nodes: iterate over x.ravel() instead.")
    if not any([part in text for part in _OF_OBJECTS]):  # noqa: C419 - as is compiled
        return None
    return NoRuleError(
        f"An array of objects was refused: {text}. If numpy.array made it of nodes, write "
        "autograd.numpy.array([...]) or np.stack([...]), which make a Tensor of them."
    )


def _refused_by_scipy(error: Exception) -> AutogradError | None:
    """Return our error if checks of SciPy itself refuse what is no number: a node."""
    step: Any = error.__traceback__
    frames: list[Any] = []
    module = ""
    while step is not None:
        module = str(step.tb_frame.f_globals.get("__name__", ""))
        if module.startswith("autograd.scipy."):
            return None
        if module.startswith("scipy."):
            frames.append(step.tb_frame)
        step = step.tb_next
    if not frames or not module.startswith(("scipy.", "numpy.")):
        return None  # the error of a function of the user
    if not _holds_node(list(frames[0].f_locals.values())):
        return None
    reason = str(error).rstrip(".")
    return NoRuleError(
        f"A node was refused: {reason}. {_advice(_public_name(frames[::-1])[0], False)}"
    )


def _holds_node(values: list[Any]) -> bool:
    for x in values:
        if isinstance(x, Recorded):
            return True
        if isinstance(x, (tuple, list)) and any(isinstance(y, Recorded) for y in x):
            return True
        if isinstance(x, dict) and any(isinstance(y, Recorded) for y in x.values()):
            return True
    return False


def _code_of_scipy() -> Any:
    """Return the code of SciPy's innermost function that is running."""
    frame: Any = sys._getframe()
    while frame is not None:
        if str(frame.f_globals.get("__name__", "")).startswith("scipy."):
            return frame.f_code
        frame = frame.f_back
    return None


def hint_for_solver() -> str:
    """Return what to call instead of SciPy, if it calls the function that runs; "" if it does not.

    Functions of `autograd.scipy` are called for each entry of a batch.
    """
    frame: Any = sys._getframe()
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name.startswith(("autograd.scipy.", "autograd.transforms.")):
            return ""
        if name.startswith("scipy."):
            return f" {hint(name)}"
        frame = frame.f_back
    return ""


def _called_of_scipy() -> tuple[str, bool, str]:
    """Return the public name of what SciPy was called for, and whether our counterpart called it.

    The last is what a method says to write instead.

    Only the name of its package, such as "scipy.linalg", if the function is not public.
    """
    frame: Any = sys._getframe()
    frames: list[Any] = []
    is_counterpart = is_named = False
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith("autograd.scipy."):
            is_counterpart = True
            break
        if module.startswith("scipy."):
            frames.append(frame)
            is_named = is_named or _package(module) != ""
        elif is_named:
            break
        frame = frame.f_back
    function, instead = _public_name(frames)
    return function, is_counterpart, instead


def _public_name(frames: list[Any]) -> tuple[str, str]:
    """Return the public name of what frames of SciPy are called for, innermost first.

    The second is what a method says to write instead.
    """
    found = ""
    for frame in frames:
        if frame.f_code in registry.INSTEAD:
            return found, registry.INSTEAD[frame.f_code]
        package = _package(str(frame.f_globals["__name__"]))
        name, _, method = frame.f_code.co_qualname.partition(".")
        is_method = method not in ("", "__init__", "__new__")  # of an object of some other name
        if package and not is_method and not name.startswith(("_", "<")):
            found = f"scipy.{package}.{name}"
        elif package and not found:
            found = f"scipy.{package}"
    return found or "SciPy", ""


def _package(module: str) -> str:
    """Return the public package of a module of SciPy, such as "sparse.linalg", or ""."""
    parts = module.split(".")
    nested = ".".join(parts[1:3])
    if nested in NESTED:
        return nested
    return parts[1] if parts[1] in SCIPY else ""
