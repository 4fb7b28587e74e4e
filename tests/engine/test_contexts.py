"""`no_grad` and `scope` follow generators, tasks and threads."""

import asyncio
import contextlib
import threading

from autograd import Value, no_grad, scope
from autograd.engine import callers

x = Value(2.0)


def recorded():
    return bool((x * x).parents)


def test_no_grad_does_not_leak_out_of_generators():
    def generator():
        with no_grad():
            yield recorded()
            yield recorded()

    @no_grad()
    def decorated():
        received = yield recorded()
        yield received or recorded()

    @contextlib.contextmanager
    def block():
        with no_grad():
            yield

    for found in generator():
        assert not found
        assert recorded()
    steps = decorated()
    assert not next(steps)
    assert recorded()
    assert not steps.send(False)
    steps.close()
    with block():
        assert not recorded()
    unfinished = generator()
    next(unfinished)
    del unfinished
    assert recorded()


def test_no_grad_does_not_leak_into_other_async_tasks():
    async def other():
        await asyncio.sleep(0)
        return recorded()

    async def block():
        with no_grad():
            await asyncio.sleep(0)
            return recorded()

    @no_grad()
    async def decorated():
        await asyncio.sleep(0)
        return recorded()

    async def everything():
        return await asyncio.gather(block(), other(), decorated(), other())

    assert asyncio.run(everything()) == [False, True, False, True]
    assert recorded()


def test_scopes_are_not_shared_between_threads():
    stop, wrong = threading.Event(), []

    def work():
        while not stop.is_set():
            if (x * x).scope:
                wrong.append(1)

    thread = threading.Thread(target=work)
    thread.start()
    for _ in range(300):
        with scope("here"):
            assert (x * x).scope == "here"
    stop.set()
    thread.join()
    assert not wrong


def test_an_error_of_scipy_is_replaced_in_its_own_thread():
    error = callers.lost_in("scipy.optimize", "float(Value)", "")
    found = []
    other = threading.Thread(target=lambda: found.append(callers.replaced(ValueError())))
    other.start()
    other.join()
    assert found == [None]
    assert callers.LAST.message == str(error)
    callers.replaced(ValueError())
