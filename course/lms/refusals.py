"""Why a launch was refused: a code for the administrator, a sentence for whoever sees the page."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Reason(StrEnum):
    """One of the reasons; the value is what is kept."""

    NO_LOGIN = "login-incomplete"
    UNKNOWN_PLATFORM = "platform-unknown"
    AMBIGUOUS = "platform-ambiguous"
    PLATFORM_OFF = "platform-off"
    BAD_TARGET = "target-foreign"
    PLATFORM_ERROR = "platform-error"
    NO_STATE = "state-missing"
    BAD_STATE = "state-unknown"
    USED_STATE = "state-used"
    OLD_STATE = "state-old"
    OTHER_BROWSER = "state-other-browser"
    NO_TOKEN = "token-missing"  # noqa: S105 - a code
    TOO_LONG = "token-too-long"
    NOT_A_TOKEN = "token-malformed"  # noqa: S105 - a code
    ALGORITHM = "token-algorithm"
    KEY_HEADER = "token-brings-key"
    NO_KEY_ID = "token-no-key-id"
    UNKNOWN_KEY = "token-unknown-key"
    KEYS_AWAY = "platform-keys-unreachable"
    SIGNATURE = "token-signature"
    MISSING = "claim-missing"
    EXPIRED = "token-expired"
    EARLY = "token-from-the-future"
    STALE = "token-stale"
    LIFETIME = "token-lives-too-long"
    ISSUER = "claim-issuer"
    AUDIENCE = "claim-audience"
    PARTY = "claim-authorized-party"
    NONCE = "claim-nonce"
    SUBJECT = "claim-subject"
    VERSION = "claim-version"
    MESSAGE = "claim-message-type"
    ROLES = "claim-roles"
    LINK = "claim-resource-link"
    TARGET = "claim-target"
    DEPLOYMENT = "deployment-unknown"
    DEPLOYMENT_OFF = "deployment-off"
    ACCOUNT_OFF = "account-off"
    LEFT = "course-left"


AGAIN = _("Go back to your course in the LMS and open the link there once more.")
ADMINISTRATOR = _("Please tell the administrator of your LMS, with the code below.")
SENTENCES: dict[Reason, str | Promise] = {
    Reason.NO_LOGIN: _("The LMS did not say who it is or where you want to go."),
    Reason.UNKNOWN_PLATFORM: _("This LMS is not registered here."),
    Reason.AMBIGUOUS: _("This LMS is registered here more than once, and it did not say which one it means."),
    Reason.PLATFORM_OFF: _("The registration of this LMS is switched off."),
    Reason.BAD_TARGET: _("The LMS asked for a page that is not on this site."),
    Reason.PLATFORM_ERROR: _("The LMS could not sign you in here."),
    Reason.NO_STATE: _("The sign-in was not begun here."),
    Reason.BAD_STATE: _("The sign-in was not begun here, or it was long ago."),
    Reason.USED_STATE: _("This sign-in was used already; each works once."),
    Reason.OLD_STATE: _("The sign-in took too long."),
    Reason.OTHER_BROWSER: _("The sign-in was begun in another browser, or this one keeps no cookies here."),
    Reason.KEYS_AWAY: _("The keys of the LMS could not be read just now."),
    Reason.EXPIRED: _("The sign-in is too old."),
    Reason.STALE: _("The sign-in is too old."),
    Reason.EARLY: _("The clock of the LMS is ahead of ours."),
    Reason.DEPLOYMENT: _("The place in the LMS from which you come is not approved here yet."),
    Reason.LEFT: _("You are marked as having left this course. Its teacher can put you back."),
    Reason.ACCOUNT_OFF: _("Your account here is switched off."),
    Reason.DEPLOYMENT_OFF: _("The place in the LMS from which you come is switched off here."),
}
BY_TRYING_AGAIN = {
    Reason.NO_STATE, Reason.BAD_STATE, Reason.USED_STATE, Reason.OLD_STATE, Reason.OTHER_BROWSER,
    Reason.KEYS_AWAY, Reason.EXPIRED, Reason.STALE, Reason.PLATFORM_ERROR,
}  # fmt: skip


class LaunchRefusedError(Exception):
    """A launch that is not let in. ``detail`` is for the log: what was found, never a token."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason, self.detail = reason, detail[:300]

    @property
    def words(self) -> str:
        """What happened, for the person in front of the page."""
        return str(SENTENCES.get(self.reason, _("What the LMS sent is not a sign-in that can be trusted.")))

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return str(AGAIN if self.reason in BY_TRYING_AGAIN else ADMINISTRATOR)
