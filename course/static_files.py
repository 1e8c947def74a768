"""Static files under names that hold a hash of their content, so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Rewrites the imports of JavaScript modules too; Django leaves them alone unless told."""

    support_js_module_import_aggregation = True
