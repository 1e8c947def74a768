"""``manage.py demo``: the demo course with its people. Safe to run again: ``make run`` always does."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from course.people.cast import CAST, logins
from course.people.models import Content, Course, Enrolment, User
from course.work.publication import make_assignments, publish_bank
from course.work.showcase import make_showcase

SLUG, TITLE, JOIN_CODE = "backprop", "Backpropagation", "CHAINRULE"


class Command(BaseCommand):
    """Publishes the bank, and makes what of the demo is not there yet."""

    help = "Makes the demo course with its assignments and its people, where they are not there yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be made, and make nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo has known passwords, so a production site (SECRET_KEY) refuses it.")
        with transaction.atomic():
            published = publish_bank()
            course = make_course()
            make_assignments(course, published)
            make_showcase(course, published)
            if options["dry_run"]:
                transaction.set_rollback(True)
        if options["verbosity"]:
            self.stdout.write(f"{course.title}: {len(published)} exercises are published.")
            for login in logins():
                self.stdout.write(f"  {login['username']:<12} {login['password']:<12} {login['words']}")


def make_course() -> Course:
    """The course and its people; what an instructor has changed since stays."""
    named = {"title": TITLE, "join_code": JOIN_CODE}
    course, _new = Course.objects.get_or_create(slug=SLUG, defaults=named)
    for member in CAST:
        user = _user(member.username, member.first_name, member.last_name)
        if member.role:
            rights = {"role": member.role, "content": member.content, "data": member.data}
            Enrolment.objects.get_or_create(course=course, user=user, defaults=rights)
        if member.content == Content.OWNER:
            user.user_permissions.add(Permission.objects.get(codename="add_course"))
    return course


def _user(username: str, first_name: str, last_name: str) -> User:
    named = {"first_name": first_name, "last_name": last_name}
    user, new = User.objects.get_or_create(username=username, defaults=named)
    if new:
        user.set_password(settings.DEMO_PASSWORD)
        user.save(update_fields=["password"])
    return user
