-- Servers that still speak protocols in the clear
-- Question: which servers offer services whose logins and content anybody on the way can read, and what should replace them?
-- Columns:
--   server: who offers it
--   port: the server's port
--   server_names: names that the capture gives the server's address, 20 at most
--   service: ftp, telnet, ...
--   clients: how many addresses used it
--   flows: connections
--   logins: logins in the clear that were seen, tokens and keys among them, session cookies not
--   accepted: how many of them were accepted
--   bytes: IP bytes, both sides
--   advice: what to use in its place
--   first_frame: frame of its first packet
--   capture: captures.id
-- Parameters:
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  advice (service, text) AS (VALUES
    ('ftp', 'SFTP, or FTPS with AUTH TLS required'), ('ftp-data', 'SFTP, or FTPS with PROT P'), ('tftp', 'HTTPS or SFTP'),
    ('telnet', 'SSH'), ('rlogin', 'SSH'), ('rsh', 'SSH'), ('rexec', 'SSH'), ('vnc', 'VNC through SSH or a VPN'),
    ('smtp', 'STARTTLS required, or port 465'), ('pop3', 'port 995, or STLS required'),
    ('imap', 'port 993, or STARTTLS required'), ('nntp', 'port 563'), ('irc', 'port 6697'),
    ('ldap', 'LDAPS, or StartTLS required'), ('snmp', 'SNMPv3 with authPriv'), ('sip', 'SIP over TLS'),
    ('redis', 'TLS (tls-port), and ACL users'), ('mqtt', 'port 8883'), ('amqp', 'port 5671'), ('xmpp', 'STARTTLS required'),
    ('postgresql', 'hostssl lines only'), ('mysql', 'require_secure_transport'), ('tds', 'Force Encryption'),
    ('radius', 'RADIUS over TLS (RadSec)'),
    ('http', 'HTTPS'), ('http2', 'HTTPS'), ('websocket', 'wss, which is WebSocket over TLS'),
    ('socks', 'a tunnel with TLS or SSH')),
  seen AS (
    SELECT f.*,
      (SELECT count(*) FROM credentials k WHERE k.flow_id = f.id AND k.mechanism NOT LIKE 'cookie %') AS logins,
      (SELECT count(*) FROM credentials k
       WHERE k.flow_id = f.id AND k.accepted = 1 AND k.mechanism NOT LIKE 'cookie %') AS accepted
    FROM flows f
    WHERE f.service IN (SELECT service FROM advice)
      AND (:capture IS NULL OR f.capture_id = :capture)
      -- Upgraded to TLS.
      AND NOT EXISTS (SELECT 1 FROM tls_client_hellos h WHERE h.flow_id = f.id)
  ),
  offered AS (
    SELECT
      capture_id, server_id, server_port, service, count(DISTINCT client_id) AS clients, count(*) AS flows,
      sum(logins) AS logins, sum(accepted) AS accepted, sum(client_bytes + server_bytes) AS bytes,
      min(first_frame_id) AS first_frame_id
    FROM seen
    GROUP BY capture_id, server_id, server_port, service
    -- Web pages in the clear count where somebody logs in to them.
    HAVING service NOT IN ('http', 'http2', 'websocket') OR sum(logins) > 0
  )
SELECT
  a.ip AS server,
  o.server_port AS port,
  (SELECT group_concat(n.name)
   FROM (SELECT DISTINCT name FROM address_names
         WHERE address_id = o.server_id AND capture_id = o.capture_id LIMIT 20) n) AS server_names,
  o.service,
  o.clients,
  o.flows,
  o.logins,
  o.accepted,
  o.bytes,
  v.text AS advice,
  (SELECT number FROM frames WHERE id = o.first_frame_id) AS first_frame,
  o.capture_id AS capture
FROM offered o
CROSS JOIN addresses a ON a.id = o.server_id
CROSS JOIN advice v ON v.service = o.service
ORDER BY o.logins DESC, o.flows DESC, o.first_frame_id
LIMIT coalesce(:limit, -1);
