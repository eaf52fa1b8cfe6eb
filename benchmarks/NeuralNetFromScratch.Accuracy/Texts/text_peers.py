#!/usr/bin/env python3
"""What scikit-learn and liblinear reach on the rows of two svmlight files.

usage: text_peers.py TRAIN TEST COLUMNS
liblinear's C is chosen by five folds of the training rows. Needs python3-sklearn, and liblinear-tools for liblinear's own program.
"""
import shutil
import subprocess
import sys
import time
from sklearn.datasets import load_svmlight_file
from sklearn.neural_network import MLPClassifier


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def liblinear(train, test):
    if shutil.which("liblinear-train") is None:
        print("MISSING PEER: liblinear (Debian: liblinear-tools)")
        return
    for solver, name in ((1, "linear SVM"), (0, "logistic regression")):
        accuracies = {c: float(run("liblinear-train", "-q", "-s", str(solver), "-c", str(c), "-v", "5", train).split("=")[1].strip(" %\n")) for c in (0.1, 0.3, 1, 3, 10, 30)}
        best = max(accuracies, key=accuracies.get)
        run("liblinear-train", "-q", "-s", str(solver), "-c", str(best), train, train + ".model")
        print(f"liblinear, {name}, C {best}: {run('liblinear-predict', test, train + '.model', test + '.out').split('=')[1].split('%')[0].strip()} %", flush=True)


def main():
    train, test, columns = sys.argv[1], sys.argv[2], int(sys.argv[3])
    x, y = load_svmlight_file(train, n_features=columns, zero_based=False)
    xt, yt = load_svmlight_file(test, n_features=columns, zero_based=False)
    liblinear(train, test)
    epochs = 10
    network = MLPClassifier(256, random_state=1, max_iter=1, batch_size=200, warm_start=True)
    times = []
    for _ in range(epochs):
        start = time.perf_counter()
        network.partial_fit(x, y, classes=sorted(set(y)))
        times.append(time.perf_counter() - start)
    print(f"scikit-learn's MLPClassifier (256 hidden, batch 200, Adam, {epochs} epochs): {100 * network.score(xt, yt):.2f} %, median epoch {sorted(times)[epochs // 2]:.3f} s")


if __name__ == "__main__":
    main()
