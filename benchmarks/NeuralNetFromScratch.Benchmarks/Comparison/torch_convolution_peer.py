#!/usr/bin/env python3
"""PyTorch's side of the convolutions' comparison: reads commands, answers each with the seconds that it took.

usage: torch_convolution_peer.py IMAGES LABELS THREADS   (raw float32 [n, 784] and raw uint8 [n])
Commands: the number of a convolution in ConvolutionRows.cs, for forward and both gradients on one batch; "steps" for the training steps of
ConvolutionRows.cs over all images. Each with "last" behind it keeps pictures with their channels last.
"""
import sys
import torch
from torch import nn
import peer

# channels, filters, size of the picture, batch, size of the kernel, options: as in ConvolutionRows.cs
CONVOLUTIONS = [
    (1, 24, 28, 64, 5, {}), (24, 32, 12, 64, 3, {}), (3, 32, 32, 64, 3, {"padding": 1}), (64, 128, 16, 32, 3, {"padding": 1}),
    (128, 128, 8, 64, 3, {"padding": 1}), (256, 256, 14, 32, 1, {}), (64, 64, 16, 64, 3, {"padding": 1, "groups": 64}),
    (64, 64, 32, 32, 3, {"padding": 1, "stride": 2}),
]


def single(channels, filters, size, batch, kernel, options, memory):
    layer = nn.Conv2d(channels, filters, kernel, **options).to(memory_format=memory)
    x = torch.randn(batch, channels, size, size).to(memory_format=memory).requires_grad_()
    dy = torch.randn_like(layer(x))

    def run():
        layer.zero_grad()
        x.grad = None
        layer(x).backward(dy)

    run()
    return run


def network(images, labels, memory):
    model = nn.Sequential(
        nn.Conv2d(1, 24, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(24, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(800, 256), nn.ReLU(), nn.Linear(256, 10))
    model = model.to(memory_format=memory)
    optimizer, loss = torch.optim.Adam(model.parameters()), nn.CrossEntropyLoss()

    def run():
        order = torch.randperm(len(images))
        for start in range(0, len(images), 256):
            batch = order[start:start + 256]
            optimizer.zero_grad()
            x = images[batch].reshape(-1, 1, 28, 28).to(memory_format=memory)
            loss(model(x), labels[batch]).backward()
            optimizer.step()

    return run


def main():
    torch.set_num_threads(int(sys.argv[3]))
    torch.manual_seed(7)
    images, labels = (torch.from_numpy(array) for array in peer.samples())
    work = {}
    for suffix, memory in (("", torch.contiguous_format), (" last", torch.channels_last)):
        work.update({f"{number}{suffix}": single(*values, memory) for number, values in enumerate(CONVOLUTIONS)})
        work[f"steps{suffix}"] = network(images, labels, memory)
    peer.serve(torch.__version__, work)


if __name__ == "__main__":
    main()
