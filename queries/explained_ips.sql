-- Addresses that the allow list explains, with the rule that did
-- Question: which rule cleared which address?
-- The other half of unknown_ips: read it before you trust the shorter list.
-- Columns:
--   ip: the address
--   by: allow or dns (the list that its network is in), or names
--   rule: the network; or each of its names with the rule that allows it
--   label: what the rule says it is
--   source: file and line of the rule
--   bytes: IP bytes to and from it, as an end of a flow
--   scope: how far the address reaches: global, private, ...
--   capture: captures.id
-- Parameters:
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
SELECT
  a.ip, v.by, v.rule, v.label, v.rule_source AS source, coalesce(t.sent_bytes + t.received_bytes, 0) AS bytes, a.scope, v.capture_id AS capture
FROM address_verdicts v
JOIN addresses a ON a.id = v.address_id
LEFT JOIN address_traffic t ON t.address_id = v.address_id AND t.capture_id = v.capture_id
WHERE v.explained AND (:capture IS NULL OR v.capture_id = :capture)
ORDER BY v.capture_id, v.by, v.rule, bytes DESC, a.key
LIMIT coalesce(:limit, -1);
