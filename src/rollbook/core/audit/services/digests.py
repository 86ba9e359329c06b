"""How an entry becomes the digest under which it is sealed.

SHA-256 over the entry's columns as one JSON array, written by PostgreSQL: times as whole microseconds,
ids as text, so that neither a session's settings nor its time zone can change it. A new way of digesting
gets a new scheme number; seals say which they used.
"""

from rollbook.core.audit.models import Stream

SCHEME = 1

TABLES = {Stream.ACTS: "audit_auditentry", Stream.READS: "audit_accessentry"}

_CIRCUMSTANCES = (
    "e.organisation_id::text, e.id::text, (extract(epoch FROM e.at) * 1000000)::bigint, e.actor_kind, "
    "e.user_id::text, e.impersonator_id::text, e.job, e.target_type, e.target_id::text, "
    "e.request_id, e.ip, e.user_agent, e.transaction_number"
)
_SAID = {Stream.ACTS: "e.action, e.reason, e.changes, e.facts", Stream.READS: "e.person_id::text, e.purpose"}

#: SQL for the digest of the entry `e`, by stream and scheme.
DIGESTS = {
    (stream, 1): (f"sha256(convert_to(jsonb_build_array('{stream.value}', {_CIRCUMSTANCES}, {said})::text, 'UTF8'))")
    for stream, said in _SAID.items()
}
