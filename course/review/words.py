"""What people write to each other: plain text, bounded."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from course.errors import Refused


def read_text(text: str, longest: int, missing: str | Promise) -> str:
    """Text as it is kept, without what no keyboard types; raises Refused (400): ``missing``, or too long."""
    said = "".join(c for c in text.replace("\r\n", "\n") if c == "\n" or c.isprintable()).strip()
    if not said:
        raise Refused(400, _("Not sent"), str(missing))
    if len(said) > longest:
        values = {"length": len(said), "longest": longest}
        detail = _(
            "The text has %(length)d characters; at most %(longest)d can be kept. Shorten it a little."
        )
        raise Refused(400, _("Not sent"), detail % values)
    return said
