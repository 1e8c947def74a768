"""Sums taken apart into factors, such as ``w3*x1 - w3*x2`` into w3 and x1 - x2, by python-flint."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from flint import Ordering, fmpz_mpoly_ctx

from grader.definite import Monomial, Polynomial, Reader, TooMuch, added
from grader.program import Node

Factored = tuple[int, tuple[Polynomial, ...]]

UNITS = 300  # of work at most, as in ``budget``
_MOST_ATOMS = 8
_MOST_MONOMIALS = 12
_MOST_DEGREE = 8


def factors(nodes: Sequence[Node], place: int, other: int | None = None) -> Factored:
    """The sign of the number before them, and the factors that a sum has an odd number of times.

    ``other``: a node that is taken off it. What is left is read as a polynomial in its atoms. No factors, and
    0, where it has none or is a large one.
    """
    try:
        reader = Reader(nodes)
        polynomial = reader.read(place)
        if other is not None:
            polynomial = added(polynomial, reader.read(other), -1)
    except TooMuch:
        return 0, ()
    atoms = sorted({atom for monomial in polynomial for atom, _ in monomial})
    degree = max((sum(power for _, power in monomial) for monomial in polynomial), default=0)
    is_small = len(polynomial) <= _MOST_MONOMIALS and len(atoms) <= _MOST_ATOMS and degree <= _MOST_DEGREE
    return _factored(polynomial, atoms) if is_small and len(polynomial) > 1 and degree > 1 else (0, ())


def _factored(polynomial: Polynomial, atoms: Sequence[int]) -> Factored:
    context = fmpz_mpoly_ctx.get([f"a{at}" for at in range(len(atoms))], Ordering.lex)
    scale = lcm(*(c.denominator for c in polynomial.values()))
    places = {atom: at for at, atom in enumerate(atoms)}
    exponents = {}
    for monomial, c in polynomial.items():
        powers = [0] * len(atoms)
        for atom, power in monomial:
            powers[places[atom]] = power
        exponents[tuple(powers)] = int(c * scale)
    content, parts = context.from_dict(exponents).factor()
    odd = [part for part, times in parts if times % 2]
    if len(parts) == 1 and odd and parts[0][1] == 1:
        return 0, ()
    return (1 if content > 0 else -1), tuple(
        {_monomial(powers, atoms): Fraction(int(c)) for powers, c in part.to_dict().items()} for part in odd
    )


def _monomial(powers: Sequence[int], atoms: Sequence[int]) -> Monomial:
    return tuple((atom, int(power)) for atom, power in zip(atoms, powers, strict=True) if power)
