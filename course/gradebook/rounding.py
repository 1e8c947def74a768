"""The one place that rounds points: pages, files and other systems get the same digits."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

Number = Decimal | Fraction | int
PLACES = 2  # decimals
HUNDREDTH, ZERO = Decimal("0.01"), Decimal("0.00")
LONG = Context(prec=400, rounding=ROUND_HALF_UP)  # digits: no number here has so many


def rounded(points: Number) -> Decimal:
    """``points`` with two decimals, a half going away from zero: 0.125 gives 0.13, -0.125 gives -0.13.

    Exact for fractions too: 1/3 is rounded once, never first to some digits and then again.
    """
    if isinstance(points, Decimal):
        return points.quantize(HUNDREDTH, context=LONG) or ZERO
    hundredfold = abs(Fraction(points)) * 10**PLACES
    whole = (2 * hundredfold.numerator + hundredfold.denominator) // (2 * hundredfold.denominator)
    return Decimal(whole if points >= 0 else -whole).scaleb(-PLACES)


def percent(share: Fraction) -> Decimal:
    """A share of 1 as a rounded percentage."""
    return rounded(share * 100)


def shown(number: Number) -> str:
    """A rounded number as people read it: without zeros at its end, never in powers of ten."""
    text = f"{rounded(number):f}"
    return text.rstrip("0").rstrip(".")
