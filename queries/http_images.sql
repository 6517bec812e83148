-- Image objects over plain HTTP
-- Question: which images were loaded, from which URLs, and are they what they are declared to be?
-- Columns:
--   time: of the response, UTC
--   client: who loaded it
--   server: where from
--   url: what was asked for
--   declared_type: Content-Type field
--   detected_type: by its first bytes; empty: not recognised
--   width: pixels, as its header says; empty: not known
--   height: likewise
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
  -- A response's object is the one that begins in the same frame, of several the one of the same size.
  objects AS (
    SELECT
      r.id, r.flow_id, r.frame_id, r.content_type,
      (SELECT id
       FROM (SELECT o.id, o.size = r.body_length AS fits FROM files o
             WHERE o.frame_id = r.frame_id AND o.flow_id = r.flow_id AND o.source = 'http')
       ORDER BY fits DESC, id LIMIT 1) AS file_id
    FROM http_responses r
    WHERE r.body_length > 0
  ),
  shown AS (
    SELECT k.frame_id, k.id, k.file_id
    FROM objects k
    LEFT JOIN files o ON o.id = k.file_id
    WHERE (k.content_type LIKE 'image/%' OR o.detected_type LIKE 'image/%')
      AND (:type IS NULL
        OR instr(lower(coalesce(k.content_type, '') || ' ' || coalesce(o.detected_type, '')), lower(:type)))
      AND (:capture IS NULL OR (SELECT x.capture_id FROM frames x WHERE x.id = k.frame_id) = :capture)
    ORDER BY k.frame_id, k.id
    LIMIT coalesce(:limit, -1)
  )
SELECT
  t.time,
  c.ip AS client,
  s.ip AS server,
  iif(q.uri LIKE 'http%://%', q.uri, 'http://' || coalesce(
    q.host, iif(instr(s.ip, ':'), '[' || s.ip || ']', s.ip) || iif(f.server_port = 80, '', ':' || f.server_port)
  ) || q.uri) AS url,
  r.content_type AS declared_type,
  o.detected_type,
  o.width,
  o.height,
  r.body_length AS bytes,
  iif(r.complete, 'yes', 'no') AS complete,
  o.sha256,
  r.status,
  t.frame,
  r.flow_id AS flow,
  t.capture_id AS capture
FROM shown w
CROSS JOIN http_responses r ON r.id = w.id
CROSS JOIN flows f ON f.id = r.flow_id
CROSS JOIN addresses c ON c.id = f.client_id
CROSS JOIN addresses s ON s.id = f.server_id
CROSS JOIN frame_times t ON t.frame_id = r.frame_id
LEFT JOIN files o ON o.id = w.file_id
LEFT JOIN http_requests q ON q.id = r.request_id
ORDER BY r.frame_id, r.id;
