"""What goes wrong: causes of wrong answers with how many students showed them, and a sample of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, Max, QuerySet, Sum
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from course.people.models import Course
from course.tracking.chain import Label, labels_of
from course.tracking.events import OWN
from course.tracking.models import NamedRule, Sighting
from course.tracking.scope import Scope, learners_of
from course.work.models import Item, Submission
from exercises.prose import texts

FEW = 3  # students; a sample of fewer is not shown on a page for others' eyes
MOST = 200  # causes on a page
BOTH = "+"  # between two misconceptions of one answer


@dataclass(frozen=True, slots=True)
class Mistake:
    """One cause in one box of one item, or over several: ``item`` and ``box`` are None then."""

    item: int | None
    box: str | None
    misconception: str
    answer: str
    seed: int
    students: int
    times: int
    sample: UUID | None = None
    typed: str = ""
    name: str = ""
    label: Label | None = None


def sightings(scope: Scope, items: Sequence[Item]) -> QuerySet[Sighting]:
    """What the students of the scope got wrong in these items."""
    return Sighting.objects.filter(
        item__in=[item.pk for item in items], user__in=learners_of(scope.course, scope.section)
    )


def named(scope: Scope, items: Sequence[Item], most: int = MOST) -> list[Mistake]:
    """The causes with a name, box by box, those of most students first."""
    rows = sightings(scope, items).exclude(misconception="")
    return _mistakes(scope, items, rows, ("item", "box", "misconception"), most)


def unexplained(scope: Scope, items: Sequence[Item], most: int = MOST) -> list[Mistake]:
    """Wrong answers that no rule explains, the same ones together, those of most students first."""
    rows = sightings(scope, items).filter(misconception="")
    return _mistakes(scope, items, rows, ("item", "box", "answer", "seed"), most)


def _mistakes(
    scope: Scope, items: Sequence[Item], rows: QuerySet[Sighting], by: tuple[str, ...], most: int
) -> list[Mistake]:
    counted = (
        rows.order_by()
        .values(*by)
        .annotate(
            students=Count("pk"),  # a student has one row for each cause
            times=Sum("count"),
            newest=Max(Cast("sample", CharField())),
        )
        .order_by("-students", "-times", *by)[:most]
    )
    found = list(counted)
    names = names_of(scope.course, {row.get("misconception", "") for row in found})
    typed = _typed([UUID(row["newest"]) for row in found])
    of = {item.pk: item for item in items}
    return [_mistake(row, of, names, typed, hidden=scope.masked) for row in found]


def _mistake(
    row: Mapping[str, Any],
    items: Mapping[int, Item],
    names: Mapping[str, str],
    typed: Mapping[UUID, Mapping[str, Any]],
    *,
    hidden: bool,
) -> Mistake:
    sample = UUID(row["newest"])
    shown = not hidden or row["students"] >= FEW
    return Mistake(
        item=row["item"],
        box=row["box"],
        misconception=row.get("misconception", ""),
        answer=row.get("answer", ""),
        seed=row.get("seed", 0),
        students=row["students"],
        times=row["times"],
        sample=sample if shown else None,
        typed=str(typed.get(sample, {}).get(row["box"], "")) if shown else "",
        name=names.get(row.get("misconception", ""), ""),
        label=labels_of(items[row["item"]]).get(row["box"]),
    )


def _typed(samples: Sequence[UUID]) -> Mapping[UUID, Mapping[str, Any]]:
    return dict(Submission.objects.filter(pk__in=samples).values_list("pk", "answers"))


def names_of(course: Course, ids: set[str]) -> dict[str, str]:
    """What these misconceptions are called; the course's own by the names that it gave."""
    own = {one for one in ids if one.startswith(OWN)}
    given = NamedRule.objects.filter(course=course, pk__in=[int(one.removeprefix(OWN)) for one in own])
    found = {f"{OWN}{rule.pk}": rule.name for rule in given}
    return {one: found.get(one) or name_of(one) for one in ids}


def name_of(misconception: str) -> str:
    """What a misconception of the catalogue is called; of one that is not there its id."""
    known = texts("names")
    if misconception in known:
        return _(known[misconception])
    return misconception


def who(scope: Scope, items: Sequence[Item], misconception: str, box: str = "") -> set[int]:
    """The students who showed a misconception in these items."""
    rows = sightings(scope, items).filter(misconception=misconception)
    return set((rows.filter(box=box) if box else rows).values_list("user", flat=True))
