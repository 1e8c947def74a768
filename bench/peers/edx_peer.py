"""Open edX's evaluator over a pipe, used as mitx-grading-library uses its own, which descends from it.

Both sides are worked out at SAMPLES random points of RANGE and must agree to TOLERANCE of the reference, the
defaults that mitx-grading-library documents. Each text is parsed once and not at every point, as it says of
itself; the references stay parsed. Runs in the environment of `make peers`.
"""

from __future__ import annotations

import importlib
import json
import math
import random
import sys
from typing import Any

SAMPLES, RANGE, TOLERANCE = 5, (1.0, 5.0), 1e-4
LANGUAGE = {
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "sigmoid_slope": lambda z: math.exp(-z) / (1 + math.exp(-z)) ** 2,
    "tanh_slope": lambda z: 1 - math.tanh(z) ** 2,
    "relu": lambda z: max(z, 0.0),
    "relu_slope": lambda z: float(z > 0),
    "leaky": lambda z: max(z, z / 5),
}
_SIDES = ("student", "reference")

library: Any = importlib.import_module("calc.calc")
Parser: Any = library.ParseAugmenter
_parsed: dict[str, Any] = {}


def _once(text: str, case_sensitive: bool) -> Any:
    """A parser that has parsed already."""
    if text not in _parsed:
        parser = Parser(text, case_sensitive)
        parser.parse_algebra()
        parser.parse_algebra = lambda: None
        _parsed[text] = parser
    return _parsed[text]


def _verdict(asked: dict[str, Any]) -> str:
    _parsed.pop(asked["student"], None)
    for _ in range(SAMPLES):
        point = {name: random.uniform(*RANGE) for name in asked["variables"]}
        left, right = (library.evaluator(point, LANGUAGE, asked[side], True) for side in _SIDES)
        if not abs(left - right) <= TOLERANCE * abs(right):
            return "different"
    return "equal"


library.ParseAugmenter = _once
for line in sys.stdin:
    try:
        verdict = _verdict(json.loads(line))
    except Exception as error:  # noqa: BLE001  whatever it refuses, it refuses
        verdict = f"error {type(error).__name__}"
    print(json.dumps({"verdict": verdict}), flush=True)
