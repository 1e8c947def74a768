"""Signing in and up, passwords, the lesson, the admin; a course, its people, and what changed in it."""

EVERYONE = (200,) * 7
SIGNED_IN = (302, 200, 200, 200, 200, 200, 200)
STAFF = (302, 404, 403, 403, 200, 200, 200)
LOOK = (302, 404, 403, 403, 302, 302, 302)
OWN = (302, 404, 403, 403, 200, 403, 403)
SEES_PEOPLE = (302, 404, 403, 403, 200, 200, 403)
NOT_ADMIN = (302, 403, 403, 403, 403, 403, 403)
MATRIX = {
    "GET /": EVERYONE,
    "GET /sign-in/": (200, 302, 302, 302, 302, 302, 302),
    "GET /sign-up/": EVERYONE,
    "POST /sign-out/": (302,) * 7,
    "GET /password/": SIGNED_IN,
    "GET /password/done/": SIGNED_IN,
    "GET /lesson/1/": EVERYONE,
    "GET /courses/new/": (302, 403, 403, 403, 200, 403, 403),
    "POST /courses/new/": (302, 403, 403, 403, 200, 403, 403),
    "GET /c/backprop/settings/": OWN,
    "POST /c/backprop/settings/": (302, 404, 403, 403, 400, 403, 403),
    "GET /c/backprop/copy/": OWN,
    "POST /c/backprop/copy/": OWN,
    "GET /c/backprop/people/": SEES_PEOPLE,
    "POST /c/backprop/people/": (302, 404, 403, 403, 404, 403, 403),
    "GET /c/backprop/people/roster.csv": SEES_PEOPLE,
    "GET /c/backprop/people/add/": OWN,
    "GET /c/backprop/people/{member}/": SEES_PEOPLE,
    "POST /c/backprop/people/{member}/": (302, 404, 403, 403, 400, 403, 403),
    "GET /c/other/people/{member}/": (302, 404, 404, 404, 404, 404, 404),
    "GET /c/backprop/people/sections/": OWN,
    "POST /c/backprop/people/sections/": (302, 404, 403, 403, 400, 403, 403),
    "GET /c/backprop/people/import/": OWN,
    "POST /c/backprop/people/import/": OWN,
    "GET /c/backprop/people/import/{roster}/": OWN,
    "POST /c/backprop/people/import/{roster}/": (302, 404, 403, 403, 409, 403, 403),
    "GET /c/backprop/people/invitations/": OWN,
    "POST /c/backprop/people/invitations/": (302, 404, 403, 403, 409, 403, 403),
    "GET /c/backprop/people/invitations.csv": OWN,
    "GET /invitation/forged/": (404,) * 7,
    "POST /c/backprop/as-student/": LOOK,
    "POST /c/backprop/as-student/end": (302,) * 7,
    "GET /c/backprop/as-student/forget": STAFF,
    "POST /c/backprop/as-student/forget": LOOK,
    "GET /c/backprop/changes/": STAFF,
    "GET /admin/": NOT_ADMIN,
    "GET /admin/login/": NOT_ADMIN,
    "POST /admin/login/": NOT_ADMIN,
}
