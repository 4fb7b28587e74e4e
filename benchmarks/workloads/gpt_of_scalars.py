"""GPT of scalars: a document through a 1-layer, 16-wide, 4-head transformer of Values; Adam."""

import itertools
import random

CALLS = 3
DOCUMENT = "gabriella"
WIDTH, HEADS, CONTEXT = 16, 4, 16
HEAD = WIDTH // HEADS
START = 26  # the token before and after a document; a to z are 0 to 25
RATE, BETA1, BETA2, EPSILON = 1e-2, 0.9, 0.95, 1e-8


def parameters(value):
    generator = random.Random(42)

    def matrix(rows, columns):
        return [[value(generator.gauss(0, 0.08)) for _ in range(columns)] for _ in range(rows)]

    return {
        "tokens": matrix(27, WIDTH),
        "positions": matrix(CONTEXT, WIDTH),
        "query": matrix(WIDTH, WIDTH),
        "key": matrix(WIDTH, WIDTH),
        "value": matrix(WIDTH, WIDTH),
        "output": matrix(WIDTH, WIDTH),
        "up": matrix(4 * WIDTH, WIDTH),
        "down": matrix(WIDTH, 4 * WIDTH),
        "logits": matrix(27, WIDTH),
    }


def linear(x, matrix):
    return [sum(w * xi for w, xi in zip(row, x, strict=True)) for row in matrix]


def softmax(logits):
    highest = max(logit.data for logit in logits)
    exponentials = [(logit - highest).exp() for logit in logits]
    total = sum(exponentials)
    return [e / total for e in exponentials]


def normalise(x):
    scale = (sum(xi * xi for xi in x) / len(x) + 1e-5) ** -0.5
    return [xi * scale for xi in x]


def add(x, y):
    return [a + b for a, b in zip(x, y, strict=True)]


def attend(query, keys, values):
    """Mix the values of one head by how well their keys match the query."""
    scores = [sum(q * k for q, k in zip(query, key, strict=True)) / HEAD**0.5 for key in keys]
    weights = softmax(scores)
    return [sum(w * v[j] for w, v in zip(weights, values, strict=True)) for j in range(HEAD)]


def transformer(p, token, position, keys, values):
    """Return the logits of the next token; append this one's keys and values."""
    x = normalise(add(p["tokens"][token], p["positions"][position]))
    h = normalise(x)
    query = linear(h, p["query"])
    keys.append(linear(h, p["key"]))
    values.append(linear(h, p["value"]))
    mixed = []
    for start in range(0, WIDTH, HEAD):
        part = slice(start, start + HEAD)
        mixed += attend(query[part], [k[part] for k in keys], [v[part] for v in values])
    x = add(x, linear(mixed, p["output"]))
    hidden = [h.relu() for h in linear(normalise(x), p["up"])]
    x = add(x, linear(hidden, p["down"]))
    return linear(x, p["logits"])


def mean_loss(p):
    """Return the mean cross-entropy of the tokens of a document."""
    tokens = [START, *(ord(letter) - ord("a") for letter in DOCUMENT), START]
    keys, values, losses = [], [], []
    for position, (token, following) in enumerate(itertools.pairwise(tokens)):
        probabilities = softmax(transformer(p, token, position, keys, values))
        losses.append(-probabilities[following].log())
    return sum(losses) / len(losses)


def training(value):
    p = parameters(value)
    every = [number for matrix in p.values() for row in matrix for number in row]
    first, second = [0.0] * len(every), [0.0] * len(every)
    steps = 0

    def step():
        nonlocal steps
        steps += 1
        loss = mean_loss(p)
        loss.backward()
        for i, number in enumerate(every):
            first[i] = BETA1 * first[i] + (1 - BETA1) * number.grad
            second[i] = BETA2 * second[i] + (1 - BETA2) * number.grad**2
            mean = first[i] / (1 - BETA1**steps)
            square = second[i] / (1 - BETA2**steps)
            number.data -= RATE * mean / (square**0.5 + EPSILON)
            number.grad = 0.0
        return loss.data

    return step


def chainrule(size):
    from autograd import Value

    return training(Value)


def chainrule_jit(size):
    """Keep the state of Adam in Values, because lists of numbers may not change under `jit`."""
    from autograd import Value, jit

    p = parameters(Value)
    every = [number for matrix in p.values() for row in matrix for number in row]
    first, second = [Value(0.0) for _ in every], [Value(0.0) for _ in every]

    @jit
    def update(scale, rescale):
        loss = mean_loss(p)
        loss.backward()
        for number, m, v in zip(every, first, second, strict=True):
            m.data = BETA1 * m.data + (1 - BETA1) * number.grad
            v.data = BETA2 * v.data + (1 - BETA2) * number.grad**2
            number.data -= RATE * (m.data / scale) / ((v.data / rescale) ** 0.5 + EPSILON)
            number.grad = 0.0
        return loss.data

    steps = 0

    def step():
        nonlocal steps
        steps += 1
        return update(1 - BETA1**steps, 1 - BETA2**steps)

    return step


def textbook(size):
    from textbook import Value

    return training(Value)
