"""Boxes without a formula: one option out of several, or any number of them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal

from grader.job import BoxVerdict, ChoiceBox, Outcome, PickBox, SlotsBox
from grader.paper import JobError

STEP = Decimal("0.001")  # of points


def mark_choice(box: ChoiceBox, answer: str | list[str], before: Mapping[str, BoxVerdict]) -> BoxVerdict:
    """Right or wrong; a right one whose ``needs`` box is not right scores nothing. Raises JobError."""
    if not isinstance(answer, str):
        raise JobError(f"the answer to '{box.id}' must be one option")
    if not answer:
        return BoxVerdict(id=box.id, outcome=Outcome.EMPTY)
    if answer not in box.options:
        raise JobError(f"'{box.id}' has no option '{answer}'")
    if answer != box.right:
        return BoxVerdict(id=box.id, outcome=Outcome.WRONG)
    if box.needs is not None:
        if box.needs not in before:
            raise JobError(f"'{box.id}' needs '{box.needs}', which is no earlier box")
        if before[box.needs].outcome is not Outcome.CORRECT:
            return BoxVerdict(id=box.id, outcome=Outcome.PARTIAL, code="needs-other-box")
    return BoxVerdict(id=box.id, outcome=Outcome.CORRECT, points=Decimal(box.points))


def mark_pick(box: PickBox, answer: str | list[str]) -> BoxVerdict:
    """Share of the points: (hits - false alarms) / right options, not below 0. Raises JobError."""
    picked = {answer} - {""} if isinstance(answer, str) else set(answer)
    if odd := picked - set(box.options):
        raise JobError(f"'{box.id}' has no option '{min(odd)}'")
    if not picked and box.right:
        return BoxVerdict(id=box.id, outcome=Outcome.EMPTY)
    right = set(box.right)
    hits, false_alarms = len(picked & right), len(picked - right)
    share = max(0, hits - false_alarms)
    if picked == right:
        return BoxVerdict(id=box.id, outcome=Outcome.CORRECT, points=Decimal(box.points))
    points = Decimal(box.points * share) / max(1, len(right))
    return BoxVerdict(
        id=box.id,
        outcome=Outcome.PARTIAL if share else Outcome.WRONG,
        points=points.quantize(STEP, ROUND_HALF_EVEN),
        code="picked",
        params={"hits": str(hits), "right": str(len(right)), "false_alarms": str(false_alarms)},
    )


def mark_slots(box: SlotsBox, answer: str | list[str]) -> BoxVerdict:
    """Share of the points for the places that hold, less what guessing gives. Raises JobError."""
    places = list(answer) if isinstance(answer, list) else []
    if not any(places):
        return BoxVerdict(id=box.id, outcome=Outcome.EMPTY)
    if len(places) != len(box.right):
        raise JobError(f"'{box.id}' has {len(box.right)} places, and {len(places)} were sent")
    if odd := set(places) - set(box.options) - {""}:
        raise JobError(f"'{box.id}' has no option '{min(odd)}'")
    holds = [one == right for one, right in zip(places, box.right, strict=True)]
    entries = (tuple(_place(*each) for each in zip(places, holds, strict=True)),)
    if all(holds):
        points = Decimal(box.points)
        return BoxVerdict(id=box.id, outcome=Outcome.CORRECT, points=points, entries=entries)
    count, options = len(holds), len(box.options)
    above_chance = max(0, sum(holds) * options - count)
    points = (Decimal(box.points * above_chance) / (count * (options - 1))).quantize(STEP, ROUND_HALF_EVEN)
    outcome = Outcome.PARTIAL if points else Outcome.WRONG
    return BoxVerdict(id=box.id, outcome=outcome, points=points, entries=entries)


def _place(chosen: str, holds: bool) -> Outcome:
    return Outcome.CORRECT if holds else Outcome.WRONG if chosen else Outcome.EMPTY
