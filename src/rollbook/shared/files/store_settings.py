"""Where the content of files lies, as Django's STORAGES names it. Imported by settings, so nothing of Django here."""

from pathlib import Path
from typing import Any


def local_store(folder: Path) -> dict[str, Any]:
    """Files in a folder of this machine."""
    return {
        "BACKEND": "rollbook.shared.files.storage.LocalFiles",
        "OPTIONS": {"location": str(folder), "base_url": None},
    }


def s3_store(*, bucket: str, endpoint: str, region: str, access_key: str, secret_key: str) -> dict[str, Any]:
    """Files in a bucket of an S3-compatible store. Nobody reaches it but us: links are signed and checked here."""
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": endpoint or None,
            "region_name": region or None,
            "access_key": access_key or None,
            "secret_key": secret_key or None,
            "default_acl": None,
            "file_overwrite": False,
            "querystring_auth": True,
            # Stores of our own kind know buckets by path, not by host name.
            "addressing_style": "path" if endpoint else "auto",
            "signature_version": "s3v4",
        },
    }
