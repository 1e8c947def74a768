"""A course as its people see it: each assignment with dates and state, each item with what was reached."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from course.people.models import Enrolment
from course.work.dates import Effective
from course.work.draws import drawn
from course.work.models import Assignment, Attempt, Counts, Item, Result
from course.work.policies import policy_for
from course.work.standing import Phase, Standing, must_begin, standings_of
from course.work.veil import veiled

NEXT = 5  # assignments that are named at the top


def outline(enrolment: Enrolment, only: int | None = None) -> list[dict[str, Any]]:
    """The assignments (or ``only`` the one with this number) that the person sees, in order.

    Twelve queries at most, however many assignments and items.
    """
    found = Assignment.objects.filter(course=enrolment.course_id).order_by("position", "pk")
    found = found if enrolment.is_staff else found.filter(hidden=False)
    assignments = list(found if only is None else found.filter(pk=only))
    standings = standings_of(enrolment, assignments)
    hidden = veiled(assignments, is_staff=enrolment.is_staff)
    items = _items_of(enrolment, assignments)
    reached = _reached(enrolment, assignments)
    return [
        _entry(
            enrolment.course.slug, standings[each.pk], items[each.pk], reached, is_veiled=each.pk in hidden
        )
        for each in assignments
    ]


Reached = dict[int, tuple[Result | None, int]]  # by item: the result, and tries used on the newest variant


def _items_of(enrolment: Enrolment, assignments: Sequence[Assignment]) -> dict[int, list[Item]]:
    rows = Item.objects.filter(assignment__in=assignments).select_related("assignment", "exercise", "pool")
    items = {each.pk: each for each in rows.defer("exercise__document").order_by("position", "pk")}
    if enrolment.is_staff:
        return {
            one.pk: [each for each in items.values() if each.assignment_id == one.pk] for one in assignments
        }
    own = drawn(assignments, [enrolment.user_id], items.values())
    return {one.pk: [items[pk] for pk in own[one.pk, enrolment.user_id]] for one in assignments}


def _reached(enrolment: Enrolment, assignments: Sequence[Assignment]) -> Reached:
    results = Result.objects.filter(user=enrolment.user_id, item__assignment__in=assignments)
    found: Reached = {each.item_id: (each, 0) for each in results}
    attempts = Attempt.objects.filter(user=enrolment.user_id, item__assignment__in=assignments)
    used = attempts.annotate(used=Count("submissions", filter=Q(submissions__counts=True)))
    for item, tries in used.order_by("item", "number").values_list("item", "used"):  # the newest is the last
        found[item] = (found.get(item, (None, 0))[0], tries)
    return found


def _entry(
    slug: str, standing: Standing, items: Sequence[Item], reached: Reached, *, is_veiled: bool
) -> dict[str, Any]:
    assignment, dates = standing.assignment, standing.effective
    listed = standing.is_staff or standing.phase not in {Phase.UNOPENED, Phase.READY}
    rows = [_row(slug, item, *reached.get(item.pk, (None, 0)), is_veiled=is_veiled) for item in items]
    return {
        "assignment": assignment,
        "standing": standing,
        "dates": dates,
        "phase": standing.phase.name,
        "note": note(standing),
        "chip": chip(standing),
        "url": reverse("assignment", args=[slug, assignment.pk]),
        "has_page": must_begin(assignment),
        "is_veiled": is_veiled,
        "items": rows if listed else [],
        "points": plain(sum((item.points for item in items if item.counts != Counts.OUT), Decimal(0))),
        "count": len(items),
    }


def _row(slug: str, item: Item, result: Result | None, used: int, *, is_veiled: bool) -> dict[str, Any]:
    begun = result is not None and result.marked
    state = "new" if not begun else "sent" if is_veiled else "solved" if result and result.solved else "begun"
    return {
        "item": item,
        "title": item.exercise.title,
        "step": item.exercise.step,
        "state": state,
        "points": plain(result.points if result and not is_veiled else Decimal(0)),
        "possible": plain(item.points),
        "tries": tries_left(item, used) if state != "solved" else "",
        "counts": item.counts,
        "url": reverse("exercise", args=[slug, item.pk]),
    }


def tries_left(item: Item, used: int) -> str:
    """How many tries are left on the newest variant, in words; empty without a limit."""
    allowed = policy_for(item).allowed
    if allowed is None:
        return ""
    left = max(allowed - used, 0)
    return (
        ngettext("%(left)d try left", "%(left)d tries left", left) % {"left": left}
        if left
        else _("no try left")
    )


def due_next(entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a student has to think of, the most urgent first: with a date, open, and not all right."""

    def until(entry: dict[str, Any]) -> datetime | None:
        dates: Effective = entry["dates"]
        return dates.due or dates.closes

    waiting = {Phase.READY.name, Phase.OPEN.name}
    open_now = [one for one in entries if one["phase"] in waiting and until(one) is not None]
    left = [
        one for one in open_now if not one["items"] or any(row["state"] != "solved" for row in one["items"])
    ]
    return sorted(left, key=lambda one: until(one) or datetime.max)[:NEXT]


def note(standing: Standing) -> str:
    """The state of an assignment in a word or two; empty while it is simply open."""
    if standing.assignment.hidden:
        return _("hidden")
    if standing.phase is Phase.OPEN:
        return _("late") if standing.is_late else _("running") if standing.sitting else ""
    return {
        Phase.UNOPENED: _("not open yet"),
        Phase.READY: _("to begin"),
        Phase.HANDED_IN: _("handed in"),
        Phase.OVER: _("closed"),
    }[standing.phase]


def chip(standing: Standing) -> str:
    """The colour of that word."""
    if standing.phase is Phase.OPEN and not standing.assignment.hidden:
        return "warn" if standing.is_late else "ok"
    return "warn" if standing.phase is Phase.READY else ""


def plain(points: Decimal) -> str:
    """Points without zeros at the end."""
    return f"{Decimal(points).normalize():f}"
