-- DNS lookups with their answers
-- Question: which names were looked up, by whom, of which server, and what was answered after how long?
-- Each query is a row, answered or not; so is a response whose query the capture lacks (all of mDNS's announcements).
-- Columns:
--   time: of the query; without one of the response, UTC
--   client: who asks
--   server: who is asked
--   protocol: dns, mdns, llmnr, nbns
--   name: what is asked for, as sent
--   type: A, AAAA, HTTPS, ...
--   rcode: NOERROR, NXDOMAIN, ...; empty: no response seen
--   chain: the owners from the name asked for to the last alias, where there are aliases
--   addresses: A and AAAA answers
--   other_answers: other answers with their types, aliases apart, 10 at most
--   latency_ms: from the query to the response, milliseconds
--   query_frame: empty: not in the capture
--   response_frame: empty: not in the capture
--   flow: flows.id
--   capture: captures.id
-- Parameters:
--   name: only names that contain this; default all
--   type: only this type; default all
--   rcode: only this rcode, or none for queries without a response; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH RECURSIVE
  -- The names that were asked for, one step of the index for each.
  names (name) AS (
    SELECT min(query_name) FROM dns_messages WHERE :name IS NOT NULL
    UNION ALL
    SELECT (SELECT min(m.query_name) FROM dns_messages m WHERE m.query_name > n.name)
    FROM names n
    WHERE n.name IS NOT NULL
  ),
  -- Found first by the index that serves, so that the columns are worked out for the rows that are shown only.
  wanted AS (
    SELECT id, flow_id, frame_id, is_response, query_id, rcode, query_type FROM dns_messages WHERE :name IS NULL
    UNION ALL
    SELECT id, flow_id, frame_id, is_response, query_id, rcode, query_type
    FROM dns_messages
    WHERE :name IS NOT NULL AND query_name IN (SELECT name FROM names WHERE instr(lower(name), lower(:name)))
  ),
  shown AS (
    SELECT w.frame_id, w.id
    FROM wanted w
    WHERE (NOT w.is_response OR w.query_id IS NULL)
      AND (:type IS NULL OR w.query_type = upper(:type))
      AND (:rcode IS NULL OR coalesce(
        iif(w.is_response, w.rcode, (
          SELECT r.rcode FROM dns_messages r WHERE r.flow_id = w.flow_id AND r.query_id = w.id ORDER BY r.id LIMIT 1)),
        'NONE') = upper(:rcode))
      AND (:capture IS NULL OR (SELECT x.capture_id FROM frames x WHERE x.id = w.frame_id) = :capture)
    ORDER BY w.frame_id, w.id
    LIMIT coalesce(:limit, -1)
  )
SELECT
  t.time,
  -- Who sends a query or is sent a response asks.
  iif(m.is_response = x.from_client, s.ip, c.ip) AS client,
  iif(m.is_response = x.from_client, c.ip, s.ip) AS server,
  f.service AS protocol,
  m.query_name AS name,
  m.query_type AS type,
  r.rcode,
  (SELECT m.query_name || ' → ' || group_concat(a.data, ' → ')
   FROM (SELECT data FROM dns_answers
         WHERE message_id = r.id AND type = 'CNAME' AND section = 'answer' ORDER BY id LIMIT 16) a) AS chain,
  (SELECT group_concat(a.data, ', ')
   FROM (SELECT data FROM dns_answers
         WHERE message_id = r.id AND type IN ('A', 'AAAA') AND section = 'answer' ORDER BY id) a) AS addresses,
  (SELECT group_concat(a.type || ' ' || a.data, ', ')
   FROM (SELECT type, data FROM dns_answers
         WHERE message_id = r.id AND type NOT IN ('A', 'AAAA', 'CNAME') AND section = 'answer'
         ORDER BY id LIMIT 10) a) AS other_answers,
  iif(m.is_response, NULL, round((rf.ts - x.ts) / 1e6, 3)) AS latency_ms,
  iif(m.is_response, NULL, x.number) AS query_frame,
  rf.number AS response_frame,
  m.flow_id AS flow,
  t.capture_id AS capture
FROM shown w
CROSS JOIN dns_messages m ON m.id = w.id
CROSS JOIN flows f ON f.id = m.flow_id
CROSS JOIN addresses c ON c.id = f.client_id
CROSS JOIN addresses s ON s.id = f.server_id
CROSS JOIN frames x ON x.id = m.frame_id
CROSS JOIN frame_times t ON t.frame_id = m.frame_id
-- The first response to a query; a response without one stands for itself.
LEFT JOIN dns_messages r ON r.id = iif(
  m.is_response, m.id, (SELECT min(n.id) FROM dns_messages n WHERE n.flow_id = m.flow_id AND n.query_id = m.id))
LEFT JOIN frames rf ON rf.id = r.frame_id
ORDER BY m.frame_id, m.id;
