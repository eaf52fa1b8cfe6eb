#!/usr/bin/env python3
"""NumPy's side of the comparison: reads commands, answers each with the seconds that it took.

usage: numpy_peer.py IMAGES LABELS   (raw float32 [60000, 784] and raw uint8 [60000])
Commands: "epoch" (784-128-10, batch 64, momentum 0.9) and "lab" (one iteration of 784-10-10 on everything).
OPENBLAS_NUM_THREADS says how many threads there are.
Needs python3-numpy, with an optimized BLAS such as libopenblas0-pthread to be a fair peer.
"""
import numpy as np
import peer


class Network:
    def __init__(self, hidden, low_high=None):
        rng = np.random.default_rng(7)
        shapes = [(784, hidden), (hidden,), (hidden, 10), (10,)]
        if low_high:
            self.parameters = [rng.uniform(*low_high, shape).astype(np.float32) for shape in shapes]
        else:
            self.parameters = [
                (rng.standard_normal(shape) * np.sqrt(2 / shape[0])).astype(np.float32) if len(shape) == 2 else np.zeros(shape, np.float32)
                for shape in shapes
            ]
        self.velocities = [np.zeros_like(parameter) for parameter in self.parameters]

    def gradients(self, x, y):
        w1, b1, w2, b2 = self.parameters
        hidden = x @ w1
        hidden += b1
        np.maximum(hidden, 0, out=hidden)
        delta = hidden @ w2
        delta += b2
        delta -= delta.max(axis=1, keepdims=True)
        np.exp(delta, out=delta)
        delta /= delta.sum(axis=1, keepdims=True)
        delta[np.arange(len(y)), y] -= 1
        delta /= len(y)
        back = delta @ w2.T
        back *= hidden > 0
        return x.T @ back, back.sum(axis=0), hidden.T @ delta, delta.sum(axis=0)

    def step(self, x, y, rate, momentum):
        for parameter, velocity, gradient in zip(self.parameters, self.velocities, self.gradients(x, y)):
            velocity *= momentum
            velocity += gradient
            parameter -= rate * velocity


def epoch(network, images, labels, rng):
    order = rng.permutation(len(images))
    for start in range(0, len(images), 64):
        batch = order[start:start + 64]
        network.step(images[batch], labels[batch], 0.07, 0.9)


def lab(network, images, labels):
    network.step(images, labels, 0.1, 0)


def main():
    images, labels = peer.samples()
    trained, sheet, rng = Network(128), Network(10, (-0.5, 0.5)), np.random.default_rng(1)
    peer.serve(np.__version__, {"epoch": lambda: epoch(trained, images, labels, rng), "lab": lambda: lab(sheet, images, labels)})


if __name__ == "__main__":
    main()
