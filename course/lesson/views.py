"""The lesson: six pages that anyone may read."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from course.lesson.pictures import definitions, formula, picture
from course.people.models import User
from course.work.models import Item
from course.work.sheet import STEP_NAMES
from exercises.lesson import Page, lesson
from exercises.question import Step


@login_not_required
@require_safe
def page(request: HttpRequest, number: int) -> HttpResponse:
    """One page of the lesson; 404 beyond the last."""
    pages = lesson().pages
    if not 1 <= number <= len(pages):
        raise Http404
    shown = pages[number - 1]
    context = {
        "lesson": lesson(),
        "page": shown,
        "previous": pages[number - 2] if number > 1 else None,
        "following": pages[number] if number < len(pages) else None,
        "svg": picture(shown.asked, shown.later),
        "formula": formula(shown.asked) if shown.asked else "",
        "definitions": definitions(),
        "exercises": exercises_of(request.user, shown),
    }
    return render(request, "lesson/page.html", context)


def exercises_of(user: User | AnonymousUser, shown: Page) -> list[dict[str, str]]:
    """The reader's own exercises of the kinds that a page prepares; the first of each kind."""
    if not isinstance(user, User):
        return []
    items = (
        Item.objects.filter(assignment__course__enrolments__user_id=user.pk, exercise__step__in=shown.kinds)
        .order_by("assignment__position", "position", "pk")
        .values_list("assignment__course__slug", "pk", "exercise__step")
    )
    first: dict[str, dict[str, str]] = {}
    for slug, pk, step in items[:50]:
        label = str(STEP_NAMES[Step(step)])
        first.setdefault(step, {"label": label, "url": reverse("exercise", args=[slug, pk])})
    return list(first.values())
