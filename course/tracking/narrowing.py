"""What narrows the list of submissions: a search, an exercise, a verdict, or the number that led there.

A number on a page of tracking links here with what it counted: ``m`` a misconception, ``answer`` (and
``seed``) a wrong answer that nothing explains, ``first`` first tries; each with ``item``, ``box``, ``told``,
``section``. Then the list has one submission for each student who was counted: as many as the number says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from course.people.access import submissions_newest, tracked_submissions
from course.people.models import Course, Enrolment, Section
from course.tracking.mistakes import names_of
from course.tracking.models import BoxStanding, Sighting, Standing
from course.tracking.scope import learners_of
from course.work.models import Attempt, State, Submission
from grader.job import Outcome

LONGEST = 100  # characters of a search that are looked at
NAMES = ("first_name", "last_name", "username")
MOST_COUNTED = 10_000  # submissions; further ones are neither counted nor paged through
NARROWED = ("q", "item", "state")
FEW_ATTEMPTS = 10_000  # whose submissions are read and sorted
NOTHING = Q(pk__in=[])  # a filter with a value that cannot be is a filter that nothing fits
COUNTED = ("m", "answer", "first")
WITH = ("seed", "box", "told", "section")


@dataclass(frozen=True, slots=True)
class Fate:
    """What may have become of a submission: a choice of the list's filter."""

    words: str | Promise
    fits: Q


def _told(*outcomes: Outcome) -> Q:
    return Q(verdict__outcome__in=[outcome.value for outcome in outcomes])


FATES = {
    "graded": Fate(gettext_lazy("marked"), Q(state=State.GRADED)),
    "correct": Fate(gettext_lazy("all right"), _told(Outcome.CORRECT)),
    "partial": Fate(
        gettext_lazy("partly right"), _told(Outcome.PARTIAL, Outcome.FOLLOW_THROUGH, Outcome.FEW_DIGITS)
    ),
    "wrong": Fate(gettext_lazy("not yet"), _told(Outcome.WRONG)),
    "unreadable": Fate(gettext_lazy("not readable"), _told(Outcome.UNREADABLE)),
    "queued": Fate(State.QUEUED.label, Q(state=State.QUEUED) | _told(Outcome.UNDECIDED)),
    "failed": Fate(State.FAILED.label, Q(state=State.FAILED)),
}


class Bounded(Paginator):  # type: ignore[type-arg]  # generic in the stubs only
    """Pages of which no more than MOST_COUNTED rows are counted: counting a million takes a second."""

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: MOST_COUNTED + 1].count())

    @cached_property
    def count(self) -> int:
        """At most MOST_COUNTED."""
        return min(MOST_COUNTED, self._counted)

    def page(self, number: int | str) -> Any:
        """One page: which rows are on it first, then these rows; else all that are sorted are read whole."""
        found = super().page(number)
        rows: Any = found.object_list
        pks = list(rows.values_list("pk", flat=True))
        whole = {row.pk: row for row in submissions_newest().filter(pk__in=pks)}
        found.object_list = [whole[pk] for pk in pks]
        return found

    @property
    def is_more(self) -> bool:
        """Whether there are more rows than are counted."""
        return self._counted > MOST_COUNTED


def chosen_of(data: Mapping[str, str]) -> dict[str, str]:
    """The filters of an address that say something; what belongs to a number only together with one."""
    chosen = {name: data[name].strip() for name in (*NARROWED, *COUNTED, *WITH) if data.get(name, "").strip()}
    if not any(name in chosen for name in COUNTED):
        chosen = {name: value for name, value in chosen.items() if name not in WITH}
    return chosen


def listed(enrolment: Enrolment, chosen: Mapping[str, str]) -> QuerySet[Submission]:
    """The submissions that fit all of it, the newest first, by the way that is short for them.

    Of few attempts the submissions are read and sorted. Of many it is the other way round: one goes through
    the site's newest submissions and keeps those of the attempts that are meant, until the page is full.
    """
    rows = tracked_submissions(enrolment)
    if "state" in chosen:
        rows = rows.filter(_by_fate(chosen["state"]))
    behind = [BEHIND[name](enrolment.course, chosen) for name in COUNTED if name in chosen]
    for pks in behind:
        rows = rows.filter(pk__in=pks)
    attempts = Attempt.objects.filter(item__assignment__course=enrolment.course_id)
    attempts = attempts.filter(_by_item(chosen.get("item")), _by_student(enrolment.course, chosen.get("q")))
    if behind:
        return rows.filter(attempt__in=attempts) if "q" in chosen else rows
    if attempts.order_by()[: FEW_ATTEMPTS + 1].count() <= FEW_ATTEMPTS:
        return rows.filter(attempt__in=attempts)
    return newest(enrolment, chosen, attempts)


def newest(
    enrolment: Enrolment, chosen: Mapping[str, str], attempts: QuerySet[Attempt]
) -> QuerySet[Submission]:
    """The submissions of many attempts, met on the way through the newest of the site."""
    rows = submissions_newest()
    if "state" in chosen:
        rows = rows.filter(_by_fate(chosen["state"]))
    return rows.filter(Exists(attempts.filter(pk=OuterRef("attempt_id"))))


def said(course: Course, chosen: Mapping[str, str]) -> list[str]:
    """What the list was narrowed to by a number, in words."""
    words = []
    if "m" in chosen:
        words.append(names_of(course, {chosen["m"]})[chosen["m"]])
    if "answer" in chosen:
        words.append(chosen["answer"])
    if "first" in chosen:
        words.append(_("first tries"))
    if words and "box" in chosen:
        words.append(_("in %(box)s") % {"box": chosen["box"]})
    if words and chosen.get("told") in TOLD:
        words.append(str(TOLD[chosen["told"]]))
    return words


TOLD = {"ok": gettext_lazy("right"), "wrong": gettext_lazy("not right")}


def _by_student(course: Course, text: str | None) -> Q:
    """Every word is part of the student's name or username."""
    words = (text or "")[:LONGEST].replace("\0", " ").split()
    if not words:
        return Q()
    people = Enrolment.objects.filter(course=course)
    for word in words:
        parts = (Q(**{f"user__{name}__icontains": word}) for name in NAMES)
        people = people.filter(reduce(or_, parts))
    return Q(user__in=people.values("user"))


def _by_item(text: str | None) -> Q:
    if not text:
        return Q()
    number = _number(text)
    return NOTHING if number is None else Q(item=number)


def _by_fate(text: str) -> Q:
    return FATES[text].fits if text in FATES else NOTHING


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None


def _here(course: Course, chosen: Mapping[str, str]) -> dict[str, Any]:
    """Whose rows of aggregates, and of which item and box."""
    number = _number(chosen.get("section"))
    section = Section.objects.filter(course=course, pk=number).first() if number else None
    here: dict[str, Any] = {
        "user__in": learners_of(course, section),
        "item__assignment__course": course,
    }
    if "item" in chosen:
        here["item"] = _number(chosen["item"]) or 0
    if "box" in chosen:
        here["box"] = chosen["box"][:50]
    return here


def _with_misconception(course: Course, chosen: Mapping[str, str]) -> QuerySet[Any, Any]:
    rows = Sighting.objects.filter(**_here(course, chosen), misconception=chosen["m"][:60])
    return rows.values("sample")


def _with_answer(course: Course, chosen: Mapping[str, str]) -> QuerySet[Any, Any]:
    text = chosen.get("seed", "0")
    seed = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
    rows = Sighting.objects.filter(**_here(course, chosen), misconception="", seed=seed)
    return rows.filter(answer=chosen["answer"][:200]).values("sample")


def _first(course: Course, chosen: Mapping[str, str]) -> QuerySet[Any, Any]:
    """First tries at an item, or at a box; ``told``: those that were right, or were not."""
    here, told = _here(course, chosen), chosen.get("told")
    if "box" in chosen:
        boxes = BoxStanding.objects.filter(**here)
        right = Q(first=Outcome.CORRECT)
        return boxes.filter(right if told == "ok" else ~right if told == "wrong" else Q()).values(
            "submission"
        )
    rows = Standing.objects.filter(**here, first__isnull=False)
    return rows.filter(Q(first_right=told == "ok") if told in TOLD else Q()).values("first")


BEHIND = {"m": _with_misconception, "answer": _with_answer, "first": _first}
