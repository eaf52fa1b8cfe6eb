#!/usr/bin/env python3
"""Writes trajectories.json: 50 training steps of a small classifier in PyTorch, for each optimizer.

usage: make_trajectories.py > trajectories.json     (Debian's python3-torch 1.13)
The network is 12-9-5 with ReLU and cross-entropy; weights are written as [in, out], PyTorch's transposed.
"""
import json
import torch

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
    "l2": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.02),
    "clipped-norm": lambda p: torch.optim.SGD(p, lr=0.1),
    "clipped-value": lambda p: torch.optim.SGD(p, lr=0.1),
    "l1": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    "max-norm": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
}
L1, MAX_NORM = {"l1": 0.01}, {"max-norm": 0.6}
CLIP = {
    "clipped-norm": lambda p: torch.nn.utils.clip_grad_norm_(p, 0.3),
    "clipped-value": lambda p: torch.nn.utils.clip_grad_value_(p, 0.02),
}
AVERAGING = 0.9


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
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), start):
            parameter.copy_(value)
    optimizer, losses, average = make(model.parameters()), [], None
    for x, y in zip(inputs, labels):
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
