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
WITH used AS (
  SELECT
    k.*,
    dense_rank() OVER (
      PARTITION BY k.capture_id, k.protocol, k.server, k.server_port, k.domain, k.username ORDER BY k.client
    ) AS client_number
  FROM logins k
  WHERE k.accepted = 1 AND (:capture IS NULL OR k.capture_id = :capture)
    -- A token that names nobody is no account's; the query tokens has it.
    AND (k.kind <> 'token' OR k.username IS NOT NULL)
),
accounts AS (
  SELECT
    capture_id, protocol, server, server_port, domain, username,
    group_concat(DISTINCT mechanism) AS mechanisms, group_concat(DISTINCT kind) AS kinds, count(*) AS logins,
    group_concat(DISTINCT iif(client_number <= 20, client, NULL)) AS clients,
    min(frame_id) AS first_frame_id, max(frame_id) AS last_frame_id, min(answer_frame_id) AS answer_frame_id
  FROM used
  GROUP BY capture_id, protocol, server, server_port, domain, username
)
SELECT
  n.protocol,
  n.server,
  n.server_port AS port,
  n.domain,
  n.username,
  n.mechanisms,
  n.kinds,
  n.logins,
  n.clients,
  (SELECT time FROM frame_times WHERE frame_id = n.first_frame_id) AS first_time,
  (SELECT time FROM frame_times WHERE frame_id = n.last_frame_id) AS last_time,
  (SELECT number FROM frames WHERE id = n.answer_frame_id) AS proof_frame,
  n.capture_id AS capture
FROM accounts n
ORDER BY n.first_frame_id
LIMIT coalesce(:limit, -1);
