"""The made-up class: the same for the same seed, marked by the engine, with the times of a real one."""

from __future__ import annotations

import json
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from course.people.models import Course, Enrolment, Role
from course.tracking.cohort.learner import learners
from course.work.models import Attempt, Result, Submission
from grader.job import Outcome

UNTIL = "2026-11-30T18:00:00+00:00"
SMALL = {"students": 4, "weeks": 1, "until": UNTIL, "format": "json"}


def made(**options: Any) -> dict[str, Any]:
    told: dict[str, Any] = {}
    out = StringIO()
    call_command("demo_class", **{**SMALL, **options}, stdout=out)
    told.update(json.loads(out.getvalue()))
    return told


def told(slug: str) -> list[tuple[Any, ...]]:
    rows = Submission.objects.filter(attempt__item__assignment__course__slug=slug)
    return list(
        rows.order_by("queued_at", "attempt__user__username").values_list(
            "attempt__user__first_name", "queued_at", "answers", "points", "counts"
        )
    )


def test_the_same_seed_makes_the_same_class_and_another_seed_another(demo: Course) -> None:
    counted = made()
    assert counted["submissions"] == Submission.objects.count() > 20
    made(course="again")
    made(course="other", seed=2)
    assert told("class") == told("again")
    assert told("class") != told("other")


def test_a_class_of_work_holds_together(demo: Course) -> None:
    made(students=5, weeks=1)
    for attempt in Attempt.objects.prefetch_related("submissions"):
        times = [attempt.opened_at, *(each.queued_at for each in attempt.submissions.all())]
        assert times == sorted(times)
        assert times[-1] <= datetime.fromisoformat(UNTIL)
    for result in Result.objects.select_related("item"):
        rows = Submission.objects.filter(attempt__user=result.user_id, attempt__item=result.item_id)
        assert result.tries == sum(row.counts for row in rows)
        assert result.marked == len(rows)
        best = max((row.points / row.possible * result.item.points for row in rows if row.points), default=0)
        assert float(result.points) == pytest.approx(float(best), abs=0.001)
        assert result.solved == any(row.verdict["outcome"] == Outcome.CORRECT for row in rows)


def test_wrong_answers_are_diagnosed_by_the_engine(demo: Course) -> None:
    made(students=6, weeks=1)
    verdicts = Submission.objects.values_list("verdict", flat=True)
    named = {box["params"]["id"] for v in verdicts for box in v["boxes"] if box["code"] == "misconception"}
    assert len(named) > 5


def test_the_staff_of_the_demo_have_the_class_and_students_a_section_each(demo: Course) -> None:
    made(students=3)
    staff = Enrolment.objects.filter(course__slug="class", role=Role.INSTRUCTOR)
    assert staff.filter(user__username="instructor", data=2).exists()
    students = Enrolment.objects.filter(course__slug="class", role=Role.STUDENT)
    assert len({one.section_id for one in students}) == 3


def test_a_dry_run_makes_nothing(demo: Course) -> None:
    assert made(dry_run=True)["students"] == 4
    assert not Course.objects.filter(slug="class").exists()


def test_a_second_class_asks_for_replace_and_leaves_others_alone(demo: Course) -> None:
    made(students=1)
    with pytest.raises(CommandError, match="--replace") as refused:
        made(students=1)
    assert refused.value.returncode == 1
    made(students=2, replace=True)
    assert Enrolment.objects.filter(course__slug="class", role=Role.STUDENT).count() == 2
    assert Enrolment.objects.filter(course=demo, role=Role.STUDENT).count() == 2


@pytest.mark.parametrize("wrong", [{"students": 0}, {"weeks": 99}, {"until": "tomorrow"}])
def test_a_size_that_cannot_be_is_a_wrong_call(demo: Course, wrong: dict[str, Any]) -> None:
    with pytest.raises(CommandError) as refused:
        made(**wrong)
    assert refused.value.returncode == 2


def test_a_production_site_takes_no_made_up_students(demo: Course, settings: LazySettings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="production"):
        made()


def test_some_never_start_and_some_are_stubborn() -> None:
    crowd = learners(300, 1, ["G-sign", "G-two", "H-nox"])
    assert 3 < sum(not one.starts for one in crowd) < 30
    assert 8 < sum(one.learns < 0.1 for one in crowd) < 60
    assert len({(one.first_name, one.last_name) for one in crowd}) > 270
