"""Balance a pole on a cart by policy gradient: REINFORCE with a baseline.

The policy and the baseline are learnt from the returns alone, without knowledge of the equations of
the cart. These are from Barto, Sutton & Anderson, "Neuronlike adaptive elements that can solve
difficult learning control problems", 1983. The method is from Williams, "Simple statistical
gradient-following algorithms for connectionist reinforcement learning", 1992.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import autograd
import nn

MOST_STEPS = 200


class CartPoles:
    """Many carts at once, each with a pole on it, pushed to the left or to the right.

    A state has four numbers: the place of the cart, its speed, the angle of the pole and the speed
    of that. A cart falls out when its pole leans more than 12 degrees, or it leaves the track.
    """

    gravity, cart, pole, half_length, force, dt = 9.8, 1.0, 0.1, 0.5, 10.0, 0.02

    def __init__(self, count, generator):
        self.states = generator.uniform(-0.05, 0.05, (count, 4))
        self.upright = np.ones(count, bool)

    def step(self, pushes):
        """Push each cart to the left, 0, or to the right, 1, for a fiftieth of a second."""
        _, speed, angle, turn = self.states.T
        force = self.force * (2 * pushes - 1)
        mass = self.cart + self.pole
        sine, cosine = np.sin(angle), np.cos(angle)
        thrust = (force + self.pole * self.half_length * turn**2 * sine) / mass
        turning = (self.gravity * sine - cosine * thrust) / (
            self.half_length * (4 / 3 - self.pole * cosine**2 / mass)
        )
        pushing = thrust - self.pole * self.half_length * turning * cosine / mass
        self.states = self.states + self.dt * np.stack([speed, pushing, turn, turning], axis=1)
        place, _, angle, _ = self.states.T
        self.upright &= (np.abs(place) < 2.4) & (np.abs(angle) < np.radians(12))


def episodes(policy, count, generator):
    """Run a policy until all poles have fallen or the time is up.

    Return states, pushes and whether a pole stood, each with one row for each step.
    """
    carts = CartPoles(count, generator)
    states, pushes, stood = [], [], []
    while len(states) < MOST_STEPS and carts.upright.any():
        states.append(carts.states)
        stood.append(carts.upright.copy())
        with autograd.no_grad():
            right = nn.sigmoid(policy(carts.states)[:, 0])
        pushes.append((generator.random(count) < right).astype(float))
        carts.step(pushes[-1])
    return np.stack(states), np.stack(pushes), np.stack(stood)


def returns_of(stood, discount=0.99):
    """Return for each step the discounted number of steps that the pole will stand."""
    found = np.zeros(stood.shape)
    following = np.zeros(stood.shape[1])
    for step in reversed(range(len(stood))):
        following = stood[step] * (1 + discount * following)
        found[step] = following
    return found


def mean_return(policy, seed, count=100):
    """Return the mean number of steps that the pole stands in new episodes."""
    return episodes(policy, count, np.random.default_rng(seed))[2].sum(axis=0).mean()


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--iterations", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="where to put a picture")
    options = parser.parse_args(arguments)

    nn.seed(options.seed)
    generator = np.random.default_rng(options.seed)
    policy = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 1))
    baseline = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 1))
    optimizer = nn.optim.Adam(policy.parameters() + baseline.parameters(), lr=1e-2)
    before = mean_return(policy, options.seed + 1)
    lasted = []
    started = time.perf_counter()
    for iteration in range(1, options.iterations + 1):
        states, pushes, stood = episodes(policy, 16, generator)
        lasted.append(stood.sum(axis=0).mean())
        states, pushes, returns = states[stood], pushes[stood], returns_of(stood)[stood]
        expected = baseline(states)[:, 0]
        advantages = returns / 100 - expected.data  # return minus its expectation
        advantages = (advantages - advantages.mean()) / advantages.std()
        minus_log_probabilities = nn.binary_cross_entropy_with_logits(
            policy(states)[:, 0], pushes, reduction="none"
        )
        loss = (minus_log_probabilities * advantages).mean() + nn.mse(expected, returns / 100)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if iteration % max(1, options.iterations // 6) == 0:
            print(f"iteration {iteration}: the pole stands for {lasted[-1]:.1f} steps", flush=True)
    seconds = time.perf_counter() - started
    after = mean_return(policy, options.seed + 1)
    print(
        f"mean of 100 new episodes of up to {MOST_STEPS} steps: {before:.1f} steps before, "
        f"{after:.1f} after {options.iterations} iterations of 16 episodes, in {seconds:.1f} s"
    )
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        figure = Figure(figsize=(6, 3.6), layout="constrained")
        axes = figure.add_subplot()
        axes.plot(range(1, len(lasted) + 1), lasted)
        axes.set(xlabel="iteration", ylabel="steps until the pole falls", ylim=(0, None))
        figure.savefig(options.output / "policy_gradient.png", dpi=120)
    return before, after


if __name__ == "__main__":
    main()
