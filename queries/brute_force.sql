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
WITH tries AS (
  SELECT
    k.*, coalesce(c.ring_id, c.id) AS ring_id,
    min(iif(k.accepted IS 0, k.frame_id, NULL)) OVER (
      PARTITION BY coalesce(c.ring_id, c.id), k.client, k.server, k.server_port, k.protocol
    ) AS first_refused_id
  FROM logins k
  -- The files of a ring are one capture.
  JOIN captures c ON c.id = k.capture_id
  WHERE (:capture IS NULL OR k.capture_id = :capture)
    -- A session that is over is refused on every page.
    AND k.mechanism NOT LIKE 'cookie %'
),
attempts AS (
  SELECT
    client, server, server_port, protocol,
    sum(accepted IS 0) AS refused, sum(accepted IS 1) AS accepted, sum(accepted IS NULL) AS unanswered,
    count(DISTINCT username) AS usernames, count(DISTINCT secret) AS secrets,
    min(frame_id) AS first_frame_id, max(frame_id) AS last_frame_id,
    -- The first login that worked behind one that did not: its frame in 20 digits, and its user name.
    min(iif(accepted = 1 AND frame_id > first_refused_id, printf('%020d', frame_id) || coalesce(username, ''), NULL))
      AS broken
  FROM tries
  GROUP BY ring_id, client, server, server_port, protocol
  HAVING refused >= CAST(coalesce(:attempts, 5) AS INTEGER)
)
SELECT
  n.client,
  n.server,
  n.server_port AS port,
  n.protocol,
  n.refused,
  n.accepted,
  n.unanswered,
  n.usernames,
  n.secrets,
  iif(n.broken IS NULL, 'no', 'yes') AS succeeded,
  nullif(substr(n.broken, 21), '') AS account,
  t.time AS first_time,
  (SELECT time FROM frame_times WHERE frame_id = n.last_frame_id) AS last_time,
  t.frame AS first_frame,
  t.capture_id AS capture
FROM attempts n
CROSS JOIN frame_times t ON t.frame_id = n.first_frame_id
ORDER BY n.refused DESC, n.first_frame_id
LIMIT coalesce(:limit, -1);
