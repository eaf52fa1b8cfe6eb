#!/usr/bin/env python3
"""Writes pictures.json: what PyTorch computes for layers of pictures, and for twenty steps of a small network.

usage: make_pictures.py > pictures.json     (Debian's python3-torch 1.13)
Pictures are written as [batch, height, width, channels], kernels as [height, width, in, out], weights of dense layers as [in, out] with the rows in the
order [height, width, channels].
"""
import json
import torch
from torch import nn

torch.manual_seed(3)
torch.set_num_threads(1)


def flat(tensor):
    return [float(f"{value:.9g}") for value in tensor.detach().flatten().tolist()]


def last(pictures):
    """Channels last, if these are pictures."""
    return flat(pictures.permute(0, 2, 3, 1) if pictures.dim() == 4 else pictures)


def kernel(weight):
    return flat(weight.permute(2, 3, 1, 0))


def layer(module, channels, height, width, batch=2):
    x = torch.randn(batch, channels, height, width, requires_grad=True)
    y = module(x)
    dy = torch.randn_like(y)
    y.backward(dy)
    result = {"batch": batch, "shape": [height, width, channels], "x": last(x), "y": last(y), "dy": last(dy), "dx": last(x.grad)}
    if isinstance(module, nn.Conv2d):
        result.update({"weight": kernel(module.weight), "dweight": kernel(module.weight.grad)})
        if module.bias is not None:
            result.update({"bias": flat(module.bias), "dbias": flat(module.bias.grad)})
    if isinstance(module, nn.BatchNorm2d):
        result.update({"dweight": flat(module.weight.grad), "dbias": flat(module.bias.grad), "mean": flat(module.running_mean), "variance": flat(module.running_var)})
    return result


def conv(inputs, outputs, size, **options):
    return lambda: layer(nn.Conv2d(inputs, outputs, size, **options), inputs, 7, 6)


LAYERS = {
    "conv": conv(2, 5, 3),
    "conv rectangular": conv(3, 4, (2, 3), stride=(1, 2), padding=(1, 0)),
    "conv strided": conv(2, 6, 3, stride=2, padding=1),
    "conv dilated": conv(2, 3, 3, dilation=2, padding=2, bias=False),
    "conv same": conv(3, 4, (3, 4), padding="same"),
    "conv grouped": conv(4, 6, 3, groups=2, padding=1),
    "conv depthwise": conv(5, 5, 3, groups=5, padding=1, stride=2),
    "conv multiplied": conv(3, 6, 3, groups=3, padding=1),
    "max": lambda: layer(nn.MaxPool2d(2), 3, 6, 7),
    "max overlapping": lambda: layer(nn.MaxPool2d(3, stride=2, padding=1), 3, 6, 7),
    "average": lambda: layer(nn.AvgPool2d(2), 3, 6, 7),
    "average padded": lambda: layer(nn.AvgPool2d(3, stride=2, padding=1), 3, 6, 7),
    "average uncounted": lambda: layer(nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False), 3, 6, 7),
    "global average": lambda: layer(nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()), 3, 6, 7),
    "global max": lambda: layer(nn.Sequential(nn.AdaptiveMaxPool2d(1), nn.Flatten()), 3, 6, 7),
    "zeros": lambda: layer(nn.ZeroPad2d((1, 2, 3, 0)), 2, 3, 4),
    "upsample": lambda: layer(nn.Upsample(scale_factor=(2, 3)), 2, 3, 4),
    "batch normalization": lambda: layer(nn.BatchNorm2d(3), 3, 4, 5, batch=4),
}


class Around(nn.Module):
    def __init__(self, block, shortcut):
        super().__init__()
        self.block, self.shortcut = block, shortcut

    def forward(self, x):
        return self.block(x) + self.shortcut(x)


def training():
    """A convolution, a pool, a residual block with a strided projection and batch normalization, a depthwise convolution, and two dense layers."""
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        Around(nn.Sequential(nn.Conv2d(4, 6, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(6, eps=1e-2)), nn.Conv2d(4, 6, 1, stride=2)),
        nn.Conv2d(6, 6, 3, padding=1, groups=6), nn.Tanh(), nn.Flatten(), nn.Linear(6 * 3 * 3, 8), nn.Tanh(), nn.Linear(8, 3))
    parameters = dict(model.named_parameters())

    def values(name):
        value = parameters[name]
        if value.dim() == 4:
            return kernel(value)
        if name == "7.weight":
            return flat(value.reshape(8, 6, 3, 3).permute(2, 3, 1, 0))
        return flat(value.t() if value.dim() == 2 else value)

    start = {name: values(name) for name in parameters}
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    batches, losses = [], []
    for _ in range(20):
        x, labels = torch.randn(8, 1, 12, 12), torch.randint(0, 3, (8,))
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), labels)
        loss.backward()
        optimizer.step()
        batches.append({"x": last(x), "labels": labels.tolist()})
        losses.append(float(f"{loss.item():.9g}"))
    return {"start": start, "batches": batches, "losses": losses, "end": {name: values(name) for name in parameters}}


print(json.dumps({"layers": {name: make() for name, make in LAYERS.items()}, "training": training()}))
