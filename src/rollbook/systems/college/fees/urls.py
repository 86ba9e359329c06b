"""Addresses of the college's money: the counter, the supervisor's desk, one's own payments."""

from django.urls import URLPattern, path

from rollbook.systems.college.fees.pages import (
    bankfiles,
    collections,
    counter,
    desk,
    notes,
    own,
    papers,
    payments,
    shifts,
)

app_name = "fees"

urlpatterns: list[URLPattern] = [
    path("cashier/", desk.desk, name="desk"),
    path("cashier/find/", desk.find, name="find"),
    path("cashier/find/suggest/", desk.suggest, name="suggest"),
    path("cashier/students/<uuid:student_id>/", counter.pay, name="pay"),
    path("cashier/students/<uuid:student_id>/preview/", counter.preview, name="preview"),
    path("cashier/students/<uuid:student_id>/notes/new/", notes.request_note, name="request_note"),
    path("cashier/students/<uuid:student_id>/statement.pdf", papers.statement, name="statement"),
    path("cashier/payments/", payments.payments, name="payments"),
    path("cashier/payments/<uuid:payment_id>/", payments.payment, name="payment"),
    path("cashier/payments/<uuid:payment_id>/print/", papers.print_receipt, name="print_receipt"),
    path("cashier/payments/<uuid:payment_id>/void/", payments.void, name="void"),
    path("cashier/payments/<uuid:payment_id>/refund/", payments.refund, name="refund"),
    path("cashier/payments/<uuid:payment_id>/reverse/", payments.reverse_payment, name="reverse_payment"),
    path("cashier/shift/", shifts.shift, name="shift"),
    path("cashier/shift/open/", shifts.open_shift, name="open_shift"),
    path("cashier/shift/cash/", shifts.move_cash, name="move_cash"),
    path("cashier/shift/close/", shifts.close_shift, name="close_shift"),
    path("cashier/shift/close/count/", shifts.count, name="count"),
    path("cashier/shifts/", shifts.shifts, name="shifts"),
    path("cashier/shifts/<uuid:shift_id>/", shifts.shift_report, name="shift_report"),
    path("cashier/shifts/<uuid:shift_id>/report.pdf", papers.shift_report, name="shift_report_pdf"),
    path("collections/", collections.dashboard, name="collections"),
    path("collections/notes/", notes.notes, name="notes"),
    path("collections/notes/<uuid:note_id>/", notes.note, name="note"),
    path("collections/notes/<uuid:note_id>/approve/", notes.approve_note, name="approve_note"),
    path("collections/bank-files/", bankfiles.bank_files, name="bank_files"),
    path("collections/bank-files/new/", bankfiles.upload, name="upload_bank_file"),
    path("collections/bank-files/uploads/<uuid:file_id>/", bankfiles.bank_upload, name="bank_upload"),
    path("collections/bank-files/<uuid:file_id>/", bankfiles.bank_file, name="bank_file"),
    path("collections/unmatched/", bankfiles.unmatched, name="unmatched"),
    path("collections/unmatched/<uuid:row_id>/", bankfiles.unmatched_row, name="unmatched_row"),
    path("collections/unmatched/<uuid:row_id>/find/", bankfiles.find_for_row, name="find_for_row"),
    path("collections/unmatched/<uuid:row_id>/dismiss/", bankfiles.dismiss, name="dismiss_row"),
    path("collections/unmatched/<uuid:row_id>/<uuid:student_id>/", bankfiles.resolve, name="resolve_row"),
    path("my/payments/", own.own_payments, name="own_payments"),
    path("my/payments/<uuid:payment_id>/receipt.pdf", papers.own_receipt, name="own_receipt"),
    path("my/statement.pdf", papers.own_statement, name="own_statement"),
]
