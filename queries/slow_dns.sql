-- DNS lookups that were slow, or that something was wrong with
-- Question: which DNS lookups took long or had no answer, and which queries and responses came twice or do not fit together?
-- Of DNS over UDP and TCP. mDNS, LLMNR and NetBIOS ask everybody: no answer is no finding there.
-- Columns:
--   finding: slow; unanswered (no response to it or a repetition of it); sent again (before there was a
--     response); duplicate response; other question (a response with a query's identifier and another name); unasked (a response
--     that fits no query in the capture)
--   client: who asks
--   server: who is asked
--   name: what is asked for, as sent
--   type: A, AAAA, ...
--   rcode: of the response; empty: none seen
--   latency_ms: from the query to the response, milliseconds; empty: no response, or no query
--   transport: udp or tcp
--   query_frame: frame of the query; empty: not in the capture
--   response_frame: frame of the response; empty: not in the capture
--   time: of the query, without one of the response, UTC
--   flow: flows.id
--   capture: captures.id
-- Parameters:
--   ms: so many milliseconds or more are slow; default 200
--   finding: only this finding; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  responses AS MATERIALIZED (
    SELECT query_id, min(id) AS id FROM dns_messages WHERE query_id IS NOT NULL GROUP BY query_id
  ),
  -- Each message with those of its flow that have its identifier and question: the one before it, and what came of it and of
  -- those behind it.
  messages AS MATERIALIZED (
    SELECT
      m.id, m.is_response, m.query_id, m.frame_id, r.id AS response_id, lag(m.id) OVER same AS previous_id,
      lag(r.id) OVER same AS previous_response_id,
      max(r.id) OVER (same ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS later_response_id,
      min(iif(m.is_response, NULL, m.id)) OVER (PARTITION BY m.flow_id, m.transaction_id) AS any_query_id
    FROM dns_messages m
    CROSS JOIN flows fl ON fl.id = m.flow_id
    LEFT JOIN responses r ON r.query_id = m.id
    WHERE fl.service = 'dns' AND (:capture IS NULL OR fl.capture_id = :capture)
    WINDOW same AS (PARTITION BY m.flow_id, m.transaction_id, lower(m.query_name), m.query_type, m.is_response ORDER BY m.id)
  ),
  judged AS (
    -- Queries with their first response.
    SELECT
      CASE
        WHEN q.previous_id IS NOT NULL AND coalesce(q.previous_response_id > q.id, 1) THEN 'sent again'
        WHEN q.response_id IS NOT NULL THEN iif(rf.ts - qf.ts >= coalesce(:ms, 200) * 1000000, 'slow', NULL)
        WHEN q.later_response_id IS NULL THEN 'unanswered'
      END AS finding,
      q.id AS query_id, q.response_id, q.frame_id AS place_id, (rf.ts - qf.ts) / 1e6 AS latency
    FROM messages q
    CROSS JOIN frames qf ON qf.id = q.frame_id
    LEFT JOIN dns_messages r ON r.id = q.response_id
    LEFT JOIN frames rf ON rf.id = r.frame_id
    WHERE NOT q.is_response
    UNION ALL
    -- Responses without a query that waits for them.
    SELECT
      CASE WHEN m.previous_id IS NOT NULL THEN 'duplicate response' WHEN m.any_query_id IS NOT NULL THEN 'other question' ELSE 'unasked' END,
      NULL, m.id, m.frame_id, NULL
    FROM messages m
    WHERE m.is_response AND m.query_id IS NULL
  ),
  shown AS (
    SELECT *
    FROM judged
    WHERE finding IS NOT NULL AND (:finding IS NULL OR finding = lower(:finding))
    ORDER BY latency DESC, place_id, coalesce(query_id, response_id)
    LIMIT coalesce(:limit, -1)
  )
SELECT
  w.finding,
  iif(m.is_response = x.from_client, s.ip, c.ip) AS client,
  iif(m.is_response = x.from_client, c.ip, s.ip) AS server,
  m.query_name AS name,
  m.query_type AS type,
  r.rcode,
  round(w.latency, 3) AS latency_ms,
  fl.transport,
  iif(w.query_id IS NULL, NULL, x.number) AS query_frame,
  rf.number AS response_frame,
  t.time,
  m.flow_id AS flow,
  t.capture_id AS capture
FROM shown w
CROSS JOIN dns_messages m ON m.id = coalesce(w.query_id, w.response_id)
CROSS JOIN flows fl ON fl.id = m.flow_id
CROSS JOIN addresses c ON c.id = fl.client_id
CROSS JOIN addresses s ON s.id = fl.server_id
CROSS JOIN frames x ON x.id = m.frame_id
CROSS JOIN frame_times t ON t.frame_id = m.frame_id
LEFT JOIN dns_messages r ON r.id = w.response_id
LEFT JOIN frames rf ON rf.id = r.frame_id
ORDER BY w.latency DESC, w.place_id, coalesce(w.query_id, w.response_id);
