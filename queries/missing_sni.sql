-- TLS to the Internet without a server name
-- Question: which clients made TLS, DTLS or QUIC connections to global addresses without naming the server, or with an address for its name?
-- Browsers and most programs always name it: what does not is often malware, a VPN, or a program with a fixed address.
-- Columns:
--   client: who asks
--   server: global address that was asked
--   server_port: its port
--   transports: tcp, udp (DTLS), quic
--   server_name: the address that was sent for a name; empty: nothing was sent
--   names: names that the capture gives the server from elsewhere, 10 at most; empty: none
--   subject: of the certificate that the server showed; empty: none in the clear
--   alpn: application protocols that were offered, of one hello; empty: none
--   ja4: JA4 of one hello
--   connections: such connections
--   bytes: IP bytes of them
--   first_time: of the first hello, UTC
--   first_frame: frame of the first hello
--   capture: captures.id
-- Parameters:
--   client: only of this client address; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  -- One row per flow, none where any of its hellos has a name.
  hellos AS (
    SELECT
      h.flow_id, min(h.frame_id) AS frame_id, max(h.server_name) AS server_name, h.transport, max(h.alpn) AS alpn,
      max(h.ja4) AS ja4
    FROM tls_client_hellos h
    GROUP BY h.flow_id
    HAVING coalesce(sum(h.server_name GLOB '*[^0-9.]*' AND NOT instr(h.server_name, ':')), 0) = 0
  ),
  connections AS (
    SELECT
      f.capture_id, f.client_id, f.server_id, f.server_port, h.server_name, group_concat(DISTINCT h.transport) AS transports,
      max(h.alpn) AS alpn, max(h.ja4) AS ja4, count(*) AS connections, sum(f.client_bytes + f.server_bytes) AS bytes,
      min(h.frame_id) AS frame_id,
      max((SELECT x.subject FROM tls_certificates x
           WHERE x.flow_id = h.flow_id AND x.position = 1 AND NOT x.from_client LIMIT 1)) AS subject
    FROM hellos h
    JOIN flows f ON f.id = h.flow_id
    JOIN addresses s ON s.id = f.server_id
    WHERE s.scope = 'global' AND (:capture IS NULL OR f.capture_id = :capture)
    GROUP BY f.capture_id, f.client_id, f.server_id, f.server_port, h.server_name
  )
SELECT
  c.ip AS client,
  s.ip AS server,
  n.server_port,
  n.transports,
  n.server_name,
  (SELECT group_concat(k.name, ', ') FROM (
    SELECT DISTINCT a.name FROM address_names a
    WHERE a.address_id = n.server_id AND a.capture_id = n.capture_id LIMIT 10) k) AS names,
  n.subject,
  n.alpn,
  n.ja4,
  n.connections,
  n.bytes,
  t.time AS first_time,
  t.frame AS first_frame,
  n.capture_id AS capture
FROM connections n
JOIN addresses c ON c.id = n.client_id
JOIN addresses s ON s.id = n.server_id
JOIN frame_times t ON t.frame_id = n.frame_id
WHERE :client IS NULL OR c.ip = :client
ORDER BY n.frame_id
LIMIT coalesce(:limit, -1);
