"""Chance that is the same for ever: raw PCG64 bits, turned into choices here, not by NumPy's distributions.

NumPy keeps the raw stream of a bit generator and of SeedSequence stable between versions; it does not promise
that for ``Generator.integers`` or ``shuffle`` (NEP 19). So the few lines from bits to choices are our own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Item = TypeVar("Item")


class Chance:
    """A stream of choices that depends only on the words and numbers that it is made from."""

    def __init__(self, *entropy: str | int) -> None:
        words = [int.from_bytes(str(part).encode(), "big") for part in entropy]
        self._bits = np.random.PCG64(np.random.SeedSequence(words))

    def indices(self, count: int, choices: int) -> NDArray[np.intp]:
        """``count`` independent indices below ``choices`` (bias below 2^-32 x choices)."""
        raw = self._bits.random_raw(count)
        return ((raw >> np.uint64(32)) * np.uint64(choices) >> np.uint64(32)).astype(np.intp)

    def below(self, choices: int) -> int:
        """One index below ``choices``."""
        return int(self.indices(1, choices)[0])

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """The items in a random order (Fisher-Yates)."""
        order = list(items)
        for last in range(len(order) - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order
