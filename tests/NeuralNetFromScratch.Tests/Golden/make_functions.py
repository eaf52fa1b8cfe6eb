"""Writes functions.json: values of functions to 200 bits, each as the sum of two doubles, for PortableMath. Needs mpmath.

    /usr/bin/python3 make_functions.py
"""
import json
import random

from mpmath import cos, exp, log, log1p, mp, mpf, pi, sin

mp.prec = 2400  # enough for the largest number of turns
random.seed(5)


def spread(low, high, count):
    return [random.uniform(low, high) for _ in range(count)]


def magnitudes(low, high, count):
    return [random.choice([1, -1]) * 2.0 ** random.uniform(low, high) for _ in range(count)]


def row(value, *arguments):
    high = float(value)
    return [*arguments, high, float(mpf(value) - mpf(high))]


cases = {
    "exp": [row(exp(mpf(x)), x) for x in
            [0.0, 1.0, -1.0, 0.34657359027997264, -0.34657359027997264, 709.782712893384, 709.7827128933839, -708.3964185322641, -744.44, -745.13]
            + spread(-1, 1, 150) + spread(-745, 709.7, 150) + magnitudes(-60, -2, 60)],
    "log": [row(log(mpf(x)), x) for x in
            [1.0, 2.0, 0.5, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 0.7071067811865475, 0.7071067811865477, 1.4142135623730951]
            + spread(0.5, 2, 150) + [abs(x) for x in magnitudes(-1070, 1023, 150)] + [1 + x for x in magnitudes(-52, -2, 80)]],
    "log1p": [row(log1p(mpf(x)), x) for x in
              [0.0, 1.0, -0.5, 1e-300, -0.9999999999999999, 1e300] + spread(-0.99, 4, 150) + magnitudes(-80, -1.1, 150)],
    "pow": [row(exp(mpf(y) * log(mpf(x))), x, y) for x, y in
            [(0.9, 1.0), (0.999, 1e6), (0.9, 3.0), (0.5, 1074.0), (2.0, 1023.0), (0.1, 0.5), (10.0, 308.0), (0.9990000128746033, 12345.0)]
            + [(random.uniform(0.01, 1), random.randint(1, 100) * 1.0) for _ in range(100)]
            + [(1 - 2.0 ** random.uniform(-20, -1), random.uniform(0, 1000)) for _ in range(100)]
            + [(abs(magnitudes(-30, 30, 1)[0]), random.uniform(-20, 20)) for _ in range(100)]],
}
turns = [0.0, 0.125, -0.125, 0.25, 0.5, 0.75, 1.0, 2.5, 1e15 + 0.25, 1e300] + spread(-1, 1, 200) + spread(-1000, 1000, 100) + magnitudes(-40, -3, 60)
cases["sine of turns"] = [row(sin(2 * pi * mpf(t)), t) for t in turns if t % 0.25]
cases["cosine of turns"] = [row(cos(2 * pi * mpf(t)), t) for t in turns if t % 0.25]
with open("functions.json", "w", encoding="utf-8") as file:
    json.dump(cases, file, indent=0)
    file.write("\n")
