-- Names that hide other names
-- Question: where does a connection show one name and ask for another: domain fronting, proxies that are told two
-- names, an encrypted ClientHello?
-- What lies inside TLS is not seen: an SNI and a Host field come together only where a proxy is asked in the clear. An
-- SNI at an address that DNS gives other names is in sni_dns_mismatch. Hosts of one domain (its last two labels, or three
-- behind a country's co, com, ...) are no finding. A certificate without the SNI is often a server's
-- default one or a middlebox; several Hosts on one connection are normal between a proxy and its own servers.
-- Columns:
--   finding: CONNECT and SNI differ; CONNECT or URL and Host differ; Hosts of one connection differ; Host that DNS gives
--     other addresses; certificate without the SNI; encrypted ClientHello behind another name
--   shown: the name that is shown
--   hidden: the name that is asked for; of a certificate the names in it; of an encrypted ClientHello the names whose
--     HTTPS records offer that at this address, 10 at most; empty: not known
--   client: who asked, the first one
--   server: who was asked; of a proxy the proxy
--   port: the server's port
--   dns_names: names that DNS gives the server's address, 10 at most
--   clients: number of clients
--   connections: conversations with that finding
--   bytes: IP bytes of those
--   first_time: of the first message that shows it, UTC
--   last_time: of the last one, UTC
--   first_frame: of the first message that shows it
--   last_frame: of the last one
--   flow: flows.id of the first one
--   capture: captures.id
-- Parameters:
--   finding: only findings that contain this; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  hellos AS MATERIALIZED (
    SELECT h.id, h.flow_id, h.frame_id, lower(rtrim(h.server_name, '.')) AS name, h.has_ech
    FROM tls_client_hellos h
    WHERE h.server_name GLOB '*[^0-9.]*' AND instr(h.server_name, ':') = 0
  ),
  -- The authority of a CONNECT or of a URL in absolute form (RFC 9112, section 3.2), and the Host field.
  requests AS MATERIALIZED (
    SELECT
      id, flow_id, frame_id, method = 'CONNECT' AS is_connect,
      CASE
        WHEN method = 'CONNECT' THEN lower(uri)
        WHEN uri LIKE 'http://%' THEN lower(substr(uri, 8, instr(substr(uri, 8) || '/', '/') - 1))
        WHEN uri LIKE 'https://%' THEN lower(substr(uri, 9, instr(substr(uri, 9) || '/', '/') - 1))
      END AS target,
      lower(trim(host, ' ' || char(9))) AS host
    FROM http_requests
  ),
  -- Without ports; addresses in brackets are no names.
  asked AS MATERIALIZED (
    SELECT
      id, flow_id, frame_id, is_connect, target IS NOT NULL AS is_proxied,
      iif(target LIKE '[%', NULL, rtrim(substr(target, 1, instr(target || ':', ':') - 1), '.')) AS target,
      iif(host LIKE '[%', NULL, rtrim(substr(host, 1, instr(host || ':', ':') - 1), '.')) AS host
    FROM requests
  ),
  ech_names AS MATERIALIZED (
    SELECT DISTINCT lower(a.name) AS name
    FROM dns_answers a
    WHERE a.type IN ('HTTPS', 'SVCB') AND instr(' ' || a.data, ' ech=')
  ),
  -- Cut behind the last dot, the last but one, and the one before.
  cuts AS (
    SELECT name, last, middle, rtrim(rtrim(middle, '.'), replace(middle, '.', '')) AS first
    FROM (
      SELECT name, last, rtrim(rtrim(last, '.'), replace(last, '.', '')) AS middle
      FROM (SELECT DISTINCT host AS name, rtrim(host, replace(host, '.', '')) AS last FROM asked WHERE host <> '')
    )
  ),
  domains AS MATERIALIZED (
    SELECT
      name,
      substr(name, 1 + length(iif(
        length(name) - length(last) = 2 AND length(last) - length(middle) <= 4 AND middle <> '', first, middle))) AS domain
    FROM cuts
  ),
  hosts AS MATERIALIZED (
    SELECT
      a.host, f.server_id, f.capture_id, a.flow_id, min(a.frame_id) AS frame_id,
      (SELECT '.' || d.domain FROM domains d WHERE d.name = a.host) AS domain
    FROM asked a
    CROSS JOIN flows f ON f.id = a.flow_id
    WHERE NOT a.is_proxied AND a.host GLOB '*[^0-9.]*'
    GROUP BY a.flow_id, a.host
  ),
  findings (finding, shown, hidden, flow_id, frame_id) AS (
    SELECT 'CONNECT and SNI differ', a.target, h.name, h.flow_id, h.frame_id
    FROM hellos h
    CROSS JOIN asked a ON a.id = (
      SELECT max(q.id) FROM http_requests q
      WHERE q.flow_id = h.flow_id AND q.method = 'CONNECT' AND q.frame_id <= h.frame_id)
    WHERE a.target GLOB '*[^0-9.]*' AND a.target <> h.name
    UNION ALL
    SELECT iif(is_connect, 'CONNECT', 'URL') || ' and Host differ', target, host, flow_id, frame_id
    FROM asked
    WHERE target IS NOT NULL AND host <> '' AND host <> target
    UNION ALL
    SELECT 'Hosts of one connection differ', g.first_host, o.host, o.flow_id, o.frame_id
    FROM (
      SELECT flow_id, host AS first_host, min(frame_id) AS frame_id, count(*) AS hosts FROM hosts GROUP BY flow_id
    ) g
    JOIN hosts o ON o.flow_id = g.flow_id AND o.host <> g.first_host
    WHERE g.hosts > 1 AND substr('.' || g.first_host, -length(o.domain)) <> o.domain
    UNION ALL
    SELECT
      'Host that DNS gives other addresses',
      (SELECT name FROM address_names
       WHERE address_id = o.server_id AND source = 'dns' AND capture_id = o.capture_id ORDER BY first_frame_id LIMIT 1),
      o.host, o.flow_id, o.frame_id
    FROM hosts o
    WHERE EXISTS (
        SELECT 1 FROM address_names n WHERE n.name = o.host AND n.source = 'dns' AND n.capture_id = o.capture_id)
      AND NOT EXISTS (
        SELECT 1 FROM address_names n
        WHERE n.name = o.host AND n.source = 'dns' AND n.capture_id = o.capture_id AND n.address_id = o.server_id)
      AND EXISTS (
        SELECT 1 FROM address_names n
        WHERE n.address_id = o.server_id AND n.source = 'dns' AND n.capture_id = o.capture_id)
      AND NOT EXISTS (
        SELECT 1 FROM address_names n
        WHERE n.address_id = o.server_id AND n.source = 'dns' AND n.capture_id = o.capture_id
          AND substr('.' || n.name, -length(o.domain)) = o.domain)
    UNION ALL
    -- A certificate's name fits by itself, or with '*' for its first label (RFC 9525, section 6.3).
    SELECT 'certificate without the SNI', h.name, coalesce(lower(c.dns_names), c.subject), h.flow_id, h.frame_id
    FROM hellos h
    CROSS JOIN tls_certificates c ON c.flow_id = h.flow_id
    CROSS JOIN frames f ON f.id = c.frame_id
    WHERE c.position = 1 AND NOT f.from_client AND (c.dns_names IS NOT NULL OR c.subject IS NOT NULL)
      AND NOT instr(',' || lower(coalesce(c.dns_names, '')) || ',', ',' || h.name || ',')
      AND NOT instr(
        ',' || lower(coalesce(c.dns_names, '')) || ',', ',*' || substr(h.name, instr(h.name || '.', '.')) || ',')
      AND NOT (c.dns_names IS NULL AND instr(',' || lower(c.subject) || ',', 'cn=' || h.name || ','))
    UNION ALL
    SELECT 'encrypted ClientHello behind another name', h.name, NULL, h.flow_id, h.frame_id
    FROM hellos h
    CROSS JOIN flows f ON f.id = h.flow_id
    WHERE h.has_ech AND h.name NOT IN (SELECT name FROM ech_names)
      AND (h.name = 'cloudflare-ech.com' OR EXISTS (
        SELECT 1 FROM address_names n
        WHERE n.address_id = f.server_id AND n.source = 'dns' AND n.capture_id = f.capture_id
          AND n.name IN (SELECT name FROM ech_names)))
  ),
  grouped AS MATERIALIZED (
    SELECT
      finding, shown, hidden, f.server_id, f.server_port, f.capture_id, count(DISTINCT f.client_id) AS clients,
      count(DISTINCT f.id) AS connections, sum(f.client_bytes + f.server_bytes) AS bytes,
      min(g.frame_id) AS first_id, max(g.frame_id) AS last_id, min(f.id) AS flow_id
    FROM (
      SELECT finding, shown, hidden, flow_id, min(frame_id) AS frame_id FROM findings
      WHERE :finding IS NULL OR instr(finding, :finding)
      GROUP BY finding, shown, hidden, flow_id
    ) g
    CROSS JOIN flows f ON f.id = g.flow_id
    WHERE :capture IS NULL OR f.capture_id = :capture
    GROUP BY finding, shown, hidden, f.server_id, f.server_port, f.capture_id
  ),
  shown AS (
    SELECT * FROM grouped ORDER BY finding, bytes DESC, first_id, hidden LIMIT coalesce(:limit, -1)
  )
SELECT
  g.finding,
  g.shown,
  coalesce(g.hidden, (
    SELECT group_concat(n.name, ', ')
    FROM (SELECT DISTINCT name FROM address_names
          WHERE address_id = g.server_id AND source = 'dns' AND capture_id = g.capture_id
            AND name IN (SELECT name FROM ech_names) LIMIT 10) n)) AS hidden,
  c.ip AS client,
  s.ip AS server,
  g.server_port AS port,
  (SELECT group_concat(n.name, ', ')
   FROM (SELECT name FROM address_names
         WHERE address_id = g.server_id AND source = 'dns' AND capture_id = g.capture_id LIMIT 10) n) AS dns_names,
  g.clients,
  g.connections,
  g.bytes,
  x.time AS first_time,
  y.time AS last_time,
  x.frame AS first_frame,
  y.frame AS last_frame,
  g.flow_id AS flow,
  g.capture_id AS capture
FROM shown g
CROSS JOIN flows f ON f.id = g.flow_id
CROSS JOIN addresses c ON c.id = f.client_id
CROSS JOIN addresses s ON s.id = g.server_id
CROSS JOIN frame_times x ON x.frame_id = g.first_id
CROSS JOIN frame_times y ON y.frame_id = g.last_id
ORDER BY g.finding, g.bytes DESC, g.first_id, g.hidden;
