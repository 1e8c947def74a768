"""Invitations by mail: a few at a time, each once, and what the server refuses is said."""

from __future__ import annotations

from collections.abc import Callable
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from course import environment
from course.people import mailing
from course.people.models import Course, Entry, Invitation, RosterImport, User
from course.people.roster.applying import import_roster
from course.people.roster.rows import read_roster
from course.people.tasks import invite
from tests.conftest import Post

PAGE = "/c/backprop/people/invitations/"


@pytest.fixture
def invited(demo: Course, settings: LazySettings) -> Course:
    """Seven people with an e-mail and one without, on a site that can send mail."""
    settings.MAIL = {"EMAIL_HOST": "mail"}
    lines = [f"P,{n},p{n}@uni.edu,{n}" for n in range(7)]
    roster = read_roster("\n".join(["first,last,email,student number", *lines, "Q,,,99"]))
    import_roster(RosterImport(course=demo), roster, None)
    return demo


def deliver(post: Post) -> None:
    """The worker does what was sent to it."""
    while post.messages:
        task, arguments = post.messages.pop(0)
        assert task == "course.invite"
        invite(*arguments)


def test_everybody_with_an_e_mail_gets_one_mail_whose_link_lets_in(
    invited: Course, browser_of: Callable[[str], Client], post: Post
) -> None:
    owner = browser_of("instructor")
    assert "Send 7 by mail" in owner.get(PAGE).content.decode()
    assert owner.post(PAGE)["Location"] == PAGE
    deliver(post)
    assert sorted(message.to[0] for message in mail.outbox) == [f"p{n}@uni.edu" for n in range(7)]
    first = mail.outbox[0]
    assert first.subject == "Your place in Backpropagation"
    link = next(line for line in first.body.splitlines() if line.startswith("http"))
    assert "Choose a password" in Client().get(link).content.decode()
    page = owner.get(PAGE).content.decode()
    assert "by mail" not in page
    assert "no e-mail" in page
    assert Entry.objects.get(what="people.mailed").about == {"mails": 7}
    owner.post(PAGE)
    deliver(post)
    assert len(mail.outbox) == 7


def test_a_few_are_sent_at_a_time_so_that_verdicts_go_between(invited: Course, post: Post) -> None:
    assert mailing.send_some(invited, "https://learn.example.org/") == 2
    assert len(mail.outbox) == mailing.AT_ONCE
    assert "https://learn.example.org/invitation/" in mail.outbox[0].body


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception, address: str) -> None:
    send = mail.EmailMessage.send

    def fail(message: mail.EmailMessage, *arguments: Any) -> int:
        if message.to == [address]:
            raise error
        return send(message, *arguments)

    monkeypatch.setattr(mail.EmailMessage, "send", fail)


def test_a_refused_address_is_said_and_holds_nobody_up(
    invited: Course, browser_of: Callable[[str], Client], post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, SMTPRecipientsRefused({"p0@uni.edu": (550, b"no such user")}), "p0@uni.edu")
    invite(invited.pk, "http://x/")
    deliver(post)
    assert len(mail.outbox) == 6
    assert "no such user" in browser_of("instructor").get(PAGE).content.decode()


def test_when_the_server_fails_nothing_is_lost(
    invited: Course, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, SMTPServerDisconnected("gone"), "p2@uni.edu")
    invite(invited.pk, "http://x/")
    assert (len(mail.outbox), post.messages) == (2, [])
    monkeypatch.undo()
    assert Invitation.objects.filter(mailed_at=None).count() == 6


def test_a_course_title_cannot_put_lines_into_a_header(invited: Course) -> None:
    invited.title = "A\r\nBcc: all@uni.edu"
    invited.save()
    one = Invitation.objects.select_related("user", "course").first()
    assert one is not None
    assert mailing.message_of(one, "http://x/").subject == "Your place in A Bcc: all@uni.edu"


def test_a_site_without_a_mail_server_offers_and_sends_none(
    demo: Course, browser_of: Callable[[str], Client], post: Post
) -> None:
    import_roster(RosterImport(course=demo), read_roster("email\nada@uni.edu\n"), None)
    owner = browser_of("instructor")
    assert "by mail" not in owner.get(PAGE).content.decode()
    assert owner.post(PAGE).status_code == 409
    assert post.messages == []


def test_when_the_broker_is_away_nothing_is_promised(
    invited: Course, browser_of: Callable[[str], Client], post: Post
) -> None:
    post.away = True
    assert browser_of("instructor").post(PAGE).status_code == 503
    assert not Entry.objects.filter(what="people.mailed").exists()
    assert User.objects.filter(email="p0@uni.edu").exists()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("smtp://mail", ("mail", 25, "", False, False)),
        ("smtp+tls://me:p%40ss@mail.example.org", ("mail.example.org", 587, "p@ss", True, False)),
        ("smtps://me:x@mail:4650", ("mail", 4650, "x", False, True)),
    ],
)
def test_a_mail_server_is_named_by_an_address(
    monkeypatch: pytest.MonkeyPatch, value: str, expected: tuple[object, ...]
) -> None:
    monkeypatch.setenv("MAIL_URL", value)
    names = ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_PASSWORD", "EMAIL_USE_TLS", "EMAIL_USE_SSL")
    found = environment.mail("MAIL_URL")
    assert tuple(found[name] for name in names) == expected


@pytest.mark.parametrize("value", ["mail.example.org", "http://mail", "smtp://", "smtp://mail:port"])
def test_a_mail_server_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("MAIL_URL", value)
    with pytest.raises(ImproperlyConfigured, match="MAIL_URL"):
        environment.mail("MAIL_URL")
    monkeypatch.delenv("MAIL_URL")
    assert environment.mail("MAIL_URL") == {}
