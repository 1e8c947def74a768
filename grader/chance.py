"""Random numbers that depend on two expressions alone: the same verdict for ever, and none to foresee."""

from __future__ import annotations

from fractions import Fraction
from hashlib import blake2b

_FACTOR = 0x2360ED051FC65DA44385DF649FCCF645  # of PCG64 (O'Neill 2014), as is the way of stepping
_STEP = 0x5851F42D4C957F2D14057B7EF767814F
_MASK = (1 << 128) - 1


class Chance:
    """A congruential generator of 128 bits that gives its upper half, seeded by a digest of ``seed``."""

    def __init__(self, seed: str) -> None:
        self._state = int.from_bytes(blake2b(seed.encode(), digest_size=16).digest(), "big")

    def below(self, limit: int) -> int:
        """A whole number from 0 to ``limit`` - 1; ``limit`` is at most 2^64."""
        self._state = (self._state * _FACTOR + _STEP) & _MASK
        return (self._state >> 64) * limit >> 64

    def between(self, low: int, high: int) -> Fraction:
        """A fraction in that range whose denominator is drawn too, so that no period fits it."""
        denominator = _DENOMINATOR + self.below(_DENOMINATOR)
        return Fraction(low * denominator + self.below((high - low) * denominator), denominator)


_DENOMINATOR = 1 << 19
