#!/usr/bin/env python3
"""Writes sklearn-metrics.json: scikit-learn's figures of random predictions of each kind. Probabilities and targets are float32, sums double.

usage: make_sklearn_metrics.py > sklearn-metrics.json
"""
import json
import numpy as np
from sklearn import metrics

random = np.random.default_rng(5)
AVERAGES = ("macro", "weighted", "micro")


def floats(values):
    return [float(f"{value:.9g}") for value in np.asarray(values, np.float32).flatten().tolist()]


def ranks(truth, scores):
    """One class against the others; None where the samples do not determine the figure."""
    each = {"roc-auc": [], "average-precision": []}
    for column in range(truth.shape[1]):
        some = truth[:, column].any()
        each["roc-auc"].append(metrics.roc_auc_score(truth[:, column], scores[:, column]) if some and not truth[:, column].all() else None)
        each["average-precision"].append(metrics.average_precision_score(truth[:, column], scores[:, column]) if some else None)
    known = [column for column in range(truth.shape[1]) if each["roc-auc"][column] is not None]
    result = {"each": each}
    for average in AVERAGES:
        chosen = slice(None) if average == "micro" else known
        result[average] = {
            "roc-auc": metrics.roc_auc_score(truth[:, chosen], scores[:, chosen], average=average),
            "average-precision": metrics.average_precision_score(truth[:, chosen], scores[:, chosen], average=average),
        }
    return result


def counts(truth, predicted, labels):
    """Precision, recall and F1 of each class, and averaged."""
    result = {}
    for average in AVERAGES + (None,):
        values = metrics.precision_recall_fscore_support(truth, predicted, labels=labels, average=average, zero_division=0)[:3]
        result[average or "each"] = {name: np.asarray(value).tolist() for name, value in zip(("precision", "recall", "f1"), values)}
    return result


def several_classes(samples=300, classes=5):
    labels = random.choice(classes, samples, p=[0.5, 0.2, 0.2, 0.1, 0])
    logits = random.normal(size=(samples, classes)) + 1.5 * np.eye(classes)[labels]
    logits[:, 3] -= 4
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    # Ties, as a network whose outputs saturate makes them.
    probabilities = np.round(probabilities, 2).astype(np.float32)
    predicted = probabilities.argmax(1)
    truth = np.eye(classes)[labels]
    return {
        "classes": classes, "labels": labels.tolist(), "predictions": floats(probabilities),
        "accuracy": metrics.accuracy_score(labels, predicted),
        "confusion": metrics.confusion_matrix(labels, predicted, labels=range(classes)).tolist(),
        "counts": counts(labels, predicted, range(classes)), "ranks": ranks(truth, probabilities),
    }


def two_classes(samples=200):
    labels = random.choice(2, samples, p=[0.7, 0.3])
    logit = random.normal(size=samples) + 1.2 * labels
    yes = (1 / (1 + np.exp(-logit))).astype(np.float32)
    probabilities = np.stack([np.float32(1) - yes, yes], 1)
    predicted = probabilities.argmax(1)
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(labels, predicted, average="binary")
    wide = probabilities.astype(float)
    return {
        "labels": labels.tolist(), "predictions": floats(probabilities), "precision": precision, "recall": recall, "f1": f1,
        "precision-of-class-0": metrics.precision_score(labels, predicted, pos_label=0),
        "accuracy": metrics.accuracy_score(labels, predicted), "roc-auc": metrics.roc_auc_score(labels, yes),
        "average-precision": metrics.average_precision_score(labels, yes),
        "log-loss": metrics.log_loss(labels, wide / wide.sum(1, keepdims=True)), "brier": metrics.brier_score_loss(labels, yes),
    }


def clipped(samples=60, classes=4):
    """Certain and nearly certain answers, some of them wrong."""
    labels = np.concatenate([np.arange(classes), random.choice(classes, samples - classes)])
    probabilities = np.exp(8 * random.normal(size=(samples, classes)))
    probabilities = (probabilities / probabilities.sum(1, keepdims=True)).astype(np.float32)
    probabilities[:10] = np.eye(classes)[random.choice(classes, 10)]
    return {
        "classes": classes, "labels": labels.tolist(), "predictions": floats(probabilities),
        "log-loss": {str(eps): metrics.log_loss(labels, probabilities.astype(float), eps=eps) for eps in (1e-7, 1e-3, 0.05)},
    }


def several_labels(samples=150, count=4):
    targets = (random.random((samples, count)) < [0.5, 0.3, 0.1, 0.7]).astype(int)
    scores = (1 / (1 + np.exp(-(random.normal(size=(samples, count)) + 1.5 * (targets - 0.5))))).astype(np.float32)
    predicted = (scores > 0.5).astype(int)
    return {
        "labels": count, "targets": floats(targets), "predictions": floats(scores), "accuracy": metrics.accuracy_score(targets, predicted),
        "each-accuracy": [metrics.accuracy_score(targets[:, j], predicted[:, j]) for j in range(count)],
        "counts": counts(targets, predicted, None), "ranks": ranks(targets, scores),
        "log-loss": float(np.mean([metrics.log_loss(targets[:, j], scores[:, j].astype(float)) for j in range(count)])),
    }


def regression(samples=120):
    targets = (random.normal(size=(samples, 3)) * [1, 3, 0.5] + [0, 2020, -4]).astype(np.float32)
    targets[:, 2] = np.where(np.abs(targets[:, 2]) < 0.1, 0.1, targets[:, 2])
    predictions = (targets + random.normal(size=(samples, 3)) * [0.3, 2, 0.4] + [0.1, 0, 0]).astype(np.float32)
    t, y = targets.astype(float), predictions.astype(float)
    functions = {
        "mae": metrics.mean_absolute_error, "mse": metrics.mean_squared_error, "rmse": lambda *a, **k: metrics.mean_squared_error(*a, squared=False, **k),
        "mape": metrics.mean_absolute_percentage_error, "r2": metrics.r2_score, "explained-variance": metrics.explained_variance_score,
    }
    return {
        "outputs": 3, "targets": floats(targets), "predictions": floats(predictions),
        "all": {name: function(t, y) for name, function in functions.items()},
        "each": {name: function(t, y, multioutput="raw_values").tolist() for name, function in functions.items()},
    }


print(json.dumps({
    "sklearn": __import__("sklearn").__version__, "several-classes": several_classes(), "two-classes": two_classes(), "several-labels": several_labels(),
    "regression": regression(), "clipped": clipped(),
}, separators=(",", ":")))
