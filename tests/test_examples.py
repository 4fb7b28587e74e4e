"""Each example runs with fewer steps, reaches its goal, and is reproducible.

After changing an example, run it in full: docs/examples.md states what it reaches.
"""

import importlib.util
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
MODULES = ["matplotlib", "sklearn"]


@pytest.fixture(autouse=True)
def no_thread_of_the_bar_stays(monkeypatch):
    tqdm = pytest.importorskip("tqdm.auto")
    monkeypatch.setattr(tqdm.tqdm, "monitor_interval", 0)


@pytest.fixture(scope="module", autouse=True)
def one_thread_each():
    """Limit BLAS to one thread, because workers of the suite compete for the processors."""
    for name in MODULES:
        pytest.importorskip(name)
    with pytest.importorskip("threadpoolctl").threadpool_limits(1):
        yield


def loaded(name):
    """Return an example as a module."""
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(name, *arguments):
    """Run an example; return the result of its `main`."""
    return loaded(name).main([str(argument) for argument in arguments])


def printed(name, capsys, monkeypatch):
    """Run an example that is a plain script; return what it prints."""
    monkeypatch.setattr(sys, "argv", [f"{name}.py"])
    capsys.readouterr()
    runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
    return capsys.readouterr().out


def test_every_example_is_tested_and_described():
    names = {path.stem for path in EXAMPLES.glob("*.py")}
    tests = Path(__file__).read_text(encoding="utf-8")
    page = (EXAMPLES.parent / "docs" / "examples.md").read_text(encoding="utf-8")
    assert {name for name in names if f'"{name}"' not in tests} == set()
    assert {name for name in names if f"(../examples/{name}.py)" not in page} == set()


@pytest.mark.slow
def test_xor_is_learnt(capsys, monkeypatch):
    first = printed("xor", capsys, monkeypatch)
    outputs = [float(line.rpartition(" ")[2]) for line in first.splitlines()[1:]]
    np.testing.assert_allclose(outputs, [0, 1, 1, 0], atol=0.01)
    assert printed("xor", capsys, monkeypatch) == first


@pytest.mark.slow
def test_diabetes_is_predicted_as_well_as_by_least_squares(capsys, monkeypatch):
    first = printed("diabetes", capsys, monkeypatch)
    line, network = (float(text.split("R² ")[1][:5]) for text in first.splitlines())
    assert min(line, network) > 0.45
    assert printed("diabetes", capsys, monkeypatch) == first


@pytest.mark.slow
def test_three_input_networks_learn_memorise_or_fail():
    losses, found = run("three_inputs")
    assert losses[-1] < 1e-3
    assert found["linear"][0] == pytest.approx(0.25, abs=1e-3)
    assert found["four hidden units"][0] < 1e-3
    assert found["four hidden units"][1] == 1
    assert run("three_inputs") == (losses, found)


@pytest.mark.slow
def test_moons_are_classified():
    loss, right = run("moons", "--steps", 15)
    assert loss < 0.4
    assert right >= 85
    assert run("moons", "--steps", 2) == run("moons", "--steps", 2)


@pytest.mark.parametrize(
    ("name", "epochs", "least"), [("digits_cnn", 2, 0.95), ("digits_lstm", 8, 0.92)]
)
@pytest.mark.slow
def test_digits_are_recognised(name, epochs, least, tmp_path):
    history, accuracy = run(name, "--epochs", epochs, "--output", tmp_path)
    assert accuracy >= least
    assert (tmp_path / f"{name}.png").stat().st_size > 1000
    again, _ = run(name, "--epochs", 1)
    assert again.rows == history.rows[:1]


@pytest.mark.slow
def test_digits_are_recognised_by_two_layers(tmp_path):
    history = run("digits", "--output", tmp_path)
    assert history["val_accuracy"][-1] >= 0.975
    assert (tmp_path / "digits.png").stat().st_size > 1000
    first, second = (run("digits", "--epochs", 2, "--output", tmp_path) for _ in range(2))
    assert first.rows == second.rows


@pytest.mark.slow
def test_characters_are_learnt():
    before, after, _ = run("characters", "--epochs", 4)
    np.testing.assert_allclose(before, np.log(58), atol=0.1)  # 58 equally likely characters
    assert max(after) < 2.6
    assert run("characters", "--epochs", 1) == run("characters", "--epochs", 1)


@pytest.mark.slow
def test_sequences_are_copied(tmp_path, capsys):
    assert run("copy_task", "--steps", 150, "--output", tmp_path) >= 0.98
    assert (tmp_path / "copy_task.png").stat().st_size > 1000
    capsys.readouterr()
    losses = []
    for _ in range(2):
        run("copy_task", "--steps", 10)
        losses.append([line for line in capsys.readouterr().out.splitlines() if "loss" in line])
    assert losses[0]
    assert losses[0] == losses[1]


@pytest.mark.slow
def test_a_pole_is_balanced(tmp_path):
    before, after = run("policy_gradient", "--iterations", 40, "--output", tmp_path)
    assert before < 40
    assert after > 2.5 * before
    assert (tmp_path / "policy_gradient.png").stat().st_size > 1000
    assert run("policy_gradient", "--iterations", 3) == run("policy_gradient", "--iterations", 3)


@pytest.mark.slow
def test_words_that_are_used_alike_get_similar_vectors():
    losses, ranks, words = run("word_vectors", "--epochs", 2)
    assert losses[-1] < losses[0] < np.log(2)
    assert len(ranks) >= 8
    assert np.median(list(ranks.values())) < words / 5
    assert run("word_vectors", "--epochs", 1)[0] == losses[:1]


@pytest.mark.slow
def test_missing_ratings_are_guessed():
    found = run("recommendation")
    mean, biases, free, best = found.values()
    assert 0.5 < best < free < mean
    assert best < biases < 0.85 * mean
    assert run("recommendation", "--epochs", 2) == run("recommendation", "--epochs", 2)


@pytest.mark.slow
def test_falling_balls_are_caught():
    before, after = run("actor_critic", "--iterations", 150)
    assert before < 0.25
    assert after > 2 * before
    assert run("actor_critic", "--iterations", 3) == run("actor_critic", "--iterations", 3)


@pytest.mark.slow
def test_two_numbers_describe_a_digit(tmp_path):
    error, linear = run("autoencoder", "--epochs", 12, "--output", tmp_path)
    assert error < 0.9 * linear
    assert (tmp_path / "autoencoder.png").stat().st_size > 1000
    assert run("autoencoder", "--epochs", 1) == run("autoencoder", "--epochs", 1)


@pytest.mark.slow
def test_a_residual_network_is_better_than_a_plain_one():
    networks = ["LeNet", "plain, 4 convolutions", "ResNet, 4 convolutions"]
    found = run("lenet_to_resnet", "--epochs", 3, "--networks", *networks)
    assert found["ResNet, 4 convolutions"] > 0.95 > found["plain, 4 convolutions"]
    again = [run("lenet_to_resnet", "--epochs", 1, "--networks", "LeNet") for _ in range(2)]
    assert again[0] == again[1]


@pytest.mark.slow
def test_overfitting_is_cured(tmp_path):
    found = run("overfitting", "--output", tmp_path, "--cures", "nothing", "all three")
    learnt, right = found.pop("nothing")
    assert learnt > 0.95
    for name, (labels, digits) in found.items():
        assert labels < learnt, name
        assert digits > right + 0.02, name
    assert (tmp_path / "overfitting.png").stat().st_size > 1000


@pytest.mark.slow
def test_a_soap_film_becomes_smaller(capsys):
    found = run("soap_film", "--size", 16)
    assert capsys.readouterr().out.startswith("196 × 196 with 1262 entries")
    assert np.max(np.abs(found.grad)) < 1e-6
    assert 7.3 < found.fun < 7.5


@pytest.mark.slow
def test_bundles_fit_as_well_as_the_noise_allows():
    before, after = run("bundle_adjustment", "--points", 60)
    assert before > 10
    assert after < 1
    assert run("bundle_adjustment", "--points", 60) == (before, after)


@pytest.mark.slow
def test_the_brusselator_needs_the_same_steps_with_derivatives():
    results = run("brusselator", "--size", 12, "--until", 2)
    exact, differences = results["derivatives"], results["differences"]
    assert exact.success
    assert exact.nfev <= differences.nfev + 20
    np.testing.assert_allclose(exact.y[:, -1], differences.y[:, -1], rtol=1e-3)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:The worker .* times as long:RuntimeWarning")
def test_models_of_rows_are_fitted_on_a_cluster():
    pytest.importorskip("distributed")
    alike, means, right = run("cluster", "--rows", 4000, "--workers", 1)
    assert alike > 0.95
    np.testing.assert_allclose(sorted(means), [-2, -2, 2, 2], atol=0.2)
    assert right > 0.85


@pytest.mark.slow
def test_gradients_show_the_effect_of_depth(tmp_path):
    results = run("depth", "--steps", 22, "--output", tmp_path)
    verdicts = [report.verdict for report, _ in results.values()]
    assert verdicts == ["vanishing", "steady", "steady", "steady", "exploding"]
    assert results["sigmoid"][1] < 0.2
    assert results["sigmoid, residual"][1] > 0.5
    assert (tmp_path / "depth.png").stat().st_size > 1000
    again = run("depth", "--steps", 1)
    assert [str(report) for report, _ in again.values()] == [
        str(report) for report, _ in results.values()
    ]


@pytest.mark.slow
def test_a_drug_is_fitted_as_by_r():
    estimates, errors = run("pharmacokinetics")
    np.testing.assert_allclose(estimates, [-2.9196, 0.5752, -3.9159], atol=1e-4)
    np.testing.assert_allclose(errors["Gauss-Newton"], [0.1709, 0.1728, 0.1273], atol=1e-4)
    # From second derivatives of Bateman's closed form in 40 digits, by mpmath.
    expected = [0.16917165, 0.15173233, 0.12780035]
    np.testing.assert_allclose(errors["Hessian"], expected, rtol=1e-5)


#: Calls for a year at 100, by A. Lewis with twenty digits: speed 4, mean 1/4, noise 1, correlation -1/2,
#: variance 0.04, interest 1 %, dividends 2 % ("Heston - reference prices", forum of Wilmott, 2012).
LEWIS = {
    80: 26.7747587439988542,
    90: 20.9333490005967104,
    100: 16.0701549170288343,
    110: 12.1322115167098449,
    120: 9.0249134834578356,
}


def test_prices_of_hestons_model_are_those_published():
    heston = loaded("option_prices").heston
    forward, discount = 100 * np.exp(-0.01), np.exp(-0.01)
    for strike, published in LEWIS.items():
        price = discount * heston(forward, strike, 1.0, 4.0, 0.25, 1.0, 0.04, -0.5)
        assert price == pytest.approx(published, rel=1e-13)


#: Price and its derivatives by spot, speed, mean, noise, start and correlation, from Heston's own two
#: integrals (1993) in 20 digits, by mpmath; the price of Fang & Oosterlee has 8 right digits.
HESTON_1993 = [
    5.785155434376189, 0.6249164956262843, 0.868740270568971, 62.91518292152957,
    -2.2048085632090167, 54.565330894157225, 0.5805726114169391,
]  # fmt: skip


def test_hestons_greeks_match_his_own_integrals():
    module = loaded("option_prices")
    at = (100.0, 100.0, 1.0, *module.HESTON.values())
    found = [module.heston(*at), *(module.grad(module.heston, i)(*at) for i in (0, 3, 4, 5, 6, 7))]
    np.testing.assert_allclose(found, HESTON_1993, rtol=1e-9)


@pytest.mark.slow
def test_option_prices_match_closed_forms_and_papers():
    greeks, price, slopes, inverse = run("option_prices")
    for ours, exact in greeks.values():
        assert ours == pytest.approx(exact, rel=1e-10)
    assert price == pytest.approx(5.78515543437619, rel=1e-11)  # by mpmath with 30 digits
    assert price == pytest.approx(5.785155450, abs=1e-7)  # Fang & Oosterlee
    assert inverse == pytest.approx(1.0)
    assert slopes["spot"] > 0


@pytest.mark.slow
def test_conductivity_is_found_from_temperatures():
    difference, error = run("heat_source", "--iterations", 40)
    assert difference < 1e-13
    assert error < 0.1


@pytest.mark.slow
def test_other_closed_forms_of_science_are_met(tmp_path):
    difference, likelihood, found = run("gaussian_process", "--output", tmp_path)
    assert difference < 1e-12
    # The fit of scikit-learn's GaussianProcessRegressor.
    assert likelihood == pytest.approx(0.3034523282724493, rel=1e-8)
    np.testing.assert_allclose(found, [1.942761, 2.366097, 0.151710], rtol=1e-4)
    assert (tmp_path / "gaussian_process.svg").exists()
    difference, miss = run("robot_arm")
    assert max(difference, miss) < 1e-13
    one, exact, designed, bare = run("photonics", "--iterations", 15)
    assert one == pytest.approx(exact, rel=1e-3)
    assert designed < bare / 50


def test_predictions_of_a_process_are_those_of_scikit_learn():
    parameters = np.log([1.942761, 2.366097, 0.151710])
    points = np.array([[0.5], [5.0], [12.0]])
    mean, deviation = loaded("gaussian_process").predicted(points, parameters)
    np.testing.assert_allclose(mean, [0.52822117, 0.48723445, 0.47310255], rtol=1e-7)
    np.testing.assert_allclose(deviation, [0.07687106, 0.04739457, 1.06412841], rtol=1e-7)


def test_slopes_of_heat_match_complex_steps_of_dense_systems():
    module = loaded("heat_source")
    random = np.random.default_rng(0)
    at, start = 0.5 * random.normal(size=module.CELLS), np.sin(np.pi * module.PLACES) ** 2
    step = module.TIME / module.STEPS

    def dense(log_conductivity):
        k = np.exp(log_conductivity)
        between = 2 / (1 / k[1:] + 1 / k[:-1])
        flow = module.CELLS**2 * np.concatenate([2 * k[:1], between, 2 * k[-1:]])
        matrix = np.diag(1 + step * (flow[1:] + flow[:-1]))
        matrix = matrix - step * (np.diag(flow[1:-1], 1) + np.diag(flow[1:-1], -1))
        state, total = start, 0.0
        for _ in range(module.STEPS):
            state = np.linalg.solve(matrix, state)
            total = total + np.sum(state**2)
        return total

    found = module.value_and_grad(lambda p: np.sum(module.temperatures(p, start) ** 2))(at)[1]
    for i in (0, 17, 59):
        expected = np.imag(dense(at + 1e-30j * np.eye(module.CELLS)[i])) / 1e-30
        assert found[i] == pytest.approx(expected, rel=1e-10)


def test_reflected_light_has_the_slopes_of_the_adjoint_formula():
    module = loaded("photonics")
    layers = np.random.default_rng(0).uniform(1.0, 2.25, 20)
    wave, n = 1.1, module.POINTS
    k = 2 * np.pi / wave * module.SPACING
    value, slopes = module.value_and_grad(module.reflected)(module.profile(layers), wave)
    # The system again, dense: its inverse is symmetric, so the adjoint field is the field itself.
    ends = np.exp(2j * np.arcsin(k * np.sqrt(np.array([1.0, module.GLASS])) / 2))
    diagonal = (
        module.profile(layers) * k**2 - 2 + np.concatenate([ends[:1], np.zeros(n - 2), ends[1:]])
    )
    source = ends[0] - 1 / ends[0]
    matrix = np.diag(diagonal) + np.eye(n, k=1) + np.eye(n, k=-1)
    field = np.linalg.solve(matrix, source * np.eye(n)[0])
    amplitude = field[0] - 1
    assert value == pytest.approx(abs(amplitude) ** 2, rel=1e-10)
    expected = -2 * k**2 * np.real(np.conj(amplitude) * field**2 / source)
    np.testing.assert_allclose(slopes, expected, atol=1e-9 * np.max(np.abs(expected)))
    # Without a grid, by characteristic matrices: Born & Wolf, 1.6.2.
    whole = np.eye(2)
    for index in np.sqrt(layers):
        turn = 2 * np.pi / wave * index * 20 * module.SPACING
        c, s = np.cos(turn), -1j * np.sin(turn)
        whole = whole @ np.array([[c, s / index], [s * index, c]])
    into, out = whole @ np.array([1.0, np.sqrt(module.GLASS)])
    assert value == pytest.approx(abs((into - out) / (into + out)) ** 2, rel=2e-3)


@pytest.mark.slow
def test_eight_schools_have_the_published_posterior():
    found = run("eight_schools", "--samples", 1500)
    assert found["mean effect"] == pytest.approx((4.4, 3.3), abs=0.7)
    assert found["deviation"] == pytest.approx((3.6, 3.2), abs=0.7)
