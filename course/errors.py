"""Refusals: what a request may not have or do, as a page that says what and why."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _


class Refused(Exception):  # noqa: N818 - it is an answer, not a fault of the program
    """An answer with a 4xx status. ``detail`` says what is wrong, where, and what to do."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(title, detail)
        self.status, self.title, self.detail = status, title, detail


class OneLine(logging.Filter):
    """A refusal is one line of the log: a traceback belongs to faults of the program only."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true; takes the traceback from what answered 4xx."""
        if getattr(record, "status_code", 500) < 500:
            record.exc_info = None
        return True


def page(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The refusal as a page; a script finds its sentence in ``#error-detail``."""
    context = {"status": refused.status, "title": refused.title, "detail": refused.detail}
    response = render(request, "error.html", context, status=refused.status)
    if refused.status == 429:
        response.headers["Retry-After"] = "60"
    return response


class RefusalPages:
    """Turns a Refused that a view raised into its page."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.respond(request)
        if response.status_code == 405:
            return _not_allowed(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """None: somebody else's exception."""
        return page(request, exception) if isinstance(exception, Refused) else None


def _not_allowed(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    detail = _("This address does not take %(method)s.") % {"method": request.method}
    refusal = page(request, Refused(405, _("Not that way"), detail))
    refusal.headers["Allow"] = response.headers.get("Allow", "")
    return refusal


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Handler of 400."""
    if isinstance(exception, RequestDataTooBig):
        return page(request, Refused(413, _("Too much text"), _("This request is too large.")))
    return page(request, Refused(400, _("Not understood"), _("The browser sent no proper request.")))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Handler of 403."""
    return page(request, Refused(403, _("Not for you"), _("Your role in this course does not allow this.")))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Handler of 404: the same words for what is not there and for what is not yours."""
    return page(request, Refused(404, _("Not found"), _("There is nothing here, or nothing that is yours.")))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is too old or comes from somewhere else."""
    detail = _(
        "This form is out of date. Go back, reload the page and send it again; what you typed is kept."
    )
    return page(request, Refused(403, _("Out of date"), detail))


def server_error(request: HttpRequest) -> HttpResponse:
    """Handler of 500."""
    detail = _("A fault of ours, not of yours. It has been written down; please try again in a minute.")
    return page(request, Refused(500, _("Something broke"), detail))
