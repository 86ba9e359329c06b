"""Who may see and remove stored files that no other room speaks for."""

from rollbook.core.permissions.register import register
from rollbook.core.permissions.roles import ADMINISTRATOR, AUDITOR

VIEW_PHOTOS = register("files.view_photos", "See photos of people", roles=[ADMINISTRATOR, AUDITOR])
VIEW_FILES = register("files.view", "See which files are stored, and by whom", roles=[ADMINISTRATOR, AUDITOR])
REMOVE_FILES = register("files.remove", "Remove stored files, with a reason", roles=[ADMINISTRATOR])
