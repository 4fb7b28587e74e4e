"""Word vectors: two tables, negative samples, batched products, cosine neighbours."""

from collections import Counter

import torch
import torch.nn as nn
import torch.nn.functional as F


class SkipGram(nn.Module):
    def __init__(self, vocab_size, embedding_dim):
        super().__init__()
        self.u_embeddings = nn.Embedding(vocab_size, embedding_dim)
        self.v_embeddings = nn.Embedding(vocab_size, embedding_dim)
        initrange = 0.5 / embedding_dim
        self.u_embeddings.weight.data.uniform_(-initrange, initrange)
        self.v_embeddings.weight.data.zero_()

    def forward(self, pos_u, pos_v, neg_v):
        emb_u = self.u_embeddings(pos_u)
        emb_v = self.v_embeddings(pos_v)
        score = torch.mul(emb_u, emb_v).squeeze()
        score = torch.sum(score, dim=1)
        score = F.logsigmoid(score)
        neg_emb_v = self.v_embeddings(neg_v)
        neg_score = torch.bmm(neg_emb_v, emb_u.unsqueeze(2)).squeeze()
        neg_score = F.logsigmoid(-1 * neg_score)
        return -1 * (torch.sum(score) + torch.sum(neg_score))


def run():
    torch.manual_seed(8)
    text = "we think of words as points and words that share contexts lie close to other words".split()
    counts = Counter(text)
    vocab = {word: i for i, word in enumerate(counts)}
    pairs = [
        (vocab[text[i]], vocab[text[j]])
        for i in range(len(text))
        for j in range(max(0, i - 2), min(len(text), i + 3))
        if i != j
    ]
    weights = torch.tensor([float(c) for c in counts.values()]) ** 0.75
    model = SkipGram(len(vocab), 6)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / 10)
    pos = torch.tensor(pairs, dtype=torch.long)
    losses = []
    for _ in range(4):
        neg_v = torch.multinomial(weights.expand(len(pos), -1), 3, replacement=True)
        optimizer.zero_grad()
        loss = model(pos[:, 0], pos[:, 1], neg_v)
        loss.backward()
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
    vectors = model.u_embeddings.weight.data.cpu().numpy()
    similarity = F.cosine_similarity(torch.from_numpy(vectors[vocab["words"]]).unsqueeze(0), torch.tensor(vectors))
    return [*losses, similarity.topk(2).values[1].item()]
