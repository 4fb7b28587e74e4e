"""Running a program on nodes, with a graph: what `jit` does where derivatives may be wanted.

The forward program computes the results, and with them what the backward program needs. Both are
parts of one recording of the function and its backward pass, which is made when a derivative is
first wanted. Derivatives of derivatives come from functions that `jit` has recorded as well: the
vector-Jacobian product as a function of arguments and cotangents.
"""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np

from autograd import forward, tree
from autograd.engine import Node, Tensor, Value, dispatch
from autograd.engine import tracing as hooks
from autograd.engine.assignment import current
from autograd.engine.constants import COPIED
from autograd.engine.derivatives import derivatives
from autograd.engine.foreign import like, ones
from autograd.engine.grad_mode import enable_grad, is_recording
from autograd.engine.node import UNRECORDED
from autograd.engine.observers import is_observed
from autograd.engine.primitive import NO_KEYWORDS, Primitive
from autograd.engine.transform_calls import arguments as arguments_of_call
from autograd.errors import GraphError, TraceError
from autograd.graph import contents
from autograd.program import results as kinds
from autograd.program import structure
from autograd.program.bundles import FREED_RESULT, Call, nodes_of_call
from autograd.program.environment import OPAQUE
from autograd.program.hosts import is_on_device
from autograd.program.instructions import Variable
from autograd.program.joint import Joint, external_writes
from autograd.program.links import MANY, Link, Partials, chain
from autograd.program.readings import Readings, watched_nodes
from autograd.program.running import GuardFailed
from autograd.program.stand_ins import Kind, NotFollowed, numbers_of
from autograd.program.tracing import Recording
from autograd.rules.elementwise import positive

#: Functions whose results are others for copies.
_ON_MEMORY = (np.shares_memory, np.may_share_memory)

#: What a result without a graph seems to depend on.
_ANYTHING = Tensor(0.0)
_ANYTHING._end_call()  # no transform asks for its derivative


class Replay:
    """Runs the program of a function, with nodes among its arguments or results.

    Parameters
    ----------
    owner : Jitted
        The function that `jit` has returned.
    path : Path
        The program, compiled.
    recording : Recording
        The program, and which nodes it returns.
    arguments, keywords : tuple and dict
        What the function was called with.
    joint : type
        What records the backward pass.
    result : any
        What the function has returned for arrays of a device.
    """

    def __init__(
        self,
        owner: Any,
        path: Any,
        recording: Recording,
        arguments: Any,
        keywords: Any,
        joint: type[Joint] = Joint,
        result: Any = None,
    ) -> None:
        leaves: list[Any] = []
        structure.flatten((arguments, keywords), leaves, [])
        self.backend, self.report = owner.backend, path.report
        self.jit = type(owner)
        self.function = owner.function
        self.name = str(getattr(owner, "__name__", "function"))
        self.environment, self.changing, self.holds = path.environment, owner._changing, path.holds
        self.joint_of = joint
        self.run = path.run
        self.program = path.program
        self.results = results = recording.results
        result = recording.result if result is None else result
        #: Which results are on a device.
        self.results_there = [is_on_device(numbers_of(x)) for x in tree.flat(result)]
        slots = [structure.Slot(number) for number in range(len(leaves))]
        self.template = structure.replaced((arguments, keywords), iter(slots))
        #: For each argument, the first one that is the same node.
        self.firsts = [next(k for k, other in enumerate(leaves) if other is x) for x in leaves]
        self.kinds = [Kind(x) if isinstance(x, Node) else None for x in leaves]
        if results.refused or (results.shares_views and not owner.may_share_views):
            raise NotFollowed(results.refused or "it returns a view of another node")
        if any(item.function in _ON_MEMORY for item in self.program.instructions):
            raise NotFollowed("it asks whether arrays share memory, and derivatives need copies")
        self.repeatable = not external_writes(self.program)
        several = len(results.connected)
        if several > (MANY if results.are_values else 1 if not self.repeatable else several):
            raise NotFollowed("it returns too many nodes")
        self.passed_on = self._find_passed_on()
        self._find_nodes(leaves)
        only = results.leaves[0] if len(results.leaves) == 1 else None
        #: Whether the function returns one node, and nothing else about it must be repeated.
        self.is_single = (
            only is not None
            and only.what == kinds.CONNECTED
            and isinstance(recording.result, Node)
            and not (only.label or only.retains_grad)
        )
        self.joints: dict[Any, Joint] = {}
        self.split: Joint | None = None
        self._again: dict[Any, Any] = {}
        self._unrecorded: set[tuple[int, ...]] = set()
        self.partials: Partials | None = None
        inputs = [numbers_of(x) for x in leaves]
        if results.are_values:
            self.partials = Partials(self, self._leaves(inputs))
        elif results.connected and not self.repeatable:
            self._record_now(inputs, result)

    def _record_now(self, inputs: list[Any], result: Any) -> None:
        """Record the backward pass of a function that cannot be called once more for it."""
        found = tree.flat(result)
        ones = [np.ones_like(numbers_of(found[k])) for k in self.results.connected]
        try:
            self._record(inputs, tuple(range(len(ones))), ones)
        except TraceError as error:
            raise NotFollowed(str(error)) from error

    def _find_passed_on(self) -> dict[int, int]:
        """Return which results are arguments that are no nodes: number of the argument."""
        pairs = zip(self.program.inputs, self.kinds, strict=True)
        inputs = {x: number for number, (x, kind) in enumerate(pairs) if kind is None}
        found: dict[int, int] = {}
        for k, x in enumerate(tree.flat(self.program.output)):
            if self.results.leaves[k] is not None or not isinstance(x, Variable):
                continue
            if x in inputs:
                found[k] = inputs[x]
            elif x.root in inputs and self.results.connected:
                raise NotFollowed("it returns a view of an array among its arguments")
        return found

    def _find_nodes(self, leaves: list[Any]) -> None:
        """Decide which nodes are arguments of a call in the graph."""
        results = self.results
        #: Numbers of arguments, and nodes from outside: arguments of a call in the graph.
        self.parents: list[Any] = []
        for number, leaf in enumerate(leaves):
            constant = isinstance(leaf, Tensor) and not leaf.requires_grad
            if number in results.arguments or constant:
                self.parents.append(number)
        self.parents += results.outside
        if not results.arguments and not results.outside:
            self.parents.append(_ANYTHING)  # results still require a derivative
        known = {id(node) for node in results.outside}
        written = {id(store.node) for store in self.program.stores}
        for load in self.program.loads:
            node = load.node
            is_constant = (
                isinstance(node, Tensor) and load.what == "data" and not node.requires_grad
            )
            if is_constant and id(node) not in known and id(node) not in written:
                self.parents.append(node)
        #: The positions, among the parents, of those to differentiate with respect to.
        self.targets = [
            k
            for k, parent in enumerate(self.parents)
            if (parent in results.arguments if isinstance(parent, int) else id(parent) in known)
        ]
        self.large = [c.value for c in self.program.constants if c.value.nbytes > COPIED]
        watched = watched_nodes(self.parents)
        self.readings = Readings(self.program, watched, self.holds)
        nodes = {parent for parent in self.parents if isinstance(parent, int)}
        arrays = [
            number
            for number, leaf in enumerate(leaves)
            if isinstance(numbers_of(leaf), np.ndarray) and number not in nodes
        ]
        #: The numbers of other arrays among the arguments: some are copied, some compared.
        self.copied = [k for k in arrays if numbers_of(leaves[k]).nbytes <= COPIED]
        self.compared = [k for k in arrays if numbers_of(leaves[k]).nbytes > COPIED]

    # -- the results ------------------------------------------------------------------------

    def __call__(self, *leaves: Any) -> Any:
        """Run the program, and return what the function would return."""
        inputs = [numbers_of(x) for x in leaves]
        if not self.results.connected:
            return self._wrapped(self.run(*inputs), leaves, ())
        if self.repeatable:
            for k in self.copied:
                inputs[k] = inputs[k].copy("K")
        if self.partials is not None:
            return self._wrapped_values(inputs, leaves)
        split = self.split
        found, kept = (self.run(*inputs), None) if split is None else split.run_forward(inputs)
        results = [found]
        if not self.is_single:
            flat = tree.flat(found)
            results = [flat[number] for number in self.results.connected]
        call = Call(self, inputs, results, kept)
        call.readings = self.readings.now()
        parents = [leaves[p] if isinstance(p, int) else p for p in self.parents]
        if self.compared:
            parents += [inputs[k] for k in self.compared]
        nodes = nodes_of_call(call, parents + self.large, self.name)
        return nodes[0] if self.is_single else self._wrapped(found, leaves, nodes)

    def _wrapped_values(self, inputs: list[Any], leaves: Any) -> Any:
        """Run the program, and return what the function would return: Values."""
        assert self.partials is not None
        found, partials = self.partials.run(*inputs)
        call = Call(self, inputs, None, None)
        call.readings = self.readings.now()
        parents = [leaves[p] if isinstance(p, int) else p for p in self.parents]
        flat = [found] if self.is_single else tree.flat(found)
        nodes = [
            chain(Link(call, k, parents), flat[number], self._placed(partials[k]), self.name)
            for k, number in enumerate(self.results.connected)
        ]
        return nodes[0] if self.is_single else self._wrapped(found, leaves, nodes)

    def _wrapped(self, found: Any, leaves: Any, nodes: Any) -> Any:
        """Return a result with nodes where the function returns nodes."""
        if not self.results.has_nodes:
            return found
        connected = iter(nodes)
        made: list[Any] = []
        for result, value in zip(self.results.leaves, tree.flat(found), strict=True):
            if result is None:
                number = self.passed_on.get(len(made))
                made.append(value if number is None else leaves[number])
            elif result.what == kinds.ARGUMENT:
                made.append(leaves[result.number])
            elif result.what == kinds.SAME:
                made.append(made[result.number])
            elif result.what == kinds.OUTSIDE:
                made.append(result.node)
            else:
                node = next(connected) if result.what == kinds.CONNECTED else _alone(result, value)
                if result.label and node.label != result.label:
                    node.label = result.label
                if result.retains_grad:
                    node.retain_grad()
                made.append(node)
        return tree.filled(found, made)

    def results_of(self, call: Call, parts: list[Any]) -> list[Any]:
        """Compute the results of a call again, with other numbers in its parents."""
        self.require_repeatable(call, "computed again")
        flat = tree.flat(self.run(*self.inputs_of(call, parts)))
        return [flat[number] for number in self.results.connected]

    def inputs_of(self, call: Call, parts: list[Any]) -> list[Any]:
        """Return the arguments of the program: numbers, or nodes where the parents are nodes."""
        inputs = list(map(structure.as_input, call.inputs))
        for parent, part in zip(self.parents, parts, strict=False):
            if isinstance(parent, int):
                inputs[parent] = part
        return inputs

    def require_repeatable(self, call: Call, what: str) -> None:
        """Raise an error unless the function would do now what it did in a call."""
        self._require_no_effects(what)
        self.readings.require_same(call.readings, self.name)

    def _require_no_effects(self, what: str) -> None:
        if not self.repeatable:
            raise GraphError(
                f"{self.name} changes numbers outside, or draws random numbers, so that it cannot "
                f"be {what}. Differentiate inside of jit: jit(hessian(f)), not hessian(jit(f))."
            )

    # -- derivatives ------------------------------------------------------------------------

    def pull(self, call: Call, parts: list[Any], gs: list[Any]) -> list[Any]:
        """Return the derivative for each parent, as arrays, given those of the results."""
        mask = tuple([k for k, g in enumerate(gs) if g is not None])
        cotangents = [gs[k] for k in mask]
        if call.kept is not None and call.kept[0].mask == mask:
            try:
                return self._placed(call.kept[0].run_backward(call.kept[1], cotangents))
            except GuardFailed:
                pass
        self._require_no_effects("differentiated in this way")
        # Inside `no_grad`, derivatives of what was recorded are wanted.
        again = contextlib.nullcontext() if is_recording() else enable_grad()
        with again, self.readings.restored(call.readings, self.name):
            inputs = self.inputs_of(call, parts)
            found = None
            if hooks.tracer() is None and not is_observed():
                found = self._run(inputs, mask, cotangents)
            if found is None:
                found = self.derivatives(self._leaves(inputs), mask, cotangents, False)
            return self._placed([_copied(numbers_of(x)) for x in found])

    def _run(self, inputs: list[Any], mask: tuple[int, ...], gs: list[Any]) -> list[Any] | None:
        """Return the derivatives from a program; None if there is none for these numbers."""
        if mask in self._unrecorded:
            return None
        joint = self.joints.get(mask)
        try:
            if joint is None:
                found = self._record(inputs, mask, gs)
                joint = self.joints[mask]
                if joint.can_split:
                    return found
            # If the backward pass changes arrays, recording it has not: that is undone.
            return joint.run_whole(inputs, gs)
        except GuardFailed:
            return None
        except TraceError:  # a rule does what cannot be followed, which a program does not need
            self._unrecorded.add(mask)
            return None

    def pull_nodes(self, call: Call, parents: list[Any], gs: list[Any]) -> list[Any]:
        """Return the derivative for each parent, as nodes."""
        self.require_repeatable(call, "differentiated twice")
        mask = tuple([k for k, g in enumerate(gs) if g is not None])
        again = self._again.get(mask)
        if again is None:
            again = self._again[mask] = self._jitted(_pullback(self, mask), "vjp")
        return self._placed(_called(again, self.inputs_of(call, parents), [gs[k] for k in mask]))

    def _leaves(self, inputs: list[Any]) -> list[Any]:
        """Return new leaves in the place of the numbers that nodes held."""
        return [
            structure.as_input(x) if k is None else k.leaf(x)
            for k, x in zip(self.kinds, inputs, strict=True)
        ]

    def _record(self, inputs: list[Any], mask: tuple[int, ...], gs: list[Any]) -> list[Any]:
        """Record the function with its backward pass; return the derivatives."""
        leaves = self._leaves(inputs)
        joint, found = self.joint_of.recorded(self, leaves, mask, gs)
        self.joints[mask] = joint
        if joint.can_split:
            self.split = joint
        return found

    def _placed(self, found: list[Any]) -> list[Any]:
        """Return the derivatives at the positions of the parents, and None for the others."""
        parts = [None] * (len(self.parents) + len(self.large) + len(self.kinds))
        for position, derivative in zip(self.targets, found, strict=True):
            parts[position] = derivative
        return parts

    def called(self, leaves: list[Any]) -> Any:
        """Call the function itself."""
        leaves = [leaves[first] for first in self.firsts]
        arguments, keywords = structure.filled(self.template, leaves)
        marks = [
            x
            for x, k in zip(leaves, self.kinds, strict=True)
            if k is not None and k.is_differentiated
        ]
        with arguments_of_call(marks) if marks else contextlib.nullcontext():
            return self.function(*arguments, **keywords)

    def roots_in(self, found: Any, mask: tuple[int, ...]) -> list[Any]:
        """Return some of the results that have a derivative."""
        flat = tree.flat(found)
        return [flat[self.results.connected[k]] for k in mask]

    def derivatives(
        self, leaves: list[Any], mask: tuple[int, ...], gs: list[Any], create: bool
    ) -> list[Any]:
        """Call the function itself, and go back."""
        roots = self.roots_in(self.called(leaves), mask)
        return self.derivatives_of(roots, leaves, gs, create)

    def derivatives_of(
        self, roots: list[Any], leaves: list[Any], gs: list[Any], create: bool
    ) -> list[Any]:
        """Return the derivatives of results with respect to the parents."""
        targets = [self.parents[k] for k in self.targets]
        nodes = [leaves[p] if isinstance(p, int) else p for p in targets]
        return derivatives_of(roots, gs, nodes, create)

    def push(self, call: Call, parents: list[Any], tangents: list[Any], create: bool) -> list[Any]:
        """Return the tangent of each result, given those of the parents."""
        self.require_repeatable(call, "differentiated in forward mode")
        moving = tuple([k for k, tangent in enumerate(tangents) if tangent is not None])
        again = self._again.get((moving, create))
        if again is None:
            again = self._jitted(_pushforward(self, moving, create), "jvp")
            self._again[moving, create] = again
        found: list[Any]
        found = _called(again, self.inputs_of(call, parents), [tangents[k] for k in moving])
        return found

    def pushed(self, leaves: list[Any], moving: Any, tangents: list[Any], create: bool) -> Any:
        """Call the function itself, and push tangents forward."""
        inside = [
            positive(x) if isinstance(x, Node) else x if kind is None else kind.leaf(x)
            for x, kind in zip(leaves, self.kinds, strict=True)
        ]
        places = [self.parents[k] for k in moving]
        nodes = [inside[p] if isinstance(p, int) else p for p in places]
        roots = self.roots_in(self.called(inside), tuple(range(len(self.results.connected))))
        return forward.push_forward(roots, dict(zip(nodes, tangents, strict=True)), create)

    def _jitted(self, function: Any, what: str) -> Any:
        function.__name__ = f"{what} of {self.name}"
        found = self.jit(function, self.backend)
        found.may_share_views = True
        return found


def _called(jitted: Any, leaves: list[Any], others: list[Any]) -> Any:
    """Call a function that `jit` has returned, or the function itself if it cannot be followed."""
    try:
        return jitted(leaves, others)
    except TraceError:
        return jitted.function(leaves, others)


class _Hidden:
    """Holds what a closure refers to without reading from it."""

    __slots__ = ("replay",)

    def __init__(self, replay: Replay) -> None:
        self.replay = replay


OPAQUE.add(_Hidden)


def _pullback(replay: Replay, mask: tuple[int, ...]) -> Any:
    """Return the vector-Jacobian product as a function of arguments and cotangents."""
    function, hidden = replay.function, _Hidden(replay)

    def pullback(leaves: list[Any], cotangents: list[Any]) -> Any:
        assert function is hidden.replay.function  # so that `jit` sees what the function reads
        inside = [positive(x) if isinstance(x, Node) else x for x in leaves]
        return hidden.replay.derivatives(inside, mask, cotangents, True)

    return pullback


def _pushforward(replay: Replay, moving: tuple[int, ...], create: bool) -> Any:
    """Return the Jacobian-vector product as a function of arguments and tangents."""
    function, hidden = replay.function, _Hidden(replay)

    def pushforward(leaves: list[Any], tangents: list[Any]) -> Any:
        assert function is hidden.replay.function
        return hidden.replay.pushed(leaves, moving, tangents, create)

    return pushforward


def derivatives_of(roots: list[Any], gs: list[Any], nodes: list[Any], create: bool) -> list[Any]:
    """Return the derivatives of several results in one pass."""
    if not roots or not nodes:
        return [None for _ in nodes]
    roots = [current(root) if isinstance(root, Tensor) else root for root in roots]
    found: list[Any]
    if len(roots) == 1:
        found = derivatives(roots[0], gs[0], nodes, True, create)
        return found
    primitive = Primitive("results")
    primitive.function, primitive.arity = _nothing, -1
    primitive.variadic = lambda argnum, g, y, *arguments: gs[argnum]
    joined = dispatch.apply(primitive, tuple(roots), NO_KEYWORDS)
    found = derivatives(joined, ones(contents(joined)), nodes, True, create)
    return found


def _nothing(*roots: Any) -> Any:
    return np.zeros((), like=like(*roots))


def _copied(x: Any) -> Any:
    return x.copy() if isinstance(x, np.ndarray) or is_on_device(x) else x


def _alone(result: Any, value: Any) -> Any:
    """Return a node without a graph."""
    if result.what == kinds.UNRECORDED_VALUE:
        return Value(value, result.label, UNRECORDED)
    if result.what == kinds.FREED:
        return dispatch.apply(FREED_RESULT, (value, _ANYTHING), NO_KEYWORDS)
    if result.kind is Value:
        return Value(value, result.label)
    if result.what == kinds.CONSTANT:
        return Tensor(value, None, result.label, False)
    leaf = result.kind.__new__(result.kind)
    Tensor.__init__(leaf, value, None, result.label, True)
    return leaf
