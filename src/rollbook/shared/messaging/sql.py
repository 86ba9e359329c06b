"""The statements of the notices."""

#: Whom a notice is for, and the column that says so: a person of the roll, or a member who is none.
PERSON, MEMBER = "person", "member"
_COLUMNS = {PERSON: "recipient_id", MEMBER: "member_id"}


def _for_each(statement: str) -> dict[str, str]:
    """A statement in both ways, so that each looks by one column and keeps one plan."""
    return {who: statement.replace("{who}", column) for who, column in _COLUMNS.items()}


#: One statement for one or many: each folds into the open notice of its kind and subject, if there is one.
#: A row that was told before, or that meets another one at this very moment, is left out. How many there are is kept
#: from the planner (OFFSET 0), which would plan anew for every one of them.
TELL = _for_each("""
INSERT INTO messaging_notice (organisation_id, id, created_at, {who}, kind, subject_id, dedupe_key, facts, fold_until,
                              folded_into_id, mail_state, mail_due_at, mail_tries, mail_error)
SELECT %(organisation)s, n.id, %(at)s, n.person, n.kind, n.subject, n.key, n.facts, %(until)s,
       head.id, CASE WHEN head.id IS NULL THEN 'WAITING' ELSE 'FOLDED' END, n.due, 0, ''
  FROM (SELECT %(ids)s::uuid[] AS ids, %(people)s::uuid[] AS people, %(kinds)s::text[] AS kinds, %(keys)s::text[] AS keys,
               %(subjects)s::uuid[] AS subjects, %(facts)s::jsonb[] AS facts, %(due)s::timestamptz[] AS due OFFSET 0) AS a
 CROSS JOIN unnest(a.ids, a.people, a.kinds, a.keys, a.subjects, a.facts, a.due)
            AS n(id, person, kind, key, subject, facts, due)
  LEFT JOIN LATERAL (
        SELECT h.id FROM messaging_notice h
         WHERE h.organisation_id = %(organisation)s AND h.{who} = n.person AND h.kind = n.kind
           AND h.subject_id = n.subject AND h.folded_into_id IS NULL AND h.fold_until > %(at)s
         ORDER BY h.created_at DESC LIMIT 1) head ON true
ON CONFLICT DO NOTHING
RETURNING id, {who}, kind, dedupe_key
""")

TOLD = _for_each("""
SELECT m.{who}, m.kind, m.dedupe_key
  FROM unnest(%(people)s::uuid[], %(kinds)s::text[], %(keys)s::text[]) AS n(person, kind, key)
  JOIN messaging_notice m
    ON m.organisation_id = %(organisation)s AND m.{who} = n.person AND m.kind = n.kind AND m.dedupe_key = n.key
""")

#: The newest notices for one person or member, of which a page is made.
_NEWEST = """
SELECT n.id, n.kind, n.subject_id, n.facts, n.created_at, n.read_at
  FROM messaging_notice n
 WHERE n.organisation_id = %(organisation)s AND n.{who} = %(one)s AND n.folded_into_id IS NULL
   AND (%(before)s::uuid IS NULL OR (n.created_at, n.id) < (
        SELECT b.created_at, b.id FROM messaging_notice b WHERE b.organisation_id = %(organisation)s AND b.id = %(before)s))
 ORDER BY n.created_at DESC, n.id DESC
 LIMIT %(most)s
"""

#: One's notices, as a person and as a member, with the newest words of what was folded into each.
OWN = """
SELECT h.id, h.kind, h.subject_id, coalesce(f.facts, h.facts), coalesce(f.created_at, h.created_at) AS told_at,
       1 + coalesce(f.folded, 0), h.read_at IS NULL OR coalesce(f.is_unread, false)
  FROM (({of_person}) UNION ALL ({of_member})) h
  LEFT JOIN LATERAL (
        SELECT (array_agg(x.facts ORDER BY x.created_at DESC, x.id DESC))[1] AS facts, max(x.created_at) AS created_at,
               count(*) AS folded, bool_or(x.read_at IS NULL) AS is_unread
          FROM messaging_notice x
         WHERE x.organisation_id = %(organisation)s AND x.folded_into_id = h.id
        HAVING count(*) > 0) f ON true
 ORDER BY h.created_at DESC, h.id DESC
 LIMIT %(most)s
""".replace("{of_person}", _NEWEST.replace("{who}", "recipient_id").replace("%(one)s", "%(person)s")).replace(
    "{of_member}", _NEWEST.replace("{who}", "member_id").replace("%(one)s", "%(member)s")
)

UNREAD = """
SELECT (SELECT count(DISTINCT coalesce(n.folded_into_id, n.id)) FROM messaging_notice n
         WHERE n.organisation_id = %(organisation)s AND n.recipient_id = %(person)s AND n.read_at IS NULL)
     + (SELECT count(DISTINCT coalesce(n.folded_into_id, n.id)) FROM messaging_notice n
         WHERE n.organisation_id = %(organisation)s AND n.member_id = %(member)s AND n.read_at IS NULL)
"""

#: Claim a batch for sending; two workers never get the same rows.
CLAIM = """
UPDATE messaging_notice SET mail_state = 'SENDING', mail_tries = mail_tries + 1, mail_at = %(at)s
 WHERE organisation_id = %(organisation)s AND id IN (
        SELECT n.id FROM messaging_notice n
         WHERE n.organisation_id = %(organisation)s AND n.mail_state = 'WAITING' AND n.mail_due_at <= %(at)s
         ORDER BY n.mail_due_at, n.id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
RETURNING id
"""

#: What a claimed notice needs to become a mail: words, address, language, wish.
TO_MAIL = """
SELECT n.id, n.kind, n.facts, n.mail_tries,
       coalesce((SELECT json_agg(x.facts ORDER BY x.created_at, x.id) FROM messaging_notice x
                  WHERE x.organisation_id = %(organisation)s AND x.folded_into_id = n.id), '[]'::json),
       coalesce(m.email, c.value, ''), coalesce(m.language, ''), coalesce(nullif(m.name, ''), p.given_name, ''), w.by_mail
  FROM messaging_notice n
  LEFT JOIN people_person p ON p.organisation_id = n.organisation_id AND p.id = n.recipient_id
  LEFT JOIN LATERAL (
        SELECT u.email, u.language, s.name FROM identity_membership s JOIN identity_user u ON u.id = s.user_id
         WHERE s.organisation_id = %(organisation)s AND (s.person_id = n.recipient_id OR s.id = n.member_id)
           AND s.is_active AND u.is_active
         ORDER BY u.email IS NULL, s.id LIMIT 1) m ON true
  LEFT JOIN LATERAL (
        SELECT k.value FROM people_contactpoint k
         WHERE k.organisation_id = %(organisation)s AND k.person_id = n.recipient_id AND k.kind = 'EMAIL'
         ORDER BY k.is_primary DESC, k.id LIMIT 1) c ON true
  LEFT JOIN messaging_mailpreference w
    ON w.organisation_id = n.organisation_id AND w.kind = n.kind
   AND (w.person_id = n.recipient_id OR w.member_id = n.member_id)
 WHERE n.organisation_id = %(organisation)s AND n.id = ANY (%(ids)s::uuid[])
 ORDER BY n.mail_due_at, n.id
"""
