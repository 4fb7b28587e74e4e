import itertools

import numpy as np
import torch
from torch import nn
from torch.utils.data import (
    Dataset,
    IterableDataset,
    DataLoader,
    Sampler,
    BatchSampler,
    SubsetRandomSampler,
    SequentialSampler,
    RandomSampler,
    ConcatDataset,
    Subset,
    random_split,
    default_collate,
    ChainDataset,
)


class Sq(Dataset):
    def __init__(self, n, transform=None):
        self.n, self.transform = n, transform

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        if torch.is_tensor(i):
            i = i.tolist()
        s = {
            "image": np.full((2, 2), i, dtype=np.float32),
            "label": i % 3,
            "meta": {"id": i, "name": f"n{i}"},
        }
        return self.transform(s) if self.transform else s


class ToTensor:
    def __call__(self, s):
        return {**s, "image": torch.from_numpy(s["image"]).unsqueeze(0)}


class Stream(IterableDataset):
    def __init__(self, a, b):
        self.a, self.b = a, b

    def __iter__(self):
        info = torch.utils.data.get_worker_info()
        assert info is None
        return iter(range(self.a, self.b))


class BucketSampler(Sampler):
    def __init__(self, lengths, batch_size, g):
        self.lengths, self.bs, self.g = lengths, batch_size, g

    def __iter__(self):
        order = torch.randperm(len(self.lengths), generator=self.g).tolist()
        order = sorted(order, key=lambda i: self.lengths[i])
        batches = [order[i : i + self.bs] for i in range(0, len(order), self.bs)]
        for b in torch.randperm(len(batches), generator=self.g).tolist():
            yield batches[b]

    def __len__(self):
        return -(-len(self.lengths) // self.bs)


def run():
    out = []
    torch.manual_seed(0)
    ds = Sq(10, ToTensor())
    for b in DataLoader(ds, batch_size=4, shuffle=True):
        out += [
            b["image"].sum().item(),
            float(b["label"].sum()),
            float(b["meta"]["id"][0]),
            float(len(b["meta"]["name"])),
        ]
    for b in DataLoader(ConcatDataset([Sq(3), Sq(2)]), batch_size=2, drop_last=True):
        out += b["image"].mean((1, 2)).tolist()
    out += [float(x) for b in DataLoader(Stream(0, 7), batch_size=3) for x in b]
    out += [
        float(x)
        for b in DataLoader(ChainDataset([Stream(0, 2), Stream(5, 7)]), batch_size=2)
        for x in b
    ]
    g = torch.Generator().manual_seed(7)
    lens = [3, 1, 2, 5, 4, 2]
    for b in DataLoader(list(range(6)), batch_sampler=BucketSampler(lens, 2, g)):
        out += [float(v) for v in b]
    a, b = random_split(range(10), [7, 3], generator=torch.Generator().manual_seed(42))
    out += [float(v) for v in a] + [float(v) for v in b]
    a, b = random_split(Sq(10), [0.8, 0.2], generator=torch.Generator().manual_seed(1))
    out += [float(i) for i in a.indices]
    idx = list(range(10))
    np.random.seed(0)
    np.random.shuffle(idx)
    for x in DataLoader(
        idx,
        sampler=SubsetRandomSampler(idx[:5], generator=torch.Generator().manual_seed(3)),
        batch_size=2,
    ):
        out += [float(v) for v in x]
    out += [
        float(sum(b))
        for b in BatchSampler(SequentialSampler(range(7)), batch_size=3, drop_last=False)
    ]
    out += [
        float(i)
        for i in RandomSampler(
            range(5), replacement=True, num_samples=6, generator=torch.Generator().manual_seed(2)
        )
    ]

    def collate(samples):
        xs, ys = zip(*samples)
        return torch.nn.utils.rnn.pad_sequence(
            [torch.tensor(x, dtype=torch.float) for x in xs], batch_first=True, padding_value=-1.0
        ), torch.tensor(ys)

    for x, y in DataLoader(
        [([1, 2, 3], 0), ([4], 1), ([5, 6], 2)], batch_size=3, collate_fn=collate
    ):
        out += x.flatten().tolist() + y.float().tolist()
    c = default_collate(
        [(1, 2.5, torch.ones(2), np.zeros(2), "a"), (3, 4.5, torch.zeros(2), np.ones(2), "b")]
    )
    out += [
        float(c[0].sum()),
        float(c[1].sum()),
        float(c[2].sum()),
        float(c[3].sum()),
        float(c[1].dtype == torch.float64),
        float(c[0].dtype == torch.int64),
    ]
    it = iter(DataLoader(torch.arange(6.0), batch_size=4))
    out += [next(it).sum().item(), next(it).sum().item()]
    try:
        next(it)
    except StopIteration:
        out.append(1.0)
    dl = DataLoader(Sq(10), batch_size=3)
    out += [float(len(dl)), float(len(dl.dataset)), float(len(Subset(Sq(5), [0, 2])))]
    cyc = itertools.islice(itertools.cycle(DataLoader(torch.arange(3), batch_size=2)), 4)
    out += [float(b.sum()) for b in cyc]
    return out
