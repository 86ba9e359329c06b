"""Buckets that this room speaks for itself."""

from rollbook.shared.files import permissions
from rollbook.shared.files.buckets import MEGABYTE, PICTURES, Bucket, PictureBounds, register_bucket
from rollbook.shared.people.permissions import CHANGE_PEOPLE

#: Photos of people, as they stand on cards and lists.
PHOTO = register_bucket(
    Bucket(
        name="people.photo",
        label="Photos of people",
        types=PICTURES,
        max_bytes=10 * MEGABYTE,
        upload_permission=CHANGE_PEOPLE,
        view_permission=permissions.VIEW_PHOTOS,
        picture=PictureBounds(width=900, height=900, quality=86),
        # Anybody may see their own picture.
        may_view=lambda actor, stored: actor.person_id is not None and stored.subject_id == actor.person_id,
    )
)
