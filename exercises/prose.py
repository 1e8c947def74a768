"""The texts of the steps, read from ``texts/*.yaml`` once a process, and numbers as they are printed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

TEXTS = Path(__file__).parent / "texts"
LONGEST = 12  # decimals of an exact value: few-digit numbers end before, float noise begins behind


@cache
def texts(name: str) -> dict[str, Any]:
    """The content of ``texts/<name>.yaml``."""
    content: dict[str, Any] = yaml.safe_load((TEXTS / f"{name}.yaml").read_text(encoding="utf-8"))
    return content


def step_text(step: str) -> Mapping[str, Any]:
    """What one step says: title, task, intro, meaning, hints ..."""
    section: Mapping[str, Any] = texts("steps")["steps"][step]
    return section


def box_text(kind: str, **fill: object) -> dict[str, str]:
    """``words``, ``gloss`` and ``nudge`` of a kind of box, filled in."""
    return {key: text.format(**fill) for key, text in texts("steps")["boxes"][kind].items()}


def note(name: str, **fill: object) -> str:
    """A short remark, filled in."""
    text: str = texts("steps")["notes"][name]
    return text.format(**fill)


def ladder(name: str) -> tuple[str, ...]:
    """The three hints with this id."""
    return tuple(texts("hints")[name])


def printed(value: float, decimals: int = 4) -> str:
    """``value`` as a decimal of at most ``decimals`` places.

    >>> printed(-1.25), printed(2 / 3), printed(0.85 - 1, LONGEST)
    ('-1.25', '0.6667', '-0.15')
    """
    return plain(Decimal(value), decimals)


def plain(number: Decimal, decimals: int) -> str:
    """A decimal rounded to ``decimals`` places, without trailing zeros and without an exponent."""
    text = f"{number:.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def spoken(name: str) -> str:
    """A name for a screen reader: ``yhat_a`` is y-hat a."""
    return name.replace("yhat", "y-hat ").replace("_", " ").strip().replace("  ", " ")


def in_prose(number: str) -> str:
    """A printed number with a real minus sign."""
    return number.replace("-", "−")
