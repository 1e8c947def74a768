"""Where the chain breaks: of every box of an item, how many had it right at their first try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from typing import Any

from django.db.models import Count
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from course.tracking.models import BoxStanding
from course.tracking.scope import Scope, learners_of
from course.work import feedback
from course.work.catalogue import question_of
from course.work.mathml import colour, plain, prose
from course.work.models import Attempt, Item
from exercises.question import Field
from grader.job import Outcome

NORMAL = 1.959963984540054  # of the standard normal distribution, 97.5 %


@dataclass(frozen=True, slots=True)
class Label:
    """How a box is called on the pages of tracking."""

    id: str
    badge: str
    colour: str
    math: SafeString
    words: str


@dataclass(frozen=True, slots=True)
class Link:
    """One box of an item: of ``count`` students so many were right at the first try, or right for their own
    earlier boxes. ``low``, ``high``: 95 % interval of the share that was right."""

    label: Label
    count: int
    right: int
    follows: int

    @property
    def share(self) -> float:
        """Right at the first try, 0 to 1."""
        return self.right / self.count if self.count else 0.0

    @property
    def both(self) -> float:
        """Right, or right for their own earlier boxes."""
        return (self.right + self.follows) / self.count if self.count else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval of that share."""
        return wilson(self.right, self.count)


def wilson(right: int, count: int, z: float = NORMAL) -> tuple[float, float]:
    """Wilson's score interval of a share, 0 to 1; (0, 1) without any.

    >>> [round(end, 4) for end in wilson(8, 10)]
    [0.4902, 0.9433]
    """
    if not count:
        return 0.0, 1.0
    share, square = right / count, z * z / count
    middle = share + square / 2
    reach = z * sqrt(share * (1 - share) / count + square / (4 * count))
    return max(0.0, (middle - reach) / (1 + square)), min(1.0, (middle + reach) / (1 + square))


def labels_of(item: Item) -> Mapping[str, Label]:
    """The boxes of an item in their order; none before anybody has opened it."""
    try:
        return _labels(item.pk, item.exercise_id, get_language())
    except Attempt.DoesNotExist:
        return {}


@lru_cache(maxsize=512)
def _labels(item: int, exercise: int, language: str | None) -> Mapping[str, Label]:
    """Raises DoesNotExist, which is not remembered, before the first attempt."""
    attempt = Attempt.objects.filter(item=item, exercise=exercise).earliest("pk")
    return {field.id: _label(field, place) for place, field in enumerate(question_of(attempt).fields, 1)}


def _label(field: Field, place: int) -> Label:
    badge = str(field.link) if field.link else "×" if field.product else str(place)
    called = f"`{field.symbol}`" if field.symbol else feedback.called(field)
    return Label(field.id, badge, colour(field.link) if field.link else "", prose(called), plain(field.words))


def links_of(scope: Scope, items: list[Item]) -> dict[int, list[Link]]:
    """Each item's boxes in order; boxes of older versions of the exercise at the end."""
    rows = BoxStanding.objects.filter(
        item__in=[item.pk for item in items], user__in=learners_of(scope.course, scope.section)
    )
    counted: dict[int, dict[str, dict[str, int]]] = {}
    for item, box, first, number in (
        rows.order_by()
        .values("item", "box", "first")
        .annotate(number=Count("pk"))
        .values_list("item", "box", "first", "number")
    ):
        counted.setdefault(item, {}).setdefault(box, {})[first] = number
    return {item.pk: _links(item, counted.get(item.pk, {})) for item in items}


def _links(item: Item, counted: Mapping[str, Mapping[str, int]]) -> list[Link]:
    labels: Mapping[str, Any] = labels_of(item)
    order = [*(box for box in labels if box in counted), *sorted(counted.keys() - labels.keys())]
    return [_link(labels.get(box) or Label(box, "?", "", prose(box), box), counted[box]) for box in order]


def _link(label: Label, firsts: Mapping[str, int]) -> Link:
    return Link(
        label, sum(firsts.values()), firsts.get(Outcome.CORRECT, 0), firsts.get(Outcome.FOLLOW_THROUGH, 0)
    )
