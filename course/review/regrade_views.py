"""Marking again, and letting items and links not count: choose, look at what would change, do it, undo it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from course.errors import Refused
from course.people.access import item_for, staff_for
from course.people.models import Content, Data, Enrolment, User
from course.review import applying, ruling, summing
from course.review.models import LONGEST_REASON, Regrade
from course.review.preparing import begin
from course.review.regrade_pages import (
    counting_page,
    former_rules,
    read_wish,
    regrade_page,
    standing_words,
    start_page,
)
from course.review.tasks import go_on
from course.review.words import read_text

PER_PAGE = 50


class Signed(HttpRequest):
    """A request that came past the sign-in."""

    user: User


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def regrades(request: Signed, slug: str) -> HttpResponse:
    """The regrades of a course, and the form of a new one; ``?item=`` chooses an item."""
    enrolment = staff_for(request.user, slug, data=Data.GRADER)
    problem = None
    if request.method == "POST":
        try:
            made = _begin(request, enrolment)
        except Refused as refused:
            problem = refused
        else:
            return redirect("regrade", slug=slug, pk=made.pk)
    rows = Regrade.objects.filter(course=enrolment.course_id).select_related("by").order_by("-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    sent = request.POST if problem else request.GET
    context = start_page(enrolment, sent) | {"page_obj": page, "problem": problem}
    return render(request, "review/regrades.html", context, status=problem.status if problem else 200)


def _begin(request: Signed, enrolment: Enrolment) -> Regrade:
    """A new version is a change of what is asked, so it takes an editor (403)."""
    wish = read_wish(enrolment, request.POST)
    if wish.version:
        staff_for(request.user, enrolment.course.slug, data=Data.GRADER, content=Content.EDITOR)
    missing = _("Say why, in a few words: the students whose score changes read it.")
    why = read_text(request.POST.get("why", ""), LONGEST_REASON, missing)
    made = begin(enrolment.course, request.user, wish, why)
    go_on(made.pk)
    return made


@require_safe
@never_cache
def regrade(request: Signed, slug: str, pk: int) -> HttpResponse:
    """How far a regrade is, and the list before and after; for a script, the progress in words."""
    enrolment = staff_for(request.user, slug, data=Data.GRADER)
    found = _regrade(enrolment, pk)
    under_way = summing.is_under_way(found)
    if request.headers.get("X-Fragment"):
        return JsonResponse({"done": not under_way, "words": standing_words(found)})
    page = Paginator(summing.rows_of(found), PER_PAGE).get_page(request.GET.get("page"))
    context = regrade_page(enrolment, found, page) | {"under_way": under_way}
    return render(request, "review/regrade.html", context)


def _regrade(enrolment: Enrolment, pk: int) -> Regrade:
    rows = Regrade.objects.select_related("by", "applied_by", "undone_by")
    return get_object_or_404(rows, pk=pk, course=enrolment.course_id)


def _act(request: Signed, slug: str, pk: int, act: Callable[[Regrade], str]) -> HttpResponse:
    """One who marks acts on a regrade; one that takes a version along needs an editor."""
    enrolment = staff_for(request.user, slug, data=Data.GRADER)
    found = _regrade(enrolment, pk)
    if found.targets:
        staff_for(request.user, slug, data=Data.GRADER, content=Content.EDITOR)
    try:
        messages.success(request, act(found))
    except Refused as refused:
        messages.error(request, refused.detail, extra_tags="bad")
    return redirect("regrade", slug=slug, pk=pk)


def _told(done: applying.Done) -> str:
    text = ngettext(
        "%(number)d submission changed, %(scores)d scores.",
        "%(number)d submissions changed, %(scores)d scores.",
        done.submissions,
    )
    return text % {"number": done.submissions, "scores": done.scores}


@require_POST
@never_cache
def apply(request: Signed, slug: str, pk: int) -> HttpResponse:
    """Confirmed: give everyone the new verdict."""
    only_up = bool(request.POST.get("only_up"))
    return _act(request, slug, pk, lambda found: _told(applying.apply(found, request.user, only_up=only_up)))


@require_POST
@never_cache
def undo(request: Signed, slug: str, pk: int) -> HttpResponse:
    """Everything as it was."""
    return _act(request, slug, pk, lambda found: _told(applying.undo(found, request.user)))


@require_POST
@never_cache
def drop(request: Signed, slug: str, pk: int) -> HttpResponse:
    """Do not apply it."""

    def act(found: Regrade) -> str:
        applying.drop(found)
        return _("Dropped. Nothing was changed.")

    return _act(request, slug, pk, act)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def counting(request: Signed, slug: str, item: int) -> HttpResponse:
    """How an item and its links count: choose, then see whose points change, then set; ``undo`` goes back."""
    enrolment = staff_for(request.user, slug, data=Data.GRADER, content=Content.EDITOR)
    found = item_for(enrolment, item)
    problem, rules = None, None
    if request.method == "POST":
        try:
            rules = former_rules(found) if "undo" in request.POST else ruling.read_rules(found, request.POST)
            if {"undo", "set"} & request.POST.keys():
                count = ruling.set_rules(found, rules, request.user)
                messages.success(request, _set(count))
                return redirect("counting", slug=slug, item=item)
        except Refused as refused:
            problem = refused
    context: dict[str, Any] = counting_page(enrolment, found, rules) | {"problem": problem}
    return render(request, "review/counting.html", context, status=problem.status if problem else 200)


def _set(count: int) -> str:
    text = ngettext(
        "Set. The points of %(number)d student changed.",
        "Set. The points of %(number)d students changed.",
        count,
    )
    return text % {"number": count}
