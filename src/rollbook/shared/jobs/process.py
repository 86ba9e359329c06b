"""Who this process is: the version of the product and a fingerprint of its settings."""

import hashlib
import json
from functools import lru_cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from typing import Any

from django.conf import settings


@lru_cache(maxsize=1)
def version() -> str:
    """The version of Rollbook that runs."""
    try:
        return version_of("rollbook")
    except PackageNotFoundError:
        return "unknown"


def settings_fingerprint() -> str:
    """A digest of every setting of this process: processes of one installation show the same."""
    configuration: Any = getattr(settings, "ROLLBOOK", None)
    if configuration is None:
        return ""
    values = {name: _plain(getattr(configuration, name)) for name in type(configuration).model_fields}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def _plain(value: Any) -> str:
    reveal = getattr(value, "get_secret_value", None)
    return str(reveal() if reveal else value)
