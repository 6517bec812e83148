-- Server names that clients asked for (SNI)
-- Question: which host names did clients name in TLS, DTLS and QUIC handshakes, at which addresses, and how often?
-- Columns:
--   server_name: as sent, lower case
--   transports: tcp, udp (DTLS), quic
--   servers: addresses that were asked for it, in order of their first hello, 20 at most
--   ports: the servers' ports
--   clients: number of client addresses
--   connections: number of flows
--   bytes: IP bytes of those flows
--   alpn: application protocols that were offered, each once, 10 at most
--   ech: yes where a hello carries an encrypted one (or GREASE of one): the name may be a cover
--   in_dns: yes where a DNS answer of the capture gives one of those addresses this name
--   first_time: of the first hello, UTC
--   first_frame: frame of the first hello
--   capture: captures.id
-- Parameters:
--   name: only names that contain this; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH RECURSIVE
  -- The names as sent, one step of the index for each.
  asked (name) AS (
    SELECT min(server_name) FROM tls_client_hellos WHERE :name IS NOT NULL
    UNION ALL
    SELECT (SELECT min(h.server_name) FROM tls_client_hellos h WHERE h.server_name > a.name)
    FROM asked a
    WHERE a.name IS NOT NULL
  ),
  matching AS (
    SELECT flow_id, frame_id, transport, server_name, alpn, has_ech FROM tls_client_hellos
    WHERE :name IS NULL AND server_name IS NOT NULL
    UNION ALL
    SELECT flow_id, frame_id, transport, server_name, alpn, has_ech FROM tls_client_hellos
    WHERE :name IS NOT NULL AND server_name IN (SELECT name FROM asked WHERE instr(lower(name), lower(:name)))
  ),
  -- One row per flow and name, so that a repeated hello does not count its flow twice.
  hellos AS MATERIALIZED (
    SELECT
      f.capture_id, f.id AS flow_id, lower(rtrim(h.server_name, '.')) AS server_name, h.transport, f.client_id,
      f.server_id, f.server_port, f.client_bytes + f.server_bytes AS bytes, max(h.alpn) AS alpn, max(h.has_ech) AS ech,
      min(h.frame_id) AS frame_id
    FROM matching h
    CROSS JOIN flows f ON f.id = h.flow_id
    WHERE :capture IS NULL OR f.capture_id = :capture
    GROUP BY f.id, lower(rtrim(h.server_name, '.')), h.transport
  ),
  names AS (
    SELECT
      capture_id, server_name, replace(group_concat(DISTINCT transport), ',', ', ') AS transports,
      replace(group_concat(DISTINCT server_port), ',', ', ') AS ports, count(DISTINCT client_id) AS clients,
      count(DISTINCT flow_id) AS connections, sum(bytes) AS bytes, max(ech) AS ech, min(frame_id) AS frame_id
    FROM hellos
    GROUP BY capture_id, server_name
  ),
  servers AS (
    SELECT
      v.capture_id, v.server_name,
      group_concat(iif(v.place <= 20, s.ip, NULL), ', ')
        || iif(count(*) > 20, ', +' || (count(*) - 20) || ' more', '') AS ips,
      max(EXISTS (
        SELECT 1 FROM address_names n
        WHERE n.name = v.server_name AND n.source = 'dns' AND n.capture_id = v.capture_id
          AND n.address_id = v.server_id)) AS in_dns
    FROM (
      SELECT
        capture_id, server_name, server_id,
        row_number() OVER (PARTITION BY capture_id, server_name ORDER BY min(frame_id)) AS place
      FROM hellos
      GROUP BY capture_id, server_name, server_id
    ) v
    CROSS JOIN addresses s ON s.id = v.server_id
    GROUP BY v.capture_id, v.server_name
  ),
  -- Each distinct list is taken apart, so that a protocol stands once however the lists differ.
  protocols AS (
    SELECT capture_id, server_name, group_concat(protocol, ', ') AS alpn
    FROM (
      SELECT
        h.capture_id, h.server_name, p.value AS protocol,
        row_number() OVER (PARTITION BY h.capture_id, h.server_name ORDER BY min(h.frame_id), min(p.key)) AS place
      FROM (
        SELECT capture_id, server_name, alpn, min(frame_id) AS frame_id
        FROM hellos
        WHERE alpn IS NOT NULL
        GROUP BY capture_id, server_name, alpn
      ) h
      CROSS JOIN json_each('[' || replace(json_quote(h.alpn), ',', '","') || ']') p
      GROUP BY h.capture_id, h.server_name, p.value
    )
    WHERE place <= 10
    GROUP BY capture_id, server_name
  )
SELECT
  n.server_name,
  n.transports,
  v.ips AS servers,
  n.ports,
  n.clients,
  n.connections,
  n.bytes,
  p.alpn,
  iif(n.ech, 'yes', 'no') AS ech,
  iif(v.in_dns, 'yes', 'no') AS in_dns,
  t.time AS first_time,
  t.frame AS first_frame,
  n.capture_id AS capture
FROM names n
CROSS JOIN frame_times t ON t.frame_id = n.frame_id
LEFT JOIN servers v ON v.capture_id = n.capture_id AND v.server_name = n.server_name
LEFT JOIN protocols p ON p.capture_id = n.capture_id AND p.server_name = n.server_name
ORDER BY n.connections DESC, n.server_name, n.capture_id
LIMIT coalesce(:limit, -1);
