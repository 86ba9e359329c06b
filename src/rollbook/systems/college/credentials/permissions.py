"""Who releases papers, and who lets a student graduate."""

from rollbook.core.permissions.register import register
from rollbook.core.permissions.roles import ADMINISTRATOR
from rollbook.systems.college import roles

RELEASE_PAPERS = register(
    "college.credentials.release_papers", "Release official papers of students; see those one released",
    roles=roles.REGISTRARS,
)  # fmt: skip
RELEASE_DESPITE_HOLD = register(
    "college.credentials.release_despite_hold", "Release a paper although a hold stands against it",
    roles=[roles.HEAD_REGISTRAR],
)  # fmt: skip
VIEW_RELEASES = register(
    "college.credentials.view_releases", "See every release of papers", roles=[ADMINISTRATOR, roles.HEAD_REGISTRAR]
)
REVOKE_PAPERS = register(
    "college.credentials.revoke_papers", "Revoke any paper that was released", roles=[roles.HEAD_REGISTRAR]
)
REVOKE_OWN_RELEASES = register(
    "college.credentials.revoke_own_releases", "Revoke a paper that one released oneself", roles=roles.REGISTRARS
)
VIEW_OWN_PAPERS = register(
    "college.credentials.view_own_papers", "See and download one's own released papers", roles=[roles.STUDENT]
)
CHECK_GRADUATION = register(
    "college.credentials.check_graduation", "Check whether a student may graduate, and propose it",
    roles=[roles.PROGRAM_HEAD, *roles.REGISTRARS],
)  # fmt: skip
PROPOSE_GRADUATION = register(
    "college.credentials.propose_graduation", "Propose that a student graduates", roles=roles.REGISTRARS
)
CONFIRM_GRADUATION = register(
    "college.credentials.confirm_graduation", "Confirm that a student graduates", roles=[roles.HEAD_REGISTRAR]
)
