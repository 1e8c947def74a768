"""Open edX's evaluator over a pipe, sampled as formula problems are. Runs in the environment of `make peers`.

Both sides are worked out at SAMPLES random points of RANGE and must agree to TOLERANCE of the reference:
the defaults that mitx-grading-library documents for its formula grader.
"""

from __future__ import annotations

import importlib
import json
import math
import random
import sys
from typing import Any

LANGUAGE = {
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "sigmoid_slope": lambda z: math.exp(-z) / (1 + math.exp(-z)) ** 2,
    "tanh_slope": lambda z: 1 - math.tanh(z) ** 2,
    "relu": lambda z: max(z, 0.0),
    "relu_slope": lambda z: float(z > 0),
    "leaky": lambda z: max(z, z / 5),
}
SAMPLES, RANGE, TOLERANCE = 5, (1.0, 5.0), 1e-4

evaluator: Any = importlib.import_module("calc").evaluator


def _verdict(asked: dict[str, Any]) -> str:
    for _ in range(SAMPLES):
        point = {name: random.uniform(*RANGE) for name in asked["variables"]}
        left, right = (evaluator(point, LANGUAGE, asked[side], case_sensitive=True) for side in _SIDES)
        if not abs(left - right) <= TOLERANCE * abs(right):
            return "different"
    return "equal"


_SIDES = ("student", "reference")
for line in sys.stdin:
    try:
        verdict = _verdict(json.loads(line))
    except Exception as error:  # noqa: BLE001  whatever it refuses, it refuses
        verdict = f"error {type(error).__name__}"
    print(json.dumps({"verdict": verdict}), flush=True)
