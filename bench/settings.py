"""The site's own settings, with the floors that its views are measured against."""

from course.settings import *  # noqa: F403
from course.settings import INSTALLED_APPS as SITE

INSTALLED_APPS = [*SITE, "bench"]
ROOT_URLCONF = "bench.urls"
