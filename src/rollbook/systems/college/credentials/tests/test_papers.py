"""Official papers and graduation: released, verified, revoked; checked, proposed, confirmed (R57, R58)."""

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pypdf
import pytest
from django.db import transaction
from django.test import Client

from rollbook.core.approvals import services as approvals
from rollbook.core.approvals.errors import SelfApproval
from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.audit.models import AccessEntry
from rollbook.core.errors import Forbidden
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.documents.models import Document
from rollbook.shared.documents.verification import verification_url
from rollbook.shared.people.models import Person
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.models import Programme, Subject
from rollbook.systems.college.credentials.errors import (
    LinkExpired,
    NotEligible,
    NothingToCertify,
    PaperGone,
    PaperHeld,
    PaperNotFound,
)
from rollbook.systems.college.credentials.services import graduating, releasing
from rollbook.systems.college.enrolment.examples import a_past, a_taker, subjects, the_curriculum
from rollbook.systems.college.enrolment.models import SubjectEnrolment, TermEnrolment
from rollbook.systems.college.enrolment.services.results import ResultSet, set_result
from rollbook.systems.college.examples import a_browser, a_head_registrar, a_member, a_registrar
from rollbook.systems.college.grading.examples import taken_up
from rollbook.systems.college.grading.services.results import recompute
from rollbook.systems.college.records.errors import OverrideNotAllowed
from rollbook.systems.college.records.models import Override, Student
from rollbook.systems.college.records.services import place_hold
from rollbook.systems.college.scheduling.examples import a_section

pytestmark = pytest.mark.django_db

BECAUSE = "The board asked for it in writing"


@pytest.fixture
def taker(tenant: Organisation, frozen_clock: Any) -> TermEnrolment:
    """A student in the first term of a curriculum of two subjects, which is all that the programme asks for."""
    frozen_clock(datetime(2031, 9, 1, 2, tzinfo=UTC))
    the_curriculum({(1, "FIRST"): subjects("IT 101", "IT 102")})
    Programme.objects.update(total_units_required=6)
    enrolment = a_taker()
    # What was entered today cannot be followed by another status today.
    frozen_clock(datetime(2031, 12, 1, 2, tzinfo=UTC))
    return enrolment


def gets(enrolment: TermEnrolment, code: str, grade: str | None = "1.75", result: str = "PASSED") -> SubjectEnrolment:
    """The student has taken a subject in this term, with this result."""
    section = a_section(f"S-{code}", subject=Subject.objects.get(code=code), term=enrolment.term)
    row = taken_up(enrolment, section)
    if grade is not None:
        numeric = Decimal(grade) if grade[0].isdigit() else None
        job, day = Actor.system(enrolment.organisation_id, job="test"), datetime(2031, 12, 1, tzinfo=UTC).date()
        set_result(job, ResultSet(row.id, result, grade, numeric, None, day))
        recompute(job, [enrolment.student_id])
    return row


def released(enrolment: TermEnrolment, paper: str = "TOR", actor: Actor | None = None, **more: Any) -> Document:
    return releasing.release(
        actor or a_registrar(), student_id=enrolment.student_id, paper=paper, purpose="A scholarship", **more
    )


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)


@pytest.mark.rule("R57")
@pytest.mark.example("college", 38)
def test_a_released_transcript_is_verified_and_a_revoked_one_at_once_is_not(
    taker: TermEnrolment, tenant: Organisation
) -> None:
    Person.objects.filter(id=taker.student.person_id).update(given_name="Juan", family_name="Dela Cruz")
    gets(taker, "IT 101")
    registrar = a_registrar()
    paper = released(taker, actor=registrar)
    assert paper.number == "TOR-2031-000001"
    student = a_member(roles.STUDENT, person_id=taker.student.person_id)
    link = releasing.link_for(student, document_id=paper.id)
    visitor = Client()
    address = f"/api/v1/public/verify/{paper.code}?institution={tenant.slug}"

    genuine = visitor.get(address).json()
    releasing.revoke(registrar, document_id=paper.id, reason=BECAUSE)
    revoked = visitor.get(address).json()

    facts = {fact["label"]: fact["value"] for fact in genuine["facts"]}
    assert (genuine["state"], facts["Name"], facts["Number"]) == ("VALID", "J*** D.", "TOR-2031-000001")
    assert facts["Fingerprint"] == paper.sha256[:16]
    assert (revoked["valid"], revoked["state"]) == (False, "REVOKED")
    with pytest.raises(PaperGone) as gone:
        releasing.download(student, token=link)
    assert gone.value.status == 410


@pytest.mark.rule("R57")
def test_what_a_paper_says_is_frozen_and_drawn_again_the_same(taker: TermEnrolment) -> None:
    gets(taker, "IT 101")
    registrar = a_registrar()
    paper = released(taker, actor=registrar)
    first = releasing.download(registrar, token=releasing.link_for(registrar, document_id=paper.id))[1]
    gets(taker, "IT 102", "2.00")

    again = releasing.download(registrar, token=releasing.link_for(registrar, document_id=paper.id))[1]
    newer = releasing.reissue(registrar, document_id=paper.id, reason=BECAUSE)

    assert first == again
    said = text_of(first)
    for word in ("TOR-2031-000001", "IT 101", "1.75", "First semester", "A scholarship", "Page 1 of 1"):
        assert word in said
    assert "IT 102" not in said
    assert (newer.number, newer.replaces_id) == ("TOR-2031-000002", paper.id)
    assert "IT 102" in text_of(
        releasing.download(registrar, token=releasing.link_for(registrar, document_id=newer.id))[1]
    )
    paper.refresh_from_db()
    assert paper.state == Document.State.REISSUED


@pytest.mark.rule("R57")
def test_what_replaces_a_paper_about_one_term_is_about_the_same_term(taker: TermEnrolment) -> None:
    gets(taker, "IT 102")
    earlier = a_past(taker.student, Subject.objects.get(code="IT 101"), "PASSED", term="2030-1", numeric="2.50",
                     final_symbol="2.50")  # fmt: skip
    registrar = a_registrar()
    paper = released(taker, "COG", registrar, term_enrolment_id=earlier.term_enrolment_id)
    SubjectEnrolment.objects.filter(id=earlier.id).update(final_symbol="2.25")

    newer = releasing.reissue(registrar, document_id=paper.id, reason=BECAUSE)

    said = text_of(releasing.open_paper(registrar, document_id=newer.id)[1])
    assert (newer.snapshot["terms"][0]["term"], paper.snapshot["terms"][0]["term"]) == ("2030-1", "2030-1")
    assert ("IT 101" in said, "2.25" in said, "IT 102" in said) == (True, True, False)


@pytest.mark.rule("R57")
@pytest.mark.parametrize(
    ("paper", "words"),
    [
        ("COE", ["This certifies that", "is enrolled in year 1"]),
        ("COR", ["IT 101", "First semester"]),
        ("COG", ["IT 101", "1.75"]),
    ],
)
def test_each_kind_of_paper_says_what_it_is_for(taker: TermEnrolment, paper: str, words: list[str]) -> None:
    gets(taker, "IT 101")
    registrar = a_registrar()
    made = released(taker, paper, registrar)

    said = text_of(releasing.download(registrar, token=releasing.link_for(registrar, document_id=made.id))[1])

    assert made.number == f"{paper}-2031-000001"
    for word in words:
        assert word in said


@pytest.mark.rule("R57")
@pytest.mark.parametrize("paper", ["TOR", "COG", "COR", "HD"])
def test_a_paper_with_nothing_to_say_is_refused_and_takes_no_number(taker: TermEnrolment, paper: str) -> None:
    with pytest.raises(NothingToCertify):
        released(taker, paper)

    assert not Document.objects.exists()


@pytest.mark.rule("R57")
def test_a_hold_keeps_papers_back_and_only_the_head_registrar_passes_it(taker: TermEnrolment) -> None:
    gets(taker, "IT 101")
    place_hold(a_registrar(), student_id=taker.student_id, kind="LIBRARY", blocks=["DOCUMENT_RELEASE"],
               reason="Two books are missing")  # fmt: skip

    with pytest.raises(PaperHeld, match="library"):
        released(taker)
    with pytest.raises(OverrideNotAllowed):
        released(taker, despite_hold=BECAUSE)
    assert not Document.objects.exists()
    released(taker, actor=a_head_registrar(), despite_hold=BECAUSE)

    override = Override.objects.get(kind=Override.Kind.DOCUMENT_HOLD)
    assert override.reason == BECAUSE


@pytest.mark.rule("R57")
def test_registrars_see_their_own_releases_and_the_head_sees_all(taker: TermEnrolment) -> None:
    gets(taker, "IT 101")
    mine, other = a_registrar(), a_registrar()
    paper = released(taker, actor=mine)

    with pytest.raises(PaperNotFound):
        releasing.revoke(other, document_id=paper.id, reason=BECAUSE)
    with pytest.raises(Forbidden):
        released(taker, actor=a_member(roles.CASHIER))
    revoked = releasing.revoke(a_head_registrar(), document_id=paper.id, reason=BECAUSE)

    assert revoked.state == Document.State.REVOKED


@pytest.mark.rule("R57")
def test_a_link_is_for_one_person_and_one_quarter_of_an_hour(taker: TermEnrolment, frozen_clock: Any) -> None:
    gets(taker, "IT 101")
    paper = released(taker)
    student = a_member(roles.STUDENT, person_id=taker.student.person_id)
    token = releasing.link_for(student, document_id=paper.id)

    found, content = releasing.download(student, token=token)

    assert (found.id, content[:5]) == (paper.id, b"%PDF-")
    assert AccessEntry.objects.filter(purpose="paper downloaded").count() == 1
    with pytest.raises(LinkExpired):
        releasing.download(a_head_registrar(), token=token)
    with pytest.raises(LinkExpired):
        releasing.download(student, token=token + "x")
    with pytest.raises(PaperNotFound):
        releasing.link_for(a_member(roles.STUDENT), document_id=paper.id)


@pytest.mark.rule("R58")
@pytest.mark.example("college", 37)
def test_whoever_misses_a_subject_does_not_graduate_and_an_open_inc_holds_too(taker: TermEnrolment) -> None:
    gets(taker, "IT 101")
    registrar = a_registrar()
    with pytest.raises(NotEligible) as refusal:
        graduating.propose_graduation(registrar, student_id=taker.student_id)
    assert "Missing: IT 102 (year 1, first semester)." in refusal.value.detail
    assert "Only 3 of 6 units are earned." in refusal.value.detail

    gets(taker, "IT 102", "2.00")
    subjects("ELEC 9")
    extra = gets(taker, "ELEC 9", "INC", "INC")
    with pytest.raises(NotEligible, match="Still incomplete: ELEC 9"):
        graduating.propose_graduation(registrar, student_id=taker.student_id)
    actor = Actor.system(taker.organisation_id, job="test")
    day = datetime(2031, 12, 1, tzinfo=UTC).date()
    set_result(actor, ResultSet(extra.id, "PASSED", "1.50", Decimal("1.50"), None, day))

    request = graduating.propose_graduation(registrar, student_id=taker.student_id)

    assert request.state == ApprovalRequest.State.PROPOSED
    assert not Student.objects.filter(status="GRADUATED").exists()


@pytest.mark.rule("R58")
def test_two_people_let_a_student_graduate_and_the_check_runs_again(taker: TermEnrolment) -> None:
    gets(taker, "IT 101"), gets(taker, "IT 102")
    head = a_head_registrar()
    own = graduating.propose_graduation(head, student_id=taker.student_id)
    with pytest.raises(SelfApproval):
        approvals.decide(head, own.id, approve=True)
    hold = place_hold(a_registrar(), student_id=taker.student_id, kind="LIBRARY", blocks=["GRADUATE"],
                      reason="Two books are missing")  # fmt: skip
    with pytest.raises(NotEligible, match="Held: Library"), transaction.atomic():
        approvals.decide(a_head_registrar(), own.id, approve=True)
    hold.released_at, hold.release_reason = hold.placed_at, "Returned"
    hold.save()

    approvals.decide(a_head_registrar(), own.id, approve=True)

    student = Student.objects.get()
    assert student.status == Student.Status.GRADUATED
    assert student.status_periods.get(to_date__isnull=True).status == "GRADUATED"


@pytest.mark.rule("R57")
def test_the_pages_release_show_and_revoke(taker: TermEnrolment) -> None:
    gets(taker, "IT 101")
    registrar = a_registrar()
    browser = a_browser(registrar)
    address = f"/students/{taker.student_id}/papers/"

    refused = browser.post(address, {"paper": "HD", "purpose": "Another college", "copies": 1, "term_enrolment_id": ""})
    assert refused.status_code == 422
    assert "An honourable dismissal is for students who have left." in refused.content.decode()
    shown = browser.post(
        address, {"paper": "TOR", "purpose": "Another college", "copies": 2, "term_enrolment_id": ""}, follow=True
    )
    assert "TOR-2031-000001" in shown.content.decode()
    paper = Document.objects.get()
    assert browser.post(f"/papers/{paper.id}/print/")["Content-Type"] == "application/pdf"
    assert f'href="{verification_url(paper.code)}"' in browser.get(f"/papers/{paper.id}/").content.decode()
    assert "TOR-2031-000001" in browser.get("/papers/").content.decode()
    student = a_browser(a_member(roles.STUDENT, person_id=taker.student.person_id))
    assert "TOR-2031-000001" in student.get("/my/papers/").content.decode()
    assert student.post(f"/my/papers/{paper.id}/")["Content-Type"] == "application/pdf"
    graduation = browser.get(f"/students/{taker.student_id}/graduation/").content.decode()
    assert "Missing: IT 102" in graduation
    assert browser.post(f"/students/{taker.student_id}/graduation/propose/").status_code == 409
    assert browser.post(f"/papers/{paper.id}/change/", {"act": "revoke", "reason": BECAUSE}).status_code == 303
    assert student.post(f"/my/papers/{paper.id}/").status_code == 410


@pytest.mark.rule("R57")
def test_over_json_papers_take_the_same_way(taker: TermEnrolment) -> None:
    gets(taker, "IT 101")
    browser = a_browser(a_registrar())
    student = a_browser(a_member(roles.STUDENT, person_id=taker.student.person_id))

    def post(client: Client, path: str, sent: Any = None) -> Any:
        return client.post(f"/api/v1/college/{path}", sent or {}, content_type="application/json")

    made = post(browser, f"students/{taker.student_id}/documents", {"paper": "TOR", "purpose": "A visa"})
    assert made.status_code == 201, made.content
    paper_id = made.json()["id"]
    assert browser.get("/api/v1/college/documents").json()["items"][0]["id"] == paper_id
    assert student.get("/api/v1/college/me/documents").json()[0]["number"] == "TOR-2031-000001"
    link = post(student, f"me/documents/{paper_id}/link").json()
    paper = student.get("/api/v1/college/me/documents/file", {"token": link["token"]})
    assert paper["Content-Type"] == "application/pdf"
    check = browser.get(f"/api/v1/college/students/{taker.student_id}/graduation-check").json()
    assert (check["is_eligible"], check["missing"]) == (
        False, [{"codes": ["IT 102"], "year_level": 1, "semester": "FIRST"}],
    )  # fmt: skip
    refused = post(browser, f"students/{taker.student_id}/confirm-graduation")
    assert (refused.status_code, refused.json()["code"]) == (409, "NOT_ELIGIBLE")
    assert post(browser, f"documents/{paper_id}/reissue", {"reason": BECAUSE}).json()["number"] == "TOR-2031-000002"
    gone = student.get("/api/v1/college/me/documents/file", {"token": link["token"]})
    assert (gone.status_code, gone.json()["code"]) == (410, "PAPER_GONE")


@pytest.mark.rule("R57")
def test_another_college_finds_no_paper(organisation: Organisation, other_organisation: Organisation) -> None:
    with tenant_scope(organisation.id):
        the_curriculum({(1, "FIRST"): subjects("IT 101")})
        enrolment = a_taker()
        gets(enrolment, "IT 101")
        paper = released(enrolment)

    with tenant_scope(other_organisation.id):
        stranger = a_head_registrar()
        for act in (releasing.revoke, releasing.reissue):
            with pytest.raises(PaperNotFound):
                act(stranger, document_id=paper.id, reason=BECAUSE)
        with pytest.raises(PaperNotFound):
            releasing.open_paper(stranger, document_id=paper.id)
        assert not Document.objects.exists()

    with tenant_scope(organisation.id):
        assert releasing.open_paper(a_head_registrar(), document_id=paper.id)[0].state == Document.State.ISSUED
