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
from course.review.models.regrades import (
    UNDER_WAY,
    Former,
    MovedAttempt,
    Regrade,
    RegradeJob,
    RegradeRow,
    RegradeScore,
    Stage,
    Stays,
)

__all__ = [
    "LONGEST_REASON",
    "LONGEST_WORDS",
    "UNDER_WAY",
    "Comment",
    "Effect",
    "Former",
    "LinkRule",
    "MovedAttempt",
    "Notice",
    "NoticeKind",
    "Override",
    "Regrade",
    "RegradeJob",
    "RegradeRow",
    "RegradeScore",
    "Request",
    "RequestEnd",
    "RequestKind",
    "Stage",
    "Stays",
]
