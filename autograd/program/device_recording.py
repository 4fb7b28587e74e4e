"""`jit` of a function of arrays of a device: recorded with copies in memory, run on the device."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autograd.engine import Node
from autograd.engine.foreign import copied
from autograd.errors import TraceError
from autograd.program import structure
from autograd.program.backends import Backend
from autograd.program.backends.device import OnDevice, WholeOnDevice, difference
from autograd.program.backends.device.kernels import REPORTED
from autograd.program.environment import Environment
from autograd.program.hosts import is_on_device
from autograd.program.joint import external_writes
from autograd.program.path import Path
from autograd.program.repeating import require_same
from autograd.program.running import GuardFailed
from autograd.program.stand_ins import NotFollowed, numbers_of
from autograd.program.tracing import Recording, with_own_arrays


@dataclass
class Found:
    """What a call has returned, and its program; or why there is none, if that holds for others."""

    result: Any
    path: Path | None = None
    refusal: str = ""


def recorded_on_device(
    first: Recording,
    again: Callable[..., Recording],
    call: Callable[[], Any],
    environment: Environment,
    given: Any,
    with_graph: Callable[[Path, Recording, Any], Any],
) -> Found:
    """Record a call once more, call the function itself, and compare its result with the program's.

    Parameters
    ----------
    first : Recording
        The first recording.
    again : callable
        Records the call, ``before=`` another recording.
    call : callable
        Calls the function itself.
    environment : Environment
        What the function reads.
    given : tuple
        The arguments, nested.
    with_graph : callable
        Takes the path, its recording and what the function has returned; returns what runs the
        program on nodes.
    """
    hosts = environment.hosts
    inputs: list[Any] = []
    structure.flatten(given, inputs, [])
    try:
        has_graph = first.results.has_nodes or any(isinstance(x, Node) for x in inputs)
        if first.results.are_values:
            return Found(call(), None, "it returns Values, whose numbers a device would send back")
        inputs = [numbers_of(x) for x in inputs]
        second = again(before=first)
        require_same(first.program, second.program)
        second.program = with_own_arrays(first.program, second.program)
        environment.restore()
        result = call()
        if not second.is_repeatable:
            return Found(result)
        known = {id(x.value) for x in first.program.constants}
        outside = {id(x.value) for x in second.program.constants} & known
        device = OnDevice(hosts, outside)
        found = _checked(second, environment, device, inputs, result)
        if found.path is not None and has_graph:
            try:
                found.path.run = with_graph(found.path, second, result)
            except NotFollowed as refusal:
                return Found(result, None, str(refusal))
        return found
    finally:
        hosts.forget()


def _checked(
    recording: Recording, environment: Environment, device: OnDevice, inputs: list[Any], result: Any
) -> Found:
    """Return the path of a program that gives what the function gives, if need be unfused."""
    whole = WholeOnDevice(device, inputs, result)
    reason = ""
    for fused in (True, False):
        device.is_fused = fused
        try:
            path = Path(recording, environment, Backend("numpy"), device=whole)
            if reason:
                path.report.refuses(REPORTED, reason)
            other = "" if external_writes(path.program) else _difference(path, inputs, result)
        except (NotFollowed, TraceError) as refusal:
            return Found(result, None, str(refusal))
        except Exception as error:
            other = f"a program of it raises {type(error).__name__}: {error}"
        if not other:
            return Found(result, path)
        reason = reason or other
    return Found(result, None, reason)


def _difference(path: Path, inputs: list[Any], result: Any) -> str:
    try:
        found = path.run(*[copied(x) if is_on_device(x) else x for x in inputs])
    except GuardFailed:
        return ""  # the numbers of a device differ in the last bits, or it is called once more
    return difference(found, result)
