"""The least that a page of this site can do: answer a signed-in person; store one row for one."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from course.work.models import State, Submission


def null(request: HttpRequest) -> HttpResponse:
    """Nothing, for somebody who is signed in."""
    return HttpResponse(request.user.get_username())


@require_POST
def insert(request: HttpRequest) -> HttpResponse:
    """One row of the table that submissions go to, for somebody who is signed in.

    Its state is one that the sweeper leaves alone.
    """
    key = uuid.uuid4()
    with transaction.atomic():
        Submission.objects.create(
            attempt_id=int(request.POST["attempt"]),
            number=key.int % 2**31,
            key=key.hex,
            answers={"a": request.user.get_username()},
            digest="",
            state=State.FAILED,
        )
    return HttpResponse(status=204)
