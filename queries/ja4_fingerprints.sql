-- Fingerprints of TLS clients
-- Question: which kinds of client program made TLS, DTLS and QUIC connections, by JA4 and JA3, and where to?
-- One program has several where its versions, or its settings, differ; rare ones are worth a look.
-- Columns:
--   ja4: JA4
--   ja3: MD5s of JA3, 5 at most: clients that shuffle their extensions have many of them for one JA4
--   transports: tcp, udp (DTLS), quic
--   hellos: ClientHellos
--   clients: addresses that have it, 10 at most
--   client_count: number of them
--   servers: number of server addresses
--   server_names: SNI asked for, 10 at most; empty: none
--   name_count: number of them
--   alpn: application protocols that were offered, 5 lists at most
--   user_agent: program that a QUIC client with it calls itself; empty: none does
--   first_time: of the first hello, UTC
--   first_frame: frame of the first hello
--   capture: captures.id
-- Parameters:
--   ja4: only fingerprints that begin with this; default all
--   client: only of this client address; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  hellos AS MATERIALIZED (
    SELECT
      f.capture_id, h.ja4, h.ja3, h.transport, h.flow_id, h.frame_id, f.client_id, f.server_id, h.alpn,
      lower(rtrim(h.server_name, '.')) AS server_name,
      iif(h.transport = 'quic',
        (SELECT q.user_agent FROM quic_connections q WHERE q.flow_id = h.flow_id AND q.user_agent IS NOT NULL LIMIT 1),
        NULL) AS user_agent
    FROM tls_client_hellos h
    JOIN flows f ON f.id = h.flow_id
    WHERE h.ja4 IS NOT NULL
      AND (:ja4 IS NULL OR substr(h.ja4, 1, length(:ja4)) = :ja4)
      AND (:client IS NULL OR f.client_id IN (SELECT a.id FROM addresses a WHERE a.ip = :client))
      AND (:capture IS NULL OR f.capture_id = :capture)
  ),
  -- The nth different value of each fingerprint.
  parts AS (
    SELECT capture_id, ja4, 'ja3' AS kind, ja3 AS value, min(frame_id) AS first FROM hellos GROUP BY 1, 2, 4
    UNION ALL
    SELECT capture_id, ja4, 'transport', transport, min(frame_id) FROM hellos GROUP BY 1, 2, 4
    UNION ALL
    SELECT capture_id, ja4, 'alpn', alpn, min(frame_id) FROM hellos WHERE alpn IS NOT NULL GROUP BY 1, 2, 4
    UNION ALL
    SELECT capture_id, ja4, 'name', server_name, min(frame_id) FROM hellos WHERE server_name IS NOT NULL GROUP BY 1, 2, 4
    UNION ALL
    SELECT h.capture_id, h.ja4, 'client', a.ip, min(h.frame_id)
    FROM hellos h JOIN addresses a ON a.id = h.client_id GROUP BY h.capture_id, h.ja4, h.client_id
  ),
  numbered AS (
    SELECT *, row_number() OVER (PARTITION BY capture_id, ja4, kind ORDER BY first) AS place FROM parts
  ),
  lists AS (
    SELECT
      capture_id, ja4,
      group_concat(value, ', ') FILTER (WHERE kind = 'ja3' AND place <= 5) AS ja3,
      group_concat(value, ', ') FILTER (WHERE kind = 'transport') AS transports,
      group_concat(value, ' ') FILTER (WHERE kind = 'alpn' AND place <= 5) AS alpn,
      group_concat(value, ', ') FILTER (WHERE kind = 'name' AND place <= 10) AS server_names,
      count(*) FILTER (WHERE kind = 'name') AS name_count,
      group_concat(value, ', ') FILTER (WHERE kind = 'client' AND place <= 10) AS clients,
      count(*) FILTER (WHERE kind = 'client') AS client_count
    FROM (SELECT * FROM numbered ORDER BY capture_id, ja4, kind, place)
    GROUP BY capture_id, ja4
  ),
  totals AS (
    SELECT
      capture_id, ja4, count(*) AS hellos, count(DISTINCT server_id) AS servers, min(frame_id) AS frame_id,
      max(user_agent) AS user_agent
    FROM hellos h
    GROUP BY capture_id, ja4
  )
SELECT
  o.ja4,
  l.ja3,
  l.transports,
  o.hellos,
  l.clients,
  l.client_count,
  o.servers,
  l.server_names,
  l.name_count,
  l.alpn,
  o.user_agent,
  t.time AS first_time,
  t.frame AS first_frame,
  o.capture_id AS capture
FROM totals o
JOIN lists l ON l.capture_id = o.capture_id AND l.ja4 = o.ja4
JOIN frame_times t ON t.frame_id = o.frame_id
ORDER BY o.hellos DESC, o.frame_id
LIMIT coalesce(:limit, -1);
