"""``manage.py publish``: brings the bank of exercises onto the site, and into a course if one is named."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from course.people.models import Course
from course.work.models import PublishedExercise
from course.work.publication import make_assignments, publish_bank
from exercises.bank import BankError
from exercises.publishing import PublishingError


class Command(BaseCommand):
    """Publishes what of the bank is new or has changed."""

    help = (
        "Publishes what of the bank is new or has changed, as a new version. Example: "
        "manage.py publish --course backprop"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--course", metavar="SLUG", help="also make an assignment for each file that this course lacks"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if not connection.introspection.table_names():
            raise CommandError("The database is empty. Run first: manage.py migrate")
        with transaction.atomic():
            course = self._course(options["course"])
            newest = PublishedExercise.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            try:
                published = publish_bank()
            except (BankError, PublishingError) as error:
                raise CommandError(str(error)) from error
            new = [row for row in published if row.pk > newest]
            made = make_assignments(course, published) if course else []
            if options["dry_run"]:
                transaction.set_rollback(True)
        for row in new:
            self.stdout.write(f"published {row.slug}, version {row.version}")
        for assignment in made:
            self.stdout.write(f"made the assignment '{assignment}'")
        self.stdout.write(f"{len(published)} exercises, {len(new)} of them new, {len(made)} new assignments")

    def _course(self, slug: str | None) -> Course | None:
        if slug is None:
            return None
        course = Course.objects.filter(slug=slug).first()
        if course is None:
            known = ", ".join(Course.objects.values_list("slug", flat=True)) or "there is none yet"
            raise CommandError(f"There is no course '{slug}' (known: {known}). Make it in /admin/.")
        return course
