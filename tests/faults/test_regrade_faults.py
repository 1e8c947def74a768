"""A regrade on real processes: whatever dies in the middle, it comes to its end."""

from __future__ import annotations

import pytest
from django.test import Client

from course.celery import MARKING
from course.redis import client
from course.review.models import Regrade, RegradeJob
from course.review.preparing import begin
from course.review.scope import Wish
from course.review.tasks import go_on
from course.work.models import Item, Submission
from tests.course.regrading import RIGHT, mend
from tests.faults.conftest import Workers, until

pytestmark = [pytest.mark.workers, pytest.mark.django_db(transaction=True)]
WORK = 12


def test_a_grader_killed_in_the_middle_of_a_regrade_is_resumed(
    workers: Workers, student: Client, items: dict[str, Item]
) -> None:
    item = items["seed-w1"]
    address = f"/c/backprop/i/{item.pk}/"
    student.get(address)
    for number in range(WORK):
        typed = RIGHT | {"dh1_dw1": f"0.5{number + 10}", "key": f"key-number-{number}"}
        student.post(f"{address}submit", typed)
    until(lambda: Submission.objects.filter(state="graded").count() == WORK, "the first verdicts")
    mend(item.exercise)
    workers.grader.kill()
    regrade = begin(item.assignment.course, None, Wish(item=item.pk, version="newest"), "too tight")
    go_on(regrade.pk)
    until(lambda: RegradeJob.objects.filter(sent_at__isnull=False).exists(), "the jobs on their way")
    assert not RegradeJob.objects.filter(answered=True).exists()

    client().delete(MARKING)  # what the dead grader had taken is lost
    workers.grader.start()
    until(lambda: Regrade.objects.get().stage == "ready", "the list, after the grader came back")
    assert RegradeJob.objects.filter(answered=True, fault="").count() == WORK
