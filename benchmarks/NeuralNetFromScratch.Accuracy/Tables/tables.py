"""Writes tables as CSV files, with five divisions into training and test rows, and what scikit-learn reaches on them.

/usr/bin/python3 tables.py FOLDER, with Debian's python3-sklearn and python3-pandas; with r-base-core and r-cran-mlbench there are six tables more.
"""
import json
import os
import shutil
import subprocess
import sys
import time
import warnings

import numpy as np
import pandas as pd
from sklearn import datasets
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_selector
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

# Other divisions than those (1 to 5) on which the defaults of the tabular estimators were chosen.
SEEDS = range(101, 106)
TARGET = "target"


def bundled():
    for name, load in [("iris", datasets.load_iris), ("wine", datasets.load_wine), ("breast-cancer", datasets.load_breast_cancer), ("digits", datasets.load_digits)]:
        table = load(as_frame=True).frame
        table[TARGET] = ["class " + str(value) for value in table[TARGET]]
        yield name, table
    yield "diabetes", datasets.load_diabetes(as_frame=True, scaled=False).frame


def mlbench(folder):
    if shutil.which("Rscript") is None:
        print("no Rscript: the tables of r-cran-mlbench are left out")
        return
    for name, source, target in [("letter", "LetterRecognition", "lettr"), ("dna", "DNA", "Class"), ("satellite", "Satellite", "classes"),
                                 ("house-votes", "HouseVotes84", "Class"), ("soybean", "Soybean", "Class"), ("ozone", "Ozone", "V4")]:
        path = os.path.join(folder, "mlbench.csv")
        script = f'library(mlbench); data({source}); write.csv({source}, "{path}", row.names=FALSE, na="")'
        subprocess.run(["Rscript", "-e", script], check=True)
        table = pd.read_csv(path)
        os.remove(path)
        table = table[table[target].notna()].rename(columns={target: TARGET})
        if name in ("dna", "soybean"):
            # Levels of factors, not numbers.
            table = table.apply(lambda column: column.map(lambda value: value if pd.isna(value) else f"v{value}" if not isinstance(value, float) else f"v{value:g}"))
        yield name, table


def features():
    numbers = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    texts = make_pipeline(SimpleImputer(strategy="constant", fill_value="missing"), OneHotEncoder(handle_unknown="ignore", sparse_output=False))
    return ColumnTransformer([
        ("numbers", numbers, make_column_selector(dtype_include="number")),
        ("texts", texts, make_column_selector(dtype_exclude="number"))])


def models(is_regression, seed):
    if is_regression:
        return {"mlp": MLPRegressor(random_state=seed), "linear": Ridge(), "boosting": HistGradientBoostingRegressor(random_state=seed)}
    return {"mlp": MLPClassifier(random_state=seed), "linear": LogisticRegression(max_iter=1000), "boosting": HistGradientBoostingClassifier(random_state=seed)}


def main(folder):
    os.makedirs(folder, exist_ok=True)
    warnings.filterwarnings("ignore")
    results = {}
    for name, table in [*bundled(), *mlbench(folder)]:
        is_regression = table[TARGET].dtype.kind == "f"
        found = {}
        for seed in SEEDS:
            training, test = train_test_split(np.arange(len(table)), test_size=0.25, random_state=seed, stratify=None if is_regression else table[TARGET])
            x, y = table.drop(columns=[TARGET, *[f"test {other}" for other in range(SEEDS[0], seed)]]), table[TARGET]
            for kind, model in models(is_regression, seed).items():
                if is_regression and kind == "mlp":
                    # As all libraries advise: targets are standardized too.
                    model = TransformedTargetRegressor(model, transformer=StandardScaler())
                start = time.time()
                fitted = make_pipeline(features(), model).fit(x.iloc[training], y.iloc[training])
                entry = found.setdefault(kind, {"scores": [], "seconds": 0})
                entry["seconds"] += (time.time() - start) / len(SEEDS)
                entry["scores"].append(fitted.score(x.iloc[test], y.iloc[test]))
            table[f"test {seed}"] = np.isin(np.arange(len(table)), test)
        table.to_csv(os.path.join(folder, name + ".csv"), index=False)
        results[name] = found
        print(name, {kind: round(100 * float(np.mean(entry["scores"])), 2) for kind, entry in found.items()}, flush=True)
        with open(os.path.join(folder, "scikit-learn.json"), "w") as file:
            json.dump(results, file, indent=1)


main(sys.argv[1])
