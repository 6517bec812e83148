-- Secrets that serve more than one account or service
-- Question: which password opens several services, or is shared by several users?
-- Columns:
--   secret: the secret itself
--   accounts: how many different accounts it was sent for (protocol, server, port, domain and user name)
--   usernames: whose, 20 at most
--   services: where, as protocol, server and port, 20 at most
--   accepted: logins with it that were accepted
--   refused: logins with it that were refused
--   first_time: when it was sent first, UTC
-- Parameters:
--   accounts: different accounts from which on a secret is shown; default 2
--   mask: 1 shows stars in place of the secret; default 0
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH used AS (
  SELECT
    k.secret, k.protocol, k.domain, k.username, k.accepted, k.frame_id,
    k.protocol || coalesce(' ' || k.server, '') || coalesce(' port ' || k.server_port, '') AS service
  FROM logins k
  WHERE k.kind = 'password' AND k.secret <> '' AND (:capture IS NULL OR k.capture_id = :capture)
),
reused AS (
  SELECT
    secret, min(frame_id) AS first_frame_id, sum(accepted IS 1) AS accepted, sum(accepted IS 0) AS refused,
    count(DISTINCT service || char(0) || coalesce(domain, '') || char(0) || coalesce(username, '')) AS accounts
  FROM used
  GROUP BY secret
  HAVING accounts >= CAST(coalesce(:accounts, 2) AS INTEGER)
)
SELECT
  iif(coalesce(:mask, '0') NOT IN ('0', 'no', 0), '********', r.secret) AS secret,
  r.accounts,
  (SELECT group_concat(username) FROM (
    SELECT DISTINCT username FROM used u WHERE u.secret = r.secret LIMIT 20)) AS usernames,
  (SELECT group_concat(service, ', ') FROM (
    SELECT DISTINCT service FROM used u WHERE u.secret = r.secret LIMIT 20)) AS services,
  r.accepted,
  r.refused,
  t.time AS first_time
FROM reused r
CROSS JOIN frame_times t ON t.frame_id = r.first_frame_id
ORDER BY r.accounts DESC, r.first_frame_id
LIMIT coalesce(:limit, -1);
