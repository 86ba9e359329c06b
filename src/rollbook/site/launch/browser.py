"""What a browser is told: headers, cross-origin rules, limits, escaping, caching, and what strangers can open."""

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse

import rollbook
from rollbook.core.api.limits import ANONYMOUS, SIGNED_IN
from rollbook.core.identity.examples import a_member, a_second_factor, sign_in
from rollbook.core.readiness import (
    ALONE,
    Context,
    Outcome,
    SafeOn,
    Severity,
    failed,
    none_found,
    register_item,
)
from rollbook.core.tenancy.models import Organisation
from rollbook.core.web.visitor import Visitor, text_of
from rollbook.site.launch.routes import Route, routes

FRONT = "front door"
FOREIGN = "https://elsewhere.example"
#: What anybody may open: the gate, verification of papers, health, and what the shell itself needs.
PUBLIC_ROUTES = (
    "/login/", "/institution/", "/password/", "/o/", "/verify/", "/health/", "/brand/", "/api/v1/public/",
    "/account/security/passkeys/sign-in/", "/appearance/", "/language/",
)  # fmt: skip
#: ReDoc makes its style sheet while it runs; its page shows nothing that anybody typed.
INLINE_STYLES_REVIEWED = frozenset({"/api/redoc/"})
#: Not asked by the crawl: it would end the visitor's session or is answered by another item.
LEFT_OUT = ("/logout/", "/static/", "/metrics")


def _marker() -> Organisation:
    mark = uuid.uuid4().hex[:12]
    organisation: Organisation = Organisation.objects.create(
        slug=f"marker-{mark}", name="Marker", system="college", currency="XTS", timezone="UTC"
    )
    return organisation


def _administrator(organisation: Organisation, **facts: Any) -> Visitor:
    visitor = Visitor()
    member = a_member(organisation, "administrator", **facts)
    a_second_factor(member.user)
    sign_in(visitor, member)
    return visitor


def _asked(*, with_parameters: bool) -> list[Route]:
    return [
        route
        for route in routes()
        if not route.path.startswith(LEFT_OUT) and (with_parameters or not route.has_parameters)
    ]


@register_item(
    id="PLT-SEC-01",
    stages=("PRE", "DAY", "M1"),
    severity=Severity.BLOCKER,
    tries_writing=True,
    timeout=timedelta(seconds=60),
    title="Security headers are set on every answer",
    how="Every address without parameters is asked by a stranger and by a made-up administrator; each answer must "
    "carry a content policy without unsafe-inline, nosniff, no framing, a referrer and a permissions policy, and "
    "HSTS where the installation is served over https.",
    remedy="Let every answer pass the middleware of `rollbook.site.settings` (SecurityMiddleware, CSPMiddleware, "
    "XFrameOptionsMiddleware, BrowserPermissions), and put nothing before them.",
    evidence=("routes", "answers"),
)
def headers_are_set(_context: Context) -> Outcome:
    stranger, administrator = Visitor(), _administrator(_marker())
    asked = _asked(with_parameters=False)
    found: list[str] = []
    answers = 0
    for route in asked:
        for visitor in (stranger, administrator):
            response = visitor.get(route.path)
            answers += 1
            if missing := sorted(_missing_headers(response, route.path)):
                found.append(f"{route.path} ({response.status_code}): {', '.join(missing)}")
    if len(asked) < 20:
        found.append(f"only {len(asked)} routes could be asked")
    return none_found(found, examined=answers, what="answers without headers", routes=len(asked), answers=answers)


def _is_strict(policy: str, path: str) -> bool:
    """Whether a content policy runs and shows only what comes from our own files."""
    for directive in policy.split(";"):
        name, _, sources = directive.strip().partition(" ")
        may_be_inline = name == "style-src" and path in INLINE_STYLES_REVIEWED
        if "unsafe-eval" in sources or ("unsafe-inline" in sources and not may_be_inline):
            return False
    return bool(policy.strip())


def _missing_headers(response: Any, path: str) -> Iterator[str]:
    policy = response.headers.get("Content-Security-Policy", "")
    if not _is_strict(policy, path):
        yield "Content-Security-Policy"
    if response.headers.get("X-Content-Type-Options") != "nosniff":
        yield "X-Content-Type-Options"
    if response.headers.get("X-Frame-Options") != "DENY" and "frame-ancestors 'none'" not in policy:
        yield "X-Frame-Options"
    if not response.headers.get("Referrer-Policy"):
        yield "Referrer-Policy"
    if not response.headers.get("Permissions-Policy"):
        yield "Permissions-Policy"
    if settings.SECURE_SSL_REDIRECT and "max-age=31536000" not in response.headers.get("Strict-Transport-Security", ""):
        yield "Strict-Transport-Security"


@register_item(
    id="PLT-SEC-02",
    stages=("PRE", "DAY"),
    severity=Severity.BLOCKER,
    tries_writing=True,
    title="Cross-origin access is limited to listed origins",
    how="Requests and preflights come from a foreign origin, to pages, the API and files; the trusted origins of the "
    "settings must be the installation's own.",
    remedy="Take the foreign origin out of CSRF_TRUSTED_ORIGINS, and remove what adds Access-Control-Allow-Origin.",
    evidence=("trusted", "asked"),
)
def origins_are_listed(_context: Context) -> Outcome:
    found: list[str] = []
    paths = ("/login/", "/api/v1/identity/me", "/api/openapi.json", "/health/live")
    for path in paths:
        for method in ("GET", "OPTIONS"):
            headers = {"origin": FOREIGN, "access-control-request-method": "POST"}
            response = Visitor().generic(method, path, headers=headers)
            allowed = response.headers.get("Access-Control-Allow-Origin", "")
            if allowed in ("*", FOREIGN):
                found.append(f"{method} {path} allows {allowed}")
    own = str(getattr(settings, "BASE_URL", ""))
    trusted = list(settings.CSRF_TRUSTED_ORIGINS)
    found += [f"{origin} is trusted" for origin in trusted if origin.rstrip("/") != own or "*" in origin]
    visitor = _administrator(_marker())
    posted = visitor.post(reverse("identity:choose"), {}, headers={"origin": FOREIGN})
    return none_found(
        found, examined=2 * len(paths) + 1, what="foreign origins let in", trusted=trusted, asked=posted.status_code
    )


@register_item(
    id="PLT-SEC-03",
    stages=("PRE", "DAY"),
    severity=Severity.BLOCKER,
    tries_writing=True,
    parallel_key=FRONT,
    timeout=timedelta(seconds=60),
    title="Rate limits hold",
    how="A made-up name is tried six times at the sign-in page, and the API is asked from one address until it "
    "refuses; each refusal must say when to come back. The numbers are held against 100 an hour for strangers and "
    "1,000 for those signed in.",
    remedy="Set `ROLLBOOK_RATE_LIMIT_FACTOR` to 1 and AXES_FAILURE_LIMIT to 5, and restart.",
    evidence=("sign_in", "anonymous_answers", "limits"),
)
def rate_limits_hold(_context: Context) -> Outcome:
    address = f"198.51.100.{uuid.uuid4().int % 250 + 1}"
    trier = Visitor(ip=address)
    typed = {"login": "nobody@marker.invalid", "password": "not-this-one-1896"}
    sign_ins = [trier.post("/login/", typed) for _ in range(6)]
    found: list[str] = []
    if [response.status_code for response in sign_ins[:4]].count(429):
        found.append("sign-in refuses before five tries")
    if sign_ins[-1].status_code != 429 or not sign_ins[-1].headers.get("Retry-After"):
        found.append(f"the sixth try at the sign-in page was answered {sign_ins[-1].status_code}")
    limits = {
        "strangers per hour": ANONYMOUS.times * settings.RATE_LIMIT_FACTOR,
        "signed in per hour": SIGNED_IN.times * settings.RATE_LIMIT_FACTOR,
    }
    if limits["strangers per hour"] > 100:
        found.append(f"strangers may ask {limits['strangers per hour']} times an hour")
    if limits["signed in per hour"] > 1000:
        found.append(f"members may ask {limits['signed in per hour']} times an hour")
    answers = _asked_until_refused(address)
    if answers is None:
        found.append("an address may ask more than 100 times an hour")
    return none_found(
        found, examined=4, what="limits that do not hold",
        sign_in=[response.status_code for response in sign_ins], anonymous_answers=answers, limits=limits,
    )  # fmt: skip


def _asked_until_refused(address: str) -> int | None:
    """How often one address was answered before it was told to wait; None if it never was."""
    visitor = Visitor(ip=address)
    for number in range(101):
        response = visitor.get("/api/v1/launch/probe")
        if response.status_code == 429:
            return number if response.headers.get("Retry-After") else None
    return None


_UNSAFE = re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off|\bmark_safe\(|\bSafeString\(")
#: Reviewed: what these write is made by us of fixed parts, or escaped by `format_html`.
REVIEWED_UNSAFE: frozenset[str] = frozenset()
PACKAGE = Path(rollbook.__file__).parent
SCRIPT = "<script>alert('marker')</script>"


@register_item(
    id="PLT-SEC-06",
    stages=("PRE",),
    severity=Severity.BLOCKER,
    run=SafeOn.STAGING,
    tries_writing=True,
    timeout=timedelta(seconds=60),
    title="Output is escaped, forms carry tokens",
    how="Templates are searched for switched-off escaping; a script is stored as the name of an organisation and of a "
    "member and every page is opened; each form of a page is sent without its token.",
    remedy="Let the named template escape (no `|safe`, no `autoescape off`), and put `{% csrf_token %}` into the form.",
    evidence=("templates", "pages", "tokens_asked"),
)
def output_is_escaped(_context: Context) -> Outcome:
    templates = [path for path in PACKAGE.rglob("*.html") if "tests" not in path.parts]
    found = [
        f"{path.relative_to(PACKAGE)} switches escaping off"
        for path in templates
        if _UNSAFE.search(path.read_text(encoding="utf-8")) and str(path.relative_to(PACKAGE)) not in REVIEWED_UNSAFE
    ]
    organisation = _marker()
    Organisation.objects.filter(pk=organisation.pk).update(name=f"Marker {SCRIPT}")
    visitor = _administrator(organisation, name=f"Marker {SCRIPT}")
    pages = 0
    for route in _asked(with_parameters=False):
        response = visitor.get(route.path)
        if response.status_code == 200 and "html" in response.headers.get("Content-Type", ""):
            pages += 1
            if SCRIPT in text_of(response):
                found.append(f"{route.path} shows a script as it was stored")
    careful = Visitor(checks_tokens=True)
    member = a_member(organisation, "administrator")
    a_second_factor(member.user)
    sign_in(careful, member)
    tokens = {
        path: careful.post(path, {}).status_code for path in ("/login/", "/members/new/", "/account/organisation/")
    }
    found += [f"{path} was answered {status} without a token" for path, status in tokens.items() if status != 403]
    if not pages:
        found.append("no page could be opened")
    return none_found(
        found, examined=len(templates) + pages + len(tokens), what="places where a script gets through",
        templates=len(templates), pages=pages, tokens_asked=tokens,
    )  # fmt: skip


@register_item(
    id="PLT-RLS-04",
    stages=("PRE", "Q"),
    severity=Severity.BLOCKER,
    run=SafeOn.STAGING,
    tries_writing=True,
    timeout=timedelta(seconds=60),
    title="Anonymous access reaches only public pages",
    how="A stranger asks every address, with something in the place of each parameter; only those on the list of "
    "public ones may answer 200.",
    remedy="Give the named view its `@page(permission=…)` or the endpoint its permission; a public one is entered in "
    "`site/launch/browser.py` after review.",
    evidence=("routes", "public"),
)
def strangers_stay_outside(_context: Context) -> Outcome:
    found: list[str] = []
    public: list[str] = []
    asked = _asked(with_parameters=True)
    for route in asked:
        stranger = Visitor(ip=f"192.0.2.{len(public) % 250 + 1}")
        answered = [
            method for method in ("GET", "POST") if stranger.generic(method, route.path).status_code in (200, 201)
        ]
        if not answered:
            continue
        public.append(route.pattern)
        if not route.path.startswith(PUBLIC_ROUTES):
            found.append(f"{route.pattern} ({', '.join(answered)})")
    return none_found(found, examined=len(asked), what="addresses open to strangers", routes=len(asked), public=public)


_ASSET = re.compile(r"""(?:href|src)=["'](/static/[^"']+\.(?:css|js))["']""")
YEAR_SECONDS = 31_536_000


@register_item(
    id="PLT-PERF-08",
    stages=("PRE",),
    severity=Severity.WARNING,
    run=SafeOn.STAGING,
    tries_writing=True,
    title="Static files are minified, compressed, hashed and cached",
    how="The shell's style sheets and scripts are taken from the sign-in page and fetched as a browser does; names must "
    "carry a hash, answers be compressed and kept for a year, and all together be at most 200 KB.",
    remedy="Run `rollbook up` once: it collects the static files with their hashes and compressed forms.",
    evidence=("assets", "shell_kb"),
)
def static_files_are_light(_context: Context) -> Outcome:
    page = text_of(Visitor().get("/login/"))
    assets = sorted(set(_ASSET.findall(page)))
    found: list[str] = []
    size = 0
    for asset in assets:
        response = Visitor().get(asset, headers={"accept-encoding": "gzip, br"})
        content = b"".join(response.streaming_content) if response.streaming else response.content
        size += len(content)
        if response.status_code != 200:
            found.append(f"{asset} was answered {response.status_code}")
            continue
        cache = response.headers.get("Cache-Control", "")
        age = re.search(r"max-age=(\d+)", cache)
        if "immutable" not in cache or age is None or int(age[1]) < YEAR_SECONDS:
            found.append(f"{asset} is not kept for a year")
        if response.headers.get("Content-Encoding") not in ("gzip", "br") and len(content) > 1024:
            found.append(f"{asset} is not compressed")
        if not re.search(r"\.[0-9a-f]{8,}\.(css|js)$", asset):
            found.append(f"{asset} has no hash in its name")
    kilobytes = Decimal(size) / 1024
    facts = {"assets": assets, "shell_kb": kilobytes.quantize(Decimal("0.1"))}
    if not found and assets and kilobytes > 200:
        return failed("The shell is too heavy.", value=kilobytes, limit="≤ 200", unit="KB", **facts)
    return none_found(found, examined=len(assets), what="static files not as they should be", **facts)


@register_item(
    id="PLT-PERF-10",
    stages=("PRE",),
    severity=Severity.WARNING,
    tries_writing=True,
    timeout=timedelta(seconds=60),
    title="Caching strategy works and never leaks",
    how="Every page and endpoint without parameters is asked by two made-up administrators of different "
    "organisations: what is private must be marked private or no-store, and nobody sees the other's name.",
    remedy="Set `Cache-Control: no-store` (or private) on the named answer; `core.web.render` does it for pages.",
    evidence=("asked",),
)
def private_pages_are_private(_context: Context) -> Outcome:
    first, second = _marker(), _marker()
    names = {first.pk: f"Marker {uuid.uuid4().hex}", second.pk: f"Marker {uuid.uuid4().hex}"}
    visitors = {}
    for organisation in (first, second):
        Organisation.objects.filter(pk=organisation.pk).update(name=names[organisation.pk])
        visitors[organisation.pk] = _administrator(organisation, name=names[organisation.pk])
    found: list[str] = []
    asked = [route for route in _asked(with_parameters=False) if not route.path.startswith(("/health", "/brand"))]
    for route in asked:
        response = visitors[first.pk].get(route.path)
        cache = response.headers.get("Cache-Control", "")
        if names[first.pk] not in text_of(response):
            continue  # nothing of one's own on it
        if "no-store" not in cache and "private" not in cache:
            found.append(f"{route.path} may be kept by a proxy")
        if names[first.pk] in text_of(visitors[second.pk].get(route.path)):
            found.append(f"{route.path} shows the other's name")
    return none_found(
        sorted(set(found)), examined=len(asked), what="private answers that may be kept", asked=len(asked)
    )


@register_item(
    id="PLT-MON-02",
    stages=("PRE", "DAY", "H"),
    severity=Severity.BLOCKER,
    parallel_key=ALONE,
    tries_writing=True,
    title="Health endpoints tell the truth",
    how="Both are asked; alive must come within 50 ms, ready must agree with what is seen here of database, "
    "migrations and worker, and neither may show a secret.",
    remedy="Read the sentences of /health/ready: each names what is not well and what to do.",
    evidence=("live_ms", "live", "ready", "parts"),
)
def health_tells_the_truth(context: Context) -> Outcome:
    import time

    from rollbook.shared.jobs.selectors import live_workers
    from rollbook.site.launch.secrets import service_passwords
    from rollbook.site.runtime.migrating import pending_migrations

    live_ms = Decimal(10_000)
    live = 0
    for _ in range(3):
        began = time.perf_counter()
        live = Visitor().get("/health/live").status_code
        live_ms = min(live_ms, Decimal(str(round((time.perf_counter() - began) * 1000, 1))))
    ready = Visitor().get("/health/ready")
    body = ready.json() if "json" in ready.headers.get("Content-Type", "") else {}
    parts = {name: bool(facts.get("is_well")) for name, facts in body.get("parts", {}).items()}
    seen = {
        "database": True,
        "migrations": not pending_migrations(),
        "worker": bool(live_workers(context.now)),
    }
    found = [
        f"{name}: it says {parts.get(name)}, it is {truth}" for name, truth in seen.items() if parts.get(name) != truth
    ]
    if live != 200:
        found.append(f"alive was answered {live}")
    found += [f"{name} is not well" for name, is_well in parts.items() if not is_well]
    if any(password and password in text_of(ready) for password in service_passwords().values()):
        found.append("a secret is shown")
    facts = {"live_ms": live_ms, "live": live, "ready": ready.status_code, "parts": parts}
    if not found and live_ms >= 50:
        return failed("Alive comes too late.", value=live_ms, limit="< 50", unit="ms", **facts)
    return none_found(found, examined=len(parts) + 1, what="untruths or illnesses", **facts)
