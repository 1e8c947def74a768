"""Wrong answers made from right ones, and an evaluator that shares nothing with the engine but the tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

import mpmath

from grader.expression import unfold
from grader.tree import Binary, Call, Group, Name, Negative, Number, Tree

_OTHER_FUNCTION = {
    "exp": "cosh", "ln": "sqrt", "sqrt": "ln", "sigmoid": "tanh", "tanh": "sigmoid", "relu": "abs",
    "abs": "relu", "sin": "cos", "cos": "sin", "tan": "sin", "sinh": "cosh", "cosh": "sinh", "max": "min",
    "min": "max",
}  # fmt: skip
_FUNCTIONS = {
    "exp": mpmath.exp, "sin": mpmath.sin, "cos": mpmath.cos, "tan": mpmath.tan, "sinh": mpmath.sinh,
    "cosh": mpmath.cosh, "tanh": mpmath.tanh, "abs": abs, "max": max, "min": min,
    "relu": lambda a: max(a, mpmath.mpf(0)), "sigmoid": lambda a: 1 / (1 + mpmath.exp(-a)),
}  # fmt: skip


def mutants(tree: Tree, variables: tuple[str, ...]) -> Iterator[Tree]:
    """Every tree with one slip in it: a sign, an operand, a constant, a function, a dropped part."""
    yield from _here(tree, variables)
    match tree:
        case Binary(left=left, right=right):
            yield from (replace(tree, left=m) for m in mutants(left, variables))
            yield from (replace(tree, right=m) for m in mutants(right, variables))
        case Negative(operand=operand):
            yield from (replace(tree, operand=m) for m in mutants(operand, variables))
        case Group(inner=inner):
            yield from (replace(tree, inner=m) for m in mutants(inner, variables))
        case Call(arguments=arguments):
            for place, argument in enumerate(arguments):
                for m in mutants(argument, variables):
                    yield replace(tree, arguments=(*arguments[:place], m, *arguments[place + 1 :]))


def _here(tree: Tree, variables: tuple[str, ...]) -> Iterator[Tree]:
    match tree:
        case Binary(operator=operator, left=left, right=right):
            yield left
            yield right
            swapped = {"+": "-", "-": "+", "*": "/", "/": "*", "^": "*"}
            yield replace(tree, operator=swapped[operator], implicit=False)
            if operator in "-/^":
                yield replace(tree, left=Group(right), right=Group(left))
        case Negative(operand=operand):
            yield operand
        case Number(value=value):
            yield from map(
                _number, (value + 1, 2 * value, value * Fraction("1.0000001"), value + Fraction("1e-12"))
            )
        case Name(name=name, constant=False):
            yield from (Name(other) for other in variables if other != name)
            yield Binary("*", Name(name), _number(Fraction("0.99999999999")))
        case Call(function=function) if function in _OTHER_FUNCTION:
            yield replace(tree, function=_OTHER_FUNCTION[function])


def _number(value: Fraction) -> Tree:
    return Group(
        Binary("/", Number(Fraction(value.numerator), "n"), Number(Fraction(value.denominator), "d"))
    )


def evaluate(tree: Tree, values: Mapping[str, Fraction]) -> mpmath.mpf | None:
    """The value to about 50 digits by mpmath; None where there is none, or where it is too large."""
    try:
        with mpmath.workdps(60):
            found = _value(unfold(tree), values)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return found if mpmath.isfinite(found) else None


def _value(tree: Tree, values: Mapping[str, Fraction]) -> mpmath.mpf:
    match tree:
        case Number(value=value):
            return mpmath.mpf(value.numerator) / value.denominator
        case Name(name=name, constant=constant):
            return (
                {"pi": +mpmath.pi, "e": +mpmath.e}[name] if constant else _value(Number(values[name], ""), {})
            )
        case Group(inner=inner):
            return _value(inner, values)
        case Negative(operand=operand):
            return -_value(operand, values)
        case Call(function=function, arguments=arguments):
            return _called(function, [_value(a, values) for a in arguments])
        case Binary(operator=operator, left=left, right=right):
            return _combined(operator, _value(left, values), _value(right, values))


def _called(function: str, arguments: list[mpmath.mpf]) -> mpmath.mpf:
    if function in ("ln", "sqrt"):
        if arguments[0] < 0 or (function == "ln" and arguments[0] == 0):
            raise ValueError(function)
        return mpmath.log(arguments[0]) if function == "ln" else mpmath.sqrt(arguments[0])
    if max(map(abs, arguments)) > 10**6:
        raise OverflowError(function)
    return _FUNCTIONS[function](*arguments)


def _combined(operator: str, a: mpmath.mpf, b: mpmath.mpf) -> mpmath.mpf:
    match operator:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "/":
            return a / b
        case _:
            if (a < 0 and b != int(b)) or (a == 0 and b <= 0) or abs(b) > 10**5:
                raise ValueError("no real value")
            return a**b
