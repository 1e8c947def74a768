"""Where people arrive: courses connected or not yet, keys that are turned over, the administrator's page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client

from course.lms.models import Context, Deployment, Registration
from course.people.models import Course, Enrolment, User
from tests.course.lms.conftest import TEACHER, Published, last_reason
from tests.course.lms.platform import IN_COURSE, ISSUER, Tab, claims, public_row, signed


def test_keys_are_read_once_an_hour_however_many_launch(
    tab: Tab, connected: Context, published: Published
) -> None:
    for _launch in range(3):
        assert Tab().launch().status_code == 303
    assert published.asked == 1
    Registration.objects.update(
        keys_at=F("keys_at") - timedelta(minutes=61), keys_tried_at=F("keys_tried_at") - timedelta(minutes=61)
    )
    Tab().launch()
    assert published.asked == 2


def test_a_new_key_is_found_without_anybodys_help(tab: Tab, connected: Context, published: Published) -> None:
    tab.launch()
    published.keys.append(public_row("second"))
    Registration.objects.update(keys_tried_at=F("keys_tried_at") - timedelta(minutes=2))
    again = Tab()
    again.begin()
    assert again.end(signed(claims(again.secrets["nonce"]), "second")).status_code == 303


def test_unknown_key_ids_ask_the_platform_once_a_minute_at_most(
    tab: Tab, connected: Context, published: Published
) -> None:
    for _launch in range(3):
        again = Tab()
        again.begin()
        again.end(signed(claims(again.secrets["nonce"]), kid="nobody's"))
        assert last_reason() == "token-unknown-key"
    assert published.asked == 1


def test_a_platform_whose_keys_cannot_be_read_is_named_and_nothing_breaks(
    tab: Tab, connected: Context, published: Published
) -> None:
    published.away = True
    reply = tab.launch()
    assert (reply.status_code, last_reason()) == (403, "platform-keys-unreachable")
    assert "could not be read just now" in reply.content.decode()


def test_kept_keys_are_good_enough_while_the_platform_is_away(
    tab: Tab, connected: Context, published: Published
) -> None:
    tab.launch()
    Registration.objects.update(
        keys_at=F("keys_at") - timedelta(hours=5), keys_tried_at=F("keys_tried_at") - timedelta(hours=5)
    )
    published.away = True
    assert Tab().launch().status_code == 303


def test_a_student_of_a_course_that_nobody_connected_is_asked_to_wait(tab: Tab) -> None:
    there = tab.launch().headers["Location"]
    reply = tab.client.get(there)
    assert reply.status_code == 200
    assert "Your teacher has not said yet" in reply.content.decode()
    assert tab.client.post(there, {"course": ""}).status_code == 403
    assert Context.objects.get().course is None


def test_a_teacher_connects_a_new_course_and_waiting_students_are_in_it(tab: Tab) -> None:
    tab.launch()
    teacher = Tab()
    there = teacher.launch(**TEACHER).headers["Location"]
    page = teacher.client.get(there).content.decode()
    assert "You come from “Deep learning”" in page
    reply = teacher.client.post(there, {"course": ""}, follow=True)
    course = Context.objects.get().course
    assert course is not None
    assert reply.request["PATH_INFO"] == f"/c/{course.slug}/"
    rights = {e.user.identities.get().subject: (e.role, e.content, e.data) for e in course.enrolments.all()}
    assert rights == {"teacher-1": ("instructor", 3, 2), "person-1": ("student", 0, 0)}


def test_a_teacher_connects_a_course_of_their_own_only(tab: Tab, course: Course) -> None:
    there = tab.launch(**TEACHER).headers["Location"]
    assert course.title not in tab.client.get(there).content.decode()
    assert tab.client.post(there, {"course": course.slug}).status_code == 403
    Enrolment.objects.create(
        course=course,
        user=User.objects.get(identities__subject="teacher-1"),
        role="instructor",
        content=3,
        data=2,
    )
    tab.client.post(there, {"course": course.slug})
    assert Context.objects.get().course == course


def test_a_course_that_is_connected_is_not_connected_again(
    tab: Tab, connected: Context, course: Course
) -> None:
    tab.launch(**TEACHER)
    tab.client.post(f"/lti/connect/{connected.pk}/", {"course": ""})
    connected.refresh_from_db()
    assert connected.course == course


def test_nobody_sees_a_course_of_the_lms_from_which_they_did_not_come(
    tab: Tab, connected: Context, student: Client
) -> None:
    tab.launch()
    assert student.get(f"/lti/connect/{connected.pk}/").status_code == 404


def test_what_the_lms_gave_it_may_take_and_what_people_gave_stays(tab: Tab, connected: Context) -> None:
    def place() -> tuple[str, int, int]:
        found = Enrolment.objects.get(user__identities__subject="teacher-1")
        return found.role, found.content, found.data

    tab.launch(**TEACHER)
    assert place() == ("instructor", 2, 2)
    Tab().launch(**TEACHER | {"lti_roles": [IN_COURSE + "Learner"]})
    assert place() == ("student", 0, 0)
    Enrolment.objects.filter(user__identities__subject="teacher-1").update(
        role="instructor", content=1, data=1
    )
    Tab().launch(**TEACHER)
    assert place() == ("instructor", 1, 1)


def test_a_launch_from_outside_any_course_leads_to_the_start_page(tab: Tab) -> None:
    assert tab.launch(lti_context=None).headers["Location"] == "/"


@pytest.fixture
def administrator(registration: Registration) -> Client:
    user = User.objects.create_superuser("admin", "admin@example.org", "x")
    client = Client()
    client.force_login(user)
    return client


def test_the_administrator_sees_addresses_refusals_and_what_waits(administrator: Client, tab: Tab) -> None:
    tab.launch(lti_deployment_id="8")
    page = administrator.get("/lti/").content.decode()
    for part in (
        "http://testserver/lti/login",
        "/lti/launch",
        "/lti/keys.json",
        "deployment-unknown",
        ISSUER,
    ):
        assert part in page
    waiting = Deployment.objects.get(deployment_id="8")
    administrator.post("/lti/", {"deployment": waiting.pk, "state": "active"})
    waiting.refresh_from_db()
    assert waiting.state == "active"
    administrator.post("/lti/", {"deployment": waiting.pk, "state": "off"})
    assert Tab().launch(lti_deployment_id="8").status_code == 403
    assert last_reason() == "deployment-off"


@pytest.mark.parametrize(
    "sent", [{}, {"deployment": "x", "state": "active"}, {"deployment": "1" * 30, "state": "off"}]
)
def test_a_decision_about_nothing_changes_nothing(administrator: Client, sent: dict[str, str]) -> None:
    assert administrator.post("/lti/", sent).status_code == 302
    assert Deployment.objects.get().state == "active"


def test_a_platform_is_registered_by_hand_in_the_admin(administrator: Client) -> None:
    inline = {"deployments-TOTAL_FORMS": "1", "deployments-INITIAL_FORMS": "0"}
    place = {"deployments-0-deployment_id": "1", "deployments-0-state": "active"}
    platform = {"name": "Canvas", "issuer": "https://c.example.org", "client_id": "17", "active": "on"}
    addresses = {"login_url": "https://c.example.org/auth", "keys_url": "https://c.example.org/keys"}
    sent = inline | place | platform | addresses
    assert administrator.get("/admin/lms/registration/add/").status_code == 200
    assert administrator.post("/admin/lms/registration/add/", sent).status_code == 302
    assert Registration.objects.get(client_id="17").issuer == "https://c.example.org"
    reply = administrator.post("/admin/lms/registration/add/", sent | {"keys_url": "javascript:alert(1)"})
    assert "Enter a valid URL" in reply.content.decode()
