"""Callbacks for `nn.fit`: what to do after steps and epochs. Names and options are Keras'."""

from nn.callbacks.boards import TensorBoard
from nn.callbacks.files import CSVLogger, ModelCheckpoint
from nn.callbacks.functions import LambdaCallback, LearningRateScheduler
from nn.callbacks.live_plot import LivePlot
from nn.callbacks.monitors import EarlyStopping, ReduceLROnPlateau
from nn.training.callback import Callback
from nn.training.nan import TerminateOnNaN

__all__ = [
    "CSVLogger",
    "Callback",
    "EarlyStopping",
    "LambdaCallback",
    "LearningRateScheduler",
    "LivePlot",
    "ModelCheckpoint",
    "ReduceLROnPlateau",
    "TensorBoard",
    "TerminateOnNaN",
]
