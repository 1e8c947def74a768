"""Links and items that do not count, or count in full for everyone who tried: looked at first, then set.

A rule for a link enters every score through ``standing.override_of``; how an item counts is a column of its
own that the gradebook reads. Nothing that the grader or a person said is overwritten, so a rule that is
taken back leaves no trace in any score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from course.errors import Refused
from course.people.journal import note
from course.people.models import User
from course.review import sentences  # noqa: F401 - describes the changes of this room
from course.review.applying import recount_soon, tell
from course.review.models import Effect, LinkRule, Override
from course.review.overriding import settle
from course.review.reading import effects_of
from course.review.rescoring import Pair, results_of, store, worked_out
from course.review.showing import shown
from course.review.standing import BoxPoints, override_of
from course.work import feedback
from course.work.catalogue import published, question_of
from course.work.mathml import plain
from course.work.models import Counts, Item, State, Submission
from course.work.scoring import in_points, worth
from course.work.signals import marked
from exercises.question import Question
from exercises.steps import question
from exercises.variants import variant

SET = "UPDATE work_submission SET override = %s WHERE id = %s"


@dataclass(frozen=True, slots=True)
class Rules:
    """How an item counts, and each of its links that does not count as marked."""

    counts: str = "normal"
    effects: Mapping[str, str] = field(default_factory=dict)  # box -> "out" or "full"

    def as_data(self) -> dict[str, Any]:
        """For the journal, from which it is undone."""
        return {"counts": self.counts, "effects": dict(self.effects)}


@dataclass(frozen=True, slots=True)
class Change:
    """One student's points in an item: before and after; None: the item does not count."""

    user: int
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What new rules would do."""

    overrides: Mapping[UUID, Decimal | None]  # of the submissions where it is another
    changes: tuple[Change, ...]


def connect() -> None:
    """Listen; a second time changes nothing."""
    marked.connect(on_marked, dispatch_uid="review.rules")


def on_marked(sender: object, submission: Submission, **_rest: Any) -> None:
    """A new verdict on an item with rules stands by them at once."""
    if LinkRule.objects.filter(item=submission.attempt.item_id).exists():
        submission.refresh_from_db(fields=["verdict", "state"])
        settle(submission)


def rules_of(item: Item) -> Rules:
    """The rules that hold."""
    return Rules(item.counts, effects_of(item.pk))


def boxes_of(item: Item) -> Question:
    """The question of an item's present version, for the names of its boxes."""
    document = published(item.exercise_id)
    return question(document, variant(document, 1))


def read_rules(item: Item, sent: Mapping[str, str]) -> Rules:
    """Rules from a form: ``counts``, and ``box-...`` for each box. Raises Refused (400) naming the field."""
    counts = sent.get("counts", Counts.NORMAL)
    if counts not in Counts.values:
        raise Refused(400, _("Not set"), _("An item cannot count as '%(typed)s'.") % {"typed": counts[:20]})
    effects = {}
    boxes = [box.id for box in boxes_of(item).boxes]
    for box in boxes:
        chosen = sent.get(f"box-{box}", "")
        if chosen and chosen not in Effect.values:
            values = {"box": box, "typed": chosen[:20]}
            raise Refused(400, _("Not set"), _("The box %(box)s cannot be '%(typed)s'.") % values)
        if chosen:
            effects[box] = chosen
    if boxes and all(effects.get(box) == Effect.OUT for box in boxes):
        detail = _("No link would be left to count. Discount the whole item instead.")
        raise Refused(400, _("Not set"), detail)
    return Rules(counts, effects)


def plan(item: Item, rules: Rules) -> Plan:
    """What these rules would change; nothing is written."""
    overrides: dict[UUID, Decimal | None] = {}
    best: dict[int, Decimal] = {}
    said = _said(item)
    for row in _graded(item):
        boxes = _points(row)
        override = override_of(boxes, said.get(row.pk, {}), rules.effects)
        if override != row.override:
            overrides[row.pk] = override
        points = in_points(item, worth(row.points, override, row.possible, row.credit))
        user = row.attempt.user_id
        best[user] = max(points, best.get(user, Decimal(0)))
    return Plan(overrides, tuple(_changes(item, rules, best)))


def _changes(item: Item, rules: Rules, best: Mapping[int, Decimal]) -> Iterator[Change]:
    stored = results_of({(user, item.pk) for user in best})
    for user in sorted(best):
        now = stored.get((user, item.pk))
        before = _counted(item.counts, now.points if now else Decimal(0), item.points)
        after = _counted(rules.counts, best[user], item.points)
        if before != after:
            yield Change(user, before, after)


def _counted(counts: str, points: Decimal, full: Decimal) -> Decimal | None:
    if counts == Counts.OUT:
        return None
    return full if counts == Counts.FULL else points


def _graded(item: Item) -> Iterator[Submission]:
    rows = Submission.objects.filter(attempt__item=item, state=State.GRADED).select_related("attempt")
    return rows.order_by("attempt", "number").iterator(1000)


def _said(item: Item) -> dict[UUID, dict[str, Decimal]]:
    rows = Override.objects.filter(submission__attempt__item=item, withdrawn_at__isnull=True)
    found: dict[UUID, dict[str, Decimal]] = {}
    for submission, box, points in rows.values_list("submission", "box", "points"):
        found.setdefault(submission, {})[box] = points
    return found


def _points(row: Submission) -> list[BoxPoints]:
    given = {box["id"]: Decimal(box["points"]) for box in (row.verdict or {}).get("boxes", ())}
    boxes = question_of(row.attempt).boxes
    return [BoxPoints(box.id, given.get(box.id, Decimal(0)), Decimal(box.points)) for box in boxes]


@transaction.atomic
def set_rules(item: Item, rules: Rules, by: User) -> int:
    """Set how an item and its links count; how many students' points changed, who are told.

    Raises Refused (409) where nothing would change.
    """
    item = (
        Item.objects.select_for_update(of=("self",))
        .select_related("assignment__course", "exercise")
        .get(pk=item.pk)
    )
    former = rules_of(item)
    if former == rules:
        raise Refused(409, _("Nothing to set"), _("Everything counts like this already."))
    planned = plan(item, rules)
    LinkRule.objects.filter(item=item).delete()
    LinkRule.objects.bulk_create(
        LinkRule(item=item, box=box, effect=effect) for box, effect in sorted(rules.effects.items())
    )
    Item.objects.filter(pk=item.pk).update(counts=rules.counts)
    _write(planned)
    pairs: set[Pair] = {(user, item.pk) for user in _users(item)}
    store(worked_out(pairs))
    _tell(item, planned)
    _note(item, by, former, rules, len(planned.changes))
    recount_soon([item.pk])
    return len(planned.changes)


def _users(item: Item) -> list[int]:
    rows = Submission.objects.filter(attempt__item=item, state=State.GRADED).order_by()
    return list(rows.values_list("attempt__user_id", flat=True).distinct())


def _write(planned: Plan) -> None:
    adapt, field_of = connection.ops.adapt_decimalfield_value, Submission._meta.pk
    values = [
        (None if override is None else adapt(override, 14, 9), field_of.get_db_prep_value(pk, connection))
        for pk, override in planned.overrides.items()
    ]
    with connection.cursor() as cursor:
        cursor.executemany(SET, values)


def _tell(item: Item, planned: Plan) -> None:
    out = _("does not count")
    words = {
        (one.user, item.pk): "{} → {}. {}".format(
            out if one.before is None else shown(one.before),
            out if one.after is None else shown(one.after),
            _("How this exercise counts was changed, for everyone."),
        )
        for one in planned.changes
    }
    tell(words)


def _note(item: Item, by: User, former: Rules, rules: Rules, scores: int) -> None:
    note(
        item.assignment.course,
        by,
        "marks.rule",
        title=plain(item.exercise.title),
        item=item.pk,
        before=words_of(item, former),
        after=words_of(item, rules),
        scores=scores,
        former=former.as_data(),
        rules=rules.as_data(),
    )


def words_of(item: Item, rules: Rules) -> str:
    """Rules as a phrase: ``discounted; link 2: does not count``."""
    called = {one.id: plain(feedback.called(one)) for one in boxes_of(item).fields}
    parts = [str(Counts(rules.counts).label)]
    parts += [
        f"{called.get(box, box)}: {Effect(effect).label}" for box, effect in sorted(rules.effects.items())
    ]
    return "; ".join(parts)
