-- Names of addresses with their evidence
-- Question: which names does the capture give each address, who says so, and where first?
-- Columns:
--   ip: the address
--   name: lower case
--   source: dns, sni, quic, http or certificate
--   first_time: of the first frame that says so, UTC
--   first_frame: first frame that says so
--   allowed_by: rule of the allow list that allows the name; empty: none
--   capture: captures.id
-- Parameters:
--   name: only names that contain this; default all
--   address: only this IP address; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
SELECT
  a.ip,
  n.name,
  n.source,
  t.time AS first_time,
  t.frame AS first_frame,
  h.pattern AS allowed_by,
  n.capture_id AS capture
FROM address_names n
JOIN addresses a ON a.id = n.address_id
JOIN frame_times t ON t.frame_id = n.first_frame_id
LEFT JOIN allowed_names r ON r.name = n.name
LEFT JOIN allowed_hosts h ON h.id = r.host_id
WHERE (:name IS NULL OR instr(n.name, lower(:name)))
  AND (:address IS NULL OR a.ip = :address)
  AND (:capture IS NULL OR n.capture_id = :capture)
ORDER BY n.capture_id, a.key, n.name, n.source
LIMIT coalesce(:limit, -1);
