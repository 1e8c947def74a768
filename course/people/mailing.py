"""Invitations by mail. The site's worker sends a few at a time, so that verdicts never wait behind them."""

from __future__ import annotations

import logging
from smtplib import SMTPException, SMTPRecipientsRefused
from urllib.parse import urljoin

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from django.utils.translation import gettext as _

from course.people.invitations import ends, link_of, unsent_in
from course.people.models import Course, Invitation

log = logging.getLogger(__name__)
AT_ONCE = 5
LONGEST_REFUSAL = 200


def send_some(course: Course, base: str) -> int:
    """Send the next few of a course, with links under the address ``base``; how many are still to be sent.

    An address that the server refuses is noted and not tried again; when the server itself fails, nothing
    more is sent, and asking again goes on where it stopped.
    """
    some = list(unsent_in(course).select_related("user", "course")[:AT_ONCE])
    try:
        with get_connection() as connection:
            for invitation in some:
                _send(invitation, base, connection)
    except (SMTPException, OSError) as error:
        log.error("No mail could be sent: %s", error)
        return 0
    return unsent_in(course).count()


def _send(invitation: Invitation, base: str, connection: BaseEmailBackend) -> None:
    try:
        message_of(invitation, base, connection).send()
    except SMTPRecipientsRefused as error:
        invitation.refused = str(error)[:LONGEST_REFUSAL]
    invitation.mailed_at = timezone.now()
    invitation.save(update_fields=["mailed_at", "refused"])


def message_of(invitation: Invitation, base: str, connection: BaseEmailBackend | None = None) -> EmailMessage:
    """What one is sent."""
    user = invitation.user
    told = {
        "name": user.get_full_name() or user.get_username(),
        "course": invitation.course.title,
        "username": user.get_username(),
        "link": link_of(invitation, lambda path: urljoin(base, path)),
        "until": timezone.localtime(ends(invitation)).strftime("%Y-%m-%d"),
    }
    subject = " ".join((_("Your place in %(course)s") % told).split())
    body = _(
        "Hello %(name)s,\n\nyou have a place in the course “%(course)s”. Choose a password here:\n\n"
        "%(link)s\n\n"
        "The link works once, until %(until)s. From then on you sign in as %(username)s.\n"
    )
    return EmailMessage(subject, body % told, to=[user.email], connection=connection)
