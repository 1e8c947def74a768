"""The second fence on real processes: a job that never ends or never has enough harms itself alone."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from course.work.models import Item, Result, Submission
from grader import limits
from tests.faults.conftest import Workers, until
from tests.faults.test_faults import hand_in, poisoned
from tests.grader.test_worker import a_job, received, send, worker
from tools import servers

SHORT = {"POISON_SECONDS": "3 5"}  # soft and hard; a busy machine takes its time for an honest job too


def poison(token: str, answer: str) -> dict[str, Any]:
    return a_job(token, answers={**a_job("")["answers"], "grad_w3": answer})


@pytest.fixture
def broker() -> Any:
    """The address of a Redis of our own."""
    try:
        with servers.redis() as address:
            yield f"{address}/0"
    except servers.MissingServerError as error:
        pytest.skip(str(error))


@pytest.mark.workers
def test_a_job_that_never_ends_or_never_has_enough_fails_and_the_next_is_marked(broker: str) -> None:
    with worker(broker, app="tests.faults.poisoned:app", **SHORT):
        send(broker, poison("hoards", "999"), a_job("one"), poison("spins", "889"), a_job("two"))
        found = [(task, *arguments) for task, arguments in received(broker, 4)]

    assert found[0] == ("course.record_failure", "hoards", "MemoryError")
    assert found[2] == ("course.record_failure", "spins", "SoftTimeLimitExceeded")
    assert [(task, token, verdict["points"]) for task, token, verdict in found[1::2]] == [
        ("course.record", "one", "3"),
        ("course.record", "two", "3"),
    ]


@pytest.mark.workers
@pytest.mark.django_db(transaction=True)
def test_the_site_hears_that_a_job_which_spins_has_failed_and_calls_it_never_wrong(
    workers: Workers, student: Client, items: dict[str, Item], settings: LazySettings
) -> None:
    workers.grader.environment |= SHORT
    poisoned(workers)
    settings.VERDICT_WAIT = 0.1
    address = f"/c/backprop/i/{items['seed-w1'].pk}/"
    assert hand_in(student, address, "poison-key", grad_w1="888") == 202
    until(lambda: Submission.objects.filter(state="failed").exists(), "the poison is parked")
    assert Submission.objects.get().fault == "killed its worker three times"
    assert not Result.objects.filter(marked__gt=0).exists()
    assert hand_in(student, address, "honest-key") in (200, 202)
    until(lambda: Submission.objects.filter(state="graded").exists(), "the verdict on the honest answer")


def alone(code: str) -> subprocess.CompletedProcess[str]:
    """A process of its own, which the test may limit."""
    setting = "import resource; from itertools import repeat; from grader import limits; "
    command = [sys.executable, "-c", setting + code]
    return subprocess.run(
        command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False, timeout=60
    )


def test_the_kernel_ends_a_job_that_no_worker_ends() -> None:
    assert alone("limits.limit_job(1); sum(repeat(0))").returncode == -signal.SIGXCPU


def test_each_job_has_processor_time_of_its_own() -> None:
    job = "limits.limit_job(5); print(resource.getrlimit(resource.RLIMIT_CPU)[0])\n"
    told = alone(f"from time import process_time; {job}\nwhile process_time() < 1.1: pass\n{job}")
    assert told.stdout == "6\n7\n"


def test_a_process_is_limited_by_what_it_allocates_not_by_what_it_maps() -> None:
    reserve = "import mmap; held = mmap.mmap(-1, 1 << 32, prot=mmap.PROT_READ); "
    told = alone(
        f"limits.limit_process(200); {reserve} bytearray(1 << 26); print('well'); bytearray(1 << 28)"
    )
    assert told.stdout == "well\n"
    assert "MemoryError" in told.stderr


def test_a_limit_of_the_machine_that_is_lower_stays() -> None:
    lower = "resource.setrlimit(resource.RLIMIT_DATA, (1 << 27, 1 << 27)); "
    told = alone(lower + "limits.limit_process(); print(resource.getrlimit(resource.RLIMIT_DATA)[1] >> 20)")
    assert told.stdout == "128\n"


def test_the_worker_itself_comes_before_the_kernel() -> None:
    assert limits.SOFT_SECONDS < limits.HARD_SECONDS < limits.CPU_SECONDS
    assert limits.REPLACED_AT < limits.MEGABYTES
