"""A drug in the blood: a model of differential equations fitted to measurements.

Theophylline, given by mouth, moves from the gut into the blood and leaves it. The measurements are
those of subject 1 in Boeckmann, Sheiner & Beal, "NONMEM Users Guide V", 1994; the fit is known from
R: `nls(conc ~ SSfol(Dose, Time, lKe, lKa, lCl))`.
"""

import argparse
from pathlib import Path

import numpy as np

from autograd import hessian, jacobian
from autograd.scipy.integrate import solve_ivp
from autograd.scipy.optimize import least_squares

DOSE = 4.02  # mg per kg of body weight
HOURS = np.array([0, 0.25, 0.57, 1.12, 2.02, 3.82, 5.1, 7.03, 9.05, 12.12, 24.37])
MEASURED = np.array([0.74, 2.84, 6.57, 10.5, 9.66, 8.58, 8.36, 7.47, 6.89, 5.94, 3.28])
NAMES = ("log elimination", "log absorption", "log clearance")
FROM_R = {"estimate": [-2.9196, 0.5752, -3.9159], "error": [0.1709, 0.1728, 0.1273]}


def concentrations(parameters, hours=HOURS):
    """Return mg of drug per litre of blood, from the logarithms of the three rates."""
    elimination, absorption, clearance = (np.exp(parameters[i]) for i in range(3))

    def change(t, amounts):
        gut, blood = amounts
        return np.stack([-absorption * gut, absorption * gut - elimination * blood])

    found = solve_ivp(
        change, (0, 25), [DOSE, 0.0], t_eval=hours, method="DOP853", rtol=1e-6, atol=1e-6
    )
    return found.y[1] * elimination / clearance


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, help="folder for a picture")
    options = parser.parse_args(arguments)

    def residuals(parameters):
        return concentrations(parameters) - MEASURED

    fit = least_squares(residuals, np.array([-2.5, 0.5, -3.0]))
    variance = np.sum(fit.fun**2) / (len(HOURS) - 3)
    curvature = hessian(lambda p: np.sum(residuals(p) ** 2) / 2)(fit.x)
    slopes = jacobian(residuals)(fit.x)
    errors = {
        "Gauss-Newton": np.sqrt(variance * np.diag(np.linalg.inv(slopes.T @ slopes))),
        "Hessian": np.sqrt(variance * np.diag(np.linalg.inv(curvature))),
    }
    print("                  estimate  error: Gauss-Newton, Hessian   from R")
    for i, name in enumerate(NAMES):
        both = f"{errors['Gauss-Newton'][i]:.4f}        {errors['Hessian'][i]:.4f}"
        ours = f"{fit.x[i]:8.4f}          {both}"
        print(f"{name:16} {ours}    {FROM_R['estimate'][i]:8.4f} {FROM_R['error'][i]:.4f}")
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        draw(fit.x, options.output)
    return fit.x, errors


def draw(parameters, folder):
    """Draw the measurements and the curve."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(5, 3), layout="constrained")
    hours = np.linspace(0, 25, 200)
    axes.plot(hours, concentrations(parameters, hours))
    axes.plot(HOURS, MEASURED, "o")
    axes.set(xlabel="hours", ylabel="mg per litre")
    figure.savefig(folder / "pharmacokinetics.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
