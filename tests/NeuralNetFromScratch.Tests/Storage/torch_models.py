#!/usr/bin/env python3
"""Models that travel between this library and PyTorch (Debian's python3-torch 1.13).

usage: torch_models.py predict FILE      reads a safetensors file, prints the logits of fixed inputs, one row a line
       torch_models.py write FILE        writes a safetensors file with PyTorch's names, and prints the logits likewise
The files are read and written here by hand, so that nothing of the library under test is involved.
"""
import json
import struct
import sys
import torch
from torch import nn


class Around(nn.Sequential):
    def forward(self, x):
        return x + super().forward(x)


def model():
    return nn.Sequential(
        nn.Linear(6, 8), nn.ReLU(), nn.BatchNorm1d(8), nn.Dropout(0.3), Around(nn.Linear(8, 8), nn.GELU()), nn.LayerNorm(8), nn.Linear(8, 3), nn.Tanh(), nn.Linear(3, 3))


def inputs():
    return (torch.arange(30).reshape(5, 6) * 0.37).sin()


def show(network):
    network.eval()
    for row in network(inputs()).tolist():
        print(" ".join(f"{value:.9g}" for value in row))


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    length = struct.unpack("<Q", data[:8])[0]
    header, tensors = json.loads(data[8:8 + length]), {}
    header.pop("__metadata__", None)
    for name, info in header.items():
        begin, end = info["data_offsets"]
        assert info["dtype"] == "F32"
        part = bytearray(data[8 + length + begin:8 + length + end])
        tensors[name] = torch.frombuffer(part, dtype=torch.float32).reshape(info["shape"])
    return tensors


def write(path, state):
    header, blocks, offset = {}, [], 0
    for name, tensor in state.items():
        dtype = {torch.float32: "F32", torch.int64: "I64"}[tensor.dtype]
        block = tensor.contiguous().numpy().tobytes()
        header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": [offset, offset + len(block)]}
        blocks.append(block)
        offset += len(block)
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blocks))


network = model()
if sys.argv[1] == "predict":
    network.load_state_dict(read(sys.argv[2]))
else:
    torch.manual_seed(4)
    network = model()
    for _ in range(5):
        network(torch.randn(16, 6) * 2 + 1)
    write(sys.argv[2], network.state_dict())
show(network)
