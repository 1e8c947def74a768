"""What a named rule changes in stored verdicts: what is told and what is counted, never a mark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from course.people.journal import describe, note
from course.people.models import Data, User
from course.tracking import rules
from course.tracking.events import NAMED, OWN
from course.tracking.keeping import refold
from course.tracking.models import NamedRule, Sighting
from course.work.models import State, Submission

Boxes = list[dict[str, Any]]


def describe_changes() -> None:
    """What the journal says of named rules."""
    describe(
        "tracking",
        _("Named misconceptions"),
        {
            "named": _("named the misconception «%(name)s»: %(formula)s in %(exercise)s"),
            "relabelled": _("had %(count)s stored answers told as «%(name)s»"),
            "withdrawn": _(
                "withdrew the misconception «%(name)s»; %(count)s stored answers are unexplained again"
            ),
        },
        data=Data.VIEWER,
    )


@transaction.atomic
def make(rule: NamedRule, by: User) -> NamedRule:
    """Store a new rule; from now on it explains what is handed in."""
    rule.made_by = by
    rule.save()
    place = f"{rule.box} = {rule.formula}"
    note(rule.course, by, "tracking.named", name=rule.name, formula=place, exercise=rule.exercise)
    return rule


@transaction.atomic
def relabel(rule: NamedRule, by: User) -> int:
    """Tell the stored answers that the rule fits as the rule says; how many submissions changed."""
    found = rules.try_out(rule.course, rule.exercise, rule.box, rule.formula).fits
    say = {"code": NAMED, "params": {"id": f"{OWN}{rule.pk}", "say": rule.message}}
    _change(found, lambda box: box["id"] == rule.box and rules.is_unexplained(box), say)
    note(rule.course, by, "tracking.relabelled", name=rule.name, count=len(found))
    return len(found)


@transaction.atomic
def withdraw(rule: NamedRule, by: User) -> int:
    """Take a rule back, and what it said of stored answers."""
    rule.withdrawn_at = timezone.now()
    rule.save(update_fields=["withdrawn_at"])
    found = told_by(rule)
    own = f"{OWN}{rule.pk}"
    _change(
        found,
        lambda box: _says(box, own),
        {"code": None, "params": {}},
    )
    note(rule.course, by, "tracking.withdrawn", name=rule.name, count=len(found))
    return len(found)


def told_by(rule: NamedRule) -> tuple[Submission, ...]:
    """The submissions of which a verdict names this rule."""
    own = f"{OWN}{rule.pk}"
    pairs = Sighting.objects.filter(misconception=own, box=rule.box, item__assignment__course=rule.course)
    found: list[Submission] = []
    for user, item in pairs.order_by("pk").values_list("user", "item"):
        rows = Submission.objects.filter(attempt__user=user, attempt__item=item, state=State.GRADED)
        ordered = rows.select_related("attempt").order_by("attempt__number", "number")
        found += [row for row in ordered if any(_says(box, own) for box in rules.boxes_of(row))]
    return tuple(found)


def _says(box: dict[str, Any], own: str) -> bool:
    return bool(box["code"] == NAMED and box["params"].get("id") == own)


def _change(
    found: tuple[Submission, ...], meant: Callable[[dict[str, Any]], bool], by: dict[str, Any]
) -> None:
    for row in found:
        boxes = [box | by if meant(box) else box for box in rules.boxes_of(row)]
        row.verdict = {**(row.verdict or {}), "boxes": boxes}
    Submission.objects.bulk_update(found, ["verdict"], batch_size=200)
    for user, item in sorted({(row.attempt.user_id, row.attempt.item_id) for row in found}):
        refold(user, item)
