-- Who did what to whom, and which sentence says so?
SELECT
    array_to_string(list_transform(actors, lambda party: party.text), ', ') AS who,
    type AS did_what,
    status,
    array_to_string(list_transform(recipients, lambda party: party.text), ', ') AS to_whom,
    trigger,
    left(evidence, 60) || '…' AS evidence
FROM mentions
WHERE len(actors) > 0 AND len(recipients) > 0
ORDER BY confidence DESC, mention_id
LIMIT 8
