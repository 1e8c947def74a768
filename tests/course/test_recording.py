"""What comes back from the grader is recorded once; forged, late and odd verdicts change nothing."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.core.signing import Signer
from django.db.models.functions import Now
from django.test import Client

from course.work import records, sweeping, tasks
from course.work.models import Item, Result, Submission
from course.work.sending import token_of
from grader.job import Job
from tests.conftest import Post

RIGHT = {"dL_dyhat": "-0.6", "dyhat_dh1": "2", "dh1_dw1": "0.5", "grad_w1": "-0.6"}


@pytest.fixture
def job(student: Client, items: dict[str, Item], post: Post) -> dict[str, Any]:
    """The message of a submission that waits for its verdict."""
    student.post(f"/c/backprop/i/{items['seed-w1'].pk}/submit", RIGHT | {"key": "0123456789abcdef"})
    return post.messages.pop()[1][0]


@pytest.fixture
def verdict(job: dict[str, Any]) -> dict[str, Any]:
    from grader.marking import mark

    return mark(Job.model_validate(job)).model_dump(mode="json")


def state() -> str:
    return Submission.objects.get().state


def age(seconds: int) -> None:
    from datetime import timedelta

    Submission.objects.update(sent_at=Now() - timedelta(seconds=seconds))


def test_a_job_holds_no_secret_and_its_own_answers(job: dict[str, Any]) -> None:
    assert job["answers"] == RIGHT
    assert Submission.objects.get().pk.hex in job["token"]


def test_a_verdict_that_comes_twice_counts_once(job: dict[str, Any], verdict: dict[str, Any]) -> None:
    assert records.record(job["token"], verdict)
    assert not records.record(job["token"], verdict)
    result = Result.objects.get()
    assert (state(), result.tries, result.marked) == ("graded", 1, 1)


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1] + "x", lambda t: "", lambda t: "a" + t, lambda t: Signer().sign("x")]
)
def test_a_forged_token_changes_nothing(
    spoil, job: dict, verdict: dict, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert not records.record(spoil(job["token"]), verdict)
        assert not records.record_fault(spoil(job["token"]), "forged")
    assert state() == "queued"
    assert "not ours" in caplog.text


def test_a_verdict_on_another_job_changes_nothing(job: dict[str, Any], verdict: dict[str, Any]) -> None:
    assert not records.record(token_of(Submission.objects.get().pk, "0" * 64), verdict)
    assert state() == "queued"


@pytest.mark.parametrize(
    "change",
    [
        {"boxes": []},
        {"points": "99"},
        {"points": "-1"},
        {"points": "NaN"},
        {"schema_version": 2},
        {"outcome": "fine"},
    ],
)
def test_a_verdict_that_does_not_fit_changes_nothing(change: dict, job: dict, verdict: dict) -> None:
    assert not records.record(job["token"], verdict | change)
    assert (state(), Result.objects.get().marked) == ("queued", 0)


def test_a_fault_of_the_engine_is_never_a_wrong_answer(student: Client, job: dict[str, Any]) -> None:
    tasks.record_failure(job["token"], "division by a teapot")
    submission = Submission.objects.get()
    assert (submission.state, submission.fault, submission.verdict) == (
        "failed",
        "division by a teapot",
        None,
    )
    assert Result.objects.get().tries == 0
    address = f"/s/{submission.pk}/"
    assert student.get(address, headers={"X-Fragment": "1"}).status_code == 200


def test_what_could_not_be_marked_is_marked_again_after_a_repair(job: dict, post: Post) -> None:
    tasks.record_failure(job["token"], "a fault")
    call_command("sweep", "--failed", verbosity=0)
    post.deliver()
    assert (state(), Submission.objects.get().fault) == ("graded", "")


def test_no_more_failed_ones_than_a_window_are_sent_at_once(
    student: Client, items: dict[str, Item], post: Post, settings: LazySettings, capsys: pytest.CaptureFixture
) -> None:
    for number in range(5):
        student.post(f"/c/backprop/i/{items['seed-w1'].pk}/submit", RIGHT | {"key": f"key-number-{number}"})
    Submission.objects.update(state="failed", fault="a fault")
    post.messages.clear()
    settings.SWEEP_WINDOW = 3
    call_command("sweep", "--failed")
    assert capsys.readouterr().out.startswith("3 of 5 sent again\nThe site's worker sends the others")
    assert len(post.messages) == 3
    age(20)
    Submission.objects.filter(sends=1).update(state="failed")
    assert sweeping.sweep(sweeping.overdue()).sent == 2


def test_what_was_sent_a_moment_ago_is_left_alone(job: dict, post: Post) -> None:
    sweeping.sweep(sweeping.overdue())
    assert not post.messages


def test_what_waits_too_long_is_sent_again_and_marked_once(job: dict, verdict: dict, post: Post) -> None:
    age(20)
    assert sweeping.sweep(sweeping.overdue()) == sweeping.Swept(sent=1)
    assert sweeping.sweep(sweeping.overdue()) == sweeping.Swept()
    records.record(job["token"], verdict)
    post.deliver()
    assert (state(), Result.objects.get().marked, Submission.objects.get().sends) == ("graded", 1, 2)


def test_what_never_comes_back_is_parked_for_a_person(job: dict, caplog: pytest.LogCaptureFixture) -> None:
    age(20)
    Submission.objects.update(sends=6)
    assert sweeping.sweep(sweeping.overdue()) == sweeping.Swept(parked=1)
    assert state() == "failed"
    assert "sent 6 times" in caplog.text


def test_a_broker_that_is_away_costs_no_start(job: dict, post: Post) -> None:
    age(20)
    post.away = True
    assert sweeping.sweep(sweeping.overdue()) == sweeping.Swept()
    assert Submission.objects.get().sends == 1


def test_a_sweep_is_no_larger_than_its_window(student, items, post: Post, settings) -> None:
    address = f"/c/backprop/i/{items['seed-w1'].pk}/submit"
    for number in range(5):
        student.post(address, RIGHT | {"key": f"key-number-{number}"})
    post.messages.clear()
    age(20)
    settings.SWEEP_WINDOW = 3
    assert [sweeping.sweep(sweeping.overdue()).sent for _ in range(3)] == [3, 2, 0]


def test_suspects_are_sent_one_at_a_time(student, items, post: Post) -> None:
    address = f"/c/backprop/i/{items['seed-w1'].pk}/submit"
    for number in range(4):
        student.post(address, RIGHT | {"key": f"key-number-{number}"})
    age(20)
    Submission.objects.update(sends=sweeping.SUSPECT)
    assert sweeping.sweep(sweeping.overdue()).sent == 1


@pytest.fixture
def redis_of_its_own(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The few keys of the site, in memory."""
    kept: dict[str, str] = {}

    class Stub:
        def set(self, name: str, value: str, *, nx: bool = False, ex: int = 0, get: bool = False) -> object:
            before, taken = kept.get(name), nx and name in kept
            kept[name] = kept[name] if taken else value
            return before if get else not taken

        def lindex(self, name: str, place: int) -> str | None:
            return kept.get(name)

        def delete(self, name: str) -> None:
            kept.pop(name, None)

    for module in ("course.work.sweeping", "course.health"):
        monkeypatch.setattr(f"{module}.client", Stub)
    return kept


def test_a_canary_that_comes_back_sweeps_what_was_overdue_when_it_left(
    job: dict, post: Post, redis_of_its_own: dict[str, str]
) -> None:
    from grader.marking import mark

    age(20)
    sweeping.heartbeat()
    [(_task, [canary])] = post.messages
    post.messages.clear()
    tasks.record(canary["token"], mark(Job.model_validate(canary)).model_dump(mode="json"))
    assert [message["token"] for _task, [message] in post.messages] == [job["token"]]
    assert redis_of_its_own == {"alive:site_worker": "1", "alive:grader": "1"}


def test_no_second_canary_leaves_while_one_is_on_its_way(
    job: dict, post: Post, redis_of_its_own: dict[str, str]
) -> None:
    sweeping.heartbeat()
    sweeping.heartbeat()
    assert len(post.messages) == 1


def test_a_queue_that_stands_still_gets_no_canaries(
    job: dict, post: Post, redis_of_its_own: dict[str, str]
) -> None:
    def heartbeats(count: int) -> int:
        for _ in range(count):
            redis_of_its_own.pop("canary", None)  # ten seconds have passed
            sweeping.heartbeat()
        return len(post.messages)

    assert heartbeats(1) == 1
    redis_of_its_own["marking"] = "the first canary"
    assert heartbeats(17_000) == 2
    redis_of_its_own["marking"] = "the second canary"
    assert heartbeats(1) == 3
    del redis_of_its_own["marking"]
    assert heartbeats(2) == 5


def test_what_waits_in_a_queue_that_no_grader_empties_is_not_sent_again(
    job: dict, post: Post, redis_of_its_own: dict[str, str]
) -> None:
    age(20)
    sweeping.heartbeat()  # and no canary comes back
    assert [message["token"] for _task, [message] in post.messages if message["answers"] == RIGHT] == []
    assert Submission.objects.get().sends == 1
