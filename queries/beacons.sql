-- Contacts at regular intervals
-- Question: who gets in touch with whom like a clock: programs that report home, poll, or keep a tunnel open?
-- Three kinds of contact: connections (flows of one client to one server and port, DNS apart), packets (what the
-- client sends within one long flow: a UDP socket that is kept, a WebSocket, ping), lookups (a client's DNS queries for
-- one name). Contacts that follow the one before by less than `gap` seconds belong to it, so that a page with ten connections
-- counts once.
-- regularity is the mean of two numbers between 0 and 1, after RITA's: 1 - MAD / median, where MAD is the median of the
-- distances of the intervals from their median; and 1 - |skewness|, Bowley's (Q1 + Q3 - 2 Q2) / (Q3 - Q1) of the
-- intervals' quartiles, which counts as 0 where Q3 - Q1 is less than a tenth of the median. A clock has 1, one with an
-- even jitter of a quarter of its interval about 0.94, contacts at random about 0.5. Contacts that fail to come now
-- and then change neither median.
-- Time servers, update checks, mail clients, monitoring and keep-alives are beacons too: look at names and bytes.
-- Columns:
--   kind: connections, packets or lookups
--   client: who gets in touch
--   server: with whom; of lookups the resolver that was asked first
--   port: the server's port
--   transport: tcp, udp, icmp, ...
--   service: what is spoken; empty: not recognised
--   names: of lookups the name; else names that the capture gives the server's address, 20 at most
--   regularity: 0 to 1
--   interval_s: median of the intervals, seconds
--   jitter_s: MAD of the intervals, seconds
--   skew: Bowley's skewness of the intervals, -1 to 1
--   contacts: number of contacts
--   share: percentage of the capture's time between first and last contact
--   bytes: IP bytes of both sides of those flows; of lookups empty
--   scope: of the server's address
--   first_time: of the first contact, UTC
--   last_time: of the last contact, UTC
--   first_frame: of the first contact
--   last_frame: of the last contact
--   flow: flows.id of the first one
--   capture: captures.id
-- Parameters:
--   contacts: at least so many contacts; default 10
--   regularity: at least this regularity; default 0.85
--   gap: seconds from which on it is another contact; default 1
--   kind: only connections, packets or lookups; default all
--   scope: only servers whose address has this scope, such as global; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  settings AS MATERIALIZED (
    SELECT
      max(3, CAST(coalesce(:contacts, 10) AS INTEGER)) AS contacts,
      CAST(coalesce(:gap, 1) * 1000000000 AS INTEGER) AS gap
  ),
  -- The index alone tells which pairs have enough flows.
  pairs AS MATERIALIZED (
    SELECT client_id, capture_id, server_id
    FROM flows
    WHERE (:kind IS NULL OR :kind = 'connections') AND (:capture IS NULL OR capture_id = :capture)
    GROUP BY client_id, capture_id, server_id
    HAVING count(*) >= (SELECT contacts FROM settings)
  ),
  -- Flows that are long enough and not too busy.
  kept AS MATERIALIZED (
    SELECT f.id, f.capture_id, f.client_id, f.server_id, f.server_port, f.transport
    FROM settings s
    CROSS JOIN flows f NOT INDEXED
    WHERE (:kind IS NULL OR :kind = 'packets') AND (:capture IS NULL OR f.capture_id = :capture)
      AND f.client_packets >= s.contacts AND f.last_ts - f.first_ts >= (s.contacts - 1) * s.gap
      AND f.last_ts - f.first_ts >= f.client_packets * s.gap / 4 AND f.service IS NOT 'dns'
  ),
  -- Of each name the first message, whose id stands for the name; some resolvers mix the case of letters.
  spellings AS MATERIALIZED (
    SELECT query_name, min(id) AS first_id, count(*) AS messages
    FROM dns_messages
    WHERE (:kind IS NULL OR :kind = 'lookups') AND query_name IS NOT NULL
    GROUP BY query_name
  ),
  names AS MATERIALIZED (
    SELECT
      query_name, min(first_id) OVER (PARTITION BY lower(query_name)) AS key,
      sum(messages) OVER (PARTITION BY lower(query_name)) AS messages
    FROM spellings
  ),
  asked AS MATERIALIZED (
    -- Most flows have one query, whose time is that of the flow. Messages lie in the order of their flows.
    SELECT
      f.capture_id, f.client_id, n.key, m.frame_id, f.id AS flow_id, iif(f.client_packets = 1, f.first_ts, NULL) AS ts
    FROM dns_messages m NOT INDEXED
    CROSS JOIN names n ON n.query_name = m.query_name
    CROSS JOIN flows f ON f.id = m.flow_id
    WHERE n.messages >= (SELECT contacts FROM settings) AND NOT m.is_response AND f.service = 'dns'
      AND (:capture IS NULL OR f.capture_id = :capture)
  ),
  -- What is contacted has a number: the first flow's id, the flow's id, or the name's.
  ports AS MATERIALIZED (
    SELECT f.capture_id, f.client_id, f.server_id, f.server_port, f.transport, min(f.id) AS key
    FROM pairs p
    CROSS JOIN flows f ON f.client_id = p.client_id AND f.capture_id = p.capture_id AND f.server_id = p.server_id
    WHERE f.server_port IS NOT NULL AND f.first_ts IS NOT NULL AND f.service IS NOT 'dns'
      AND f.service_source IS NOT 'negotiated'
    GROUP BY f.client_id, f.capture_id, f.server_id, f.server_port, f.transport
    HAVING count(*) >= (SELECT contacts FROM settings)
  ),
  contacts (kind, capture_id, client_id, key, ts, frame_id, flow_id) AS (
    SELECT 1, f.capture_id, f.client_id, p.key, f.first_ts, f.first_frame_id, f.id
    FROM ports p
    CROSS JOIN flows f ON f.client_id = p.client_id AND f.capture_id = p.capture_id AND f.server_id = p.server_id
    WHERE f.server_port = p.server_port AND f.transport = p.transport AND f.first_ts IS NOT NULL
      AND f.service IS NOT 'dns' AND f.service_source IS NOT 'negotiated'
    UNION ALL
    SELECT 2, k.capture_id, k.client_id, k.id, r.ts, r.id, k.id
    FROM kept k
    CROSS JOIN frames r ON r.flow_id = k.id
    WHERE r.from_client AND r.payload_length > 0 AND r.ts IS NOT NULL
    UNION ALL
    SELECT 3, capture_id, client_id, key, ts, frame_id, flow_id
    FROM (
      SELECT
        a.capture_id, a.client_id, a.key, a.frame_id, a.flow_id,
        coalesce(a.ts, (SELECT r.ts FROM frames r WHERE r.id = a.frame_id)) AS ts
      FROM asked a
      CROSS JOIN (
        SELECT client_id, key, capture_id FROM asked GROUP BY client_id, key, capture_id
        HAVING count(*) >= (SELECT contacts FROM settings)
      ) g ON g.client_id = a.client_id AND g.key = a.key AND g.capture_id = a.capture_id
    )
    WHERE ts IS NOT NULL
  ),
  follow AS (
    SELECT *, ts - lag(ts) OVER (PARTITION BY kind, client_id, key, capture_id ORDER BY ts) AS pause FROM contacts
  ),
  beats AS MATERIALIZED (
    SELECT
      *, count(*) OVER (PARTITION BY kind, client_id, key, capture_id) AS contacts,
      ts - lag(ts) OVER (PARTITION BY kind, client_id, key, capture_id ORDER BY ts) AS step
    FROM follow
    WHERE pause IS NULL OR pause >= (SELECT gap FROM settings)
  ),
  steps AS MATERIALIZED (
    SELECT
      kind, client_id, key, capture_id, contacts, step,
      row_number() OVER (PARTITION BY kind, client_id, key, capture_id ORDER BY step) AS place
    FROM beats
    WHERE contacts >= (SELECT contacts FROM settings) AND step IS NOT NULL
  ),
  -- Quartiles by nearest rank among the intervals, which are one less than the contacts.
  quartiles AS MATERIALIZED (
    SELECT
      kind, client_id, key, capture_id, contacts, max(iif(place = (contacts + 2) / 4, step, NULL)) AS q1,
      max(iif(place = contacts / 2, step, NULL)) AS q2, max(iif(place = 3 * contacts / 4, step, NULL)) AS q3
    FROM steps
    GROUP BY kind, client_id, key, capture_id
  ),
  distances AS (
    SELECT
      q.*, abs(s.step - q.q2) AS mad,
      row_number() OVER (PARTITION BY q.kind, q.client_id, q.key, q.capture_id ORDER BY abs(s.step - q.q2)) AS place
    FROM steps s
    JOIN quartiles q ON q.kind = s.kind AND q.client_id = s.client_id AND q.key = s.key AND q.capture_id = s.capture_id
  ),
  measured AS (
    SELECT *, iif(q3 - q1 < q2 / 10, 0.0, 1.0 * (q1 + q3 - 2 * q2) / (q3 - q1)) AS skew
    FROM distances
    WHERE place = contacts / 2 AND q2 > 0
  ),
  judged AS MATERIALIZED (
    SELECT *, round((max(0.0, 1 - 1.0 * mad / q2) + 1 - abs(skew)) / 2, 3) AS regularity FROM measured
  ),
  ends AS MATERIALIZED (
    SELECT
      j.*, min(b.frame_id) AS first_id, max(b.frame_id) AS last_id, min(b.ts) AS first_ts, max(b.ts) AS last_ts,
      min(b.flow_id) AS flow_id
    FROM judged j
    JOIN beats b ON b.kind = j.kind AND b.client_id = j.client_id AND b.key = j.key AND b.capture_id = j.capture_id
    WHERE j.regularity >= coalesce(:regularity, 0.85)
    GROUP BY j.kind, j.client_id, j.key, j.capture_id
  )
SELECT
  CASE e.kind WHEN 1 THEN 'connections' WHEN 2 THEN 'packets' ELSE 'lookups' END AS kind,
  c.ip AS client,
  s.ip AS server,
  f.server_port AS port,
  f.transport,
  f.service,
  CASE e.kind
    WHEN 3 THEN (SELECT lower(query_name) FROM dns_messages WHERE id = e.key)
    ELSE (
      SELECT group_concat(n.name)
      FROM (SELECT DISTINCT name FROM address_names
            WHERE address_id = f.server_id AND capture_id = e.capture_id LIMIT 20) n)
  END AS names,
  e.regularity,
  round(e.q2 / 1e9, 3) AS interval_s,
  round(e.mad / 1e9, 3) AS jitter_s,
  round(e.skew, 3) AS skew,
  e.contacts,
  round(100.0 * (e.last_ts - e.first_ts) / nullif(p.last_ts - p.first_ts, 0), 1) AS share,
  CASE e.kind
    WHEN 1 THEN (
      SELECT sum(g.client_bytes + g.server_bytes) FROM flows g
      WHERE g.client_id = e.client_id AND g.capture_id = e.capture_id AND g.server_id = f.server_id
        AND g.server_port = f.server_port AND g.transport = f.transport)
    WHEN 2 THEN f.client_bytes + f.server_bytes
  END AS bytes,
  s.scope,
  x.time AS first_time,
  y.time AS last_time,
  x.frame AS first_frame,
  y.frame AS last_frame,
  f.id AS flow,
  e.capture_id AS capture
FROM ends e
CROSS JOIN flows f ON f.id = e.flow_id
CROSS JOIN addresses c ON c.id = f.client_id
CROSS JOIN addresses s ON s.id = f.server_id
CROSS JOIN captures p ON p.id = e.capture_id
CROSS JOIN frame_times x ON x.frame_id = e.first_id
CROSS JOIN frame_times y ON y.frame_id = e.last_id
WHERE :scope IS NULL OR s.scope = :scope
ORDER BY e.regularity DESC, e.contacts DESC, e.first_id
LIMIT coalesce(:limit, -1);
