-- Logins that went over the wire in the clear, without their secrets
-- Question: who logged in where in clear text, and did it work, without the secrets so that it can be passed on?
-- Columns:
--   time: when the secret was sent, UTC
--   protocol: ftp, http, ...
--   mechanism: how it was sent: USER/PASS, Basic, form, ...
--   client: who sent it
--   server: who received it
--   port: the server's port
--   domain: domain, realm or database that the user name belongs to
--   username: whose it is
--   kind: password, hash or token
--   accepted: yes, no or unknown, by what the server answered
--   frame: frame that holds the secret
--   flow: flows.id
--   capture: captures.id
-- Parameters:
--   kind: only password, hash or token; default all, tokens last
--   accepted: only yes, no or unknown; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
SELECT
  t.time,
  k.protocol,
  k.mechanism,
  k.client,
  k.server,
  k.server_port AS port,
  k.domain,
  k.username,
  k.kind,
  CASE k.accepted WHEN 1 THEN 'yes' WHEN 0 THEN 'no' ELSE 'unknown' END AS accepted,
  t.frame,
  k.flow_id AS flow,
  k.capture_id AS capture
FROM logins k
CROSS JOIN frame_times t ON t.frame_id = k.frame_id
WHERE (:capture IS NULL OR k.capture_id = :capture)
  AND (coalesce(:kind, 'all') = 'all' OR k.kind = :kind)
  AND (:accepted IS NULL OR CASE k.accepted WHEN 1 THEN 'yes' WHEN 0 THEN 'no' ELSE 'unknown' END = :accepted)
-- A page of cookies must not bury a password.
ORDER BY k.kind = 'token', k.frame_id, k.id
LIMIT coalesce(:limit, -1);
