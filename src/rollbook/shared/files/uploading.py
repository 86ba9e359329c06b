"""Stops an upload that no bucket could take before it fills the disk."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from rollbook.shared.files.buckets import MEGABYTE, MOST_BYTES

#: A form around a file of the largest size.
MOST_SENT = MOST_BYTES + 2 * MEGABYTE


class RefuseHugeUploads(FileUploadHandler):
    """Refuses by the announced length at once, and by what really arrives where none was announced."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        self._arrived = 0
        if content_length > MOST_SENT:
            raise RequestDataTooBig("The request is larger than any bucket takes.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self._arrived += len(raw_data)
        if self._arrived > MOST_SENT:
            raise RequestDataTooBig("The request is larger than any bucket takes.")
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The file itself is kept by the handlers that follow."""
