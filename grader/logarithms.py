"""Logarithms modulo a prime: ln(exp(t)*v) = t + ln(v), so exponentials come out of them."""

from __future__ import annotations

from collections.abc import Sequence

from grader.terms import Residue

_MOST = 8  # exponentials whose quotients are looked for


class Logarithms:
    """The logarithms that were met, by the residue of what they are of; that of 1 is 0.

    ``tried``: how many quotients were compared with arguments so far, each of which may agree by chance.
    """

    def __init__(self, one: Residue) -> None:
        self.one = one
        self.known: dict[int, Residue] = {1: 0 * one}
        self.tried = 0
        self._count = -1
        self._quotients: dict[int, Residue] = {}

    def by_another(self, v: Residue, raised: Sequence[tuple[Residue, Residue]]) -> Residue | None:
        """ln(v) by another logarithm and a quotient of two exponentials, or None if there is no such.

        ``raised``: exponentials, each with its argument.
        """
        if len(raised) != self._count:
            self._count = len(raised)
            few = [(self.one, 0 * self.one), *raised[:_MOST]]
            self._quotients = {int(e / d): t - u for e, t in few for d, u in few}
        for other, known in self.known.items():
            self.tried += len(self._quotients)
            argument = self._quotients.get(int(v / other))
            if argument is not None:
                return known + argument
        return None
