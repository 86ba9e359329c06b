"""Addresses of the provider accounts."""

from django.urls import path

from rollbook.shared.gateways import pages

app_name = "gateways"

urlpatterns = [
    path("", pages.accounts, name="accounts"),
    path("new/", pages.new_account, name="new_account"),
    path("<uuid:account_id>/", pages.account, name="account"),
    path("<uuid:account_id>/secret/", pages.new_secret, name="new_secret"),
    path("<uuid:account_id>/close/", pages.close_account, name="close_account"),
]
