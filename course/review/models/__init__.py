"""What people say about submissions, and marking again. The rows store; rules are functions elsewhere."""

from course.review.models.people import (
    LONGEST_REASON,
    LONGEST_WORDS,
    Comment,
    Effect,
    LinkRule,
    Notice,
    NoticeKind,
    Override,
    Request,
    RequestEnd,
    RequestKind,
)

__all__ = [
    "LONGEST_REASON",
    "LONGEST_WORDS",
    "Comment",
    "Effect",
    "LinkRule",
    "Notice",
    "NoticeKind",
    "Override",
    "Request",
    "RequestEnd",
    "RequestKind",
]
