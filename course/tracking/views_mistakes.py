"""What goes wrong: misconceptions with counts and samples, unexplained answers, and naming these."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from course.people.access import staff_for, tracked_submission
from course.people.models import Content, Data, Enrolment, User
from course.spreadsheet import csv_reply
from course.tracking import mistakes, relabelling, rules
from course.tracking.events import OWN
from course.tracking.forms import NameForm
from course.tracking.models import NamedRule
from course.tracking.scope import Scope, choices, scope_of
from course.work.mathml import plain, prose
from course.work.models import Item, Submission
from grader.expression import Unreadable

SHOWN = 25  # causes of each sort
HEAD = ("exercise", "box", "misconception", "name", "answer", "variant", "students", "times", "sample")


@require_safe
def mistakes_page(request: HttpRequest, slug: str) -> HttpResponse:
    """``?a=`` assignment, ``?section=``, ``?item=`` one item of it, ``?mask=1`` hides samples of few."""
    enrolment = staff_for(request.user, slug, data=Data.VIEWER)
    scope = scope_of(request, enrolment)
    items = _items(request, scope)
    own = NamedRule.objects.filter(course=scope.course, withdrawn_at__isnull=True).order_by("pk")
    context = {
        "here": "progress",
        "scope": scope,
        "course": scope.course,
        "enrolment": enrolment,
        "item": items[0] if len(items) == 1 else None,
        "named": mistakes.named(scope, items, SHOWN),
        "unexplained": mistakes.unexplained(scope, items, SHOWN),
        "rules": own,
        "may_name": enrolment.content >= Content.EDITOR,
        "titles": {item.pk: prose(item.exercise.title) for item in scope.items},
    }
    return render(request, "tracking/mistakes.html", context | choices(scope))


def _items(request: HttpRequest, scope: Scope) -> list[Item]:
    chosen = [item for item in scope.items if str(item.pk) == request.GET.get("item")]
    return chosen or scope.items


@require_safe
def mistakes_csv(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Both tables in one."""
    scope = scope_of(request, staff_for(request.user, slug, data=Data.VIEWER))
    items = _items(request, scope)
    titles = {item.pk: plain(item.exercise.title) for item in scope.items}
    found = [*mistakes.named(scope, items, 10_000), *mistakes.unexplained(scope, items, 10_000)]
    return csv_reply(f"{slug}-mistakes.csv", HEAD, _lines(found, titles))


def _lines(found: list[mistakes.Mistake], titles: dict[int, str]) -> Iterator[list[object]]:
    for one in found:
        yield [
            titles.get(one.item or 0, ""),
            one.box,
            one.misconception or "-",
            one.name,
            one.answer,
            one.seed or "",
            one.students,
            one.times,
            one.typed,
        ]


@require_safe
def addresses(request: HttpRequest, slug: str) -> HttpResponse:
    """The mail addresses of the students who showed ``?m=`` (in ``&box=``), to be copied."""
    enrolment = staff_for(request.user, slug, data=Data.VIEWER)
    scope = scope_of(request, enrolment)
    misconception, box = request.GET.get("m", "")[:60], request.GET.get("box", "")[:50]
    users = mistakes.who(scope, _items(request, scope), misconception, box)
    people = User.objects.filter(pk__in=users).order_by("last_name", "first_name", "pk")
    known = [one.email for one in people if one.email]
    context = {
        "here": "progress",
        "scope": scope,
        "course": scope.course,
        "enrolment": enrolment,
        "name": mistakes.names_of(scope.course, {misconception})[misconception],
        "addresses": known,
        "without": len(people) - len(known),
    }
    return render(request, "tracking/addresses.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def name(request: HttpRequest, slug: str) -> HttpResponse:
    """Name the answer of ``?sample=`` in ``?box=``; a formula is tried on all stored answers first."""
    enrolment = staff_for(request.user, slug, content=Content.EDITOR, data=Data.VIEWER)
    sample, box = _sample(enrolment, request)
    attempt, typed = sample.attempt, str(sample.answers.get(box, ""))
    context: dict[str, Any] = {"ideas": rules.ideas(attempt, box, typed)}
    if request.method == "POST":
        rule = NamedRule(course=enrolment.course, exercise=attempt.exercise.slug, box=box)
        form = NameForm(request.POST, instance=rule, attempt=attempt, box=box)
        if form.is_valid():
            found = rules.try_out(rule.course, rule.exercise, box, form.cleaned_data["formula"])
            if "save" in request.POST and found.fits:
                assert isinstance(request.user, User)
                relabelling.make(form.save(commit=False), request.user)
                return redirect("relabel", slug=slug, rule=rule.pk)
            context["found"] = found
    else:
        form = NameForm(
            initial={"formula": _first_formula(typed, context["ideas"])}, attempt=attempt, box=box
        )
    context |= {
        "here": "progress",
        "form": form,
        "sample": sample,
        "box": box,
        "typed": typed,
        "course": enrolment.course,
        "enrolment": enrolment,
        "asked": rules.asked_box(attempt, box),
    }
    return render(request, "tracking/name.html", context, status=422 if form.errors else 200)


def _first_formula(typed: str, ideas: list[str]) -> str:
    last = typed.rpartition("=")[2].strip()
    return last if any(sign.isalpha() for sign in last) else ideas[0] if ideas else ""


def _sample(enrolment: Enrolment, request: HttpRequest) -> tuple[Submission, str]:
    """The submission that is named after, and the box; 404 where nothing can be named."""
    try:
        pk = UUID(request.GET.get("sample", ""))
    except ValueError:
        raise Http404 from None
    sample, box = tracked_submission(enrolment, pk), request.GET.get("box", "")
    told = (sample.verdict or {}).get("boxes", [])
    if rules.asked_box(sample.attempt, box) is None:
        raise Http404
    if not any(each["id"] == box and rules.is_unexplained(each) for each in told):
        raise Http404
    return sample, box


@require_http_methods(["GET", "HEAD", "POST"])
def relabel(request: HttpRequest, slug: str, rule: int) -> HttpResponse:
    """A named misconception: what it would change in stored verdicts, do it, or take the rule back."""
    enrolment = staff_for(request.user, slug, content=Content.EDITOR, data=Data.VIEWER)
    found = get_object_or_404(NamedRule, course=enrolment.course, pk=rule, withdrawn_at__isnull=True)
    if request.method == "POST":
        assert isinstance(request.user, User)
        if "withdraw" in request.POST:
            count = relabelling.withdraw(found, request.user)
            told = _("The rule is withdrawn; %(count)d answers are unexplained again.")
            messages.success(request, told % {"count": count})
        else:
            count = relabelling.relabel(found, request.user)
            told = ngettext(
                "%(count)d answer has the new name.", "%(count)d answers have the new name.", count
            )
            messages.success(request, told % {"count": count})
        return redirect(f"{reverse('mistakes', args=[slug])}?a={request.GET.get('a', '')}")
    try:
        would = rules.try_out(found.course, found.exercise, found.box, found.formula)
    except Unreadable:
        would = rules.Found((), 0)
    context = {
        "here": "progress",
        "rule": found,
        "own": f"{OWN}{found.pk}",
        "would": would,
        "told": relabelling.told_by(found),
        "course": enrolment.course,
        "enrolment": enrolment,
    }
    return render(request, "tracking/relabel.html", context)
