#!/usr/bin/env python3
"""The recipe of the row nielsen-30 in plain NumPy and double precision: prints each seed's best test accuracy in percent.

usage: nielsen_numpy.py DIR [SEEDS]     (DIR holds MNIST's four IDX files, plain or .gz; Debian's python3-numpy)
"""
import glob
import gzip
import sys
import numpy as np


def idx(folder, name):
    path = glob.glob(f"{folder}/{name}*")[0]
    data = (gzip.open if path.endswith("gz") else open)(path, "rb").read()
    rank = data[3]
    shape = [int.from_bytes(data[4 + 4 * i:8 + 4 * i], "big") for i in range(rank)]
    return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


folder, seeds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 8
inputs, labels = idx(folder, "train-images")[:50000].reshape(-1, 784) / 256, idx(folder, "train-labels")[:50000]
test_inputs, test_labels = idx(folder, "t10k-images").reshape(-1, 784) / 256, idx(folder, "t10k-labels")
targets = np.eye(10)[labels]
for seed in range(1, seeds + 1):
    random, best = np.random.default_rng(seed), 0
    w1, b1, w2, b2 = (random.standard_normal(shape) for shape in ((784, 30), 30, (30, 10), 10))
    for _ in range(30):
        order = random.permutation(50000)
        for start in range(0, 50000, 10):
            batch = order[start:start + 10]
            x = inputs[batch]
            a1 = sigmoid(x @ w1 + b1)
            a2 = sigmoid(a1 @ w2 + b2)
            d2 = (a2 - targets[batch]) * a2 * (1 - a2)
            d1 = (d2 @ w2.T) * a1 * (1 - a1)
            # Rate 3 over the mean of ten samples.
            w2 -= 0.3 * (a1.T @ d2)
            b2 -= 0.3 * d2.sum(0)
            w1 -= 0.3 * (x.T @ d1)
            b1 -= 0.3 * d1.sum(0)
        predicted = sigmoid(sigmoid(test_inputs @ w1 + b1) @ w2 + b2).argmax(1)
        best = max(best, 100 * (predicted == test_labels).mean())
    print(seed, round(best, 2), flush=True)
