"""Where an exercise page is in its assignment: the rail over it, the next stop, the dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from course.people.models import Content, Data, Enrolment
from course.work.draws import items_for
from course.work.models import Item, Result
from course.work.sheet import STEP_NAMES
from course.work.standing import Phase, Standing
from exercises.question import Step


@dataclass(frozen=True, slots=True)
class Stops:
    """The rail, rendered; this stop and the next one."""

    rail: SafeString
    here: Mapping[str, Any]
    following: Mapping[str, Any] | None
    eyebrow: str


Reached = tuple[int, str, str]  # item, its step, state


def places(
    item: Item, enrolment: Enrolment, standing: Standing, lesson_page: int, *, veiled: bool
) -> dict[str, Any]:
    """Where this page is and where its buttons lead."""
    slug, assignment = enrolment.course.slug, item.assignment
    stops = _stops(slug, _reached(item, enrolment, veiled=veiled), item.pk, get_language())
    timed = standing.sitting is not None and assignment.minutes is not None
    return {
        "course": enrolment.course,
        "assignment": assignment,
        "due": standing.effective.due,
        "why_due": standing.effective.reason,
        "is_late": standing.is_late and standing.phase is Phase.OPEN,
        "ends": standing.ends if timed and standing.phase is Phase.OPEN else None,
        "now": standing.now,
        "last": standing.last_moment,
        "rail": stops.rail,
        "next": stops.following,
        "eyebrow": stops.eyebrow,
        "url": stops.here["url"],
        "item_id": item.pk,
        "may_mark": enrolment.data >= Data.GRADER,
        "may_count": enrolment.data >= Data.GRADER and enrolment.content >= Content.EDITOR,
        "lesson_url": reverse("lesson", args=[lesson_page]),
        "assignment_url": reverse("assignment", args=[slug, assignment.pk]),
        "clock_url": reverse("clock", args=[slug, assignment.pk]),
        **{
            f"{name}_url": reverse(name, args=[slug, item.pk])
            for name in ("submit", "draft", "variant", "hint", "reading", "problem", "counting")
        },
    }


def _reached(item: Item, enrolment: Enrolment, *, veiled: bool) -> tuple[Reached, ...]:
    """How far the student is with every item of theirs in the assignment."""
    items = items_for(item.assignment, enrolment.user_id)
    if item.pk not in {each.pk for each in items}:  # the staff look at all
        items = list(_all(item))
    results = Result.objects.filter(user=enrolment.user_id, item__assignment=item.assignment_id)
    states = {each.item_id: _state(each, veiled) for each in results}
    return tuple((each.pk, each.exercise.step, states.get(each.pk, "")) for each in items)


def _all(item: Item) -> Sequence[Item]:
    rows = Item.objects.filter(assignment=item.assignment_id).select_related("exercise")
    return list(rows.defer("exercise__document").order_by("position", "pk"))


def _state(result: Result, veiled: bool) -> str:
    if not result.marked:
        return ""
    if veiled:
        return "sent"
    return "done" if result.solved else "some"


@lru_cache(maxsize=1024)
def _stops(slug: str, reached: tuple[Reached, ...], current: int, language: str | None) -> Stops:
    """The rail of an assignment."""
    words = {"done": _("done"), "some": _("begun"), "sent": _("handed in"), "": _("not begun")}
    stops = [
        {
            "number": number,
            "label": str(STEP_NAMES[Step(step)]),
            "url": reverse("exercise", args=[slug, pk]),
            "current": pk == current,
            "state": state,
            "word": words[state],
        }
        for number, (pk, step, state) in enumerate(reached, start=1)
    ]
    here = next(place for place, stop in enumerate(stops) if stop["current"])
    following = stops[here + 1] if here + 1 < len(stops) else None
    number = _("Step {number} of {all}").format(number=here + 1, all=len(stops))
    eyebrow = f"{number} · {stops[here]['label']}"
    return Stops(render_to_string("work/_rail.html", {"rail": stops}), stops[here], following, eyebrow)
