"""Calls of PyTorch's functions, as text: `record_torch_calls.py` records what they return.

`inputs` makes what they are called with, from any module with PyTorch's names.
"""

import numpy as np

CALLS = """
x + y
x - 2
2 - x
x * v
x / y
1 / y
x / i
i / i2
i // 2
i % 3
i ** 2
x ** 2
y ** x
2 ** x
x ** 0.5
-x
abs(x)
x @ m
m @ v
v @ m
v @ v
x > y
x == i
i & 1
b | (x > 0)
~b
i + 1.5
i * x
b + 1
b * x
s * i
s * x
x + d
d * s
x.add(y, alpha=2)
torch.sub(x, y, alpha=0.5)
torch.mul(x, 3)
torch.div(i, i2, rounding_mode="floor")
torch.div(x, y, rounding_mode="trunc")
torch.div(-i, i2, rounding_mode="trunc")
torch.floor_divide(i, i2)
torch.remainder(x, 0.7)
torch.fmod(x, 0.7)
torch.pow(x.abs(), 1.5)
torch.pow(2, x)
torch.lerp(x, y, 0.3)
torch.addcmul(x, y, v, value=0.5)
torch.addcdiv(x, y, y, value=0.5)
torch.maximum(x, y)
torch.max(x, y)
torch.min(x, y - 1)
torch.fmod(i, 3)
torch.atan2(x, y)
torch.hypot(x, y)
torch.logaddexp(x, y)
x.clamp(-0.5, 0.5)
x.clamp(min=0)
torch.clamp(x, max=0.3)
i.clamp(2, 5)
x.exp()
y.log()
torch.log2(y)
torch.log10(y)
torch.log1p(y)
torch.expm1(x)
torch.sqrt(y)
torch.rsqrt(y)
x.square()
y.reciprocal()
torch.sin(x)
torch.cos(i)
torch.tan(x)
torch.asin(x / 4)
torch.acos(x / 4)
torch.atan(x)
torch.sinh(x)
torch.cosh(x)
torch.tanh(x)
torch.asinh(x)
torch.acosh(y + 1)
torch.atanh(x / 4)
torch.sigmoid(x)
torch.relu(x)
torch.erf(x)
torch.lgamma(y)
torch.sign(x)
torch.floor(x)
torch.ceil(x)
torch.trunc(x)
torch.frac(x)
torch.round(x * 3)
torch.round(x, decimals=1)
torch.logit(torch.sigmoid(x))
torch.isnan(x / 0)
torch.isfinite(x)
torch.nan_to_num(torch.tensor([float("nan"), float("inf"), -float("inf"), 1.0]))
torch.logical_and(x > 0, b)
torch.logical_not(i)
torch.eq(i, i2)
torch.equal(x, x)
torch.allclose(x, x + 1e-9)
torch.isclose(x, y)
x.sum()
x.sum(1)
x.sum(dim=0, keepdim=True)
x.sum((0, 1))
x.sum(axis=1, keepdims=True)
i.sum()
b.sum()
b.sum(0)
x.sum(dtype=torch.float64)
x.mean()
x.mean(1, True)
x.mean([0, 1])
i.float().mean(0)
x.prod()
x.prod(1)
x.std()
x.std(1)
x.std(dim=0, unbiased=False)
x.std(0, keepdim=True)
x.var(1, keepdim=True)
x.var(unbiased=False)
torch.var(x, dim=(0, 1), correction=0)
torch.std_mean(x, 1)
x.max()
x.max(1)
x.max(dim=0, keepdim=True)
x.min(1)[1]
t.max(1)
t.max()
t.amax(1)
t.amin()
x.argmax()
x.argmin(1)
t.argmax(1, keepdim=True)
x.median()
x.median(1)
t.kthvalue(2, 1)
x.sort(1)
x.sort(dim=0, descending=True)
t.sort(dim=1, stable=True)
x.argsort(1)
x.topk(2)
x.topk(2, dim=0, largest=False)
x.cumsum(1)
x.cumprod(0)
x.logsumexp(1)
torch.logsumexp(x, (0, 1))
x.softmax(1)
torch.softmax(x, dim=0)
x.log_softmax(-1)
x.norm()
x.norm(dim=1)
x.norm(p=1, dim=0, keepdim=True)
x.norm(2, 1)
torch.norm(v)
torch.dist(x, y)
x.all()
b.all(1)
b.any(0)
(x > 0).any()
torch.count_nonzero(i - 2)
torch.quantile(x, 0.3)
x.size()
x.shape
x.size(1)
x.dim()
x.numel()
x.T
x.mT
v.t()
x.view(-1)
x.view(2, -1)
x.view((2, 2, 3))
x.reshape(4, 3)
x.flatten()
w.flatten(1)
w.flatten(0, 1)
w.unflatten(2, (2, 2))
x.transpose(0, 1)
torch.transpose(w, 1, 2)
w.permute(2, 0, 1)
w.movedim(0, 2)
w.swapaxes(0, 2)
x.unsqueeze(1)
x.unsqueeze(-1).squeeze(-1)
x.squeeze(0)
w[:, :1].squeeze()
v.expand(3, 4)
v.expand(3, -1)
x.unsqueeze(0).expand(2, -1, -1)
v.expand_as(x)
v.repeat(2, 3)
x.repeat(2, 1, 1)
v.tile(2)
v.repeat_interleave(2)
x.repeat_interleave(2, dim=1)
x.repeat_interleave(torch.tensor([1, 0, 2]), dim=0)
x.split(2, 1)
x.split([1, 2])
x.chunk(2)
torch.chunk(v, 3)
x.unbind(1)
x.narrow(1, 1, 2)
x.select(0, 1)
x.flip(0)
x.flip([0, 1])
x.flip(dims=(1,))
w.permute(dims=(2, 0, 1))
torch.permute(w, (1, 2, 0))
torch.reshape(x, shape=(2, 6))
torch.sum(input=x, dim=1)
torch.broadcast_to(v, (3, 4))
torch.where(condition=b, input=x, other=y)
torch.tril_indices(3, 3, dtype=torch.int32)
F.relu(input=x)
F.cross_entropy(input=x, target=c)
v.roll(1)
x.roll((1, 2), (0, 1))
torch.tril(m)
torch.triu(m, diagonal=1)
torch.diag(v)
m.diag()
m.diagonal(1)
m.trace()
v.unfold(0, 2, 1)
w.unfold(2, 2, 2)
torch.cat([x, y])
torch.cat((x, i.float()), dim=1)
torch.cat([i, x], 1)
torch.stack([v, v * 2], 1)
torch.hstack([x, y])
torch.vstack([v, v])
x[0]
x[1, 2]
x[:, 1]
x[..., -1]
x[:, None, 1:3]
x[[0, 2]]
x[torch.tensor([0, 2])]
x[torch.tensor([0, 2]), torch.tensor([1, 3])]
x[b]
x[x > 0]
x[:, torch.tensor([True, False, True, False])]
x[:, [-1]]
x.gather(1, p)
torch.gather(x, 0, p[:, :2] % 3)
torch.zeros(3, 4).scatter(1, p, x)
torch.zeros(3, 5).scatter_(1, torch.tensor([[0], [3], [2]]), 1.0)
torch.zeros(3, 4).scatter_add(1, p, x)
torch.zeros(5, 4).index_add(0, torch.tensor([1, 1, 3]), x)
x.index_select(1, torch.tensor([3, 0]))
x.index_fill(1, torch.tensor([1]), 9.0)
x.take(torch.tensor([0, 5, 11]))
torch.take_along_dim(x, p, 1)
x.masked_fill(b, -1e9)
x.masked_select(b)
torch.where(x > 0, x, y)
torch.where(x > 0, x, 0)
torch.where(b, 1.0, 0.0)
torch.where(b, 1, 0)
torch.where(b, i, 0.5)
torch.nonzero(b)
b.nonzero(as_tuple=True)
torch.unique(i)
torch.unique(i, return_counts=True)
torch.bincount(i.view(-1), minlength=9)
torch.searchsorted(torch.tensor([1.0, 3.0, 5.0]), y)
torch.mm(x, m)
torch.bmm(w, w.transpose(1, 2))
torch.matmul(w, m)
torch.mv(m, v)
torch.dot(v, v)
torch.outer(v, v)
torch.addmm(x, x, m, beta=0.5, alpha=2)
torch.baddbmm(torch.ones(2, 3, 3), w, w.transpose(1, 2))
torch.einsum("ij,jk->ik", x, m)
torch.einsum("bij,bkj->bik", w, w)
torch.einsum("ii", m)
torch.tensordot(x, m, dims=1)
torch.meshgrid(v, v[:2], indexing="ij")
torch.cartesian_prod(v[:2], v[2:])
torch.cdist(x, y)
torch.block_diag(x, m)
torch.kron(v[:2], x)
torch.linalg.inv(m)
torch.linalg.det(m)
torch.linalg.solve(m, v)
torch.linalg.cholesky(m @ m.T)
torch.linalg.eigh(m @ m.T)[0]
torch.linalg.svdvals(x)
torch.linalg.norm(x)
torch.linalg.norm(m, ord=2)
torch.linalg.vector_norm(x, ord=3, dim=1)
torch.linalg.matrix_norm(m)
m.inverse()
torch.logdet(m)
torch.cross(torch.tensor([[1.0, 2.0, 3.0]]), torch.tensor([[0.5, 0.0, 1.0]]), dim=1)
torch.arange(5)
torch.arange(1, 2.5, 0.5)
torch.arange(3.0)
torch.linspace(0, 1, 5)
torch.logspace(0, 2, 3)
torch.eye(3)
torch.full((2, 2), 7)
torch.full((2,), 0.5)
torch.zeros(2, 3, dtype=torch.long)
torch.ones_like(i)
torch.zeros_like(x)
torch.full_like(x, 2)
torch.tensor([1, 2])
torch.tensor([1.0, 2])
torch.tensor(3.5)
torch.tensor([True, False])
torch.tensor([[1, 2], [3, 4.5]])
torch.tensor([])
torch.tensor(1 + 2j)
torch.as_tensor([1, 2]).dtype
torch.from_numpy(np.arange(3.0))
torch.tensor(np.float32(2))
torch.tensor(np.arange(3))
torch.LongTensor([1, 2])
torch.FloatTensor([1, 2])
torch.tril_indices(3, 3)
torch.complex(v, v)
x.double()
x.half().float()
x.long()
x.int()
x.bool()
i.float()
b.float()
x.to(torch.float64)
x.to("cpu", torch.float64)
i.type(torch.float32)
x.type_as(d)
x.type()
i.type()
x.new_zeros(2)
x.new_tensor([1, 2])
i.new_ones(2, 2)
x.dtype == torch.float32
x.is_floating_point()
x.item() if x.numel() == 1 else x[0, 0].item()
x.tolist()[0][1] < 5
torch.finfo(torch.float32).eps
torch.result_type(i, 1.5)
torch.is_tensor(x)
x.detach().requires_grad
x.clone()
x.contiguous()
x.is_contiguous()
F.relu(x)
F.leaky_relu(x, 0.2)
F.elu(x)
F.gelu(x)
F.gelu(x, approximate="tanh")
F.silu(x)
F.mish(x)
F.selu(x)
F.softplus(x, beta=2)
F.logsigmoid(x)
F.glu(x)
F.hardtanh(x)
F.relu6(x * 5)
F.softmax(x, dim=1)
F.log_softmax(x, dim=-1)
F.normalize(x)
F.normalize(x, p=1, dim=0)
F.cosine_similarity(x, y)
F.pairwise_distance(x, y)
F.one_hot(i2, 5)
F.pad(x, (1, 2))
F.pad(w, (1, 0, 0, 1), value=3.0)
F.linear(x, m, v)
F.layer_norm(x, (4,), v, v)
F.embedding(p, m)
F.embedding(p, m, padding_idx=1)
F.mse_loss(x, y)
F.mse_loss(x, y, reduction="none")
F.l1_loss(x, y, reduction="sum")
F.smooth_l1_loss(x, y, beta=0.5)
F.huber_loss(x, y, delta=0.3)
F.cross_entropy(x, c)
F.cross_entropy(x, c, weight=y[0].detach(), label_smoothing=0.1)
F.cross_entropy(x, torch.softmax(y, 1))
F.nll_loss(F.log_softmax(x, 1), c, reduction="none")
F.binary_cross_entropy(torch.sigmoid(x), (y > 1).float())
F.binary_cross_entropy_with_logits(x, (y > 1).float(), pos_weight=y[0].detach())
F.kl_div(F.log_softmax(x, 1), F.softmax(y, 1), reduction="batchmean")
F.cosine_embedding_loss(x, y, torch.tensor([1, -1, 1]), margin=0.1)
F.margin_ranking_loss(x[:, 0], y[:, 0], torch.tensor([1, -1, 1]))
F.triplet_margin_loss(x, y, y + 1)
F.hinge_embedding_loss(x, torch.tensor([1, -1, 1, 1]).expand(3, 4))
F.poisson_nll_loss(x, y)
F.gaussian_nll_loss(x, y, y)
F.conv1d(w, torch.ones(2, 3, 2) * v[0], stride=1, padding=1)
F.conv2d(w.view(1, 2, 3, 4), torch.ones(3, 2, 2, 2) * v[1], padding=1)
F.max_pool1d(w, 2)
F.avg_pool2d(w.view(1, 2, 3, 4), 2)
F.max_pool2d(w.view(1, 2, 3, 4), 2, stride=1, padding=1)
F.interpolate(w, scale_factor=2)
F.scaled_dot_product_attention(w, w, w, is_causal=True)
F.batch_norm(x, torch.zeros(4), torch.ones(4), v, v, training=True)
F.prelu(x, v[:1])
F.unfold(w.view(1, 2, 3, 4), 2)
F.adaptive_avg_pool1d(w, 2)
nn.Flatten()(w)
nn.Flatten(0, 1)(w)
nn.Softmax(dim=1)(x)
nn.CrossEntropyLoss(y[0].detach())(x, c)
nn.BCEWithLogitsLoss(pos_weight=y[0].detach())(x, (y > 1).float())
nn.MSELoss(size_average=False)(x, y)
nn.L1Loss(reduction="none")(x, y)
nn.LayerNorm(4)(x)
nn.BatchNorm1d(4)(x)
nn.GroupNorm(1, 4)(x)
nn.InstanceNorm1d(3)(w[0].unsqueeze(0))
nn.Threshold(0.1, 20)(x)
nn.AvgPool1d(2, ceil_mode=True)(w)
nn.MaxPool1d(2, 1, 1)(w)
nn.ZeroPad2d(1)(w)
nn.Upsample(scale_factor=2)(w)
nn.PairwiseDistance(1)(x, y)
torch.autograd.grad((x ** 3).sum(), x)[0]
torch.func.grad(lambda u: (u ** 3).sum())(x.detach())
torch.func.jacrev(lambda u: u ** 2)(v.detach())
torch.func.hessian(lambda u: (u ** 3).sum())(v.detach())
torch.func.vmap(lambda u: u.sum() * u)(x.detach())
torch.func.jvp(torch.sin, (v.detach(),), (v.detach(),))
torch.func.vjp(torch.sin, v.detach())[1](v.detach())
torch.autograd.functional.jacobian(lambda u: u.sin(), v.detach())
torch.distributions.Categorical(logits=x).log_prob(c)
torch.distributions.Categorical(y).entropy()
torch.distributions.Normal(x, y).log_prob(v)
torch.distributions.Normal(x, y).entropy()
torch.distributions.Bernoulli(logits=x).log_prob((y > 1).float())
torch.distributions.kl_divergence(torch.distributions.Normal(x, y), torch.distributions.Normal(0.0, 1.0))
torch.distributions.Uniform(0.0, 3.0).log_prob(y)
in_place(torch, lambda a: a.add_(y))
in_place(torch, lambda a: a.mul_(2).sub_(v).div_(y))
in_place(torch, lambda a: a[0].zero_())
in_place(torch, lambda a: a[:, 1].fill_(x[0, 0]))
in_place(torch, lambda a: a.view(-1)[3:5].copy_(y[0, :2]))
in_place(torch, lambda a: a.clamp_(min=0))
in_place(torch, lambda a: a.T.mul_(v.view(4, 1)))
in_place(torch, lambda a: a.masked_fill_(b, 0.5))
in_place(torch, lambda a: a.scatter_add_(1, p, y))
in_place(torch, lambda a: a.index_add_(0, torch.tensor([0, 0, 2]), y, alpha=-1))
in_place(torch, lambda a: a.__setitem__((0, 1), y[1, 1]))
in_place(torch, lambda a: a.__setitem__(b, 0.0))
in_place(torch, lambda a: a.exp_().tanh_())
in_place(torch, lambda a: a.data.mul_(3))
in_place(torch, lambda a: a.detach().zero_())
"""
CALLS = [line for line in CALLS.splitlines() if line]


def in_place(torch, change):
    """Return a copy of numbers after a change."""
    a = torch.linspace(-1, 1, 12).view(3, 4) * torch.ones(1)
    change(a)
    return a


def inputs(torch):
    """Return the names that the calls use."""
    rng = np.random.default_rng(5)

    def leaf(array):
        return torch.tensor(array.astype(np.float32), requires_grad=True)

    half = rng.normal(size=(4, 4))
    return {
        "x": leaf(rng.normal(size=(3, 4))),
        "y": leaf(rng.uniform(0.5, 2.0, (3, 4))),
        "v": leaf(rng.normal(size=4)),
        "m": leaf(half @ half.T + np.eye(4)),
        "w": leaf(rng.normal(size=(2, 3, 4))),
        "s": leaf(np.array(1.5)),
        "d": torch.tensor(rng.normal(size=(3, 4)), requires_grad=True),
        "t": torch.tensor([[1.0, 3.0, 3.0, 2.0], [0.0, 0.0, 0.0, -1.0], [5.0, 4.0, 5.0, 5.0]]),
        "i": torch.tensor(rng.integers(0, 7, (3, 4))),
        "i2": torch.tensor(rng.integers(1, 4, (3, 4))),
        "b": torch.tensor(rng.random((3, 4)) < 0.5),
        "p": torch.tensor(np.stack([rng.permutation(4) for _ in range(3)])),
        "c": torch.tensor([2, 0, 3]),
    }


def flat(found):
    """Return the parts of a result as one list."""
    if isinstance(found, (tuple, list)) and not isinstance(found, (str,)):
        return [part for item in found for part in flat(item)]
    return [found]


def outcome(call, torch, nn, functional):
    """Return the types, shapes and numbers of what a call returns, and the gradients."""
    names = inputs(torch)
    space = {"torch": torch, "nn": nn, "F": functional, "np": np, "in_place": in_place, **names}
    parts = flat(eval(call, space))
    rows, total = [], 0.0
    for part in parts:
        if not isinstance(part, torch.Tensor):
            rows.append(["", [], part if isinstance(part, (bool, int, float, str)) else str(part)])
            continue
        numbers = part.detach().numpy()
        if numbers.dtype.kind == "c":
            numbers = np.stack([numbers.real, numbers.imag], -1)
        rows.append([str(part.dtype), list(part.shape), numbers.ravel().tolist()])
        if part.requires_grad and not part.is_complex():
            weights = torch.linspace(0.5, 1.5, max(part.numel(), 1)).view(part.shape).to(part.dtype)
            total = total + (part * weights).sum().double()
    gradients = {}
    if isinstance(total, torch.Tensor):
        total.backward()
        for name, leaf in names.items():
            if leaf.requires_grad and leaf.grad is not None:
                gradients[name] = leaf.grad.numpy().ravel().tolist()
    return {"parts": rows, "gradients": gradients}
