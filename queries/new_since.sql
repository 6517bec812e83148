-- What is new since a baseline
-- Question: which addresses, names, JA4s and server ports do the captures have that those of a baseline do not have?
-- Names are those of addresses, and those that were looked up and have no address in any capture. A server port counts
-- where a server answered at it; ports that FTP negotiated are left out. A baseline that no capture matches leaves
-- everything new.
-- Columns:
--   kind: address, name, ja4 or port
--   value: what is new; of a port with its transport, 12432/tcp
--   about: of an address its names, of a name its addresses, 5 at most each; of a JA4 the first server name that was
--     sent with it; of a port the service at it and the number of servers
--   scope: of an address: global, private, ...
--   client: of the first conversation that shows it; of a name that was looked up, who asked
--   server: of that conversation
--   flows: conversations that have it; of a name empty
--   bytes: IP bytes of those; of a name empty
--   first_time: where it is first, UTC
--   first_frame: where it is first
--   last_frame: where it is last, in the last of the captures that have it; of a name empty
--   captures: those that have it, captures.id
--   path: of the first of them
--   flow: flows.id of the first conversation
--   capture: captures.id of the first capture that has it
-- Parameters:
--   baseline: captures of the baseline, comma separated: captures.id, paths, file names, or patterns of these as in a
--     shell; default the first capture
--   kind: only address, name, ja4 or port; default all
--   scope: only addresses of this scope; default all
--   capture: only what is in this capture (captures.id); default any that is not of the baseline
--   limit: at most so many rows; default all
WITH RECURSIVE
  patterns (pattern) AS MATERIALIZED (
    SELECT trim(CAST(value AS TEXT))
    FROM json_each('[' || replace(json_quote(CAST(:baseline AS TEXT)), ',', '","') || ']')
    WHERE :baseline IS NOT NULL
  ),
  base (id) AS MATERIALIZED (
    SELECT c.id FROM patterns w
    JOIN captures c ON w.pattern = CAST(c.id AS TEXT) OR c.path GLOB w.pattern OR c.path GLOB '*/' || w.pattern
    UNION
    SELECT id FROM (SELECT min(id) AS id FROM captures) WHERE :baseline IS NULL AND id IS NOT NULL
  ),
  later (id) AS MATERIALIZED (
    SELECT id FROM captures WHERE id NOT IN (SELECT id FROM base) AND (:capture IS NULL OR id = :capture)
  ),
  -- Each name that was looked up, one step of the index for each.
  asked (name) AS (
    SELECT min(query_name) FROM dns_messages WHERE (:kind IS NULL OR :kind = 'name') AND EXISTS (SELECT 1 FROM later)
    UNION ALL
    SELECT (SELECT min(m.query_name) FROM dns_messages m WHERE m.query_name > a.name) FROM asked a
    WHERE a.name IS NOT NULL
  ),
  nameless AS MATERIALIZED (
    SELECT
      name, (SELECT min(id) FROM dns_messages WHERE query_name = a.name) AS first_id,
      (SELECT max(id) FROM dns_messages WHERE query_name = a.name) AS last_id
    FROM asked a
    WHERE name IS NOT NULL AND name <> '.' AND NOT EXISTS (SELECT 1 FROM address_names n WHERE n.name = lower(a.name))
  ),
  spans AS MATERIALIZED (
    SELECT
      n.name, f.capture_id AS first_capture_id, m.frame_id,
      (SELECT g.capture_id FROM dns_messages l CROSS JOIN frames g ON g.id = l.frame_id WHERE l.id = n.last_id)
        AS last_capture_id
    FROM nameless n
    CROSS JOIN dns_messages m ON m.id = n.first_id
    CROSS JOIN frames f ON f.id = m.frame_id
  ),
  names (name, capture_id, frame_id) AS MATERIALIZED (
    SELECT name, capture_id, first_frame_id FROM address_names
    WHERE (:kind IS NULL OR :kind = 'name') AND EXISTS (SELECT 1 FROM later)
    UNION ALL
    SELECT lower(name), first_capture_id, frame_id FROM spans
    UNION ALL
    -- All lookups only of a name that was looked up in several captures.
    SELECT lower(n.name), f.capture_id, m.frame_id
    FROM spans n
    CROSS JOIN dns_messages m ON m.query_name = n.name
    CROSS JOIN frames f ON f.id = m.frame_id
    WHERE n.first_capture_id <> n.last_capture_id
  ),
  hellos AS MATERIALIZED (
    SELECT h.ja4, f.capture_id, f.id AS flow_id, h.frame_id, f.client_bytes + f.server_bytes AS bytes
    FROM tls_client_hellos h
    CROSS JOIN flows f ON f.id = h.flow_id
    WHERE (:kind IS NULL OR :kind = 'ja4') AND h.ja4 IS NOT NULL AND EXISTS (SELECT 1 FROM later)
  ),
  ports AS MATERIALIZED (
    SELECT
      transport, server_port, capture_id, count(*) AS flows, sum(client_bytes + server_bytes) AS bytes,
      count(DISTINCT server_id) AS servers, min(service) AS service,
      min(first_frame_id) AS frame_id, max(last_frame_id) AS last_frame_id
    FROM flows
    WHERE (:kind IS NULL OR :kind = 'port') AND EXISTS (SELECT 1 FROM later)
      AND server_port IS NOT NULL AND server_packets > 0 AND state IS NOT 'REJ' AND service_source IS NOT 'negotiated'
    GROUP BY transport, server_port, capture_id
  ),
  found (kind, id, value, about, scope, captures, frame_id, last_frame_id, flows, bytes) AS (
    SELECT
      1, t.address_id, a.ip, NULL, a.scope, group_concat(t.capture_id, ', '), min(t.first_frame_id),
      max(t.last_frame_id), sum(t.flows), sum(t.sent_bytes + t.received_bytes)
    FROM address_traffic t
    CROSS JOIN addresses a ON a.id = t.address_id
    WHERE (:kind IS NULL OR :kind = 'address') AND t.capture_id IN (SELECT id FROM later)
      AND (:scope IS NULL OR a.scope = :scope)
      AND NOT EXISTS (
        SELECT 1 FROM traffic_by_address b WHERE b.address_id = t.address_id AND b.capture_id IN (SELECT id FROM base))
    GROUP BY t.address_id
    UNION ALL
    SELECT
      2, NULL, name, NULL, NULL, replace(group_concat(DISTINCT capture_id), ',', ', '), min(frame_id), NULL, NULL, NULL
    FROM names
    GROUP BY name
    HAVING max(capture_id IN (SELECT id FROM base)) = 0 AND max(capture_id IN (SELECT id FROM later))
    UNION ALL
    SELECT
      3, NULL, ja4, NULL, NULL, replace(group_concat(DISTINCT capture_id), ',', ', '), min(frame_id), max(frame_id),
      count(DISTINCT flow_id), sum(bytes)
    FROM hellos
    GROUP BY ja4
    HAVING max(capture_id IN (SELECT id FROM base)) = 0 AND max(capture_id IN (SELECT id FROM later))
    UNION ALL
    SELECT
      4, server_port, server_port || '/' || transport,
      coalesce(min(service) || ', ', '') || max(servers) || iif(max(servers) = 1, ' server', ' servers'), NULL,
      group_concat(capture_id, ', '), min(frame_id), max(last_frame_id), sum(flows), sum(bytes)
    FROM ports
    GROUP BY transport, server_port
    HAVING max(capture_id IN (SELECT id FROM base)) = 0 AND max(capture_id IN (SELECT id FROM later))
  ),
  shown AS MATERIALIZED (
    SELECT * FROM found ORDER BY kind, frame_id, value LIMIT coalesce(:limit, -1)
  )
SELECT
  CASE s.kind WHEN 1 THEN 'address' WHEN 2 THEN 'name' WHEN 3 THEN 'ja4' ELSE 'port' END AS kind,
  s.value,
  CASE s.kind
    WHEN 1 THEN (
      SELECT group_concat(n.name, ', ')
      FROM (SELECT DISTINCT name FROM address_names WHERE address_id = s.id LIMIT 5) n)
    WHEN 2 THEN (
      SELECT group_concat(a.ip, ', ')
      FROM (SELECT DISTINCT address_id FROM address_names WHERE name = s.value LIMIT 5) n
      CROSS JOIN addresses a ON a.id = n.address_id)
    WHEN 3 THEN (
      SELECT min(h.server_name) FROM tls_client_hellos h WHERE h.frame_id = s.frame_id AND h.ja4 = s.value)
    ELSE s.about
  END AS about,
  s.scope,
  c.ip AS client,
  v.ip AS server,
  s.flows,
  s.bytes,
  t.time AS first_time,
  t.frame AS first_frame,
  (SELECT number FROM frames WHERE id = s.last_frame_id) AS last_frame,
  s.captures,
  p.path,
  f.id AS flow,
  t.capture_id AS capture
FROM shown s
CROSS JOIN frames r ON r.id = s.frame_id
CROSS JOIN frame_times t ON t.frame_id = s.frame_id
CROSS JOIN captures p ON p.id = r.capture_id
LEFT JOIN flows f ON f.id = r.flow_id
LEFT JOIN addresses c ON c.id = f.client_id
LEFT JOIN addresses v ON v.id = f.server_id
ORDER BY s.kind, s.frame_id, s.value;
