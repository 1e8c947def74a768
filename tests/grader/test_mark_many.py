"""Jobs that nobody waits for: marked for a while, then others come first; a killer goes alone."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from grader import tasks
from grader.job import Job, Verdict

BOX = {"kind": "choice", "id": "a", "options": ["x", "y"], "right": "x"}


def a_job(token: str, **changes: Any) -> dict[str, Any]:
    return {"token": token, "boxes": [BOX], "answers": {"a": "x"}} | changes


class Broker:
    """Stands in for Redis and for the queues."""

    def __init__(self) -> None:
        self.starts: Counter[str] = Counter()
        self.sent: list[tuple[str, str, list[Any]]] = []

    def start(self, key: str) -> int:
        self.starts[key] += 1
        return self.starts[key]

    def delete(self, key: str) -> None:
        del self.starts[key]

    def send_task(self, name: str, arguments: list[Any], **options: Any) -> None:
        self.sent.append((options["queue"], name, arguments[0]))


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    found = Broker()
    monkeypatch.setattr(tasks, "_starts", found.start)
    monkeypatch.setattr(tasks, "_broker", lambda: found)
    monkeypatch.setattr(tasks.app, "send_task", found.send_task)
    return found


def test_every_job_gets_its_verdict_or_its_fault_in_one_message(broker: Broker) -> None:
    tasks.mark_jobs([a_job("one"), a_job("two", answers={}), a_job("three")])
    ((queue, name, results),) = broker.sent
    assert (queue, name) == ("records", "course.record_many")
    assert [(token, fault) for token, _verdict, fault in results] == [
        ("one", ""),
        ("two", "JobError"),
        ("three", ""),
    ]
    assert Verdict.model_validate(results[0][1]).points == 1
    assert not broker.starts


def test_after_a_while_the_rest_goes_to_the_end_of_the_queue(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "RUN", -1.0)
    tasks.mark_jobs([a_job("one"), a_job("two"), a_job("three")])
    rest, done = broker.sent
    assert (rest[0], rest[1], [job["token"] for job in rest[2]]) == (
        "marking",
        "grader.mark_many",
        ["two", "three"],
    )
    assert [token for token, *_rest in done[2]] == ["one"]


def test_what_killed_its_worker_is_tried_one_by_one_and_then_left_to_a_person(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(job: Job) -> Verdict:
        raise SystemExit

    monkeypatch.setattr(tasks, "mark", die)
    jobs = [a_job("one"), a_job("two")]
    with pytest.raises(SystemExit):
        tasks.mark_jobs(jobs)
    tasks.mark_jobs(jobs)
    assert [(name, [job["token"] for job in sent]) for _queue, name, sent in broker.sent] == [
        ("grader.mark_many", ["one"]),
        ("grader.mark_many", ["two"]),
    ]
    broker.sent.clear()
    for _ in range(3):
        with pytest.raises(SystemExit):
            tasks.mark_jobs(jobs[:1])
    tasks.mark_jobs(jobs[:1])
    assert broker.sent == [
        ("records", "course.record_many", [["one", None, "killed its worker three times"]])
    ]
