"""Every address of the site."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import include, path, register_converter
from django.urls.converters import IntConverter

from course import health
from course.people import views as people
from course.tracking import views as tracking
from course.work import views as work


class RowConverter(IntConverter):
    """The number of a row, of at most nine digits: a longer one fits no database's integer."""

    regex = "[0-9]{1,9}"


register_converter(RowConverter, "row")

urlpatterns = [
    path("", people.home, name="home"),
    path("sign-in/", people.SignIn.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("sign-up/", people.sign_up, name="sign-up"),
    path("password/", people.ChangePassword.as_view(), name="password"),
    path("password/done/", people.password_done, name="password-done"),
    path("c/<slug:slug>/", work.course, name="course"),
    path("c/<slug:slug>/i/<row:item>/", work.exercise, name="exercise"),
    path("c/<slug:slug>/i/<row:item>/submit", work.submit, name="submit"),
    path("c/<slug:slug>/i/<row:item>/draft", work.draft, name="draft"),
    path("c/<slug:slug>/i/<row:item>/variant", work.renew, name="variant"),
    path("s/<uuid:submission>/", work.verdict, name="verdict"),
    path("c/<slug:slug>/submissions/", tracking.submissions, name="submissions"),
    path("c/<slug:slug>/submissions/<uuid:submission>/", tracking.submission, name="submission"),
    path("", include("course.lesson.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("admin/", admin.site.urls),
]
handler400 = "course.errors.bad_request"
handler403 = "course.errors.forbidden"
handler404 = "course.errors.not_found"
handler500 = "course.errors.server_error"
