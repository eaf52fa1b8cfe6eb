#!/usr/bin/env python3
"""Writes parts.json: what PyTorch computes for activations, normalization layers, losses, schedules, and a deep network step by step; and its defaults.

usage: make_parts.py > parts.json     (Debian's python3-torch 1.13)
Weights are written as [in, out], PyTorch's transposed.
"""
import inspect
import json
import torch
from torch import nn

torch.manual_seed(2)


def flat(tensor):
    return [float(f"{value:.9g}") for value in tensor.detach().flatten().tolist()]


def activation(function):
    x = torch.linspace(-6, 6, 97, requires_grad=True)
    y = function(x)
    y.sum().backward()
    return {"x": flat(x), "y": flat(y), "slope": flat(x.grad)}


ACTIVATIONS = {
    "relu": torch.relu, "leaky-relu": lambda x: nn.functional.leaky_relu(x, 0.1), "elu": lambda x: nn.functional.elu(x, 0.7),
    "selu": torch.selu, "gelu": nn.functional.gelu, "gelu-tanh": lambda x: nn.functional.gelu(x, approximate="tanh"),
    "silu": nn.functional.silu, "softplus": nn.functional.softplus, "sigmoid": torch.sigmoid, "tanh": torch.tanh,
    "hard-swish": nn.functional.hardswish,
}


def normalization(layer, features, batches):
    with torch.no_grad():
        layer.weight.copy_(torch.rand(features) + 0.5)
        layer.bias.copy_(torch.rand(features) - 0.5)
    result = {"scale": flat(layer.weight), "shift": flat(layer.bias), "batches": []}
    for rows in batches:
        x, dy = (torch.randn(rows, features) * 2 + 1).requires_grad_(), torch.randn(rows, features)
        layer.zero_grad()
        y = layer(x)
        y.backward(dy)
        result["batches"].append({
            "rows": rows, "x": flat(x), "y": flat(y), "dy": flat(dy), "dx": flat(x.grad),
            "dscale": flat(layer.weight.grad), "dshift": flat(layer.bias.grad)})
    if hasattr(layer, "running_mean"):
        layer.eval()
        x = torch.randn(4, features)
        result.update({"mean": flat(layer.running_mean), "variance": flat(layer.running_var), "x": flat(x), "y": flat(layer(x))})
    return result


def loss(function, outputs, targets):
    z = outputs.clone().requires_grad_()
    value = function(z, targets)
    value.backward()
    return {"loss": float(f"{value.item():.9g}"), "gradient": flat(z.grad)}


ROWS, CLASSES = 6, 5
z, soft = torch.randn(ROWS, CLASSES) * 2, torch.softmax(torch.randn(ROWS, CLASSES), 1)
labels, weights = torch.randint(0, CLASSES, (ROWS,)), torch.tensor([0.5, 1, 2, 0.25, 1.5])
losses = {
    "rows": ROWS, "classes": CLASSES, "z": flat(z), "soft": flat(soft), "labels": labels.tolist(), "weights": flat(weights),
    # Sums over the rows: the trainer's mean is this over the number of samples.
    "softmax labels": loss(nn.CrossEntropyLoss(reduction="sum"), z, labels),
    "softmax smoothed": loss(nn.CrossEntropyLoss(reduction="sum", label_smoothing=0.1), z, labels),
    "softmax weighted": loss(nn.CrossEntropyLoss(reduction="sum", weight=weights), z, labels),
    "softmax both": loss(nn.CrossEntropyLoss(reduction="sum", weight=weights, label_smoothing=0.1), z, labels),
    "softmax soft": loss(nn.CrossEntropyLoss(reduction="sum"), z, soft),
    "softmax soft both": loss(nn.CrossEntropyLoss(reduction="sum", weight=weights, label_smoothing=0.1), z, soft),
    # Means over all outputs, times the rows.
    "binary": loss(lambda a, t: ROWS * nn.functional.binary_cross_entropy_with_logits(a, t), z, soft),
    "binary weighted": loss(lambda a, t: ROWS * nn.functional.binary_cross_entropy_with_logits(a, t, pos_weight=weights), z, soft),
    "squared": loss(lambda a, t: ROWS * nn.functional.mse_loss(a, t), z, soft),
    "absolute": loss(lambda a, t: ROWS * nn.functional.l1_loss(a, t), z, soft),
    "huber": loss(lambda a, t: ROWS * nn.functional.huber_loss(a, t, delta=0.7), z, soft),
}


def one_cycle(steps):
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1, momentum=0.9)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1, total_steps=steps, base_momentum=0.8, max_momentum=0.95)
    rates, momenta = [], []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        momenta.append(optimizer.param_groups[0]["momentum"])
        optimizer.step()
        schedule.step() if len(rates) < steps else None
    return {"rates": rates, "momenta": momenta}


def plateau():
    losses = [1, 0.9, 0.91, 0.92, 0.89995, 0.9, 0.8, 0.81, 0.82, 0.83, 0.84, 0.85, 0.86, 0.7, 0.7, 0.7, 0.7, 0.7]
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1)
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=2, eps=0)
    rates = [1.0]
    for value in losses:
        schedule.step(value)
        rates.append(optimizer.param_groups[0]["lr"])
    return {"losses": losses, "rates": rates}


class Around(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.layers(x)


def deep():
    """12 inputs, a dense layer, ReLU, batch normalization, a residual block with layer normalization and GELU, 5 classes.

    Epsilon is large, as behind a normalization some gradients are nothing but rounding, which Adam would blow up."""
    model = nn.Sequential(
        nn.Linear(12, 9), nn.ReLU(), nn.BatchNorm1d(9), Around(nn.Linear(9, 9), nn.LayerNorm(9), nn.GELU(), nn.Linear(9, 9)), nn.Linear(9, 5))
    start = [flat(p.t() if p.dim() == 2 else p) for p in model.parameters()]
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=0.1, eps=1e-3)
    inputs, labels, losses = torch.rand(30, 8, 12) * 2 - 1, torch.randint(0, 5, (30, 8)), []
    for x, y in zip(inputs, labels):
        optimizer.zero_grad()
        value = nn.functional.cross_entropy(model(x), y, label_smoothing=0.1)
        value.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()
        losses.append(float(f"{value.item():.9g}"))
    model.eval()
    return {
        "start": start, "inputs": [flat(x) for x in inputs], "labels": labels.tolist(), "losses": losses,
        "end": [flat(p.t() if p.dim() == 2 else p) for p in model.parameters()], "logits": flat(model(inputs[0]))}


def weighted():
    """A dense layer under class weights, label smoothing and sample weights at once, against labels and against soft targets."""
    layer, x, sample = nn.Linear(4, CLASSES), torch.randn(ROWS, 4), torch.rand(ROWS) * 2
    result = {"x": flat(x), "weight": flat(layer.weight.t()), "bias": flat(layer.bias), "sample": flat(sample)}
    for name, targets in (("labels", labels), ("soft", soft)):
        layer.zero_grad()
        value = (sample * nn.CrossEntropyLoss(reduction="none", weight=weights, label_smoothing=0.1)(layer(x), targets)).sum() / ROWS
        value.backward()
        result[name] = {"loss": float(f"{value.item():.9g}"), "dweight": flat(layer.weight.grad.t()), "dbias": flat(layer.bias.grad)}
    return result


def rates(make, epochs):
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1)
    schedule, result = make(optimizer), []
    for _ in range(epochs):
        result.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return result


EPOCHS = 12
SCHEDULES = {
    "step": lambda o: torch.optim.lr_scheduler.StepLR(o, 3, gamma=0.5),
    "exponential": lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.9),
    "cosine": lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, EPOCHS, eta_min=0.1),
    "linear": lambda o: torch.optim.lr_scheduler.LinearLR(o, 1, 0.2, EPOCHS),
    "step with warm-up": lambda o: torch.optim.lr_scheduler.ChainedScheduler([
        torch.optim.lr_scheduler.LinearLR(o, 1e-12, 1, 4), torch.optim.lr_scheduler.StepLR(o, 3, gamma=0.5)]),
    "linear, then cosine": lambda o: torch.optim.lr_scheduler.SequentialLR(o, [
        torch.optim.lr_scheduler.LinearLR(o, 1, 0.2, 5), torch.optim.lr_scheduler.CosineAnnealingLR(o, EPOCHS - 5)], [5]),
}


def defaults(function):
    found = {name: parameter.default for name, parameter in inspect.signature(function).parameters.items()}
    return {name: value for name, value in found.items() if isinstance(value, (int, float, tuple)) and not isinstance(value, bool)}


DEFAULTS = {
    "adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "rmsprop": torch.optim.RMSprop, "adagrad": torch.optim.Adagrad, "huber": nn.HuberLoss,
    "batchnorm": nn.BatchNorm1d, "layernorm": nn.LayerNorm, "leaky-relu": nn.LeakyReLU, "elu": nn.ELU,
    "onecycle": torch.optim.lr_scheduler.OneCycleLR, "plateau": torch.optim.lr_scheduler.ReduceLROnPlateau,
}

print(json.dumps({
    "activations": {name: activation(function) for name, function in ACTIVATIONS.items()},
    "batchnorm": normalization(nn.BatchNorm1d(7, momentum=0.2), 7, [6, 9, 2]),
    "layernorm": normalization(nn.LayerNorm(7), 7, [5]),
    "losses": losses, "onecycle": one_cycle(40), "plateau": plateau(), "deep": deep(),
    "weighted": weighted(), "epochs": EPOCHS, "schedules": {name: rates(make, EPOCHS) for name, make in SCHEDULES.items()},
    "defaults": {name: defaults(function) for name, function in DEFAULTS.items()},
}, separators=(",", ":")))
