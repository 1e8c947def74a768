"""Applying a regrade and undoing it: each in one transaction, with rows compared before they are changed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from course.celery import RECORDS
from course.errors import Refused
from course.people.journal import note
from course.people.models import User
from course.review import sentences, sql  # noqa: F401 - describes the changes of this room
from course.review.models import (
    LONGEST_REASON,
    Former,
    MovedAttempt,
    NoticeKind,
    Regrade,
    RegradeScore,
    Stage,
)
from course.review.rescoring import Pair, Reached, moved, results_of, store, worked_out
from course.review.scope import rules_of
from course.review.showing import shown
from course.tracking.rebuilding import rebuild_items
from course.work import sending
from course.work.crediting import recredit
from course.work.models import Item, State, Submission

SCORE = ("regrade_id", "user_id", "item_id", "before", "after", "was", "became")


@dataclass(frozen=True, slots=True)
class Done:
    """What was changed: submissions, and the results that followed."""

    submissions: int
    scores: int


@transaction.atomic
def apply(regrade: Regrade, by: User | None, *, only_up: bool = False) -> Done:
    """Give every submission its new verdict, and every result what follows. Raises Refused (409).

    What was changed since the regrade looked at it is left alone and named; with ``only_up`` so is what would
    lose points. Overrides by people stay.
    """
    held = _take(regrade, Stage.READY, Stage.APPLIED)
    if rules_of(held.items) != held.rules:
        detail = _("The rules for links of these exercises have changed since. Begin a new regrade.")
        raise Refused(409, _("Not applied"), detail)
    Regrade.objects.filter(pk=held.pk).update(applied_at=Now(), applied_by=by, only_up=only_up)
    if only_up:
        sql.run(sql.NAME_LOSERS, held.pk)
    changed = sql.run(sql.KEEP, held.pk)
    sql.run(sql.NAME_OTHERS, held.pk)
    sql.run(sql.WRITE, held.pk)
    _credit(_cost_otherwise(held))
    _move(held)
    scores = _score(held)
    about: dict[str, Any] = {"number": changed, "scores": scores, "scope": held.scope, "why": held.why}
    note(held.course, by, "marks.regraded", regrade=held.pk, **about)
    recount_soon(held.items)
    return Done(changed, scores)


@transaction.atomic
def undo(regrade: Regrade, by: User | None) -> Done:
    """Restore verdicts, points and results as they were. Raises Refused (409) where it is not applied.

    A submission that was changed after the regrade stays as it is now.
    """
    held = _take(regrade, Stage.APPLIED, Stage.UNDONE)
    wanted, others = set(sql.pairs(held.pk)), _cost_otherwise(held)
    changed = sql.run(sql.RESTORE, held.pk)
    _credit(others)
    _move_back(held)
    scores = _unscore(held, wanted)
    Regrade.objects.filter(pk=held.pk).update(undone_at=Now(), undone_by=by)
    note(held.course, by, "marks.unregraded", regrade=held.pk, number=changed, scope=held.scope)
    recount_soon(held.items)
    return Done(changed, scores)


def drop(regrade: Regrade) -> None:
    """Forget a regrade that was not applied: its jobs and rows go. Raises Refused (409) for one that was."""
    stages = [stage for stage in Stage if stage not in {Stage.APPLIED, Stage.UNDONE}]
    with transaction.atomic():
        if not Regrade.objects.filter(pk=regrade.pk, stage__in=stages).update(stage=Stage.DROPPED):
            raise Refused(409, _("Not dropped"), _("This regrade is applied; it can be undone instead."))
        regrade.rows.all().delete()
        regrade.jobs.all().delete()


def _take(regrade: Regrade, stage: Stage, then: Stage) -> Regrade:
    """Lock the regrade and take it to its next stage; the second of two at once is refused."""
    held = Regrade.objects.select_for_update(of=("self",)).select_related("course").get(pk=regrade.pk)
    if not Regrade.objects.filter(pk=held.pk, stage=stage).update(stage=then):
        values = {"stage": Stage(held.stage).label, "asked": then.label}
        detail = _("This regrade is “%(stage)s”, so it cannot become “%(asked)s”.") % values
        raise Refused(409, _("Not done"), detail)
    return held


def _cost_otherwise(held: Regrade) -> dict[int, set[int]]:
    """The students, by item, of whom a submission costs a try now and did not before, or the other way."""
    rows = Former.objects.filter(regrade=held).exclude(counts=F("submission__counts")).order_by()
    places = rows.values_list("submission__attempt__item_id", "submission__attempt__user_id").distinct()
    found: dict[int, set[int]] = {}
    for item, user in places:
        found.setdefault(item, set()).add(user)
    return found


def _credit(students: dict[int, set[int]]) -> None:
    """The credit for further tries follows from how many there were."""
    for item in Item.objects.filter(pk__in=list(students)).select_related("assignment").order_by("pk"):
        recredit(item, students[item.pk])


def _move(held: Regrade) -> None:
    """Take attempts and items to the new versions, so that what a student reads is the mended exercise."""
    if not held.targets:
        return
    places = {"items": held.items, "olds": list(held.targets), "user": held.user_id}
    sql.run(sql.REMEMBER_ATTEMPTS, held.pk, **places)
    for old, new in held.targets.items():
        sql.run(sql.MOVE_ATTEMPTS, held.pk, old=int(old), new=new)
    if held.user_id is None:
        items = Item.objects.select_for_update(of=("self",)).filter(pk__in=held.items)
        items = items.filter(exercise__in=list(held.targets))
        former = dict(items.order_by("pk").values_list("pk", "exercise"))
        for old, new in held.targets.items():
            Item.objects.filter(pk__in=list(former), exercise=int(old)).update(exercise=new)
        Regrade.objects.filter(pk=held.pk).update(moved_items=former)
    _requeue(held)


def _move_back(held: Regrade) -> None:
    for new in sorted(set(held.targets.values())):
        sql.run(sql.MOVE_ATTEMPTS_BACK, held.pk, new=new)
        for item, old in held.moved_items.items():
            if held.targets[str(old)] == new:
                Item.objects.filter(pk=item, exercise=new).update(exercise=old)
    _requeue(held)


def _requeue(held: Regrade) -> None:
    """What is being marked by the version before is asked again: no verdict fits an empty digest."""
    attempts = MovedAttempt.objects.filter(regrade=held).values("attempt")
    waiting = Submission.objects.filter(state=State.QUEUED, attempt__in=attempts)
    waiting.update(digest="", sent_at=held.at)


def _score(held: Regrade) -> int:
    """Results anew, with what they were; the students whose points changed are told."""
    wanted = set(sql.pairs(held.pk))
    before, after = results_of(wanted), worked_out(wanted)
    changed = [pair for pair in moved(before, after) if pair in before]
    store({pair: after[pair] for pair in changed})
    rows = [_scored(held, pair, before[pair], after[pair]) for pair in changed]
    sql.insert("review_regradescore", SCORE, rows)
    points = [pair for pair in changed if before[pair].points != after[pair].points]
    reason = _("Marked again: %(why)s") % {"why": held.why}
    _tell(points, {pair: (before[pair].points, after[pair].points) for pair in points}, reason)
    return len(points)


def _scored(held: Regrade, pair: Pair, before: Reached, after: Reached) -> tuple[Any, ...]:
    """The columns of SCORE."""
    adapt = connection.ops.adapt_decimalfield_value
    was, became = (
        json.dumps({"solved": one.solved, "tries": one.tries, "marked": one.marked})
        for one in (before, after)
    )
    return (held.pk, *pair, adapt(before.points, 8, 3), adapt(after.points, 8, 3), was, became)


def _unscore(held: Regrade, wanted: set[Pair]) -> int:
    """Results as they were where nothing else has happened since; else anew."""
    now, anew = results_of(wanted), worked_out(wanted)
    rows = RegradeScore.objects.filter(regrade=held).order_by("pk")
    former: dict[Pair, Reached] = {}
    for row in rows:
        pair = (row.user_id, row.item_id)
        if now.get(pair) == Reached(row.after, **row.became):
            former[pair] = Reached(row.before, **row.was)
    settled = _untouched(held, former)
    results = {pair: former[pair] if pair in settled else anew[pair] for pair in now}
    changed = list(moved(now, results))
    store({pair: results[pair] for pair in changed})
    points = [pair for pair in changed if now[pair].points != results[pair].points]
    reason = _("Marking again was undone.")
    _tell(points, {pair: (now[pair].points, results[pair].points) for pair in points}, reason)
    return len(points)


def _untouched(held: Regrade, former: dict[Pair, Reached]) -> set[Pair]:
    """Of these, where every submission of the regrade is again what it was."""
    other = Former.objects.filter(regrade=held).exclude(submission__marked_at=F("marked_at"))
    places = ("submission__attempt__user_id", "submission__attempt__item_id")
    odd = set(other.order_by().values_list(*places).distinct())
    return former.keys() - odd


def _tell(pairs: Sequence[Pair], points: dict[Pair, tuple[Decimal, Decimal]], reason: str) -> None:
    tell({pair: f"{shown(points[pair][0])} → {shown(points[pair][1])}. {reason}" for pair in pairs})


def tell(words: Mapping[Pair, str]) -> None:
    """A notice for each of these students about the item."""
    rows = ((*pair, NoticeKind.SCORE.value, said[:LONGEST_REASON]) for pair, said in words.items())
    sql.insert("review_notice", ("user_id", "item_id", "kind", "words"), rows)


def recount_soon(items: Sequence[int]) -> None:
    """What is counted of these items' submissions follows, once this is committed, in the site's worker."""

    def soon() -> None:
        if not sending.sender.send("course.recount", [list(items)], RECORDS):
            rebuild_items(items)

    transaction.on_commit(soon)
