#!/usr/bin/env python3
"""Networks of pictures that travel between this library and PyTorch (Debian's python3-torch 1.13).

usage: torch_pictures.py predict NETWORK FILE      reads a safetensors file, prints the logits of fixed pictures, one row a line
       torch_pictures.py write NETWORK FILE        writes a safetensors file with PyTorch's names, and prints the logits likewise
"""
import os
import sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import torch
from torch import nn
from torch_files import read, show_rows, write


class Around(nn.Sequential):
    """A block whose projection is a child of its own, as Residual names it."""

    def __init__(self, *layers, projection):
        super().__init__(*layers)
        self.projection = projection

    def forward(self, x):
        y = x
        for name, module in self.named_children():
            if name != "projection":
                y = module(y)
        return y + self.projection(x)


NETWORKS = {
    "plain": lambda: nn.Sequential(
        nn.Conv2d(2, 5, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(5, 6, 2), nn.ReLU(), nn.Flatten(), nn.Linear(6 * 3 * 3, 7), nn.ReLU(), nn.Linear(7, 3)),
    "strided": lambda: nn.Sequential(
        nn.Conv2d(2, 4, (3, 5), stride=2, padding=(1, 2)), nn.BatchNorm2d(4), nn.ReLU(), nn.AvgPool2d(3, 2, 1), nn.Flatten(), nn.BatchNorm1d(4 * 3 * 3), nn.Linear(4 * 3 * 3, 3)),
    "depthwise": lambda: nn.Sequential(
        nn.Conv2d(2, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1, groups=8), nn.Conv2d(8, 12, 1), nn.ReLU(),
        nn.Conv2d(12, 6, 3, groups=3, dilation=2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 3)),
    "residual": lambda: nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1), nn.ReLU(),
        Around(nn.Conv2d(4, 6, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(6, 6, 3, padding=1), nn.BatchNorm2d(6), projection=nn.Sequential(nn.Conv2d(4, 6, 1, stride=2))),
        nn.ReLU(), nn.Flatten(), nn.Linear(6 * 5 * 5, 3)),
}


def inputs():
    """[batch, height, width, channels], as the library takes them, with channels first."""
    return (torch.arange(4 * 10 * 10 * 2).reshape(4, 10, 10, 2) * 0.37).sin().permute(0, 3, 1, 2)


network = NETWORKS[sys.argv[2]]()
if sys.argv[1] == "predict":
    network.load_state_dict(read(sys.argv[3]), strict=False)
else:
    torch.manual_seed(4)
    network = NETWORKS[sys.argv[2]]()
    for _ in range(5):
        network(torch.randn(16, 2, 10, 10) * 2 + 1)
    write(sys.argv[3], network.state_dict())
show_rows(network, inputs())
