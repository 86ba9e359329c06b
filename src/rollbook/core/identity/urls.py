"""Addresses of identity. Those at the gate keep the names by which allauth and Django look for them."""

from django.urls import URLPattern, URLResolver, include, path

from rollbook.core.identity.pages import factors, members, own, passwords, signing_in, standing_in

_security: list[URLPattern | URLResolver] = [
    path("", factors.FactorsView.as_view(), name="mfa_index"),
    path("code/", factors.CodeView.as_view(), name="mfa_authenticate"),
    path("confirm/code/", factors.ProveByCodeView.as_view(), name="mfa_reauthenticate"),
    path("app/", factors.AddAppView.as_view(), name="mfa_activate_totp"),
    path("app/remove/", factors.RemoveAppView.as_view(), name="mfa_deactivate_totp"),
    path("recovery-codes/", factors.CodesView.as_view(), name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", factors.NewCodesView.as_view(), name="mfa_generate_recovery_codes"),
    path("passkeys/", factors.PasskeysView.as_view(), name="mfa_list_webauthn"),
    path("passkeys/new/", factors.AddPasskeyView.as_view(), name="mfa_add_webauthn"),
    path("passkeys/sign-in/", factors.PasskeySignInView.as_view(), name="mfa_login_webauthn"),
    path("passkeys/confirm/", factors.ProveByPasskeyView.as_view(), name="mfa_reauthenticate_webauthn"),
    path("passkeys/<int:pk>/remove/", factors.RemovePasskeyView.as_view(), name="mfa_remove_webauthn"),
    path("passkeys/<int:pk>/name/", factors.RenamePasskeyView.as_view(), name="mfa_edit_webauthn"),
]

_own: list[URLPattern | URLResolver] = [
    path("organisation/", signing_in.choose, name="choose"),
    path("organisation/menu/", signing_in.choose, name="hats"),
    path("password/", passwords.change, name="change_password"),
    path("sessions/", own.own_sessions, name="sessions"),
    path("sessions/others/end/", own.end_other_sessions, name="end_other_sessions"),
    path("sessions/<uuid:session_id>/end/", own.end_session, name="end_session"),
    path("tokens/", own.own_tokens, name="tokens"),
    path("tokens/all/", own.all_tokens, name="all_tokens"),
    path("tokens/new/", own.new_token, name="new_token"),
    path("tokens/<uuid:token_id>/revoke/", own.revoke_token, name="revoke_token"),
    path("acting/end/", standing_in.end, name="end_impersonation"),
]

_members: list[URLPattern | URLResolver] = [
    path("", members.member_list, name="members"),
    path("new/", members.invite, name="invite"),
    path("acting/", standing_in.record, name="stand_ins"),
    path("acting/support/<uuid:access_id>/end/", standing_in.end_access, name="end_support_access"),
    path("<uuid:member_id>/", members.member_page, name="member"),
    path("<uuid:member_id>/details/", members.edit, name="edit_member"),
    path("<uuid:member_id>/roles/", members.roles, name="member_roles"),
    path("<uuid:member_id>/end/", members.end_access, name="end_access"),
    path("<uuid:member_id>/give-back/", members.give_back_access, name="give_back_access"),
    path("<uuid:member_id>/link/send/", members.send_link, name="send_link"),
    path("<uuid:member_id>/link/show/", members.show_link, name="show_link"),
    path("<uuid:member_id>/second-factors/remove/", members.remove_factors, name="remove_factors"),
    path("<uuid:member_id>/act-as/", standing_in.begin, name="begin_impersonation"),
]

_named: list[URLPattern | URLResolver] = [
    path("institution/", signing_in.find_institution, name="find_institution"),
    path("o/<slug:slug>/login/", signing_in.SignInView.as_view(), name="sign_in_here"),
    path("o/<slug:slug>/password/", passwords.set_password, name="set_password"),
    path("o/<slug:slug>/password/<str:secret>/", passwords.follow, name="follow_link"),
    path("support/", standing_in.support, name="support"),
    path("account/", include(_own)),
    path("members/", include(_members)),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", signing_in.SignInView.as_view(), name="account_login"),
    path("logout/", signing_in.SignOutView.as_view(), name="account_logout"),
    path("password/", passwords.ask, name="account_reset_password"),
    path("account/confirm/", signing_in.ProveView.as_view(), name="account_reauthenticate"),
    path("account/inactive/", signing_in.inactive, name="account_inactive"),
    path("account/security/", include(_security)),
    path("", include((_named, "identity"))),
]
