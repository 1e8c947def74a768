"""Sending what waits: one sending in flight for a grade, times that only grow, each answer read back."""

from __future__ import annotations

import logging
import random
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from course.lms.answers import LOCKED_AFTER, Meaning, is_same, meaning, result_of, retry_after
from course.lms.comparing import compare, due_contexts
from course.lms.models import LineItem, Push, PushState, Registration
from course.lms.service import Service, ServiceError, score_of, token_for
from course.lms.wire import Reply, UnreachableError

log = logging.getLogger(__name__)
AT_ONCE = 40  # grades that one round sends
ROUND = 20.0  # seconds that a round may begin new ones
LEASE = timedelta(minutes=3)  # a sender that has not come back by then has died
SPACING = 5  # seconds between two sendings of one grade
FIRST_WAIT, LONGEST_WAIT = 10.0, 3600.0  # seconds before it is tried again
GIVE_UP = timedelta(hours=24)


def round_trip() -> int:
    """Compare, then send what is due for so long as a round may take; how many were sent."""
    for context in due_contexts():
        compare(context)
    end, sent = time.monotonic() + ROUND, 0
    for pk in _due():
        if time.monotonic() > end:
            break
        sent += push(pk)
    return sent


def _due() -> list[int]:
    now = timezone.now()
    free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - LEASE)
    platform = "line_item__context__deployment__registration"
    open_ = Q(**{f"{platform}__paused_until__isnull": True}) | Q(**{f"{platform}__paused_until__lt": now})
    waiting = Push.objects.filter(free, open_, state=PushState.WAITING, next_at__lte=now)
    waiting = waiting.filter(line_item__context__sends=True)
    return list(waiting.order_by("next_at", "pk").values_list("pk", flat=True)[:AT_ONCE])


def push(pk: int) -> bool:
    """Send one grade, if nobody else does just now and its platform is not to be left alone."""
    claim = timezone.now()
    free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=claim - LEASE)
    if not Push.objects.filter(free, pk=pk, state=PushState.WAITING).update(claimed_at=claim):
        return False
    row = Push.objects.select_related(
        "identity", "line_item__assignment", "line_item__context__deployment__registration"
    ).get(pk=pk)
    registration = row.line_item.context.deployment.registration
    try:
        if registration.paused_until is None or registration.paused_until <= timezone.now():
            Sending(row, registration).run()
    finally:
        Push.objects.filter(pk=pk, claimed_at=claim).update(claimed_at=None)
    return True


class Sending:
    """One grade on its way. What it finds out is written only for the version that it sent."""

    def __init__(self, row: Push, registration: Registration) -> None:
        self.row, self.registration = row, registration
        self.first = row.sent_at is None

    def run(self) -> None:
        """Find the column, send, read back."""
        try:
            service = Service(token_for(self.registration))
            reply = self._send(service, self._column(service))
            if meaning(reply) is Meaning.NO_TOKEN:
                service = Service(token_for(self.registration, fresh=True))
                reply = self._send(service, self._column(service))
            self._settle(service, reply)
        except UnreachableError as error:
            self._later(f"no answer: {error}", pause=True)
        except ServiceError as error:
            self._later(error.words, pause=bool(error.status))

    def _column(self, service: Service) -> str:
        item = self.row.line_item
        if not item.url:
            free = Q(making_at__isnull=True) | Q(making_at__lt=timezone.now() - LEASE)
            if not LineItem.objects.filter(free, pk=item.pk, url="").update(making_at=Now()):
                raise ServiceError("its column is being made")  # by another sender: two would make two
            try:
                item.url = service.column(item, item.context.columns_url, self.row.possible)
                LineItem.objects.filter(pk=item.pk).update(url=item.url)
            finally:
                LineItem.objects.filter(pk=item.pk).update(making_at=None)
        return item.url

    def _send(self, service: Service, column: str, least: int = 0) -> Reply:
        """With a time in whole seconds, later than any before and not to come; kept before it is sent."""
        second = max(int(time.time()), self.row.last_second + 1, least)
        if second > time.time() + 1:
            raise ServiceError("waits for its second")
        self.row.last_second = second
        Push.objects.filter(pk=self.row.pk).update(last_second=second, sent_at=Now(), tries=F("tries") + 1)
        self.row.tries += 1
        subject = self.row.identity.subject
        points, possible = self.row.points, self.row.possible
        return service.send(column, score_of(subject, points, possible, second, first=self.first))

    def _settle(self, service: Service, reply: Reply) -> None:
        """From the answer to a score to what became of the grade."""
        means = meaning(reply)
        if means is Meaning.READ_BACK:
            self._read_back(service, reply)
        elif means is Meaning.NOT_NEWER:
            self._not_newer(service, reply)
        elif means is Meaning.NO_PERSON:
            self._end(PushState.NO_PERSON, reply)
        elif means is Meaning.NO_COLUMN:
            self._no_column(reply)
        elif means in {Meaning.DENIED, Meaning.NO_TOKEN}:
            self._end(PushState.DENIED, reply)
        elif means is Meaning.LATER:
            self._later(_said(reply), pause=True, wait=retry_after(reply, 60.0))
        elif reply.status == 500 and self.row.tries >= LOCKED_AFTER:
            self._end(PushState.LOCKED, reply)
        else:
            self._later(_said(reply), pause=reply.status >= 501)

    def _read_back(self, service: Service, reply: Reply) -> None:
        """A 200 does not say that the grade is shown; the result does."""
        Registration.objects.filter(pk=self.registration.pk).update(faults=0, paused_until=None)
        answer = service.results(self.row.line_item.url, self.row.identity.subject)
        result = result_of(answer, self.row.identity.subject, self.row.possible)
        if result is None:  # it took the score and does not let us read: that is all there is to know
            self._end(PushState.CONFIRMED, reply, words="taken; the LMS does not let us read it back")
        elif is_same(result, self.row.points):
            self._end(PushState.CONFIRMED, reply, shown=result.points)
        else:
            self._end(PushState.DIFFERS, reply, shown=result.points)

    def _not_newer(self, service: Service, reply: Reply) -> None:
        """The platform has a later time than ours: what it shows is right, or one more sending is."""
        answer = service.results(self.row.line_item.url, self.row.identity.subject)
        result = result_of(answer, self.row.identity.subject, self.row.possible)
        if result is not None and is_same(result, self.row.points):
            self._end(PushState.CONFIRMED, reply, shown=result.points)
            return
        least = _second(result.at) + 1 if result is not None and result.at else self.row.last_second + 1
        if least > time.time() + 1:
            self._later(_said(reply), pause=False, wait=min(least - time.time(), LONGEST_WAIT))
            return
        time.sleep(max(0.0, least - time.time()))
        again = self._send(service, self.row.line_item.url, least)
        if meaning(again) is Meaning.NOT_NEWER:
            self._later(_said(again), pause=False)
        else:
            self._settle(service, again)

    def _no_column(self, reply: Reply) -> None:
        """Once, look for the column anew; if that is gone as well, a person has to say."""
        if self.row.tries > 1:
            self._end(PushState.NO_COLUMN, reply)
            return
        LineItem.objects.filter(pk=self.row.line_item_id, url=self.row.line_item.url).update(url="")
        self._later(_said(reply), pause=False, wait=SPACING)

    def _mine(self) -> Any:
        return Push.objects.filter(pk=self.row.pk, version=self.row.version)

    def _end(self, state: PushState, reply: Reply, *, shown: Decimal | None = None, words: str = "") -> None:
        said = words or ("" if reply.is_good else _said(reply))
        self._mine().update(state=state, status=reply.status, words=said[:200], shown=shown)
        soon = timezone.now() + timedelta(seconds=SPACING)
        Push.objects.filter(pk=self.row.pk).update(next_at=soon)

    def _later(self, words: str, *, pause: bool, wait: float | None = None) -> None:
        """Try again after a while that doubles, with some chance in it; after a day a person has to look."""
        if timezone.now() - self.row.since > GIVE_UP:
            self._mine().update(state=PushState.GIVEN_UP, words=words[:200])
            return
        if wait is None:
            wait = min(FIRST_WAIT * 2 ** min(self.row.tries, 9), LONGEST_WAIT) * random.uniform(0.8, 1.2)  # noqa: S311
        until = timezone.now() + timedelta(seconds=wait)
        self._mine().update(words=words[:200], next_at=until)
        if pause:
            log.warning("Grades for %s wait: %s", self.registration, words)
            rest = min(FIRST_WAIT * 2 ** min(self.registration.faults, 9), LONGEST_WAIT)
            Registration.objects.filter(pk=self.registration.pk).update(
                faults=F("faults") + 1, paused_until=timezone.now() + timedelta(seconds=max(rest, wait))
            )


def _said(reply: Reply) -> str:
    return f"{reply.status} {reply.text}".strip()


def _second(stamp: str) -> int:
    """Whole seconds of a platform's time; 0 for what is none."""
    try:
        when = datetime.fromisoformat(stamp)
    except ValueError:
        return 0
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp())
