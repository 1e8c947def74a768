"""SymPy's opinion on one request, in a process of its own: ``python -m grader.opinion SECONDS``.

SymPy sees only objects that are built here from our own trees; all variables are real. Its random tries are
not asked: they take complex points, at which ln(x*y) is not ln(x) + ln(y).
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable, Mapping
from typing import Any

import sympy

from grader.expression import Unreadable, read, unfold
from grader.tree import Binary, Call, Group, Name, Negative, Number, Tree

Expression = Any  # a SymPy expression; SymPy is untyped

_MOST_MEMORY = 1 << 30  # bytes

_FUNCTIONS: Mapping[str, Callable[..., Expression]] = {
    "exp": sympy.exp,
    "ln": sympy.log,
    "sqrt": sympy.sqrt,
    "abs": sympy.Abs,
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tan": sympy.tan,
    "sinh": sympy.sinh,
    "cosh": sympy.cosh,
    "tanh": sympy.tanh,
    "max": sympy.Max,
    "min": sympy.Min,
    "relu": lambda z: sympy.Max(z, 0),
    "sigmoid": lambda z: 1 / (1 + sympy.exp(-z)),
}
_COMBINED: Mapping[str, Callable[[Expression, Expression], Expression]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "^": lambda a, b: a**b,
}


def _settle(request: str) -> str:
    """The answer to one request."""
    asked = json.loads(request)
    variables = tuple(asked["variables"])
    left, right = (_symbolic(unfold(read(asked[side], variables))) for side in ("left", "right"))
    return json.dumps({"verdict": _verdict(sympy.simplify(left - right))})


def _verdict(difference: Expression) -> str:
    """Equal for a difference of 0, different for one that is known to be of one sign."""
    if difference == 0:
        return "equal"
    return "different" if difference.is_positive or difference.is_negative else "undecided"


def _symbolic(tree: Tree) -> Expression:
    match tree:
        case Number(value=value):
            return sympy.Rational(value.numerator, value.denominator)
        case Name(name=name, constant=True):
            return sympy.pi if name == "pi" else sympy.E
        case Name(name=name):
            return sympy.Symbol(name, real=True)
        case Group(inner=inner):
            return _symbolic(inner)
        case Negative(operand=operand):
            return -_symbolic(operand)
        case Call(function=function, arguments=arguments):
            return _FUNCTIONS[function](*map(_symbolic, arguments))
        case Binary(operator=operator, left=left, right=right):
            return _COMBINED[operator](_symbolic(left), _symbolic(right))


def _limit(seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))


if __name__ == "__main__":
    _limit(int(sys.argv[1]))
    try:
        print(_settle(sys.stdin.read()))
    except (Unreadable, MemoryError, RecursionError, ValueError, ArithmeticError, TypeError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
