"""Papers issued, printed, withdrawn, replaced and verified."""

import hashlib
import io
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from pypdf import PdfReader

from rollbook.core import ids
from rollbook.core.api import limits
from rollbook.core.audit.models import AccessEntry, AuditEntry
from rollbook.core.errors import Forbidden, Invalid, NotFound
from rollbook.core.identity.examples import a_member, a_role, sign_in
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.documents import (
    examples,
    permissions,
    rendering,
    rules,
    selectors,
    services,
    verification,
)
from rollbook.shared.documents.errors import NotInForce, PaperNotOffered, SnapshotAltered
from rollbook.shared.documents.kinds import DocumentKind, Rendering, kind_named, register_kind
from rollbook.shared.documents.models import Document
from rollbook.shared.documents.papers import Composition, receipt
from rollbook.shared.documents.verification import Verified, register_verifier, verify
from rollbook.shared.files.models import StoredFile
from rollbook.shared.files.services import replace_photo
from rollbook.shared.files.tests.samples import a_jpeg
from rollbook.shared.people.examples import a_clerk, a_person
from rollbook.shared.people.models import Person

pytestmark = pytest.mark.django_db


def _draw(document: Document, rendering: Rendering) -> Composition:
    data = examples.a_receipt(number=document.number, received_from=document.snapshot["name"])
    data["void_mark"] = rendering.void_mark
    return receipt(data, paper=rendering.paper, copy_number=rendering.copy_number)


CERTIFICATE = register_kind(
    DocumentKind(
        key="tests.certificate",
        title="Certificate of standing",
        papers={"A5": _draw, "80mm": _draw},
        series="certificate:{year}",
        number_template="CRT-{year}-{seq:06d}",
        issue_permission="tests.issue",
        view_permission="tests.read_papers",
        revoke_permission="tests.revoke",
        public_facts=lambda document: [("Name", document.snapshot["masked"])],
        is_confidential=True,
    )
)
SLIP = register_kind(
    DocumentKind(
        key="tests.slip",
        title="Slip",
        papers={"A6": _draw},
        issue_permission="tests.issue",
        view_permission="tests.read_papers",
        revoke_permission="tests.revoke",
        code_prefix="SLP",
    )
)
SNAPSHOT = {"name": "Juan Dela Cruz", "masked": "J*** D.", "amount": "8000.00"}


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    limits.forget_leases()
    yield
    limits.forget_leases()


def an_actor(organisation: Organisation, *rights: str, **more: Any) -> Actor:
    return Actor(
        organisation_id=organisation.pk, user_id=ids.new_id(), name="Rosa", permissions=frozenset(rights), **more
    )


def a_registrar(organisation: Organisation) -> Actor:
    return an_actor(organisation, "tests.issue", "tests.read_papers", "tests.revoke", permissions.VIEW_DOCUMENTS)


def a_certificate(organisation: Organisation, **more: Any) -> Document:
    return services.issue(a_registrar(organisation), kind=CERTIFICATE, snapshot=SNAPSHOT, **more)


def test_an_issued_paper_is_frozen_numbered_coded_and_recorded(tenant: Organisation, frozen_clock: Any) -> None:
    frozen_clock("2026-12-31T16:00:00Z")
    person = a_person(a_clerk(tenant.pk))
    registrar = a_registrar(tenant)
    subject_id = ids.new_id()

    document = services.issue(
        registrar, kind=CERTIFICATE, snapshot=SNAPSHOT, subject=("college.student", subject_id), person_id=person.pk
    )

    document.refresh_from_db()
    assert (document.number, document.issued_on.isoformat()) == ("CRT-2027-000001", "2027-01-01")
    assert rules.tidy_code(document.code) == document.code
    assert (
        document.sha256
        == hashlib.sha256(b'{"amount":"8000.00","masked":"J*** D.","name":"Juan Dela Cruz"}').hexdigest()
    )
    assert (document.state, document.prints, document.subject_id) == ("ISSUED", 0, subject_id)
    entry = AuditEntry.objects.get(action="documents.issued")
    assert (entry.target_id, entry.user_id, entry.facts["number"]) == (document.pk, registrar.user_id, document.number)
    assert a_certificate(tenant).number == "CRT-2027-000002"
    slip = services.issue(registrar, kind=SLIP, snapshot={})
    assert (slip.number, slip.code[:9]) == ("", "SLP-2027-")


def test_a_refused_or_broken_issue_takes_no_number(tenant: Organisation) -> None:
    with pytest.raises(Forbidden):
        services.issue(an_actor(tenant), kind=CERTIFICATE, snapshot=SNAPSHOT)
    with pytest.raises(TypeError):
        services.issue(a_registrar(tenant), kind=CERTIFICATE, snapshot={"amount": 8000.0})

    assert not Document.objects.exists()
    assert not AuditEntry.objects.exists()
    assert a_certificate(tenant).number.endswith("-000001")


def _words(content: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_the_first_print_is_the_original_and_further_ones_are_counted_copies(tenant: Organisation) -> None:
    document = a_certificate(tenant)
    registrar = a_registrar(tenant)

    prints = [services.print_document(registrar, document_id=document.pk) for _ in range(3)]

    assert [printed.copy_number for printed in prints] == [None, 1, 2]
    assert prints[0].name == f"{document.number}.pdf"
    assert "COPY" not in _words(prints[0].content)
    assert "COPY 2" in _words(prints[2].content)
    document.refresh_from_db()
    assert document.prints == 3
    assert AuditEntry.objects.filter(action="documents.printed").count() == 3
    assert AccessEntry.objects.count() == 3
    assert rendering.render(document) == prints[0].content
    with pytest.raises(PaperNotOffered) as refusal:
        services.print_document(registrar, document_id=document.pk, paper="A4")
    assert refusal.value.detail == "This document is not printed on A4. Choose one of A5, 80mm."


def test_many_papers_are_drawn_into_one_file(tenant: Organisation) -> None:
    papers = [a_certificate(tenant) for _ in range(5)]

    content = rendering.render_many(papers, paper="80mm")

    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    assert [document.number in page for document, page in zip(papers, pages, strict=True)] == [True] * 5


def test_a_paper_whose_snapshot_was_altered_is_never_drawn(tenant: Organisation) -> None:
    document = a_certificate(tenant)
    document.snapshot = {**SNAPSHOT, "amount": "80000.00"}

    with pytest.raises(SnapshotAltered) as refusal:
        rendering.render(document)

    assert refusal.value.status == 500
    assert document.number in refusal.value.detail


def test_a_revoked_paper_is_revoked_at_once_and_for_good(tenant: Organisation) -> None:
    document = a_certificate(tenant)
    registrar = a_registrar(tenant)

    services.revoke(registrar, document_id=document.pk, reason="Issued to the wrong student")

    document.refresh_from_db()
    assert (document.state, document.state_reason, document.state_by) == (
        "REVOKED",
        "Issued to the wrong student",
        registrar.user_id,
    )
    assert "REVOKED" in _words(rendering.render(document))
    with pytest.raises(NotInForce) as refusal:
        services.revoke(registrar, document_id=document.pk, reason="Issued to the wrong student")
    assert (
        refusal.value.detail
        == f"{document.number} is revoked and cannot be changed any more. Open the newest paper instead."
    )
    assert AuditEntry.objects.filter(action="documents.revoked").count() == 1


@pytest.mark.parametrize("revoked_first", [False, True])
def test_a_paper_is_replaced_by_a_new_one_with_a_new_code(tenant: Organisation, revoked_first: bool) -> None:
    old = a_certificate(tenant, person_id=a_person(a_clerk(tenant.pk)).pk)
    registrar = a_registrar(tenant)
    if revoked_first:
        services.revoke(registrar, document_id=old.pk, reason="Issued with a spelling mistake")

    new = services.reissue(
        registrar, document_id=old.pk, reason="The name was misspelt", snapshot={**SNAPSHOT, "name": "Juan Cruz"}
    )

    old.refresh_from_db()
    assert (old.state, old.reissued_by_id, new.replaces_id) == ("REISSUED", new.pk, old.pk)
    assert (new.person_id, new.title) == (old.person_id, old.title)
    assert new.code != old.code
    assert new.number != old.number
    assert old.snapshot["name"] == "Juan Dela Cruz"
    with pytest.raises(NotInForce):
        services.reissue(registrar, document_id=old.pk, reason="The name was misspelt")
    same = services.reissue(registrar, document_id=new.pk, reason="The paper was lost at sea")
    assert same.sha256 == new.sha256


def test_withdrawing_needs_a_reason_and_the_right(tenant: Organisation) -> None:
    document = a_certificate(tenant)

    with pytest.raises(Invalid):
        services.revoke(a_registrar(tenant), document_id=document.pk, reason="wrong")
    with pytest.raises(Forbidden):
        services.revoke(an_actor(tenant, "tests.issue"), document_id=document.pk, reason="Issued to the wrong student")
    with pytest.raises(Forbidden):
        services.reissue(an_actor(tenant, "tests.revoke"), document_id=document.pk, reason="The name was misspelt")

    document.refresh_from_db()
    assert document.state == "ISSUED"


def test_only_the_holder_and_those_who_may_see_a_paper(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    with tenant_scope(organisation.pk):
        person = a_person(a_clerk(organisation.pk))
        document = a_certificate(organisation, person_id=person.pk)
        herself = an_actor(organisation, person_id=person.pk)
        assert selectors.document(herself, document.pk) == document
        assert list(selectors.documents(herself, person_id=person.pk)) == [document]
        with pytest.raises(NotFound):
            selectors.document(an_actor(organisation, person_id=ids.new_id()), document.pk)
        with pytest.raises(Forbidden):
            selectors.documents(herself)
        with pytest.raises(Forbidden):
            selectors.documents(herself, person_id=ids.new_id())
        with pytest.raises(NotFound):
            services.print_document(an_actor(organisation), document_id=document.pk)
    with tenant_scope(other_organisation.pk):
        theirs = a_registrar(other_organisation)
        for attempt in (
            lambda: selectors.document(theirs, document.pk),
            lambda: services.print_document(theirs, document_id=document.pk),
            lambda: services.revoke(theirs, document_id=document.pk, reason="Issued to the wrong student"),
            lambda: services.reissue(theirs, document_id=document.pk, reason="The name was misspelt"),
        ):
            with pytest.raises(NotFound):
                attempt()
        assert not selectors.documents(theirs).exists()


def test_a_rendered_paper_can_be_kept_among_the_files(tenant: Organisation, folder: object) -> None:
    document = a_certificate(tenant)

    stored = services.keep(a_registrar(tenant), document_id=document.pk)

    assert (stored.name, stored.subject_id, stored.scan) == (f"{document.number}.pdf", document.pk, StoredFile.Scan.OWN)
    assert stored.sha256 == hashlib.sha256(rendering.render(document)).hexdigest()


def test_the_database_keeps_what_was_issued(tenant: Organisation) -> None:
    document = a_certificate(tenant)
    other = a_certificate(tenant)
    for attack in (
        lambda: Document.objects.filter(pk=document.pk).update(snapshot={"name": "Somebody else"}),
        lambda: Document.objects.filter(pk=document.pk).update(sha256="0" * 64),
        lambda: Document.objects.filter(pk=document.pk).update(number="CRT-1"),
        lambda: Document.objects.filter(pk=document.pk).update(code="00000000"),
        lambda: Document.objects.filter(pk=document.pk).delete(),
        lambda: Document.objects.filter(pk=document.pk).update(state="REVOKED"),
        lambda: Document.objects.filter(pk=document.pk).update(state="REISSUED", state_reason="x"),
        lambda: Document.objects.filter(pk=document.pk).update(
            state="REISSUED", state_reason="x", reissued_by=document.pk
        ),
        lambda: Document.objects.filter(pk=document.pk).update(reissued_by=other.pk),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attack()
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.create(
            kind=document.kind, title="x", number=document.number, snapshot={}, sha256="0" * 64,
            issued_at=document.issued_at, issued_on=document.issued_on,
        )  # fmt: skip

    document.refresh_from_db()
    assert (document.snapshot, document.state) == (SNAPSHOT, "ISSUED")


# --- The public question ---


def test_a_genuine_paper_shows_as_little_as_needed(organisation: Organisation) -> None:
    with tenant_scope(organisation.pk):
        document = a_certificate(organisation)

    found = verify(rules.shown_code(document.code).lower())

    assert found is not None
    assert (found.state, found.is_valid, found.title) == ("VALID", True, "Certificate of standing")
    assert found.facts == (
        ("Name", "J*** D."),
        ("Number", document.number),
        ("Issued on", document.issued_on),
        ("Fingerprint", document.sha256[:16]),
    )
    assert found.issuer is not None
    assert found.issuer.id == organisation.pk
    assert verify(document.code, slug=organisation.slug) == found


def test_withdrawn_and_replaced_papers_say_so(organisation: Organisation) -> None:
    with tenant_scope(organisation.pk):
        revoked, replaced = a_certificate(organisation), a_certificate(organisation)
        services.revoke(a_registrar(organisation), document_id=revoked.pk, reason="Issued to the wrong student")
        services.reissue(a_registrar(organisation), document_id=replaced.pk, reason="The name was misspelt")

    answers = [verify(document.code) for document in (revoked, replaced)]

    assert [answer.state for answer in answers if answer] == ["REVOKED", "REPLACED"]
    assert not any(answer.is_valid for answer in answers if answer)


def test_unknown_codes_and_codes_of_another_institution_look_alike(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    with tenant_scope(organisation.pk):
        document = a_certificate(organisation)

    assert verify(document.code, slug=other_organisation.slug) is None
    assert verify("00000000", slug=other_organisation.slug) is None
    assert verify("00000000") is None
    assert verify(document.code, slug="no-such-place") is None
    assert verify(f"XYZ-2031-{document.code}") is None
    assert verify("not a code") is None


def test_a_code_without_an_institution_wants_one_where_there_are_very_many(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenant_scope(organisation.pk):
        document = a_certificate(organisation)
    monkeypatch.setattr(verification, "MOST_ASKED", 0)

    assert verification.needs_issuer()
    assert verify(document.code) is None
    assert verify(document.code, slug=organisation.slug) is not None


_permits: dict[str, UUID] = {}


def _a_permit(code: str) -> Verified | None:
    person = Person.objects.filter(pk=_permits.get(code)).first()
    if person is None:
        return None
    return Verified(
        state="EXPIRED", title="Examination permit", code=code, facts=(("Name", person.public_name),),
        explanation="Valid until 28 Feb 2031.", photo_id=person.photo_id,
    )  # fmt: skip


register_verifier("PRQ", _a_permit)


def test_another_room_answers_for_its_own_codes_with_a_face(
    organisation: Organisation,
    folder: object,
    client: Client,
) -> None:
    with tenant_scope(organisation.pk):
        clerk = a_clerk(organisation.pk)
        person = a_person(clerk)
        replace_photo(clerk, person_id=person.pk, content=a_jpeg(1200, 1500), name="face.jpg")
    _permits["PRQ-2031-7K3M9QXD"] = person.pk

    found = verify("prq 2031 7k3m 9qxd")
    assert found is not None
    assert found.photo is not None
    assert len(found.photo) < 12_000
    answer = client.get("/api/v1/public/verify/PRQ-2031-7K3M9QXD").json()
    assert answer["photo"].startswith("data:image/jpeg;base64,")
    page = client.get("/verify/PRQ-2031-7K3M9QXD/")
    for said in ("Expired", "Valid until 28 Feb 2031.", "Maria Clara Santos Dela Peña", "data:image/jpeg;base64,"):
        assert said in page.content.decode()
    assert len(page.content) < 30_000
    assert verify("PRQ-2031-7K3M9QXE") is None


def test_two_rooms_cannot_answer_for_one_prefix() -> None:
    with pytest.raises(ValueError, match="PRQ"):
        register_verifier("PRQ", lambda code: None)
    with pytest.raises(ValueError, match="capital"):
        register_verifier("prm", lambda code: None)


def test_the_public_endpoint_answers_alike_for_everything_that_is_no_paper_there(
    organisation: Organisation, other_organisation: Organisation, client: Client
) -> None:
    with tenant_scope(organisation.pk):
        document = a_certificate(organisation)
    good = client.get(f"/api/v1/public/verify/{document.code}")
    assert (good.status_code, good.json()["valid"], good.json()["issuer"]) == (200, True, organisation.name)
    assert client.get(f"/api/v1/public/verify/document/{document.code}").json() == good.json()

    wrong = [
        client.get("/api/v1/public/verify/00000000"),
        client.get("/api/v1/public/verify/nonsense"),
        client.get(f"/api/v1/public/verify/{document.code}?institution={other_organisation.slug}"),
        client.get(f"/api/v1/public/verify/{document.code}?institution=nowhere"),
    ]

    assert {answer.status_code for answer in wrong} == {200}
    assert {answer.content for answer in wrong} == {wrong[0].content}
    assert wrong[0].json() == {
        "valid": False, "state": "NOT_VALID", "title": "", "code": "", "issuer": "", "explanation": "", "facts": [],
        "photo": None,
    }  # fmt: skip


def test_guessing_is_stopped_after_thirty_tries_a_minute(
    organisation: Organisation, client: Client, settings: Any
) -> None:
    settings.RATE_LIMIT_FACTOR = 1
    answers = [client.get(f"/api/v1/public/verify/{number:08d}").status_code for number in range(35)]

    assert answers.count(200) <= 30
    assert answers[-1] == 429
    page = client.get("/verify/00000000/")
    assert page.status_code == 429
    assert page["Retry-After"]


def test_the_public_page_works_without_script_and_takes_typed_codes_to_their_address(
    organisation: Organisation, client: Client
) -> None:
    with tenant_scope(organisation.pk):
        document = a_certificate(organisation)
        address = verification.verification_url(document.code)
    ask = client.get("/verify/").content.decode()
    assert "<script" not in ask
    assert 'method="get" action="/verify/"' in ask

    typed = client.get("/verify/", {"code": rules.shown_code(document.code).lower()})
    assert (typed.status_code, typed["Location"]) == (302, f"/verify/{document.code}/")
    there = client.get("/verify/", {"code": document.code, "institution": organisation.slug})
    assert there["Location"] == f"/verify/{organisation.slug}/{document.code}/"
    assert address.endswith(there["Location"])
    page = client.get(there["Location"]).content.decode()
    for said in ("Valid", "Certificate of standing", "J*** D.", document.number, organisation.name):
        assert said in page
    for unsaid in ("Juan", "8000", "<script"):
        assert unsaid not in page
    assert client.get("/verify/", {"code": "//evil.example"})["Location"] == "/verify/evilexample/"
    assert client.get("/verify/", {"code": "x", "institution": "../../x"})["Location"] == "/verify/x/"


def test_a_page_of_a_code_that_is_none_says_what_to_do(organisation: Organisation, client: Client) -> None:
    page = client.get("/verify/00000000/")

    assert page.status_code == 200
    assert "Compare it with the paper, letter by letter" in page.content.decode()
    assert page["Cache-Control"] == "no-store"


# --- Endpoints and pages of staff ---


def test_a_paper_is_listed_read_printed_revoked_and_replaced_over_the_api(
    organisation: Organisation, client: Client
) -> None:
    with tenant_scope(organisation.pk):
        document = a_certificate(organisation)
    a_role(organisation, "registry", {"tests.issue", "tests.read_papers", "tests.revoke", permissions.VIEW_DOCUMENTS})
    sign_in(client, a_member(organisation, "registry"))
    place = f"/api/v1/documents/{document.pk}"
    reason = {"data": {"reason": "The name was misspelt"}, "content_type": "application/json"}

    assert [row["id"] for row in client.get("/api/v1/documents/").json()["items"]] == [str(document.pk)]
    detail = client.get(place).json()
    assert (detail["papers"], detail["snapshot"]) == (["A5", "80mm"], SNAPSHOT)
    assert detail["verify_url"].endswith(f"/verify/{organisation.slug}/{document.code}/")
    printed = client.post(f"{place}/print", {"paper": "80mm"}, content_type="application/json")
    assert (printed["Content-Type"], printed.content[:5]) == ("application/pdf", b"%PDF-")
    assert client.post(f"{place}/revoke", **reason).json()["state"] == "REVOKED"
    again = client.post(f"{place}/revoke", **reason)
    assert (again.status_code, again.json()["code"]) == (409, "DOCUMENT_NOT_IN_FORCE")
    new = client.post(f"{place}/reissue", **reason)
    assert (new.status_code, new.json()["replaces_id"]) == (201, str(document.pk))
    assert client.get("/documents/").status_code == 200
    page = client.get(f"/documents/{new.json()['id']}/")
    assert new.json()["number"] in page.content.decode()
    pdf = client.post(f"/documents/{new.json()['id']}/print/A5/")
    assert pdf.content[:5] == b"%PDF-"
    assert client.get(f"/documents/{new.json()['id']}/print/A5/").status_code == 405
    assert client.post(f"/documents/{new.json()['id']}/", {"reason": "short"}).status_code == 422
    done = client.post(f"/documents/{new.json()['id']}/", {"reason": "Issued to the wrong student"})
    assert done.status_code == 303


def test_a_lower_role_nobody_and_another_organisation_get_nothing(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    with tenant_scope(organisation.pk):
        document = a_certificate(organisation)
    a_role(organisation, "lowly", set())
    a_role(
        other_organisation, "registry", {"tests.issue", "tests.read_papers", "tests.revoke", permissions.VIEW_DOCUMENTS}
    )
    lowly, foreign, nobody = Client(), Client(), Client()
    sign_in(lowly, a_member(organisation, "lowly"))
    sign_in(foreign, a_member(other_organisation, "registry"))
    place = f"/api/v1/documents/{document.pk}"
    body = {"data": {"reason": "The name was misspelt", "paper": ""}, "content_type": "application/json"}

    for client, expected in ((lowly, 404), (foreign, 404), (nobody, 401)):
        assert client.get(place).status_code == expected
        for act in ("print", "revoke", "reissue"):
            assert client.post(f"{place}/{act}", **body).status_code == expected, act
    assert lowly.get("/api/v1/documents/").status_code == 403
    assert foreign.get("/api/v1/documents/").json()["items"] == []
    with tenant_scope(organisation.pk):
        document.refresh_from_db()
        assert (document.state, document.prints) == ("ISSUED", 0)


@pytest.mark.parametrize(
    "bad",
    [{"key": "Tests"}, {"papers": {}}, {"papers": {"A3": _draw}}, {"verification": "maybe"}, {"series": "x"},
     {"code_prefix": "toolong"}, {"code_prefix": "A"}],
)  # fmt: skip
def test_a_kind_with_impossible_rules_is_a_mistake_of_its_room(bad: dict[str, Any]) -> None:
    rules_of_kind: dict[str, Any] = {
        "key": "tests.bad", "title": "Bad", "papers": {"A5": _draw}, "issue_permission": "", "view_permission": "",
        "revoke_permission": "",
    }  # fmt: skip
    with pytest.raises(ValueError, match=r"kind|papers|series"):
        register_kind(DocumentKind(**(rules_of_kind | bad)))
    assert kind_named("tests.bad") is None
