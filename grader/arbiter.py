"""The slow second opinion on what ``equivalence`` leaves undecided: SymPy, in a child process with limits.

Nothing that a student waits for calls it. SymPy sees only objects that are built here from our own trees;
all variables are real. What SymPy cannot settle within the limits stays undecided, for a person.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import Any

import sympy

from grader.equivalence import Comparison
from grader.expression import Unreadable, read, show, unfold
from grader.tree import Binary, Call, Group, Name, Negative, Number, Tree

__all__ = ["arbitrate"]

Expression = Any  # a SymPy expression; SymPy is untyped

_MEGABYTE = 1 << 20
_MOST_MEMORY = 1024 * _MEGABYTE

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
_VERDICTS = {True: "equal", False: "different", None: "undecided"}


def arbitrate(left: Tree, right: Tree, variables: Sequence[str], seconds: float) -> Comparison:
    """SymPy's verdict on two trees, found in a child process within ``seconds``."""
    request = json.dumps({"left": show(left), "right": show(right), "variables": list(variables)})
    try:
        child = subprocess.run(  # noqa: S603  our own module, and no text in the command
            [sys.executable, "-m", "grader.arbiter", str(ceil(seconds))],
            input=request,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Comparison("undecided", f"SymPy did not finish within {seconds:g} s")
    if child.returncode != 0:
        return Comparison("undecided", "SymPy gave up")
    return Comparison(json.loads(child.stdout)["verdict"], "SymPy")


def _settle(request: str) -> str:
    """The child's part: the answer to one request."""
    asked = json.loads(request)
    variables = tuple(asked["variables"])
    left, right = (_symbolic(unfold(read(asked[side], variables))) for side in ("left", "right"))
    difference = sympy.simplify(left - right)
    return json.dumps({"verdict": _VERDICTS[_is_zero(difference)]})


def _is_zero(difference: Expression) -> bool | None:
    if difference == 0:
        return True
    found = difference.equals(0)
    return None if found is None else bool(found)


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
