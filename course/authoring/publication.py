"""From a checked revision to exercises that students can get: always new versions, never a changed one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from course.authoring.checks import findings_of, is_over, newest_check
from course.authoring.models import CheckState, Document, Publication, Revision
from course.authoring.revisions import newest
from course.errors import Refused
from course.people.models import Course, User
from course.work.models import Assignment, Item, PublishedExercise
from exercises.finding import Finding
from exercises.published import Published

POINTS = 10  # of an exercise that is put into an assignment
LONGEST_ID = 48  # characters of an exercise's id; the rest is the course's short name


def slug_of(course: Course, exercise: str) -> str:
    """The id of a course's own exercise on the whole site; none of the bank's has a stroke in it."""
    return f"{course.slug}/{exercise}"


@dataclass(frozen=True, slots=True)
class Placed:
    """What publishing did. ``new``: versions that were not there before; ``moved``: items that got them."""

    exercises: list[PublishedExercise]
    new: int
    assignment: Assignment | None
    moved: int


def why_not(revision: Revision) -> str:
    """Why the newest revision cannot be published, in words; empty when it can."""
    check = newest_check(revision)
    if check is None:
        return _("This text has not been checked yet.")
    if check.state == CheckState.PASSED:
        return ""
    if not is_over(check):
        return _("The self-tests are still running. Publish when they have passed.")
    if check.state == CheckState.FAILED:
        return _("A self-test did not pass. What is wrong is said with it.")
    return _("The checker has not answered. Begin the check again.")


@transaction.atomic
def publish(
    document: Document, number: int, by: User, *, into: Assignment | str | None = None, move: bool = False
) -> Placed:
    """Publish revision ``number``, which has to be the newest and to have passed its check.

    ``into``: an assignment, or the title of a new one, that gets what it has not yet. ``move``: items of the
    course with an older version get the new one; attempts that are open keep theirs. Raises Refused (409).
    """
    Document.objects.select_for_update().get(pk=document.pk)
    revision = newest(document)
    if revision.number != number:
        raise Refused(409, _("Not published"), str(_OLDER) % {"old": number, "new": revision.number})
    if problem := why_not(revision):
        raise Refused(409, _("Not published"), problem)
    check = newest_check(revision)
    assert check is not None
    pairs = [_version(document, finding) for finding in findings_of(check)]
    rows = [row for row, _new in pairs]
    moved = _move(document.course, rows) if move else 0
    assignment = _place(document.course, rows, into)
    told = assignment.title if assignment else ""
    Publication.objects.bulk_create(
        Publication(exercise=row, revision=revision, by=by, placed=told) for row, new in pairs if new
    )
    return Placed(rows, sum(new for _row, new in pairs), assignment, moved)


_OLDER = gettext_lazy(
    "You are publishing revision %(old)d, but revision %(new)d is the newest and may say something else. "
    "Look at it first."
)


def _version(document: Document, finding: Finding) -> tuple[PublishedExercise, bool]:
    """The row of an exercise, and whether it is new: an unchanged one stays the version that it is."""
    if len(finding.exercise) > LONGEST_ID:
        detail = _("The id '%(id)s' is longer than %(most)d characters.")
        raise Refused(409, _("Not published"), detail % {"id": finding.exercise, "most": LONGEST_ID})
    slug = slug_of(document.course, finding.exercise)
    last = PublishedExercise.objects.filter(slug=slug).order_by("-version").first()
    assert finding.published is not None
    if last is not None:
        _refuse_anothers(document, last, finding.exercise)
        if Published.model_validate(last.document).exercise == finding.published.exercise:
            return last, False
    row = PublishedExercise.objects.create(
        slug=slug,
        version=last.version + 1 if last else 1,
        title=finding.title[:300],
        step=finding.step.value,
        document=finding.published.model_dump(mode="json"),
    )
    return row, True


def _refuse_anothers(document: Document, last: PublishedExercise, exercise: str) -> None:
    owner = Document.objects.filter(revisions__publications__exercise=last).first()
    if owner != document:
        detail = _("The id '%(id)s' already belongs to '%(owner)s'. Take another id in this set.")
        raise Refused(409, _("Not published"), detail % {"id": exercise, "owner": owner or _("another set")})


def _move(course: Course, rows: Sequence[PublishedExercise]) -> int:
    """Give the course's items the new versions of their exercises."""
    older = {row.slug: row for row in rows}
    items = Item.objects.filter(assignment__course=course, exercise__slug__in=older)
    return sum(
        items.filter(exercise__slug=slug).exclude(exercise=row).update(exercise=row)
        for slug, row in older.items()
    )


def _place(
    course: Course, rows: Sequence[PublishedExercise], into: Assignment | str | None
) -> Assignment | None:
    """Put what is not yet there at the end of the assignment."""
    if not into:
        return None
    if isinstance(into, str):
        last = course.assignments.order_by("-position").first()
        into = Assignment.objects.create(
            course=course, title=into[:200], position=last.position + 1 if last else 0
        )
    there = set(into.items.values_list("exercise__slug", flat=True))
    end = into.items.order_by("-position").values_list("position", flat=True).first() or 0
    fresh = [row for row in rows if row.slug not in there]
    Item.objects.bulk_create(
        Item(assignment=into, exercise=row, position=end + place, points=POINTS)
        for place, row in enumerate(fresh, start=1)
    )
    return into


def offered(course: Course) -> list[PublishedExercise]:
    """What may be put into the course's assignments: the newest version of each of the bank's exercises and
    of its own, by their ids; documents are not loaded."""
    banks, own = ~Q(slug__contains="/"), Q(slug__startswith=f"{course.slug}/")
    rows = PublishedExercise.objects.filter(banks | own).defer("document").order_by("slug", "version")
    return list({row.slug: row for row in rows}.values())
