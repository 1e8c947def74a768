"""From the platform to the course: both halves of a sign-in, and everything that is turned away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from course.lms.models import Context, Deployment, Identity, Login, Refusal, Registration
from course.people.models import Course, Enrolment, User
from tests.course.lms.conftest import last_reason
from tests.course.lms.platform import DEPLOYMENT, ISSUER, SITE, Tab, claims, signed

# ---- the first half --------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_login_goes_back_to_the_platform_with_a_state_and_a_nonce(tab: Tab, method: str) -> None:
    reply = tab.begin(method, lti_message_hint="hint")
    assert reply.headers["Location"].startswith(f"{ISSUER}/auth?")
    told = tab.secrets
    assert (told["response_mode"], told["response_type"], told["prompt"]) == ("form_post", "id_token", "none")
    assert (told["redirect_uri"], told["login_hint"], told["lti_message_hint"]) == (
        f"{SITE}/lti/launch",
        "9",
        "hint",
    )
    [cookie] = reply.cookies.values()
    assert (cookie["samesite"], cookie["secure"], cookie["httponly"]) == ("None", True, True)
    assert Login.objects.get().state not in told["state"]  # the table has digests only


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": ""}, "login-incomplete"),
        ({"login_hint": ""}, "login-incomplete"),
        ({"target_link_uri": ""}, "login-incomplete"),
        ({"iss": "https://other.example.org"}, "platform-unknown"),
        ({"client_id": "other"}, "platform-unknown"),
        ({"target_link_uri": "https://evil.example.org/"}, "target-foreign"),
        ({"target_link_uri": f"{SITE}.evil.example.org/"}, "target-foreign"),
        ({"target_link_uri": f"{SITE}/#x"}, "target-foreign"),
        ({"target_link_uri": "//testserver/"}, "target-foreign"),
        ({"target_link_uri": "http://[/"}, "target-foreign"),
        ({"target_link_uri": f"{SITE}/" + "x" * 2000}, "target-foreign"),
    ],
)
def test_a_login_that_makes_no_sense_is_refused(tab: Tab, changes: dict[str, str], reason: str) -> None:
    assert tab.begin(**changes).status_code == 403
    assert last_reason() == reason
    assert not Login.objects.exists()


def test_without_a_client_id_the_platform_must_be_the_only_one_of_its_issuer(tab: Tab) -> None:
    assert tab.begin(client_id="").status_code == 302
    Registration.objects.create(
        name="B", issuer=ISSUER, client_id="client-2", login_url=ISSUER, keys_url=ISSUER
    )
    assert tab.begin(client_id="").status_code == 403
    assert last_reason() == "platform-ambiguous"


def test_a_platform_that_is_switched_off_sends_nobody(tab: Tab) -> None:
    tab.begin()
    Registration.objects.update(active=False)
    assert tab.end().status_code == 403
    assert tab.begin().status_code == 403
    assert last_reason() == "platform-off"


# ---- the second half -------------------------------------------------------------------------------------


def test_a_student_arrives_signed_in_and_in_the_course(tab: Tab, connected: Context, course: Course) -> None:
    reply = tab.launch()
    assert (reply.status_code, reply.headers["Location"]) == (303, "/c/backprop/")
    enrolment = Enrolment.objects.get(user__identities__subject="person-1")
    assert (enrolment.course, enrolment.role, enrolment.lms_id) == (course, "student", "person-1")
    assert (enrolment.content, enrolment.data) == (0, 0)
    page = tab.client.get("/c/backprop/").content.decode()
    assert "Ada Stone" in page
    user = enrolment.user
    assert not user.has_usable_password()
    assert not user.is_staff
    assert not user.is_superuser


def test_a_deep_address_leads_where_one_wanted_to_go(tab: Tab, connected: Context) -> None:
    reply = tab.launch(lti_target_link_uri=f"{SITE}/c/backprop/i/1/?attempt=1")
    assert reply.headers["Location"] == "/c/backprop/i/1/?attempt=1"


@pytest.mark.parametrize("path", ["/admin/", "/c/other/", "/lti/"])
def test_another_address_of_the_site_leads_to_the_course(tab: Tab, connected: Context, path: str) -> None:
    assert tab.launch(lti_target_link_uri=SITE + path).headers["Location"] == "/c/backprop/"


def test_the_session_is_a_new_one(tab: Tab, connected: Context) -> None:
    tab.client.get("/")
    tab.client.session["kept"] = "from before"
    before = tab.client.session.session_key
    tab.launch()
    assert tab.client.session.session_key != before
    assert "kept" not in tab.client.session


def test_the_same_person_is_the_same_account_and_never_one_with_the_same_address(
    tab: Tab, connected: Context
) -> None:
    User.objects.create_user("student", "ada@example.org")
    tab.launch()
    Tab().launch(given_name="Augusta")
    user = User.objects.get(identities__subject="person-1")
    assert user.username != "student"
    assert (user.first_name, Identity.objects.count()) == ("Augusta", 1)


def test_the_same_name_in_another_platform_is_somebody_else(tab: Tab, connected: Context) -> None:
    other = Registration.objects.create(
        name="B", issuer="https://b.example.org", client_id="b", login_url="https://b.example.org/auth",
        keys_url="https://b.example.org/keys",
    )  # fmt: skip
    Deployment.objects.create(registration=other, deployment_id=DEPLOYMENT, state="active")
    tab.launch()
    second = Tab()
    second.begin(iss="https://b.example.org", client_id="b")
    second.end(iss="https://b.example.org", aud="b")
    assert User.objects.filter(identities__subject="person-1").count() == 2


def test_a_token_of_another_platform_is_refused(tab: Tab, connected: Context) -> None:
    tab.begin()
    assert tab.end(iss="https://b.example.org").status_code == 403
    assert last_reason() == "claim-issuer"


def test_a_whole_launch_replayed_is_refused(tab: Tab, connected: Context) -> None:
    tab.begin()
    token = signed(claims(tab.secrets["nonce"]))
    cookies = dict(tab.client.cookies)
    assert tab.end(token).status_code == 303
    tab.client.cookies.update(cookies)
    assert tab.end(token).status_code == 403
    assert last_reason() == "state-used"


def test_an_old_token_with_a_fresh_state_is_refused(tab: Tab, connected: Context) -> None:
    tab.begin()
    token = signed(claims(tab.secrets["nonce"]))
    tab.begin()
    assert tab.end(token).status_code == 403
    assert last_reason() == "claim-nonce"


def test_a_refused_token_uses_its_state_up(tab: Tab, connected: Context) -> None:
    tab.begin()
    assert tab.end("no.token.x").status_code == 403
    assert tab.end().status_code == 403
    assert last_reason() == "state-used"


def test_a_state_counts_in_the_browser_in_which_it_was_made_only(tab: Tab, connected: Context) -> None:
    tab.begin()
    thief = Tab(secrets=tab.secrets)
    assert thief.end().status_code == 403
    assert last_reason() == "state-other-browser"
    assert tab.end().status_code == 303  # and the thief has not used it up


@pytest.mark.parametrize(
    ("state", "reason"), [("", "state-missing"), ("x" * 43, "state-unknown"), ("\x00", "state-unknown")]
)
def test_a_state_that_was_never_given_is_refused(
    tab: Tab, connected: Context, state: str, reason: str
) -> None:
    tab.begin()
    reply = tab.client.post("/lti/launch", {"state": state, "id_token": "x"})
    assert (reply.status_code, last_reason()) == (403, reason)


def test_a_state_that_is_too_old_is_refused(tab: Tab, connected: Context) -> None:
    tab.begin()
    Login.objects.update(begun_at=F("begun_at") - timedelta(minutes=11))
    assert tab.end().status_code == 403
    assert last_reason() == "state-old"


def test_two_launches_at_a_time_in_one_browser_both_hold(tab: Tab, connected: Context) -> None:
    tab.begin()
    first = tab.secrets
    tab.begin()
    second = Tab(tab.client, first)
    assert tab.end().status_code == 303
    assert second.end().status_code == 303


def test_an_error_of_the_platform_is_a_page_that_says_what_to_do(tab: Tab, connected: Context) -> None:
    tab.begin()
    reply = tab.client.post("/lti/launch", {"state": tab.secrets["state"], "error": "login_required"})
    assert reply.status_code == 403
    assert "open the link there once more" in reply.content.decode()
    assert (Refusal.objects.get().reason, Refusal.objects.get().detail) == (
        "platform-error",
        "login_required",
    )


def test_a_launch_by_get_is_no_launch(tab: Tab) -> None:
    assert tab.client.get("/lti/launch").status_code == 405


def test_a_refusal_never_keeps_the_token(tab: Tab, connected: Context) -> None:
    tab.begin()
    token = signed(claims(tab.secrets["nonce"], sub=""))
    page = tab.end(token).content.decode()
    kept = Refusal.objects.get()
    assert token not in page + kept.detail
    assert "claim-missing" in page


def test_an_unknown_deployment_is_refused_and_waits_for_approval(tab: Tab, connected: Context) -> None:
    assert tab.launch(lti_deployment_id="8").status_code == 403
    assert last_reason() == "deployment-unknown"
    waiting = Deployment.objects.get(deployment_id="8")
    assert waiting.state == "pending"
    Deployment.objects.filter(pk=waiting.pk).update(state="active")
    assert Tab().launch(lti_deployment_id="8").status_code == 303


def test_unknown_deployments_fill_no_table(tab: Tab, connected: Context) -> None:
    for number in range(30):
        Tab().launch(lti_deployment_id=f"x{number}")
    assert Deployment.objects.filter(state="pending").count() == 20


def test_somebody_who_was_switched_off_or_has_left_is_told_so(tab: Tab, connected: Context) -> None:
    tab.launch()
    Enrolment.objects.filter(user__identities__subject="person-1").update(active=False)
    assert Tab().launch().status_code == 403
    assert last_reason() == "course-left"
    User.objects.filter(identities__subject="person-1").update(is_active=False)
    assert Tab().launch().status_code == 403
    assert last_reason() == "account-off"
