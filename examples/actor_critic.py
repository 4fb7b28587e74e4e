"""Learn to catch falling balls by actor–critic, from rewards alone.

The critic learns what a state is worth, from rewards and its own values of later states. The actor
learns to do more often what turned out better than the critic expected. Sources: Mnih et al.,
"Asynchronous methods for deep reinforcement learning", 2016; Schulman et al., "High-dimensional
continuous control using generalized advantage estimation", 2016.
"""

import argparse
import time

import numpy as np

import autograd
import nn

WIDTH, HEIGHT = 7, 8


class Games:
    """Many games at once: a ball falls, the paddle below moves left, stays, or moves right."""

    def __init__(self, count, generator):
        self.generator = generator
        self.ball = np.zeros((count, 2), int)  # column and row
        self.paddle = generator.integers(0, WIDTH, count)
        self.drift = np.zeros(count, int)
        self._drop(np.ones(count, bool))

    def _drop(self, which):
        count = which.sum()
        self.ball[which, 0] = self.generator.integers(0, WIDTH, count)
        self.ball[which, 1] = 0
        self.drift[which] = self.generator.integers(-1, 2, count)

    def states(self):
        """Return where ball and paddle are, and how the ball drifts, as ones among zeros."""
        ball, row = np.eye(WIDTH)[self.ball[:, 0]], np.eye(HEIGHT)[self.ball[:, 1]]
        return np.hstack([ball, row, np.eye(WIDTH)[self.paddle], np.eye(3)[self.drift + 1]])

    def step(self, moves):
        """Move by -1, 0 or 1; return the rewards, 1 or -1 at the end of a game, and who ended."""
        self.paddle = np.clip(self.paddle + moves, 0, WIDTH - 1)
        column = self.ball[:, 0] + self.drift
        bounced = (column < 0) | (column >= WIDTH)
        self.drift = np.where(bounced, -self.drift, self.drift)
        self.ball[:, 0] += self.drift
        self.ball[:, 1] += 1
        ended = self.ball[:, 1] == HEIGHT - 1
        rewards = np.where(ended, np.where(self.paddle == self.ball[:, 0], 1.0, -1.0), 0.0)
        self._drop(ended)
        return rewards, ended


def caught(actor, seed, count=200):
    """Return the share of balls that are caught, taking the most probable move each time."""
    games = Games(count, np.random.default_rng(seed))
    with autograd.no_grad():
        for _ in range(HEIGHT - 1):
            rewards, _ = games.step(np.argmax(actor(games.states()).data, axis=1) - 1)
    return float((rewards > 0).mean())


def played(actor, critic, games, generator, steps=16):
    """Play some steps; return states, moves, and how much better these were than expected."""
    states, moves, rewards, ends, values = [], [], [], [], []
    with autograd.no_grad():
        for _ in range(steps):
            states.append(games.states())
            values.append(critic(states[-1]).data[:, 0])
            chances = nn.softmax(actor(states[-1]).data, axis=1)
            draws = generator.random((len(chances), 1))
            moves.append((chances.cumsum(axis=1)[:, :-1] < draws).sum(axis=1))
            reward, ended = games.step(moves[-1] - 1)
            rewards.append(reward)
            ends.append(ended)
        values.append(critic(games.states()).data[:, 0])
    better, following = np.zeros((steps, len(draws))), 0.0
    for step in reversed(range(steps)):
        goes_on = ~ends[step]
        surprise = rewards[step] + 0.95 * values[step + 1] * goes_on - values[step]
        better[step] = following = surprise + 0.95 * 0.9 * following * goes_on
    return np.concatenate(states), np.concatenate(moves), better.ravel()


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--iterations", type=int, default=600)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)

    nn.seed(options.seed)
    generator = np.random.default_rng(options.seed)
    games = Games(32, generator)
    size = games.states().shape[1]
    actor = nn.Sequential(nn.Linear(size, 64), nn.Tanh(), nn.Linear(64, 3))
    critic = nn.Sequential(nn.Linear(size, 64), nn.Tanh(), nn.Linear(64, 1))
    optimizer = nn.optim.Adam(actor.parameters() + critic.parameters(), lr=5e-3)
    before = caught(actor, options.seed + 1)
    started = time.perf_counter()
    for iteration in range(1, options.iterations + 1):
        states, moves, better = played(actor, critic, games, generator)
        values = critic(states)[:, 0]
        targets = values.data + better
        advantages = (better - better.mean()) / (better.std() + 1e-8)
        logits = actor(states)
        chosen = nn.cross_entropy(logits, moves, reduction="none")  # minus log-probabilities
        entropy = -(nn.softmax(logits, axis=1) * nn.log_softmax(logits, axis=1)).sum(axis=1)
        loss = (chosen * advantages).mean() + nn.mse(values, targets) - 0.01 * entropy.mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if iteration % max(1, options.iterations // 5) == 0:
            share = caught(actor, options.seed + 1)
            print(f"iteration {iteration}: {share:.0%} caught", flush=True)
    after = caught(actor, options.seed + 1)
    seconds = time.perf_counter() - started
    print(f"{before:.1%} of 200 balls caught before, {after:.1%} after, in {seconds:.1f} s")
    return before, after


if __name__ == "__main__":
    main()
