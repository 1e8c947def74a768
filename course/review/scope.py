"""What a regrade is about: from filters to items and, where an exercise was mended, to its new version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from course.errors import Refused
from course.people.models import Course, User
from course.review.models import LinkRule
from course.work.catalogue import published, variant_of
from course.work.mathml import plain
from course.work.models import Attempt, Item, PublishedExercise
from exercises.question import Question
from exercises.steps import question

NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Wish:
    """The filters as somebody chose them; None and empty: no limit. ``version``: a number, or "newest"."""

    assignment: int | None = None
    item: int | None = None
    exercise: str = ""  # its id in the bank
    student: User | None = None
    since: datetime | None = None
    version: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is marked again. ``targets``: row of an exercise -> row of the version in its place."""

    items: tuple[int, ...]
    targets: dict[int, int]
    words: str


def _no(detail: str) -> Refused:
    return Refused(409, _("Nothing is marked again"), detail)


def resolve(course: Course, wish: Wish) -> Scope:
    """The scope of a wish; raises Refused (409), in words, for one that is about nothing or cannot be."""
    rows = Item.objects.filter(assignment__course=course).select_related("exercise", "assignment")
    if wish.assignment is not None:
        rows = rows.filter(assignment=wish.assignment)
    if wish.item is not None:
        rows = rows.filter(pk=wish.item)
    if wish.exercise:
        rows = rows.filter(exercise__slug=wish.exercise)
    items = list(rows.defer("exercise__document").order_by("pk"))
    if not items:
        raise _no(_("No exercise of this course fits that choice."))
    targets = targets_of(items, wish) if wish.version else {}
    return Scope(tuple(item.pk for item in items), targets, _words(items, wish, targets))


def targets_of(items: Sequence[Item], wish: Wish) -> dict[int, int]:
    """Every version that was handed out of these items' exercises, and the one that takes its place.

    Raises Refused (409): no such version, boxes that differ, or a wish that would split an attempt.
    """
    if wish.since is not None:
        raise _no(_("A new version is for whole attempts: leave out the date from which on it should be."))
    found: dict[int, int] = {}
    for slug in sorted({item.exercise.slug for item in items}):
        target = _version(slug, wish.version)
        used = Attempt.objects.filter(item__in=items, exercise__slug=slug).exclude(exercise=target)
        for old in used.order_by("exercise").values_list("exercise", flat=True).distinct():
            sample = used.filter(exercise=old).order_by("pk").first()
            if sample is not None and (problem := misfit(sample, target.pk)):
                values = {"exercise": slug, "version": target.version, "problem": problem}
                raise _no(_("%(exercise)s cannot go to version %(version)s: %(problem)s") % values)
            found[old] = target.pk
        held = {item.exercise_id for item in items if item.exercise.slug == slug} - {target.pk}
        found |= dict.fromkeys(held, target.pk)
    return found


def _version(slug: str, version: str) -> PublishedExercise:
    rows = PublishedExercise.objects.filter(slug=slug).defer("document").order_by("-version")
    if version != NEWEST:
        rows = rows.filter(version=int(version) if version.isdecimal() and len(version) < 6 else 0)
    found = rows.first()
    if found is None:
        values = {"exercise": slug, "version": version[:10]}
        raise _no(_("%(exercise)s has no published version %(version)s.") % values)
    return found


def misfit(attempt: Attempt, target: int) -> str:
    """Why an attempt cannot go to this version of its exercise; empty where it can."""
    old, new = asked_by(attempt, attempt.exercise_id), asked_by(attempt, target)
    if new is None:
        return _("the new version needs numbers that the old variants do not have.")
    if old is None:
        return ""
    before, after = _boxes(old), _boxes(new)
    if before.keys() != after.keys():
        odd = sorted(before.keys() ^ after.keys())
        return _("the boxes differ: %(boxes)s.") % {"boxes": ", ".join(odd)}
    kinds = sorted(box for box in before if before[box] != after[box])
    return _("these boxes ask for something else: %(boxes)s.") % {"boxes": ", ".join(kinds)} if kinds else ""


def asked_by(attempt: Attempt, exercise: int) -> Question | None:
    """The question of this version on the attempt's numbers; None where it needs others."""
    try:
        return question(published(exercise), variant_of(attempt))
    except (KeyError, ValueError, ArithmeticError):
        return None


def _boxes(asked: Question) -> dict[str, tuple[object, ...]]:
    """What may be typed or chosen in each box: with the same, an old answer means the same."""
    return {
        box.id: (
            box.kind,
            frozenset(getattr(box, "options", ())),
            (getattr(box, "rows", 0), getattr(box, "columns", 0)),
        )
        for box in asked.boxes
    }


def rules_of(items: Iterable[int]) -> list[list[str]]:
    """The rules for links of these items, so that a change of them is noticed."""
    rows = LinkRule.objects.filter(item__in=list(items)).order_by("item", "box")
    return [[str(item), box, effect] for item, box, effect in rows.values_list("item", "box", "effect")]


def _words(items: Sequence[Item], wish: Wish, targets: dict[int, int]) -> str:
    """The scope in words, for people."""
    if len(items) == 1:
        parts = [f"{items[0].assignment}, {plain(items[0].exercise.title)}"]
    elif wish.exercise:
        parts = [plain(items[0].exercise.title)]
    elif wish.assignment is not None:
        parts = [str(items[0].assignment)]
    else:
        parts = [_("everything in the course")]
    if wish.student is not None:
        parts.append(wish.student.get_full_name() or wish.student.get_username())
    if wish.since is not None:
        parts.append(_("handed in since %(when)s") % {"when": date_format(wish.since, "DATETIME_FORMAT")})
    if targets:
        parts.append(_("with the newest version") if wish.version == NEWEST else f"version {wish.version}")
    return "; ".join(parts)[:300]
