"""Tables of identity."""

from rollbook.core.identity.models.counting import RateWindow
from rollbook.core.identity.models.links import PasswordLink
from rollbook.core.identity.models.sessions import LoginEvent, Session
from rollbook.core.identity.models.standing_in import (
    Impersonation,
    ImpersonationEnd,
    SupportAccess,
    SupportAccessEnd,
)
from rollbook.core.identity.models.tokens import ApiToken, TokenUse
from rollbook.core.identity.models.users import Membership, User, UserManager

__all__ = [
    "ApiToken",
    "Impersonation",
    "ImpersonationEnd",
    "LoginEvent",
    "Membership",
    "PasswordLink",
    "RateWindow",
    "Session",
    "SupportAccess",
    "SupportAccessEnd",
    "TokenUse",
    "User",
    "UserManager",
]
