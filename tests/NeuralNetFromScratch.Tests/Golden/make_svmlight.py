#!/usr/bin/env python3
"""Writes svmlight.json: what scikit-learn reads from small svmlight texts, or that it refuses them.

usage: make_svmlight.py > svmlight.json
"""
import io
import json
import numpy as np
import scipy.sparse
from sklearn.datasets import dump_svmlight_file, load_svmlight_file


def dumped(**options):
    random = np.random.default_rng(3)
    matrix = scipy.sparse.random(12, 9, 0.3, random_state=4, data_rvs=lambda n: random.normal(size=n) * 10.0 ** random.integers(-6, 6, n)).tocsr()
    file = io.BytesIO()
    dump_svmlight_file(matrix.astype(np.float32), random.integers(-1, 3, 12), file, **options)
    return file.getvalue().decode()


TEXTS = [
    ("one-based", "1 1:0.5 3:-2\n-1 2:1e-3\n", {}),
    ("zero-based", "1 0:0.5 3:-2\n-1 2:1e-3\n", {}),
    ("told that it is zero-based", "1 1:0.5 3:-2\n", {"zero_based": True}),
    ("comments and blank lines", "# head\n\n1 1:2 # tail 7:8\n   \n0 2:3#x\n", {}),
    ("tabs, several spaces, carriage returns", "1\t1:2   3:4\r\n0  2:5 \r\n", {}),
    ("no end of the last line", "1 1:2\n2 1:3", {}),
    ("a sample without features", "1\n2 4:1\n3 \n", {}),
    ("fractional labels", "0.25 1:1\n-3.5e2 1:1\n+2 1:1\n", {}),
    ("queries", "3 qid:1 1:1\n2 qid:1 2:1\n1 qid:20 1:2\n", {"query_id": True}),
    ("sets of labels", "1,2 1:1\n0 2:1\n 3:1\n2,0 1:4\n", {"multilabel": True}),
    ("a number of columns", "1 1:1 2:2\n", {"n_features": 7}),
    ("stored zeros", "1 1:0 2:2\n", {}),
    ("scikit-learn's own, one-based", dumped(zero_based=False), {}),
    ("scikit-learn's own, zero-based, with comment and queries", dumped(comment="by scikit-learn", query_id=np.arange(12) // 3), {"query_id": True}),
    ("descending columns", "1 1:1\n0 3:1 2:1\n", {}),
    ("a column twice", "1 1:1\n0 3:1 3:1\n", {}),
    ("no value", "1 1:1\n0 3\n", {}),
    ("text for a value", "1 1:1\n0 3:x\n", {}),
    ("text for a label", "1 1:1\nx 3:1\n", {}),
    ("too many columns", "1 1:1\n0 9:1\n", {"n_features": 7}),
]


def case(name, text, options):
    result = {"name": name, "text": text, "options": options}
    try:
        matrix, labels, *query = load_svmlight_file(io.BytesIO(text.encode()), dtype=np.float64, **options)
    except ValueError as error:
        return result | {"error": str(error)}
    result |= {
        "offsets": matrix.indptr.tolist(), "columns": matrix.indices.tolist(), "values": matrix.data.tolist(), "width": matrix.shape[1],
        "labels": [list(label) if options.get("multilabel") else label for label in labels],
    }
    return result | ({"queries": query[0].tolist()} if query else {})


json.dump([case(*text) for text in TEXTS], __import__("sys").stdout, indent=1)
print()
