"""SymPy over a pipe, ``equals`` or ``simplify``: only ever given this benchmark's own expressions."""

from __future__ import annotations

import json
import sys
from typing import Any

import sympy
from sympy.parsing.sympy_parser import convert_xor, parse_expr, standard_transformations

LANGUAGE = {
    "sigmoid": lambda z: 1 / (1 + sympy.exp(-z)),
    "sigmoid_slope": lambda z: sympy.exp(-z) / (1 + sympy.exp(-z)) ** 2,
    "tanh_slope": lambda z: 1 - sympy.tanh(z) ** 2,
    "relu": lambda z: sympy.Max(z, 0),
    "relu_slope": lambda z: (1 + sympy.Abs(z) / z) / 2,
    "leaky": lambda z: sympy.Max(z, 0) + sympy.Min(z, 0) / 5,
    "max": sympy.Max,
    "min": sympy.Min,
}
READING = (*standard_transformations, convert_xor)


def _verdict(way: str, asked: dict[str, Any]) -> str:
    symbols: dict[str, Any] = {name: sympy.Symbol(name, real=True) for name in asked["variables"]}
    left, right = (parse_expr(asked[side], symbols | LANGUAGE, READING) for side in ("student", "reference"))
    same = left.equals(right) if way == "equals" else sympy.simplify(left - right) == 0
    return "undecided" if same is None else "equal" if same else "different"


for line in sys.stdin:
    try:
        verdict = _verdict(sys.argv[1], json.loads(line))
    except Exception as error:  # noqa: BLE001  whatever it refuses, it refuses
        verdict = f"error {type(error).__name__}"
    print(json.dumps({"verdict": verdict}), flush=True)
