"""Polynomials in one variable that never change their sign, such as ``x^2 - 6*x + 10``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq, fmpq_poly

from grader.program import Node

_MOST_DEGREE = 12
_MOST_BITS = 256  # of a coefficient
_MOST_NODES = 60
UNITS = 500  # of work at most, as in ``budget``


def sign(nodes: Sequence[Node], place: int, other: int | None = None) -> int:
    """1 or -1 if the node is a polynomial in one variable that is never below or never above 0, else 0.

    ``other``: a node that is taken off it. The zeros are enclosed in certified balls (python-flint). The sign
    changes at a real zero of odd multiplicity, so no ball of such a zero may touch the real line.
    """
    reader = _Reader(nodes)
    polynomial = reader.read(place) if other is None else reader.sum("-", place, other)
    if polynomial is None or polynomial.degree() < 1:
        return 0
    zeros: Any = polynomial.numer().complex_roots()  # its stub leaves out how often each is one
    if any(times % 2 and zero.imag.contains(0) for zero, times in zeros):
        return 0
    somewhere = next(value for at in range(_MOST_DEGREE + 1) if (value := polynomial(at)) != 0)
    return 1 if somewhere > 0 else -1


class _Reader:
    """Reads a node as a polynomial; None where it is not one in one variable, or a large one."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = nodes
        self.variable: int | None = None
        self.left = _MOST_NODES

    def read(self, place: int) -> fmpq_poly | None:
        self.left -= 1
        operation, i, j = self.nodes[place]
        if self.left < 0:
            return None
        match operation:
            case "number":
                return _bounded(fmpq_poly([fmpq(i, j)]))
            case "name":
                self.variable = i if self.variable is None else self.variable
                return fmpq_poly([0, 1]) if i == self.variable else None
            case "negative":
                inner = self.read(i)
                return None if inner is None else -inner
            case "power":
                base = self.read(i) if 0 < j <= _MOST_DEGREE else None
                return None if base is None or base.degree() * j > _MOST_DEGREE else _bounded(base**j)
            case "+" | "-" | "*":
                return self.sum(operation, i, j)
            case _:
                return None

    def sum(self, operation: str, i: int, j: int) -> fmpq_poly | None:
        """The sum, difference or product of two nodes."""
        first, second = self.read(i), self.read(j)
        if first is None or second is None:
            return None
        if operation == "*":
            small = first.degree() + second.degree() <= _MOST_DEGREE
            return _bounded(first * second) if small else None
        return _bounded(first + second if operation == "+" else first - second)


def _bounded(polynomial: fmpq_poly) -> fmpq_poly | None:
    size = max((abs(int(c)).bit_length() for c in polynomial.numer().coeffs()), default=0)
    return polynomial if max(size, int(polynomial.denom()).bit_length()) <= _MOST_BITS else None
