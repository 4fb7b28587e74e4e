"""A program written for PyTorch with its imports changed. Checked by mypy, never executed."""

from typing import assert_type

import nn.torch_style as torch
import nn.torch_style.nn.functional as F  # noqa: N812 - as PyTorch's programs name it
from nn.torch_style import Tensor, nn, optim
from nn.torch_style.utils.data import DataLoader, TensorDataset


class Net(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(4, width)
        self.fc2 = nn.Linear(width, 2)
        self.scale = nn.Parameter(torch.ones(1))
        self.norm = nn.LayerNorm(width)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        h = F.relu(self.fc1(x.view(x.size(0), -1)))
        h = self.norm(h) * self.scale
        if mask is not None:
            h = h.masked_fill(mask, 0.0)
        return self.fc2(h).log_softmax(dim=-1)


device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
model = Net(8).to(device)
assert_type(model, Net)
optimizer = optim.Adam(model.parameters(), lr=1e-3)
loader = DataLoader(TensorDataset(torch.randn(8, 4), torch.randint(0, 2, (8,))), batch_size=4)
for data, target in loader:
    optimizer.zero_grad()
    output = model(data)
    assert_type(output, Tensor)
    loss = F.nll_loss(output, target)
    assert_type(loss, Tensor)
    loss.backward()
    optimizer.step()
    values, indices = output.max(dim=1)
    correct: int = output.argmax(dim=1).eq(target).sum().item()

x = torch.tensor([[1.0, 2.0]], requires_grad=True)
assert_type(x + 1, Tensor)
assert_type(2 * x, Tensor)
assert_type(x.exp().sum(1, keepdim=True), Tensor)
assert_type(torch.cat([x, x], dim=1), Tensor)
assert_type(torch.exp(x), Tensor)
assert_type(x[0], Tensor)
assert_type(x > 0, Tensor)
assert_type(x.add_(1).mul_(2), Tensor)
assert_type(x.transpose(0, 1).float().detach().cpu(), Tensor)
assert_type(x.reshape(2, 1), Tensor)
assert_type(x.max(), Tensor)
lstm_out, (hidden, cell) = nn.LSTM(3, 4)(torch.zeros(5, 1, 3))
with torch.no_grad():
    for p in model.parameters():
        p -= 0.1 * p.grad
x.viw(2)  # type: ignore[attr-defined]
torch.zeros(2).sum(dmi=1)  # type: ignore[call-arg]
