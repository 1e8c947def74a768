"""Real faults on real processes: whatever dies, a submission is graded once in the end."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.conf import LazySettings
from django.test import Client

from course.celery import RECORDS
from course.redis import client
from course.work import sending
from course.work.catalogue import question_of
from course.work.models import Item, Result, Submission
from course.work.sending import job_of
from tests.faults.conftest import Workers, until

pytestmark = [pytest.mark.workers, pytest.mark.django_db(transaction=True)]

RIGHT = {"dL_dyhat": "-0.6", "dyhat_dh1": "2", "dh1_dw1": "0.5", "grad_w1": "-0.6"}
FRAGMENT = {"X-Fragment": "1"}


@pytest.fixture
def address(items: dict[str, Item]) -> str:
    return f"/c/backprop/i/{items['seed-w1'].pk}/"


def hand_in(browser: Client, address: str, key: str = "0123456789ab", **answers: str) -> int:
    typed = {"key": key} | RIGHT | answers
    return browser.post(f"{address}submit", typed, headers=FRAGMENT).status_code


def marked(count: int = 1) -> bool:
    return Submission.objects.filter(state="graded").count() == count


def assert_graded_once() -> None:
    assert list(Submission.objects.values_list("state", flat=True)) == ["graded"]
    result = Result.objects.get()
    assert (result.marked, result.tries, result.solved) == (1, 1, True)


def test_the_verdict_comes_while_the_post_waits(workers: Workers, student: Client, address: str) -> None:
    assert hand_in(student, address) == 200
    assert_graded_once()


def test_a_broker_that_is_away_delays_the_verdict_only(
    workers: Workers, student: Client, address: str
) -> None:
    workers.broker.kill()
    assert hand_in(student, address) == 202
    page = student.get(address).content.decode()
    assert Submission.objects.get().state == "queued"
    assert "saved" in page
    workers.broker.start()
    until(marked, "the verdict, after the broker came back")
    assert_graded_once()


def poisoned(workers: Workers) -> None:
    """Start the grader that has tests/faults/poisoned.py in it instead."""
    workers.grader.kill()
    command = workers.grader.command
    workers.grader.command = [word if word != "grader" else "tests.faults.poisoned:app" for word in command]
    workers.grader.start()


def test_a_worker_killed_while_it_marks_loses_nothing(
    workers: Workers, student: Client, address: str, settings: LazySettings
) -> None:
    poisoned(workers)
    settings.VERDICT_WAIT = 0.1
    assert hand_in(student, address, dh1_dw1="777") == 202
    until(workers.grader.is_dead, "the grader has died")
    workers.grader.start()
    until(marked, "the verdict, from the new worker")
    assert list(Result.objects.values_list("marked", "tries")) == [(1, 1)]
    assert Submission.objects.get().sends >= 2


def test_a_message_delivered_twice_counts_once(workers: Workers, student: Client, address: str) -> None:
    assert hand_in(student, address) == 200
    submission = Submission.objects.get()
    job = job_of(submission, question_of(submission.attempt))
    for _ in range(3):
        assert sending.send(submission, job)
    assert hand_in(student, address, "another-key") == 200  # the queues are empty now
    assert list(Result.objects.values_list("marked", "tries")) == [(2, 2)]


def test_a_forged_verdict_changes_nothing(workers: Workers, student: Client, address: str) -> None:
    workers.broker.kill()
    hand_in(student, address)
    workers.broker.start()
    until(_ping, "the broker")
    pk: UUID = Submission.objects.get().pk
    verdict = {
        "engine": "x",
        "outcome": "correct",
        "points": "99",
        "possible": "99",
        "counts": True,
        "boxes": [],
    }
    sending.sender = sending.Sender()
    assert sending.sender.send("course.record", [f"{pk.hex}.{'0' * 64}:forged", verdict], RECORDS)
    until(marked, "the true verdict")
    assert_graded_once()
    assert Submission.objects.get().points < 99


def _ping() -> bool:
    import redis

    try:
        return bool(client().ping())
    except redis.RedisError:
        return False


def test_a_poison_job_is_left_to_a_person_and_stops_nobody_else(
    workers: Workers, student: Client, address: str, settings: LazySettings
) -> None:
    poisoned(workers)
    settings.VERDICT_WAIT = 0.3
    assert hand_in(student, address, "poison-key", grad_w1="666") == 202
    assert hand_in(student, address, "honest-key") in (200, 202)
    until(marked, "the verdict on the honest answer")
    until(lambda: Submission.objects.filter(number=1, state="failed").exists(), "the poison is parked")
    assert Submission.objects.get(number=2).state == "graded"
    assert list(Result.objects.values_list("marked", "tries")) == [(1, 1)]


def test_both_workers_may_die_at_any_time(
    workers: Workers, student: Client, address: str, settings: LazySettings
) -> None:
    settings.VERDICT_WAIT = 0.05
    for number in range(12):
        hand_in(student, address, f"key-number-{number}")
        for process in {3: [workers.grader], 6: [workers.site], 9: [workers.grader, workers.site]}.get(
            number, []
        ):
            process.kill()
            process.start()
    until(lambda: marked(12), "twelve verdicts")
    assert list(Result.objects.values_list("marked", "tries")) == [(12, 12)]
