"""The operations of the language: how NumPy works each out, and its derivative by each of its operands.

Each rule of differentiation stands beside its operation, and works entry by entry. At a kink a derivative is
nan, never a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from grader.language import LEAKY_SLOPE
from grader.tree import Binary, Call, Negative, Number, Tree

Array = NDArray[np.float64]
Rule = Callable[..., Array]


@dataclass(frozen=True, slots=True)
class Operation:
    """A function of its operands, and its derivative by each of them."""

    value: Rule
    slopes: tuple[Rule, ...]


def _sigmoid(z: Array) -> Array:
    return np.exp(-np.logaddexp(0.0, -z))


def _step(z: Array) -> Array:
    """1 right of 0, 0 left of it, nan on it."""
    return np.heaviside(z, np.nan)


def _sign(z: Array) -> Array:
    return 2 * _step(z) - 1


def _slope(z: Array, s: Array) -> Array:
    """1 right of 0, s left of it, nan on it."""
    return s + (1 - s) * _step(z)


def _zero(*operands: Array) -> Array:
    """The derivative of a step, off its edge."""
    return 0 * operands[0]


OPERATIONS: Mapping[str, Operation] = {
    "+": Operation(np.add, (lambda a, b: np.ones_like(a), lambda a, b: np.ones_like(b))),
    "-": Operation(np.subtract, (lambda a, b: np.ones_like(a), lambda a, b: -np.ones_like(b))),
    "*": Operation(np.multiply, (lambda a, b: b, lambda a, b: a)),
    "/": Operation(np.divide, (lambda a, b: 1 / b, lambda a, b: -a / b**2)),
    "^": Operation(np.power, (lambda a, b: b * np.power(a, b - 1), lambda a, b: np.power(a, b) * np.log(a))),
    "negative": Operation(np.negative, (lambda a: -np.ones_like(a),)),
    "exp": Operation(np.exp, (np.exp,)),
    "ln": Operation(np.log, (lambda a: 1 / a,)),
    "sqrt": Operation(np.sqrt, (lambda a: 0.5 / np.sqrt(a),)),
    "abs": Operation(np.abs, (_sign,)),
    "sin": Operation(np.sin, (np.cos,)),
    "cos": Operation(np.cos, (lambda a: -np.sin(a),)),
    "tan": Operation(np.tan, (lambda a: 1 + np.tan(a) ** 2,)),
    "sinh": Operation(np.sinh, (np.cosh,)),
    "cosh": Operation(np.cosh, (np.sinh,)),
    "tanh": Operation(np.tanh, (lambda a: 1 - np.tanh(a) ** 2,)),
    "sigmoid": Operation(_sigmoid, (lambda a: _sigmoid(a) * _sigmoid(-a),)),
    "relu": Operation(lambda a: np.maximum(a, 0), (_step,)),
    "leaky": Operation(
        lambda a, s: np.maximum(a, 0) + s * np.minimum(a, 0), (_slope, lambda a, s: np.minimum(a, 0))
    ),
    "max": Operation(np.maximum, (lambda a, b: _step(a - b), lambda a, b: _step(b - a))),
    "min": Operation(np.minimum, (lambda a, b: _step(b - a), lambda a, b: _step(a - b))),
    "relu'": Operation(_step, (_zero,)),
    "leaky'": Operation(_slope, (_zero, lambda a, s: 1 - _step(a))),
    "sigmoid'": Operation(
        lambda a: _sigmoid(a) * _sigmoid(-a),
        (lambda a: _sigmoid(a) * _sigmoid(-a) * (1 - 2 * _sigmoid(a)),),
    ),
    "tanh'": Operation(lambda a: 1 - np.tanh(a) ** 2, (lambda a: -2 * np.tanh(a) * (1 - np.tanh(a) ** 2),)),
}

CONSTANTS = {"pi": np.pi, "e": np.e}
_LEAKY_SLOPE = Number(Fraction(LEAKY_SLOPE), LEAKY_SLOPE)


def parts(tree: Negative | Binary | Call) -> tuple[Operation, tuple[Tree, ...]]:
    """The operation of an expression that is no leaf, and what it works on."""
    match tree:
        case Negative(operand=operand):
            return OPERATIONS["negative"], (operand,)
        case Binary(operator=operator, left=left, right=right):
            return OPERATIONS[operator], (left, right)
        case Call(function="leaky" | "leaky'" as function, arguments=(only,)):
            return OPERATIONS[function], (only, _LEAKY_SLOPE)
        case Call(function=function, arguments=arguments):
            return OPERATIONS[function], arguments
