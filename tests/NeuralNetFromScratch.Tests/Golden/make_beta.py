#!/usr/bin/env python3
"""Writes beta.json: quantiles of symmetric Beta distributions.

usage: make_beta.py > beta.json     (Debian's python3-scipy 1.10)
"""
import json
from scipy.stats import beta

LEVELS = [i / 64 for i in range(1, 64)]
print(json.dumps({"levels": LEVELS, "quantiles": {str(a): [float(x) for x in beta.ppf(LEVELS, a, a)] for a in [0.1, 0.2, 0.4, 0.9, 1, 1.5, 8, 1000]}}, separators=(",", ":")))
