"""The decisions of the college's money that take two people, and what their cards say."""

from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.approvals.register import Change, Description, register_kind
from rollbook.core.money import Money, format_money
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.billing.models import Invoice, Payment, Receipt, Shift
from rollbook.shared.billing.services.shifts import drawer_of
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.models import Discount, DiscountGrant, Sponsorship
from rollbook.systems.college.fees.reads.student_terms import name_of_term, owed_minor, what_if_given
from rollbook.systems.college.fees.services import corrections, discounts, shifts, sponsors
from rollbook.systems.college.fees.services.covering import share_minor


def register_all() -> None:
    """Name each kind of decision, who decides it and what it does."""
    register_kind(
        corrections.VOID, "Void a payment", permissions.APPROVE_CORRECTION,
        execute=corrections.carry_out_void, describe=describe_void,
    )  # fmt: skip
    register_kind(
        corrections.REFUND, "Give money back", permissions.APPROVE_CORRECTION,
        execute=corrections.carry_out_refund, describe=describe_refund,
    )  # fmt: skip
    register_kind(
        corrections.ADJUSTMENT, "Adjust what is owed", permissions.APPROVE_CORRECTION,
        execute=corrections.carry_out_adjustment, describe=describe_adjustment,
    )  # fmt: skip
    register_kind(
        discounts.GIVE, "Give a discount", permissions.APPROVE_DISCOUNT,
        execute=discounts.carry_out_discount, describe=describe_discount, is_exclusive=False,
    )  # fmt: skip
    register_kind(
        discounts.END, "End a discount", permissions.APPROVE_DISCOUNT,
        execute=discounts.carry_out_end, describe=describe_end,
    )  # fmt: skip
    register_kind(
        sponsors.ACCEPT, "Accept a sponsor", permissions.APPROVE_DISCOUNT,
        execute=sponsors.carry_out_sponsorship, describe=describe_sponsorship,
    )  # fmt: skip
    register_kind(
        shifts.CLOSE_WITH_VARIANCE, "Close a shift that is off", permissions.SEE_ALL_SHIFTS,
        execute=shifts.carry_out_close, describe=describe_variance,
    )  # fmt: skip


def _money(request: ApprovalRequest) -> str:
    return format_money(Money(request.payload["amount_minor"], request.payload["currency"]))


def _receipt_number(payment_id: UUID) -> str:
    return Receipt.objects.filter(payment_id=payment_id).values_list("number", flat=True).first() or ""


def describe_void(request: ApprovalRequest) -> Description:
    """The card of a void."""
    payment = Payment.objects.get(id=request.target_id)
    return Description(
        title=_("Void %(receipt)s") % {"receipt": _receipt_number(payment.id)},
        changes=[
            Change(_("Payment"), _money(request), _("Voided")),
            Change(_("State"), payment.get_state_display(), _("Voided")),
        ],
        effect=_("The money leaves the months it filled, newest first. Permits that rested on it are suspended."),
    )


def describe_refund(request: ApprovalRequest) -> Description:
    """The card of a refund."""
    payment = Payment.objects.get(id=request.target_id)
    kept = payment.amount_minor - payment.returned_minor
    after = kept - request.payload["amount_minor"]
    return Description(
        title=_("Give back %(amount)s of %(receipt)s")
        % {"amount": _money(request), "receipt": _receipt_number(payment.id)},
        changes=[
            Change(
                _("Kept of the payment"),
                format_money(Money(kept, payment.currency)),
                format_money(Money(after, payment.currency)),
            )
        ],
        effect=_("The money leaves the student's credit first, then the newest month it filled."),
    )


def describe_variance(request: ApprovalRequest) -> Description:
    """The card of a drawer that is off."""
    shift = Shift.objects.get(id=request.target_id)
    expected = drawer_of(shift).expected_minor
    counted = expected + request.payload["amount_minor"]
    return Description(
        title=_("Close %(cashier_name)s's shift at %(station)s")
        % {"cashier_name": shift.cashier_name, "station": shift.station},
        changes=[
            Change(
                _("Drawer"),
                format_money(Money(expected, shift.currency)),
                format_money(Money(counted, shift.currency)),
            )
        ],
        effect=_("The difference of %(amount)s is entered as cash over or short.") % {"amount": _money(request)},
    )


def describe_adjustment(request: ApprovalRequest) -> Description:
    """The card of an adjustment."""
    invoice = Invoice.objects.get(id=request.target_id)
    sign = -1 if request.payload["adjustment"] == "CREDIT" else 1
    after = invoice.total_minor + sign * request.payload["amount_minor"]
    return Description(
        title=(_("Reduce what is owed by %(amount)s") if sign < 0 else _("Increase what is owed by %(amount)s"))
        % {"amount": _money(request)},
        changes=[
            Change(
                _("Total of the term"),
                format_money(Money(invoice.total_minor, invoice.currency)),
                format_money(Money(after, invoice.currency)),
            )
        ],
        effect=_("Paid months keep their amount; the rest is split anew over the open months."),
    )


def describe_discount(request: ApprovalRequest) -> Description:
    """The card of a discount: what the term costs now, and what it would cost."""
    discount = Discount.objects.get(id=request.payload["discount_id"])
    before, after = what_if_given(request.target_id, discount)
    return Description(
        title=_("%(name)s for %(term)s") % {"name": discount.name, "term": name_of_term(request.target_id)},
        changes=[Change(_("The term costs"), format_money(before), format_money(after))],
        effect=_("Paid months keep their amount; the rest is split anew. What is paid above it becomes credit."),
    )


def describe_end(request: ApprovalRequest) -> Description:
    """The card of a discount that ends."""
    grant = DiscountGrant.objects.get(id=request.target_id)
    return Description(
        title=_("End %(name)s for %(term)s") % {"name": grant.name, "term": name_of_term(grant.term_enrolment_id)},
        changes=[Change(grant.name, _("Given"), _("Ended"))],
        effect=_("What it took off is owed again, over the months that are open."),
    )


def describe_sponsorship(request: ApprovalRequest) -> Description:
    """The card of a sponsor."""
    asked = request.payload
    total = owed_minor(request.target_id)
    wanted = Sponsorship(
        share=asked["share"], amount_minor=asked["amount_minor"],
        percent=Decimal(asked["percent"]) if asked["percent"] else None,
    )  # fmt: skip
    currency = organisation_in_scope().currency
    share = format_money(Money(share_minor(wanted, total), currency))
    return Description(
        title=_("%(sponsor)s answers for %(term)s")
        % {"sponsor": asked["sponsor"], "term": name_of_term(request.target_id)},
        changes=[
            Change(
                _("Of the term"), format_money(Money(total, currency)), _("%(share)s by the sponsor") % {"share": share}
            )
        ],
        effect=_("Letter %(letter)s. Months it reaches whole count as covered, and permits open on them.")
        % {"letter": asked["letter"]},
    )
