"""What an LMS knows of us: where a sign-in begins and ends, and our keys; and pages for who sets it up."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial, wraps
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as sign_in
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from course.lms import arrivals, keys, own_keys
from course.lms.arrivals import Arrival
from course.lms.claims import Expected, launch_of
from course.lms.logins import LIFE, begin, end
from course.lms.models import Context, Deployment, DeploymentState, Refusal, Registration
from course.lms.refusals import LaunchRefusedError, Reason
from course.lms.tokens import claims_of
from course.people.access import context_for, own_courses
from course.people.courses import make
from course.people.models import User

log = logging.getLogger(__name__)
BACKEND = "django.contrib.auth.backends.ModelBackend"
COOKIE = "__Host-lms" if settings.HTTPS else "lms"
KEPT = timedelta(days=30)  # refusals
LATEST = 50  # refusals on the administrator's page
View = Callable[[HttpRequest], HttpResponse]


class Signed(HttpRequest):
    """A request that came past the sign-in."""

    user: User


def _door(view: View) -> View:
    """A view that platforms send people to: a refusal is kept, and shown with its code."""

    @login_not_required
    @csrf_exempt
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except LaunchRefusedError as refused:
            _keep(request, refused)
            return render(request, "lms/refused.html", {"refused": refused}, status=403)

    return guarded


def _keep(request: HttpRequest, refused: LaunchRefusedError) -> None:
    """The refusal for the administrator; what is old is forgotten."""
    issuer = request.POST.get("iss") or request.GET.get("iss") or ""
    Refusal.objects.filter(at__lt=timezone.now() - KEPT).delete()
    Refusal.objects.create(reason=refused.reason, issuer=_plain(issuer)[:255], detail=_plain(refused.detail))
    log.warning("A launch was refused: %s", _plain(str(refused)))


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)


@_door
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """The first half of a sign-in: back to the platform with a state, a nonce and a cookie."""
    sent = request.POST if request.method == "POST" else request.GET
    site = request.build_absolute_uri("/").rstrip("/")
    begun = begin(sent.dict(), site, request.build_absolute_uri(reverse("lms-launch")))
    response = redirect(begun.address)
    response.set_cookie(
        f"{COOKIE}-{begun.state[:12]}",
        begun.browser,
        max_age=LIFE,
        secure=True,  # the platform posts across sites: that takes SameSite=None, which takes Secure
        httponly=True,
        samesite="None",
    )
    return response


@_door
@require_POST
def launch(request: HttpRequest) -> HttpResponse:
    """The second half: a state used up, a token looked at, a person signed in, the page they wanted."""
    state = request.POST.get("state", "")
    cookie = f"{COOKIE}-{state[:12]}"
    kept = end(state, request.COOKIES.get(cookie, ""))
    if "error" in request.POST:
        raise LaunchRefusedError(Reason.PLATFORM_ERROR, request.POST["error"])
    token = request.POST.get("id_token", "")
    if not token:
        raise LaunchRefusedError(Reason.NO_TOKEN)
    platform = kept.registration
    claims = claims_of(token, partial(keys.key_of, platform))
    expected = Expected(platform.issuer, platform.client_id, kept.nonce, kept.target)
    told = launch_of(claims, expected, time.time())
    arrival = arrivals.arrive(arrivals.deployment_for(platform, told.deployment), told)
    request.session.flush()
    sign_in(request, arrival.user, backend=BACKEND)
    response = HttpResponse(status=303, headers={"Location": _way_on(arrival, told.target)})
    response.delete_cookie(cookie, samesite="None")
    return response


def _way_on(arrival: Arrival, target: str) -> str:
    """Where somebody wanted to go; else their course, or what stands between them and it."""
    context = arrival.context
    if context is None:
        return reverse("home")
    if context.course is None:
        return reverse("lms-connect", args=[context.pk])
    home, parts = reverse("course", args=[context.course.slug]), urlsplit(target)
    return f"{parts.path}?{parts.query}".rstrip("?") if parts.path.startswith(home) else home


@login_not_required
@require_safe
def jwks(request: HttpRequest) -> JsonResponse:
    """Our public keys, for platforms."""
    return JsonResponse(own_keys.published(), headers={"Cache-Control": "public, max-age=3600"})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def connect(request: Signed, context: int) -> HttpResponse:
    """A teacher says which course here is the one in the LMS; a student is asked to wait."""
    found, teaches = context_for(request.user, context)
    if found.course is not None:
        return redirect("course", slug=found.course.slug)
    if not teaches:
        status = 403 if request.method == "POST" else 200
        return render(request, "lms/wait.html", {"context": found}, status=status)
    if request.method != "POST":
        offered = {"context": found, "courses": own_courses(request.user)}
        return render(request, "lms/connect.html", offered)
    chosen = own_courses(request.user).filter(slug=request.POST.get("course", "")).first()
    if chosen is None and request.POST.get("course"):
        raise PermissionDenied
    course = chosen or make(_free_slug(found), str(found), request.user)
    if arrivals.connect(found, course, request.user):
        done = _("Connected. Whoever comes from “%(title)s” is in this course now.")
        messages.success(request, done % {"title": found})
    return redirect("lms-connect", context=found.pk)


def _free_slug(context: Context) -> str:
    return f"{slugify(context.title)[:30] or 'course'}-{context.pk}"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def setup(request: Signed) -> HttpResponse:
    """The administrator's page: addresses to copy into an LMS, what is registered, what was refused."""
    if not request.user.has_perm("lms.change_registration"):
        raise PermissionDenied
    if request.method == "POST":
        return _decide(request)
    addresses = {
        _("Tool address, target link"): request.build_absolute_uri("/"),
        _("Sign-in (initiate login, OIDC)"): request.build_absolute_uri(reverse("lms-login")),
        _("Redirection (launch)"): request.build_absolute_uri(reverse("lms-launch")),
        _("Public keys (JWKS)"): request.build_absolute_uri(reverse("lms-keys")),
    }
    context = {
        "addresses": addresses,
        "registrations": Registration.objects.prefetch_related("deployments"),
        "refusals": Refusal.objects.all()[:LATEST],
    }
    return render(request, "lms/setup.html", context)


def _decide(request: Signed) -> HttpResponse:
    """Approve a deployment, or switch it off."""
    number, state = request.POST.get("deployment", ""), request.POST.get("state", "")
    known = number.isdecimal() and len(number) < 10 and state in {DeploymentState.ACTIVE, DeploymentState.OFF}
    if known and Deployment.objects.filter(pk=int(number)).update(state=state):
        log.info("Deployment %s is %s now, by %s", number, state, request.user)
        messages.success(request, _("Saved."))
    return redirect("lms-setup")
