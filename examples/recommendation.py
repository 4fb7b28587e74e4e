"""Recommend films by matrix factorisation: guess the ratings that are missing.

Each user and each film has a vector; a rating is their product, plus what the user and the film add
to the mean. Source: Koren, Bell & Volinsky, "Matrix factorization techniques for recommender
systems", 2009. The ratings are generated, so the best possible error is known.
"""

import argparse
import time

import numpy as np

import nn

USERS, FILMS, KNOWN, NOISE = 400, 200, 0.15, 0.5


def ratings(generator):
    """Return users, films and their ratings, of which most are unknown."""
    taste, style = (generator.normal(size=(count, 4)) / 2 for count in (USERS, FILMS))
    mood, quality = generator.normal(0, 0.4, USERS), generator.normal(0, 0.6, FILMS)
    exact = 3 + taste @ style.T + mood[:, None] + quality
    users, films = np.nonzero(generator.random((USERS, FILMS)) < KNOWN)
    return users, films, exact[users, films] + generator.normal(0, NOISE, len(users))


class Factors(nn.Module):
    """A rating as the mean, what the user and the film add, and the product of their vectors."""

    def __init__(self, mean, width):
        self.mean = mean
        self.users, self.films = nn.Embedding(USERS, width), nn.Embedding(FILMS, width)
        self.user_bias, self.film_bias = nn.Embedding(USERS, 1), nn.Embedding(FILMS, 1)
        for table in (self.users, self.films, self.user_bias, self.film_bias):
            table.weight.data *= 0.1

    def forward(self, user, film):
        """Return the rating of each pair."""
        product = (self.users(user) * self.films(film)).sum(axis=1)
        return self.mean + self.user_bias(user)[:, 0] + self.film_bias(film)[:, 0] + product


def error(model, data):
    """Return the root of the mean squared error."""
    user, film, rating = data
    return float(np.sqrt(nn.mse(model(user, film).data, rating)))


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)

    nn.seed(options.seed)
    *data, rating = ratings(np.random.default_rng(options.seed))
    order = np.random.default_rng(1).permutation(len(rating))
    parts = np.split(order, [len(order) * 8 // 10, len(order) * 9 // 10])
    train, validation, test = ((data[0][p], data[1][p], rating[p]) for p in parts)
    mean = train[2].mean()
    print(f"{len(train[2]):,} ratings by {USERS} users of {FILMS} films, {len(test[2]):,} held out")
    found = {"the mean": float(np.sqrt(((test[2] - mean) ** 2).mean()))}
    started = time.perf_counter()
    for name, width, decay in (
        ("user and film alone", 0, 0.02),
        ("vectors of 4, not regularised", 4, 0.0),
        ("vectors of 4", 4, 0.02),
    ):
        model = Factors(mean, max(width, 1))
        if not width:
            model.users.weight.data[...] = 0.0
            model.users.requires_grad_(False)
        optimizer = nn.optim.AdamW(model.parameters(), lr=0.03, weight_decay=decay / 0.03)
        nn.fit(
            model,
            nn.DataLoader(train, batch_size=256, shuffle=True),
            nn.mse,
            optimizer,
            options.epochs,
            validation=[validation],
            early_stopping=nn.EarlyStopping(patience=5),
            progress=False,
        )
        found[name] = error(model, test)
    for name, number in found.items():
        print(f"{name:30} error {number:.3f}")
    seconds = time.perf_counter() - started
    print(f"no guess can be better than the noise, {NOISE}; {seconds:.1f} s")
    return found


if __name__ == "__main__":
    main()
