"""`jit`: record a function at its first call, and run the program from then on."""

from __future__ import annotations

import functools
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from numpy import ndarray

from autograd.engine import tracing as hooks
from autograd.engine.batching import levels
from autograd.engine.grad_mode import GRAD_MODE, is_recording
from autograd.engine.node import Node
from autograd.engine.observers import is_observed
from autograd.errors import TraceError
from autograd.program import counting, structure
from autograd.program.backends import Backend
from autograd.program.bound import Bound
from autograd.program.device_joint import DeviceJoint
from autograd.program.device_recording import recorded_on_device
from autograd.program.environment import Environment
from autograd.program.failures import handled, not_followed
from autograd.program.garbage import FEWER_SEARCHES
from autograd.program.impurity import require_unchanged
from autograd.program.path import Path
from autograd.program.programs import Programs
from autograd.program.repeating import require_same
from autograd.program.replay import Replay
from autograd.program.running import GuardFailed
from autograd.program.stand_ins import NotFollowed
from autograd.program.state import State
from autograd.program.tracing import (
    RECORDING,
    Recording,
    isolated,
    record,
    with_own_arrays,
)

#: How many signatures of a function keep their programs; the oldest are dropped.
SIGNATURES = 64

#: Integer arguments with more different values than this become inputs of programs, if possible.
INTEGERS = 8

#: With more branches than this, each integer has its own program.
BRANCHES = 4

#: In the signature of a call inside `no_grad`.
UNRECORDED = object()

#: Instead of the paths for a signature: the function itself is called.
EAGER: list[Any] = []

#: How many branches of a function are recorded for one signature.
PATHS = 16


class Jitted(Programs):
    """A function that `jit` has returned.

    For its attributes see `Programs`.
    """

    #: For `Environment`, which looks into the function instead.
    is_jitted = True

    def __init__(self, function: Callable[..., Any], backend: Backend) -> None:
        if not callable(function):
            raise TypeError(
                f"jit takes a function, not {type(function).__name__}; write @jit below "
                "@classmethod or @staticmethod."
            )
        functools.update_wrapper(self, function)
        self.function = function
        self.backend = backend
        self.not_followed = {}
        self._cache = {}
        self._counted = {}
        self._warned = False
        self._changing: set[tuple[int, str]] = set()
        self._unrepeatable = 0
        #: Whether a result may be a view of another node, because nothing assigns to its elements.
        self.may_share_views = False

    def _call(self, *arguments: Any, **keywords: Any) -> Any:
        """Run the program for these arguments, where it is not called at once; or record it."""
        if GRAD_MODE.batching != 0 and levels():
            return self.function(*arguments, **keywords)  # its arrays may be batched
        intervened = GRAD_MODE.interventions != 0
        if intervened and (hooks.tracer() is not None or is_observed()):
            return self.function(*arguments, **keywords)  # a key would need followed numbers
        leaves: list[Any] = []
        key: list[Any] = []
        for x in arguments:
            if type(x) is ndarray:
                leaves.append(x)
                key += (x.dtype, x.shape, x.strides)
            else:
                structure.flatten(x, leaves, key)
        if keywords:
            key.append(None)  # so that no argument could be taken for them
            structure.flatten(keywords, leaves, key)
        if intervened and not is_recording():
            key.append(UNRECORDED)
        signature = tuple(key)
        paths = self._cache.get(signature)
        if paths is EAGER:
            return self.function(*arguments, **keywords)
        if paths is not None:
            path = paths[-1]
            failure = None
            if path.holds():
                self._take(path, arguments, keywords)
                try:
                    return self._run(path, leaves, arguments, keywords)
                except GuardFailed as failed:
                    failure = failed
            return self._elsewhere(signature, path, failure, leaves, arguments, keywords)
        return self._unknown(signature, arguments, keywords)

    def _take(self, path: Path, arguments: Any, keywords: Any) -> None:
        """Note that a call takes a path, and let calls like it run its program at once."""
        if keywords or GRAD_MODE.interventions != 0:
            path.slow_runs += 1
            self._route = None
        else:
            self._route = path.route_for(arguments)

    def _run(self, path: Path, leaves: list[Any], arguments: Any, keywords: Any) -> Any:
        """Run a program, or the function if the program raises an error; raise `GuardFailed`."""
        try:
            return path.run(*leaves)
        except GuardFailed:
            raise
        except Exception as error:
            return handled(self, path, error, arguments, keywords)

    def _failed(self, route: Any, error: Exception, arguments: Any) -> Any:
        """Handle an error of a program that has run without Python code before it."""
        leaves: list[Any] = []
        key: list[Any] = []
        for x in arguments:
            structure.flatten(x, leaves, key)
        signature = tuple(key)
        path = next((p for p in self._cache.get(signature, []) if p.route is route), None)
        if path is None:  # dropped meanwhile
            return self._call(*arguments)
        if isinstance(error, GuardFailed):
            return self._elsewhere(signature, path, error, leaves, arguments, {})
        return handled(self, path, error, arguments, {})

    def __program_state__(self) -> Iterator[State]:
        """Yield the function: for others that call this one, nothing else of it counts."""
        yield State({}, functions=(self.function,))

    def __reduce__(self) -> Any:
        name = getattr(self.function, "__qualname__", "")
        found: Any = sys.modules.get(getattr(self.function, "__module__", ""))
        for part in name.split("."):
            found = getattr(found, part, None)
        return name if found is self else (Jitted, (self.function, self.backend))

    def __repr__(self) -> str:
        return f"<jit of {self.function!r}>"

    def __get__(self, owner: Any, kind: Any = None) -> Any:
        """Return a method, if this is an attribute of a class."""
        return self if owner is None else Bound(self, owner)

    def _elsewhere(
        self,
        signature: Any,
        path: Path,
        failure: GuardFailed | None,
        leaves: list[Any],
        arguments: Any,
        keywords: Any,
    ) -> Any:
        """Run another path, or record one.

        Without a failure, names had other meanings than for the path; perhaps only while another
        thread recorded, so it is tried again.
        """
        tried = set() if failure is None else {id(path)}
        while True:
            following = None
            paths = self._cache.get(signature, [])
            for other in reversed(paths):
                if id(other) in tried or not other.holds():
                    continue
                if failure is None or other.continues(path, failure.number, failure.found):
                    following = other
                    break
            if following is None:
                break
            tried.add(id(following))
            try:
                result = self._run(following, leaves, arguments, keywords)
            except GuardFailed as again:
                path, failure = following, again
                continue
            self._take(following, arguments, keywords)
            with RECORDING:
                paths = self._cache.get(signature, [])
                self._cache[signature] = [p for p in paths if p is not following] + [following]
            return result
        if len(paths) >= PATHS and not self._forget(signature):
            self._warn(path, failure)
            return self.function(*arguments, **keywords)
        return self._record(signature, arguments, keywords, leaves, tried)

    def _unknown(self, signature: Any, arguments: Any, keywords: Any) -> Any:
        """Handle a new signature; if only integers are new, again and again, take them for inputs.

        So the number of a step does not make a program of each step.
        """
        if not any(map(counting.is_counted, (*arguments, *keywords.values()))):
            return self._record(signature, arguments, keywords)
        given, named = counting.counted(arguments, keywords)
        key: list[Any] = [None if is_recording() else UNRECORDED]
        structure.flatten((given, named), [], key)
        found = self._counted.get(tuple(key), 0)
        if found == INTEGERS:
            function = counting.with_plain_integers(self.function)
            found = counting.can_be_inputs(function, given, named) and Jitted(
                function, self.backend
            )
            self._counted[tuple(key)] = found
        elif type(found) is int:
            self._counted[tuple(key)] = found + 1
        if isinstance(found, Jitted):
            if len(found.programs) <= BRANCHES:
                return found(*given, **named)
            self._counted[tuple(key)] = False
        return self._record(signature, arguments, keywords)

    def _forget(self, signature: Any) -> bool:
        """Drop a program that is not right any more, if programs were worth recording so far."""
        with RECORDING:
            paths = self._cache.get(signature, [])
            stale = [path for path in paths if not path.holds()]
            if not stale or sum(path.runs for path in paths) < 2 * len(paths):
                return False
            self._cache[signature] = [path for path in paths if path is not stale[0]]
            return True

    def _record(
        self,
        signature: Any,
        arguments: Any,
        keywords: Any,
        leaves: list[Any] | None = None,
        tried: Any = (),
    ) -> Any:
        """Record a call, one thread at a time, and keep the program."""
        with RECORDING, FEWER_SEARCHES:
            paths = self._cache.get(signature, [])
            if paths and id(paths[-1]) not in tried and paths[-1].holds():
                # Another thread has recorded it meanwhile.
                return self(*arguments, **keywords)
            if self._unrepeatable >= PATHS:
                self._warn(None, None)
                return self.function(*arguments, **keywords)
            changing = self._changing
            for path in paths:
                changing |= path.fixed.changed()
            objects = structure.objects_in((arguments, keywords))
            environment = Environment(self.function, objects)
            try:
                first = isolated(self.function, arguments, keywords, environment, changing, True)
            except TraceError:
                raise
            except NotFollowed as refusal:
                environment.restore()
                return self._refused(str(refusal), signature, arguments, keywords)
            except Exception as error:
                environment.restore()
                if environment.hosts.home is not None:
                    reason = f"it raises {type(error).__name__} for copies in memory: {error}"
                    return self._refused(reason, signature, arguments, keywords)
                self.function(*arguments, **keywords)  # it may raise the error itself
                raise not_followed(error) from error
            finally:
                changed = environment.drawn(), environment.change()
                environment.restore()
            require_unchanged(*changed)
            if first.results.refused:
                return self._refused(first.results.refused, signature, arguments, keywords)
            return self._record_again(first, signature, environment, arguments, keywords)

    def _record_again(
        self,
        first: Recording,
        signature: Any,
        environment: Environment,
        arguments: Any,
        keywords: Any,
    ) -> Any:
        """Record a call for good, compare it with the first recording, and keep the program."""
        if environment.hosts.home is not None:
            return self._record_on_device(first, signature, environment, arguments, keywords)
        given: list[Any] = []
        structure.flatten((arguments, keywords), given, [])
        with_graph = first.results.has_nodes or any(isinstance(x, Node) for x in given)
        second = record(
            self.function,
            arguments,
            keywords,
            environment,
            with_graph,
            self._changing,
            True,
            before=first,
        )
        require_same(first.program, second.program)
        for recorder in (first.recorder, second.recorder):
            recorder.release_passes()
        second.program = with_own_arrays(first.program, second.program)
        if not second.is_repeatable:
            self._unrepeatable += 1
            return self.function(*arguments, **keywords) if with_graph else second.result
        path = Path(second, environment, self.backend, lazily=with_graph)
        if with_graph:
            environment.restore()
            try:
                path.run = Replay(self, path, second, arguments, keywords)
            except NotFollowed as refusal:
                return self._refused(str(refusal), signature, arguments, keywords)
        self._keep(signature, path)
        return path.run(*given) if with_graph else second.result

    def _keep(self, signature: Any, path: Path) -> None:
        """Keep a program for a signature; drop the oldest ones of others."""
        kept = self._cache.pop(signature, [])
        while len(self._cache) >= SIGNATURES:
            del self._cache[next(iter(self._cache))]
        self._cache[signature] = [*kept, path]
        self._route = None  # it is that of the last path for its signature
        self._unrepeatable = 0

    def _record_on_device(
        self,
        first: Recording,
        signature: Any,
        environment: Environment,
        arguments: Any,
        keywords: Any,
    ) -> Any:
        """Record a call with arrays of a device for good, call it, and keep the program."""
        again = functools.partial(
            record, self.function, arguments, keywords, environment, True, self._changing, True
        )
        call = functools.partial(self.function, *arguments, **keywords)
        given = (arguments, keywords)

        def with_graph(path: Path, recording: Recording, result: Any) -> Replay:
            return Replay(self, path, recording, arguments, keywords, DeviceJoint, result)

        found = recorded_on_device(first, again, call, environment, given, with_graph)
        if found.path is not None:
            self._keep(signature, found.path)
        elif found.refusal:
            self.not_followed[signature] = found.refusal
            self._cache[signature] = EAGER
        else:
            self._unrepeatable += 1
        return found.result

    def _refused(self, reason: str, signature: Any, arguments: Any, keywords: Any) -> Any:
        """Call the function itself, now and for this signature from now on."""
        self.not_followed[signature] = reason
        self._cache[signature] = EAGER
        return self.function(*arguments, **keywords)

    def _warn(self, path: Path | None, failure: GuardFailed | None) -> None:
        if self._warned:
            return
        self._warned = True
        where = "" if path is None else path.cause(failure)
        warnings.warn(
            f"jit has recorded {PATHS} branches of {getattr(self, '__name__', 'the function')}; "
            f"others run without it from now on.{where}",
            RuntimeWarning,
            stacklevel=4,
        )


def jit(function: Callable[..., Any], *, backend: str | None = None, threads: int = 1) -> Any:
    """Return a function that records `function` once for each signature and replays the program.

    Parameters
    ----------
    function : callable
        A function of arrays, numbers and nodes, also one that `grad` and the like have returned.
    backend : {"numpy", "c"}, optional
        What runs the programs: NumPy and Python, or C wherever it can. By default C where it is
        faster; the environment variable ``CHAINRULE_BACKEND`` may choose as well. Where C cannot
        run a part, NumPy does; ``f.summary()`` says which runs what, and why.
    threads : int
        How many threads carry out large loops in C. The results do not depend on it.

    Returns
    -------
    callable
        Takes the same arguments and returns the same results.

    Notes
    -----
    Results that are nodes have a graph. Derivatives flow to nodes among the arguments, and to
    Tensors, Values and modules that the function closes over, by a backward program that is
    recorded when a derivative is first wanted; so do those of higher order, as in
    ``hessian(jit(f))``. Where the graph goes on outside, and in derivatives of derivatives, sums
    may be added up in another order, so that they agree to rounding.

    The function itself is called, without a program, where it does more with nodes than read their
    numbers: where it assigns to elements of a Tensor from outside, goes back to an argument, uses a
    node that was computed outside, registers a hook, or returns a view of another node. So it is
    where a solver calls a function that depends on the inputs, for other inputs take other steps.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad, jit
    >>> derivative = jit(grad(lambda x: np.sum(x**3)))
    >>> derivative(np.array([1.0, 2.0]))
    array([ 3., 12.])
    """
    return Jitted(function, Backend(backend, threads))
