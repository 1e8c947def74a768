"""The students' pages, and the list of what was handed in. {item} and {sent} belong to the student."""

MEMBERS = (302, 404, 200, 200, 200, 200, 200)
NOBODY = (302, 404, 404, 404, 404, 404, 404)
WHO_SEES_WORK = (302, 404, 403, 403, 200, 200, 403)
MATRIX = {
    "GET /c/backprop/": MEMBERS,
    "GET /c/no-such-course/": NOBODY,
    "GET /c/backprop/i/{item}/": MEMBERS,
    "GET /c/other/i/{item}/": NOBODY,
    "POST /c/backprop/i/{item}/submit": (302, 404, 400, 400, 400, 400, 400),
    "POST /c/backprop/i/{item}/draft": (302, 404, 204, 204, 204, 204, 204),
    "POST /c/backprop/i/{item}/variant": (302, 404, 302, 302, 302, 302, 302),
    "POST /c/backprop/i/{item}/hint": (302, 404, 409, 409, 409, 409, 409),
    "POST /c/backprop/i/{item}/reading": (302, 404, 400, 400, 400, 400, 400),
    "GET /c/backprop/a/{assignment}/": MEMBERS,
    "GET /c/other/a/{assignment}/": NOBODY,
    "POST /c/backprop/a/{assignment}/begin": (302, 404, 302, 302, 302, 302, 302),
    "POST /c/backprop/a/{assignment}/hand-in": (302, 404, 409, 409, 409, 409, 409),
    "GET /c/backprop/a/{assignment}/clock": MEMBERS,
    "GET /s/{sent}/": (302, 404, 303, 404, 404, 404, 404),
    "GET /s/{nothing}/": NOBODY,
    "GET /c/backprop/submissions/": WHO_SEES_WORK,
    "GET /c/backprop/submissions/{sent}/": WHO_SEES_WORK,
    "GET /c/other/submissions/{sent}/": NOBODY,
}
