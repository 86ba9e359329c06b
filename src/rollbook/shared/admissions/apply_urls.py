"""Public addresses of applying. They stand in mails and on posters: they never change."""

from django.urls import path

from rollbook.shared.admissions.pages import entrance, status, wizard

app_name = "apply"

urlpatterns = [
    path("<slug:slug>/", entrance.home, name="home"),
    path("<slug:slug>/start/", entrance.start, name="start"),
    path("<slug:slug>/link/", entrance.ask_for_link, name="ask_for_link"),
    path("<slug:slug>/continue/<str:secret>/", entrance.follow, name="follow"),
    path("<slug:slug>/received/", status.received, name="received"),
    path("<slug:slug>/application/", status.status, name="status"),
    path("<slug:slug>/application/code/", wizard.send_code, name="send_code"),
    path("<slug:slug>/application/prove/", wizard.prove, name="prove"),
    path("<slug:slug>/application/submit/", wizard.submit, name="submit"),
    path("<slug:slug>/application/again/", status.send_again, name="send_again"),
    path("<slug:slug>/application/withdraw/", status.withdraw, name="withdraw"),
    path("<slug:slug>/application/leave/", status.leave, name="leave"),
    path("<slug:slug>/application/files/", wizard.send_documents, name="send_documents"),
    path("<slug:slug>/application/files/<uuid:document_id>/", wizard.own_document, name="own_document"),
    path("<slug:slug>/application/<slug:step>/", wizard.show_step, name="step"),
]
