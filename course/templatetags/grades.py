"""Numbers of the gradebook in templates: rounded as they count, or with all their digits."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from django import template

from course.gradebook.explaining import digits
from course.gradebook.rounding import shown
from course.gradebook.showing import WORDS
from course.gradebook.totals import State

register = template.Library()


@register.filter
def points(number: Decimal | Fraction | int) -> str:
    """Rounded to two decimals, as it counts everywhere."""
    return shown(number)


@register.filter
def exact(number: Decimal | Fraction | int) -> str:
    """With all digits."""
    return digits(number)


@register.filter
def hundred(share: Decimal | Fraction | int) -> str:
    """A share as a percentage with all its digits."""
    return digits(Fraction(share) * 100)


@register.filter
def whole_percent(share: Fraction) -> str:
    """A share as a rounded percentage."""
    return shown(share * 100)


@register.filter
def state_words(state: State) -> str:
    """How a score stands, as a sentence."""
    return str(WORDS[state])
