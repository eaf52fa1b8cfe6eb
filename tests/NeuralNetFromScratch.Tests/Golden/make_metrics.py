#!/usr/bin/env python3
"""Writes metrics.json: figures of merit of random predictions by scikit-learn's definitions (zero_division=0) and Guo et al. 2017, in NumPy.

usage: make_metrics.py > metrics.json
"""
import json
import numpy as np

SAMPLES, CLASSES, BINS = 400, 6, 15
random = np.random.default_rng(3)
labels = random.choice(CLASSES, SAMPLES, p=[0.4, 0.2, 0.2, 0.1, 0.1, 0])
logits = random.normal(size=(SAMPLES, CLASSES)) + 1.5 * np.eye(CLASSES)[labels]
logits[:, 4] -= 9
probabilities = (np.exp(logits) / np.exp(logits).sum(1, keepdims=True)).astype(np.float32)
predicted = probabilities.argmax(1)


def ratio(part, whole):
    return np.divide(part, whole, out=np.zeros(np.shape(part)), where=np.asarray(whole) != 0)


right = np.array([np.sum((labels == c) & (predicted == c)) for c in range(CLASSES)], float)
support = np.array([np.sum(labels == c) for c in range(CLASSES)], float)
named = np.array([np.sum(predicted == c) for c in range(CLASSES)], float)
figures = {"precision": ratio(right, named), "recall": ratio(right, support)}
figures["f1"] = ratio(2 * figures["precision"] * figures["recall"], figures["precision"] + figures["recall"])
micro = {"precision": right.sum() / named.sum(), "recall": right.sum() / support.sum()}
micro["f1"] = 2 * micro["precision"] * micro["recall"] / (micro["precision"] + micro["recall"])

order = np.argsort(-probabilities, axis=1)
wide = probabilities.astype(float)
confidence, calibration = wide.max(1), 0.0
edges = np.linspace(0, 1, BINS + 1)
for low, high in zip(edges[:-1], edges[1:]):
    inside = (confidence > low) & (confidence <= high)
    if inside.any():
        calibration += inside.mean() * abs((predicted == labels)[inside].mean() - confidence[inside].mean())

print(json.dumps({
    "classes": CLASSES, "bins": BINS, "labels": labels.tolist(), "predicted": predicted.tolist(),
    "probabilities": [float(f"{value:.9g}") for value in probabilities.flatten().tolist()],
    "confusion": [[int(np.sum((labels == a) & (predicted == p))) for p in range(CLASSES)] for a in range(CLASSES)],
    "each": {name: values.tolist() for name, values in figures.items()},
    "macro": {name: values.mean() for name, values in figures.items()},
    "weighted": {name: (values * support).sum() / support.sum() for name, values in figures.items()},
    "micro": micro,
    "top": [float(np.mean([label in order[i, :k] for i, label in enumerate(labels)])) for k in range(1, CLASSES + 1)],
    "log-loss": float(-np.log(wide[np.arange(SAMPLES), labels]).mean()), "calibration": float(calibration),
}, separators=(",", ":")))
