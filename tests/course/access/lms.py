"""The doors of an LMS. {context} is a course of an LMS from which nobody of the cast came."""

REFUSED = (403,) * 7
ADMINISTRATORS_ONLY = (302, 403, 403, 403, 403, 403, 403)
MATRIX = {
    "GET /lti/login": REFUSED,
    "POST /lti/login": REFUSED,
    "POST /lti/launch": REFUSED,
    "GET /lti/launch": (405,) * 7,
    "GET /lti/keys.json": (200,) * 7,
    "GET /lti/connect/{context}/": (302, 404, 404, 404, 404, 404, 404),
    "POST /lti/connect/{context}/": (302, 404, 404, 404, 404, 404, 404),
    "GET /c/backprop/lms/": (302, 404, 403, 403, 200, 200, 403),
    "POST /c/backprop/lms/": (302, 404, 403, 403, 302, 302, 403),
    "GET /lti/": ADMINISTRATORS_ONLY,
    "POST /lti/": ADMINISTRATORS_ONLY,
}
