"""Every change to what is stored, one function per act."""

from rollbook.shared.files.services.photos import remove_photo, replace_photo
from rollbook.shared.files.services.removing import remove_expired, remove_file
from rollbook.shared.files.services.storing import keep_paper, store_upload
from rollbook.shared.files.services.sweeping import Swept, sweep

__all__ = [
    "Swept",
    "keep_paper",
    "remove_expired",
    "remove_file",
    "remove_photo",
    "replace_photo",
    "store_upload",
    "sweep",
]
