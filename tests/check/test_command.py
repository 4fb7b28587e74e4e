import numpy as np
import pytest

from autograd.__main__ import main

MODULE = """
import numpy as np

def loss(w, x):
    return (np.tanh(w @ x) ** 2).sum()

def right(w, x):
    y = np.tanh(w @ x)
    inner = 2 * y * (1 - y**2)
    return np.outer(inner, x), w.T @ inner

def wrong(w, x):
    return -right(w, x)[0], right(w, x)[1]

class Model:
    @staticmethod
    def energy(x):
        return x * x

def forgetful(x):
    return x

number = 3
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    (tmp_path / "losses_for_the_shell.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return "losses_for_the_shell"


AT = ["--at", "w=[[1,2],[3,4]]", "x=[0.1,-0.2]"]


def test_right_derivatives_exit_with_zero(module, capsys):
    assert main(["check", f"{module}:loss", *AT, "--order", "2", "--modes", "reverse,forward"]) == 0
    out = capsys.readouterr().out
    assert "w[1, 0]" in out
    assert "none wrong" in out
    assert main(["check", f"{module}:loss", "--gradient", f"{module}:right", *AT]) == 0


def test_wrong_derivatives_exit_with_one_and_say_why(module, capsys):
    assert main(["check", f"{module}:loss", "--gradient", f"{module}:wrong", *AT]) == 1
    out = capsys.readouterr().out
    assert "4 wrong" in out
    assert "with respect to w has the wrong sign" in out


def test_other_numbers_are_left_out_on_request(module, capsys):
    at = ["--at", "x=0", "--gradient", f"{module}:forgetful"]
    assert main(["check", f"{module}:Model.energy", *at]) == 1
    assert main(["check", f"{module}:Model.energy", *at, "--no-vary"]) == 0
    assert "WRONG" not in capsys.readouterr().out.rpartition("checked")[2]


def test_functions_can_come_from_a_file_or_a_class(module, tmp_path, capsys):
    assert main(["check", str(tmp_path / f"{module}.py:loss"), *AT]) == 0
    assert main(["check", f"{module}:Model.energy", "--at", "x=3"]) == 0
    assert "x         6          6" in capsys.readouterr().out


def test_values_can_come_from_files_or_be_random(module, tmp_path, capsys):
    np.save(tmp_path / "x.npy", np.array([0.5, 0.25]))
    assert (
        main(["check", f"{module}:loss", "--at", "w=normal(3, 2)", "x=x.npy", "--rows", "2"]) == 0
    )
    assert "8 derivatives checked, 2 shown" in capsys.readouterr().out


@pytest.mark.slow
def test_the_errors_can_be_plotted(module, tmp_path):
    pytest.importorskip("matplotlib")
    assert main(["check", f"{module}:loss", *AT, "--plot", "errors.png"]) == 0
    assert (tmp_path / "errors.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "found_text"),
    [
        (["loss", *AT], "not of the form module:function"),
        (["{module}:", *AT], "not of the form module:function"),
        (["no_such_module:f", *AT], "No module named"),
        (["no_such_file.py:f", *AT], "there is no file"),
        (["{module}:nothing", *AT], "has no attribute"),
        (["{module}:number", *AT], "not a function"),
        (["{module}:loss", "--at", "w=[1,2"], "is not a number"),
        (["{module}:loss", "--at", "w"], "not of the form name=value"),
        (["{module}:loss", "--at", "w=[[1,2],[3,4]]", "x=[1,2,3]"], "failed"),
        (["{module}:loss", "--at", "w=missing.npy", "x=1"], "No such file"),
        (["{module}:loss", *AT, "--modes", "sideways"], "modes="),
    ],
)
def test_bad_input_exits_with_two_and_a_one_line_message(module, arguments, found_text, capsys):
    assert main(["check", *[a.format(module=module) for a in arguments]]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert found_text in captured.err
    assert len(captured.err.strip().splitlines()) == 1


def test_the_word_check_alone_is_an_expression(capsys):
    assert main(["check*2", "check=3"]) == 0
    assert "check * 2 = 6" in capsys.readouterr().out


LAYERS = """
import numpy as np
from nearby import double

class Dense:
    def __init__(self, W):
        self.W = W

    def forward(self, x):
        self.x = x
        return np.tanh(x @ self.W)

    def backward(self, g):
        dz = g * (1 - np.tanh(self.x @ self.W))
        self.dW = self.x.T @ dz
        return dz @ self.W.T

def layer():
    return Dense(np.ones((3, 2)))

made = layer()

def affine(x, w):
    return x @ w, (x, w)

def backward(g, cache):
    x, w = cache
    return np.outer(g, w), double(x.T @ g)

def both(w, y):
    return np.sum(w[y] ** 2), 2 * w

def failing(x):
    return 1 + missing
"""


@pytest.fixture
def layers(tmp_path):
    (tmp_path / "nearby.py").write_text("def double(x):\n    return 2 * x\n")
    (tmp_path / "layers_for_the_shell.py").write_text(LAYERS)
    return str(tmp_path / "layers_for_the_shell.py")


@pytest.mark.parametrize("name", ["layer", "made"])
def test_a_layer_is_checked_from_the_shell(layers, name, tmp_path, capsys):
    page = tmp_path / "page.html"
    arguments = ["check", f"{layers}:{name}", "--layer", "--at", "x=normal(4,3)"]
    assert main([*arguments, "--html", str(page)]) == 1
    out = capsys.readouterr().out
    assert "line 14, in backward: dz = g * (1 - np.tanh(self.x @ self.W))" in out
    assert "class='wrong'>  14" in page.read_text(encoding="utf-8")
    assert main([*arguments, "--hints", "2"]) == 1
    out = capsys.readouterr().out
    assert "x: all 12 elements" in out
    assert "line" not in out


def test_a_backward_pass_is_checked_from_the_shell(layers, capsys):
    at = ["--at", "x=normal(4,3)", "w=normal(3)"]
    assert main(["check", f"{layers}:affine", "--vjp", f"{layers}:backward", *at]) == 1
    assert "2 times too large" in capsys.readouterr().out
    at = ["--at", "w=normal(3)", "y=int[0,1,2]"]
    assert main(["check", f"{layers}:both", "--gradient", "True", "--wrt", "w", *at]) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["layr", "--layer", "--at", "x=1"], "has no attribute 'layr'; is it layer?"),
        (["Dense", "--layer", "--at", "x=1"], "name a layer, or a function that makes one"),
        (["layer", "--layer", "--wrt", "x", "--at", "x=1"], "--wrt is for functions"),
        (["layer", "--layer", "--at", "x=normal(4,5)"], "layers_for_the_shell.py, line 11"),
        (["failing", "--at", "x=1"], "'missing' is not defined (layers_for_the_shell.py, line 34)"),
        (["both", "--at", "w=normal(3)", "y=int[0]", "--wrt", "v"], "wrt= names inputs"),
    ],
)
def test_what_fails_in_the_shell_is_said_with_the_line(layers, arguments, message, capsys):
    assert main(["check", f"{layers}:{arguments[0]}", *arguments[1:]]) == 2
    assert message in capsys.readouterr().err


def test_precision_is_counted(module, tmp_path, capsys):
    (tmp_path / "digits.py").write_text(
        "import numpy as np\n\ndef f(x):\n    return np.log(1 + x)\n"
    )
    assert main(["check", str(tmp_path / "digits.py:f"), "--at", "x=1e-10", "--precision"]) == 0
    assert "write np.log1p(x): 16.0 digits" in capsys.readouterr().out


def test_precision_is_written_as_a_page(tmp_path, capsys):
    (tmp_path / "digits.py").write_text(
        "import numpy as np\n\ndef f(x):\n    return np.log(1 + x)\n"
    )
    page = tmp_path / "page.html"
    arguments = ["check", str(tmp_path / "digits.py:f"), "--at", "x=[1e-10,2]", "--precision"]
    assert main([*arguments, "--html", str(page)]) == 0
    assert f"The page is in {page}" in capsys.readouterr().out
    text = page.read_text(encoding="utf-8")
    assert "The result has 7.1 of 16.0 digits, and its gradient 16.0." in text
    assert "class='wrong'>   4  " in text
    assert "<span class='right'>" in text
    assert "result[0]: 7.1 digits" in text
    assert main([*arguments, "--plot", "x.png"]) == 2
    assert "--plot has no meaning with --precision" in capsys.readouterr().err
