#!/usr/bin/env python3
"""Writes trajectories.json: 50 training steps of a small classifier in PyTorch, for each optimizer.

usage: make_trajectories.py > trajectories.json     (Debian's python3-torch 1.13)
NAdam and Lion compute in double precision. The network is 12-9-5 with ReLU and cross-entropy; weights are written as [in, out], PyTorch's transposed.
"""
import inspect
import json
import sys
import numpy as np
import torch


def corrected_nadam():
    """PyTorch's own function, without the factor that version 1.13 multiplies into the next product twice; since 2.0 it is there once, as published."""
    nadam = sys.modules["torch.optim.nadam"]
    source = inspect.getsource(nadam._single_tensor_nadam)
    assert source.count("mu_product * mu * mu_next") == 1
    exec(source.replace("mu_product * mu * mu_next", "mu_product * mu_next"), nadam.__dict__)


class Lion(torch.optim.Optimizer):
    """Chen et al. 2023, algorithm 2, in NumPy: PyTorch has none."""

    def __init__(self, params, lr, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, dict(lr=lr, betas=betas, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                theta, g = p.numpy(), p.grad.numpy()
                assert theta.dtype == np.float64
                m = self.state[p].setdefault("m", np.zeros_like(theta))
                c = b1 * m + (1 - b1) * g
                theta -= group["lr"] * (np.sign(c) + group["weight_decay"] * theta)
                self.state[p]["m"] = b2 * m + (1 - b2) * g


def groups(p):
    first, first_bias, second, second_bias = list(p)
    second.requires_grad_(False)
    return torch.optim.SGD([
        {"params": [first], "lr": 0.05, "weight_decay": 0.02}, {"params": [first_bias], "lr": 0.2, "weight_decay": 0},
        {"params": [second_bias]}], lr=0.1, momentum=0.9, weight_decay=0.01)


STEPS, BATCH, INPUTS, HIDDEN, CLASSES = 50, 8, 12, 9, 5
OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    "dampened": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.5),
    "nesterov": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.005),
    "adagrad": lambda p: torch.optim.Adagrad(p, lr=0.05),
    "adam": lambda p: torch.optim.Adam(p, lr=0.01),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.3),
    "amsgrad": lambda p: torch.optim.Adam(p, lr=0.02, amsgrad=True, betas=(0.9, 0.9)),
    "amsgrad-w": lambda p: torch.optim.AdamW(p, lr=0.02, amsgrad=True, weight_decay=0.1),
    "adamax": lambda p: torch.optim.Adamax(p, lr=0.02),
    "nadam": lambda p: torch.optim.NAdam(p, lr=0.01),
    "nadam-decay": lambda p: torch.optim.NAdam(p, lr=0.01, betas=(0.8, 0.99), momentum_decay=0.4),
    "radam": lambda p: torch.optim.RAdam(p, lr=0.02),
    "radam-short": lambda p: torch.optim.RAdam(p, lr=0.02, betas=(0.8, 0.9)),
    "adadelta": lambda p: torch.optim.Adadelta(p),
    "adadelta-other": lambda p: torch.optim.Adadelta(p, lr=2, rho=0.7, eps=1e-5),
    "lion": lambda p: Lion(p, lr=0.003),
    "lion-decay": lambda p: Lion(p, lr=0.003, betas=(0.95, 0.98), weight_decay=0.5),
    "rmsprop-momentum": lambda p: torch.optim.RMSprop(p, lr=0.002, momentum=0.8),
    "rmsprop-centered": lambda p: torch.optim.RMSprop(p, lr=0.005, alpha=0.9, centered=True),
    "rmsprop-centered-momentum": lambda p: torch.optim.RMSprop(p, lr=0.002, alpha=0.9, momentum=0.8, centered=True),
    "adagrad-decay": lambda p: torch.optim.Adagrad(p, lr=0.1, lr_decay=0.05, initial_accumulator_value=0.01),
    "groups": groups,
    "l2": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.02),
    "clipped-norm": lambda p: torch.optim.SGD(p, lr=0.1),
    "clipped-value": lambda p: torch.optim.SGD(p, lr=0.1),
    "clipped-infinity": lambda p: torch.optim.SGD(p, lr=0.1),
    "l1": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    "max-norm": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
}
L1, MAX_NORM = {"l1": 0.01}, {"max-norm": 0.6}
CLIP = {
    "clipped-norm": lambda p: torch.nn.utils.clip_grad_norm_(p, 0.3),
    "clipped-infinity": lambda p: torch.nn.utils.clip_grad_norm_(p, 0.05, norm_type=float("inf")),
    "clipped-value": lambda p: torch.nn.utils.clip_grad_value_(p, 0.02),
}
DOUBLE = {"nadam", "nadam-decay", "lion", "lion-decay"}
AVERAGING = 0.9
corrected_nadam()


def flat(tensor):
    return [float(f"{value:.9g}") for value in tensor.detach().flatten().tolist()]


def weights(model):
    return [flat(p.t() if p.dim() == 2 else p) for p in model.parameters()]


torch.manual_seed(1)
model = torch.nn.Sequential(torch.nn.Linear(INPUTS, HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, CLASSES))
start = [p.detach().clone() for p in model.parameters()]
inputs = torch.rand(STEPS, BATCH, INPUTS) * 2 - 1
labels = torch.randint(0, CLASSES, (STEPS, BATCH))
golden = {
    "sizes": [INPUTS, HIDDEN, CLASSES], "batch": BATCH, "start": weights(model),
    "inputs": [flat(x) for x in inputs], "labels": labels.tolist(), "runs": {},
}
for name, make in OPTIMIZERS.items():
    model.double() if name in DOUBLE else model.float()
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), start):
            parameter.requires_grad_().copy_(value)
    optimizer, losses, average = make(model.parameters()), [], None
    for x, y in zip(inputs.double() if name in DOUBLE else inputs, labels):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x), y)
        (loss + L1.get(name, 0) * sum(p.abs().sum() for p in model.parameters())).backward()
        CLIP.get(name, lambda p: None)(model.parameters())
        optimizer.step()
        with torch.no_grad():
            for parameter in model.parameters():
                if name in MAX_NORM and parameter.dim() == 2:
                    parameter.copy_(torch.renorm(parameter, 2, 0, MAX_NORM[name]))
        losses.append(float(f"{loss.item():.9g}"))
        now = [p.detach().clone() for p in model.parameters()]
        average = now if average is None else [AVERAGING * a + (1 - AVERAGING) * p for a, p in zip(average, now)]
    golden["runs"][name] = {
        "losses": losses, "end": weights(model), "average": [flat(p.t() if p.dim() == 2 else p) for p in average]}
print(json.dumps(golden, separators=(",", ":")))
