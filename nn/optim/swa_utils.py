"""Averages of weights under PyTorch's name of their module."""

from nn.optim.averages import AveragedModel, get_ema_avg_fn, get_ema_multi_avg_fn, update_bn
from nn.optim.factor_schedules import SWALR

__all__ = ["SWALR", "AveragedModel", "get_ema_avg_fn", "get_ema_multi_avg_fn", "update_bn"]
