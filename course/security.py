"""What every response forbids the browser, how large a request may be, and who must sign in first."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from course.errors import Refused, page

Respond = Callable[[HttpRequest], HttpResponseBase]

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types frag"
)
ADMIN = "/admin/"  # the stock admin's jQuery needs a default policy: static/js/admin.js
HEADERS = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}
LARGER = ((re.compile(r"/c/[-\w]+/people/import/"), 2_500_000),)  # bytes that these addresses take
DRAINED = 4 * 2**20  # bytes of a body that is too large which are read so that the sender sees the answer


class SecurityHeaders:
    """The same few headers on everything; the admin may have one more Trusted Types policy."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.respond(request)
        for name, value in HEADERS.items():
            response.headers[name] = value
        extra = " default" if request.path.startswith(ADMIN) else ""
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY + extra
        return response


class BodyLimit:
    """Answers 413 to a body larger than BODY_LIMIT (or what LARGER says), before anything reads it."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        limit = next((size for where, size in LARGER if where.match(request.path)), settings.BODY_LIMIT)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) <= limit:
            return self.respond(request)
        left = DRAINED
        while left > 0 and (chunk := request.read(min(left, 65536))):
            left -= len(chunk)
        detail = _("This is larger than %(limit)d kB. Nothing of it was kept.") % {"limit": limit // 1024}
        return page(request, Refused(413, _("Too much text"), detail))


class SignInRequired(LoginRequiredMiddleware):
    """Every view wants a signed-in user, but those marked ``login_not_required``."""

    def handle_no_permission(  # type: ignore[override]  # the base class knows redirects only
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        """A page leads to the sign-in; a script is told."""
        if request.headers.get("X-Fragment"):
            return page(request, Refused(401, _("Signed out"), _("Sign in again, then send this once more.")))
        return super().handle_no_permission(request, view_func)
