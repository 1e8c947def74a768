"""Aggregates kept as work arrives, in the transaction that records it.

A submission that was handed in after all that are counted is one step; one that comes late (an older one of
two, or a mark that was worked out anew) has all of that student's submissions to that item counted again.
"""

from __future__ import annotations

from typing import Any

from course.tracking import rules
from course.tracking.events import event, stored
from course.tracking.fold import BoxTally, Event, Seen, Tally, step, tally
from course.tracking.models import BoxStanding, Sighting, Stage, Standing
from course.work.models import Item, Submission
from course.work.signals import marked, rescored
from grader.job import Verdict

BOX = ("first", "submission", "last", "tries", "run", "stuck_since")
SEEN = ("count", "sample")
STANDING = (
    *("stage", "tries", "handed_in", "variants", "first", "first_share", "first_right", "first_seconds"),
    *("seconds", "stuck_since", "last_at", "attempt", "number"),
)


def connect() -> None:
    """Listen; a second time changes nothing."""
    marked.connect(on_marked, dispatch_uid="tracking")
    rescored.connect(on_rescored, dispatch_uid="tracking")


def on_marked(sender: object, submission: Submission, verdict: Verdict, **_rest: Any) -> None:
    """Count what was marked."""
    attempt = submission.attempt
    share = float(verdict.points / verdict.possible) if verdict.possible else 0.0
    told = explained(submission, verdict.model_dump(mode="json", exclude={"token"}))
    place, times = (attempt.number, submission.number), (attempt.opened_at, submission.queued_at)
    found = event(submission.pk, place, times, verdict.counts, told, submission.answers, share, attempt.seed)
    take_in(attempt.user_id, attempt.item_id, found)


def explained(submission: Submission, told: dict[str, Any]) -> dict[str, Any]:
    """The verdict as it is stored, with what the course's own rules say of unexplained boxes."""
    if not any(map(rules.is_unexplained, told["boxes"])):
        return told
    attempt = submission.attempt
    here = Item.objects.filter(pk=attempt.item_id)
    place = here.values_list("assignment__course", "exercise__slug").get()
    boxes = rules.explained(told["boxes"], rules.rules_for(*place), attempt, submission.answers)
    if boxes is not told["boxes"]:
        told = told | {"boxes": boxes}
        Submission.objects.filter(pk=submission.pk).update(verdict=told)
    return told


def on_rescored(sender: object, user: int, item: int, **_rest: Any) -> None:
    """Count anew what one student handed in to one item."""
    refold(user, item)


def take_in(user: int, item: int, found: Event) -> None:
    """One more event: a step, or everything again if it is older than what is counted."""
    before = kept(user, item)
    if before.place >= found.place:
        refold(user, item)
        return
    after = step(before, found)
    boxes = {box: one for box, one in after.boxes.items() if before.boxes.get(box) != one}
    seen = {cause: one for cause, one in after.seen.items() if before.seen.get(cause) != one}
    write(user, item, after, boxes, seen)


def refold(user: int, item: int) -> None:
    """The aggregates of one student at one item from the submissions, whatever stands there."""
    found = tally(stored(user, item))
    here = {"user_id": user, "item_id": item}
    BoxStanding.objects.filter(**here).delete()
    Sighting.objects.filter(**here).delete()
    if found.last_at is None:
        Standing.objects.filter(**here).delete()
    else:
        write(user, item, found, found.boxes, found.seen)


def kept(user: int, item: int) -> Tally:
    """What is stored of one student at one item."""
    here = {"user_id": user, "item_id": item}
    row = Standing.objects.filter(**here).first()
    if row is None:
        return Tally()
    boxes = BoxStanding.objects.filter(**here).values_list("box", *BOX)
    seen = Sighting.objects.filter(**here).values_list("box", "misconception", "answer", "seed", *SEEN)
    return Tally(
        place=(row.attempt, row.number),
        solved=row.stage == Stage.RIGHT,
        boxes={box: BoxTally(*rest) for box, *rest in boxes},
        seen={tuple(each[:4]): Seen(*each[4:]) for each in seen},
        **{name: getattr(row, name) for name in SAME},
    )


SAME = (
    *("last_at", "tries", "handed_in", "variants"),
    *("first", "first_share", "first_right", "first_seconds", "seconds"),
)


def stage_of(found: Tally) -> Stage:
    """One word for where a student stands."""
    if found.solved:
        return Stage.RIGHT
    if found.stuck_since:
        return Stage.STUCK
    return Stage.SOME if found.tries else Stage.BEGUN


def standing_of(user: int, item: int, found: Tally) -> Standing:
    """The row of a tally."""
    return Standing(
        user_id=user,
        item_id=item,
        stage=stage_of(found),
        stuck_since=found.stuck_since,
        attempt=found.place[0],
        number=found.place[1],
        **{name: getattr(found, name) for name in SAME},
    )


def boxes_of(user: int, item: int, boxes: Any) -> list[BoxStanding]:
    """The rows of its boxes."""
    return [
        BoxStanding(user_id=user, item_id=item, box=box, **{name: getattr(one, name) for name in BOX})
        for box, one in boxes.items()
    ]


def sightings_of(user: int, item: int, seen: Any) -> list[Sighting]:
    """The rows of what was seen."""
    return [
        Sighting(
            user_id=user,
            item_id=item,
            box=box,
            misconception=misconception,
            answer=answer,
            seed=seed,
            count=one.count,
            sample=one.sample,
        )
        for (box, misconception, answer, seed), one in seen.items()
    ]


def write(user: int, item: int, found: Tally, boxes: Any, seen: Any) -> None:
    """Store a tally, and of its boxes and causes these."""
    Standing.objects.bulk_create(
        [standing_of(user, item, found)],
        update_conflicts=True,
        unique_fields=["item", "user"],
        update_fields=STANDING,
    )
    if boxes:
        BoxStanding.objects.bulk_create(
            boxes_of(user, item, boxes),
            update_conflicts=True,
            unique_fields=["item", "box", "user"],
            update_fields=BOX,
        )
    if seen:
        Sighting.objects.bulk_create(
            sightings_of(user, item, seen),
            update_conflicts=True,
            unique_fields=["item", "box", "misconception", "answer", "seed", "user"],
            update_fields=SEEN,
        )
