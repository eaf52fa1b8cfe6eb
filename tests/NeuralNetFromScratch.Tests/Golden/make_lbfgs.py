#!/usr/bin/env python3
"""Writes lbfgs.json: what scikit-learn's L-BFGS reaches on Fisher's irises: logistic regression, and networks with a hidden layer.

usage: make_lbfgs.py > lbfgs.json     (Debian's python3-sklearn 1.2)
"""
import json
import warnings
import numpy as np
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
iris = load_iris()
x, y = StandardScaler().fit_transform(iris.data), iris.target


def flat(values):
    return [float(f"{value:.9g}") for value in np.asarray(values).ravel()]


golden = {"features": flat(x), "labels": y.tolist(), "logistic": [], "networks": []}
for alpha in (0.1, 1.0, 10.0):
    model = LogisticRegression(C=1 / alpha, tol=1e-9, max_iter=10000).fit(x, y)
    p = model.predict_proba(x)
    loss = -np.log(p[np.arange(150), y]).mean() + alpha / 300 * (model.coef_ ** 2).sum()
    golden["logistic"].append({"alpha": alpha, "weights": flat(model.coef_.T), "biases": flat(model.intercept_ - model.intercept_.mean()), "loss": loss})
for activation, units, alpha in (("tanh", 5, 3.0), ("relu", 8, 5.0), ("logistic", 4, 1.0)):
    losses = []
    for seed in range(20):
        model = MLPClassifier((units,), activation=activation, solver="lbfgs", alpha=alpha, max_iter=5000, max_fun=50000, tol=1e-7, random_state=seed).fit(x, y)
        losses.append(float(model.loss_))
    golden["networks"].append({"activation": activation, "units": units, "alpha": alpha, "losses": sorted(losses)})
print(json.dumps(golden, separators=(",", ":")))
