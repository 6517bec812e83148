-- Server names that no DNS answer gives the address they were sent to
-- Question: which SNI was sent to an address that DNS never gave that name: made up, fronted, looked up elsewhere?
-- Columns:
--   finding: DNS gave the name other addresses, the address has other names only, or no lookup of the name seen
--   server_name: SNI, lower case
--   server: address that it was sent to
--   port: the server's port
--   dns_addresses: addresses that DNS gave the name, 10 at most
--   dns_names: names that DNS gave the address, 20 at most
--   certificate_names: names in the certificate that the address showed, 20 at most
--   transport: tcp, udp (DTLS), quic
--   connections: number of flows
--   bytes: IP bytes of those flows
--   first_time: of the first hello, UTC
--   first_frame: frame of the first hello
--   flow: flows.id of the first one
--   capture: captures.id
-- Parameters:
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  sent AS MATERIALIZED (
    SELECT
      capture_id, server_name, server_id, server_port, transport, count(*) AS connections, sum(bytes) AS bytes,
      min(frame_id) AS frame_id, min(flow_id) AS flow_id
    FROM (
      SELECT
        f.capture_id, lower(rtrim(h.server_name, '.')) AS server_name, f.server_id, f.server_port, h.transport,
        f.id AS flow_id, f.client_bytes + f.server_bytes AS bytes, min(h.frame_id) AS frame_id
      FROM tls_client_hellos h
      CROSS JOIN flows f ON f.id = h.flow_id
      WHERE h.server_name IS NOT NULL AND (:capture IS NULL OR f.capture_id = :capture)
      GROUP BY f.id, lower(rtrim(h.server_name, '.')), h.transport
    )
    GROUP BY capture_id, server_name, server_id, server_port, transport
  ),
  judged AS (
    SELECT
      s.*,
      CASE
        WHEN EXISTS (
          SELECT 1 FROM address_names n
          WHERE n.name = s.server_name AND n.source = 'dns' AND n.capture_id = s.capture_id) THEN 1
        WHEN EXISTS (
          SELECT 1 FROM address_names n
          WHERE n.address_id = s.server_id AND n.source = 'dns' AND n.capture_id = s.capture_id) THEN 2
        ELSE 3
      END AS finding
    FROM sent s
    WHERE NOT EXISTS (
      SELECT 1 FROM address_names n
      WHERE n.name = s.server_name AND n.source = 'dns' AND n.capture_id = s.capture_id AND n.address_id = s.server_id)
  ),
  shown AS (
    SELECT * FROM judged ORDER BY finding, bytes DESC, frame_id LIMIT coalesce(:limit, -1)
  )
SELECT
  CASE l.finding
    WHEN 1 THEN 'DNS gave the name other addresses'
    WHEN 2 THEN 'the address has other names only'
    ELSE 'no lookup of the name seen'
  END AS finding,
  l.server_name,
  s.ip AS server,
  l.server_port AS port,
  (SELECT group_concat(a.ip, ', ')
   FROM (SELECT DISTINCT n.address_id FROM address_names n
         WHERE n.name = l.server_name AND n.source = 'dns' AND n.capture_id = l.capture_id
         ORDER BY n.address_id LIMIT 10) d
   CROSS JOIN addresses a ON a.id = d.address_id) AS dns_addresses,
  (SELECT group_concat(n.name, ', ')
   FROM (SELECT name FROM address_names
         WHERE address_id = l.server_id AND source = 'dns' AND capture_id = l.capture_id LIMIT 20) n) AS dns_names,
  (SELECT group_concat(n.name, ', ')
   FROM (SELECT name FROM address_names
         WHERE address_id = l.server_id AND source = 'certificate' AND capture_id = l.capture_id LIMIT 20) n
  ) AS certificate_names,
  l.transport,
  l.connections,
  l.bytes,
  t.time AS first_time,
  t.frame AS first_frame,
  l.flow_id AS flow,
  l.capture_id AS capture
FROM shown l
CROSS JOIN addresses s ON s.id = l.server_id
CROSS JOIN frame_times t ON t.frame_id = l.frame_id
ORDER BY l.finding, l.bytes DESC, l.frame_id;
