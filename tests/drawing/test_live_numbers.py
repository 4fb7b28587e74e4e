"""What the interactive page computes: the same as Python, for all that it can compute."""

import itertools
import json
import math
import shutil
import subprocess
from importlib import resources

import numpy as np
import pytest
from drawing.drawings import data_of
from drawing.test_every_rule import leaves, one_number
from rules.checks import quiet
from rules.samples import SAMPLES

import autograd
import nn
from autograd import Tensor, Value
from autograd.drawing.chain import chain
from autograd.drawing.graph import graph_of
from autograd.drawing.javascript import UnsupportedError, emit, flat
from autograd.drawing.live_program import live_program
from autograd.drawing.program_graph import graph_of_any
from autograd.engine import Node
from autograd.program.instructions import Guard, substituted
from autograd.program.interpreting import Run

ARRAYS = (resources.files("autograd.drawing") / "page_assets" / "arrays.js").read_text("utf-8")
FORMAT = (resources.files("autograd.drawing") / "page_assets" / "format.js").read_text("utf-8")


@pytest.fixture
def run(request):
    """Evaluate JavaScript that returns JSON, in Node or else in a browser."""

    def evaluate(body):
        code = f"(() => {{\n{body}\n}})()"
        if shutil.which("node"):
            script = f"process.stdout.write(JSON.stringify({code}))"
            done = subprocess.run(["node", "-"], input=script.encode(), capture_output=True)
            assert done.returncode == 0, done.stderr.decode()[-2000:]
            return json.loads(done.stdout)
        page = request.getfixturevalue("browser").new_page()
        return page.evaluate(f"JSON.parse(JSON.stringify({code}))")

    return evaluate


def written(x):
    """Write numbers for JavaScript: a flat array, or one number."""
    numbers = [repr(float(v)).replace("nan", "NaN").replace("inf", "Infinity") for v in np.ravel(x)]
    return numbers[0] if np.shape(x) == () else f"Float64Array.of({', '.join(numbers)})"


def numbers_in(outputs):
    return [None if x is None else np.asarray(x, float).reshape(-1) for x in flat(outputs)]


def models():
    """Yield small networks, whose layers change arrays in place."""
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 3))
    x = Tensor(np.random.default_rng(0).normal(size=(5, 3)), requires_grad=False)
    yield "mean square", ((model(x) - 1.0) ** 2).mean()
    yield "cross-entropy", nn.cross_entropy(model(x), np.arange(5) % 3)
    yield "LSTM", nn.LSTM(3, 2)(Tensor(x.data[None]))[0].sum()
    yield "softmax", (autograd.softmax(model(x)) * np.arange(3.0)).sum()


def programs():
    """Yield programs of derivatives that change arrays in place and call kernels."""
    x = np.random.default_rng(1).normal(size=(2, 3))
    layers = (nn.LayerNorm(3), nn.BatchNorm1d(3), nn.RMSNorm(3))
    losses = {type(layer).__name__: lambda x, f=layer: (f(x) ** 2).sum() for layer in layers}
    losses["classes"] = lambda x: nn.cross_entropy(x, np.array([0, 2]))
    losses["logits"] = lambda x: nn.binary_cross_entropy_with_logits(x, np.full((2, 3), 0.5))
    losses["slices"] = lambda x: np.sum((x[1:] - x[:-1] ** 2) ** 2) + np.sum(x[0, 1:] * x[1, :2])
    losses["sorted"] = lambda x: np.sum(np.sort(x[0]) * np.arange(3.0)) * np.argmax(x[1])
    losses["means of windows"] = lambda x: (nn.AvgPool2d(2)(x[None, None]) ** 2).sum()
    convolution = nn.Conv2d(1, 2, 2)
    losses["convolution"] = lambda x: (convolution(x[None, None]) ** 2).sum()
    for title, loss in losses.items():
        yield title, graph_of_any(autograd.trace(autograd.value_and_grad(loss))(x), x)


def ends():
    """Yield results by the names of rules, without complex numbers."""
    yield from models()
    for sample in SAMPLES:
        nodes = list(leaves(sample))
        if any(np.iscomplexobj(x.data) for x in nodes if isinstance(x, Node)):
            continue
        end = one_number(sample.function(*nodes, **sample.keywords))
        if isinstance(end, Node) and end.op and getattr(end, "requires_grad", True):
            yield str(sample), end


def outputs_of(program, inputs):
    """Run a program one instruction after the other."""
    run = Run(program, inputs)
    for item, given in run.steps():
        if isinstance(item, Guard) and item.convert(*given) != item.expected:
            return "failed"
    return numbers_in(substituted(program.output, run.of))


def cases():
    """Yield the name, the code, some inputs and the outputs for these, of each rule."""
    seen = set()
    graphs = ((title, graph_of(end)) for title, end in ends())
    for title, graph in itertools.chain(programs(), graphs):
        name = title.partition("[")[0]
        if name in seen:
            continue
        try:
            found = live_program(graph, [] if graph.is_program else chain(graph))
            code = emit(found.program).code
        except (UnsupportedError, TypeError):  # then the page says why
            continue
        seen.add(name)
        recorded = [item.data for item in found.inputs]
        changed = [np.multiply(x, 1.0625) if np.size(x) else x for x in recorded]
        for inputs in (recorded, changed):
            yield title, code, inputs, outputs_of(found.program, inputs)


@quiet
def test_every_rule_gives_the_numbers_of_python(run):
    found = list(cases())
    calls = [
        f"(({code})([{', '.join(map(written, inputs))}]).outputs ?? 'failed')"
        for _, code, inputs, _ in found
    ]
    results = run(
        f"{ARRAYS}\nconst text = (x) => x === null ? null : (typeof x === 'number' ? [x] : [...x]).map(String);\n"
        f"return [{', '.join(calls)}].map((each) => each === 'failed' ? each : each.map(text));"
    )
    wrong = []
    for (name, _, _, wanted), got in zip(found, results, strict=True):
        if "failed" in (wanted, got):
            if wanted is not got and wanted != got:
                wrong.append((name, "guard"))
            continue
        here = [None if x is None else np.array([float(v) for v in x]) for x in got]
        finite = [abs(v) for x in wanted if x is not None for v in x if math.isfinite(v)]
        for a, b in zip(here, wanted, strict=True):
            if (a is None) is not (b is None) or (
                a is not None
                and not np.allclose(a, b, 1e-12, 1e-12 * max(finite, default=0), equal_nan=True)
            ):
                wrong.append((name, a, b))
                break
    assert wrong == []
    named = {name for name, _ in (*models(), *programs())}
    assert {name for name, *_ in found} >= named
    assert len({name.partition("[")[0] for name, *_ in found}) > 200


def live_of(drawn):
    return data_of(drawn.html())["live"]


def test_numbers_are_written_as_python_writes_them(run):
    numbers = [0.0, -0.0, 1.0, -2.5, 1234.5678, 99999.5, 0.000123456, 1e-5, 1e20, 123456789.0, 0.5]
    for spec in (".4g", ".3f", ".2e", ".6g", ".1g"):
        texts = run(
            f"const model = {{}}; {FORMAT}\nreturn {numbers}.map((x) => format(x, '{spec}'));"
        )
        for text, number in zip(texts, numbers, strict=True):
            assert text == format(number + 0.0, spec)
    special = run("const model = {}; " + FORMAT + "\nreturn [NaN, 1/0, -1/0].map((x) => format(x, '.4g'));")  # fmt: skip
    assert special == ["nan", "inf", "-inf"]


def test_arrays_are_summarised_as_python_summarises_them(run):
    x = np.random.default_rng(0).normal(size=(4, 5))
    t = Tensor(x, label="t")
    (item, *_) = data_of(autograd.draw((t * t).sum()).html())["items"]
    lines = run(f"const model = {{format: '.4g'}}; {FORMAT}\nreturn linesOf({written(x)}, [4, 5]);")
    assert lines == item["data"]
    t = Tensor([[1.0, 2.0], [3.0, -4.5]], label="t")
    (item, *_) = data_of(autograd.draw((t * t).sum()).html())["items"]
    code = "const elementOf = (x, k) => typeof x === 'number' ? x : x[k];"
    lines = run(f"{code} const model = {{format: '.4g'}}; {FORMAT}\nreturn linesOf({written(t.data)}, [2, 2]);")  # fmt: skip
    assert lines == item["data"]


def test_a_derivative_made_of_parts_belongs_to_its_input():
    x = np.array([1.0, 2.0, 0.5])
    program = autograd.trace(autograd.value_and_grad(lambda x: np.sum(x[1:] * x[:-1])))(x)
    live = live_of(autograd.draw(program, x))
    assert live["inputs"][0]["number"] == 1
    assert list(live["derivatives"]) == ["1"]
    assert live["derivatives"]["1"] == live["values"][-1]


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (
            lambda: np.linalg.svd(Tensor(np.eye(3)))[1].sum(),
            "this page has no formula for svd. The numbers are those of Python.",
        ),
        (lambda: (Tensor(np.ones(3)) * 1j).real.sum(), "complex"),
        (lambda: Tensor(np.ones(3, np.float32)).sum(), "float64"),
        (lambda: Tensor(np.ones(100)).sum(), "64 or fewer numbers"),
        (lambda: np.where(np.ones(3) > 0, Tensor(np.ones(3)), 0.0).sum(), "condition"),
        (lambda: sum((Value(1.0) for _ in range(600)), Value(0.0)), "1,000 nodes"),
    ],
    ids=["svd", "complex", "single", "large", "condition", "many"],
)
def test_a_sentence_says_why_inputs_are_fixed(make, reason):
    assert reason in live_of(autograd.draw(make()))["reason"]
