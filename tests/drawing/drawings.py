"""Graphs to draw, and pictures read back."""

import json
import re
import shutil
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from autograd import Tensor, Value, scope

needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="dot is not installed")

AWKWARD = [
    'a"b', "a<b>&c", "{a|b}", "back\\slash\\n", "two\nlines", "π ← ∂", "a" * 10_000, " x ", "\\",
    "<script>alert(1)</script>", "</script><img src=x onerror=alert(1)>", "]]>", "--> x", "#quot;",
    "&lt;", "`code`", "**bold**", "\x00\x1b[0m", "\ud800", "; end", "%% comment", "a:::leaf",
    "𝛼", "$x_1$", "100%", "{{data}}", "⟦1⟧",
]  # fmt: skip


def neuron():
    x, w = Value(2.0, label="x"), Value(-3.0, label="w")
    y = (x * w + x).tanh()
    y.label = "y"
    y.backward()
    return y


def network(layers=3):
    """A tanh network, one scope for each layer."""
    random = np.random.default_rng(0)
    h = random.normal(size=(5, 4))
    for i in range(layers):
        with scope(f"layers.{i}"):
            h = np.tanh(h @ Tensor(random.normal(size=(4, 4))) + Tensor(np.zeros(4)))
    loss = (h**2).mean()
    loss.label = "loss"
    return loss


def words(markup):
    """Return the texts within a label of DOT, in order."""
    return [t.strip() for t in ET.fromstring(f"<x>{markup}</x>").itertext() if t.strip()]


def data_of(page):
    """Return the data of an interactive page."""
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.S)[1])


class Read:
    """A picture in DOT, read back: boxes and signs by their names, and edges in order."""

    def __init__(self, source):
        self.boxes, self.shapes = {}, {}
        for name, markup in re.findall(r'^\t+("[^"]*"|\w+) \[label=<(.*)>\]$', source, re.M):
            self.boxes[name.strip('"')] = words(markup)
            self.shapes[name.strip('"')] = markup
        self.signs = {
            name: label.replace('\\"', '"')
            for name, label in re.findall(
                r'^\t+(o\d+) \[.*?label="((?:[^"\\]|\\.)*)"', source, re.M
            )
        }
        edges = re.findall(r'^\t+("[^"]*"|\w+) -> ("[^"]*"|\w+)', source, re.M)
        self.edges = [(a.strip('"'), b.strip('"')) for a, b in edges]
        self.clusters = re.findall(r'subgraph "cluster ([^"]*)"', source)

    def into(self, name):
        """Return what leads to a box or a sign, in order."""
        return [a for a, b in self.edges if b == name]


def words_of_step(line):
    """Return the three columns of a step in a lesson."""
    return [column.strip() for column in re.split(r"\s{3,}", line.strip())]
