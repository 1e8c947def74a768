"""The exercises of an assignment: looked for and put in, with points, tries, pools and order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.db.models.fields.json import KT
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from course.authoring.publication import offered
from course.people import journal
from course.people.access import Signed, assignment_for, staff_for
from course.people.models import Content, Course
from course.work import planning
from course.work.mathml import plain
from course.work.models import Assignment, Item, Pool, PublishedExercise
from course.work.planning_views import methods, page_of, saved
from course.work.policies import policy_of
from course.work.policy_values import FIELDS
from course.work.sheet import STEP_NAMES

MOST_FOUND = 24


class ItemForm(forms.ModelForm):  # type: ignore[type-arg]  # no [Item] at run time
    """One row: points, tries, pool, whether it counts."""

    class Meta:
        model = Item
        fields = ("points", "tries", "pool", "counts")

    def __init__(self, *args: Any, default: str = "", **kwargs: Any) -> None:
        kwargs["prefix"] = f"i{kwargs['instance'].pk}"
        super().__init__(*args, **kwargs)
        self.fields["pool"].queryset = self.instance.assignment.pools.order_by("pk")  # type: ignore[attr-defined]
        self.fields["pool"].empty_label = _("for everybody")  # type: ignore[attr-defined]
        self.fields["tries"].widget.attrs["placeholder"] = default
        points = self.instance.points
        self.initial["points"] = (
            points.to_integral() if points == points.to_integral() else points.normalize()
        )


class PoolForm(forms.ModelForm):  # type: ignore[type-arg]  # no [Pool] at run time
    """A pool's name, and how many of its exercises each student gets."""

    class Meta:
        model = Pool
        fields = ("name", "draws")

    def clean_name(self) -> str:
        """A name that no other pool of the assignment has."""
        name: str = self.cleaned_data["name"]
        others = self.instance.assignment.pools.exclude(pk=self.instance.pk)
        if others.filter(name=name).exists():
            raise forms.ValidationError(_("Another pool has this name."))
        return name


@methods
@never_cache
def items(request: Signed, slug: str, assignment: int) -> HttpResponse:
    """The exercises; a POST says in ``do`` which of ACTIONS it wants."""
    enrolment = staff_for(request.user, slug, content=Content.EDITOR)
    found = assignment_for(enrolment, assignment)
    context: dict[str, Any] = {}
    if request.method == "POST":
        act = ACTIONS.get(request.POST.get("do", "").partition(":")[0])
        context = (act(request, found) if act else None) or {}
        if not context:
            return redirect("plan-items", slug=slug, assignment=found.pk)
    context = {
        "assignment": found,
        "touched": planning.touched(found).words,
        "forms": _forms(found),
        "pools": found.pools.annotate(size=Count("items")).order_by("pk"),
        "pool_form": PoolForm(instance=Pool(assignment=found)),
        **_search(request, enrolment.course, found),
        **context,
    }
    return render(request, "planning/items.html", page_of(enrolment) | context)


def _forms(assignment: Assignment, data: Any = None) -> list[ItemForm]:
    rows = assignment.items.select_related("exercise").defer("exercise__document").order_by("position", "pk")
    default = FIELDS["tries"].show(policy_of(assignment).tries)
    for row in (found := list(rows)):
        row.assignment = assignment
    return [ItemForm(data, instance=row, default=default) for row in found]


def _search(request: Signed, course: Course, assignment: Assignment) -> dict[str, Any]:
    """What may be put in, narrowed by ``?q=`` (words of title or id), ``?step=`` and ``?set=``."""
    there = set(assignment.items.values_list("exercise__slug", flat=True))
    newest = [each for each in offered(course) if each.slug not in there]
    sets = _sets(newest)
    words = request.GET.get("q", "").lower().split()
    step, chosen = request.GET.get("step", ""), request.GET.get("set", "")
    hits = [
        {"exercise": each, "set": sets[each.pk]}
        for each in newest
        if (not step or each.step == step)
        and (not chosen or sets[each.pk] == chosen)
        and all(word in f"{plain(each.title)} {each.slug} {sets[each.pk]}".lower() for word in words)
    ]
    return {
        "hits": hits[:MOST_FOUND],
        "found": len(hits),
        "q": request.GET.get("q", ""),
        "step": step,
        "chosen": chosen,
        "steps": [(each.value, words) for each, words in STEP_NAMES.items()],
        "sets": sorted(set(sets.values())),
    }


def _sets(exercises: list[PublishedExercise]) -> dict[int, str]:
    """The title of the set of each exercise, without loading their documents."""
    rows = PublishedExercise.objects.filter(pk__in=[each.pk for each in exercises])
    return dict(rows.annotate(set=KT("document__exercise__name")).values_list("pk", "set"))


def _add(request: Signed, assignment: Assignment) -> None:
    wanted = {int(pk) for pk in request.POST.getlist("exercise") if pk.isdecimal() and len(pk) < 19}
    chosen = [each for each in offered(assignment.course) if each.pk in wanted]
    added = planning.add_items(assignment, chosen, request.user)
    text = ngettext("%(n)d exercise is in.", "%(n)d exercises are in.", added) % {"n": added}
    messages.success(request, text) if added else messages.info(request, _("Tick the exercises first."))


def _save(request: Signed, assignment: Assignment) -> dict[str, Any] | None:
    rows = _forms(assignment, request.POST)
    if any(row.errors for row in rows):
        return {"forms": rows, "problem": _("Nothing was saved: some fields below make no sense.")}
    changed = [row.save(commit=False) for row in rows if row.has_changed()]
    done = planning.attempt(
        lambda: planning.change_items(assignment, changed, request.user) if changed else 0,
        confirmed="confirmed" in request.POST,
    )
    if not done.done:
        return {"forms": rows, "asked": done}
    messages.success(request, saved(done.results))
    return None


def _shift(by: int) -> Callable[[Signed, Assignment], None]:
    def act(request: Signed, assignment: Assignment) -> None:
        planning.move(list(assignment.items.order_by("position", "pk")), _named(request), by)

    return act


def _remove(request: Signed, assignment: Assignment) -> None:
    rows = assignment.items.select_related("assignment__course", "exercise")
    item = get_object_or_404(rows, pk=_named(request))
    planning.remove_item(item, request.user)
    text = _("“%(title)s” is out of the assignment; add it again below to undo this.")
    messages.success(request, text % {"title": plain(item.exercise.title)})


def _pool(request: Signed, assignment: Assignment) -> dict[str, Any] | None:
    """Make a pool, or change the one that ``do`` names after a colon."""
    pk = _named(request)
    pool = get_object_or_404(assignment.pools, pk=pk) if pk else Pool(assignment=assignment)
    form = PoolForm(request.POST, instance=pool)
    if not form.is_valid():
        return {
            "pool_form": form,
            "problem": " ".join(str(error) for each in form.errors.values() for error in each),
        }
    made = form.save()
    about = {"assignment": assignment.title, "pool": made.name, "draws": made.draws}
    journal.note(assignment.course, request.user, "work.pool", **about)
    messages.success(request, _("The pool “%(name)s” is saved.") % {"name": made.name})
    return None


def _dissolve(request: Signed, assignment: Assignment) -> None:
    pool = get_object_or_404(assignment.pools, pk=_named(request))
    journal.note(
        assignment.course, request.user, "work.pool_ended", assignment=assignment.title, pool=pool.name
    )
    pool.delete()
    messages.success(request, _("The pool is dissolved; its exercises are for everybody."))


def _named(request: Signed) -> int:
    """The number after the colon of ``do``; 0 without one."""
    number = request.POST.get("do", "").partition(":")[2]
    return int(number) if number.isdecimal() and len(number) < 19 else 0


ACTIONS: dict[str, Callable[[Signed, Assignment], dict[str, Any] | None]] = {
    "add": _add,
    "save": _save,
    "up": _shift(-1),
    "down": _shift(1),
    "remove": _remove,
    "pool": _pool,
    "dissolve": _dissolve,
}
