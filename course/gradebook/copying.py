"""A copied course has the weights, letters and layout of the old one; nothing is released or excused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from course.gradebook.models import Gradebook
from course.gradebook.options import layout_of
from course.gradebook.setup import Setup, setup_of, store
from course.people.copying import copied
from course.people.models import Course
from course.work.models import Assignment


def listen() -> None:
    """Hear of every copy."""
    copied.connect(_copy, dispatch_uid="gradebook")


def _copy(source: Course, target: Course, assignments: Mapping[int, Assignment], **_more: Any) -> None:
    old = setup_of(source)
    places = {assignments[pk].pk: key for pk, key in old.places.items() if pk in assignments}
    store(target, Setup(old.categories, places, old.letters))
    Gradebook.objects.filter(course=target).update(layout=layout_of(source))
