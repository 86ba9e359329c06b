"""Buckets that this room speaks for itself."""

from rollbook.shared.files import permissions
from rollbook.shared.files.buckets import MEGABYTE, PICTURES, Bucket, PictureBounds, register_bucket
from rollbook.shared.people.permissions import CHANGE_PEOPLE

#: Photos of people, as they stand on cards and lists: nowhere wider than 160 px, on the finest screens 480. A class of
#: forty is looked at on a telephone, too.
PHOTO = register_bucket(
    Bucket(
        name="people.photo",
        label="Photos of people",
        types=PICTURES,
        max_bytes=10 * MEGABYTE,
        upload_permission=CHANGE_PEOPLE,
        view_permission=permissions.VIEW_PHOTOS,
        picture=PictureBounds(width=480, height=480, quality=82),
        # Anybody may see their own picture.
        may_view=lambda actor, stored: actor.person_id is not None and stored.subject_id == actor.person_id,
    )
)
