"""Does the file store work, and does it take only what it should? The file items of the launch checklist."""

import io
import shutil
import time
import uuid
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage

from rollbook.core.readiness import (
    Context,
    Outcome,
    SafeOn,
    Severity,
    failed,
    none_found,
    passed,
    register_item,
    warned,
)
from rollbook.shared.files import storage
from rollbook.shared.files.buckets import DOCX, JPEG, MEGABYTE, MOST_BYTES, PDF, PNG, XLSX, Bucket
from rollbook.shared.files.errors import FileRefused
from rollbook.shared.files.services.storing import check_upload

SLOWEST_SECONDS = 2


@register_item(
    id="PLT-INF-11",
    stages=("PRE", "ON"),
    severity=Severity.WARNING,
    title="File storage works",
    how="A marker is written, read and removed in the file store, each within 2 seconds; how full it is is read.",
    remedy="Look at ROLLBOOK_HOME/files (owner, rights, space), or at the settings of the S3-compatible store "
    "(`rollbook doctor`).",
    evidence=("seconds", "used_percent", "store"),
)
def storage_works(_context: Context) -> Outcome:
    key = f"launch-checklist/{uuid.uuid4().hex}"
    content = uuid.uuid4().bytes
    seconds: dict[str, Decimal] = {}
    read: list[bytes] = []
    acts: dict[str, Callable[[], object]] = {
        "written": lambda: storage.put(key, content),
        "read": lambda: read.append(storage.get(key)),
        "removed": lambda: storage.store().delete(key),
    }
    facts: dict[str, Any] = {
        "seconds": seconds,
        "store": type(storage.store()).__name__,
        "used_percent": _used_percent(),
    }
    for name, act in acts.items():
        began = time.perf_counter()
        try:
            act()
        except Exception as error:  # noqa: BLE001 - any way of failing is what is being looked for
            kind = type(error).__name__
            return failed(f"The marker could not be {name} ({kind}).", value=0, limit="= 1", unit="markers", **facts)
        seconds[name] = Decimal(str(round(time.perf_counter() - began, 3)))
    if read != [content] or storage.store().exists(key):
        return failed("The store gave back something else.", value=0, limit="= 1", unit="markers", **facts)
    slowest = max(seconds.values())
    if slowest >= SLOWEST_SECONDS:
        return failed("The store is slow.", value=slowest, limit="< 2", unit="s", **facts)
    if facts["used_percent"] >= 80:
        return warned("The store fills.", value=_used_percent(), limit="< 80", unit="%", **facts)
    return passed("A marker was written, read and removed.", value=slowest, limit="< 2", unit="s", **facts)


def _used_percent() -> Decimal:
    """How full the disk of a local store is; an S3-compatible store has no end of its own."""
    store = storage.store()
    if not isinstance(store, FileSystemStorage):
        return Decimal(0)
    place = Path(store.location)
    while not place.exists():
        place = place.parent
    usage = shutil.disk_usage(place)
    return (Decimal(100 * usage.used) / usage.total).quantize(Decimal("0.1"))


#: What a careful bucket takes; nobody uploads into this one.
TRIAL = Bucket(
    name="launch.trial", label="Trial of the checklist", types=frozenset({JPEG, PNG, PDF, XLSX, DOCX}),
    max_bytes=10 * MEGABYTE, upload_permission="", view_permission="", max_unpacked_bytes=50 * MEGABYTE,
)  # fmt: skip


@register_item(
    id="PLT-SEC-18",
    stages=("PRE",),
    severity=Severity.BLOCKER,
    run=SafeOn.STAGING,
    title="Upload rules hold",
    how="Files that are too large, of a wrong or disguised type, that unpack to more than they may, that carry a "
    "program, and pictures with a script are offered; each must be refused with a reason.",
    remedy="Let every upload pass `files.services.storing.check_upload`, and run `.venv/bin/pytest src/rollbook/shared/files`.",
    evidence=("answers", "ceiling_mb"),
)
def uploads_are_checked(_context: Context) -> Outcome:
    answers: dict[str, str] = {}
    found: list[str] = []
    for name, content in _bad_files().items():
        try:
            check_upload(TRIAL, content, f"{name}.png")
        except FileRefused as refusal:
            answers[name] = refusal.code
        else:
            found.append(f"{name} was taken")
    if MOST_BYTES > 50 * MEGABYTE:
        found.append(f"the ceiling is {MOST_BYTES // MEGABYTE} MB")
    return none_found(
        found, examined=len(answers) + len(found), what="files that should have been refused", answers=answers,
        ceiling_mb=MOST_BYTES // MEGABYTE,
    )  # fmt: skip


def _bad_files() -> dict[str, bytes]:
    return {
        "too large": b"\x89PNG\r\n\x1a\n" + b"\0" * (10 * MEGABYTE),
        "empty": b"",
        "a program": b"MZ" + b"\0" * 200,
        "a page": b"<!doctype html><script>alert(1)</script>",
        "a picture with a script": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "a broken picture": b"\x89PNG\r\n\x1a\n" + b"not a picture at all",
        "a PDF with a program": b"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF",
        "an archive that unpacks too far": _bomb(),
    }


def _bomb() -> bytes:
    """A workbook that would unpack to 64 MB."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (64 * MEGABYTE))
    return packed.getvalue()
