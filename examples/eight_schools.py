"""Eight schools: a hierarchical model, sampled by Hamiltonian Monte Carlo in twenty lines.

Coaching for a test raised its results in eight schools by different amounts (Rubin, "Estimation in
parallel randomized experiments", 1981). The posterior is known from `posteriordb`, by very long
runs of Stan: 4.4 ± 3.3 of the mean effect, 3.6 ± 3.2 of its deviation between schools.
"""

import argparse
from pathlib import Path

import numpy as np

from autograd import jit, value_and_grad
from autograd.scipy.stats import halfcauchy, norm

EFFECTS = np.array([28.0, 8, -3, 7, -1, 1, 18, 12])
ERRORS = np.array([15.0, 10, 16, 11, 9, 11, 10, 18])
PUBLISHED = {"mean effect": (4.4, 3.3), "deviation": (3.6, 3.2)}


def log_density(x):
    """Return the log posterior of the mean effect, the log deviation, and eight numbers."""
    mean, deviation, schools = x[0], np.exp(x[1]), x[2:]
    prior = norm.logpdf(mean, 0, 5) + halfcauchy.logpdf(deviation, 0, 5) + x[1]
    data = norm.logpdf(EFFECTS, mean + deviation * schools, ERRORS)
    return prior + np.sum(norm.logpdf(schools)) + np.sum(data)


def hamiltonian(density, start, count, random, step=0.25, length=12):
    """Draw samples by following the motion of a particle downhill, with random speeds."""
    run = jit(value_and_grad(density))
    x, (value, slope), samples, accepted = start, run(start), [], 0
    for _ in range(count):
        speed = random.normal(size=x.shape)
        y, slope_y, moving = x, slope, speed
        size = step * random.uniform(0.6, 1.2)
        for _ in range(length):
            moving = moving + size / 2 * slope_y
            y = y + size * moving
            value_y, slope_y = run(y)
            moving = moving + size / 2 * slope_y
        change = value_y - value - (moving @ moving - speed @ speed) / 2
        if np.log(random.uniform()) < change:
            x, value, slope, accepted = y, value_y, slope_y, accepted + 1
        samples.append(x)
    return np.stack(samples), accepted / count


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=4000)
    parser.add_argument("--output", type=Path, help="folder for a picture")
    options = parser.parse_args(arguments)
    random = np.random.default_rng(0)
    samples, rate = hamiltonian(log_density, np.zeros(10), options.samples, random)
    samples = samples[len(samples) // 10 :]
    found = {"mean effect": samples[:, 0], "deviation": np.exp(samples[:, 1])}
    print(f"{rate:.0%} of {options.samples} steps accepted")
    for name, values in found.items():
        mean, deviation = PUBLISHED[name]
        print(
            f"{name:12} {values.mean():.2f} ± {values.std():.2f}   published {mean} ± {deviation}"
        )
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        draw(samples, options.output)
    return {name: (values.mean(), values.std()) for name, values in found.items()}


def draw(samples, folder):
    """Draw the effects in the schools, as measured and by the model."""
    import matplotlib.pyplot as plt

    effects = samples[:, :1] + np.exp(samples[:, 1:2]) * samples[:, 2:]
    figure, axes = plt.subplots(figsize=(5, 3), layout="constrained")
    place = np.arange(8)
    axes.errorbar(place - 0.1, EFFECTS, ERRORS, fmt="o", label="measured")
    axes.errorbar(place + 0.1, effects.mean(0), effects.std(0), fmt="o", label="by the model")
    axes.set(xlabel="school", ylabel="effect")
    axes.legend()
    figure.savefig(folder / "eight_schools.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
