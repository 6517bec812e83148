-- Accounts whose login in the clear was accepted
-- Question: which accounts were used with success over clear text, so that their passwords must be changed?
-- Columns:
--   protocol: ftp, http, ...
--   server: who accepted it
--   port: the server's port
--   domain: domain, realm or database that the user name belongs to
--   username: whose it is
--   mechanisms: how the secrets were sent
--   kinds: password, hash or token
--   logins: accepted logins
--   clients: addresses that they came from, 20 at most
--   first_time: the first of them, UTC
--   last_time: the last of them, UTC
--   proof_frame: frame of the server's first answer that says so
--   capture: captures.id
-- Parameters:
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH accounts AS (
  SELECT
    f.capture_id, k.protocol, f.server_id, f.server_port, k.domain, k.username,
    group_concat(DISTINCT k.mechanism) AS mechanisms, group_concat(DISTINCT k.kind) AS kinds, count(*) AS logins,
    min(k.frame_id) AS first_frame_id, max(k.frame_id) AS last_frame_id, min(k.answer_frame_id) AS answer_frame_id
  FROM credentials k
  CROSS JOIN flows f ON f.id = k.flow_id
  WHERE k.accepted = 1 AND (:capture IS NULL OR f.capture_id = :capture)
    -- A token that names nobody is no account's; the query tokens has it.
    AND (k.kind <> 'token' OR k.username IS NOT NULL)
  GROUP BY f.capture_id, k.protocol, f.server_id, f.server_port, k.domain, k.username
)
SELECT
  n.protocol,
  s.ip AS server,
  n.server_port AS port,
  n.domain,
  n.username,
  n.mechanisms,
  n.kinds,
  n.logins,
  (SELECT group_concat(ip) FROM (
    SELECT DISTINCT a.ip
    FROM credentials k
    CROSS JOIN flows f ON f.id = k.flow_id
    CROSS JOIN addresses a ON a.id = f.client_id
    WHERE k.accepted = 1 AND (k.kind <> 'token' OR k.username IS NOT NULL) AND k.protocol = n.protocol AND k.username IS n.username AND k.domain IS n.domain
      AND f.server_id = n.server_id AND f.server_port IS n.server_port AND f.capture_id = n.capture_id
    LIMIT 20)) AS clients,
  (SELECT time FROM frame_times WHERE frame_id = n.first_frame_id) AS first_time,
  (SELECT time FROM frame_times WHERE frame_id = n.last_frame_id) AS last_time,
  (SELECT number FROM frames WHERE id = n.answer_frame_id) AS proof_frame,
  n.capture_id AS capture
FROM accounts n
CROSS JOIN addresses s ON s.id = n.server_id
ORDER BY n.first_frame_id
LIMIT coalesce(:limit, -1);
