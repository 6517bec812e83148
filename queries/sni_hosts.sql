-- Server names that clients asked for (SNI)
-- Question: which host names did clients name in TLS, DTLS and QUIC handshakes, at which addresses, and how often?
-- Columns:
--   server_name: as sent, lower case
--   transports: tcp, udp (DTLS), quic
--   servers: addresses that were asked for it
--   ports: the servers' ports
--   clients: number of client addresses
--   connections: number of flows
--   bytes: IP bytes of those flows
--   alpn: application protocols that were offered
--   ech: yes where a hello carries an encrypted one (or GREASE of one): the name may be a cover
--   in_dns: yes where a DNS answer of the capture gives one of those addresses this name
--   first_time: of the first hello, UTC
--   first_frame: frame of the first hello
--   capture: captures.id
-- Parameters:
--   name: only names that contain this; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  -- One row per flow and name, so that a repeated hello does not count its flow twice.
  hellos AS (
    SELECT
      f.capture_id, f.id AS flow_id, lower(rtrim(h.server_name, '.')) AS server_name, h.transport, f.client_id,
      f.server_id, f.server_port, f.client_bytes + f.server_bytes AS bytes, max(h.alpn) AS alpn, max(h.has_ech) AS ech,
      min(h.frame_id) AS frame_id
    FROM tls_client_hellos h
    CROSS JOIN flows f ON f.id = h.flow_id
    WHERE h.server_name IS NOT NULL AND (:name IS NULL OR instr(lower(h.server_name), lower(:name)))
      AND (:capture IS NULL OR f.capture_id = :capture)
    GROUP BY f.id, lower(rtrim(h.server_name, '.')), h.transport
  ),
  names AS (
    SELECT
      h.capture_id, h.server_name, group_concat(DISTINCT h.transport) AS transports,
      group_concat(DISTINCT s.ip) AS servers,
      group_concat(DISTINCT h.server_port) AS ports, count(DISTINCT h.client_id) AS clients,
      count(DISTINCT h.flow_id) AS connections, sum(h.bytes) AS bytes, group_concat(DISTINCT h.alpn) AS alpn,
      max(h.ech) AS ech, max(n.name IS NOT NULL) AS in_dns, min(h.frame_id) AS frame_id
    FROM hellos h
    JOIN addresses s ON s.id = h.server_id
    LEFT JOIN address_names n
      ON n.address_id = h.server_id AND n.name = h.server_name AND n.source = 'dns' AND n.capture_id = h.capture_id
    GROUP BY h.capture_id, h.server_name
  )
SELECT
  n.server_name,
  n.transports,
  n.servers,
  n.ports,
  n.clients,
  n.connections,
  n.bytes,
  n.alpn,
  iif(n.ech, 'yes', 'no') AS ech,
  iif(n.in_dns, 'yes', 'no') AS in_dns,
  t.time AS first_time,
  t.frame AS first_frame,
  n.capture_id AS capture
FROM names n
CROSS JOIN frame_times t ON t.frame_id = n.frame_id
ORDER BY n.connections DESC, n.server_name, n.capture_id
LIMIT coalesce(:limit, -1);
