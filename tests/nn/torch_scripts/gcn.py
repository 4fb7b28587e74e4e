"""Graph convolution on edges: degrees by scatter, messages added up at their targets."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.parameter import Parameter


class GraphConvolution(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super(GraphConvolution, self).__init__()
        self.in_features, self.out_features = in_features, out_features
        self.weight = Parameter(torch.FloatTensor(in_features, out_features))
        if bias:
            self.bias = Parameter(torch.FloatTensor(out_features))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self):
        stdv = 1.0 / math.sqrt(self.weight.size(1))
        self.weight.data.uniform_(-stdv, stdv)
        if self.bias is not None:
            self.bias.data.uniform_(-stdv, stdv)

    def forward(self, input, edge_index, norm):
        support = torch.mm(input, self.weight)
        source, target = edge_index
        messages = norm.unsqueeze(1) * support[source]
        output = torch.zeros_like(support).index_add_(0, target, messages)
        if self.bias is not None:
            return output + self.bias
        return output

    def __repr__(self):
        return f"{self.__class__.__name__} ({self.in_features} -> {self.out_features})"


class GCN(nn.Module):
    def __init__(self, nfeat, nhid, nclass):
        super(GCN, self).__init__()
        self.gc1 = GraphConvolution(nfeat, nhid)
        self.gc2 = GraphConvolution(nhid, nclass, bias=False)

    def forward(self, x, edge_index, norm):
        x = F.relu(self.gc1(x, edge_index, norm))
        x = F.dropout(x, 0.0, training=self.training)
        x = self.gc2(x, edge_index, norm)
        return F.log_softmax(x, dim=1)


def normalise(edge_index, n):
    loops = torch.arange(n).repeat(2, 1)
    edge_index = torch.cat([edge_index, edge_index.flip(0), loops], dim=1)
    source, target = edge_index
    deg = torch.zeros(n).scatter_add_(0, target, torch.ones(target.size(0)))
    deg_inv_sqrt = deg.pow(-0.5)
    deg_inv_sqrt[deg_inv_sqrt == float("inf")] = 0
    return edge_index, deg_inv_sqrt[source] * deg_inv_sqrt[target]


def run():
    torch.manual_seed(42)
    n = 9
    edges = torch.tensor([[0, 0, 1, 2, 3, 3, 4, 6, 6, 7], [1, 2, 2, 3, 4, 5, 5, 7, 8, 8]])
    edge_index, norm = normalise(edges, n)
    features = F.normalize(torch.rand(n, 5), p=1, dim=1)
    labels = torch.LongTensor([0, 0, 0, 1, 1, 1, 2, 2, 2])
    idx_train = torch.tensor([0, 3, 6, 8])
    model = GCN(5, 6, labels.max().item() + 1)
    print(model)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05, weight_decay=5e-4)
    losses = []
    for _ in range(5):
        model.train()
        optimizer.zero_grad()
        output = model(features, edge_index, norm)
        loss_train = F.nll_loss(output[idx_train], labels[idx_train])
        preds = output.max(1)[1].type_as(labels)
        acc = preds.eq(labels).double().sum() / len(labels)
        loss_train.backward()
        optimizer.step()
        losses += [loss_train.item(), acc.item()]
    return losses
