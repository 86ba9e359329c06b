"""Django's settings, made from the typed configuration. Rooms append themselves to INSTALLED_APPS."""

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF

from rollbook.shared.files.store_settings import local_store, s3_store
from rollbook.shared.monitoring.logs import logging_settings
from rollbook.site.configuration import configuration
from rollbook.site.runtime import connections, keys

ROLLBOOK = configuration()
HOME = ROLLBOOK.home
SITE_FOLDER = Path(__file__).resolve().parent

# --- What this installation is ------------------------------------------------------------------------------

DEBUG = ROLLBOOK.debug
SECRET_KEY = (
    ROLLBOOK.secret_key.get_secret_value()
    if ROLLBOOK.secret_key
    else keys.read_or_make_key(HOME, "secret-key", size=64)
)
ALLOWED_HOSTS = ROLLBOOK.hosts
BASE_URL = ROLLBOOK.address

INSTALLED_APPS = [
    # core
    "rollbook.core.db",
    "rollbook.core.tenancy",
    "rollbook.core.identity",
    "rollbook.core.permissions",
    "rollbook.core.audit",
    "rollbook.core.approvals",
    "rollbook.core.numbering",
    "rollbook.core.policies",
    "rollbook.core.idempotency",
    "rollbook.core.api",
    "rollbook.core.web",
    # shared
    "rollbook.shared.people",
    "rollbook.shared.files",
    "rollbook.shared.documents",
    "rollbook.shared.jobs",
    "rollbook.shared.webhooks",
    "rollbook.shared.ledger",
    "rollbook.shared.billing",
    "rollbook.shared.gateways",
    "rollbook.shared.messaging",
    "rollbook.shared.admissions",
    "rollbook.shared.analytics",
    "rollbook.shared.monitoring",
    "rollbook.shared.launch",
    # systems
    "rollbook.systems.college.catalogue",
    "rollbook.systems.college.records",
    "rollbook.systems.college.scheduling",
    "rollbook.systems.college.enrolment",
    "rollbook.systems.college.grading",
    "rollbook.systems.college.exams",
    "rollbook.systems.college.fees",
    "rollbook.systems.college.credentials",
    "rollbook.systems.college.admission",
    # site
    "rollbook.site",
    # libraries
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_cotton",
    "django_htmx",
    "ninja",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "rollbook.shared.monitoring.middleware.TrustedProxies",
    "rollbook.shared.monitoring.middleware.RequestRecord",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "rollbook.core.web.permissions_policy.BrowserPermissions",
    "rollbook.core.web.content_policy.ContentPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "rollbook.site.urls"
WSGI_APPLICATION = "rollbook.site.wsgi.application"

# --- Database -----------------------------------------------------------------------------------------------

DATABASES = {
    "default": connections.django_settings(
        connections.app_connection(ROLLBOOK), pool_size=ROLLBOOK.database_pool_size, prepare=ROLLBOOK.database_prepare
    ),
    "owner": connections.django_settings(connections.owner_connection(ROLLBOOK)),
}
DATABASE_ROUTERS = ["rollbook.site.runtime.routing.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Sign-in ------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "rollbook.core.identity.backends.MembershipBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["display_name", "email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

SESSION_ENGINE = "rollbook.core.identity.session_store"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = ROLLBOOK.is_https
SESSION_COOKIE_NAME = "__Host-rollbook" if ROLLBOOK.is_https else "rollbook"
CSRF_COOKIE_SECURE = ROLLBOOK.is_https
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-rollbook-csrf" if ROLLBOOK.is_https else "rollbook_csrf"
CSRF_TRUSTED_ORIGINS = [ROLLBOOK.base_url] if ROLLBOOK.base_url else []

# Nobody signs up by themselves: an administrator or an import makes the user, a link lets them in.
ACCOUNT_ADAPTER = "rollbook.core.identity.adapters.AccountAdapter"
ACCOUNT_FORMS = {"login": "rollbook.core.identity.forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_REDIRECT_URL = "/login/"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
# axes throttles passwords and identity.counting the second factor, over all processes; allauth's own counters
# live in one process each.
ACCOUNT_RATE_LIMITS = False
MFA_RATE_LIMITS = False
MFA_ADAPTER = "rollbook.core.identity.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "rollbook.core.identity.forms.CodeForm",
    "reauthenticate": "rollbook.core.identity.forms.CodeAgainForm",
    "activate_totp": "rollbook.core.identity.forms.FirstCodeForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Rollbook"
MFA_TOTP_TOLERANCE = 1
REQUIRE_SECOND_FACTOR = ROLLBOOK.require_second_factor

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "rollbook.core.identity.lockout.axes_username"
AXES_CLIENT_IP_CALLABLE = "rollbook.core.identity.lockout.axes_client_ip"
AXES_LOCKOUT_CALLABLE = "rollbook.core.identity.lockout.axes_lockout"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_SENSITIVE_PARAMETERS = ["login", "username", "ip_address", "next", "csrfmiddlewaretoken"]
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# --- How often a programme may ask --------------------------------------------------------------------------

RATE_LIMIT_FACTOR = ROLLBOOK.rate_limit_factor

# --- What the browser is told -------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = ROLLBOOK.is_https
# Load balancers ask these over plain HTTP from inside.
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if ROLLBOOK.is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
# TrustedProxies removes the header unless a trusted proxy wrote it.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- Pages --------------------------------------------------------------------------------------------------

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
# A component sees what it is given, never by accident a name of the page around it.
COTTON_ISOLATE_BY_DEFAULT = True
CSRF_FAILURE_VIEW = "rollbook.core.web.errors.stale_form"
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": (
        s3_store(
            bucket=ROLLBOOK.s3_bucket,
            endpoint=ROLLBOOK.s3_endpoint,
            region=ROLLBOOK.s3_region,
            access_key=ROLLBOOK.s3_access_key.get_secret_value() if ROLLBOOK.s3_access_key else "",
            secret_key=ROLLBOOK.s3_secret_key.get_secret_value() if ROLLBOOK.s3_secret_key else "",
        )
        if ROLLBOOK.files_store == "s3"
        else local_store(HOME / "files")
    ),
    # Names carry a hash of the content, so browsers may keep a file for ever.
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILE_UPLOAD_HANDLERS = [
    "rollbook.shared.files.uploading.RefuseHugeUploads",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_SCANNER = ROLLBOOK.file_scanner

# --- Language and time --------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fil", "Filipino")]
LOCALE_PATHS = [SITE_FOLDER / "locale"]
LANGUAGE_COOKIE_NAME = "rollbook_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_SECURE = ROLLBOOK.is_https
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Online payment -----------------------------------------------------------------------------------------

GATEWAY_URLS = {"paymongo": ROLLBOOK.paymongo_url, "stripe": ROLLBOOK.stripe_url}

# --- Mail ---------------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = SERVER_EMAIL = ROLLBOOK.mail_from
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if ROLLBOOK.mail_host else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = HOME / "mail"
EMAIL_HOST = ROLLBOOK.mail_host
EMAIL_PORT = ROLLBOOK.mail_port
EMAIL_HOST_USER = ROLLBOOK.mail_user
EMAIL_HOST_PASSWORD = ROLLBOOK.mail_password.get_secret_value() if ROLLBOOK.mail_password else ""
EMAIL_USE_TLS = ROLLBOOK.mail_security == "starttls"
EMAIL_USE_SSL = ROLLBOOK.mail_security == "tls"
EMAIL_TIMEOUT = 15

# --- Logs, health, metrics ----------------------------------------------------------------------------------

LOGGING_CONFIG = None
logging_settings(level=ROLLBOOK.log_level, as_json=ROLLBOOK.log_format == "json")
TRUSTED_PROXIES = ROLLBOOK.trusted_proxies
METRICS_ALLOW = ROLLBOOK.metrics_allow
METRICS_TOKEN = ROLLBOOK.metrics_token.get_secret_value() if ROLLBOOK.metrics_token else ""
DISK_MINIMUM_MB = ROLLBOOK.disk_minimum_mb
