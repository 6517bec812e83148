-- HTTP redirects and whether they were followed
-- Question: which URL sent the client on to which, and did the client go there?
-- Columns:
--   time: of the response, UTC
--   client: who was sent on
--   server: who sent it on
--   url: what was asked for
--   status: 301, 302, 303, 307, 308, ...
--   location: Location field as sent
--   target: URL that it stands for
--   followed_frame: frame of the client's next request for the target over plain HTTP; empty: none in the capture
--   frame: frame of the response
--   flow: flows.id
--   capture: captures.id
-- Parameters:
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  requests AS (
    SELECT
      q.id, coalesce(k.ring_id, k.id) AS ring_id, f.client_id, f.server_id, q.frame_id,
      CASE
        WHEN q.uri LIKE 'http://%' OR q.uri LIKE 'https://%' THEN q.uri
        -- Port 80 goes without saying.
        WHEN q.host LIKE '%:80' THEN 'http://' || substr(q.host, 1, length(q.host) - 3) || q.uri
        ELSE 'http://' || coalesce(
          q.host, iif(instr(s.ip, ':'), '[' || s.ip || ']', s.ip) || iif(f.server_port = 80, '', ':' || f.server_port)
        ) || q.uri
      END AS url
    FROM http_requests q
    CROSS JOIN flows f ON f.id = q.flow_id
    CROSS JOIN captures k ON k.id = f.capture_id
    CROSS JOIN addresses s ON s.id = f.server_id
    WHERE :capture IS NULL OR coalesce(k.ring_id, k.id) = (SELECT coalesce(ring_id, id) FROM captures WHERE id = :capture)
  ),
  sent_on AS (
    SELECT
      r.id, q.ring_id, q.client_id, q.server_id, r.frame_id, r.flow_id, q.url, r.status, r.location,
      CASE
        WHEN r.location LIKE 'http://%' OR r.location LIKE 'https://%' THEN
          -- A bare authority stands for its root.
          r.location || iif(length(r.location) - length(replace(r.location, '/', '')) = 2, '/', '')
        WHEN r.location LIKE '//%' THEN 'http:' || r.location
        WHEN r.location LIKE '/%' THEN
          substr(q.url, 1, 6 + instr(substr(q.url || '/', 8), '/')) || r.location
        -- Relative to the last slash of the path that was asked for, its query apart.
        ELSE rtrim(substr(q.url, 1, instr(q.url || '?', '?') - 1),
                   replace(substr(q.url, 1, instr(q.url || '?', '?') - 1), '/', '')) || r.location
      END AS target
    FROM http_responses r
    CROSS JOIN requests q ON q.id = r.request_id
    WHERE r.status BETWEEN 300 AND 399 AND r.location IS NOT NULL
  ),
  -- Requests and redirects in one walk: the next request of a client for a URL after it was sent there.
  steps AS (
    SELECT
      redirect_id, min(request_frame_id) OVER (
        PARTITION BY ring_id, client_id, url ORDER BY frame_id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
      ) AS next_frame_id
    FROM (
      SELECT NULL AS redirect_id, ring_id, client_id, url, frame_id, frame_id AS request_frame_id FROM requests
      UNION ALL
      SELECT id, ring_id, client_id, substr(target, 1, instr(target || '#', '#') - 1), frame_id, NULL FROM sent_on
    )
  )
SELECT
  t.time,
  c.ip AS client,
  s.ip AS server,
  r.url,
  r.status,
  r.location,
  r.target,
  n.number AS followed_frame,
  t.frame,
  r.flow_id AS flow,
  t.capture_id AS capture
FROM steps p
CROSS JOIN sent_on r ON r.id = p.redirect_id
CROSS JOIN addresses c ON c.id = r.client_id
CROSS JOIN addresses s ON s.id = r.server_id
CROSS JOIN frame_times t ON t.frame_id = r.frame_id
LEFT JOIN frames n ON n.id = p.next_frame_id
WHERE :capture IS NULL OR t.capture_id = :capture
ORDER BY r.frame_id, r.id
LIMIT coalesce(:limit, -1);
