-- Tokens, keys and session cookies that went over the wire in the clear
-- Question: which tokens, keys and session cookies could be taken off the wire and used, whose are they, and did they work?
-- Columns:
--   time: when it was sent first, UTC
--   protocol: http, smtp, ...
--   mechanism: how it was sent: Bearer, X-API-Key, URL access_token, cookie PHPSESSID, ...; * stands for any text
--   client: who sent it
--   server: who received it
--   port: the server's port
--   host: Host field of the request that sent it first, else the names that the capture gives the server's address, 20 at most
--   username: whose it is, where the request says so
--   secret: the token itself
--   accepted: yes, no or unknown, by what the server answered; yes where it did once
--   flows: connections that it was sent in
--   frame: frame of the request that sent it first
--   answer_frame: frame that holds the server's first answer that says so
--   flow: the first of the connections, flows.id
--   capture: captures.id
-- Parameters:
--   host: only hosts that contain this; default all
--   mechanism: only mechanisms that begin so (cookie, URL, Bearer); default all
--   accepted: only yes, no or unknown; default all
--   mask: 1 shows stars in place of the token; default 0
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  sent AS (
    SELECT
      f.capture_id, f.client_id, f.server_id, f.server_port, k.protocol, k.mechanism, k.username, k.secret,
      -- A 1 is worth more than a 0, and that more than nothing.
      max(coalesce(k.accepted, -1)) AS accepted, count(DISTINCT k.flow_id) AS flows, min(k.frame_id) AS frame_id,
      coalesce(
        min(iif(k.accepted = 1, k.answer_frame_id, NULL)), min(iif(k.accepted = 0, k.answer_frame_id, NULL)),
        min(k.answer_frame_id)) AS answer_frame_id,
      min(k.flow_id) AS flow_id
    FROM credentials k
    CROSS JOIN flows f ON f.id = k.flow_id
    WHERE k.kind = 'token' AND (:capture IS NULL OR f.capture_id = :capture)
      AND (:mechanism IS NULL OR instr(lower(k.mechanism), lower(:mechanism)) = 1)
    GROUP BY f.capture_id, f.client_id, f.server_id, f.server_port, k.protocol, k.mechanism, k.username, k.secret
  ),
  named AS (
    SELECT n.*,
      coalesce(
        (SELECT q.host FROM http_requests q WHERE q.flow_id = n.flow_id AND q.frame_id = n.frame_id),
        (SELECT group_concat(a.name)
         FROM (SELECT DISTINCT name FROM address_names
               WHERE address_id = n.server_id AND capture_id = n.capture_id LIMIT 20) a)) AS host,
      CASE n.accepted WHEN 1 THEN 'yes' WHEN 0 THEN 'no' ELSE 'unknown' END AS answer
    FROM sent n
  )
SELECT
  t.time,
  n.protocol,
  n.mechanism,
  c.ip AS client,
  s.ip AS server,
  n.server_port AS port,
  n.host,
  n.username,
  iif(coalesce(:mask, '0') NOT IN ('0', 'no', 0), '********', n.secret) AS secret,
  n.answer AS accepted,
  n.flows,
  t.frame,
  (SELECT number FROM frames WHERE id = n.answer_frame_id) AS answer_frame,
  n.flow_id AS flow,
  n.capture_id AS capture
FROM named n
CROSS JOIN addresses c ON c.id = n.client_id
CROSS JOIN addresses s ON s.id = n.server_id
CROSS JOIN frame_times t ON t.frame_id = n.frame_id
WHERE (:host IS NULL OR instr(lower(n.host), lower(:host))) AND (:accepted IS NULL OR n.answer = :accepted)
ORDER BY n.frame_id, n.mechanism, n.secret
LIMIT coalesce(:limit, -1);
