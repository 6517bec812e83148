-- Ways to log in that should be retired, by server
-- Question: which servers let clients log in so that whoever listens has the secret, or can guess it at leisure?
-- Columns:
--   server: who is logged in to
--   port: the server's port
--   server_names: names that the capture gives the server's address, 20 at most
--   protocol: ftp, http, ...
--   mechanism: how it was sent: USER/PASS, Basic, NTLMv1, ...
--   weakness: what a listener has: the secret itself, or something to guess it from; or that there is none
--   logins: how often it was used
--   accepted: how many of them were accepted
--   usernames: how many different user names
--   advice: what to use in its place
--   example_frame: frame of the first of them
--   capture: captures.id
-- Parameters:
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
SELECT
  k.server,
  k.server_port AS port,
  (SELECT group_concat(n.name)
   FROM (SELECT DISTINCT name FROM address_names
         WHERE address_id = k.server_id AND capture_id = k.capture_id LIMIT 20) n) AS server_names,
  k.protocol,
  k.mechanism,
  CASE iif(k.mechanism IN ('rhosts', 'USERID'), 'none', k.kind) WHEN 'none' THEN 'no secret is asked for'
    WHEN 'password' THEN 'the password itself' WHEN 'token' THEN 'a token that works until it ends'
    ELSE 'a response that passwords can be tried against' END AS weakness,
  count(*) AS logins,
  sum(k.accepted IS 1) AS accepted,
  count(DISTINCT k.username) AS usernames,
  CASE
    WHEN k.kind = 'password' AND k.protocol = 'http' THEN 'HTTPS only, with HSTS'
    WHEN k.mechanism LIKE 'cookie %' THEN 'HTTPS only, with HSTS, and Secure on the cookie'
    WHEN k.mechanism LIKE 'URL %' THEN 'HTTPS only, and the token in a header field'
    WHEN k.kind = 'token' AND k.protocol = 'http' THEN 'HTTPS only, and tokens that end soon'
    WHEN k.protocol = 'ftp' THEN 'SFTP, or FTPS with AUTH TLS required'
    WHEN k.protocol IN ('telnet', 'rlogin', 'rsh', 'rexec') THEN 'SSH'
    WHEN k.protocol = 'socks' THEN 'a tunnel with TLS or SSH'
    WHEN k.protocol = 'snmp' THEN 'SNMPv3 with authPriv'
    WHEN k.protocol = 'kerberos' THEN 'AES keys only (no etype below 17), preauthentication for everybody, long passwords'
    WHEN k.protocol = 'radius' THEN 'EAP-TLS, and RADIUS over TLS (RadSec)'
    WHEN k.protocol = 'sip' THEN 'SIP over TLS'
    WHEN k.protocol = 'vnc' THEN 'VNC through SSH or a VPN'
    WHEN k.protocol = 'ldap' THEN 'LDAPS or StartTLS, and refuse binds without it'
    WHEN k.protocol IN ('smtp', 'pop3', 'imap', 'nntp', 'irc', 'mqtt', 'redis', 'postgresql', 'mysql', 'tds', 'amqp', 'xmpp')
      THEN 'TLS from the first byte or before the login, and refuse logins without it'
    WHEN k.protocol = 'smb' AND k.mechanism IN ('plaintext', 'LM') THEN 'SMB 2 or later, and refuse SMB 1'
    WHEN k.protocol IN ('ppp', 'eap') THEN 'EAP-TLS'
    WHEN k.mechanism LIKE 'NTLM%' THEN 'Kerberos; refuse NTLM'
    WHEN k.kind = 'token' THEN 'TLS, and tokens that end soon'
    ELSE 'TLS around it'
  END AS advice,
  min(t.frame) AS example_frame,
  k.capture_id AS capture
FROM logins k
CROSS JOIN frame_times t ON t.frame_id = k.frame_id
WHERE (:capture IS NULL OR k.capture_id = :capture)
  -- A response that was not sent: PKINIT, EAP-TLS, SNMP without authentication.
  AND (k.kind <> 'hash' OR k.secret IS NOT NULL)
  -- The best that SNMP has over UDP.
  AND k.mechanism <> 'USM authPriv'
  -- Answers that hold against guessing, as far as the password does.
  AND k.mechanism NOT LIKE 'SCRAM-SHA-256%' AND k.mechanism NOT LIKE 'SCRAM-SHA-512%'
  -- Kerberos, and signatures by keys that nobody can guess.
  AND k.mechanism NOT IN ('Negotiate', 'AWS4-HMAC-SHA256', 'AWS', 'Hawk')
GROUP BY k.capture_id, k.server, k.server_port, k.protocol, k.mechanism, k.kind
ORDER BY k.kind = 'password' DESC, logins DESC, min(k.frame_id)
LIMIT coalesce(:limit, -1);
