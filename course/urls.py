"""Every address of the site: each room has its own list."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path, register_converter
from django.urls.converters import IntConverter

from course import health


class RowConverter(IntConverter):
    """The number of a row, of at most nine digits: a longer one fits no database's integer."""

    regex = "[0-9]{1,9}"


register_converter(RowConverter, "row")

urlpatterns = [
    path("", include("course.people.urls")),
    path("", include("course.work.urls")),
    path("", include("course.authoring.urls")),
    path("", include("course.tracking.urls")),
    path("", include("course.gradebook.urls")),
    path("", include("course.review.urls")),
    path("", include("course.lesson.urls")),
    path("", include("course.lms.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("admin/", admin.site.urls),
]
handler400 = "course.errors.bad_request"
handler403 = "course.errors.forbidden"
handler404 = "course.errors.not_found"
handler500 = "course.errors.server_error"
