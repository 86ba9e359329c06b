"""Forms keep what was typed, name what is wrong, and carry one key for each time they are shown."""

from datetime import date

import pytest
from django import forms

from rollbook.core.errors import Invalid, VersionConflict
from rollbook.core.money import Money
from rollbook.core.web.forms import DateField, Form, MoneyField
from rollbook.core.web.gallery import SampleForm
from rollbook.core.web.tests.examples import Page, a_request, faults

GOOD = {"amount": "5,000.00", "paid_on": "2031-01-15", "method": "cash", "receipt": "a5"}


def sent(**changes) -> SampleForm:
    return SampleForm.of(a_request(post={**GOOD, **changes}), currency="PHP")


def test_an_amount_arrives_as_money():
    form = sent()

    assert form.is_submitted_and_valid()
    assert form.cleaned_data["amount"] == Money(500_000, "PHP")
    assert form.cleaned_data["paid_on"] == date(2031, 1, 15)
    assert form.status == 200


def test_a_form_that_is_only_shown_is_not_submitted():
    form = SampleForm.of(a_request(), currency="PHP")

    assert form.is_submitted_and_valid() is False
    assert form.status == 200


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("1,5", "Enter an amount such as 1,250.00."), ("0", "Enter at least ₱0.01."), ("", "This field is required.")],
)
def test_an_amount_that_cannot_be_read_is_asked_for_with_an_example(typed, sentence):
    form = sent(amount=typed)

    assert form.is_submitted_and_valid() is False
    assert form.errors["amount"] == [sentence]
    assert form.status == 422


def test_what_was_typed_is_kept_with_the_sentence_beside_it_and_the_summary_above():
    html = str(sent(amount="1,5", reference="GCASH-77120", note="<b>late</b>"))
    page = Page(html)

    (amount,) = page.all("input", name="amount")
    assert amount["value"] == "1,5"
    assert amount["aria-invalid"] == "true"
    assert "id_amount_error" in (amount["aria-describedby"] or "")
    assert page.all("input", name="reference")[0]["value"] == "GCASH-77120"
    assert "&lt;b&gt;late&lt;/b&gt;" in html
    assert page.all("a", href="#id_amount")
    assert "One thing needs another look" in page.text


def test_the_form_has_a_name_for_every_control():
    assert faults(f"<form>{SampleForm.of(a_request(), currency='PHP')}</form>") == []
    assert faults(f"<form>{sent(amount='x', paid_on='')}</form>") == []


def test_each_form_that_is_shown_has_a_fresh_key():
    one, other = SampleForm.of(a_request(), currency="PHP"), SampleForm.of(a_request(), currency="PHP")

    assert one.idempotency_key != other.idempotency_key
    assert f'name="idempotency_key" value="{one.idempotency_key}"' in str(one)


def test_a_form_that_is_sent_twice_or_shown_again_keeps_its_key():
    form = sent(idempotency_key="0198c0de-0000-7000-8000-000000000001", amount="x")

    assert form.idempotency_key == "0198c0de-0000-7000-8000-000000000001"
    assert "0198c0de-0000-7000-8000-000000000001" in str(form)


@pytest.mark.parametrize("strange", ["", "short", "x" * 200, "a b c d e f g h", "<script>"])
def test_a_key_that_is_none_of_ours_is_replaced(strange):
    assert sent(idempotency_key=strange).idempotency_key != strange


def test_a_services_refusal_lands_on_the_field_it_names():
    form = sent()
    assert form.is_submitted_and_valid()

    form.refuse(Invalid.field("reference", "This reference was used yesterday."))

    assert form.errors["reference"] == ["This reference was used yesterday."]
    assert form.status == 422


def test_a_refusal_that_names_no_field_stands_above_all():
    form = sent()
    assert form.is_submitted_and_valid()

    form.refuse(VersionConflict())

    assert form.summary == [
        ("", "", "Somebody changed this while you were looking at it. Reload, then make your change again.")
    ]


def test_a_field_that_a_form_gains_late_is_dressed_like_the_others():
    class Late(Form):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.fields["fee"] = MoneyField(label="Fee", minimum_minor=0)
            self.fields["why"] = forms.CharField(label="Why")

    form = Late.of(a_request(post={"fee": "12.50", "why": "late"}), currency="PHP")

    assert form.is_submitted_and_valid()
    assert form.cleaned_data["fee"] == Money(12_50, "PHP")
    assert 'class="input"' in str(Late.of(a_request(), currency="PHP")["why"])


def test_the_currency_is_the_institutions(organisation):
    form = SampleForm.of(a_request(post=GOOD, organisation=organisation))

    assert form.is_submitted_and_valid()
    assert form.cleaned_data["amount"].currency == "PHP"


def test_one_forms_currency_does_not_leak_into_another():
    SampleForm.of(a_request(), currency="JPY")["amount"]
    form = sent(amount="5000.50")

    assert form.is_submitted_and_valid()
    assert form.cleaned_data["amount"] == Money(500_050, "PHP")


def test_a_live_preview_asks_while_one_types():
    class Paying(Form):
        amount = MoneyField(label="Amount", preview_url="/preview/", preview_target="#lands")

    (field,) = Page(str(Paying.of(a_request(), currency="PHP"))).all("input", name="amount")

    assert (field["hx-post"], field["hx-target"], field["hx-include"]) == ("/preview/", "#lands", "closest form")


def test_a_day_outside_its_limits_is_refused_with_the_limit():
    class Dated(Form):
        on = DateField(label="On", earliest=date(2031, 1, 1), latest=date(2031, 12, 31))

    assert Dated.of(a_request(post={"on": "2030-12-31"})).errors["on"] == ["Choose Jan 1, 2031 or later."]
    assert Dated.of(a_request(post={"on": "2032-01-01"})).errors["on"] == ["Choose Dec 31, 2031 or earlier."]
    assert Dated.of(a_request(post={"on": "2031-06-01"})).is_submitted_and_valid()
