"""The port to a virus scanner: FILE_SCANNER names a function `(content, name, content_type) -> str`.

It returns the name of what it found, or "" when the file is clean; it may raise, and then nothing is stored.
Without one, files are marked as not scanned, and the launch checklist says so.
"""

from collections.abc import Callable

from django.conf import settings
from django.utils.module_loading import import_string

from rollbook.shared.files.errors import FileIsInfected
from rollbook.shared.files.models import StoredFile

Scanner = Callable[[bytes, str, str], str]


def scanner() -> Scanner | None:
    """The connected scanner, if any."""
    path = getattr(settings, "FILE_SCANNER", "")
    if not path:
        return None
    found: Scanner = import_string(path)
    return found


def scan(content: bytes, name: str, content_type: str) -> str:
    """Have a file scanned; refuse what the scanner finds. Returns what is written on the row."""
    connected = scanner()
    if connected is None:
        return StoredFile.Scan.NOT_SCANNED
    found = connected(content, name, content_type)
    if found:
        raise FileIsInfected(found=found)
    return StoredFile.Scan.CLEAN
