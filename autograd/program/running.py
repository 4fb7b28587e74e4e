"""Compile a program to a Python function that runs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine import Tensor, Value
from autograd.engine.value import read_data, read_gradients, store_data, store_gradients
from autograd.program.fast_code import RunNames, RunWriter
from autograd.program.garbage import FEWER_SEARCHES
from autograd.program.instructions import (
    Guard,
    Instruction,
    Variable,
    same,
    shape_of,
)
from autograd.program.passes.buffers import is_kept, order_of
from autograd.program.passes.checks import first_change
from autograd.program.passes.dead_code import may_raise
from autograd.program.passes.effects import Effects, operands, reads
from autograd.program.passes.inlining import inlinable
from autograd.program.passes.rows import SMALLEST, by_rows
from autograd.program.passes.tiled import Filling
from autograd.program.program import Load, Program, Store
from autograd.program.python_code import Writer
from autograd.program.spaces import Cell
from autograd.program.undo import Undo

#: From this number on, Values are read and stored in one call.
MANY = 8

#: Larger arrays are released after their last use, in bytes.
RELEASED = 1 << 15


#: Names in the code that takes buffers.
_BUFFERS = ("buffers", "take", "give", "new_buffers")


class GuardFailed(Exception):  # noqa: N818 - it is caught where programs are run
    """A guard did not hold: its number among the guards, and what the value was instead."""

    def __init__(self, number: int, found: Any) -> None:
        super().__init__(number, found)
        self.number = number
        self.found = found


class Interrupted(Exception):  # noqa: N818 - it is caught where programs are run
    """A program has raised an error after it had changed something outside."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error


def compiled(
    program: Program, otherwise: Program | None = None, writer: type[Writer] = RunWriter
) -> Callable[..., Any]:
    """Return a function of the inputs that runs a program and returns its output.

    It raises `GuardFailed`, before anything is changed, where a guard does not hold.

    Parameters
    ----------
    program : Program
        The program.
    otherwise : Program, optional
        What to run if arrays lay otherwise in memory than when the program was recorded.
    writer : type
        What writes expressions: `Writer` itself for arrays of any library.
    """
    with FEWER_SEARCHES:
        return _Compiler(program, otherwise, writer).function()


class _Compiler:
    """Writes the source of one program."""

    def __init__(self, program: Program, otherwise: Program | None, writer: type[Writer]) -> None:
        self.program = program
        self.otherwise = otherwise
        self.is_foreign = writer is not RunWriter
        self.names = RunNames()
        self.writer = writer(self.names)
        self.environment: dict[str, Any] = {
            "np": np,
            "same": same,
            "GuardFailed": GuardFailed,
            "Interrupted": Interrupted,
        }
        #: Tensors that are read.
        self.leaves: dict[int, None] = {}
        #: The entries that are checked to be tuples.
        self.tuples: set[tuple[int, Any]] = set()
        #: The first line that changes something outside.
        self.changing: int | None = None
        #: The line after which no error is expected.
        self.checked: int | None = None
        self.names.reserve((*self.environment, "error", "otherwise", *_BUFFERS))
        self.lines: list[str] = []
        self.parameters = [self.names.of(x) for x in program.inputs]
        effects = self.effects = Effects(program)
        self.inlined = inlinable(program, effects)
        self.first_change = first_change(program, effects)
        if self.first_change is not None:
            self.inlined -= {
                x
                for item in program.instructions
                if may_raise(item, of_values=True)
                for x in item.makes()
            }
        #: The positions of what is computed with small buffers, in which nothing else may stand.
        self.rows = set() if self.is_foreign else by_rows(program)
        for position in self.rows:
            item = program.items[position]
            self.inlined -= {*item.uses(), *item.makes()}
        self.kept = [x for x in program.items if is_kept(x) and not effects.leaves(x.result)]
        #: The memory of arrays that regions fill and that are kept between calls.
        self.filled, self.places = _memory_of_regions(program, effects, self.names)
        # Later, that memory may hold something else.
        owners = {effects.owner(x) for x in self.places}
        for item in program.instructions:
            if any(effects.owner(x) in owners for x in reads(item)):
                self.inlined -= {*item.makes()}
        self.give = ""

    def function(self) -> Callable[..., Any]:
        """Return the function, with its source as an attribute."""
        self._loads()
        self._layouts()
        self._take_buffers()
        self._body()
        done = self._store_values()
        for store in self.program.stores:
            if store in done:
                continue
            self.lines.append(f"{self._place(store)} = {self.writer.of(store.value).text}")
        if self.give:
            self.lines.append(self.give)
        self.lines.append(f"return {self.writer.of(self.program.output).text}")
        self._handle_errors()
        name = self.names.new("run")
        body = "\n    ".join(self.lines)
        source = f"def {name}({', '.join(self.parameters)}):\n    {body}\n"
        self.environment.update(self.names.environment)
        exec(compile(source, f"<program {self.program.name}>", "exec"), self.environment)
        function = self.environment[name]
        function.source = source
        return function  # type: ignore[no-any-return]

    def _handle_errors(self) -> None:
        """Undo changes where an error may be expected; elsewhere tell that there have been some."""
        if self.changing is None:
            return
        checked = self.changing if self.checked is None else self.checked
        first, rest = self.lines[self.changing : checked], self.lines[checked:]
        del self.lines[self.changing :]
        if first:
            names = self.undo.saved.values()
            self.lines += [f"{name} = None" for name in names]
            self.lines += ["try:", *(f"    {line}" for line in first), "except GuardFailed: raise"]
            self.lines.append("except Exception:")
            for name, restore in reversed([*zip(names, self.undo.restores, strict=True)]):
                self.lines.append(f"    if {name} is not None: {restore}")
            self.lines.append("    raise")
        self.lines += ["try:", *(f"    {line}" for line in rest)]
        self.lines.append("except Exception as error: raise Interrupted(error) from error")

    def _read_values(self) -> set[Any]:
        """Read the Values, if there are many, in one call; return the loads that this does."""
        done: set[Any] = set()
        for what, read in (("data", read_data), ("grad", read_gradients)):
            loads = {
                load: load.variable
                for load in self.program.loads
                if type(load.node) is Value and load.what == what and load.variable is not None
            }
            if len(loads) < MANY:
                continue
            names = "".join(f"{self.names.of(x)}, " for x in loads.values())
            nodes = self.names.object([load.node for load in loads], "values")
            call = f"{self.names.function(read)}({nodes})"
            if what == "grad":
                read_all = self.names.new("gradients")
                self.lines.append(f"{read_all} = {call}")
                self.lines.append(f"if {read_all} is None: raise GuardFailed(-1, None)")
                call = read_all
            self.lines.append(f"{names}= {call}")
            done.update(loads)
        return done

    def _store_values(self) -> set[Any]:
        """Store numbers in Values, if there are many, in one call; return the stores this does."""
        done: set[Any] = set()
        for what, write in (("data", store_data), ("grad", store_gradients)):
            stores = [x for x in self.program.stores if type(x.node) is Value and x.what == what]
            if len(stores) < MANY:
                continue
            numbers = ", ".join(self.writer.of(x.value).text for x in stores)
            nodes = self.names.object([x.node for x in stores], "values")
            self.lines.append(f"{self.names.function(write)}({nodes}, ({numbers}))")
            done.update(stores)
        return done

    def _loads(self) -> None:
        """Read nodes, and check that they hold what they held."""
        done = self._read_values()
        for load in self.program.loads:
            if load in done:
                continue
            x, place = load.variable, self._place(load)
            if isinstance(load.node, Tensor):
                self._leaf(load.node)
            if x is None:
                self.lines.append(f"if {place} is not None: raise GuardFailed(-1, None)")
                continue
            if isinstance(load.node, Cell) and load.node.index is not None:
                self._tuple(load.node)
            name = self.names.of(x)
            self.lines.append(f"{name} = {place}")
            if x.is_array:
                shape = self.names.object(x.shape, "shape")
                dtype = self.names.object(x.dtype, "dtype")
                check = f"{name}.shape != {shape} or {name}.dtype != {dtype}"
                if self.is_foreign:
                    held = self.names.object(type(getattr(load.node, load.what)), "kind")
                    check = f"type({name}) is not {held} or {check}"
                if load.what == "grad":
                    check = f"{name} is None or {check}"
                elif isinstance(load.node, Cell):
                    kind = self.names.object(type(load.node.array), "kind")
                    check = f"type({name}) is not {kind} or {check}"
                    same = f"{name} is not {self.names.object(load.node.array, 'array')}"
                    check = same if load.node.is_kept else f"{same} and ({check})"
                self.lines.append(f"if {check}: raise GuardFailed(-1, None)")
            elif load.what == "grad" or isinstance(load.node, Cell):
                kind = self.names.object(x.kind, "kind")
                self.lines.append(f"if type({name}) is not {kind}: raise GuardFailed(-1, None)")

    def _tuple(self, cell: Cell) -> None:
        """Check, once, that an entry is a tuple as long as it was."""
        known = id(cell.space), cell.key
        if known in self.tuples:
            return
        self.tuples.add(known)
        entry = self._entry(cell)
        other = f"type({entry}) is not tuple or len({entry}) != {cell.count}"
        self.lines.append(f"if {other}: raise GuardFailed(-1, None)")

    def _leaf(self, node: Tensor) -> None:
        """Check that a Tensor is differentiated as it was, and calls the same hooks."""
        if id(node) in self.leaves:
            return
        self.leaves[id(node)] = None
        name = self.names.object(node, node.label if node.label.isidentifier() else "node")
        wanted, hooks = node._requires_grad, list(node._hooks or ())
        other = f"{name}._requires_grad is not {wanted} or "
        if hooks:
            other += f"{name}._hooks != {self.names.object(hooks, 'hooks')}"
        else:
            other += f"{name}._hooks"
        self.lines.append(f"if {other}: raise GuardFailed(-1, None)")

    def _place(self, at: Load | Store) -> str:
        """Return the attribute of a node, or the entry of a dict, as an expression."""
        cell = at.node
        if not isinstance(cell, Cell) or cell.tells:
            label = cell.label
            node = self.names.object(cell, label if label.isidentifier() else "node")
            return f"{node}.{at.what}"
        text = self._entry(cell)
        return text if cell.index is None else f"{text}[{cell.index}]"

    def _entry(self, cell: Cell) -> str:
        return f"{self.names.object(cell.space, 'state')}[{self._key(cell.key)}]"

    def _key(self, key: Any) -> str:
        return repr(key) if type(key) in (str, int) else self.names.object(key, "key")

    def _layouts(self) -> None:
        """Run another program if arrays lay otherwise in memory: those that no signature fixes."""
        if self.otherwise is None or self.otherwise is self.program:
            return
        arrays = [load.variable for load in self.program.loads]
        checks = [
            f"{self.names.of(x)}.strides != {self.names.object(x.strides, 'strides')}"
            for x in arrays
            if x is not None and x.is_array and len(x.shape) > 1
        ]
        if checks:
            self.environment["otherwise"] = _later(self.otherwise)
            given = ", ".join(self.parameters)
            self.lines.append(f"if {' or '.join(checks)}: return otherwise({given})")

    def _take_buffers(self) -> None:
        """Take the memory that is kept between calls; calls at the same time take other memory."""
        recipes = [(item.arguments, item.keywords) for item in self.kept]
        recipes += [((x.shape, x.dtype, order_of(x)), {}) for x in self.filled.values()]
        if not recipes:
            return

        def new_buffers() -> tuple[Any, ...]:
            return tuple([np.empty(*shape, **order) for shape, order in recipes])

        pool: list[Any] = []
        self.environment |= {"new_buffers": new_buffers, "take": pool.pop, "give": pool.append}
        kept = [self.names.of(item.result) for item in self.kept]
        buffers = "".join(f"{name}, " for name in (*kept, *self.filled))
        self.lines += [
            "try: buffers = take()",
            "except IndexError: buffers = new_buffers()",
            f"{buffers} = buffers",
        ]
        self.give = "give(buffers)"

    def _body(self) -> None:
        """Write the instructions and the guards."""
        undo = self.undo = Undo(self.program, self.effects, self.names)
        first = self.first_change
        released = self._released()
        kept = {*self.kept, *self._lasting_views()}
        block: list[str] = []
        guards = 0
        for position, item in enumerate(self.program.items):
            if isinstance(item, Guard):
                failed = f"GuardFailed({guards}, {self._found(item)})"
                test = self._condition(item)
                guards += 1
                block = []
                before = undo.before() + (f"{self.give}; " if self.give else "")
                self.lines.append(f"if not ({test}): {before}raise {failed}")
            elif item in kept:
                pass  # it stands at the beginning
            elif isinstance(item.result, Variable) and item.result in self.inlined:
                self.writer.inlined[item.result] = self.writer.expression(item)
            else:
                guards += getattr(item.function, "guards", 0)
                if position == first:
                    self.changing, block = len(self.lines), []
                for line in undo.saving(position, item):
                    self.lines.append(line)
                    block = []
                begun, block = block, _block(item.quiet, position in self.rows)
                self.lines += block if block != begun else []
                for line in self._statements(item):
                    self.lines.append(("    " if block else "") + line)
            if position in released:
                self.lines.append(f"{'    ' if block else ''}del {', '.join(released[position])}")
            if position == undo.last_check and first is not None and position > first:
                self.checked, block = len(self.lines), []

    def _lasting_views(self) -> list[Instruction]:
        """Make the views of arrays that stay the same; return the instructions that make them."""
        arrays = {
            load.variable: load.node.array
            for load in self.program.loads
            if isinstance(load.node, Cell) and load.node.is_kept
        }
        written = {item.writes for item in self.program.instructions}
        found = []
        for item in self.program.instructions:
            x, arguments = item.result, item.arguments
            if item.writes is not None or not isinstance(x, Variable) or x.root is x:
                continue
            first = arguments[0] if isinstance(arguments[0], Variable) else None
            if first in arrays and not operands((arguments[1:], item.keywords)):
                arrays[x] = item.function(arrays[first], *arguments[1:], **item.keywords)
                if x in written:  # by an operator such as *=, which makes the name a local one
                    view = self.names.object(arrays[x], "view")
                    self.lines.append(f"{self.names.of(x)} = {view}")
                else:
                    self.environment[self.names.of(x)] = arrays[x]
                found.append(item)
        return found

    def _statements(self, item: Instruction) -> list[str]:
        """Return the statements that carry out an instruction."""
        filling = item.function
        if not isinstance(filling, Filling):
            return [self.writer.statement(item)]
        of = self.names.of
        lines = []
        for x in filling.arrays:
            shape, dtype = self.names.object(x.shape, "shape"), self.names.object(x.dtype, "dtype")
            order = "" if order_of(x) == "C" else ", 'F'"
            new = f"{self.names.object(np.empty, 'empty')}({shape}, {dtype}{order})"
            lines.append(f"{of(x)} = {self.places.get(x, new)}")
        inputs = [self.writer.of(x).text for x in item.arguments]
        given = ", ".join([*inputs, *map(of, filling.arrays)])
        name = filling.__name__  # type: ignore[attr-defined]
        call = f"{self.names.object(filling.run, name)}({given})"
        sums = "".join(f"{of(x)}, " for x in filling.sums)
        return [*lines, f"{sums}= {call}" if sums else call]

    def _released(self) -> dict[int, list[str]]:
        """Return the names of large arrays by the position of their last use."""
        made = self.effects.made
        names: dict[int, list[str]] = {}
        released = [
            x
            for x in made
            if x.is_array and x.root in made and x.root.nbytes >= RELEASED
            if x not in self.inlined and not self.effects.leaves(x)
        ]
        ends = self._last_uses() if released else {}
        for x in released:
            names.setdefault(ends[x], []).append(self.names.of(x))
        return names

    def _last_uses(self) -> dict[Any, int]:
        """Return the position of the last item that reads each variable, also in an expression."""
        last: dict[Any, int] = {}
        user: dict[Any, int] = {}
        items = self.program.items
        for position in range(len(items) - 1, -1, -1):
            item = items[position]
            at = position
            if isinstance(item, Instruction):
                for x in item.makes():
                    last.setdefault(x, position)
                    if x in self.inlined:
                        at = user[x]
            for x in reads(item):
                last[x] = max(last.get(x, 0), at)
                user[x] = at
        return last

    def _condition(self, guard: Guard) -> str:
        """Return the condition of a guard as a Python expression."""
        x = self.writer.of(guard.variable)
        if guard.convert is bool:
            return x.text if guard.expected else f"not {x.within(6)}"
        if guard.convert is shape_of:
            return f"{x.within(11)}.shape == {guard.expected!r}"
        return f"same({self._found(guard)}, {self.names.object(guard.expected, 'expected')})"

    def _found(self, guard: Guard) -> str:
        return f"{self.names.function(guard.convert)}({self.writer.of(guard.variable).text})"


def _memory_of_regions(
    program: Program, effects: Effects, names: RunNames
) -> tuple[dict[str, Variable], dict[Variable, str]]:
    """Return names of arrays to keep, with variables like them, and where each result goes.

    Memory whose contents are not needed any more is used again, while it is in the cache.
    """
    memory: dict[str, Variable] = {}
    places: dict[Variable, str] = {}
    free: dict[Any, list[str]] = {}
    ends: dict[int, list[Variable]] = {}
    for position, item in enumerate(program.items):
        if isinstance(item, Instruction) and isinstance(item.function, Filling):
            for x in item.function.arrays:
                if effects.is_exposed(x):
                    continue
                waiting = free.get((x.shape, x.dtype, x.strides))
                name = waiting.pop() if waiting else names.new("memory")
                memory.setdefault(name, x)
                places[x] = name
                ends.setdefault(effects.last[effects.owner(x)], []).append(x)
        for x in ends.get(position, ()):
            free.setdefault((x.shape, x.dtype, x.strides), []).append(places[x])
    return memory, places


def _block(is_quiet: bool, is_by_rows: bool) -> list[str]:
    """Return how the block of an instruction begins, which ends with NumPy's settings as before."""
    if not (is_quiet or is_by_rows):
        return []
    start = "with np.errstate(all='ignore'):" if is_quiet else "with np.errstate():"
    return [start, f"    np.setbufsize({SMALLEST})"] if is_by_rows else [start]


def _later(program: Program) -> Callable[..., Any]:
    """Return a function that compiles a program when it is first called."""
    found: list[Any] = []

    def otherwise(*inputs: Any) -> Any:
        if not found:
            found.append(compiled(program))
        return found[0](*inputs)

    return otherwise
