"""The grader's one task: a job comes in, a verdict goes back to the site, or the news that there is none."""

from __future__ import annotations

import gc
import hashlib
import json
import logging
import time
from functools import cache
from typing import Any

import redis
from celery.signals import worker_process_init

from grader.job import Job, Verdict
from grader.marking import mark
from grader.mutants import read_templates
from grader.worker import BROKER_URL, MARKING, RECORDS, app

log = logging.getLogger(__name__)

MOST_STARTS = 3  # of one job without a finish, then it is left to a person
STARTS_LIVE = 3600  # seconds
RUN = 1.0  # seconds for jobs that nobody waits for, then others come first


@worker_process_init.connect  # type: ignore[untyped-decorator]
def prepare(**_signal: object) -> None:
    """Do at the start of a process what would else hold up an answer.

    What has been loaded stays for good: leave it out when memory is tidied up, which else stops for 25 ms.
    """
    read_templates()
    gc.freeze()


@app.task(name="grader.mark")  # type: ignore[untyped-decorator]
def mark_job(job: dict[str, Any]) -> None:
    """Mark a job and send ``course.record(token, verdict)``, or ``course.record_failure(token, reason)``."""
    token = str(job.get("token", ""))
    key = f"grader:starts:{hashlib.sha256(token.encode()).hexdigest()}"
    if _starts(key) > MOST_STARTS:
        log.error("A job has killed its worker %d times; it is left to a person.", MOST_STARTS)
        _send("course.record_failure", token, "killed its worker three times")
    else:
        _send(*_marked(token, job))
    _broker().delete(key)


@app.task(name="grader.mark_many")  # type: ignore[untyped-decorator]
def mark_jobs(jobs: list[dict[str, Any]]) -> None:
    """Mark jobs that nobody waits for and send ``course.record_many`` with ``[token, verdict, fault]`` each.

    After RUN seconds the rest goes back to the queue, so that a student's answer does not wait behind it.
    What killed its worker is tried one by one, and left to a person when it does so alone.
    """
    key = (
        f"grader:starts:{hashlib.sha256(json.dumps([job.get('token') for job in jobs]).encode()).hexdigest()}"
    )
    starts = _starts(key)
    if starts > 1 and len(jobs) > 1:
        for job in jobs:
            _put_back([job])
    elif starts > MOST_STARTS:
        _send_many([[job.get("token"), None, "killed its worker three times"] for job in jobs])
    else:
        _mark_for_a_while(jobs)
    _broker().delete(key)


def _mark_for_a_while(jobs: list[dict[str, Any]]) -> None:
    results: list[list[Any]] = []
    end = time.monotonic() + RUN
    for place, job in enumerate(jobs):
        if results and time.monotonic() > end:
            _put_back(jobs[place:])
            break
        task, token, content = _marked(str(job.get("token", "")), job)
        results.append([token, content, ""] if task == "course.record" else [token, None, content])
    _send_many(results)


def _put_back(jobs: list[dict[str, Any]]) -> None:
    app.send_task("grader.mark_many", [jobs], queue=MARKING, ignore_result=True)


def _send_many(results: list[list[Any]]) -> None:
    app.send_task("course.record_many", [results], queue=RECORDS, ignore_result=True)


def _marked(token: str, job: dict[str, Any]) -> tuple[str, str, Any]:
    """The task to send: a fault of the engine or of the job is news for the site, never a wrong answer."""
    try:
        return "course.record", token, timed(Job.model_validate(job)).model_dump(mode="json")
    except Exception as error:  # the one logged boundary of this process
        log.exception("A job could not be marked.")
        return "course.record_failure", token, type(error).__name__


def timed(job: Job) -> Verdict:
    """The verdict, with the time that it took."""
    start = time.perf_counter_ns()
    verdict = mark(job)
    return verdict.model_copy(update={"microseconds": (time.perf_counter_ns() - start) // 1000})


def _send(task: str, token: str, content: Any) -> None:
    app.send_task(task, [token, content], queue=RECORDS, ignore_result=True)


def _starts(key: str) -> int:
    """How often this job has been started without a finish, this time included."""
    with _broker().pipeline(transaction=False) as pipe:
        pipe.incr(key)
        pipe.expire(key, STARTS_LIVE)
        return int(pipe.execute()[0])


@cache
def _broker() -> redis.Redis:
    """One connection a process; it is opened after the fork, when it is first used."""
    return redis.Redis.from_url(BROKER_URL.replace("redis+socket://", "unix://", 1), socket_timeout=5)
