"""The task of the site's worker that sends invitations."""

from __future__ import annotations

from course.celery import RECORDS, app
from course.people.mailing import send_some
from course.people.models import Course
from course.work import sending


def invite(course: int, base: str) -> None:
    """Send a few of a course's invitations; if more are left, the next few in another task."""
    found = Course.objects.filter(pk=course).first()
    if found is not None and send_some(found, base):
        sending.sender.send("course.invite", [course, base], RECORDS)


app.task(invite, name="course.invite")
