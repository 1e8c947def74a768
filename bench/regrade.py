"""How long applying a regrade takes and undoing it: ``python -m bench.regrade [--submissions 100000]``.

A class is written straight into a database of its own (in memory of the file system, or DATABASE_URL with a
database named ``bench...``), every verdict of it changes, and the two are timed on the wall clock. Everything
is compared with what it was. What the grader does before is apart from this, and is timed by ``make bench``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

ITEMS, TRIES = 20, 5  # a student hands in so often to so many items
BATCH = 2000


def main() -> int:
    """Exit status: 0 when undoing gave back what was there and applying took under 10 s."""
    parser = argparse.ArgumentParser(prog="python -m bench.regrade", description=__doc__)
    parser.add_argument("--submissions", type=int, default=100_000)
    count = parser.parse_args().submissions
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        os.environ.setdefault("DATA_DIR", folder)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "course.settings")
        return run(count)


def run(count: int) -> int:
    """Make the class, time, compare, print a line of JSON."""
    import django  # noqa: PLC0415  the settings are chosen first
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    call_command("migrate", verbosity=0)
    from course.review import applying  # noqa: PLC0415
    from course.work.models import Result, Submission  # noqa: PLC0415

    regrade = made_class(count)
    before = digest(Submission), digest(Result)
    told: dict[str, Any] = {"submissions": count}
    told["apply"], done = timed(lambda: applying.apply(regrade, None))
    told |= {"changed": done.submissions, "scores": done.scores}
    told["undo"], _done = timed(lambda: applying.undo(regrade, None))
    told["as_before"] = before == (digest(Submission), digest(Result))
    sys.stdout.write(json.dumps(told) + "\n")
    return 0 if told["as_before"] and told["apply"]["seconds"] < 10 else 1


def timed(do: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    """Seconds on the wall clock and of this process's processor time, and what came of it."""
    start, spent = time.perf_counter(), time.process_time()
    result = do()
    told = {"seconds": time.perf_counter() - start, "processor": time.process_time() - spent}
    return {name: round(value, 2) for name, value in told.items()}, result


def digest(table: Any) -> str:
    """Of every row and column of a table."""
    found = hashlib.sha256()
    for row in table.objects.order_by("pk").values_list().iterator(BATCH):
        found.update(repr(row).encode())
    return found.hexdigest()


def made_class(count: int) -> Any:
    """Students, what they handed in, and a regrade that is ready to be applied."""
    from course.people.models import Course, User  # noqa: PLC0415
    from course.review.models import Regrade, RegradeJob, RegradeRow  # noqa: PLC0415
    from course.work import models as work  # noqa: PLC0415

    course = Course.objects.create(slug="bench", title="Bench")
    exercise = work.PublishedExercise.objects.create(slug="x", title="x", step="loss", document={})
    assignment = work.Assignment.objects.create(course=course, title="All")
    items = [work.Item.objects.create(assignment=assignment, exercise=exercise) for _ in range(ITEMS)]
    number = max(count // (ITEMS * TRIES), 1)
    users = User.objects.bulk_create([User(username=f"s{n}") for n in range(number)], BATCH)
    pairs = [(user, item) for user in users for item in items]
    work.Result.objects.bulk_create(
        [work.Result(user=u, item=i, points="0.5", tries=TRIES, marked=TRIES) for u, i in pairs], BATCH
    )
    frozen = {"number": 1, "seed": 1, "generator": "1", "values": {}, "exercise": exercise}
    attempts = work.Attempt.objects.bulk_create(
        [work.Attempt(user=u, item=i, **frozen) for u, i in pairs], BATCH
    )
    rows = [(attempt, n) for attempt in attempts for n in range(1, TRIES + 1)]
    submissions = work.Submission.objects.bulk_create((_submission(*row) for row in rows), BATCH)
    regrade = Regrade.objects.create(course=course, items=[i.pk for i in items], why="bench", scope="all")
    told = {"verdict": verdict("correct", 4), "points": 4, "possible": 4, "counts": True, "answered": True}
    shared = submissions[: max(count // 10, 1)]  # every tenth job is another
    jobs = RegradeJob.objects.bulk_create(
        [
            RegradeJob(regrade=regrade, digest=f"{n:064}", sample=one, exercise=exercise, **told)
            for n, one in enumerate(shared)
        ],
        BATCH,
    )
    RegradeRow.objects.bulk_create(
        (_row(regrade, one, jobs[n % len(jobs)]) for n, one in enumerate(submissions)), BATCH
    )
    Regrade.objects.filter(pk=regrade.pk).update(stage="ready")
    return regrade


def verdict(outcome: str, points: int) -> dict[str, Any]:
    """A stored verdict of the size that four boxes have."""
    boxes: list[dict[str, Any]] = [
        {"id": f"box{n}", "outcome": outcome, "points": str(points // 4), "code": None, "params": {}}
        | {"span": None, "fix": None, "value": "0.5", "entries": []}
        for n in range(4)
    ]
    head = {"schema_version": 1, "engine": "4", "outcome": outcome, "points": str(points), "possible": "4"}
    return head | {"counts": True, "boxes": boxes, "microseconds": 900}


def _submission(attempt: Any, number: int) -> Any:
    from django.utils import timezone  # noqa: PLC0415

    from course.work.models import Submission  # noqa: PLC0415

    return Submission(
        id=uuid.uuid4(),
        attempt=attempt,
        number=number,
        key=f"{number}",
        answers={f"box{n}": "0.5" for n in range(4)},
        digest="0" * 64,
        state="graded",
        verdict=verdict("partial", 2),
        points=2,
        possible=4,
        counts=True,
        marked_at=timezone.now() - timedelta(days=1),
    )


def _row(regrade: Any, one: Any, job: Any) -> Any:
    from course.review.models import RegradeRow  # noqa: PLC0415

    return RegradeRow(
        regrade=regrade,
        submission=one,
        job=job,
        was_state="graded",
        was_digest=one.digest,
        was_marked_at=one.marked_at,
        before=2,
        after=4,
        boxes=["box0"],
        changed=True,
    )


if __name__ == "__main__":
    sys.exit(main())
