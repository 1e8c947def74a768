"""What the tests of regrades share: a class's work, a mended exercise, and pictures of whole tables."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

from django.db import models
from django.test import Client

from course.people.models import Course, User
from course.review.models import Regrade, RegradeRow
from course.review.preparing import begin
from course.review.scope import NEWEST, Wish
from course.review.tasks import advance
from course.work import catalogue
from course.work.models import Attempt, Item, PublishedExercise, Result, Submission
from tests.conftest import Post

RIGHT = {"dL_dyhat": "-0.6", "dyhat_dh1": "2", "dh1_dw1": "0.5", "grad_w1": "-0.6"}
NEAR = RIGHT | {"dh1_dw1": "0.55"}  # wrong by the exercise, right by the mended one
WORK = (Submission, Result, Attempt, Item)


def hand_in(browser: Client, item: Item, answers: dict[str, str], key: str) -> Submission:
    """A submission by the page's form."""
    address = f"/c/backprop/i/{item.pk}/"
    browser.get(address)
    browser.post(f"{address}submit", answers | {"key": f"{key}-0123456789"})
    return Submission.objects.filter(attempt__item=item).order_by("-queued_at", "-number")[0]


def mend(exercise: PublishedExercise, tolerance: str = "0.2") -> PublishedExercise:
    """The next version of an exercise, which takes numbers that are further off."""
    catalogue.published.cache_clear()  # a number may have been another row's in the test before
    catalogue._question.cache_clear()
    document = copy.deepcopy(exercise.document)
    document["exercise"]["asked"]["tolerance"] = tolerance
    return PublishedExercise.objects.create(
        slug=exercise.slug,
        version=exercise.version + 1,
        title=exercise.title,
        step=exercise.step,
        document=document,
    )


def dry_run(post: Post, by: User | None = None, *, version: str = NEWEST, **wish: Any) -> Regrade:
    """A regrade that has come as far as it can."""
    course = Course.objects.get(slug="backprop")
    made = begin(course, by, Wish(version=version, **wish), "the tolerance was too tight")
    advance(made.pk)
    post.deliver()
    made.refresh_from_db()
    return made


def pictures(*tables: type[models.Model]) -> list[list[dict[str, Any]]]:
    """Every row and column of tables (by default the students' work), to compare before and after."""
    return [list(table._default_manager.order_by("pk").values()) for table in tables or WORK]


def listed(regrade: Regrade) -> Sequence[tuple[bool | None, str, float, float | None]]:
    """The rows of a regrade: changed, why it stays, points before and after."""
    rows = RegradeRow.objects.filter(regrade=regrade).order_by("submission__queued_at", "pk")
    return [
        (row.changed, row.stays, float(row.before or 0), None if row.after is None else float(row.after))
        for row in rows
    ]


Browser = Callable[[str | None], Client]
