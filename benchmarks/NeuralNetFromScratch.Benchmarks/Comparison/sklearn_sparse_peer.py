#!/usr/bin/env python3
"""scikit-learn's side of the comparison on sparse rows: reads commands, answers each with the seconds that it took.

usage: sklearn_sparse_peer.py ROWS COLUMNS THREADS   (ROWS in svmlight's format)
Commands: "epoch" (64 hidden units, batch 64, plain gradient descent, no penalty), "texts" (256 hidden units, batch 200, Adam, no penalty).
"""
import sys
import numpy as np
import sklearn
from sklearn.datasets import load_svmlight_file
from sklearn.neural_network import MLPClassifier
import peer


def main():
    rows, labels = load_svmlight_file(sys.argv[1], n_features=int(sys.argv[2]), dtype=np.float32, zero_based=False)
    network = MLPClassifier(64, solver="sgd", momentum=0, alpha=0, batch_size=64, learning_rate_init=0.05, random_state=1)
    wide = MLPClassifier(256, alpha=0, batch_size=200, random_state=1)
    classes = np.arange(10)
    peer.serve(sklearn.__version__, {"epoch": lambda: network.partial_fit(rows, labels, classes=classes), "texts": lambda: wide.partial_fit(rows, labels, classes=classes)})


if __name__ == "__main__":
    main()
