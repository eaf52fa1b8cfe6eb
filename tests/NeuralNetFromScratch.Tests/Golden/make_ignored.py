#!/usr/bin/env python3
"""Writes ignored.json: steps of PyTorch on samples of which some have the label that CrossEntropyLoss ignores.

usage: make_ignored.py > ignored.json     (Debian's python3-torch 1.13)
Weights are written as [in, out], PyTorch's transposed.
"""
import json
import torch
from torch import nn

INPUTS, HIDDEN, CLASSES, STEPS, BATCH, IGNORED = 6, 5, 4, 20, 9, -100


def flat(tensor):
    return [float(f"{value:.9g}") for value in tensor.detach().flatten().tolist()]


def weights(model):
    return [flat(p.t() if p.dim() == 2 else p) for p in model.parameters()]


torch.manual_seed(6)
inputs = torch.randn(STEPS, BATCH, INPUTS)
labels = torch.randint(0, CLASSES, (STEPS, BATCH))
labels[torch.rand(STEPS, BATCH) < 0.3] = IGNORED
labels[:, 0] = labels[:, 0].clamp(min=0)  # PyTorch's mean of no sample is NaN
golden = {"sizes": [INPUTS, HIDDEN, CLASSES], "batch": BATCH, "ignored": IGNORED, "inputs": [flat(x) for x in inputs], "labels": labels.tolist(), "runs": {}}
for name, middle, smoothing in (("plain", nn.Identity(), 0.0), ("smoothed", nn.Identity(), 0.1), ("normalized", nn.BatchNorm1d(HIDDEN), 0.0)):
    model = nn.Sequential(nn.Linear(INPUTS, HIDDEN), middle, nn.ReLU(), nn.Linear(HIDDEN, CLASSES))
    run = {"start": weights(model), "losses": []}
    loss_function = nn.CrossEntropyLoss(ignore_index=IGNORED, label_smoothing=smoothing)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for x, y in zip(inputs, labels):
        optimizer.zero_grad()
        loss = loss_function(model(x), y)
        loss.backward()
        optimizer.step()
        run["losses"].append(float(f"{loss.item():.9g}"))
    run["end"] = weights(model)
    if name == "normalized":
        run["mean"], run["variance"] = flat(middle.running_mean), flat(middle.running_var)
    model.eval()
    run["evaluation"] = float(f"{loss_function(model(inputs.reshape(-1, INPUTS)), labels.reshape(-1)).item():.9g}")
    golden["runs"][name] = run
print(json.dumps(golden, separators=(",", ":")))
