"""Signing in and up, passwords, the lesson, the admin; a course, its people, and what changed in it."""

EVERYONE = (200,) * 7
SIGNED_IN = (302, 200, 200, 200, 200, 200, 200)
STAFF = (302, 404, 403, 403, 200, 200, 200)
NOT_ADMIN = (302, 403, 403, 403, 403, 403, 403)
MATRIX = {
    "GET /": EVERYONE,
    "GET /sign-in/": (200, 302, 302, 302, 302, 302, 302),
    "GET /sign-up/": EVERYONE,
    "POST /sign-out/": (302,) * 7,
    "GET /password/": SIGNED_IN,
    "GET /password/done/": SIGNED_IN,
    "GET /lesson/1/": EVERYONE,
    "GET /c/backprop/changes/": STAFF,
    "GET /admin/": NOT_ADMIN,
    "GET /admin/login/": NOT_ADMIN,
    "POST /admin/login/": NOT_ADMIN,
}
