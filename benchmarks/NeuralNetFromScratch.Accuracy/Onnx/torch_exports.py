#!/usr/bin/env python3
"""Exports small feed-forward networks of PyTorch to ONNX, each to several operator sets (Debian's python3-torch 1.13).

usage: torch_exports.py FOLDER

Writes FOLDER/NAME-opsetN/model.onnx with an input and PyTorch's output beside it, as ONNX's backend tests lie.
"""
import os
import shutil
import sys
import warnings

warnings.filterwarnings("ignore")

import onnx
import torch
from onnx import numpy_helper
from torch import nn
from torch.nn import functional as F

OPSETS = (7, 9, 11, 13, 17)


class Apply(nn.Module):
    """A function of what layers give."""

    def __init__(self, function, *layers):
        super().__init__()
        self.layers = nn.ModuleList(layers)
        self.function = function

    def forward(self, x):
        return self.function(x, *self.layers)


class Scale(nn.Module):
    """A trained factor and shift."""

    def __init__(self, size):
        super().__init__()
        self.gamma = nn.Parameter(torch.randn(size))
        self.beta = nn.Parameter(torch.randn(size))

    def forward(self, x):
        return x * self.gamma + self.beta


def mlp(*between, features=6, classes=3):
    return nn.Sequential(nn.Linear(features, 8), *between, nn.Linear(8, classes))


def activations():
    plain = {
        "relu": nn.ReLU(), "leaky-relu": nn.LeakyReLU(0.2), "elu": nn.ELU(0.7), "selu": nn.SELU(), "celu": nn.CELU(0.8), "gelu": nn.GELU(), "gelu-tanh": nn.GELU(approximate="tanh"),
        "silu": nn.SiLU(), "mish": nn.Mish(), "softplus": nn.Softplus(), "softplus-beta": nn.Softplus(beta=2, threshold=15), "softsign": nn.Softsign(), "sigmoid": nn.Sigmoid(), "tanh": nn.Tanh(),
        "hardswish": nn.Hardswish(), "hardsigmoid": nn.Hardsigmoid(), "hardtanh": nn.Hardtanh(-0.5, 0.7), "relu6": nn.ReLU6(), "logsigmoid": nn.LogSigmoid(), "prelu": nn.PReLU(),
        "prelu-channels": nn.PReLU(8), "threshold": nn.Threshold(0.1, -0.2), "hardshrink": nn.Hardshrink(0.3), "softshrink": nn.Softshrink(0.3), "tanhshrink": nn.Tanhshrink(), "rrelu": nn.RReLU(),
        "softmin": nn.Softmin(1), "softmax-within": nn.Softmax(1), "glu": nn.Sequential(nn.Linear(8, 16), nn.GLU(1)),
    }
    for name, module in plain.items():
        yield "act-" + name, mlp(module), (5, 6)


def functions():
    plain = {
        "square": lambda x: x * x, "exp": lambda x: torch.exp(-x * x), "sin": torch.sin, "cos": torch.cos, "abs": torch.abs, "log1p": lambda x: torch.log1p(torch.abs(x)), "sqrt": lambda x: torch.sqrt(torch.abs(x) + 1e-3),
        "clamp": lambda x: x.clamp(-0.3, 0.4), "max-min": lambda x: torch.min(torch.max(x, torch.tensor(-0.2)), torch.tensor(0.5)), "where": lambda x: torch.where(x > 0, x, 0.1 * x), "pow3": lambda x: x ** 3,
        "reciprocal": lambda x: 1 / (1 + x * x), "scaled-tanh": lambda x: 1.7159 * torch.tanh(x * 2 / 3), "normalize": lambda x: F.normalize(x, dim=1), "norm": lambda x: x / (x.norm(dim=1, keepdim=True) + 1e-6),
        "mean-removed": lambda x: x - x.mean(1, keepdim=True), "rmsnorm": lambda x: x * torch.rsqrt(x.pow(2).mean(1, keepdim=True) + 1e-5), "log-sum-exp": lambda x: x - torch.logsumexp(x, 1, keepdim=True),
        "chunks": lambda x: torch.cat(x.chunk(2, 1)[::-1], 1), "maxout": lambda x: torch.max(x[:, :4], x[:, 4:]).repeat(1, 2), "fourier": lambda x: torch.cat([torch.sin(x), torch.cos(x)], 1)[:, 4:12],
        "expand": lambda x: x.mean(1, keepdim=True).expand(-1, 8) * x,
    }
    for name, function in plain.items():
        yield "fn-" + name, mlp(Apply(function)), (5, 6)


def structures():
    yield "plain", mlp(nn.ReLU()), (5, 6)
    yield "one-layer", nn.Linear(6, 3), (5, 6)
    yield "no-bias", nn.Sequential(nn.Linear(6, 8, bias=False), nn.ReLU(), nn.Linear(8, 3, bias=False)), (5, 6)
    yield "deep", nn.Sequential(*[layer for _ in range(10) for layer in (nn.Linear(6, 6), nn.Tanh())]), (5, 6)
    yield "softmax", nn.Sequential(mlp(nn.ReLU()), nn.Softmax(1)), (5, 6)
    yield "log-softmax", nn.Sequential(mlp(nn.ReLU()), nn.LogSoftmax(-1)), (5, 6)
    yield "sigmoid-out", nn.Sequential(mlp(nn.ReLU(), classes=1), nn.Sigmoid()), (5, 6)
    yield "squeeze-out", Apply(lambda x, f: f(x).squeeze(-1), mlp(nn.ReLU(), classes=1)), (5, 6)
    yield "logits-and-probabilities", Apply(lambda x, f: (f(x), F.softmax(f(x), 1)), mlp(nn.ReLU())), (5, 6)
    yield "flatten", nn.Sequential(nn.Flatten(), mlp(nn.ReLU())), (5, 2, 3)
    yield "view", Apply(lambda x, f: f(x.view(x.size(0), -1)), mlp(nn.ReLU())), (5, 2, 3)
    yield "view-sizes", Apply(lambda x, f: f(x.view(x.size(0), x.size(1) * x.size(2))), mlp(nn.ReLU())), (5, 2, 3)
    yield "reshape", Apply(lambda x, f: f(x.reshape(-1, 6)), mlp(nn.ReLU())), (5, 2, 3)
    yield "permute-flatten", Apply(lambda x, f: f(x.permute(0, 2, 1).flatten(1)), mlp(nn.ReLU())), (5, 2, 3)
    yield "unsqueeze-squeeze", Apply(lambda x, f: f(x.unsqueeze(1).squeeze(1)), mlp(nn.ReLU())), (5, 6)
    yield "vector", mlp(nn.ReLU()), (6,)
    yield "one-sample", mlp(nn.ReLU()), (1, 6)
    yield "batchnorm", mlp(nn.BatchNorm1d(8), nn.ReLU()), (5, 6)
    yield "batchnorm-plain", mlp(nn.BatchNorm1d(8, affine=False), nn.ReLU()), (5, 6)
    yield "batchnorm-input", nn.Sequential(nn.BatchNorm1d(6), mlp(nn.ReLU())), (5, 6)
    yield "batchnorm-channels", nn.Sequential(nn.BatchNorm1d(2), nn.Flatten(), mlp(nn.ReLU())), (5, 2, 3)
    yield "layernorm", mlp(nn.LayerNorm(8), nn.ReLU()), (5, 6)
    yield "layernorm-plain", mlp(nn.LayerNorm(8, elementwise_affine=False), nn.ReLU()), (5, 6)
    yield "groupnorm", mlp(nn.GroupNorm(2, 8), nn.ReLU()), (5, 6)
    yield "instancenorm", nn.Sequential(nn.InstanceNorm1d(2, affine=True), nn.Flatten(), mlp(nn.ReLU())), (5, 2, 3)
    yield "dropout", mlp(nn.ReLU(), nn.Dropout(0.4)), (5, 6)
    yield "alpha-dropout", mlp(nn.SELU(), nn.AlphaDropout(0.1)), (5, 6)
    yield "scale", mlp(Scale(8)), (5, 6)
    yield "residual", mlp(Apply(lambda x, f: x + f(x), nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 8)))), (5, 6)
    yield "residual-relu", mlp(Apply(lambda x, f: F.relu(x + f(x)), nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 8)))), (5, 6)
    yield "residual-projected", mlp(Apply(lambda x, f, p: p(x) + f(x), nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 8)), nn.Linear(8, 8, bias=False))), (5, 6)
    yield "residual-scaled", mlp(Apply(lambda x, f: x + 0.5 * f(x), nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 8)))), (5, 6)
    yield "residual-gamma", mlp(Apply(lambda x, f, s: x + s(f(x)), nn.Linear(8, 8), Scale(8))), (5, 6)
    yield "residual-nested", mlp(Apply(lambda x, f: x + f(x), nn.Sequential(nn.Linear(8, 8), Apply(lambda x, f: x + f(x), nn.Linear(8, 8)), nn.ReLU()))), (5, 6)
    yield "dense-block", Apply(lambda x, f, g, h: h(torch.cat([x, f(x), g(torch.cat([x, f(x)], 1))], 1)), nn.Linear(6, 4), nn.Linear(10, 4), nn.Linear(14, 3)), (5, 6)
    yield "concat-skip", Apply(lambda x, f, g: g(torch.cat([x, f(x)], 1)), nn.Sequential(nn.Linear(6, 8), nn.ReLU()), nn.Linear(14, 3)), (5, 6)
    yield "two-towers", Apply(lambda x, f, g, h: h(torch.cat([f(x), g(x)], 1)), mlp(nn.ReLU(), classes=4), mlp(nn.Tanh(), classes=4), nn.Linear(8, 3)), (5, 6)
    yield "highway", mlp(Apply(lambda x, t, h: torch.sigmoid(t(x)) * F.relu(h(x)) + (1 - torch.sigmoid(t(x))) * x, nn.Linear(8, 8), nn.Linear(8, 8))), (5, 6)
    yield "squeeze-excite", mlp(Apply(lambda x, f: x * torch.sigmoid(f(x)), nn.Sequential(nn.Linear(8, 2), nn.ReLU(), nn.Linear(2, 8)))), (5, 6)
    yield "swiglu", mlp(Apply(lambda x, f, g, h: h(F.silu(f(x)) * g(x)), nn.Linear(8, 12), nn.Linear(8, 12), nn.Linear(12, 8))), (5, 6)
    yield "cross", mlp(Apply(lambda x, f: x * f(x) + x, nn.Linear(8, 8))), (5, 6)
    yield "mixture", Apply(lambda x, g, *e: sum(w * f(x) for w, f in zip(F.softmax(g(x), 1).split(1, 1), e)), nn.Linear(6, 2), mlp(nn.ReLU()), mlp(nn.Tanh())), (5, 6)
    yield "mixer", Apply(lambda x, f, g, h: h(g(x.transpose(1, 2)).flatten(1)) if f is None else h((x + g(x.transpose(1, 2)).transpose(1, 2)).flatten(1)), nn.Identity(), nn.Linear(2, 2), nn.Linear(6, 3)), (5, 2, 3)
    yield "per-row", Apply(lambda x, f, g: g(F.relu(f(x)).flatten(1)), nn.Linear(3, 4), nn.Linear(8, 3)), (5, 2, 3)
    yield "mean-pool", Apply(lambda x, f, g: g(F.relu(f(x)).mean(1)), nn.Linear(3, 4), nn.Linear(4, 3)), (5, 2, 3)
    yield "bilinear", Apply(lambda x, f, g: g(f(x[:, :3], x[:, 3:])), nn.Bilinear(3, 3, 4), nn.Linear(4, 3)), (5, 6)
    yield "standardize", Apply(lambda x, f: f((x - torch.tensor([1., 2, 3, 4, 5, 6])) / torch.tensor([2., 1, 3, 1, 2, 5])), mlp(nn.ReLU())), (5, 6)
    yield "pad", Apply(lambda x, f: f(F.pad(x, (1, 1))), mlp(nn.ReLU(), features=8)), (5, 6)
    yield "convolution", nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(18, 3)), (5, 1, 8, 8)
    yield "average-pool", nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), nn.BatchNorm2d(2), nn.ReLU(), nn.AvgPool2d(2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 3)), (5, 1, 8, 8)


def pictures():
    def block(channels, out, stride):
        inner = nn.Sequential(nn.Conv2d(channels, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out), nn.ReLU(), nn.Conv2d(out, out, 3, 1, 1, bias=False), nn.BatchNorm2d(out))
        if stride == 1 and channels == out:
            return Apply(lambda x, f: F.relu(x + f(x)), inner)
        return Apply(lambda x, f, p: F.relu(p(x) + f(x)), inner, nn.Sequential(nn.Conv2d(channels, out, 1, stride, bias=False), nn.BatchNorm2d(out)))

    def separable(channels, out, stride=1):
        return nn.Sequential(nn.Conv2d(channels, channels, 3, stride, 1, groups=channels, bias=False), nn.BatchNorm2d(channels), nn.ReLU6(), nn.Conv2d(channels, out, 1, bias=False), nn.BatchNorm2d(out))

    lenet = [nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10)]
    yield "lenet5", nn.Sequential(*lenet), (5, 1, 28, 28)
    yield "lenet5-one-picture", nn.Sequential(*lenet), (1, 1, 28, 28)
    yield "cnn-plain", nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 12, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.5), nn.Linear(12 * 9, 10)), (5, 3, 18, 18)
    yield "cnn-log-softmax", Apply(lambda x, c, d, f, g: F.log_softmax(g(F.relu(f(torch.flatten(F.max_pool2d(F.relu(d(F.relu(c(x)))), 2), 1)))), 1), nn.Conv2d(1, 4, 3), nn.Conv2d(4, 6, 3), nn.Linear(6 * 16, 12), nn.Linear(12, 10)), (5, 1, 12, 12)
    yield "cnn-view", Apply(lambda x, f, g: g(f(x).view(-1, 4 * 25)), nn.Sequential(nn.Conv2d(2, 4, 3), nn.ReLU(), nn.MaxPool2d(2)), nn.Linear(100, 5)), (5, 2, 12, 12)
    yield "cnn-strided", nn.Sequential(nn.Conv2d(3, 6, 5, stride=2, padding=2), nn.ELU(), nn.Conv2d(6, 8, (3, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2)), nn.Sigmoid(), nn.Flatten(), nn.Linear(8 * 4 * 6, 4)), (5, 3, 16, 16)
    yield "cnn-same", nn.Sequential(nn.Conv2d(2, 4, 3, padding="same"), nn.ReLU(), nn.Conv2d(4, 4, 4, padding="same"), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3)), (5, 2, 9, 8)
    yield "cnn-groups", nn.Sequential(nn.Conv2d(4, 8, 3, groups=2), nn.ReLU(), nn.Conv2d(8, 8, 3, groups=4), nn.Flatten(), nn.Linear(8 * 16, 3)), (5, 4, 8, 8)
    yield "cnn-depthwise", nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.ReLU6(), separable(8, 12), separable(12, 16, 2), nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.Linear(16, 5)), (5, 3, 16, 16)
    yield "cnn-inverted", nn.Sequential(nn.Conv2d(3, 8, 1), Apply(lambda x, f: x + f(x), nn.Sequential(nn.Conv2d(8, 24, 1), nn.ReLU6(), separable(24, 8))), nn.Flatten(), nn.Linear(8 * 64, 5)), (5, 3, 8, 8)
    yield "cnn-residual", nn.Sequential(nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU(), block(8, 8, 1), block(8, 12, 2), block(12, 12, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(12, 10)), (5, 3, 12, 12)
    yield "cnn-preactivation", nn.Sequential(nn.Conv2d(3, 6, 3, padding=1), Apply(lambda x, f: x + f(x), nn.Sequential(nn.BatchNorm2d(6), nn.ReLU(), nn.Conv2d(6, 6, 3, padding=1))), nn.BatchNorm2d(6), nn.ReLU(), nn.Flatten(), nn.Linear(6 * 64, 4)), (5, 3, 8, 8)
    yield "cnn-dense-block", Apply(lambda x, f, g, h: h(torch.cat([x, f(x), g(torch.cat([x, f(x)], 1))], 1)), nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(7, 4, 3, padding=1), nn.Sequential(nn.Conv2d(11, 3, 1), nn.Flatten(), nn.Linear(3 * 36, 4))), (5, 3, 6, 6)
    yield "cnn-inception", Apply(lambda x, a, b, c, h: h(torch.cat([a(x), b(x), c(x)], 1)), nn.Conv2d(3, 4, 1), nn.Conv2d(3, 4, 3, padding=1), nn.Sequential(nn.MaxPool2d(3, 1, 1), nn.Conv2d(3, 2, 1)), nn.Sequential(nn.ReLU(), nn.Flatten(), nn.Linear(10 * 36, 4))), (5, 3, 6, 6)
    yield "cnn-squeeze-excite", Apply(lambda x, c, f, h: h(c(x) * f(c(x))), nn.Conv2d(3, 8, 3), nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(8, 2, 1), nn.ReLU(), nn.Conv2d(2, 8, 1), nn.Sigmoid()), nn.Sequential(nn.Flatten(), nn.Linear(8 * 16, 4))), (5, 3, 6, 6)
    yield "cnn-mean", Apply(lambda x, f, g: g(f(x).mean((2, 3))), nn.Conv2d(3, 5, 3), nn.Linear(5, 4)), (5, 3, 6, 6)
    yield "cnn-max", Apply(lambda x, f, g: g(torch.flatten(F.adaptive_max_pool2d(f(x), 1), 1)), nn.Conv2d(3, 5, 3), nn.Linear(5, 4)), (5, 3, 6, 6)
    yield "cnn-pools", nn.Sequential(nn.Conv2d(3, 4, 3), nn.MaxPool2d(3, 2, 1), nn.AvgPool2d(3, 1, 1), nn.AvgPool2d(2, 2, count_include_pad=False), nn.Flatten(), nn.Linear(4 * 9, 3)), (5, 3, 14, 14)
    yield "cnn-pool-ceil", nn.Sequential(nn.Conv2d(3, 4, 3), nn.MaxPool2d(3, 2, ceil_mode=True), nn.Flatten(), nn.Linear(4 * 16, 3)), (5, 3, 10, 10)
    yield "cnn-padded", nn.Sequential(nn.ZeroPad2d((1, 2, 0, 1)), nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 5 * 7, 3)), (5, 3, 6, 6)
    yield "cnn-upsample", nn.Sequential(nn.Conv2d(3, 4, 3, stride=2, padding=1), nn.ReLU(), nn.Upsample(scale_factor=2), nn.Conv2d(4, 3, 3, padding=1)), (5, 3, 8, 8)
    yield "cnn-pictures-out", nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.PReLU(4), nn.Conv2d(4, 2, 1), nn.Sigmoid()), (5, 3, 8, 8)
    yield "cnn-groupnorm", nn.Sequential(nn.Conv2d(3, 4, 3), nn.GroupNorm(2, 4), nn.ReLU(), nn.Flatten(), nn.Linear(64, 3)), (5, 3, 6, 6)
    yield "cnn-local-norm", nn.Sequential(nn.Conv2d(3, 6, 3), nn.ReLU(), nn.LocalResponseNorm(3), nn.Flatten(), nn.Linear(96, 3)), (5, 3, 6, 6)
    yield "cnn-shuffle", Apply(lambda x, f, g: g(f(x).view(-1, 2, 3, 4, 4).transpose(1, 2).reshape(-1, 6, 4, 4).flatten(1)), nn.Conv2d(3, 6, 3), nn.Linear(96, 3)), (5, 3, 6, 6)
    yield "cnn-pixel-shuffle", nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.PixelShuffle(2)), (5, 3, 4, 4)
    yield "cnn-layernorm", nn.Sequential(nn.Conv2d(3, 4, 3), nn.LayerNorm([4, 4, 4]), nn.ReLU(), nn.Flatten(), nn.Linear(64, 3)), (5, 3, 6, 6)
    yield "cnn-convnext", nn.Sequential(nn.Conv2d(3, 6, 2, 2), Apply(lambda x, d, n, f, g: x + g(F.gelu(f(n(d(x).permute(0, 2, 3, 1))))).permute(0, 3, 1, 2), nn.Conv2d(6, 6, 3, padding=1, groups=6), nn.LayerNorm(6), nn.Linear(6, 12), nn.Linear(12, 6)), nn.Flatten(), nn.Linear(6 * 16, 3)), (5, 3, 8, 8)
    yield "cnn-series", nn.Sequential(nn.Conv1d(3, 6, 5, padding=2), nn.BatchNorm1d(6), nn.ReLU(), nn.MaxPool1d(2), nn.Conv1d(6, 4, 3, dilation=2), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(4, 3)), (5, 3, 24)


def write(folder, model, x, opset):
    shutil.rmtree(folder, ignore_errors=True)
    data = os.path.join(folder, "test_data_set_0")
    os.makedirs(data)
    path = os.path.join(folder, "model.onnx")
    axes = {} if len(x.shape) < 2 or x.shape[0] == 1 or opset == 11 else {"x": {0: "batch"}}
    try:
        torch.onnx.export(model, x, path, opset_version=opset, input_names=["x"], dynamic_axes=axes)
    except Exception:
        shutil.rmtree(folder)
        return False
    with torch.no_grad():
        result = model(x)
    # Of several outputs the last one is that of the network.
    result = result[-1] if isinstance(result, tuple) else result
    for kind, value in (("input", x), ("output", result)):
        with open(os.path.join(data, kind + "_0.pb"), "wb") as file:
            file.write(numpy_helper.from_array(value.numpy(), kind).SerializeToString())
    return True


def main(target):
    count = names = 0
    for family in (structures, pictures, activations, functions):
        for name, model, shape in family():
            torch.manual_seed(3)
            for parameter in model.parameters():
                nn.init.normal_(parameter, std=0.5)
            if len(shape) > 1:
                with torch.no_grad():
                    for _ in range(5):
                        model(torch.randn(16, *shape[1:]) * 2 + 1)
            model.eval()
            x = torch.randn(*shape)
            names += 1
            count += sum(write(os.path.join(target, f"{name}-opset{opset}"), model, x, opset) for opset in OPSETS)
    print(f"{count} exports of {names} networks in {target}")


main(sys.argv[1])
