"""What is shown depends on the objects in a graph, not on what they are called."""

import itertools
import linecache
import re

import numpy as np
import pytest
from drawing.drawings import Read, data_of
from rules.test_rules import all_primitives

import autograd
from autograd import Tensor, Value, extend
from autograd.drawing import formulas, local_derivative
from autograd.rules import elementwise
from autograd.rules.textbook import TEXTBOOK


def through_hips(name):
    def function(x):
        return 3 * x

    function.__name__ = name
    rule = extend.primitive(function)
    extend.defvjp(rule, lambda ans, x: lambda g: 3 * g)
    return rule


#: Rules for a function of any name, the number of arguments, and the local derivative as written.
RULES = {
    "constant": (
        lambda name: autograd.elementwise(lambda x: 1 - x, None, -1.0, name=name),
        ["−1"],
    ),
    "partials": (
        lambda name: autograd.elementwise(
            lambda x, y: x * y * 2, None, lambda z, x, y: 2 * y, lambda z, x, y: 2 * x, name=name
        ),
        ["2 · x", "2 · x"],
    ),
    "transposes": (
        lambda name: autograd.linear(
            lambda x: 2 * x, lambda cotangent, x: 2 * cotangent, name=name
        ),
        ["2 · g"],
    ),
    "vjps": (
        lambda name: autograd.define(
            lambda x, y: x * y, lambda g, z, x, y: g * y, lambda g, z, x, y: g * x, name=name
        ),
        ["g · x", "g · x"],
    ),
    "variadic": (
        lambda name: autograd.define(
            lambda *x: sum(x), variadic=lambda argnum, g, y, *x: g * 1.0, name=name
        ),
        ["{name}ᵀ(g)", "{name}ᵀ(g)"],
    ),
    "hips": (through_hips, ["{name}ᵀ(g)"]),
}


@pytest.mark.parametrize("kind", RULES)
def test_a_rule_named_like_any_primitive_shows_as_itself(kind):
    make, expected = RULES[kind]
    for name in sorted({primitive.name for primitive in all_primitives()})[::5]:
        rule = make(name)
        for x in (Value(2.0, label="x"), Tensor([1.0, 2.0], label="x")):
            y = rule(*[x] * len(expected))
            shown = f"{name}({', '.join(['x'] * len(expected))})"
            assert f"= {shown} " in autograd.text(y)
            picture = autograd.draw(y)
            assert list(Read(picture.source).signs.values()) == [name]
            assert picture.view.graph.items[-1].argnums == tuple(range(len(expected)))
            assert f'"{name}"' in picture.mermaid or not name.isidentifier()
            steps = autograd.steps(y, gradient=np.ones(y.shape))
            assert [steps.formula(s) for s in steps] == [e.format(name=name) for e in expected]
            assert shown in steps.text()
            assert r"\text" not in re.sub(r"\\text\{\(?\w+ argument\)?\}", "", steps.latex())


@pytest.mark.parametrize("primitive", TEXTBOOK, ids=lambda primitive: primitive.name)
def test_a_rule_named_like_a_noted_primitive_has_plain_settings(primitive):
    name = primitive.name
    rule = autograd.define(lambda x, y, k=1: x * k, lambda g, z, x, y, k: g, np.add, name=name)
    t = Tensor([1.0, 2.0], label="t")
    y = rule(t, np.array([0, 1]), 3)
    assert Read(autograd.draw(y).source).signs == {"o2": f"{name} k=3"}
    assert Read(autograd.draw(y).source).into("o2") == ["n1", "c2_1"]
    (shown,) = data_of(autograd.draw(y.sum()).html())["items"][1:2]
    assert (shown["op"], shown["formula"]) == (name, f"{name}(t, [0, 1], 3)")
    assert shown["arguments"][0]["rule"] == "g"


def derivative(source):
    """Run source text as a file, and write its `rule` as text and in LaTeX."""
    file = f"<rules {next(NUMBERS)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    defined = {}
    try:
        exec(compile(source, file, "exec"), defined)
        y = autograd.elementwise(lambda x: 2.0 * x, None, 2.0, name="f")(Value(3.0, label="x"))
        y.primitive.partials = (defined["rule"],)  # only now: some do not run
        steps = autograd.steps(y)
        return steps.formula(steps[0]), steps.latex()
    finally:
        del linecache.cache[file]


NUMBERS = itertools.count()


NAMED = [*formulas.FUNCTIONS, *formulas.CONJUGATES, *local_derivative.CHOICES,
         *local_derivative.SIGNS, elementwise.nonzero]  # fmt: skip


@pytest.mark.parametrize("name", sorted({function.__name__ for function in NAMED}))
@pytest.mark.parametrize("place", ["global", "closure", "module"])
def test_a_function_named_like_a_special_one_is_a_call(name, place):
    define = f"def {name}(*arguments):\n    return 7.0\n"
    body = f"lambda y, x: {name}(x, 1.0, 4.0) + 2 * {name}(x)"
    if place == "global":
        source = f"{define}rule = {body}\n"
    elif place == "closure":
        indented = define.replace("\n", "\n    ")
        source = f"def make():\n    {indented}return {body}\nrule = make()\n"
    else:
        body = body.replace(f"{name}(", f"own.{name}(")
        source = f"{define}import types\nown = types.ModuleType('own')\nown.{name} = {name}\n"
        source += f"rule = {body}\n"
    assert derivative(source)[0] == f"{name}(x, 1, 4) + 2 · {name}(x)"


@pytest.mark.parametrize(
    ("imports", "body", "expected"),
    [
        ("import numpy as xp", "xp.sqrt(x)", "√x"),
        ("import autograd.numpy as np", "np.where(x > 1, np.sqrt(x), 2 * x)", "√x"),
        ("from numpy import sqrt as root", "root(x)", "√x"),
        ("import math", "math.sqrt(x)", "√x"),
        ("from math import log\ntwo = log(2)", "x * two", "x · ln 2"),
        ("from math import pi as half_turn", "x / half_turn", "x / π"),
        ("from autograd.rules.elementwise import where as pick", "pick(x > 1, x, 0)", "x"),
        ("from numpy.linalg import inv as inverse", "inverse(x)", "x⁻¹"),
        ("from autograd.rules.matrices import T as turned", "turned(x)", "xᵀ"),
        ("LN2 = 5.0", "LN2 * x", "LN2 · x"),
        ("pi = 3.0", "pi * x", "pi · x"),
        ("class table: T = 4.0", "table.T * x", "table.T · x"),
        ("def where(*a): raise ValueError", "where(x, 1.0, 2.0)", "where(x, 1, 2)"),
        ("import numpy as np\ndef f(x): raise ValueError", "np.where(f(x), 1, 2)", "1 if f(x) else 2"),
    ],
)  # fmt: skip
def test_names_mean_the_objects_they_refer_to(imports, body, expected):
    source = f"{imports}\nrule = lambda y, x: {body}\n"
    assert derivative(source)[0] == expected


def test_a_rule_of_any_number_of_arguments_keeps_their_name():
    both = autograd.define(
        lambda x, y: x * y, lambda g, z, *xy: g * xy[1], lambda g, *rest: g * rest[1], name="both"
    )
    t = Tensor([1.0, 2.0], label="t")
    steps = autograd.steps(both(t, t), gradient=[1.0, 1.0])
    assert [steps.formula(step) for step in steps] == ["g · xy[1]", "g · rest[1]"]


@pytest.mark.parametrize("name", ["copies", "of", "element", "part", "taken"])
def test_latex_sets_only_our_own_words_as_text(name):
    source = f"def {name}(x):\n    return 1.0\nrule = lambda y, x: {name}(x)\n"
    assert rf"\mathrm{{{name}}}(x)" in derivative(source)[1]
    total = Tensor([1.0, 2.0], label=name).sum()
    assert r"g \text{ for every element }" in autograd.steps(total).latex()


def test_only_the_flag_makes_a_leaf_a_parameter():
    class Parameter(Tensor):
        pass

    named, flagged = Parameter([1.0], label="a"), Tensor([1.0], label="b")
    flagged.is_parameter = True
    kinds = [item.kind for item in autograd.draw(named * flagged).view.graph.items]
    assert kinds == ["leaf", "parameter", "output"]
