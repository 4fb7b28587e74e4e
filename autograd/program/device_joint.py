"""A function of arrays of a device together with its backward pass, cut in two programs."""

from __future__ import annotations

from typing import Any

from autograd.engine.foreign import copied
from autograd.errors import TraceError
from autograd.program.backends.device import OnDevice, are_there, difference
from autograd.program.backends.device.kernels import REPORTED
from autograd.program.hosts import is_on_device
from autograd.program.joint import Joint, WithBackward
from autograd.program.program import Program
from autograd.program.repeating import require_same
from autograd.program.running import GuardFailed
from autograd.program.stand_ins import NotFollowed, numbers_of
from autograd.program.tracing import RECORDING, Recording, isolated, with_own_arrays


class DeviceJoint(Joint):
    """A `Joint` that was recorded with copies in memory and runs on a device.

    What the forward program keeps for the backward program stays there.
    """

    def __init__(
        self, program: Program, cut: int, replay: Any, device: OnDevice, places: Places
    ) -> None:
        self._device, self._places = device, places
        super().__init__(program, places.mask, cut, replay.backend, replay.report)
        if not self.can_split:
            raise TraceError("its backward pass changes arrays that it was given")

    def _make(self, first: Program, last: Program) -> None:
        """Place both parts on the device, and compile them."""
        places, device = self._places, self._device
        count = len(first.inputs)
        kept = first.output[1]
        wanted = [*places.results, *[True] * len(kept)]
        forward = device.placed(first, places.given[:count], wanted, self._report)
        given = [x in forward.there for x in forward.program.output[1]]
        given += places.given[count:]
        backward = device.placed(last, given, places.derivatives, self._report)
        self.forward, self.backward = forward.program, backward.program
        self._run_forward, self._run_backward = forward.compiled(), backward.compiled()

    def run_whole(self, inputs: list[Any], cotangents: list[Any]) -> list[Any]:
        """Return the derivatives, computing forward and backward."""
        return self.run_backward(self.run_forward(inputs)[1][1], cotangents)

    @classmethod
    def recorded(
        cls, replay: Any, leaves: list[Any], mask: tuple[int, ...], gs: list[Any]
    ) -> tuple[Joint, list[Any]]:
        """Record a function and its backward pass; return it with the derivatives found."""
        hosts = replay.environment.hosts
        inputs = [numbers_of(x) for x in leaves]
        found: list[Any] = []
        with RECORDING:
            try:
                program, cut, outside = _recorded(replay, leaves, mask, gs)
                if hosts.home is None:
                    raise TraceError("nothing that it computes with is on a device")
                if replay.repeatable:
                    again = replay.derivatives(replay._leaves(inputs), mask, gs, False)
                    found = [numbers_of(x) for x in again]
                places = Places(replay, mask, [*inputs, *gs])
                device = OnDevice(hosts, outside)
                return cls._checked(replay, program, cut, device, places, inputs, gs, found), found
            except NotFollowed as refusal:
                raise TraceError(str(refusal)) from refusal
            finally:
                hosts.forget()

    @classmethod
    def _checked(
        cls, replay: Any, program: Program, cut: int, device: OnDevice, places: Places,
        inputs: list[Any], gs: list[Any], found: list[Any],
    ) -> Joint:  # fmt: skip
        """Return the programs if they give what the function gives, if need be unfused."""
        reason = ""
        for fused in (True, False):
            device.is_fused = fused
            joint = None
            try:
                joint = cls(program, cut, replay, device, places)
                other = _difference(joint, inputs, gs, found) if replay.repeatable else ""
            except TraceError:
                raise
            except Exception as error:
                other = f"a program of it raises {type(error).__name__}: {error}"
            if joint is not None and not other:
                if reason:
                    replay.report.refuses(REPORTED, reason)
                return joint
            reason = reason or other
        replay.report.refuses("backward program", reason)
        raise TraceError(reason)


class Places:
    """What of a function and its backward pass is on the device.

    Attributes
    ----------
    mask : tuple of int
        The results whose cotangents are given.
    given, results, derivatives : list of bool
        Which arguments with the cotangents, which results and which derivatives are there.
    """

    def __init__(self, replay: Any, mask: tuple[int, ...], given: list[Any]) -> None:
        self.mask = mask
        self.given = are_there(given)
        self.results: list[bool] = replay.results_there
        targets = [replay.parents[k] for k in replay.targets]
        self.derivatives = are_there([given[p] if isinstance(p, int) else p for p in targets])


def _recorded(
    replay: Any, leaves: list[Any], mask: tuple[int, ...], gs: list[Any]
) -> tuple[Program, int, set[int]]:
    """Return the program of both, where it is cut, and the arrays from outside that it reads."""

    def record_again(before: Recording | None) -> tuple[Recording, int]:
        both = WithBackward(replay, mask)
        environment, changing = replay.environment, replay.changing
        found = isolated(both, (leaves, gs), {}, environment, changing, on_device=True)
        if before is not None:
            require_same(before.program, found.program)
        return found, both.cut

    first, _ = record_again(None)
    second, cut = record_again(first)
    program = with_own_arrays(first.program, second.program)
    cut += len(program.items) - len(second.program.items)
    known = {id(x.value) for x in first.program.constants}
    return program, cut, {id(x.value) for x in program.constants} & known


def _difference(joint: Joint, inputs: list[Any], gs: list[Any], expected: list[Any]) -> str:
    given = [copied(x) if is_on_device(x) else x for x in inputs]
    try:
        found = joint.run_whole(given, [*gs])
    except GuardFailed:
        return ""
    return difference(found, expected)
