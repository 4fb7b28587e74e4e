"""Keras' `Muon`: nearly orthogonal steps for matrices, and Adam's for the other parameters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from nn.arrays import plain
from nn.keras_style.optimizers.whole import Whole, kept
from nn.optim.muon import orthogonalised


class Muon(Whole):
    """``p ← p - lr·rms_rate·√max(rows, columns)·o(v)``, and for what is no matrix `AdamW`.

    Before it ``v ← momentum·v + g``; o are a few steps of a polynomial that brings the singular
    values near 1. Source: Jordan et al., "Muon: an optimizer for hidden layers in neural networks",
    2024, and Liu et al., "Muon is scalable for LLM training", 2025.

    Parameters
    ----------
    learning_rate : float or callable
        The rate or schedule; see `Optimizer`.
    adam_beta_1, adam_beta_2 : float
        The weights of the past in Adam's averages.
    adam_weight_decay : float, optional
        The rate of decay of what Adam updates.
    epsilon : float
        Added to Adam's root.
    weight_decay : float, optional
        The rate of decay of the matrices.
    exclude_layers : list of str, optional
        Regular expressions: Adam updates the matrices whose path, such as
        ``"encoder/dense/kernel"``, contains one of them.
    exclude_embeddings : bool
        Whether Adam updates the matrices whose path contains "embedding".
    muon_a, muon_b, muon_c : float
        The polynomial ``a·x + b·x³ + c·x⁵``.
    adam_lr_ratio : float
        The factor of Adam's rate.
    momentum : float
        The share of v to keep.
    ns_steps : int
        How often to apply the polynomial.
    nesterov : bool
        Whether to take ``g + momentum·v`` in place of v.
    rms_rate : float, optional
        The factor of the step; None for a step without it and without the root.
    **options
        See `Optimizer`.
    """

    def __init__(
        self, learning_rate: Any = 0.001, adam_beta_1: float = 0.9, adam_beta_2: float = 0.999,
        adam_weight_decay: float | None = 0.004, epsilon: float = 1e-7,
        weight_decay: float | None = 0.004, *, exclude_layers: Sequence[str] | None = None,
        exclude_embeddings: bool = True, muon_a: float = 3.4445, muon_b: float = -4.775,
        muon_c: float = 2.0315, adam_lr_ratio: float = 1, momentum: float = 0.95,
        ns_steps: int = 5, nesterov: bool = True, rms_rate: float | None = 0.2, **options: Any,
    ) -> None:  # fmt: skip
        own: dict[str, Any] = {
            "adam_beta_1": adam_beta_1, "adam_beta_2": adam_beta_2,
            "adam_weight_decay": adam_weight_decay, "epsilon": epsilon,
            "exclude_layers": list(exclude_layers or ()), "exclude_embeddings": exclude_embeddings,
            "muon_a": muon_a, "muon_b": muon_b, "muon_c": muon_c, "adam_lr_ratio": adam_lr_ratio,
            "momentum": momentum, "ns_steps": ns_steps, "nesterov": nesterov, "rms_rate": rms_rate,
        }  # fmt: skip
        super().__init__(learning_rate, weight_decay, **own, **options)

    def _is_for_adam(self, parameter: Any, group: dict[str, Any]) -> bool:
        path = getattr(parameter, "path", "") or str(parameter.label)
        excluded = any(re.search(one, path) for one in group["exclude_layers"])
        is_embedding = group["exclude_embeddings"] and "embedding" in path.lower()
        return np.ndim(plain(parameter)) != 2 or is_embedding or excluded

    def _step_of(self, parameter: Any, group: dict[str, Any]) -> None:
        is_for_adam = self._is_for_adam(parameter, group)
        decay = group["adam_weight_decay"] if is_for_adam else group["weight_decay"]
        super()._step_of(parameter, {**group, "weight_decay": decay, "is_for_adam": is_for_adam})

    def _changed(self, p: Any, g: Any, state: dict[str, Any], group: dict[str, Any]) -> Any:
        m, momentum = kept(state, "momentum", g), group["momentum"]
        if group["is_for_adam"]:
            beta_1, beta_2, t = group["adam_beta_1"], group["adam_beta_2"], state["step"]
            v = kept(state, "velocity", g)
            m += (1 - beta_1) * (g - m)
            v += (1 - beta_2) * (g * g - v)
            rate = group["lr"] * group["adam_lr_ratio"]
            root = np.sqrt(v / (1 - beta_2**t)) + group["epsilon"] / np.sqrt(1 - beta_2**t)
            return p - rate * m / (1 - beta_1**t) / root
        m += g + m * (momentum - 1)
        wanted = g + momentum * m if group["nesterov"] else m
        factors = group["muon_a"], group["muon_b"], group["muon_c"]
        step = orthogonalised(wanted, factors, group["ns_steps"], 0.0, 1e-7)
        size = 1.0 if group["rms_rate"] is None else group["rms_rate"] * max(p.shape) ** 0.5
        return p - group["lr"] * size * step
