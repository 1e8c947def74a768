"""Rows that need no site: one check of an expression."""

from __future__ import annotations

from sympy import Symbol
from sympy.core.cache import clear_cache
from sympy.parsing.sympy_parser import (
    convert_xor,
    implicit_multiplication,
    parse_expr,
    standard_transformations,
)

from bench.clock import cpu
from bench.harness import Arm, Row
from grader.equivalence import compare
from grader.expression import read

NAMES = ("w1", "w2", "w3", "w4", "x1", "x2", "h1", "h2", "y", "yhat", "alpha")
# What is typed for the six steps against the reference: right and wrong, factored and multiplied out.
PAIRS = (
    ("2(yhat-y)*w3*x1", "2*(yhat - y)*w3*x1"),
    ("2*w3*x1*yhat - 2*w3*x1*y", "2*(yhat - y)*w3*x1"),
    ("(yhat-y)*w3*x1", "2*(yhat - y)*w3*x1"),
    ("w3 - alpha*2*(w3*h1 + w4*h2 - y)*h1", "w3 - 2*alpha*h1*(h1*w3 + h2*w4 - y)"),
    ("(y - w3*w1*x1 - w4*w2*x2)^2", "(w1*w3*x1 + w2*w4*x2 - y)^2"),
    ("1/(1+exp(-w1*x1))", "exp(w1*x1)/(1+exp(w1*x1))"),
)


def rows(*, full: bool) -> list[Row]:
    """The expression check against SymPy."""
    return [
        Row(
            "expression check",
            "SymPy parse_expr(...).equals, cold",
            ours(),
            _sympy(),
            must=100,
            stretch=300,
            rounds=30 if full else 6,
            faster=True,
        )
    ]


def ours() -> Arm:
    """What is typed is read anew; the reference is read once a process, as the grader does it."""
    references = [(typed, read(reference, NAMES)) for typed, reference in PAIRS]

    def check() -> None:
        for typed, reference in references:
            compare(read(typed, NAMES), reference, NAMES)

    return lambda: cpu(check, times=20) / len(PAIRS)


def _sympy() -> Arm:
    """SymPy on the same pairs, its cache emptied before each. Only ever given the constants above."""
    symbols = {name: Symbol(name) for name in NAMES}
    reading = (*standard_transformations, convert_xor, implicit_multiplication)

    def check() -> None:
        for typed, reference in PAIRS:
            clear_cache()
            left, right = (parse_expr(text, symbols, reading) for text in (typed, reference))
            left.equals(right)

    return lambda: cpu(check) / len(PAIRS)
