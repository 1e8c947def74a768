"""A course itself: making one, its settings, its join code, the archive, a copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from course.errors import Refused
from course.people import journal
from course.people.access import Signed, may_make_courses, refuse_making_courses, staff_for
from course.people.copying import copy_course, plan_copy
from course.people.course_forms import CopyForm, CourseForm, NewCourseForm
from course.people.models import Content, Course, Data, Enrolment, Role, User, new_join_code

methods = require_http_methods(["GET", "HEAD", "POST"])


@methods
@never_cache
def create(request: Signed) -> HttpResponse:
    """A new course, which belongs to who makes it."""
    refuse_making_courses(request.user)
    form = NewCourseForm(request.POST or None)
    if not form.is_valid():
        return render(request, "people/new_course.html", {"form": form})
    course = _create(form, request.user)
    messages.success(request, _("The course is there. Now give it people and assignments."))
    return redirect("course-settings", slug=course.slug)


def make(slug: str, title: str, user: User) -> Course:
    """A new course that belongs to ``user``; an instructor of an LMS gets one by connecting it."""
    return _owned(Course(slug=slug, title=title), user)


def _create(form: NewCourseForm, user: User) -> Course:
    return _owned(form.save(commit=False), user)


@transaction.atomic
def _owned(course: Course, user: User) -> Course:
    course.save()
    rights = {"role": Role.INSTRUCTOR, "content": Content.OWNER, "data": Data.GRADER}
    Enrolment.objects.create(course=course, user=user, **rights)
    journal.note(course, user, "course.created", title=course.title)
    return course


@methods
@never_cache
def settings(request: Signed, slug: str) -> HttpResponse:
    """Title, join code, archive; a POST says in ``do`` which of ACTIONS it wants."""
    enrolment = staff_for(request.user, slug, content=Content.OWNER)
    course, form = enrolment.course, CourseForm(instance=enrolment.course)
    if request.method == "POST" and request.POST.get("do") == "details":
        form = CourseForm(request.POST, instance=enrolment.course)
        if form.is_valid():
            _save_details(form, slug, request.user)
            messages.success(request, _("Saved."))
            return redirect("course-settings", slug=slug)
        course = Course.objects.get(pk=course.pk)
    elif request.method == "POST":
        return _act(request, course)
    context = _context(enrolment) | {"form": form, "course": course, "here": "settings"}
    return render(request, "people/settings.html", context | _doors(request, course))


def _context(enrolment: Enrolment) -> dict[str, Any]:
    return {
        "course": enrolment.course,
        "enrolment": enrolment,
        "may_copy": may_make_courses(enrolment.user),
    }


def _doors(request: HttpRequest, course: Course) -> dict[str, Any]:
    return {
        "join_address": request.build_absolute_uri(reverse("sign-up")),
        "join_code": "-".join((course.join_code[:5], course.join_code[5:])).strip("-"),
    }


@transaction.atomic
def _save_details(form: CourseForm, slug: str, by: User) -> None:
    old = Course.objects.get(slug=slug).title
    course = form.save()
    if course.title != old:
        journal.note(course, by, "course.titled", old=old, new=course.title)
    if "starts" in form.changed_data:
        journal.note(course, by, "course.first_day", day=course.starts)


def _act(request: Signed, course: Course) -> HttpResponse:
    action = ACTIONS.get(request.POST.get("do", ""))
    if action is None:
        raise Refused(400, _("Not understood"), _("The field 'do' names nothing that this page can do."))
    with transaction.atomic():
        code, said = action(course)
        course.save()
        journal.note(course, request.user, f"course.{code}")
    messages.success(request, said)
    return redirect("course-settings", slug=course.slug)


def _renew(course: Course) -> tuple[str, str]:
    course.join_code, course.joinable = new_join_code(), True
    return "code_renewed", _("There is a new join code. The old one lets nobody in any more.")


def _switch_off(course: Course) -> tuple[str, str]:
    course.joinable = False
    return "code_off", _("The join code is switched off. Whoever is in the course stays.")


def _switch_on(course: Course) -> tuple[str, str]:
    course.joinable = True
    return "code_on", _("The join code is switched on.")


def _archive(course: Course) -> tuple[str, str]:
    course.archived = True
    return "archived", _("The course is archived: everyone can read it, and nothing more is taken.")


def _open(course: Course) -> tuple[str, str]:
    course.archived = False
    return "opened", _("The course is out of the archive.")


ACTIONS: dict[str, Callable[[Course], tuple[str, str]]] = {
    "renew": _renew,
    "off": _switch_off,
    "on": _switch_on,
    "archive": _archive,
    "open": _open,
}


@methods
@never_cache
def copy(request: Signed, slug: str) -> HttpResponse:
    """A copy with its dates moved: first a look at them, then, with ``confirm``, the copy itself."""
    enrolment = staff_for(request.user, slug, content=Content.OWNER)
    refuse_making_courses(request.user)
    source = enrolment.course
    form = CopyForm(request.POST or None, initial={"title": source.title, "began": source.starts})
    context = _context(enrolment) | {"form": form, "here": "settings"}
    if not form.is_valid():
        return render(request, "people/copy.html", context)
    chosen = form.cleaned_data
    plan = plan_copy(source, chosen["starts"], chosen["began"])
    if request.POST.get("confirm") != str(plan.days):  # also when a day was changed after the look
        return render(request, "people/copy.html", context | {"plan": plan})
    own = {name: chosen[name] for name in ("title", "slug", "starts", "sections")}
    target = copy_course(source, plan, by=request.user, **own)
    messages.success(request, _("The copy is there, with dates of its own. It has no people but you yet."))
    return redirect("course", slug=target.slug)
