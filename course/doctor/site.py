"""The pages, the settings, the exercises and the courses."""

from __future__ import annotations

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core import checks
from django.db.models import Max
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone

from course.doctor.finding import Check, Finding, fail, ok, warn
from course.people.models import Content, Course
from course.security import SecurityHeaders
from course.work.models import PublishedExercise
from course.wsgi import application
from exercises.bank import load

PLEASE = "publishes what is new in the bank. `make run` does so by itself."


def pages() -> Finding:
    """The sign-in page is there, in full, with its security headers."""
    host = settings.ALLOWED_HOSTS[0].lstrip(".")
    request = RequestFactory().get("/sign-in/", secure=True, headers={"host": host})
    reply = application.get_response(request)
    if reply.status_code != 200:
        words = f"/sign-in/ on {host} answers {reply.status_code}"
        return fail("pages", words, "The site's log says why.")
    if "script-src" not in reply.headers.get("Content-Security-Policy", ""):
        return fail(
            "pages", "pages have no content security policy", f"Put {SecurityHeaders.__qualname__} back."
        )
    return ok("pages", "the sign-in page is there, with its security headers")


def static() -> Finding:
    """Style sheets and scripts are where pages look for them."""
    try:
        render_to_string("error.html", {"status": 200})
        address = staticfiles_storage.url("css/app.css")
    except ValueError as error:  # no manifest, or a file that is not in it
        return fail("static files", str(error), "Run: manage.py collectstatic --noinput")
    return ok("static files", f"collected ({address})")


def safety() -> Finding:
    """What Django's own check of a deployment says."""
    if settings.DEMO:
        return ok("settings", "a demo for this machine only; SECRET_KEY makes it a production site")
    found = [one for one in checks.run_checks(include_deployment_checks=True) if one.level >= checks.WARNING]
    if found:
        return warn("settings", "; ".join(one.msg for one in found[:3]), "See docs/self-hosting.md.")
    return ok("settings", f"fit for production, on {', '.join(settings.ALLOWED_HOSTS)}")


def zone() -> Finding:
    """In which time zone dates are meant."""
    here = timezone.localtime()
    return ok("time zone", f"{settings.TIME_ZONE}: it is {here:%Y-%m-%d %H:%M} there")


def bank() -> Finding:
    """Every exercise of the bank is published."""
    published = set(PublishedExercise.objects.values_list("slug", flat=True).distinct())
    missing = sorted(set(load()) - published)
    if not published:
        return fail("bank", "no exercise is published", f"`manage.py publish` {PLEASE}")
    if missing:
        words = f"{len(missing)} of the bank are not published: {', '.join(missing[:5])}"
        return warn("bank", words, f"`manage.py publish` {PLEASE}")
    return ok("bank", f"{len(published)} exercises are published")


def courses() -> Finding:
    """Every course that goes on has an owner."""
    rows = Course.objects.filter(archived=False).annotate(most=Max("enrolments__content"))
    orphans = [course.slug for course in rows if (course.most or 0) < Content.OWNER]
    if orphans:
        words = f"nobody owns {', '.join(orphans[:5])}"
        return warn("courses", words, "Give somebody the right to own it, in /admin/ under Enrolments.")
    return ok("courses", f"{len(rows)} with an owner each")


CHECKS: tuple[tuple[str, Check], ...] = (
    ("pages", pages),
    ("static files", static),
    ("settings", safety),
    ("time zone", zone),
    ("bank", bank),
    ("courses", courses),
)
