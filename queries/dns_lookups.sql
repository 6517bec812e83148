-- DNS lookups with their answers
-- Question: which names were looked up, by whom, of which server, and what was answered after how long?
-- Each query is a row, answered or not; so is a response whose query the capture lacks (all of mDNS's announcements).
-- Columns:
--   time: of the query; without one of the response, UTC
--   client: who asks
--   server: who is asked
--   protocol: dns, mdns, llmnr
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
WITH
  -- The first response to each query, and responses without one.
  pairs (query_id, response_id) AS (
    SELECT q.id, r.id
    FROM dns_messages q
    LEFT JOIN (SELECT query_id, min(id) AS id FROM dns_messages WHERE query_id IS NOT NULL GROUP BY query_id) r
      ON r.query_id = q.id
    WHERE NOT q.is_response
    UNION ALL
    SELECT NULL, id FROM dns_messages WHERE is_response AND query_id IS NULL
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
  round((rf.ts - qf.ts) / 1e6, 3) AS latency_ms,
  qf.number AS query_frame,
  rf.number AS response_frame,
  m.flow_id AS flow,
  f.capture_id AS capture
FROM pairs p
CROSS JOIN dns_messages m ON m.id = coalesce(p.query_id, p.response_id)
CROSS JOIN flows f ON f.id = m.flow_id
CROSS JOIN addresses c ON c.id = f.client_id
CROSS JOIN addresses s ON s.id = f.server_id
CROSS JOIN frames x ON x.id = m.frame_id
CROSS JOIN frame_times t ON t.frame_id = m.frame_id
LEFT JOIN dns_messages r ON r.id = p.response_id
LEFT JOIN frames rf ON rf.id = r.frame_id
LEFT JOIN frames qf ON qf.id = m.frame_id AND NOT m.is_response
WHERE (:name IS NULL OR instr(lower(m.query_name), lower(:name)))
  AND (:type IS NULL OR m.query_type = upper(:type))
  AND (:rcode IS NULL OR coalesce(r.rcode, 'NONE') = upper(:rcode))
  AND (:capture IS NULL OR f.capture_id = :capture)
ORDER BY m.frame_id, m.id
LIMIT coalesce(:limit, -1);
