"""The way in for people whom a roster brought: a link to choose a password, good once and for sixty days.

The link is signed and names the invitation's nonce. Only accounts that this course made have one, and
none that teaches elsewhere. After it was used there is another only for a student whose account opens nothing
but this course (``details.may_invite``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.core.paginator import Paginator
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from course.celery import RECORDS
from course.errors import Refused
from course.people import journal
from course.people.access import Signed, people_manager
from course.people.forms import AGAIN, PASSWORD_HELP
from course.people.models import Course, Enrolment, Invitation, User, new_nonce
from course.people.people import waiting_in
from course.people.roster.writing import MARK, csv_line
from course.work import sending

GOOD_FOR = timedelta(days=60)
PER_PAGE = 50
BACKEND = "django.contrib.auth.backends.ModelBackend"
signer = Signer(salt="course.people.invitation")
Address = Callable[[str], str]


def link_of(invitation: Invitation, absolute: Address) -> str:
    """Its whole address."""
    token = signer.sign_object([invitation.user_id, invitation.nonce])
    return absolute(reverse("invitation", args=[token]))


def ends(invitation: Invitation) -> Any:
    """When the link stops working."""
    return invitation.made_at + GOOD_FOR


def renew(invitation: Invitation) -> None:
    """Make another link; the former one is void. A password that was chosen holds until it is used."""
    invitation.nonce, invitation.made_at = new_nonce(), timezone.now()
    invitation.mailed_at = invitation.used_at = None
    invitation.refused = ""
    invitation.save()


def read_token(token: str) -> Invitation:
    """The invitation that a link means; raises Refused (404, 410) in words."""
    try:
        user, nonce = signer.unsign_object(token)
    except (BadSignature, ValueError):
        raise Refused(404, _("No invitation"), _("This link is not whole. Copy all of it.")) from None
    found = Invitation.objects.select_related("user", "course").filter(user=user).first()
    if found is None or found.nonce != nonce or timezone.now() > ends(found):
        detail = _("This link is void or too old. Ask your instructor for a new one.")
        raise Refused(410, _("No invitation"), detail)
    if found.used_at is not None:
        detail = _("This link was used already. Sign in with the password that was chosen then.")
        raise Refused(410, _("Used already"), detail)
    return found


class ChoosePasswordForm(SetPasswordForm):  # type: ignore[type-arg]  # no [User] at run time
    """A first password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = _("Password")
        self.fields["new_password1"].help_text = PASSWORD_HELP
        self.fields["new_password2"].label, self.fields["new_password2"].help_text = AGAIN, ""


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a password, and be in the course."""
    invitation = read_token(token)
    form = ChoosePasswordForm(invitation.user, request.POST or None)
    if not form.is_valid():
        context = {"form": form, "invited": invitation.user, "course": invitation.course}
        return render(request, "people/invitation.html", context)
    _use(invitation, form)
    login(request, invitation.user, BACKEND)
    here = Enrolment.objects.filter(user=invitation.user, course=invitation.course, active=True).exists()
    return redirect("course", slug=invitation.course.slug) if here else redirect("home")


@transaction.atomic
def _use(invitation: Invitation, form: ChoosePasswordForm) -> None:
    """Once: of two at the same time the second is refused."""
    unused = Invitation.objects.filter(pk=invitation.pk, nonce=invitation.nonce, used_at=None)
    if not unused.update(used_at=timezone.now()):
        raise Refused(410, _("Used already"), _("This link was used already."))
    user: User = form.save()
    journal.note(invitation.course, user, "people.accepted", whom=user)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitations(request: Signed, slug: str) -> HttpResponse:
    """Whoever has not signed in yet, each with the link; a POST sends the links by mail."""
    enrolment = people_manager(request.user, slug)
    if request.method == "POST":
        return _mail(request, enrolment)
    rows = waiting_in(enrolment.course).select_related("user").order_by("user__last_name", "pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    lines = [{"invitation": one, "link": link_of(one, request.build_absolute_uri)} for one in page]
    context = {"course": enrolment.course, "enrolment": enrolment, "here": "people", "page_obj": page}
    context |= {"lines": lines, "days": GOOD_FOR.days, "may_mail": bool(settings.MAIL)}
    context["unsent"] = unsent_in(enrolment.course).count() if settings.MAIL else 0
    return render(request, "people/invitations.html", context)


def unsent_in(course: Course) -> QuerySet[Invitation]:
    """Invitations that nobody used, of people with an e-mail to whom none was sent yet."""
    return waiting_in(course).filter(mailed_at=None).exclude(user__email="").order_by("pk")


def _mail(request: Signed, enrolment: Enrolment) -> HttpResponse:
    """Have the site's worker send them, a few at a time."""
    course = enrolment.course
    if not settings.MAIL:
        raise Refused(409, _("No mail"), _("This site sends no mail. Take the links from the CSV."))
    number, base = unsent_in(course).count(), request.build_absolute_uri("/")
    if number and not sending.sender.send("course.invite", [course.pk, base], RECORDS):
        raise Refused(503, _("Not now"), _("No mail can be sent at the moment. Nothing is lost; try again."))
    journal.note(course, request.user, "people.mailed", mails=number)
    messages.success(request, _("%(number)d mails are on their way.") % {"number": number})
    return redirect("invitations", slug=course.slug)


@require_safe
@never_cache
def invitations_csv(request: Signed, slug: str) -> StreamingHttpResponse:
    """The same as a file, for a mail merge."""
    course = people_manager(request.user, slug).course
    rows = waiting_in(course).select_related("user").order_by("user__last_name", "pk")
    lines = _lines(rows.iterator(chunk_size=500), request.build_absolute_uri)
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{slug}-invitations.csv"'
    return answer


def _lines(rows: Iterator[Invitation], absolute: Address) -> Iterator[str]:
    yield MARK + csv_line(["First name", "Last name", "E-mail", "Username", "Link", "Good until"])
    for one in rows:
        user, until = one.user, date_format(timezone.localtime(ends(one)), "Y-m-d")
        named = [user.first_name, user.last_name, user.email, user.username]
        yield csv_line([*named, link_of(one, absolute), until])
