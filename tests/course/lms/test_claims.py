"""What a signed token has to say, claim by claim."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import pytest

from course.lms.claims import LTI, Expected, Launch, launch_of
from course.lms.refusals import LaunchRefusedError, Reason
from tests.course.lms.platform import CLIENT_ID, DEPLOYMENT, ISSUER, SITE, claims

EXPECTED = Expected(ISSUER, CLIENT_ID, "nonce", f"{SITE}/")
NOW = 1_800_000_000


def _read(**changes: Any) -> Launch:
    return launch_of(claims(**({"iat": NOW, "exp": NOW + 60} | changes)), EXPECTED, NOW)


MUST_REFUSE: dict[str, tuple[dict[str, Any], Reason]] = {
    "no iss": ({"iss": None}, Reason.MISSING),
    "no aud": ({"aud": None}, Reason.MISSING),
    "empty aud": ({"aud": []}, Reason.MISSING),
    "no exp": ({"exp": None}, Reason.MISSING),
    "no iat": ({"iat": None}, Reason.MISSING),
    "exp is text": ({"exp": "soon"}, Reason.MISSING),
    "exp is true": ({"exp": True}, Reason.MISSING),
    "iat beyond all time": ({"iat": 1e300}, Reason.MISSING),
    "no nonce": ({"nonce": None}, Reason.MISSING),
    "no sub": ({"sub": None}, Reason.MISSING),
    "empty sub": ({"sub": ""}, Reason.MISSING),
    "sub of 256": ({"sub": "x" * 256}, Reason.SUBJECT),
    "sub is a number": ({"sub": 7}, Reason.SUBJECT),
    "other iss": ({"iss": ISSUER + "/"}, Reason.ISSUER),
    "other aud": ({"aud": "client-2"}, Reason.AUDIENCE),
    "two aud without azp": ({"aud": [CLIENT_ID, "other"]}, Reason.PARTY),
    "foreign azp": ({"azp": "other"}, Reason.PARTY),
    "two aud with foreign azp": ({"aud": [CLIENT_ID, "other"], "azp": "other"}, Reason.PARTY),
    "expired": ({"iat": NOW - 100, "exp": NOW - 31}, Reason.EXPIRED),
    "issued in the future": ({"iat": NOW + 31, "exp": NOW + 90}, Reason.EARLY),
    "not before the future": ({"nbf": NOW + 31}, Reason.EARLY),
    "issued long ago": ({"iat": NOW - 631, "exp": NOW + 60}, Reason.STALE),
    "lives too long": ({"exp": NOW + 3701}, Reason.LIFETIME),
    "other nonce": ({"nonce": "other"}, Reason.NONCE),
    "no version": ({"lti_version": None}, Reason.VERSION),
    "other version": ({"lti_version": "1.1"}, Reason.VERSION),
    "no message type": ({"lti_message_type": None}, Reason.MESSAGE),
    "unknown message type": ({"lti_message_type": "LtiStartProctoring"}, Reason.MESSAGE),
    "no deployment": ({"lti_deployment_id": None}, Reason.MISSING),
    "deployment of 256": ({"lti_deployment_id": "x" * 256}, Reason.MISSING),
    "no roles": ({"lti_roles": None}, Reason.ROLES),
    "roles are text": ({"lti_roles": "Instructor"}, Reason.ROLES),
    "a role is a number": ({"lti_roles": [1]}, Reason.ROLES),
    "no resource link": ({"lti_resource_link": None}, Reason.LINK),
    "resource link without id": ({"lti_resource_link": {"title": "x"}}, Reason.LINK),
    "target of another page": ({"lti_target_link_uri": f"{SITE}/lesson/1/"}, Reason.TARGET),
    "no target": ({"lti_target_link_uri": None}, Reason.TARGET),
}


@pytest.mark.parametrize(("changes", "reason"), MUST_REFUSE.values(), ids=MUST_REFUSE)
def test_it_is_refused(changes: dict[str, Any], reason: Reason) -> None:
    with pytest.raises(LaunchRefusedError) as refused:
        _read(**changes)
    assert refused.value.reason is reason


MUST_ACCEPT: dict[str, dict[str, Any]] = {
    "aud as a list of one": {"aud": [CLIENT_ID]},
    "two aud with the right azp": {"aud": ["other", CLIENT_ID], "azp": CLIENT_ID},
    "a clock 20 s ahead": {"iat": NOW + 20, "exp": NOW + 80},
    "a clock 20 s behind": {"iat": NOW - 80, "exp": NOW - 20},
    "a token that lives an hour": {"exp": NOW + 3600},
    "fractions of seconds": {"iat": NOW - 0.5, "exp": NOW + 59.5},
    "no context": {"lti_context": None},
    "no roles in the list": {"lti_roles": []},
    "unknown claims": {"https://example.org/claim": {"x": [1]}},
}


@pytest.mark.parametrize("changes", MUST_ACCEPT.values(), ids=MUST_ACCEPT)
def test_it_is_accepted(changes: dict[str, Any]) -> None:
    assert _read(**changes).person.subject == "person-1"


def test_everything_that_was_told_is_there() -> None:
    found = _read(lti_lis={"person_sourcedid": "4711"})
    assert (found.deployment, found.context, found.title, found.link) == (
        DEPLOYMENT,
        "c-1",
        "Deep learning",
        "link-1",
    )
    person = found.person
    assert (person.first_name, person.last_name, person.email, person.number) == (
        "Ada", "Stone", "ada@example.org", "4711",
    )  # fmt: skip


def test_a_whole_name_is_taken_apart_where_its_parts_are_missing() -> None:
    person = _read(given_name=None, family_name=None, name="Ada Maria Stone").person
    assert (person.first_name, person.last_name) == ("Ada Maria", "Stone")


def test_long_and_unprintable_text_is_cut_not_refused() -> None:
    found = _read(lti_context={"id": "c\n1", "title": "x" * 600}, given_name="A\x00da" + "x" * 500)
    assert (found.context, len(found.title), len(found.person.first_name)) == ("c1", 200, 150)
    assert found.person.first_name.startswith("Ada")


@pytest.mark.parametrize("value", [None, 3, [], "text", {"id": 3}, {"id": {}}])
@pytest.mark.parametrize("name", ["context", "resource_link", "lis", "version", "target_link_uri"])
def test_a_claim_of_a_strange_shape_is_refused_or_left_out(name: str, value: object) -> None:
    told = claims() | {LTI + name: value}
    with suppress(LaunchRefusedError):
        assert launch_of(told, EXPECTED, time.time()).person.subject == "person-1"
