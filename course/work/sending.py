"""From a submission to a message for the grader: the job, its signed token, the one sender of a process."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from functools import partial
from typing import Any
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db import transaction
from kombu.exceptions import OperationalError

from course.celery import MARKING, app
from course.work.catalogue import published, variant_of
from course.work.models import Submission
from course.work.policies import policy_for
from exercises.question import Question
from exercises.steps import job
from grader.job import Job

log = logging.getLogger(__name__)
SALT = "course.work.job"
PAUSE = 2.0  # seconds that a broker which did not answer is left alone
PATIENCE = {"socket_connect_timeout": 0.5, "socket_timeout": 1.0}


class Sender:
    """One connection and one producer for all threads of a process: a message takes 0.2 ms, a lock is enough.

    A producer for each thread would run into the pool's limit and stop the site.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._producer: Any = None
        self._rests_until = 0.0

    def send(self, task: str, arguments: list[Any], queue: str) -> bool:
        """Whether the broker took it. One that does not answer is logged and not asked for a while."""
        with self._lock:
            if time.monotonic() < self._rests_until:
                return False
            try:
                self._producer = self._producer or app.amqp.Producer(self._connect(), auto_declare=False)
                how = {"queue": queue, "producer": self._producer, "retry": False}
                app.send_task(task, arguments, argsrepr=task, kwargsrepr="", **how)  # to make one costs time
            except OperationalError as error:
                log.warning("The broker does not answer (%s); submissions are sent later.", error)
                self._forget()
                return False
            return True

    def _connect(self) -> Any:
        return app.connection_for_write(transport_options=PATIENCE)

    def _forget(self) -> None:
        self._rests_until = time.monotonic() + PAUSE
        if self._producer is not None:
            self._producer.connection.release()
        self._producer = None


sender = Sender()


def token_of(submission: UUID, digest: str) -> str:
    """What comes back with the verdict, signed: which submission, and which job on it."""
    return Signer(salt=SALT).sign(f"{submission.hex}.{digest}")


def read_token(token: str) -> tuple[UUID, str] | None:
    """The submission and the digest of the job; None for a token that this site did not make."""
    try:
        submission, _, digest = Signer(salt=SALT).unsign(token).partition(".")
    except BadSignature:
        return None
    return UUID(submission), digest


def job_of(submission: Submission, question: Question) -> Job:
    """The job of marking a submission, without its token; reads its attempt's item and assignment."""
    attempt = submission.attempt
    policy = policy_for(attempt.item).for_grader
    return job(
        question, published(attempt.exercise_id), variant_of(attempt), submission.answers, policy=policy
    )


def digest_of(marking: Job) -> str:
    """A digest of all that the verdict depends on."""
    content = marking.model_dump(mode="json", exclude={"token"})
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def send(submission: Submission, marking: Job) -> bool:
    """Nudge the grader; whether the broker took the message."""
    token = token_of(submission.pk, submission.digest)
    message = marking.model_dump(mode="json", exclude={"token"}) | {"token": token}
    return sender.send("grader.mark", [message], MARKING)


def send_on_commit(submission: Submission, marking: Job) -> None:
    """Nudge the grader once the row is there. Only for speed: the sweeper finds what was not sent."""
    transaction.on_commit(partial(_first_send, submission, marking))


def _first_send(submission: Submission, marking: Job) -> None:
    if not send(submission, marking):
        Submission.objects.filter(pk=submission.pk, sends=1).update(sends=0)
