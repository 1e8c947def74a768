"""What the boxes of a submission are worth after people have spoken: the one rule, on frozen data.

A rule for a link is about everyone: ``out`` takes the box out of the points and of what is possible, ``full``
gives it in full. An override is about one student: it stands against the grader's points and against
``full``; a box that is ``out`` counts for nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

PLACES = Decimal("0.000000001")  # of Submission.override: finer than any score, so no share is rounded twice


@dataclass(frozen=True, slots=True)
class BoxPoints:
    """One box: what the grader gave, out of what is possible."""

    id: str
    points: Decimal
    possible: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """Points out of what is possible, for a submission or a box of it."""

    points: Decimal
    possible: Decimal


def stand(box: BoxPoints, said: Decimal | None, effect: str | None) -> Standing:
    """One box, with what a person ``said`` and the ``effect`` ("out", "full") of a rule; None: nothing."""
    if effect == "out":
        return Standing(Decimal(0), Decimal(0))
    if said is not None:
        return Standing(min(said, box.possible), box.possible)
    return Standing(box.possible if effect == "full" else box.points, box.possible)


def standing(boxes: Sequence[BoxPoints], said: Mapping[str, Decimal], effects: Mapping[str, str]) -> Standing:
    """The whole submission, in the points that a student sees."""
    found = [stand(box, said.get(box.id), effects.get(box.id)) for box in boxes]
    zero = Decimal(0)
    return Standing(sum((one.points for one in found), zero), sum((one.possible for one in found), zero))


def override_of(
    boxes: Sequence[BoxPoints], said: Mapping[str, Decimal], effects: Mapping[str, str]
) -> Decimal | None:
    """What goes into ``Submission.override``: points on the grader's own scale; None where nobody spoke.

    Where boxes are out, the share of the rest is put on the scale of the whole, so that
    ``override / possible`` is always what the submission is worth.
    """
    named = {box.id for box in boxes}
    if not named & (said.keys() | effects.keys()):
        return None
    whole = sum((box.possible for box in boxes), Decimal(0))
    found = standing(boxes, said, effects)
    if not found.possible:
        return None
    return (whole * found.points / found.possible).quantize(PLACES, ROUND_HALF_EVEN)
