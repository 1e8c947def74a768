"""Signing in and out, signing up, passwords, and the first page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from course.people.access import enrolments_of, may_make_courses
from course.people.cast import logins
from course.people.forms import JoinForm, NewPasswordForm, SignUpForm
from course.people.guessing import note_failure, refuse_guessing
from course.people.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The user's courses, or what this site is."""
    places = list(enrolments_of(request.user))
    context = {
        "enrolments": [place for place in places if not place.course.archived],
        "archived": [place for place in places if place.course.archived],
        "join_url": reverse("sign-up"),
        "may_make_courses": may_make_courses(request.user),
    }
    return render(request, "home.html", context)


class SignIn(LoginView):
    """Name and password; too many wrong ones and it pauses."""

    template_name = "people/sign_in.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse a guesser before the password is looked at."""
        refuse_guessing(request, request.POST.get("username", ""))
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Count what was wrong."""
        note_failure(self.request, self.request.POST.get("username", ""))
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """A demo shows its logins."""
        return super().get_context_data(**kwargs) | {"demo_logins": logins() if settings.DEMO else ()}


class ChangePassword(PasswordChangeView):
    """The old password and a new one; the old one cannot be guessed here either."""

    form_class = NewPasswordForm
    template_name = "people/password.html"
    success_url = reverse_lazy("password-done")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse a guesser before the old password is looked at."""
        refuse_guessing(request, request.user.get_username())
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: PasswordChangeForm) -> HttpResponse:
        """Count a wrong old password."""
        if form.has_error("old_password"):
            note_failure(self.request, self.request.user.get_username())
        return super().form_invalid(form)


@require_safe
def password_done(request: HttpRequest) -> HttpResponse:
    """It is changed."""
    return render(request, "people/password_done.html")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """A new account in a course; who is signed in joins the course with the account that is there."""
    if request.method == "POST":
        refuse_guessing(request)
    if isinstance(request.user, User):
        return _join(request, request.user)
    form = SignUpForm(request.POST or None)
    if not form.is_valid():
        return _again(request, form, "people/sign_up.html")
    user, course = form.sign_up()
    login(request, user, BACKEND)
    return redirect("course", slug=course.slug)


def _join(request: HttpRequest, user: User) -> HttpResponse:
    form = JoinForm(request.POST or None)
    if not form.is_valid():
        return _again(request, form, "people/join.html")
    return redirect("course", slug=form.join(user).slug)


def _again(request: HttpRequest, form: JoinForm, template: str) -> HttpResponse:
    """The form once more; every refusal counts, since each tells something about codes or names."""
    if form.is_bound:
        note_failure(request)
    return render(request, template, {"form": form})
