"""Classify names by their letters: a recurrent network written by hand, one name at a time."""

import torch
import torch.nn as nn

all_letters = "abcdefghijklmnopqrstuvwxyz"
n_letters = len(all_letters)
names = [("anna", 0), ("igor", 1), ("maria", 0), ("oleg", 1), ("rosa", 0), ("boris", 1)]


def lineToTensor(line):
    tensor = torch.zeros(len(line), 1, n_letters)
    for li, letter in enumerate(line):
        tensor[li][0][all_letters.find(letter)] = 1
    return tensor


class RNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super(RNN, self).__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, input, hidden):
        combined = torch.cat((input, hidden), 1)
        hidden = torch.tanh(self.i2h(combined))
        output = self.softmax(self.h2o(hidden))
        return output, hidden

    def initHidden(self):
        return torch.zeros(1, self.hidden_size)


def categoryFromOutput(output):
    top_n, top_i = output.topk(1)
    return top_i[0].item(), top_n.squeeze().item()


def train(rnn, criterion, category_tensor, line_tensor, learning_rate=0.05):
    hidden = rnn.initHidden()
    rnn.zero_grad()
    for i in range(line_tensor.size()[0]):
        output, hidden = rnn(line_tensor[i], hidden)
    loss = criterion(output, category_tensor)
    loss.backward()
    for p in rnn.parameters():
        p.data.add_(p.grad.data, alpha=-learning_rate)
    return output, loss.item()


def run():
    torch.manual_seed(4)
    rnn = RNN(n_letters, 12, 2)
    criterion = nn.NLLLoss()
    losses = []
    for name, category in names:
        category_tensor = torch.tensor([category], dtype=torch.long)
        output, loss = train(rnn, criterion, category_tensor, lineToTensor(name))
        guess, score = categoryFromOutput(output)
        losses += [loss, score, float(guess)]
    return losses
