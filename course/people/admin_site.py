"""Django's admin behind the site's own sign-in: there is no second door at which passwords can be guessed."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.apps import AdminConfig
from django.contrib.admin.sites import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from course.errors import Refused


class Site(AdminSite):
    """The admin without forms of its own that take a password."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff may; who is signed in and is not staff gets a 403, since signing in again would not help."""
        allowed = super().has_permission(request)
        if request.user.is_authenticated and not allowed:
            detail = _("This part is for those who look after the site.")
            raise Refused(403, _("Not for you"), detail)
        return allowed

    @method_decorator(never_cache)
    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The site's sign-in, and from there back to the page that was asked for."""
        inside = reverse("admin:index", current_app=self.name)
        asked_for = request.GET.get(REDIRECT_FIELD_NAME) or inside
        if self.has_permission(request):
            return redirect(inside)
        return redirect(reverse("sign-in", query={REDIRECT_FIELD_NAME: asked_for}))

    def password_change(  # type: ignore[override]  # the base class knows its own page only
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The site's page for it."""
        return redirect("password")


class Config(AdminConfig):
    """Django's admin with the site above."""

    default_site = "course.people.admin_site.Site"
