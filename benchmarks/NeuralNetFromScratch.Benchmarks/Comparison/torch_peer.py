#!/usr/bin/env python3
"""PyTorch's side of the comparison: reads commands, answers each with the seconds that it took.

usage: torch_peer.py IMAGES LABELS THREADS   (raw float32 [60000, 784] and raw uint8 [60000])
Command: "epoch" (784-128-10, batch 64, SGD with momentum 0.9).
"""
import sys
import torch
import peer


def epoch(network, optimizer, images, labels):
    loss = torch.nn.CrossEntropyLoss()
    order = torch.randperm(len(images))
    for start in range(0, len(images), 64):
        batch = order[start:start + 64]
        optimizer.zero_grad()
        loss(network(images[batch]), labels[batch]).backward()
        optimizer.step()


def main():
    torch.set_num_threads(int(sys.argv[3]))
    torch.manual_seed(7)
    images, labels = (torch.from_numpy(array) for array in peer.samples())
    network = torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10))
    optimizer = torch.optim.SGD(network.parameters(), lr=0.07, momentum=0.9)
    peer.serve(torch.__version__, {"epoch": lambda: epoch(network, optimizer, images, labels)})


if __name__ == "__main__":
    main()
