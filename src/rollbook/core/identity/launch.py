"""Does the door open for members and for nobody else? The sign-in items of the launch checklist.

Each goes through the real pages as people who exist in this transaction only; everything is taken back.
"""

import time
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.urls import reverse

from rollbook.core import clock
from rollbook.core.identity import keys, rules
from rollbook.core.identity.examples import PASSWORD, a_member, sign_in
from rollbook.core.identity.models import ApiToken, Membership, PasswordLink, TokenUse
from rollbook.core.identity.services import links
from rollbook.core.permissions.actor import Actor
from rollbook.core.readiness import ALONE, Context, Outcome, Severity, failed, none_found, register_item
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.web.visitor import Visitor

READ_LOG = "Read the log line with the trace, and run `.venv/bin/pytest src/rollbook/core/identity`."
FOREIGN = "https://elsewhere.example/"
KEY = "front door"


def _organisation(system: str = "college") -> Organisation:
    mark = uuid.uuid4().hex[:12]
    organisation: Organisation = Organisation.objects.create(
        slug=f"marker-{mark}", name="Marker", system=system, currency="XTS", timezone="UTC"
    )
    return organisation


class QuickHasher(Argon2PasswordHasher):
    """Makes hashes that are cheap to check, so that the checklist's many tries are not themselves a load."""

    time_cost = 1
    memory_cost = 64
    parallelism = 1


def made_up_member(organisation: Organisation, *roles: str, **facts: Any) -> Membership:
    """A member with the password of examples, who exists in this transaction only."""
    member = a_member(organisation, *roles, **facts)
    member.user.password = make_password(PASSWORD, hasher=QuickHasher())
    member.user.save(update_fields=["password"])
    return member


def _try(visitor: Visitor, membership: Membership, password: str = PASSWORD, **more: Any) -> Any:
    """Type name and password at the sign-in page."""
    return visitor.post(reverse("account_login"), {"login": membership.user.email, "password": password, **more})


def _is_in(visitor: Visitor) -> bool:
    """Whether the pages of members open."""
    return bool(visitor.get(reverse("identity:sessions")).status_code == 200)


@register_item(
    id="PLT-AUTH-01",
    stages=("PRE", "DAY"),
    severity=Severity.BLOCKER,
    tries_writing=True,
    parallel_key=ALONE,
    timeout=timedelta(seconds=30),
    title="Sign-in, sign-out, reset and second factor work",
    how="A made-up member of each kind of institution signs in through the real pages, with a wrong and the right "
    "password, with and without a second factor, asks for a new password, and signs out.",
    remedy=READ_LOG,
    evidence=("seconds", "profiles"),
)
def front_door_works(_context: Context) -> Outcome:
    systems = sorted(set(Organisation.objects.filter(is_active=True).values_list("system", flat=True))) or ["college"]
    found: list[str] = []
    fastest = Decimal(99)
    for system in systems:
        seconds, problems = _walk_through(_organisation(system))
        fastest = min(fastest, seconds)
        found += [f"{system}: {problem}" for problem in problems]
    facts: dict[str, Any] = {"seconds": fastest, "profiles": systems}
    if not found and fastest >= 1:
        return failed("Signing in takes too long.", value=fastest, limit="< 1", unit="s", **facts)
    return none_found(found, examined=8 * len(systems), what="things at the door that do not work", **facts)


def _walk_through(organisation: Organisation) -> tuple[Decimal, list[str]]:
    member = made_up_member(organisation)
    problems: list[str] = []
    wrong, stranger = Visitor(), Visitor()
    refused = _try(wrong, member, "not-this-one-1896")
    unknown = stranger.post(reverse("account_login"), {"login": "nobody@example.edu", "password": PASSWORD})
    if refused.status_code == 302 or _is_in(wrong):
        problems.append("a wrong password opened the door")
    if refused.status_code != unknown.status_code or _sentences(refused) != _sentences(unknown):
        problems.append("the answer tells whether the name exists")
    fastest = Decimal(99)
    visitor = Visitor()
    for _ in range(2):
        visitor = Visitor()
        began = time.perf_counter()
        _try(visitor, member)
        fastest = min(fastest, Decimal(str(round(time.perf_counter() - began, 3))))
    if not _is_in(visitor):
        problems.append("the right password did not open the door")
    visitor.post(reverse("account_logout"))
    if _is_in(visitor):
        problems.append("signing out did not end the session")
    problems += _second_factor(organisation)
    asked = Visitor().post(reverse("account_reset_password"), {"name": member.user.email})
    with tenant_scope(organisation.pk):
        is_made = PasswordLink.objects.filter(membership=member, purpose=PasswordLink.Purpose.RESET).exists()
    if asked.status_code != 200 or not is_made:
        problems.append("asking for a new password made no link")
    return fastest, problems


def _sentences(response: Any) -> list[str]:
    form = (response.context or {}).get("form") if response.context else None
    return sorted(str(error) for errors in form.errors.values() for error in errors) if form is not None else []


def _second_factor(organisation: Organisation) -> list[str]:
    member = made_up_member(organisation)
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(member.user, secret)
    visitor = Visitor()
    _try(visitor, member)
    if _is_in(visitor):
        return ["the password alone was enough for somebody with a second factor"]
    page = reverse("mfa_authenticate")
    right = totp.format_hotp_value(totp.hotp_value(secret, list(totp.yield_hotp_counters_from_time())[1]))
    visitor.post(page, {"code": f"{(int(right) + 1) % 1_000_000:06d}"})
    if _is_in(visitor):
        return ["a wrong code was let in"]
    visitor.post(page, {"code": right})
    return [] if _is_in(visitor) else ["the right code was not let in"]


@register_item(
    id="PLT-AUTH-03",
    stages=("PRE",),
    severity=Severity.BLOCKER,
    timeout=timedelta(seconds=30),
    tries_writing=True,
    title="Tokens expire and can be revoked",
    how="A token of a made-up member is used on the API: at once, one second past its end, after it was revoked, and "
    "with one letter changed. Tokens in use are read for ones that last longer than they may.",
    remedy="Revoke the named tokens (Members, then Tokens), and run `.venv/bin/pytest src/rollbook/core/identity`.",
    evidence=("answers",),
)
def tokens_end(_context: Context) -> Outcome:
    organisation = _organisation()
    member = a_member(organisation)
    now = clock.now()
    secret = keys.new_token(organisation.pk)
    with tenant_scope(organisation.pk):
        token = ApiToken.objects.create(
            membership=member, name="Marker", digest=keys.digest_of(secret), ending=secret[-4:],
            scopes=[], created_at=now, expires_at=now + timedelta(hours=1),
        )  # fmt: skip
        TokenUse.objects.create(token=token)
    answers = {"in time": _asked_with(secret)}
    with clock.frozen_at(now + timedelta(hours=1)):
        answers["expired"] = _asked_with(secret)
    answers["altered"] = _asked_with(secret[:-1] + ("0" if secret[-1] != "0" else "1"))
    with tenant_scope(organisation.pk):
        ApiToken.objects.filter(pk=token.pk).update(revoked_at=now)
    answers["revoked"] = _asked_with(secret)
    wanted = {"in time": 200, "expired": 401, "altered": 401, "revoked": 401}
    found = [
        f"{case}: {answers[case]} instead of {status}" for case, status in wanted.items() if answers[case] != status
    ]
    return none_found(found, examined=len(wanted), what="wrong answers to tokens", answers=answers)


def _asked_with(secret: str) -> int:
    response = Visitor().get("/api/v1/identity/me", headers={"authorization": f"Bearer {secret}"})
    return int(response.status_code)


@register_item(
    id="PLT-AUTH-04",
    stages=("PRE",),
    severity=Severity.WARNING,
    tries_writing=True,
    parallel_key=KEY,
    timeout=timedelta(seconds=30),
    title="Session times out and attempts are limited",
    how="A made-up member of staff leaves a session alone for longer than allowed; another name is tried six times.",
    remedy="Set AXES_FAILURE_LIMIT to 5 and the idle time of staff to 30 minutes or less (Settings, then Policies).",
    evidence=("idle_minutes", "attempts", "answers"),
)
def sessions_time_out(_context: Context) -> Outcome:
    organisation = _organisation()
    member = made_up_member(organisation)
    found: list[str] = []
    visitor = Visitor()
    sign_in(visitor, member, idle_minutes=rules.STAFF_IDLE_MINUTES)
    if not _is_in(visitor):
        found.append("a fresh session is not accepted")
    with clock.frozen_at(clock.now() + timedelta(minutes=rules.STAFF_IDLE_MINUTES, seconds=2)):
        if _is_in(visitor):
            found.append("a session that was left alone is still open")
    if rules.STAFF_IDLE_MINUTES > 30:
        found.append(f"sessions of staff may be left alone for {rules.STAFF_IDLE_MINUTES} minutes")
    trier = Visitor(ip="203.0.113.78")
    answers = [_try(trier, member, f"wrong-{attempt}-1896").status_code for attempt in range(5)]
    answers.append(_try(trier, member).status_code)
    if answers[-1] != 429 or _is_in(trier):
        found.append(f"after five wrong passwords the sixth try was answered {answers[-1]}")
    return none_found(
        found, examined=4, what="limits that do not hold", idle_minutes=rules.STAFF_IDLE_MINUTES,
        attempts=settings.AXES_FAILURE_LIMIT, answers=answers,
    )  # fmt: skip


@register_item(
    id="PLT-AUTH-05",
    stages=("PRE",),
    severity=Severity.BLOCKER,
    timeout=timedelta(seconds=30),
    tries_writing=True,
    parallel_key=KEY,
    title="Return addresses are allow-listed",
    how="Signing in, choosing an organisation and signing out are asked to lead to a foreign address in six spellings.",
    remedy="Set ROLLBOOK_BASE_URL to the address of this installation (https on production), and let pages redirect "
    "through `arrival.safe_target` only.",
    evidence=("base_url",),
)
def return_addresses_are_ours(context: Context) -> Outcome:
    organisation = _organisation()
    member = made_up_member(organisation)
    spellings = (
        FOREIGN, "//elsewhere.example/", "/\\elsewhere.example/", "https:elsewhere.example", "javascript:alert(1)",
        "http:///elsewhere.example",
    )  # fmt: skip
    found: list[str] = []
    for number, target in enumerate(spellings):
        visitor = Visitor(ip=f"203.0.113.{80 + number}")
        location = ""
        if number < 2:  # a sign-in is costly on purpose; the other spellings meet the same function below
            location = str(_try(visitor, member, next=target).headers.get("Location", ""))
        else:
            sign_in(visitor, member)
        chosen = visitor.post(
            reverse("identity:choose"), {"organisation": str(organisation.pk), "next": target}
        ).headers.get("Location", "")
        left = visitor.post(f"{reverse('account_logout')}?next={target}", {"next": target}).headers.get("Location", "")
        found += [
            f"{place} leads to {target}"
            for place, address in (("signing in", location), ("choosing", chosen), ("signing out", left))
            if "elsewhere.example" in address or address.startswith("javascript:")
        ]
    base_url = str(getattr(settings, "BASE_URL", ""))
    if context.is_production and not base_url.startswith("https://"):
        found.append(f"the installation's own address is {base_url or 'not set'}")
    return none_found(found, examined=3 * len(spellings), what="ways to a foreign address", base_url=base_url)


@register_item(
    id="PLT-AUTH-06",
    stages=("PRE",),
    severity=Severity.BLOCKER,
    tries_writing=True,
    parallel_key=KEY,
    timeout=timedelta(seconds=20),
    title="An account can be used only after its owner followed a link, once",
    how="Sign-up is tried; a made-up member without a password is tried; the link is followed, used, used again, and "
    "tried after 72 hours.",
    remedy="Run `rollbook migrate` (links live at most 72 hours by a constraint) and look at who may make users.",
    evidence=("lasts_hours",),
)
def links_work_once(_context: Context) -> Outcome:
    organisation = _organisation()
    found: list[str] = []
    if any(Visitor().get(path).status_code == 200 for path in ("/signup/", "/account/signup/", "/accounts/signup/")):
        found.append("strangers can sign up")
    member = a_member(organisation)
    visitor = Visitor()
    _try(visitor, member)
    if _is_in(visitor):
        found.append("an account without a password was opened")
    secret = _secret_for(member)
    late = _secret_for(a_member(organisation))
    if _set_password(organisation, secret) != 302:
        found.append("the link did not set the password")
    visitor = Visitor()
    _try(visitor, member)
    if not _is_in(visitor):
        found.append("the password set by the link does not work")
    if _set_password(organisation, secret) == 302:
        found.append("a link was used twice")
    with clock.frozen_at(clock.now() + rules.ACTIVATION_LASTS):
        if _set_password(organisation, late) == 302:
            found.append("a link works after 72 hours")
    hours = int(rules.ACTIVATION_LASTS.total_seconds() // 3600)
    if hours > 72:
        found.append(f"links last {hours} hours")
    return none_found(found, examined=6, what="ways round the link", lasts_hours=hours)


def _secret_for(member: Membership) -> str:
    with tenant_scope(member.organisation_id):
        actor = Actor.system(member.organisation_id, job="launch checklist")
        return links.show_link(actor=actor, membership_id=member.pk)


def _set_password(organisation: Organisation, secret: str) -> int:
    visitor = Visitor(ip="203.0.113.99")
    visitor.get(reverse("identity:follow_link", args=[organisation.slug, secret]))
    typed = {"password": PASSWORD, "again": PASSWORD}
    return int(visitor.post(reverse("identity:set_password", args=[organisation.slug]), typed).status_code)


@register_item(
    id="PLT-RLS-05",
    stages=("PRE", "Q"),
    severity=Severity.WARNING,
    tries_writing=True,
    title="Operators see monitoring, not the records of an organisation",
    how="Made-up staff of the installation try to enter an organisation they do not belong to; open stays without a "
    "reason or longer than 60 minutes are looked for.",
    remedy="End the named stays (Members, then Acting), and use support access, which asks for a reason and a time.",
    evidence=("answer",),
)
def operators_stay_outside(_context: Context) -> Outcome:
    organisation = _organisation()
    own = a_member(_organisation())
    own.user.is_platform_staff = True
    own.user.save(update_fields=["is_platform_staff"])
    visitor = Visitor()
    sign_in(visitor, own)
    entering = visitor.post(reverse("identity:choose"), {"organisation": str(organisation.pk)})
    found = []
    if entering.status_code == 302:
        found.append("staff entered an organisation without a reason")
    forged = Visitor()
    sign_in(forged, own, organisation_id=str(organisation.pk))
    if _is_in(forged):
        found.append("a session that names a foreign organisation was let in")
    return none_found(found, examined=2, what="ways of staff into an organisation", answer=entering.status_code)


@register_item(
    id="PLT-SEC-14",
    stages=("PRE", "DAY"),
    severity=Severity.BLOCKER,
    timeout=timedelta(seconds=60),
    title="First administrators come by one-time link with a second factor; no default or shared accounts",
    how="Administrators of every organisation, their second factors, open links, and known default passwords are read "
    "and tried.",
    remedy="Invite a second administrator (Members, then Invite), have both set up a second factor, and change or "
    "close the accounts that a known password opens. Demonstration data does not belong on this server.",
    evidence=("organisations", "administrators", "with_second_factor", "open_links", "tried"),
)
def administrators_are_safe(context: Context) -> Outcome:
    organisations = list(Organisation.objects.filter(is_active=True).values_list("pk", "slug"))
    found: list[str] = []
    administrators = with_factor = open_links = tried = 0
    for organisation_id, slug in organisations:
        with tenant_scope(organisation_id):
            owners = list(
                Membership.objects.select_related("user").filter(roles__contains=["administrator"], is_active=True)
            )
            protected = set(
                Authenticator.objects.filter(user_id__in=[owner.user_id for owner in owners])
                .exclude(type=Authenticator.Type.RECOVERY_CODES)
                .values_list("user_id", flat=True)
            )
            stale = PasswordLink.objects.filter(
                used_at=None, withdrawn_at=None, created_at__lt=context.now - timedelta(hours=72),
                expires_at__gt=context.now,
            ).count()  # fmt: skip
        administrators += len(owners)
        with_factor += len(protected)
        open_links += stale
        if len(owners) < 2:
            found.append(f"{slug} has {len(owners)} administrators, not 2")
        if lacking := len(owners) - len(protected):
            found.append(f"{lacking} administrators of {slug} have no second factor")
        if stale:
            found.append(f"{stale} links of {slug} are open for more than 72 hours")
        weak, count = _opened_by_defaults(owners)
        tried += count
        if weak:
            found.append(f"{weak} administrators of {slug} have a known default password")
    return none_found(
        found, examined=len(organisations), what="risks at the top", organisations=len(organisations),
        administrators=administrators, with_second_factor=with_factor, open_links=open_links, tried=tried,
    )  # fmt: skip


#: Passwords that everybody knows, among them those of our own examples and demonstrations.
KNOWN_DEFAULTS = (PASSWORD, "rollbook", "password")
MOST_TRIED = 2


def _opened_by_defaults(owners: list[Membership]) -> tuple[int, int]:
    defaults = (*KNOWN_DEFAULTS, *getattr(settings, "DEMONSTRATION_PASSWORDS", ()))
    opened = 0
    for owner in owners[:MOST_TRIED]:
        if owner.user.has_usable_password():
            opened += any(owner.user.check_password(word) for word in defaults)
    return opened, len(owners[:MOST_TRIED]) * len(defaults)


@register_item(
    id="PLT-SEC-11",
    stages=("PRE",),
    severity=Severity.BLOCKER,
    title="Passwords are stored with a strong hash and follow the policy",
    how="The hashes in the table of users are read by kind; the policy is asked about short, common and breached "
    "passwords.",
    remedy="Put Argon2 first in PASSWORD_HASHERS and keep the validators; users with an old hash get a link "
    "(Members, then Send link).",
    evidence=("kinds", "refused"),
)
def passwords_are_strong(_context: Context) -> Outcome:
    from django.contrib.auth.hashers import get_hasher
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from rollbook.core.db.catalogue import select

    kinds: dict[str, int] = dict(
        select(
            "SELECT split_part(password, '$', 1), count(*) FROM identity_user WHERE password NOT LIKE '!%%' GROUP BY 1"
        )
    )
    allowed = {"argon2", "pbkdf2_sha256", ""}
    found = [f"{count} users with {kind}" for kind, count in kinds.items() if kind not in allowed]
    if get_hasher().algorithm != "argon2":
        found.append(f"new passwords are stored with {get_hasher().algorithm}")
    refused = []
    for weak in ("short1", "password123", "1234567890", "qwertyuiop"):
        try:
            validate_password(weak)
            found.append("a weak password is accepted")
        except ValidationError:
            refused.append(len(weak))
    return none_found(found, examined=4 + sum(kinds.values()), what="weak passwords", kinds=kinds, refused=len(refused))


@register_item(
    id="PLT-LOG-06",
    stages=("PRE",),
    severity=Severity.BLOCKER,
    tries_writing=True,
    timeout=timedelta(seconds=30),
    parallel_key=KEY,
    title="Sign-ins and sensitive reads are recorded",
    how="A made-up member is refused once, signs in once, and a restricted record is opened; the three records are "
    "read back with time, address and purpose.",
    remedy=READ_LOG,
    evidence=("recorded",),
)
def sign_ins_are_recorded(_context: Context) -> Outcome:
    from rollbook.core.audit.models import AccessEntry
    from rollbook.core.audit.services import record_access
    from rollbook.core.identity.models import LoginEvent

    organisation = _organisation()
    member = made_up_member(organisation)
    visitor = Visitor(ip="203.0.113.111")
    _try(visitor, member, "not-this-one-1896")
    _try(visitor, member)
    events = LoginEvent.objects.filter(user_id=member.user_id, ip="203.0.113.111")
    with tenant_scope(organisation.pk):
        reader = Actor(organisation_id=organisation.pk, user_id=member.user_id, ip="203.0.113.111")
        record_access(reader, ("launch.marker", member.pk), "Checking that reads are recorded")
        read = AccessEntry.objects.filter(user_id=member.user_id).values_list("ip", "purpose", "at").first()
    recorded = {
        "refused sign-in": events.filter(kind=LoginEvent.Kind.PASSWORD_REFUSED).count() == 1,
        "sign-in": events.filter(kind=LoginEvent.Kind.SIGNED_IN).count() == 1,
        "sensitive read": read is not None and read[0] == "203.0.113.111" and bool(read[1]) and read[2] is not None,
    }
    found = [name for name, is_there in recorded.items() if not is_there]
    return none_found(found, examined=3, what="acts without a record", recorded=recorded)
