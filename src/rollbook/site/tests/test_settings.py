"""What Django is told: nothing unsafe by default."""

from django.conf import settings
from django.db import connections


def test_the_two_roles_have_an_alias_each_and_only_the_owner_migrates():
    from django.db import router

    assert set(connections) == {"default", "owner"}
    assert router.allow_migrate("owner", "tenancy") is True
    assert router.allow_migrate("default", "tenancy") is False


def test_no_page_may_run_a_script_that_stands_in_it():
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert {str(source) for source in directives["script-src"]} == {"'self'"}
    assert {str(source) for source in directives["style-src"]} == {"'self'"}
    assert all("unsafe" not in str(sources) for sources in directives.values())


def test_passwords_are_hashed_with_argon2_and_tried_before_they_are_taken():
    assert settings.PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"
    validators = {validator["NAME"].rpartition(".")[2] for validator in settings.AUTH_PASSWORD_VALIDATORS}
    assert {"MinimumLengthValidator", "CommonPasswordValidator"} <= validators


def test_cookies_are_out_of_reach_of_scripts_and_other_sites():
    assert settings.SESSION_COOKIE_HTTPONLY is True
    assert settings.CSRF_COOKIE_HTTPONLY is True
    assert (settings.SESSION_COOKIE_SAMESITE, settings.CSRF_COOKIE_SAMESITE) == ("Lax", "Lax")


def test_debug_is_off_and_hosts_are_named():
    assert settings.DEBUG is False
    assert "*" not in settings.ALLOWED_HOSTS


def test_a_forged_host_is_refused(client):
    assert client.get("/health/live", headers={"Host": "evil.example.com"}).status_code == 400
