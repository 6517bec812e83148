-- Clients that tried many logins which were refused
-- Question: who guesses passwords, at which server, and did one of them work?
-- Columns:
--   client: who tries
--   server: where
--   port: the server's port
--   protocol: ftp, http, ...
--   refused: logins that the server refused
--   accepted: logins that it accepted
--   unanswered: logins that it did not judge
--   usernames: how many different user names
--   secrets: how many different secrets
--   succeeded: yes where a login was accepted behind a refused one
--   account: whose that was, the first
--   first_time: the first attempt, UTC
--   last_time: the last attempt, UTC
--   first_frame: frame of the first attempt
--   capture: captures.id
-- Parameters:
--   attempts: refused logins from which on a client is shown; default 5
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH attempts AS (
  SELECT
    f.capture_id, f.client_id, f.server_id, f.server_port, k.protocol,
    sum(k.accepted IS 0) AS refused, sum(k.accepted IS 1) AS accepted, sum(k.accepted IS NULL) AS unanswered,
    count(DISTINCT k.username) AS usernames, count(DISTINCT k.secret) AS secrets,
    min(k.frame_id) AS first_frame_id, max(k.frame_id) AS last_frame_id,
    min(iif(k.accepted IS 0, k.frame_id, NULL)) AS first_refused_id
  FROM credentials k
  CROSS JOIN flows f ON f.id = k.flow_id
  WHERE (:capture IS NULL OR f.capture_id = :capture)
    -- A session that is over is refused on every page.
    AND k.mechanism NOT LIKE 'cookie %'
  GROUP BY f.capture_id, f.client_id, f.server_id, f.server_port, k.protocol
  HAVING refused >= CAST(coalesce(:attempts, 5) AS INTEGER)
),
-- The first login that worked behind one that did not.
broken AS (
  SELECT n.capture_id, n.client_id, n.server_id, n.server_port, n.protocol, k.username, min(k.frame_id)
  FROM attempts n
  CROSS JOIN flows f ON f.client_id = n.client_id AND f.server_id = n.server_id AND f.server_port IS n.server_port
    AND f.capture_id = n.capture_id
  CROSS JOIN credentials k ON k.flow_id = f.id AND k.protocol = n.protocol
  WHERE k.accepted = 1 AND k.frame_id > n.first_refused_id AND k.mechanism NOT LIKE 'cookie %'
  GROUP BY 1, 2, 3, 4, 5
)
SELECT
  c.ip AS client,
  s.ip AS server,
  n.server_port AS port,
  n.protocol,
  n.refused,
  n.accepted,
  n.unanswered,
  n.usernames,
  n.secrets,
  iif(b.client_id IS NULL, 'no', 'yes') AS succeeded,
  b.username AS account,
  t.time AS first_time,
  (SELECT time FROM frame_times WHERE frame_id = n.last_frame_id) AS last_time,
  t.frame AS first_frame,
  n.capture_id AS capture
FROM attempts n
CROSS JOIN addresses c ON c.id = n.client_id
CROSS JOIN addresses s ON s.id = n.server_id
CROSS JOIN frame_times t ON t.frame_id = n.first_frame_id
LEFT JOIN broken b ON b.client_id = n.client_id AND b.server_id = n.server_id AND b.server_port IS n.server_port
  AND b.protocol = n.protocol AND b.capture_id = n.capture_id
ORDER BY n.refused DESC, n.first_frame_id
LIMIT coalesce(:limit, -1);
