"""The sections of a course: making, renaming and deleting them, and putting people in."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from course.errors import Refused
from course.people import journal
from course.people.access import Signed, people_manager
from course.people.models import Course, Enrolment, Role, Section, User
from course.people.roster.rows import CellProblem, read_cell


class SectionForm(forms.ModelForm):  # type: ignore[type-arg]  # no [Section] at run time
    """A name that no other section of the course has, whatever its capitals."""

    class Meta:
        model = Section
        fields = ("name",)

    def clean_name(self) -> str:
        """The name as a roster would have it."""
        try:
            name = read_cell("section", self.cleaned_data["name"])
        except CellProblem as problem:
            raise forms.ValidationError(
                gettext_lazy("The name %(problem)s."), params={"problem": problem}
            ) from None
        others = Section.objects.filter(course=self.instance.course_id, name__iexact=name)
        if others.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a section “%(name)s” already."), params={"name": name})
        return name


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def sections(request: Signed, slug: str) -> HttpResponse:
    """The sections with their people; a POST says in ``do`` to make, rename or delete one."""
    enrolment = people_manager(request.user, slug)
    form = SectionForm(instance=Section(course=enrolment.course))
    if request.method == "POST":
        section = _section(request, enrolment.course)
        if request.POST.get("do") == "delete":
            delete(section, request.user)
            messages.success(request, _("The section is deleted. Its people are still in the course."))
            return redirect("sections", slug=slug)
        form = SectionForm(request.POST, instance=section)
        if form.is_valid():
            save(form, request.user)
            messages.success(request, _("Saved."))
            return redirect("sections", slug=slug)
    context = {"course": enrolment.course, "enrolment": enrolment, "here": "people", "form": form}
    return render(request, "people/sections.html", context | {"sections": _rows(enrolment.course)})


def _section(request: Signed, course: Course) -> Section:
    """The one that a form is about; a new one for ``do=make``."""
    action, number = request.POST.get("do", ""), request.POST.get("section", "")
    if action == "make":
        return Section(course=course)
    if action not in {"rename", "delete"} or not number.isdecimal() or len(number) > 9:
        raise Refused(400, _("Not understood"), _("The fields 'do' and 'section' name nothing to do."))
    return get_object_or_404(Section, course=course, pk=int(number))


def _rows(course: Course) -> Any:
    students = Count("enrolments", distinct=True, filter=Q(enrolments__active=True))
    exceptions = Count("exceptions", distinct=True)
    return course.sections.annotate(people=students, dates=exceptions).order_by("name")


@transaction.atomic
def save(form: SectionForm, by: User) -> None:
    """Store a new or renamed section, with its line."""
    old = Section.objects.filter(pk=form.instance.pk).first()
    section = form.save()
    if old is None:
        journal.note(section.course, by, "people.section_made", section=section.name)
    elif old.name != section.name:
        journal.note(section.course, by, "people.section_renamed", old=old.name, new=section.name)


@transaction.atomic
def delete(section: Section, by: User) -> None:
    """Delete a section and its exceptions to dates; its people stay in the course."""
    people = section.enrolments.count()
    section.delete()
    journal.note(section.course, by, "people.section_deleted", section=section.name, people=people)


@transaction.atomic
def put_in(course: Course, places: Collection[int], section: Section | None, by: User) -> int:
    """Put students of the course in a section (None: in none); how many were elsewhere before."""
    rows = Enrolment.objects.filter(course=course, pk__in=places, role=Role.STUDENT)
    moved = rows.exclude(section=section) if section else rows.exclude(section=None)
    number = moved.update(section=section)
    if number:
        name = section.name if section else "–"
        journal.note(course, by, "people.section_filled", people=number, section=name)
    return number
