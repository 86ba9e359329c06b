"""Tables of identity."""

from rollbook.core.identity.models.users import Membership, User, UserManager

__all__ = ["Membership", "User", "UserManager"]
