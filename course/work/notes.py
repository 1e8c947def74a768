"""What people have said about an answer, as a page shows it beside the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a person said; ``change``: what it did to the points, empty for words alone."""

    who: str
    when: datetime
    text: str
    change: str = ""


@dataclass(frozen=True, slots=True)
class Notes:
    """About one submission: by box, about the whole, and the points that stand now (empty: the verdict's)."""

    boxes: Mapping[str, tuple[Line, ...]] = field(default_factory=dict)
    whole: tuple[Line, ...] = ()
    points: str = ""


NONE = Notes()
