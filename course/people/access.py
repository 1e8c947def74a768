"""Who may do what: every view asks here, and gets the row or a refusal.

Somebody outside a course gets the same 404 as for a course that is not there; somebody inside it who lacks
the role gets a 403.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from course.authoring.models import Document
from course.lms.models import Context, Membership
from course.people.models import Content, Course, Data, Enrolment, Role, User
from course.review.models import Request, RequestKind
from course.work.models import Assignment, Item, Submission

Someone = User | AnonymousUser


class Signed(HttpRequest):
    """A request that came past the sign-in."""

    user: User


def enrolments_of(user: Someone) -> QuerySet[Enrolment]:
    """The user's places in courses, by the courses' titles."""
    return (
        Enrolment.objects.filter(user_id=user.pk or 0, active=True)
        .select_related("course")
        .order_by("course__title", "pk")
    )


def enrolment_for(user: Someone, slug: str) -> Enrolment:
    """The user's place in the course; 404 for everyone outside it."""
    places = Enrolment.objects.select_related("course", "accommodation").filter(active=True)
    enrolment = get_object_or_404(places, user=user.pk or 0, course__slug=slug)
    enrolment.user = user  # type: ignore[assignment]  # nobody but a user has a place
    enrolment.previewing = enrolment.is_staff and enrolment.user.previewing == slug
    return enrolment


def staff_for(
    user: Someone, slug: str, *, content: Content = Content.NONE, data: Data = Data.NONE
) -> Enrolment:
    """The same for a page of the staff, with at least these rights on the two axes; 403 without them."""
    enrolment = enrolment_for(user, slug)
    if not enrolment.is_staff or enrolment.content < content or enrolment.data < data:
        raise PermissionDenied
    return enrolment


def previewer_for(user: Someone, slug: str) -> Enrolment:
    """The place of one of the staff who may see the course as a student does; whether or not they do now."""
    enrolment = enrolment_for(user, slug)
    enrolment.previewing = False
    if not enrolment.is_staff or enrolment.content < Content.VIEWER:
        raise PermissionDenied
    return enrolment


def people_manager(user: Someone, slug: str) -> Enrolment:
    """The same for who may change the course's people: an owner who sees the students' work."""
    return staff_for(user, slug, content=Content.OWNER, data=Data.VIEWER)


def people_of(enrolment: Enrolment) -> QuerySet[Enrolment]:
    """Everybody in the course of one who may see them: students and staff, and those who have left."""
    if enrolment.data < Data.VIEWER:
        raise PermissionDenied
    rows = Enrolment.objects.filter(course_id=enrolment.course_id)
    return rows.select_related("user", "section", "accommodation")


def place_for(enrolment: Enrolment, pk: int) -> Enrolment:
    """One of them; 404 for somebody of another course."""
    place = get_object_or_404(people_of(enrolment).select_related("user__invitation"), pk=pk)
    place.course = enrolment.course
    return place


def refuse_making_courses(user: Someone) -> None:
    """Raise PermissionDenied unless the site lets this person make courses (permission people.add_course)."""
    if not may_make_courses(user):
        raise PermissionDenied


def may_make_courses(user: Someone) -> bool:
    """Whether the site lets this person make courses: given in the admin, to a person or a group."""
    return user.has_perm("people.add_course")


def students_of(course: Course) -> QuerySet[Enrolment]:
    """The places of the students, also of those who have left. Nobody else is counted in any figure."""
    return Enrolment.objects.filter(course=course, role=Role.STUDENT)


def student_in(enrolment: Enrolment, user: int) -> Enrolment:
    """The place of a student in the course of one who sees the students' work; 404 for anybody else."""
    if enrolment.data < Data.VIEWER:
        raise PermissionDenied
    places = Enrolment.objects.filter(course=enrolment.course_id, role=Role.STUDENT)
    return get_object_or_404(places.select_related("user", "section"), user=user)


def item_for(enrolment: Enrolment, pk: int) -> Item:
    """An item of the enrolment's course; 404 for an item of another course."""
    items = Item.objects.select_related("assignment__course", "exercise").defer("exercise__document")
    return get_object_or_404(items, pk=pk, assignment__course_id=enrolment.course_id)


def document_for(enrolment: Enrolment, pk: int) -> Document:
    """A document of the enrolment's course; 404 for one of another course."""
    documents = Document.objects.select_related("course")
    return get_object_or_404(documents, pk=pk, course_id=enrolment.course_id)


def assignment_for(enrolment: Enrolment, pk: int) -> Assignment:
    """An assignment of the enrolment's course; 404 for one of another, and for students a hidden one."""
    found = get_object_or_404(Assignment.objects.select_related("course"), pk=pk, course=enrolment.course_id)
    if found.hidden and not enrolment.is_staff:
        raise Http404
    return found


def own_submission(user: Someone, pk: UUID) -> tuple[Enrolment, Submission]:
    """A submission of the user's own, with the place in its course; 404 for anybody else's."""
    submission = get_object_or_404(_submissions(), pk=pk, attempt__user_id=user.pk)
    return enrolment_for(user, submission.attempt.item.assignment.course.slug), submission


def tracked_submissions(enrolment: Enrolment) -> QuerySet[Submission]:
    """What students handed in in the course of one who sees their work, the newest first."""
    staff = Enrolment.objects.filter(course_id=enrolment.course_id, role=Role.INSTRUCTOR)
    found = _handed_in(enrolment).exclude(attempt__user_id__in=staff.values("user_id"))
    return found.order_by("-queued_at", "-pk")


def _handed_in(enrolment: Enrolment) -> QuerySet[Submission]:
    if enrolment.data < Data.VIEWER:
        raise PermissionDenied
    return _submissions().filter(attempt__item__assignment__course_id=enrolment.course_id)


def tracked_submission(enrolment: Enrolment, pk: UUID) -> Submission:
    """One of them, or of the staff's own; 404 for a submission in another course."""
    found = _handed_in(enrolment).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def inbox_of(enrolment: Enrolment) -> QuerySet[Request]:
    """What one of the staff may read of the students' requests; 403 for one who may read none.

    Requests about answers are for those who see the students' work, reports of problems for editors.
    """
    kinds = [RequestKind.REGRADE] if enrolment.data >= Data.VIEWER else []
    kinds += [RequestKind.PROBLEM] if enrolment.content >= Content.EDITOR else []
    if not enrolment.is_staff or not kinds:
        raise PermissionDenied
    return _requests().filter(course=enrolment.course_id, kind__in=kinds)


def request_for(enrolment: Enrolment, pk: int) -> Request:
    """A request of one's own, or one of the inbox; 404 for any other."""
    own = Q(user=enrolment.user_id, course=enrolment.course_id)
    if enrolment.is_staff:
        seen = Q(kind=RequestKind.REGRADE, course=enrolment.course_id) if enrolment.data else Q(pk__in=[])
        if enrolment.content >= Content.EDITOR:
            seen |= Q(kind=RequestKind.PROBLEM, course=enrolment.course_id)
        own |= seen
    return get_object_or_404(_requests().filter(own), pk=pk)


def may_close(enrolment: Enrolment, request: Request) -> bool:
    """Whether this person may answer a request for the staff, and close it."""
    if request.kind == RequestKind.REGRADE:
        return enrolment.data >= Data.GRADER
    return enrolment.content >= Content.EDITOR


def _requests() -> QuerySet[Request]:
    rows = Request.objects.select_related("user", "closed_by", "submission__attempt", "item__exercise")
    return rows.select_related("item__assignment").defer("item__exercise__document")


def submissions_newest() -> QuerySet[Submission]:
    """All submissions of the site, the newest first; what of them is seen is for the caller to narrow."""
    return _submissions().order_by("-queued_at", "-pk")


def _submissions() -> QuerySet[Submission]:
    return Submission.objects.select_related(
        "attempt__user", "attempt__item__assignment__course", "attempt__item__exercise"
    ).defer("attempt__item__exercise__document")


def own_courses(user: Someone) -> QuerySet[Course]:
    """The courses that the user owns and that go on."""
    mine = Enrolment.objects.filter(user_id=user.pk or 0, active=True, content=Content.OWNER)
    return Course.objects.filter(archived=False, enrolments__in=mine).order_by("title", "pk")


def context_for(user: Someone, pk: int) -> tuple[Context, bool]:
    """A course in an LMS from which the user came, and whether they teach there; 404 for any other."""
    rows = Membership.objects.select_related("context__course", "context__deployment__registration")
    found = get_object_or_404(rows, context=pk, identity__user_id=user.pk or 0)
    return found.context, found.content >= Content.EDITOR
