#!/usr/bin/env python3
"""Models that travel between this library and PyTorch (Debian's python3-torch 1.13).

usage: torch_models.py predict FILE      reads a safetensors file, prints the logits of fixed inputs, one row a line
       torch_models.py write FILE        writes a safetensors file with PyTorch's names, and prints the logits likewise
"""
import os
import sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import torch
from torch import nn
from torch_files import read, show_rows, write


class Around(nn.Sequential):
    def forward(self, x):
        return x + super().forward(x)


def model():
    return nn.Sequential(
        nn.Linear(6, 8), nn.ReLU(), nn.BatchNorm1d(8), nn.Dropout(0.3), Around(nn.Linear(8, 8), nn.GELU()), nn.LayerNorm(8), nn.Linear(8, 3), nn.Tanh(), nn.Linear(3, 3))


def inputs():
    return (torch.arange(30).reshape(5, 6) * 0.37).sin()


network = model()
if sys.argv[1] == "predict":
    network.load_state_dict(read(sys.argv[2]))
else:
    torch.manual_seed(4)
    network = model()
    for _ in range(5):
        network(torch.randn(16, 6) * 2 + 1)
    write(sys.argv[2], network.state_dict())
show_rows(network, inputs())
