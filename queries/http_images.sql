-- Image objects over plain HTTP
-- Question: which images were loaded, from which URLs, and are they what they are declared to be?
-- Columns:
--   time: of the response, UTC
--   client: who loaded it
--   server: where from
--   url: what was asked for
--   declared_type: Content-Type field
--   detected_type: by its first bytes; empty: not recognised
--   bytes: body as sent
--   complete: yes, or no where the capture lacks some of it
--   sha256: of the body; empty: not complete
--   status: status code
--   frame: frame of the response's first byte
--   flow: flows.id
--   capture: captures.id
-- Parameters:
--   type: only types that contain this, such as jpeg; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  -- The object of a response: the one that begins in the same frame, of several the one of the same size.
  objects AS (
    SELECT
      r.*, o.detected_type, o.sha256,
      row_number() OVER (PARTITION BY r.id ORDER BY o.size = r.body_length DESC, o.id) AS place
    FROM http_responses r
    LEFT JOIN files o ON o.frame_id = r.frame_id AND +o.flow_id = r.flow_id AND o.source = 'http'
    WHERE r.body_length > 0
  )
SELECT
  t.time,
  c.ip AS client,
  s.ip AS server,
  iif(q.uri LIKE 'http%://%', q.uri, 'http://' || coalesce(
    q.host, iif(instr(s.ip, ':'), '[' || s.ip || ']', s.ip) || iif(f.server_port = 80, '', ':' || f.server_port)
  ) || q.uri) AS url,
  r.content_type AS declared_type,
  r.detected_type,
  r.body_length AS bytes,
  iif(r.complete, 'yes', 'no') AS complete,
  r.sha256,
  r.status,
  t.frame,
  r.flow_id AS flow,
  f.capture_id AS capture
FROM objects r
CROSS JOIN flows f ON f.id = r.flow_id
CROSS JOIN addresses c ON c.id = f.client_id
CROSS JOIN addresses s ON s.id = f.server_id
CROSS JOIN frame_times t ON t.frame_id = r.frame_id
LEFT JOIN http_requests q ON q.id = r.request_id
WHERE r.place = 1
  AND (r.content_type LIKE 'image/%' OR r.detected_type LIKE 'image/%')
  AND (:type IS NULL
    OR instr(lower(coalesce(r.content_type, '') || ' ' || coalesce(r.detected_type, '')), lower(:type)))
  AND (:capture IS NULL OR f.capture_id = :capture)
ORDER BY r.frame_id, r.id
LIMIT coalesce(:limit, -1);
