"""Settings come from the environment; nonsense there is refused in words that say what to write instead."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

YES, NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}
DATABASES = ("sqlite", "postgres", "postgresql")
BROKERS = ("redis", "rediss", "unix", "redis+socket")
MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
SYSTEM_ZONES = Path(
    "/usr/share/zoneinfo"
)  # Django wants to find the time zone there, where there is such a folder
SHORTEST_KEY = 50  # characters, as `manage.py check --deploy` wants


def text(name: str, default: str = "") -> str:
    """The variable without spaces around it; an empty one counts as not set."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    """A yes or a no."""
    value = text(name).lower()
    if value and value not in YES | NO:
        raise ImproperlyConfigured(f"{name} is {value!r}. Write 1 for yes or 0 for no.")
    return value in YES if value else default


def whole(name: str, default: int, *, least: int = 0, most: int = 10**9) -> int:
    """A whole number from ``least`` to ``most``."""
    value = text(name, str(default))
    if not value.isdecimal() or not least <= int(value) <= most:
        raise ImproperlyConfigured(f"{name} is {value!r}. Write a whole number from {least} to {most}.")
    return int(value)


def words(name: str) -> list[str]:
    """A list, written with commas."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


def hosts(name: str) -> list[str]:
    """Host names, without scheme, port or path."""
    found = words(name)
    for host in found:
        if "/" in host or host == "*" or (":" in host and not host.startswith("[")):
            raise ImproperlyConfigured(
                f"{name} holds {host!r}. Write host names with commas between them, as in learn.example.org; "
                "a scheme, a port, a path and * have no place here."
            )
    return found


def origins(name: str) -> list[str]:
    """Origins as browsers send them: scheme and host."""
    found = words(name)
    for origin in found:
        parts = urlsplit(origin)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path:
            raise ImproperlyConfigured(
                f"{name} holds {origin!r}. Write origins with commas between them, as in https://learn.example.org"
            )
    return found


def address(name: str, default: str, schemes: tuple[str, ...]) -> str:
    """A URL with one of ``schemes``."""
    value = text(name, default)
    scheme, separator, _ = value.partition("://")
    if not separator or scheme not in schemes:
        raise ImproperlyConfigured(f"{name} must start with one of {', '.join(f'{s}://' for s in schemes)}")
    return value


def database(name: str, default: str) -> dict[str, object]:
    """Django's description of the database at a URL."""
    value = address(name, default, DATABASES)
    try:
        found = dict(dj_database_url.parse(value, conn_max_age=600, conn_health_checks=True))
    except (ValueError, KeyError) as error:
        raise ImproperlyConfigured(f"{name} cannot be read: {error}") from None
    if not found.get("NAME"):
        raise ImproperlyConfigured(f"{name} names no database: it ends with /name or /path/to/file.sqlite3")
    return found


def mail(name: str) -> dict[str, object]:
    """Django's settings of the server that sends mail: none of them if the variable is not set."""
    if not text(name):
        return {}
    parts = urlsplit(address(name, "", tuple(MAIL_PORTS)))
    try:
        port = parts.port or MAIL_PORTS[parts.scheme]
    except ValueError:
        port = 0
    if not parts.hostname or not port:
        raise ImproperlyConfigured(
            f"{name} names no server. Write one as in smtp+tls://user:password@mail:587"
        )
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 10,  # seconds
    }


def log_level(name: str, default: str) -> str:
    """How much is logged."""
    value = text(name, default).upper()
    if value not in LEVELS:
        raise ImproperlyConfigured(f"{name} is {text(name)!r}. Write one of {', '.join(LEVELS)}.")
    return value


def time_zone(name: str, default: str) -> str:
    """A time zone by its name."""
    value = text(name, default)
    try:
        ZoneInfo(value)
        known = not SYSTEM_ZONES.is_dir() or SYSTEM_ZONES.joinpath(value).is_file()
    except (KeyError, ValueError, OSError):  # no such zone, no path inside the folder, a folder
        known = False
    if not known:
        raise ImproperlyConfigured(f"{name} is {value!r}. Write a time zone's name, as in Europe/Berlin")
    return value


def folder(path: Path, name: str) -> Path:
    """The folder, made where it is not there; one that cannot be written is refused as ``name``'s fault."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or "it cannot be made"
    else:
        if os.access(path, os.W_OK | os.X_OK):
            return path
        reason = "it cannot be written"
    raise ImproperlyConfigured(
        f"{name} needs the folder {path}: {reason}. Write one that this user may write to."
    )


def secret_key(*, demo: bool, data: Path) -> str:
    """SECRET_KEY; a demo without one makes its own and keeps it in the folder ``data``."""
    key = text("SECRET_KEY")
    if not key and demo:
        return _own_key(folder(data, "DATA_DIR") / "secret-key")
    if not key:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Make one with: "
            "python -c 'import secrets; print(secrets.token_urlsafe(64))'"
        )
    if len(key) < SHORTEST_KEY or len(set(key)) < 5:
        raise ImproperlyConfigured(
            f"SECRET_KEY is too weak. Write at least {SHORTEST_KEY} random characters."
        )
    return key


def _own_key(path: Path) -> str:
    """The key kept at ``path``; the first process to ask makes it, the others read what it made."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    if not path.exists():
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(64), encoding="ascii")
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="ascii").strip()
