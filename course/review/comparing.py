"""The third stage of a regrade: each submission's former verdict beside the new one; a chunk at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now

from course.review.models import LinkRule, Override, Regrade, RegradeRow, Stage, Stays
from course.review.preparing import job_of
from course.review.standing import BoxPoints, override_of
from course.work.models import State

ROWS = 500  # of a chunk
SAME = ("outcome", "points", "code", "params", "span", "fix", "entries", "value")  # what a box's verdict says
SET = """
    UPDATE review_regraderow SET changed = %s, override = %s, after = %s, boxes = %s, stays = %s WHERE id = %s
"""


def compare_chunk(regrade: Regrade) -> None:
    """Compare the next rows; after the last one the regrade is ready. One at a time."""
    with transaction.atomic():
        held = Regrade.objects.select_for_update(of=("self",)).get(pk=regrade.pk)
        if held.stage != Stage.COMPARING:
            return
        rows = RegradeRow.objects.filter(regrade=held, changed__isnull=True, pk__gt=held.cursor[0])
        rows = rows.select_related("submission__attempt", "job").order_by("pk")
        chunk = list(rows[:ROWS])
        if not chunk:
            Regrade.objects.filter(pk=held.pk).update(stage=Stage.READY, touched_at=Now())
            return
        said, effects = _said([row.submission_id for row in chunk]), _effects(held.items)
        with connection.cursor() as cursor:
            cursor.executemany(SET, [_values(row, said, effects) for row in chunk])
        Regrade.objects.filter(pk=held.pk).update(cursor=[chunk[-1].pk], touched_at=Now())


def _said(submissions: Sequence[UUID]) -> dict[UUID, dict[str, Decimal]]:
    found: dict[UUID, dict[str, Decimal]] = {}
    rows = Override.objects.filter(submission__in=submissions, withdrawn_at__isnull=True)
    for submission, box, points in rows.values_list("submission", "box", "points"):
        found.setdefault(submission, {})[box] = points
    return found


def _effects(items: Sequence[int]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for item, box, effect in LinkRule.objects.filter(item__in=items).values_list("item", "box", "effect"):
        found.setdefault(item, {})[box] = effect
    return found


def _values(
    row: RegradeRow, said: Mapping[UUID, Mapping[str, Decimal]], effects: Mapping[int, Mapping[str, str]]
) -> tuple[Any, ...]:
    """The columns of SET for a row."""
    job, submission = row.job, row.submission
    if job is None or job.verdict is None:
        return (False, None, None, "[]", Stays.FAULT, row.pk)
    before = submission.verdict or {}
    boxes = differing(before, job.verdict)
    changed = submission.state == State.FAILED or bool(boxes) or _whole(before) != _whole(job.verdict)
    words, rules = said.get(submission.pk, {}), effects.get(submission.attempt.item_id, {})
    override = None
    if words or rules:
        override = override_of(_points(row), words, rules)
    after = job.points if override is None else override
    adapt = connection.ops.adapt_decimalfield_value
    return (
        changed,
        adapt(override, 14, 9) if override is not None else None,
        adapt(after, 14, 9) if after is not None else None,
        json.dumps(boxes),
        "",
        row.pk,
    )


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The boxes of which two stored verdicts say something else."""
    said = {box["id"]: _says(box) for box in before.get("boxes", ())}
    return [box["id"] for box in after["boxes"] if said.get(box["id"]) != _says(box)]


def _says(box: Mapping[str, Any]) -> list[Any]:
    return [Decimal(box["points"]) if name == "points" else box.get(name) for name in SAME]


def _whole(verdict: Mapping[str, Any]) -> list[Any]:
    return [verdict.get(name) for name in ("outcome", "counts")] + [
        Decimal(verdict.get(name) or 0) for name in ("points", "possible")
    ]


def _points(row: RegradeRow) -> list[BoxPoints]:
    """The boxes of the new verdict, with what is possible for each."""
    assert row.job is not None and row.job.verdict is not None  # noqa: PT018
    given = {box["id"]: Decimal(box["points"]) for box in row.job.verdict["boxes"]}
    asked = job_of(row.submission, row.job.exercise_id)
    return [BoxPoints(box.id, given.get(box.id, Decimal(0)), Decimal(box.points)) for box in asked.boxes]
