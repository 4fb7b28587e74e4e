"""Callbacks for `nn.fit`: what to do after steps and epochs. Names and options are Keras'."""

from typing import TYPE_CHECKING, Any

from nn.callbacks.backup import BackupAndRestore
from nn.callbacks.boards import TensorBoard
from nn.callbacks.files import CSVLogger, ModelCheckpoint
from nn.callbacks.functions import LambdaCallback, LearningRateScheduler
from nn.callbacks.live_plot import LivePlot
from nn.callbacks.monitors import EarlyStopping, ReduceLROnPlateau
from nn.missing_names import refuse
from nn.training.callback import Callback
from nn.training.nan import TerminateOnNaN

__all__ = [
    "BackupAndRestore",
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

#: Names of Keras that are not here, and what to write.
HINTS = {
    "History": "history = fit(...), which returns it",
    "ProgbarLogger": "fit(..., progress=True), or verbose=1",
    "RemoteMonitor": "a LambdaCallback",
    "SwapEMAWeights": "nn.optim.AveragedModel(model, decay)",
}

if not TYPE_CHECKING:  # a type checker is to find wrong names

    def __getattr__(name: str) -> Any:
        advice = f": write {HINTS[name]}." if name in HINTS else f"; it has {', '.join(__all__)}."
        refuse(f"nn has no callbacks.{name}{advice}")
