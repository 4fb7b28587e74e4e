"""Attention over the edges of a graph: softmax by scatter, and sums, means and maxima of neighbours."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn import Parameter


def gathered(messages, target, nodes, reduce):
    index = target.unsqueeze(-1).expand_as(messages)
    if reduce == "sum":
        return messages.new_zeros(nodes, messages.size(-1)).scatter_add_(0, index, messages)
    start = messages.new_zeros(nodes, messages.size(-1))
    return start.scatter_reduce(0, index, messages, reduce=reduce, include_self=False)


def edge_softmax(scores, target, nodes):
    highest = torch.full((nodes,), float("-inf"))
    highest = highest.scatter_reduce(0, target, scores.detach(), reduce="amax")
    weights = (scores - highest.index_select(0, target)).exp()
    total = torch.zeros(nodes).index_add(0, target, weights)
    return weights / (total.index_select(0, target) + 1e-16)


class Attention(nn.Module):
    def __init__(self, inputs, outputs, reduce):
        super().__init__()
        self.reduce = reduce
        self.linear = nn.Linear(inputs, outputs, bias=False)
        self.score = Parameter(torch.empty(2 * outputs))
        self.eps = Parameter(torch.Tensor([0.1]))
        nn.init.uniform_(self.score, -0.5, 0.5)

    def forward(self, x, edges):
        x = self.linear(x)
        source, target = edges
        pairs = torch.cat([x[source], x[target]], dim=-1)
        scores = F.leaky_relu(pairs @ self.score, negative_slope=0.2)
        weights = edge_softmax(scores, target, x.size(0))
        messages = weights.unsqueeze(-1) * x[source]
        return (1 + self.eps) * x + gathered(messages, target, x.size(0), self.reduce)


def run():
    losses = []
    for reduce in ("sum", "mean", "amax"):
        torch.manual_seed(3)
        nodes = 16
        edges = torch.unique(torch.randint(0, nodes, (2, 40)), dim=1)
        edges = edges[:, edges[0] != edges[1]]
        edges = torch.cat([edges, edges.flip([0])], dim=1)
        x, graph = torch.randn(nodes, 4), torch.arange(nodes) // 4
        y = torch.tensor([0, 1, 2, 1])
        first, second, head = Attention(4, 8, reduce), Attention(8, 8, reduce), nn.Linear(8, 3)
        model = nn.ModuleList([first, second, head])
        optimizer = torch.optim.Adam(model.parameters(), lr=0.02, weight_decay=5e-4)
        for _ in range(3):
            hidden = second(F.elu(first(x, edges)), edges)
            count = torch.bincount(graph, minlength=4).clamp(min=1).unsqueeze(-1)
            pooled = gathered(hidden, graph, int(graph.max()) + 1, "sum") / count
            loss = F.nll_loss(F.log_softmax(head(pooled), dim=-1), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(float(loss))
    return losses
