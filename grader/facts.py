"""What holds for the values of functions whatever their arguments, as inequalities between terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from grader.linear import Row
from grader.program import Program
from grader.rising import Rising
from grader.terms import Splitter

_Fact = tuple[int, int, Fraction, bool]  # the factors of value and argument, a number, and whether strictly
_ABOVE_0, _FROM_0 = (1, 0, Fraction(0), True), (1, 0, Fraction(0), False)
_UP_TO_1 = (-1, 0, Fraction(1), False)

FACTS: Mapping[str, tuple[_Fact, ...]] = {
    "exp": (_ABOVE_0, (1, -1, Fraction(-1), False)),  # exp(v) >= 1 + v
    "ln": ((-1, 1, Fraction(-1), False),),  # ln(v) <= v - 1
    "cosh": ((1, 0, Fraction(-1), False),),
    "root": (_FROM_0,),
    "sigmoid": (_ABOVE_0, (-1, 0, Fraction(1), True)),
    "tanh": ((1, 0, Fraction(1), True), (-1, 0, Fraction(1), True)),
    "sin": ((1, 0, Fraction(1), False), _UP_TO_1),
    "cos": ((1, 0, Fraction(1), False), _UP_TO_1),
    "pi": ((1, 0, Fraction("-3.14159"), True), (-1, 0, Fraction("3.1416"), True)),
}
_SQUARE_ROOT: _Fact = (-2, 1, Fraction(1), False)  # 2*sqrt(v) <= 1 + v
_WITHIN_1 = frozenset({"tanh", "sigmoid", "sin", "cos"})

_ZERO, _HALF, _ONE = Fraction(0), Fraction(1, 2), Fraction(1)
# Rising function -> arguments and values that are known.
_RISING: Mapping[str, tuple[tuple[Fraction, Fraction], ...]] = {
    "exp": ((_ZERO, _ONE),),
    "sigmoid": ((_ZERO, _HALF),),
    "tanh": ((_ZERO, _ZERO),),
    "sinh": ((_ZERO, _ZERO),),
    "root": ((_ZERO, _ZERO), (_ONE, _ONE)),
}


def facts(program: Program, place: int, splitter: Splitter) -> Iterator[Row]:
    """The inequalities that a node brings with it."""
    operation, i, j = program.nodes[place]
    found = FACTS.get(operation, ())
    if operation == "power" and j % 2 == 0:
        found = (_FROM_0, _UP_TO_1) if program.nodes[i][0] in _WITHIN_1 and j > 0 else (_FROM_0,)
    elif operation == "root" and j == 2:
        found = (*found, _SQUARE_ROOT)
    for of_value, of_argument, number, strict in found:
        terms = {1: number}
        parts = ((place, of_value), (i, of_argument)) if of_argument else ((place, of_value),)
        for part, factor in parts:
            for key, c in splitter.terms(part).items():
                terms[key] = terms.get(key, _ZERO) + factor * c
        yield Row(terms, strict)


def rising(program: Program, splitter: Splitter) -> tuple[Rising, ...]:
    """The values of rising functions; a logarithm is the argument of an exponential."""
    found: list[Rising] = []
    for place in program.used:
        operation, i, j = program.nodes[place]
        if operation == "ln":
            found.append(Rising(("exp", 0), splitter.terms(place), splitter.terms(i)))
        elif operation in _RISING:
            degree = j if operation == "root" else 0
            found.append(Rising((operation, degree), splitter.terms(i), splitter.terms(place)))
    known = [
        Rising(function, {1: argument}, {1: value})
        for function in dict.fromkeys(each.function for each in found)
        for argument, value in _RISING[function[0]]
    ]
    return (*found, *known)
