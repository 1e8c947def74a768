"""Django's settings, all from the environment (docs/self-hosting.md lists the variables).

Without SECRET_KEY the site is a demo: it answers on this machine only, makes its own key and offers demo
logins. With SECRET_KEY it is a production site and wants ALLOWED_HOSTS and HTTPS.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from course import environment
from course.running.found import running

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(environment.text("DATA_DIR", str(BASE_DIR / "data")))

DEMO = environment.flag("DEMO", default=not environment.text("SECRET_KEY"))
DEBUG = environment.flag("DEBUG", default=False)
SECRET_KEY = environment.secret_key(demo=DEMO, data=DATA_DIR)
SECRET_KEY_FALLBACKS = environment.words("SECRET_KEY_FALLBACKS")

HERE = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = environment.hosts("ALLOWED_HOSTS") or (HERE if DEMO else [])
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS is not set. Write the host name, as in learn.example.org")
CSRF_TRUSTED_ORIGINS = environment.origins("CSRF_TRUSTED_ORIGINS")
TRUST_PROXY = environment.flag("TRUST_PROXY", default=False)  # a proxy in front sets X-Forwarded-*
HTTPS = environment.flag("HTTPS", default=not DEMO)

INSTALLED_APPS = [
    "course",
    "course.people",
    "course.lms",
    "course.work",
    "course.learning",
    "course.gradebook",
    "course.tracking",
    "course.review",
    "course.authoring",
    "course.people.admin_site.Config",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "course.security.SecurityHeaders",
    "course.security.BodyLimit",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "course.security.SignInRequired",
    "course.people.as_student.AsStudent",
    "course.errors.RefusalPages",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "course.urls"
WSGI_APPLICATION = "course.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["course.templatetags.icons"],
        },
    }
]

# ---- data ------------------------------------------------------------------------------------------------
SQLITE: dict[str, Any] = {
    "timeout": 20,  # seconds to wait for another writer
    "transaction_mode": "IMMEDIATE",  # a transaction that will write says so at once: no deadlock, no retry
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA cache_size=-16000;",
}
POSTGRES: dict[str, Any] = {"connect_timeout": 2}
DATABASE: dict[str, Any] = environment.database("DATABASE_URL", f"sqlite:///{DATA_DIR / 'site.sqlite3'}")
if DATABASE["ENGINE"].endswith("sqlite3"):
    environment.folder(
        Path(DATABASE["NAME"]).parent, "DATABASE_URL" if environment.text("DATABASE_URL") else "DATA_DIR"
    )
    DATABASE |= {"OPTIONS": SQLITE, "TEST": {"NAME": str(DATA_DIR / "test.sqlite3")}}
else:
    DATABASE["OPTIONS"] = POSTGRES | DATABASE.get("OPTIONS", {})
DATABASES = {"default": DATABASE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---- messages between the site and the grader ------------------------------------------------------------
RUNNING = running(DATA_DIR)  # a site that `manage.py up` runs on this data has a Redis of its own
REDIS_URL = environment.address(
    "REDIS_URL", RUNNING.broker if RUNNING else "redis://127.0.0.1:6379/0", environment.BROKERS
)
WEB_THREADS = environment.whole("WEB_THREADS", 8, least=2, most=512)  # gunicorn's --threads
VERDICT_WAIT = 1.5  # seconds that a POST waits for its verdict
HEARTBEAT = environment.whole("HEARTBEAT", 3, least=1, most=10)  # seconds between two
SWEEP_LEASE = environment.whole("SWEEP_LEASE", 15, least=1, most=3600)  # seconds that a sent job may take
SWEEP_WINDOW = 200  # so many jobs may be on their way when the sweeper adds more
SWEEP_SENDS = environment.whole("SWEEP_SENDS", 6, least=1)  # without a verdict: for a person

# ---- people ----------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.User"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
DEMO_PASSWORD = environment.text("DEMO_PASSWORD", "backprop")

# ---- mail: none is sent without a server ------------------------------------------------------------------
MAIL = environment.mail("MAIL_URL")
globals().update(MAIL)
DEFAULT_FROM_EMAIL = environment.text("MAIL_FROM", "trainer@localhost")

# ---- security --------------------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "course.errors.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = environment.whole("HSTS_SECONDS", 31_536_000) if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# One site does not speak for the other names of its university's domain.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
BODY_LIMIT = 128 * 1024  # bytes of a request's body; what may be larger: course/security.py
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 2**20  # the same of the largest
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 1

# ---- pages -----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "course" / "locale"]
TIME_ZONE = environment.time_zone("TIME_ZONE", "UTC")
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = None if DEMO else BASE_DIR / "static-root"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO  # needs no collectstatic
        else "course.static_files.HashedFiles"
    },
}
WHITENOISE_USE_FINDERS = DEMO

# ---- log -------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname:7} {name}: {message}", "style": "{"}},
    "filters": {
        "no_probes": {"()": "course.health.NoProbes"},
        "one_line": {"()": "course.errors.OneLine"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["no_probes", "one_line"],
        }
    },
    "root": {"handlers": ["console"], "level": environment.log_level("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"level": "INFO", "handlers": [], "propagate": True},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "celery": {"level": "WARNING"},  # a heartbeat every few seconds is no news
    },
}
