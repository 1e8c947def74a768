"""``manage.py demo_class``: a course with hundreds of synthetic students, to see each page with volume."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from course.management.base import NotDoneError, SiteCommand, WrongCallError, undo_if
from course.people.cast import CAST
from course.people.models import Course, Enrolment, Role, User
from course.tracking.cohort.filling import Size, fill
from course.tracking.cohort.plan import WEEKS
from course.work.models import Attempt, PublishedExercise, Result, Submission
from course.work.publication import publish_bank

MOST = 5000  # students


class Command(SiteCommand):
    """Makes the course, or refuses where there is one; ``--replace`` makes it anew."""

    help = "Fills a course with synthetic students over some weeks, marked by the real engine."
    example = "manage.py demo_class --students 300 --weeks 6 --seed 1"
    writes = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Size, seed and place of the class."""
        super().add_arguments(parser)
        parser.add_argument("--students", type=int, default=300, help=f"at most {MOST}")
        parser.add_argument("--weeks", type=int, default=6, help=f"at most {len(WEEKS)}")
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same class")
        parser.add_argument("--course", default="class", help="short name of the course")
        parser.add_argument("--until", help="when now is for the class (ISO 8601); default: now")
        parser.add_argument("--replace", action="store_true", help="throw the course away first")

    def handle(self, *args: Any, **options: Any) -> None:
        """One transaction: all of the class or nothing."""
        if not settings.DEMO:
            raise NotDoneError("A production site (SECRET_KEY) takes no made-up students.")
        size = _size(options)
        slug = options["course"]
        there = Course.objects.filter(slug=slug).first()
        if there and not options["replace"]:
            raise NotDoneError(f"There is a course '{slug}' already. Say --replace to make it anew.")
        with transaction.atomic():
            if there:
                _throw_away(there)
            if not _published(size.weeks):
                publish_bank()
            made = fill(_course(slug), size, lambda rows, total: self.counted(rows, total, "students"))
            undo_if(options["dry_run"])
        would = "This would be made" if options["dry_run"] else "Made"
        words = ", ".join(f"{count:,} {what}" for what, count in made.items())
        self.tell(
            made | {"course": slug}, f"{would} in the course '{slug}': {words}.", form=options["format"]
        )


def _size(options: dict[str, Any]) -> Size:
    until = timezone.now() if options["until"] is None else parse_datetime(options["until"])
    if until is None:
        raise WrongCallError(f"--until: '{options['until']}' is no date such as 2026-12-01T12:00:00+00:00.")
    if timezone.is_naive(until):
        until = timezone.make_aware(until)
    for name, most in (("students", MOST), ("weeks", len(WEEKS))):
        if not 1 <= options[name] <= most:
            raise WrongCallError(f"--{name}: {options[name]} is not in 1 ... {most}.")
    return Size(options["students"], options["weeks"], options["seed"], until)


def _published(weeks: int) -> bool:
    wanted = {slug for week in WEEKS[:weeks] for slug in week.exercises}
    return wanted <= set(PublishedExercise.objects.values_list("slug", flat=True))


def _course(slug: str) -> Course:
    """The empty course with the demo's staff."""
    course = Course.objects.create(slug=slug, title="Backpropagation, a full class")
    for member in CAST:
        user = User.objects.filter(username=member.username).first()
        if user and member.role == Role.INSTRUCTOR:
            rights = {"role": member.role, "content": member.content, "data": member.data}
            Enrolment.objects.create(course=course, user=user, **rights)
    return course


def _throw_away(course: Course) -> None:
    """The course with all its work, and the students that were made for it."""
    inside = {"item__assignment__course": course}
    Submission.objects.filter(attempt__item__assignment__course=course).delete()
    Attempt.objects.filter(**inside).delete()
    Result.objects.filter(**inside).delete()
    User.objects.filter(enrolments__course=course, username__startswith=f"{course.slug}-").delete()
    course.delete()
