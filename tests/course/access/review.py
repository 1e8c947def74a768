"""Marking by people. {sent} and {item} belong to the student."""

from tests.course.access.work import MEMBERS, WHO_SEES_WORK

WHO_MARKS = (302, 404, 403, 403, 400, 400, 403)
MATRIX = {
    "GET /c/backprop/review/{sent}/": WHO_SEES_WORK,
    "POST /c/backprop/review/{sent}/override": WHO_MARKS,
    "POST /c/backprop/review/{sent}/withdraw": (302, 404, 403, 403, 409, 409, 403),
    "POST /c/backprop/review/{sent}/comment": WHO_MARKS,
    "GET /c/other/review/{sent}/": (302, 404, 404, 404, 404, 404, 404),
    "GET /c/backprop/requests/": WHO_SEES_WORK,
    "GET /c/backprop/requests/{asked}/": (302, 404, 200, 404, 200, 200, 404),
    "GET /c/backprop/requests/{reported}/": (302, 404, 404, 200, 200, 404, 404),
    "POST /c/backprop/requests/{asked}/": (302, 404, 400, 404, 400, 400, 404),
    "GET /c/other/requests/{asked}/": (302, 404, 404, 404, 404, 404, 404),
    "GET /c/backprop/i/{item}/problem": (302, 404, 200, 302, 200, 200, 200),
    "GET /c/backprop/changed/": MEMBERS,
    "POST /c/backprop/changed/": (302, 404, 302, 302, 302, 302, 302),
    "GET /s/{sent}/ask": (302, 404, 302, 404, 404, 404, 404),
    "POST /s/{nothing}/ask": (302, 404, 404, 404, 404, 404, 404),
}
WHO_GRADES = (302, 404, 403, 403, 200, 200, 403)
WHO_GRADES_AND_EDITS = (302, 404, 403, 403, 200, 403, 403)
MATRIX |= {
    "GET /c/backprop/regrades/": WHO_GRADES,
    "POST /c/backprop/regrades/": (302, 404, 403, 403, 400, 400, 403),
    "GET /c/backprop/regrades/{regrade}/": WHO_GRADES,
    "POST /c/backprop/regrades/{regrade}/apply": (302, 404, 403, 403, 302, 302, 403),
    "POST /c/backprop/regrades/{regrade}/undo": (302, 404, 403, 403, 302, 302, 403),
    "POST /c/backprop/regrades/{regrade}/drop": (302, 404, 403, 403, 302, 302, 403),
    "GET /c/other/regrades/{regrade}/": (302, 404, 404, 404, 404, 404, 404),
    "GET /c/backprop/i/{item}/counting": WHO_GRADES_AND_EDITS,
}
