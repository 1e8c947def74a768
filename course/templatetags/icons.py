"""``{% icon "check" %}``: a picture of the sprite, in every template without a load.

A page has dozens of them, and an include takes thirty times as long as this tag.
"""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, turn: bool = False) -> SafeString:
    """The symbol ``name`` of img/icons.svg; ``turn``: mirrored where text runs from right to left."""
    kind, sprite = "ic turn" if turn else "ic", static("img/icons.svg")
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}" /></svg>', kind, sprite, name)
