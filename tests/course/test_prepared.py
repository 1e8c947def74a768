"""Prepared queries find what plain querysets find."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from course.people.models import Course, Enrolment
from course.prepared import Prepared
from course.work.models import Item


def _items(course: int, slug: str) -> QuerySet[Item]:
    items = Item.objects.select_related("assignment__course", "exercise").defer("exercise__document")
    return items.filter(assignment__course=course, exercise__slug=slug)


def test_the_instance_and_its_related_ones_come_in_one_query(items: dict[str, Item]) -> None:
    prepared = Prepared(_items, int, str)
    course = Course.objects.get(slug="backprop")
    for slug in ("seed-w1", "seed-loss"):
        with CaptureQueriesContext(connection) as caught:
            found = prepared.first(course.pk, slug)
            assert found is not None
            told = (found, found.points, found.exercise.slug, found.assignment.course)
        assert told == (items[slug], items[slug].points, slug, course)
        assert len(caught) == 1


def test_nothing_is_none(items: dict[str, Item]) -> None:
    assert Prepared(_items, int, str).first(0, "seed-w1") is None


def test_dates_and_documents_are_converted_as_ever(demo: Course) -> None:
    prepared = Prepared(lambda pk: Enrolment.objects.select_related("user", "course").filter(pk=pk), int)
    plain = Enrolment.objects.select_related("user").latest("pk")
    found = prepared.first(plain.pk)
    assert found is not None
    assert (found.joined_at, found.user, found.course.archived) == (plain.joined_at, plain.user, False)


def test_a_value_too_few_is_a_mistake(demo: Course) -> None:
    with pytest.raises(ValueError, match="zip"):
        Prepared(_items, int, str).first(1)
