-- Names that contradict one another
-- Question: of which addresses do names conflict: a name that a client asked for and DNS did not give, or many unrelated ones?
-- Many names are usual at hosting providers and proxies. A name that DNS never gave is usual where lookups are encrypted or
-- older than the capture; sni_dns_mismatch says more of each.
-- Columns:
--   ip: the address
--   conflict: what contradicts what
--   names: the name that a client asked for; or some of the domains
--   source: who says so: sni, quic, http; empty: all but certificates
--   domains: of many unrelated names, how many domains they are of
--   verdict: what the allow list says of the address: allowed, noted, unknown
--   bytes: IP bytes to and from it, as an end of a flow
--   first_frame: first frame with the name
--   first_time: when that was, UTC
--   capture: captures.id
-- Parameters:
--   unrelated: least number of unrelated domains to be listed, 6 or more; default 6
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  conflicts (capture_id, address_id, conflict, names, source, domains, frame_id) AS MATERIALIZED (
    SELECT capture_id, address_id, finding, name, source, NULL, first_frame_id
    FROM unsupported_names
    WHERE :capture IS NULL OR capture_id = :capture
    UNION ALL
    SELECT
      u.capture_id, u.address_id, 'many unrelated names', u.examples, NULL, u.domains,
      (SELECT min(n.first_frame_id) FROM address_names n
       WHERE n.address_id = u.address_id AND n.capture_id = u.capture_id AND n.source NOT IN ('certificate', 'netbios', 'dhcp', 'capture'))
    FROM unrelated_names u
    WHERE u.domains >= CAST(coalesce(:unrelated, 0) AS INTEGER) AND (:capture IS NULL OR u.capture_id = :capture)
  ),
  verdicts AS MATERIALIZED (SELECT capture_id, address_id, verdict FROM address_verdicts)
SELECT
  a.ip,
  c.conflict,
  c.names,
  c.source,
  c.domains,
  v.verdict,
  coalesce(t.sent_bytes + t.received_bytes, 0) AS bytes,
  f.frame AS first_frame,
  f.time AS first_time,
  c.capture_id AS capture
FROM conflicts c
CROSS JOIN addresses a ON a.id = c.address_id
CROSS JOIN frame_times f ON f.frame_id = c.frame_id
LEFT JOIN verdicts v ON v.address_id = c.address_id AND v.capture_id = c.capture_id
LEFT JOIN address_traffic t ON t.address_id = c.address_id AND t.capture_id = c.capture_id
ORDER BY
  c.capture_id,
  CASE c.conflict
    WHEN 'DNS gave the name other addresses' THEN 1
    WHEN 'DNS gave the address other names' THEN 2
    WHEN 'many unrelated names' THEN 3
    ELSE 4
  END,
  bytes DESC, c.frame_id, c.names
LIMIT coalesce(:limit, -1);
