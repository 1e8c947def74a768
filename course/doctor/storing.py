"""The database, the clocks, the data folder."""

from __future__ import annotations

import shutil
import uuid
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from course.doctor.finding import Check, Finding, fail, ok, warn
from course.people.models import Failure
from course.redis import client

SKEW = 2.0  # seconds that two clocks may differ: dates and leases are compared across them
ROOM = 500 * 2**20  # bytes that should be free


def database() -> Finding:
    """It answers, and takes a row (which is taken back)."""
    name = f"{connection.vendor} {'.'.join(map(str, connection.get_database_version()))}"
    with transaction.atomic():
        row = Failure.objects.create(who=f"doctor {uuid.uuid4().hex}")
        found = Failure.objects.filter(pk=row.pk).exists()
        transaction.set_rollback(True)
    if not found:
        return fail("database", f"{name} lost a row that was just written", "Look at the database's log.")
    return ok("database", f"{name} answers and takes rows")


def migrations() -> Finding:
    """Every migration is applied, and none is from a newer release."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        names = ", ".join(f"{step.app_label}.{step.name}" for step, _backwards in plan[:5])
        return fail("migrations", f"{len(plan)} not applied: {names}", "Run: manage.py migrate")
    foreign = sorted(set(executor.loader.applied_migrations) - set(executor.loader.graph.nodes))
    ours = [app for app, _name in foreign if app in executor.loader.migrated_apps]
    if ours:
        words = f"the database knows {len(ours)} that this release does not"
        return fail("migrations", words, "The database is of a newer release: install that one.")
    return ok("migrations", "all applied")


def clocks() -> Finding:
    """This machine, the database and the broker agree on the time."""
    here = timezone.now()
    times = {"the database": _database_now()}
    seconds, micros = client().time()
    times["the broker"] = datetime.fromtimestamp(seconds + micros / 1e6, tz=UTC)
    apart = {name: abs((time - here).total_seconds()) for name, time in times.items()}
    late = [f"{name} by {gap:.1f} s" for name, gap in apart.items() if gap > SKEW]
    if late:
        return fail("clocks", f"this machine differs from {' and '.join(late)}", "Set the clocks by NTP.")
    return ok("clocks", f"agree to {max(apart.values()):.1f} s")


def _database_now() -> datetime:
    sql = (
        "SELECT strftime('%s', 'now')"
        if connection.vendor == "sqlite"
        else "SELECT extract(epoch FROM clock_timestamp())"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return datetime.fromtimestamp(float(cursor.fetchone()[0]), tz=UTC)


def room() -> Finding:
    """The data folder has room."""
    free = shutil.disk_usage(settings.DATA_DIR).free
    words = f"{free / 2**30:.1f} GiB free where the data is"
    if free < ROOM:
        return warn("room", words, "Make room: a full disk refuses answers.")
    return ok("room", words)


CHECKS: tuple[tuple[str, Check], ...] = (
    ("database", database),
    ("migrations", migrations),
    ("clocks", clocks),
    ("room", room),
)
