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
from rollbook.core.identity.launch import made_up_member
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
from rollbook.core.web.visitor import Visitor, text_of
from rollbook.site.launch import crawls
from rollbook.site.launch.crawls import SCRIPT, Answer

FRONT = "front door"
#: Items that read the same walk come one after the other, so that none waits for it inside its transaction.
WALK = "walk"
FOREIGN = "https://elsewhere.example"
#: What anybody may open: the gate, applying and what applicants read, verification of papers, health, and what the shell itself needs.
PUBLIC_ROUTES = (
    "/login/", "/institution/", "/password/", "/o/", "/verify/", "/health/", "/brand/", "/api/v1/public/",
    "/account/security/passkeys/sign-in/", "/appearance/", "/language/", "/apply/", "/api/v1/college/public/",
)  # fmt: skip
#: ReDoc makes its style sheet while it runs; its page shows nothing that anybody typed.
INLINE_STYLES_REVIEWED = frozenset({"/api/redoc/"})


@register_item(
    id="PLT-SEC-01",
    stages=("PRE", "DAY", "M1"),
    severity=Severity.BLOCKER,
    parallel_key=WALK,
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
    by_administrator = crawls.by_administrator()
    by_stranger = [answer for answer in crawls.by_stranger() if not answer.has_parameters]
    found = [
        f"{answer.path} ({answer.status}): {', '.join(missing)}"
        for answer in (*by_stranger, *by_administrator)
        if (missing := sorted(_missing_headers(answer)))
    ]
    routes = len({answer.path for answer in by_stranger})
    if routes < 20:
        found.append(f"only {routes} routes could be asked")
    answers = len(by_stranger) + len(by_administrator)
    return none_found(found, examined=answers, what="answers without headers", routes=routes, answers=answers)


def _is_strict(policy: str, path: str) -> bool:
    """Whether a content policy runs and shows only what comes from our own files."""
    for directive in policy.split(";"):
        name, _, sources = directive.strip().partition(" ")
        may_be_inline = name == "style-src" and path in INLINE_STYLES_REVIEWED
        if "unsafe-eval" in sources or ("unsafe-inline" in sources and not may_be_inline):
            return False
    return bool(policy.strip())


def _missing_headers(answer: Answer) -> Iterator[str]:
    policy = answer.headers.get("Content-Security-Policy", "")
    if not _is_strict(policy, answer.path):
        yield "Content-Security-Policy"
    if answer.headers.get("X-Content-Type-Options") != "nosniff":
        yield "X-Content-Type-Options"
    if answer.headers.get("X-Frame-Options") != "DENY" and "frame-ancestors 'none'" not in policy:
        yield "X-Frame-Options"
    if not answer.headers.get("Referrer-Policy"):
        yield "Referrer-Policy"
    if not answer.headers.get("Permissions-Policy"):
        yield "Permissions-Policy"
    if settings.SECURE_SSL_REDIRECT and "max-age=31536000" not in answer.headers.get("Strict-Transport-Security", ""):
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
    visitor = crawls.an_administrator(crawls.a_marker())
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
    member = made_up_member(crawls.a_marker())
    typed = {"login": member.user.email or "", "password": "not-this-one-1896"}
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


@register_item(
    id="PLT-SEC-06",
    stages=("PRE",),
    severity=Severity.BLOCKER,
    run=SafeOn.STAGING,
    parallel_key=WALK,
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
    answers = [answer for answer in crawls.by_administrator() if answer.status == 200 and answer.is_html]
    pages = len(answers)
    found += [f"{answer.path} shows a script as it was stored" for answer in answers if SCRIPT in answer.text]
    careful = Visitor(checks_tokens=True)
    crawls.sign_in_administrator(careful, crawls.a_marker())
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
    parallel_key=WALK,
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
    opened: dict[str, list[str]] = {}
    answers = (*crawls.by_stranger(), *crawls.by_stranger("POST"))
    for answer in answers:
        if answer.status in (200, 201):
            opened.setdefault(answer.pattern, []).append(answer.method)
    found = [
        f"{pattern} ({', '.join(methods)})"
        for pattern, methods in sorted(opened.items())
        if not pattern.startswith(PUBLIC_ROUTES)
    ]
    return none_found(
        found,
        examined=len(answers),
        what="addresses open to strangers",
        routes=len(answers) // 2,
        public=sorted(opened),
    )


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
        content = b"".join(getattr(response, "streaming_content", ())) if response.streaming else response.content
        size += len(content)
        if not re.search(r"\.[0-9a-f]{8,}\.(css|js)$", asset):
            found.append(f"{asset} has no hash in its name")
        if response.status_code != 200:
            found.append(f"{asset} was answered {response.status_code}")
            continue
        cache = response.headers.get("Cache-Control", "")
        age = re.search(r"max-age=(\d+)", cache)
        if "immutable" not in cache or age is None or int(age[1]) < YEAR_SECONDS:
            found.append(f"{asset} is not kept for a year")
        if response.headers.get("Content-Encoding") not in ("gzip", "br") and len(content) > 1024:
            found.append(f"{asset} is not compressed")
    kilobytes = Decimal(size) / 1024
    facts: dict[str, Any] = {"assets": assets, "shell_kb": kilobytes.quantize(Decimal("0.1"))}
    if not found and assets and kilobytes > 200:
        return failed("The shell is too heavy.", value=kilobytes, limit="≤ 200", unit="KB", **facts)
    return none_found(found, examined=len(assets), what="static files not as they should be", **facts)


@register_item(
    id="PLT-PERF-10",
    stages=("PRE",),
    severity=Severity.WARNING,
    parallel_key=WALK,
    tries_writing=True,
    timeout=timedelta(seconds=60),
    title="Caching strategy works and never leaks",
    how="Every page and endpoint without parameters is asked by a made-up administrator: what shows whose it is must be "
    "marked private or no-store. A quarter of them is then asked by one of another organisation.",
    remedy="Set `Cache-Control: no-store` (or private) on the named answer; `core.web.render` does it for pages.",
    evidence=("asked", "own", "asked_again"),
)
def private_pages_are_private(_context: Context) -> Outcome:
    answers = crawls.by_administrator()
    own = [answer for answer in answers if crawls.MARK in answer.text]
    found = [
        f"{answer.path} may be kept by a proxy"
        for answer in own
        if "no-store" not in (cache := answer.headers.get("Cache-Control", "")) and "private" not in cache
    ]
    second = crawls.an_administrator(crawls.a_marker())
    asked_again = own[::4]
    found += [
        f"{answer.path} shows the other's name"
        for answer in asked_again
        if crawls.MARK in text_of(second.get(answer.path))
    ]
    if not own:
        found.append("no page shows whose it is")
    return none_found(
        found, examined=len(answers), what="private answers that may be kept", asked=len(answers), own=len(own),
        asked_again=len(asked_again),
    )  # fmt: skip


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
    facts: dict[str, Any] = {"live_ms": live_ms, "live": live, "ready": ready.status_code, "parts": parts}
    if not found and live_ms >= 50:
        return failed("Alive comes too late.", value=live_ms, limit="< 50", unit="ms", **facts)
    return none_found(found, examined=len(parts) + 1, what="untruths or illnesses", **facts)
