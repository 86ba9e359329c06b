"""What identity tells the rest of the house, in the same transaction."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PasswordLinkWanted:
    """A link is to be mailed. Whoever hears it sends it later; the secret is made at that moment."""

    organisation_id: UUID
    link_id: UUID


@dataclass(frozen=True, slots=True)
class SecurityNoticeWanted:
    """A member is to be told of a change in how they sign in: a login event of theirs."""

    organisation_id: UUID
    membership_id: UUID
    login_event_id: UUID


@dataclass(frozen=True, slots=True)
class MemberDeactivated:
    """A member's access was ended."""

    organisation_id: UUID
    membership_id: UUID
