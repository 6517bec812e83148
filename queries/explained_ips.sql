-- Addresses that the allow list explains, with the rule that did
-- Question: which rule cleared which address?
-- The other half of unknown_ips: read it before you trust the shorter list.
-- Columns:
--   ip: the address
--   by: allow or dns (the list that its network is in), names, or any name
--   rule: the network; or each of its names with the rule that allows it
--   label: what the rule says it is
--   source: file and line of the rule
--   bytes: IP bytes to and from it, as an end of a flow
--   scope: how far the address reaches: global, private, ...
--   evidence: the rule; of names also who says so and in which frame first, and names that no rule allows
--   conflict: names that contradict one another, as in name_conflicts; empty: none
--   capture: captures.id
-- Parameters:
--   any_name: 1 adds addresses of which one name is allowed; default 0: all names must be
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  -- Rules of addresses that only the milder rule clears.
  milder AS MATERIALIZED (
    SELECT
      n.capture_id, n.address_id, group_concat(DISTINCT n.name || ' by ' || h.pattern) AS rule,
      group_concat(DISTINCT h.label) AS label, group_concat(DISTINCT h.source) AS source
    FROM allowed_names r
    CROSS JOIN address_names n ON n.name = r.name
    CROSS JOIN allowed_hosts h ON h.id = r.host_id
    WHERE n.source NOT IN ('certificate', 'netbios', 'dhcp', 'capture') AND coalesce(:any_name, 0)
    GROUP BY n.capture_id, n.address_id
  )
SELECT
  a.ip,
  coalesce(v.by, 'any name') AS by,
  coalesce(v.rule, m.rule) AS rule,
  coalesce(v.label, m.label) AS label,
  coalesce(v.rule_source, m.source) AS source,
  coalesce(t.sent_bytes + t.received_bytes, 0) AS bytes,
  a.scope,
  v.evidence,
  v.conflict,
  v.capture_id AS capture
FROM address_verdicts v
JOIN addresses a ON a.id = v.address_id
LEFT JOIN address_traffic t ON t.address_id = v.address_id AND t.capture_id = v.capture_id
LEFT JOIN milder m ON m.address_id = v.address_id AND m.capture_id = v.capture_id AND NOT v.explained
WHERE iif(coalesce(:any_name, 0), v.verdict_any_name, v.verdict) = 'allowed'
  AND (:capture IS NULL OR v.capture_id = :capture)
ORDER BY v.capture_id, v.by, v.rule, bytes DESC, a.key
LIMIT coalesce(:limit, -1);
