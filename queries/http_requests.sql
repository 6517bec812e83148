-- HTTP requests with their responses
-- Question: which URLs were asked for, by whom, of whom, and what was answered?
-- Columns:
--   time: of the request's first byte, UTC
--   client: who asks
--   server: who answers
--   port: the server's port
--   method: GET, POST, ...
--   host: Host field
--   uri: request target as sent
--   request_bytes: request body as sent
--   status: status code; empty: no response seen
--   reason: its phrase
--   content_type: the response's
--   response_bytes: response body as sent
--   location: where the response sends the client
--   user_agent: what the client says it is
--   referer: page that the client says it comes from
--   frame: frame of the request's first byte
--   request_end_frame: frame that completes the request, as Wireshark lists it
--   response_frame: frame that completes the response, as Wireshark lists it
--   flow: flows.id
--   capture: captures.id
-- Parameters:
--   host: only hosts that contain this; default all
--   method: only this method; default all
--   status: only this status code; default all
--   flow: only this connection (flows.id); default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH RECURSIVE
  -- The hosts that were asked for, one step of the index for each.
  hosts (host) AS (
    SELECT min(host) FROM http_requests WHERE :flow IS NULL AND :host IS NOT NULL
    UNION ALL
    SELECT (SELECT min(q.host) FROM http_requests q WHERE q.host > h.host) FROM hosts h WHERE h.host IS NOT NULL
  ),
  -- Found first by the index that serves, so that the columns are worked out for the rows that are shown only.
  wanted AS (
    SELECT id, flow_id, frame_id, method, host, response_id FROM http_requests WHERE :flow IS NULL AND :host IS NULL
    UNION ALL
    SELECT id, flow_id, frame_id, method, host, response_id FROM http_requests
    WHERE :flow IS NOT NULL AND flow_id = :flow AND (:host IS NULL OR instr(lower(host), lower(:host)))
    UNION ALL
    SELECT id, flow_id, frame_id, method, host, response_id FROM http_requests
    WHERE :flow IS NULL AND :host IS NOT NULL AND host IN (
      SELECT host FROM hosts WHERE instr(lower(host), lower(:host)))
  ),
  shown AS (
    SELECT w.frame_id, w.id
    FROM wanted w
    WHERE (:method IS NULL OR w.method = :method COLLATE NOCASE)
      AND (:status IS NULL OR (SELECT r.status FROM http_responses r WHERE r.id = w.response_id) = :status)
      AND (:capture IS NULL OR (SELECT x.capture_id FROM frames x WHERE x.id = w.frame_id) = :capture)
    ORDER BY w.frame_id, w.id
    LIMIT coalesce(:limit, -1)
  )
SELECT
  t.time,
  c.ip AS client,
  s.ip AS server,
  f.server_port AS port,
  q.method,
  q.host,
  q.uri,
  q.body_length AS request_bytes,
  r.status,
  r.reason,
  r.content_type,
  r.body_length AS response_bytes,
  r.location,
  q.user_agent,
  q.referer,
  t.frame,
  qe.number AS request_end_frame,
  e.number AS response_frame,
  q.flow_id AS flow,
  t.capture_id AS capture
FROM shown w
CROSS JOIN http_requests q ON q.id = w.id
CROSS JOIN flows f ON f.id = q.flow_id
CROSS JOIN addresses c ON c.id = f.client_id
CROSS JOIN addresses s ON s.id = f.server_id
CROSS JOIN frame_times t ON t.frame_id = q.frame_id
CROSS JOIN frames qe ON qe.id = q.last_frame_id
LEFT JOIN http_responses r ON r.id = q.response_id
LEFT JOIN frames e ON e.id = r.last_frame_id
ORDER BY q.frame_id, q.id;
