-- Rules of the allow list, with what each clears
-- Question: which rules are there, and how many addresses does each clear or note?
-- A rule that clears nothing may be a slip, or one that another rule makes needless. An address that two rules clear
-- counts for the narrowest network, and for the rule of each of its names. `pcapindex allow --list` shows the same.
-- Columns:
--   section: where it stands in the file: allow, dns, su (notes), okhosts, oksuffixes, okdomains
--   rule: the network, host name, ending or domain
--   label: what it is; empty: not said
--   source: file and line of the rule
--   cleared: addresses that it explains, alone or with others
--   noted: addresses that it notes and nothing explains
--   bytes: IP bytes to and from them, as ends of flows
-- Parameters:
--   unused: 1 lists only rules that clear and note nothing; default 0
--   capture: only this capture's addresses (captures.id); default all
--   limit: at most so many rows; default all
WITH
  verdicts AS MATERIALIZED (
    SELECT v.capture_id, v.address_id, v.by, v.verdict, coalesce(t.sent_bytes + t.received_bytes, 0) AS bytes
    FROM address_verdicts v
    LEFT JOIN address_traffic t ON t.address_id = v.address_id AND t.capture_id = v.capture_id
    WHERE :capture IS NULL OR v.capture_id = :capture
  ),
  by_network AS MATERIALIZED (
    SELECT n.network_id, count(DISTINCT v.address_id) AS addresses, sum(v.bytes) AS bytes
    FROM address_networks n
    CROSS JOIN networks w ON w.id = n.network_id
    CROSS JOIN verdicts v ON v.address_id = n.address_id
      AND (v.by = w.list OR w.list = 'note' AND v.verdict = 'noted')
    GROUP BY n.network_id
  ),
  by_name AS MATERIALIZED (
    SELECT host_id, count(DISTINCT address_id) AS addresses, sum(bytes) AS bytes
    FROM (
      SELECT DISTINCT r.host_id, v.capture_id, v.address_id, v.bytes
      FROM allowed_names r
      CROSS JOIN address_names n ON n.name = r.name
      CROSS JOIN verdicts v ON v.address_id = n.address_id AND v.capture_id = n.capture_id
      WHERE n.source NOT IN ('certificate', 'netbios', 'dhcp', 'capture') AND v.by = 'names'
    )
    GROUP BY host_id
  ),
  rules (place, id, section, rule, label, source, cleared, noted, bytes) AS (
    SELECT
      CASE w.list WHEN 'dns' THEN 1 WHEN 'allow' THEN 2 ELSE 6 END, w.id, iif(w.list = 'note', 'su', w.list), w.cidr, w.label,
      w.source, iif(w.list = 'note', 0, coalesce(u.addresses, 0)), iif(w.list = 'note', coalesce(u.addresses, 0), 0),
      coalesce(u.bytes, 0)
    FROM networks w
    LEFT JOIN by_network u ON u.network_id = w.id
    UNION ALL
    SELECT
      CASE h.match WHEN 'exact' THEN 3 WHEN 'suffix' THEN 4 ELSE 5 END, h.id,
      CASE h.match WHEN 'exact' THEN 'okhosts' WHEN 'suffix' THEN 'oksuffixes' ELSE 'okdomains' END, h.pattern, h.label,
      h.source, coalesce(u.addresses, 0), 0, coalesce(u.bytes, 0)
    FROM allowed_hosts h
    LEFT JOIN by_name u ON u.host_id = h.id
  )
SELECT section, rule, label, source, cleared, noted, bytes
FROM rules
WHERE (NOT coalesce(:unused, 0) OR cleared + noted = 0)
  AND (:capture IS NULL OR EXISTS (SELECT 1 FROM captures WHERE id = :capture))
ORDER BY place, id
LIMIT coalesce(:limit, -1);
