#!/usr/bin/env python3
"""Writes stopping.json: loss curves of scikit-learn's MLPClassifier on Fisher's irises, each up to the epoch at which it stops by itself.

usage: make_stopping.py > stopping.json     (Debian's python3-sklearn 1.2)
"""
import json
import warnings
import numpy as np
from sklearn.datasets import load_iris
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
iris = load_iris()
x = StandardScaler().fit_transform(iris.data)
runs = []
for tol, patience, rate, seed in [
    (1e-4, 10, 1e-3, 0), (1e-4, 10, 1e-3, 1), (1e-4, 10, 1e-3, 2), (1e-3, 10, 1e-3, 0), (1e-2, 3, 1e-2, 0), (1e-4, 1, 1e-2, 3), (0.0, 5, 0.1, 4), (1e-3, 20, 0.02, 5)]:
    model = MLPClassifier(max_iter=2000, tol=tol, n_iter_no_change=patience, learning_rate_init=rate, random_state=seed).fit(x, iris.target)
    runs.append({"tol": tol, "patience": patience, "losses": [float(f"{loss:.9g}") for loss in model.loss_curve_], "epochs": model.n_iter_})
print(json.dumps({"runs": runs}, separators=(",", ":")))
