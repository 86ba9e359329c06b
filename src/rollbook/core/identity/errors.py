"""How identity says no."""

from typing import ClassVar

from rollbook.core.errors import Refusal, SignInNeeded


class SessionOver(SignInNeeded):
    """You were signed out: nothing was done for a while, or your access changed. Please sign in again."""

    code = "SESSION_OVER"


class TokenRefused(SignInNeeded):
    """This token is unknown, has expired or was revoked. Ask its owner for a new one."""

    code = "TOKEN_REFUSED"


class OrganisationNeeded(SignInNeeded):
    """Choose the organisation you want to work in."""

    code = "ORGANISATION_NEEDED"
    url_name = "identity:choose"


class SecondFactorNeeded(SignInNeeded):
    """Your role touches money, grades or settings and needs a second factor. Setting it up is quick."""

    code = "SECOND_FACTOR_NEEDED"
    status = 403
    url_name = "mfa_index"


class ProofNeeded(SignInNeeded):
    """Please confirm that it is you: this is a sensitive act and your last sign-in is a while ago."""

    code = "PROOF_NEEDED"
    status = 403
    url_name = "account_reauthenticate"


class NotByToken(Refusal):
    """An API token may not do this. Sign in and do it yourself."""

    code = "NOT_BY_TOKEN"
    status = 403
    audited = True


class NotWhileStandingIn(Refusal):
    """Not while you act for somebody else. End it first; then do this as yourself."""

    code = "NOT_WHILE_STANDING_IN"
    status = 403
    audited = True


class StandInOver(Refusal):
    """Your time to act for somebody else is over. Nothing was changed; you can go on as yourself."""

    code = "STAND_IN_OVER"
    status = 403


class LinkSpent(Refusal):
    """This link has been used, has expired or was replaced by a newer one. Ask for a new link."""

    code = "LINK_SPENT"
    status = 410


class LinkNotShown(Refusal):
    """This link is only sent by e-mail, because its owner has an address of their own. Send it instead."""

    code = "LINK_NOT_SHOWN"
    audited = True


class NoAddress(Refusal):
    """{name} has no e-mail address. Show the link instead and hand it over in person."""

    code = "NO_ADDRESS"


class AlreadyMember(Refusal):
    """This person is a member already. Open their page to change their roles."""

    code = "ALREADY_MEMBER"


class LoginNameTaken(Refusal):
    """The number {login_name} belongs to another member. Check it, or use another one."""

    code = "LOGIN_NAME_TAKEN"


class PersonHasAccount(Refusal):
    """{name} signs in as the entry that would give way. Link the account to the other entry first, then merge."""

    code = "PERSON_HAS_ACCOUNT"


class AccountForgotten(Refusal):
    """The account of {name} was anonymised for good. Invite them as a new member if they come back."""

    code = "ACCOUNT_FORGOTTEN"


class RoleUnknown(Refusal):
    """There is no role “{role}” here. Choose from the list, or make the role first."""

    code = "ROLE_UNKNOWN"
    status = 422


class RoleAboveYours(Refusal):
    """You cannot give the role “{role}”, because it may do more than you. Ask an administrator."""

    code = "ROLE_ABOVE_YOURS"
    status = 403
    audited = True


class OwnRoles(Refusal):
    """Nobody changes their own access. Ask another administrator."""

    code = "OWN_ROLES"
    audited = True


class LastAdministrator(Refusal):
    """This is the last administrator. Make somebody else administrator first."""

    code = "LAST_ADMINISTRATOR"


class NotActive(Refusal):
    """{name} is not active here. Give the access back first."""

    code = "NOT_ACTIVE"


class ImpersonationOff(Refusal):
    """Acting for a member is switched off here. Ask the member to do it, or have the setting changed with a reason."""

    code = "IMPERSONATION_OFF"


class MayNotBeImpersonated(Refusal):
    """{name} may act for others, so nobody may act as {name}."""

    code = "MAY_NOT_BE_IMPERSONATED"
    audited = True


class ScopeNotYours(Refusal):
    """A token cannot do more than you: you do not hold “{scope}”."""

    code = "SCOPE_NOT_YOURS"
    status = 403
    audited = True


class ElsewhereToo(Refusal):
    """{name} belongs to another organisation too, so this is not yours alone to change. Ask the operators."""

    code = "ELSEWHERE_TOO"
    audited = True


class SecondFactorRequired(Refusal):
    """Your role needs a second factor, so the last one cannot be removed. Add another one first."""

    code = "SECOND_FACTOR_REQUIRED"
    audited: ClassVar[bool] = True
