"""Prices of options, and how they change: Black & Scholes, and Heston's stochastic volatility.

The Greeks are derivatives of the price. Those of Black & Scholes have closed forms; Heston's price
is an integral, whose value is known from Fang & Oosterlee, "A novel pricing method for European
options based on Fourier-cosine series expansions", 2008. Implied volatilities are roots.
"""

import argparse
from pathlib import Path

import numpy as np

from autograd import grad
from autograd.scipy.integrate import quad
from autograd.scipy.optimize import brentq
from autograd.scipy.stats import norm

SPOT, STRIKE, RATE, YEARS, VOLATILITY = 100.0, 110.0, 0.03, 0.5, 0.25
HESTON = {"speed": 1.5768, "mean": 0.0398, "noise": 0.5751, "start": 0.0175, "correlation": -0.5711}
PUBLISHED = 5.785155450  # of a call at 100 for one year, no interest


def black_scholes(spot, strike, rate, years, volatility):
    """Return the price of a call, the right to buy at the strike."""
    width = volatility * np.sqrt(years)
    above = (np.log(spot / strike) + (rate + volatility**2 / 2) * years) / width
    return spot * norm.cdf(above) - strike * np.exp(-rate * years) * norm.cdf(above - width)


def heston(spot, strike, years, speed, mean, noise, start, correlation):
    """Return the price of a call whose variance returns to a mean, with noise of its own.

    The characteristic function is that of Albrecher and others, "The little Heston trap", 2007.
    """

    def characteristic(u):
        a = speed - correlation * noise * 1j * u
        d = np.sqrt(a * a + noise**2 * (1j * u + u * u))
        g = (a - d) / (a + d)
        decay = np.exp(-d * years)
        level = (a - d) * years - 2 * np.log((1 - g * decay) / (1 - g))
        return np.exp(
            (speed * mean * level + start * (a - d) * (1 - decay) / (1 - g * decay)) / noise**2
        )

    def integrand(u):
        at = characteristic(u - 0.5j) * np.exp(1j * u * np.log(spot / strike))
        return np.real(at) / (u * u + 0.25)

    integral = quad(integrand, 0.0, 200.0, epsabs=1e-12, epsrel=1e-12, limit=200)[0]
    return spot - np.sqrt(spot * strike) / np.pi * integral


def implied_volatility(price, spot, strike, rate, years):
    """Return the volatility at which Black & Scholes give a price."""
    return brentq(
        lambda v: black_scholes(spot, strike, rate, years, v) - price, 0.01, 3.0, xtol=1e-14
    )


def greeks():
    """Return the derivatives of a price, and their closed forms."""
    at = (SPOT, STRIKE, RATE, YEARS, VOLATILITY)
    width = VOLATILITY * np.sqrt(YEARS)
    above = (np.log(SPOT / STRIKE) + (RATE + VOLATILITY**2 / 2) * YEARS) / width
    discounted = STRIKE * np.exp(-RATE * YEARS)
    decay = SPOT * norm.pdf(above) * VOLATILITY / (2 * np.sqrt(YEARS))
    return {
        "delta": (grad(black_scholes)(*at), norm.cdf(above)),
        "gamma": (grad(grad(black_scholes))(*at), norm.pdf(above) / (SPOT * width)),
        "rho": (grad(black_scholes, 2)(*at), YEARS * discounted * norm.cdf(above - width)),
        "theta": (
            -grad(black_scholes, 3)(*at),
            -decay - RATE * discounted * norm.cdf(above - width),
        ),
        "vega": (grad(black_scholes, 4)(*at), SPOT * norm.pdf(above) * np.sqrt(YEARS)),
    }


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, help="folder for a picture")
    options = parser.parse_args(arguments)
    found = greeks()
    for name, (ours, exact) in found.items():
        print(f"Black-Scholes {name:6} {ours:12.8f}   closed form {exact:12.8f}")
    price = heston(100.0, 100.0, 1.0, **HESTON)
    print(f"Heston price  {price:.9f}   published {PUBLISHED:.9f}")
    values = list(HESTON.values())
    slopes = {
        name: grad(heston, 3 + i)(100.0, 100.0, 1.0, *values) for i, name in enumerate(HESTON)
    }
    slopes["spot"] = grad(heston)(100.0, 100.0, 1.0, *values)
    print("Heston by", ", ".join(f"{name} {slope:.4f}" for name, slope in slopes.items()))
    volatility = implied_volatility(price, 100.0, 100.0, 0.0, 1.0)
    by_price = grad(implied_volatility)(price, 100.0, 100.0, 0.0, 1.0)
    vega = grad(black_scholes, 4)(100.0, 100.0, 0.0, 1.0, volatility)
    print(
        f"implied volatility {volatility:.6f}, by the price {by_price:.6f}, 1/vega {1 / vega:.6f}"
    )
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        draw(options.output)
    return found, price, slopes, by_price * vega


def draw(folder):
    """Draw the smile of implied volatilities of Heston's model."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(5, 3), layout="constrained")
    strikes = np.linspace(75, 125, 21)
    for years in (0.5, 1.0, 3.0):
        prices = [heston(100.0, k, years, **HESTON) for k in strikes]
        smile = [
            implied_volatility(p, 100.0, k, 0.0, years)
            for p, k in zip(prices, strikes, strict=True)
        ]
        axes.plot(strikes, smile, label=f"{years:g} year{'s' * (years != 1)}")
    axes.set(xlabel="strike", ylabel="implied volatility")
    axes.legend()
    figure.savefig(folder / "option_prices.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
