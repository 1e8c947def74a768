"""The grader's worker: starts without secrets, marks what comes, and reports what it could not mark."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import redis
from celery import Celery
from kombu import Connection

import grader
from grader import tasks
from grader.job import Job, Verdict
from tests.grader import jobs
from tests.grader.test_network import SEED
from tests.grader.test_references import SEED_VALUES
from tools import servers

BARE = {"PATH": os.environ["PATH"]}


def run_bare(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Python in an environment that has no SECRET_KEY, no DATABASE_URL and no settings."""
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, check=False, env=BARE | environment, capture_output=True, text=True, timeout=60
    )


def loaded_by(statement: str) -> set[str]:
    found = run_bare(f"import sys; {statement}; print(*sys.modules)")
    assert found.returncode == 0, found.stderr
    return set(found.stdout.split())


def packages(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def test_the_worker_loads_neither_the_site_nor_sympy() -> None:
    loaded = loaded_by("import grader; grader.app.loader.import_default_modules()")
    assert "grader.marking" in loaded
    assert not {"sympy", "course", "exercises"} & packages(loaded)
    # kombu looks for django.utils on its own, to write lazy strings; nothing of Django that knows settings.
    assert {name for name in loaded if name.startswith("django.")} <= {
        f"django.utils{module}" for module in ("", ".functional", ".regex_helper", ".version")
    }


def test_marking_itself_loads_no_broker_no_django_and_no_sympy() -> None:
    loaded = loaded_by("import grader.marking")
    assert not {"celery", "kombu", "redis", "django", "numpy", "sympy"} & packages(loaded)


def test_the_grader_has_no_other_attribute() -> None:
    with pytest.raises(AttributeError, match="application"):
        _ = grader.application


def test_nonsense_in_the_environment_is_refused_in_words() -> None:
    found = run_bare("import grader.worker", MARKING_CONCURRENCY="many")
    assert found.returncode != 0
    assert found.stderr.strip().splitlines() == [
        "MARKING_CONCURRENCY must be a whole number from 1 to 64, not 'many'"
    ]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a Redis of our own."""
    try:
        with servers.redis() as address:
            yield f"{address}/0"
    except servers.MissingServerError as error:
        pytest.skip(str(error))


@pytest.fixture
def broker(server: str) -> Iterator[redis.Redis]:
    """A client of the empty Redis."""
    with redis.Redis.from_url(server, decode_responses=True) as client:
        client.flushall()
        yield client


def a_job(token: str, **changes: Any) -> dict[str, Any]:
    boxes = jobs.gradient_boxes(SEED, "w3")
    answers = {"dL_dyhat": "-0.6", "dyhat_dw3": "h1", "grad_w3": "-0.36"}
    plain = Job(token=token, network=SEED, values=SEED_VALUES, boxes=boxes, answers=answers)
    return plain.model_dump(mode="json") | changes


@contextmanager
def worker(server: str, app: str = "grader", **environment: str) -> Iterator[None]:
    """A grader's worker on that Redis, gone when the block ends."""
    words = f"-m celery --quiet -A {app} worker -Q marking --concurrency 1 --loglevel ERROR"
    quiet = "--without-gossip --without-mingle --without-heartbeat"
    command = [sys.executable, *words.split(), *quiet.split()]
    process = subprocess.Popen(command, env=BARE | environment | {"REDIS_URL": server})
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def send(server: str, *messages: dict[str, Any]) -> None:
    with Connection(server) as connection:
        for message in messages:
            tasks.app.send_task("grader.mark", [message], queue="marking", connection=connection)


def received(server: str, count: int, seconds: float = 30) -> list[tuple[str, list[Any]]]:
    """What came to the queue of the site: names of tasks and their arguments."""
    found: list[tuple[str, list[Any]]] = []
    with Connection(server) as connection, connection.SimpleQueue("records", serializer="json") as queue:
        for _ in range(count):
            message = queue.get(timeout=seconds)
            found.append((message.headers["task"], json.loads(message.body)[0]))
            message.ack()
    return found


@pytest.mark.workers
def test_a_real_worker_marks_what_comes_and_answers_a_ping(server: str, broker: redis.Redis) -> None:
    with worker(server):
        send(server, a_job("one"), a_job("two", answers={}), a_job("three", schema_version=9))
        found = {arguments[0]: (task, arguments[1]) for task, arguments in received(server, 3)}
        with Celery("asking", broker=server) as asking:
            assert [*asking.control.ping(timeout=5, limit=1)[0].values()] == [{"ok": "pong"}]
    task, verdict = found["one"]
    assert task == "course.record"
    assert Verdict.model_validate(verdict).points == 3
    assert found["two"] == ("course.record_failure", "JobError")
    assert found["three"] == ("course.record_failure", "ValidationError")
    assert not broker.keys("grader:starts:*")


@pytest.mark.workers
def test_a_worker_that_has_waited_longer_than_a_socket_timeout_still_works(
    server: str, broker: redis.Redis
) -> None:
    with worker(server):
        send(server, a_job("one"))
        received(server, 1)
        time.sleep(6)  # longer than the socket timeout that redis-py has by default
        send(server, a_job("two"))
        assert received(server, 1, seconds=5)[0][1][0] == "two"


class Sent(list[tuple[str, list[Any]]]):
    """Stands in for the broker's queue of the site."""

    def send_task(self, name: str, arguments: list[Any], **options: Any) -> None:
        assert options["queue"] == "records"
        self.append((name, arguments))


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, broker: redis.Redis) -> Sent:
    found = Sent()
    monkeypatch.setattr(tasks.app, "send_task", found.send_task)
    monkeypatch.setattr(tasks, "_broker", lambda: broker)
    return found


def test_a_verdict_says_how_long_it_took(sent: Sent) -> None:
    tasks.mark_job(a_job("token"))
    ((name, (token, verdict)),) = sent
    assert (name, token) == ("course.record", "token")
    assert Verdict.model_validate(verdict).microseconds > 0


def test_a_job_that_killed_its_worker_three_times_is_left_to_a_person(
    sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(job: Job) -> Verdict:
        raise SystemExit

    monkeypatch.setattr(tasks, "mark", die)
    for _ in range(3):
        with pytest.raises(SystemExit):
            tasks.mark_job(a_job("poison"))
    assert sent == []
    tasks.mark_job(a_job("poison"))
    assert sent == [("course.record_failure", ["poison", "killed its worker three times"])]


def test_a_job_that_is_finished_is_not_counted_any_more(sent: Sent) -> None:
    for _ in range(5):
        tasks.mark_job(a_job("again"))
    assert {name for name, _ in sent} == {"course.record"}


def test_a_fault_is_logged_with_its_traceback(sent: Sent, caplog: pytest.LogCaptureFixture) -> None:
    tasks.mark_job({"token": "bad"})
    assert sent == [("course.record_failure", ["bad", "ValidationError"])]
    assert "Traceback" in caplog.text
