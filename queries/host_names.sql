-- Names of addresses with their evidence
-- Question: which names does the capture give each address, who says so, and where first?
-- Columns:
--   ip: the address
--   name: lower case
--   source: dns, sni, quic, http, certificate, netbios, dhcp, or capture (the capture file itself)
--   first_time: of the first frame that says so, UTC
--   first_frame: first frame that says so; empty: the capture file itself
--   valid_until: of dns when the last answer that said so ran out, UTC: its time and the shortest lifetime from the name to
--     the address; empty: another source
--   allowed_by: rule of the allow list that allows the name; empty: none
--   capture: captures.id
-- Parameters:
--   name: only names that contain this; default all
--   address: only this IP address; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH RECURSIVE
  -- The names, one step of the index for each.
  asked (name) AS (
    SELECT min(name) FROM address_names WHERE :name IS NOT NULL AND :address IS NULL
    UNION ALL
    SELECT (SELECT min(n.name) FROM address_names n WHERE n.name > a.name) FROM asked a WHERE a.name IS NOT NULL
  ),
  -- Found first by the index that serves, so that the columns are worked out for the rows that are shown only.
  wanted AS (
    SELECT id, capture_id, address_id, name, source, first_frame_id FROM address_names WHERE :name IS NULL AND :address IS NULL
    UNION ALL
    SELECT id, capture_id, address_id, name, source, first_frame_id FROM address_names
    WHERE :name IS NOT NULL AND :address IS NULL
      AND name IN (SELECT name FROM asked WHERE instr(name, lower(:name)))
    UNION ALL
    SELECT id, capture_id, address_id, name, source, first_frame_id FROM address_names
    WHERE :address IS NOT NULL AND address_id IN (SELECT id FROM addresses WHERE ip = :address)
      AND (:name IS NULL OR instr(name, lower(:name)))
  ),
  shown AS (
    SELECT w.id, w.address_id, w.source, a.key
    FROM wanted w
    CROSS JOIN addresses a ON a.id = w.address_id
    WHERE (:capture IS NULL OR w.capture_id = :capture)
      -- What another file of the ring says is a row of that one.
      AND (NOT EXISTS (SELECT 1 FROM captures WHERE ring_id IS NOT NULL) OR w.first_frame_id IS NULL
        OR (SELECT f.capture_id FROM frames f WHERE f.id = w.first_frame_id) = w.capture_id)
    ORDER BY w.capture_id, a.key, w.name, w.source
    LIMIT coalesce(:limit, -1)
  ),
  -- When answers with these addresses run out, by their owners and by the aliases in their messages.
  answers AS MATERIALIZED (
    SELECT r.message_id, r.address_id, lower(r.name) AS name, r.ttl, x.capture_id, x.ts
    FROM dns_answers r
    CROSS JOIN dns_messages m ON m.id = r.message_id
    CROSS JOIN frames x ON x.id = m.frame_id
    WHERE r.address_id IN (SELECT address_id FROM shown WHERE source = 'dns')
  ),
  validity AS MATERIALIZED (
    SELECT address_id, capture_id, name, max(ends) AS ends
    FROM (
      SELECT address_id, capture_id, name, ts + 1000000000 * ttl AS ends FROM answers
      UNION ALL
      SELECT
        r.address_id, r.capture_id, lower(k.name), r.ts + 1000000000 * min(r.ttl, (
          SELECT min(c.ttl) FROM dns_answers c WHERE c.message_id = r.message_id AND c.type = 'CNAME'))
      FROM answers r
      CROSS JOIN dns_answers k ON k.message_id = r.message_id AND k.type = 'CNAME'
    )
    GROUP BY address_id, capture_id, name
  )
SELECT
  a.ip,
  n.name,
  n.source,
  t.time AS first_time,
  t.frame AS first_frame,
  strftime('%Y-%m-%d %H:%M:%S', v.ends / 1000000000, 'unixepoch') AS valid_until,
  h.pattern AS allowed_by,
  n.capture_id AS capture
FROM shown w
CROSS JOIN address_names n ON n.id = w.id
CROSS JOIN addresses a ON a.id = n.address_id
LEFT JOIN frame_times t ON t.frame_id = n.first_frame_id
LEFT JOIN validity v ON v.address_id = n.address_id AND v.capture_id = n.capture_id AND v.name = n.name AND n.source = 'dns'
LEFT JOIN allowed_names r ON r.name = n.name
LEFT JOIN allowed_hosts h ON h.id = r.host_id
ORDER BY n.capture_id, w.key, n.name, n.source;
