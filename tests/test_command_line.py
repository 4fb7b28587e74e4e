import re

import pytest

from autograd.__main__ import main

NEURON = ["tanh(w1*x1 + w2*x2 + b)", "w1=-3", "x1=2", "w2=1", "x2=0", "b=6.8813735870195432"]


def test_it_prints_derivatives_beside_finite_differences(capsys):
    assert main(NEURON) == 0
    out = capsys.readouterr().out
    assert "= 0.707106781187" in out
    rows = dict(re.findall(r"^(\w+) +(\S+) +\S+ +\S+  ok$", out, re.M))
    expected = {"w1": 1.0, "x1": -1.5, "w2": 0.0, "x2": 0.5, "b": 0.5}
    assert {name: float(x) for name, x in rows.items()} == pytest.approx(expected, abs=1e-9)
    assert "5 derivatives checked: none wrong" in out


def test_an_expression_can_begin_with_a_minus(capsys):
    assert main(["-x**2", "x=3"]) == 0
    assert "= -9" in capsys.readouterr().out


def test_names_can_be_arrays(capsys):
    assert main(["sum(w*x)**2", "w=[1,2,3]", "x=[[1,0,1],[0,1,0]]"]) == 0
    out = capsys.readouterr().out
    assert "= 36" in out
    assert "w[0]" in out
    assert "x[1, 2]" in out


def test_it_prints_and_draws_the_graph(capsys, tmp_path):
    target = tmp_path / "g.dot"
    assert main([*NEURON, "--text", "--draw", str(target)]) == 0
    assert "tanh(" in capsys.readouterr().out
    assert "digraph" in target.read_text()


def test_it_prints_formulas(capsys):
    assert main(["tanh(w*x + b)", "w=-3", "x=2", "b=6.88", "--formula"]) == 0
    out = capsys.readouterr().out
    assert r"L &= \tanh\left(w x + b\right)" in out
    assert r"\frac{\partial L}{\partial x} &= w \frac{\partial L}{\partial b}" in out
    assert main(["x**y", "x=2", "y=3", "--formula"]) == 0
    assert r"y x^{y - 1}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["x.real", "x=1"], ["x", "x=a"], ["x"], ["x", "y=1", "x=1"], ["x", "x"], ["x", "x=1", "x=2"],
        ["x", "x=[1,2"], ["x", "x=[1,'a']"], ["x", "x=[[1],[1,2]]"], ["tanh(x)", "x=[1,2]"],
        ["x**9999", "x=2"], ["dot(x, y)", "x=[1,2]", "y=[1,2,3]"], ["x", "x=__import__('os')"],
        ["x+" * 3000 + "x", "x=1"], ["x", "1=1"], ["x", "x=1", "--draw", "no/such/folder/g.dot"],
    ],
)  # fmt: skip
def test_bad_input_gives_one_line_and_exit_code_2(arguments, capsys):
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("autograd: ")
    assert captured.err.count("\n") == 1


def test_plain_numbers_have_no_derivatives(capsys):
    assert main(["2*3"]) == 0
    assert "= 6" in capsys.readouterr().out


def test_infinite_and_undefined_results_are_printed_not_hidden(capsys):
    main(["log(x)", "x=-1"])
    assert "= nan" in capsys.readouterr().out


def test_help_names_every_operator_and_function(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    out = capsys.readouterr().out
    for word in ("tanh", "logsumexp", "**", "@", "--draw", "--text", "name=value"):
        assert word in out


def test_it_runs_as_a_module(run_python):
    run_python("import runpy, sys; sys.argv = ['autograd', 'x*x', 'x=3']\ntry:\n    "
               "runpy.run_module('autograd', run_name='__main__')\nexcept SystemExit as e:\n    "
               "assert e.code == 0, e.code")  # fmt: skip


def test_it_prints_the_chain_rule_step_by_step(capsys):
    assert main(["tanh(x)", "x=0.5", "--steps"]) == 0
    out = capsys.readouterr().out
    assert "∂result/∂x = 1 − result² = 0.7864" in out


@pytest.mark.parametrize(("name", "begins"), [("g.mmd", "%%{init"), ("g.html", "<!doctype")])
def test_it_draws_several_files_without_graphviz(name, begins, tmp_path, capsys):
    other = tmp_path / "g.txt"
    assert main([*NEURON, "--draw", str(tmp_path / name), "--draw", str(other)]) == 0
    assert (tmp_path / name).read_text().startswith(begins)
    assert other.exists()
