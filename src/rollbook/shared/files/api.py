"""Files over JSON: what is stored, links, and content."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Schema, Status
from ninja.files import UploadedFile

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.routing import SIGNED_IN, ApiRequest, Router
from rollbook.core.errors import Invalid
from rollbook.shared.files import permissions, selectors, services
from rollbook.shared.files.answers import file_response
from rollbook.shared.files.buckets import bucket_named
from rollbook.shared.files.models import StoredFile
from rollbook.shared.files.opening import Link, make_link
from rollbook.shared.people.permissions import CHANGE_PEOPLE

router = Router(tags=["Files"])

_COLUMNS = (
    "id", "bucket", "name", "content_type", "size_bytes", "sha256", "scan", "subject_type", "subject_id",
    "uploaded_by", "created_at", "removed_at", "removed_reason",
)  # fmt: skip


class FileOut(Schema):
    """What is known of a stored file."""

    id: UUID
    bucket: str
    name: str
    content_type: str
    size_bytes: int
    sha256: str
    scan: str
    subject_type: str
    subject_id: UUID | None
    uploaded_by: UUID | None
    created_at: datetime
    removed_at: datetime | None
    removed_reason: str


class LinkIn(Schema):
    """What a link is wanted for."""

    purpose: Literal["download", "view"] = "download"


class LinkOut(Schema):
    """A link that opens one file for a few minutes without signing in."""

    path: str
    expires_at: datetime


class ReasonIn(Schema):
    """Why something is done."""

    reason: str


@router.get("", permission=permissions.VIEW_FILES, response=Page[FileOut])
def stored_files(request: ApiRequest, page: Query[PageQuery], subject_id: UUID | None = None) -> dict[str, Any]:
    """Which files are stored, the latest first."""
    rows = selectors.stored_files(request.actor, subject_id=subject_id)
    return page_of(rows.values(*_COLUMNS), page, order=("-created_at", "-id"))


@router.post("", permission=SIGNED_IN, response={201: FileOut})
def upload(request: ApiRequest, bucket: Form[str], file: File[UploadedFile]) -> Status[StoredFile]:
    """Send a file to a bucket whose permission the caller holds."""
    found = bucket_named(bucket)
    if found is None or not found.upload_permission:
        raise Invalid.field(
            "bucket", _("There is no such bucket, or its files are sent with the record they belong to.")
        )
    return Status(
        201, services.store_upload(request.actor, bucket=found, content=file.file or b"", name=file.name or "")
    )


@router.get("/{uuid:file_id}", permission=SIGNED_IN, response=FileOut)
def stored_file(request: ApiRequest, file_id: UUID) -> StoredFile:
    """What is known of a file that the caller may read."""
    return selectors.readable_file(request.actor, file_id)


@router.get("/{uuid:file_id}/content", permission=SIGNED_IN, response={200: bytes})
def content(request: ApiRequest, file_id: UUID) -> HttpResponse:
    """The content of a file that the caller may read. A read of a restricted one is written down."""
    stored = selectors.readable_file(request.actor, file_id)
    raw = selectors.content_of(request.actor, stored, purpose="Read over the API")
    return file_response(raw, content_type=stored.content_type, name=stored.name)


@router.post("/{uuid:file_id}/link", permission=SIGNED_IN, response={201: LinkOut})
def link(request: ApiRequest, file_id: UUID, body: LinkIn) -> Status[Link]:
    """A link to one file, good for 15 minutes."""
    return Status(201, make_link(request.actor, file_id, purpose=body.purpose))


@router.post("/{uuid:file_id}/remove", permission=permissions.REMOVE_FILES, response=FileOut)
def remove(request: ApiRequest, file_id: UUID, body: ReasonIn) -> StoredFile:
    """Withdraw a file at once. Twice is the same as once."""
    return services.remove_file(request.actor, file_id=file_id, reason=body.reason)


@router.post("/photos/{uuid:person_id}", permission=CHANGE_PEOPLE, response=FileOut)
def replace_photo(request: ApiRequest, person_id: UUID, file: File[UploadedFile]) -> StoredFile:
    """Give a person a new photo. Send it as multipart form data."""
    return services.replace_photo(request.actor, person_id=person_id, content=file.file or b"", name=file.name or "")


@router.post("/photos/{uuid:person_id}/remove", permission=CHANGE_PEOPLE, response={204: None})
def remove_photo(request: ApiRequest, person_id: UUID, body: ReasonIn) -> HttpResponse:
    """Take a person's photo away."""
    services.remove_photo(request.actor, person_id=person_id, reason=body.reason)
    return HttpResponse(status=204)
