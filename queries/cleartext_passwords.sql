-- Secrets that went over the wire in the clear
-- Question: which passwords went over the wire in clear text, whose are they, and did they work?
-- Columns:
--   time: when the secret was sent, UTC
--   protocol: ftp, http, ...
--   mechanism: how it was sent: USER/PASS, Basic, form, ...
--   client: who sent it
--   server: who received it
--   port: the server's port
--   server_names: names that the capture gives the server's address, 20 at most
--   domain: domain, realm or database that the user name belongs to
--   username: whose it is
--   secret: the secret itself
--   kind: password, hash or token
--   accepted: yes, no or unknown, by what the server answered
--   frame: frame that holds it
--   answer_frame: frame that holds the server's answer
--   flow: flows.id
--   capture: captures.id
-- Parameters:
--   kind: only password, hash or token; default all, tokens last
--   mask: 1 shows stars in place of the secret; default 0
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
  (SELECT group_concat(n.name)
   FROM (SELECT DISTINCT name FROM address_names
         WHERE address_id = k.server_id AND capture_id = k.capture_id LIMIT 20) n) AS server_names,
  k.domain,
  k.username,
  iif(coalesce(:mask, '0') NOT IN ('0', 'no', 0) AND k.secret IS NOT NULL, '********', k.secret) AS secret,
  k.kind,
  CASE k.accepted WHEN 1 THEN 'yes' WHEN 0 THEN 'no' ELSE 'unknown' END AS accepted,
  t.frame,
  (SELECT number FROM frames WHERE id = k.answer_frame_id) AS answer_frame,
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
