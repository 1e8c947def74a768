"""A gradebook's setup as one frozen value: read from the rows, written to them, and to JSON for the undo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from course.gradebook import models
from course.gradebook.totals import Category, Letters
from course.people.models import Course

MOST = 30  # categories of a course
EVERYTHING = -1  # key of the one category that stands in while a course has none


@dataclass(frozen=True, slots=True)
class Setup:
    """Categories by their place (``key`` 0, 1, 2 ...); ``places``: assignment -> key, none: not counted."""

    categories: tuple[Category, ...] = ()
    places: Mapping[int, int] = field(default_factory=dict)
    letters: Letters = ()

    @property
    def groups(self) -> tuple[Category, ...]:
        """The categories of the total; without any, one in which every assignment counts by its points."""
        return self.categories or (Category(EVERYTHING, _("All assignments"), Decimal(100)),)

    def key_of(self, assignment: int) -> int | None:
        """The category of an assignment; None: it does not count."""
        return self.places.get(assignment) if self.categories else EVERYTHING

    def data(self) -> dict[str, Any]:
        """The same as JSON."""
        return {
            "categories": [
                {"name": one.name, "weight": str(one.weight), "drops": one.drops, "equal": one.equal}
                for one in self.categories
            ],
            "places": {str(assignment): key for assignment, key in sorted(self.places.items())},
            "letters": [[letter, str(least)] for letter, least in self.letters],
        }


def from_data(data: Mapping[str, Any]) -> Setup:
    """What ``Setup.data`` wrote."""
    categories = tuple(
        Category(key, one["name"], Decimal(one["weight"]), one["drops"], one["equal"])
        for key, one in enumerate(data["categories"])
    )
    places = {int(assignment): key for assignment, key in data["places"].items()}
    return Setup(categories, places, _letters(data["letters"]))


def _letters(rows: list[list[str]]) -> Letters:
    return tuple((letter, Decimal(least)) for letter, least in rows)


def setup_of(course: Course) -> Setup:
    """The setup of a course, in three queries."""
    rows = list(models.Category.objects.filter(course=course).order_by("position", "pk"))
    keys = {row.pk: key for key, row in enumerate(rows)}
    columns = models.Column.objects.filter(assignment__course=course, category__isnull=False)
    letters = models.Gradebook.objects.filter(course=course).values_list("letters", flat=True).first()
    return Setup(
        tuple(Category(keys[row.pk], row.name, _plain(row.weight), row.drops, row.equal) for row in rows),
        {column.assignment_id: keys[column.category_id] for column in columns if column.category_id},
        _letters(letters or []),
    )


def _plain(weight: Decimal) -> Decimal:
    """Without zeros at the end, so that equal setups are equal as JSON."""
    return Decimal(f"{weight.normalize():f}")


def store(course: Course, setup: Setup) -> None:
    """Write a setup over the one of the course; call it inside a transaction."""
    models.Category.objects.filter(course=course).delete()  # columns keep their rows, without a category
    rows = models.Category.objects.bulk_create(
        models.Category(
            course=course,
            name=one.name,
            weight=one.weight,
            drops=one.drops,
            equal=one.equal,
            position=one.key,
        )
        for one in setup.categories
    )
    known = set(course.assignments.values_list("pk", flat=True))
    models.Column.objects.bulk_create(
        [
            models.Column(assignment_id=assignment, category=rows[key])
            for assignment, key in setup.places.items()
            if assignment in known
        ],
        update_conflicts=True,
        unique_fields=["assignment"],
        update_fields=["category"],
    )
    letters = [[letter, str(least)] for letter, least in setup.letters]
    models.Gradebook.objects.update_or_create(course=course, defaults={"letters": letters})
