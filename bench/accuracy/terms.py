"""Expressions of the accuracy set. Nothing of the grader is used here, so that its faults are not shared.

A term is a name or the text of a number, or ``(operation, *parts)``: one of ``+ - * / ^ neg``, or a function.
They are read from Python's syntax (our own data only), and their values are worked out by mpmath.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Union

import mpmath  # type: ignore[import-untyped]

Term = Union[str, tuple["Term", ...]]  # noqa: UP007  recursive

DIGITS = 60
_LARGEST = 10**4  # an exponent, or the argument of a periodic function, that is worked out
_STEEPEST = 50  # the argument of an exponential: e^100 may cancel without a loss of all digits
_OPERATORS: Mapping[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "^",
}  # fmt: skip

# Functions that not every engine has, and what they stand for.
DEFINED: Mapping[str, str] = {
    "sigmoid": "1/(1 + exp(-a))",
    "relu": "(a + abs(a))/2",
    "max": "(a + b + abs(a - b))/2",
    "min": "(a + b - abs(a - b))/2",
    "leaky": "(a + abs(a))/2 + (a - abs(a))/10",
    "sigmoid_slope": "exp(-a)/(1 + exp(-a))**2",
    "tanh_slope": "1 - tanh(a)**2",
    "relu_slope": "(1 + abs(a)/a)/2",
}


def read(text: str) -> Term:
    """The term of a text in Python's syntax; ValueError for what a term cannot be."""
    return _read(ast.parse(text.strip(), mode="eval").body)


def _read(node: ast.expr) -> Term:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Constant(value=value):
            return str(value)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return ("neg", _read(operand))
        case ast.BinOp(left=left, op=operator, right=right):
            return (_OPERATORS[type(operator)], _read(left), _read(right))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return (name, *map(_read, arguments))
        case _:
            raise ValueError(ast.unparse(node))


def is_number(term: Term) -> bool:
    """Whether it is a number, written out."""
    return isinstance(term, str) and not term[0].isalpha()


def places(term: Term, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Term]]:
    """Every part of a term, and the way to it."""
    yield path, term
    if isinstance(term, tuple):
        for at, part in enumerate(term[1:], start=1):
            yield from places(part, (*path, at))


def replaced(term: Term, path: tuple[int, ...], by: Term) -> Term:
    """The term with another part at ``path``."""
    if not path:
        return by
    assert isinstance(term, tuple)
    at = path[0]
    return (*term[:at], replaced(term[at], path[1:], by), *term[at + 1 :])


def names(term: Term) -> tuple[str, ...]:
    """The variables, in the order in which they come; pi is none."""
    leaves = (part for _, part in places(term) if isinstance(part, str))
    return tuple(dict.fromkeys(leaf for leaf in leaves if not is_number(leaf) and leaf != "pi"))


def fill(term: Term, players: Mapping[str, Term]) -> Term:
    """The term with other terms for its names."""
    if isinstance(term, str):
        return players.get(term, term)
    return (term[0], *(fill(part, players) for part in term[1:]))


def match(pattern: Term, term: Term, players: dict[str, Term]) -> bool:
    """Whether a term has this pattern, its names standing for anything: that goes to ``players``."""
    if isinstance(pattern, str):
        return pattern == term if is_number(pattern) else players.setdefault(pattern, term) == term
    if not isinstance(term, tuple) or (pattern[0], len(pattern)) != (term[0], len(term)):
        return False
    return all(match(left, right, players) for left, right in zip(pattern[1:], term[1:], strict=True))


def plain(term: Term, but: frozenset[str] = frozenset()) -> Term:
    """The term without the functions of DEFINED, ``but`` these."""
    if isinstance(term, str):
        return term
    parts = [plain(part, but) for part in term[1:]]
    if term[0] in DEFINED and term[0] not in but:
        return fill(read(DEFINED[str(term[0])]), dict(zip("ab", parts, strict=False)))
    return (term[0], *parts)


def value(term: Term, point: Mapping[str, Fraction], digits: int = DIGITS) -> mpmath.mpf | None:
    """The real value, to so many digits; None where there is none or where it is out of reach."""
    try:
        with mpmath.workdps(digits):
            found = _value(plain(term), point)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return found if mpmath.isfinite(found) else None


def _value(term: Term, point: Mapping[str, Fraction]) -> mpmath.mpf:
    if isinstance(term, str):
        return +mpmath.pi if term == "pi" else _exact(Fraction(term) if is_number(term) else point[term])
    parts = [_value(part, point) for part in term[1:]]
    return _RULES[str(term[0])](*parts)


def _exact(number: Fraction) -> mpmath.mpf:
    return mpmath.mpf(number.numerator) / number.denominator


def _power(a: mpmath.mpf, b: mpmath.mpf) -> mpmath.mpf:
    whole = b == int(b)
    if abs(b) > _LARGEST or (a < 0 and not whole) or (a == 0 and b <= 0):
        raise ValueError("no real power")
    return a ** int(b) if whole else a**b


def _bounded(name: str, most: int) -> Callable[[mpmath.mpf], mpmath.mpf]:
    function = getattr(mpmath, name)

    def rule(a: mpmath.mpf) -> mpmath.mpf:
        if abs(a) > most:
            raise OverflowError
        return function(a)

    return rule


def _ln(a: mpmath.mpf) -> mpmath.mpf:
    if a <= 0:
        raise ValueError("no real logarithm")
    return mpmath.log(a)


def _sqrt(a: mpmath.mpf) -> mpmath.mpf:
    if a < 0:
        raise ValueError("no real root")
    return mpmath.sqrt(a)


_BOUNDED = dict.fromkeys(("exp", "sinh", "cosh", "tanh"), _STEEPEST) | dict.fromkeys(
    ("sin", "cos", "tan"), _LARGEST
)
_RULES: Mapping[str, Callable[..., mpmath.mpf]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "^": _power,
    "neg": lambda a: -a,
    "abs": abs,
    "ln": _ln,
    "sqrt": _sqrt,
    **{name: _bounded(name, most) for name, most in _BOUNDED.items()},
}
