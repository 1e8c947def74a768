"""``manage.py rebuild_aggregates``: what tracking shows, worked out anew from the submissions."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from course.management.base import SiteCommand, WrongCallError
from course.people.models import Course
from course.tracking.rebuilding import Difference, rebuild


class Command(SiteCommand):
    """Says for each course what differs, and mends it unless it is a dry run."""

    help = "Works out anew what tracking shows. With --dry-run it says what differs from the submissions."
    example = "manage.py rebuild_aggregates --course backprop --dry-run"
    writes = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One course or all of them."""
        super().add_arguments(parser)
        parser.add_argument("--course", help="short name of the course; default: all")

    def handle(self, *args: Any, **options: Any) -> None:
        """Course by course; each item in a transaction of its own."""
        courses = Course.objects.order_by("slug")
        if options["course"]:
            courses = courses.filter(slug=options["course"])
            if not courses.exists():
                raise WrongCallError(f"There is no course '{options['course']}'.")
        found = {
            course.slug: rebuild(course, dry_run=options["dry_run"])
            for course in self.counted(courses, len(courses), "courses")
        }
        lines = [f"{slug}: {_words(one, dry_run=options['dry_run'])}" for slug, one in found.items()]
        result = {slug: asdict(one) for slug, one in found.items()}
        self.tell(result, "\n".join(lines) or "There is no course.", form=options["format"])


def _words(found: Difference, *, dry_run: bool) -> str:
    if found.is_none:
        return f"{found.right:,} are as the submissions say"
    what = f"{found.missing:,} missing, {found.different:,} different, {found.foreign:,} without submissions"
    return what if dry_run else f"{what}: mended"
