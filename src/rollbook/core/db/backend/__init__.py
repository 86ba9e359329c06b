"""Django's PostgreSQL backend with three gaps closed for tables whose real key is (organisation_id, id).

Deletes name the organisation, and no GROUP BY relies on `id` alone.
"""
