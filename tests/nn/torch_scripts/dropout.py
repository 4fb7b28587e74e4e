"""Zeros drawn in every way: layers and functions with dropout, hooks, NumPy's numbers in formulas."""

import copy

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(12, 8, padding_idx=0, max_norm=1.0)
        encoder = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.2, batch_first=True)
        self.encoder = nn.TransformerEncoder(encoder, 2)
        self.rnn = nn.LSTM(8, 6, num_layers=2, dropout=0.3, batch_first=True)
        self.drop = nn.Dropout1d(0.4)
        self.head = nn.Linear(6, 3)

    def forward(self, x):
        x = self.encoder(self.emb(x), src_key_padding_mask=x == 0) / np.sqrt(2)
        x, _ = self.rnn(input=x, hx=None)
        x = self.drop(x.transpose(1, 2)).transpose(1, 2)
        return F.dropout(self.head(x.mean(1)), p=0.1, training=self.training) * np.float64(1.5)


def run():
    torch.manual_seed(4)
    model = copy.deepcopy(Block())
    losses, seen = [], []
    hook = model.head.register_full_backward_hook(lambda m, gi, go: seen.append((gi[0], go[0])))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
    x, y = torch.randint(1, 12, (5, 4)), torch.randint(0, 3, (5,))
    x[1, 2:] = 0
    for _ in range(4):
        loss = nn.CrossEntropyLoss()(model(x), target=y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    hook.remove()
    losses += [seen[-1][0].norm().item(), seen[-1][1].norm().item(), len(seen)]
    noise = torch.empty(4).bernoulli_(0.3) + torch.bernoulli(torch.full((4,), 0.5))
    picked = F.gumbel_softmax(torch.zeros(2, 4), hard=True) + torch.multinomial(noise + 0.1, 4)
    q = torch.randn(2, 4, 3, 8)
    shared = F.scaled_dot_product_attention(q, q[:, :2], q[:, :2], dropout_p=0.2, enable_gqa=True)
    losses += [picked[0, 2].item(), shared.sum().item(), model.emb.weight.norm().item()]
    names = [name for name, _ in model.named_parameters("net", recurse=True)]
    return [*losses, len(names[0]), len(model.state_dict(prefix="net."))]
