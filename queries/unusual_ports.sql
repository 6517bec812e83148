-- Services on ports that are not theirs
-- Question: who speaks a protocol on a port that is not its usual one, or something else on a well-known port?
-- Data connections that FTP negotiated are left out: ftp_passive_ports has them.
-- Columns:
--   finding: service on an unusual port, other service on a known port, known port without its service, unknown service
--   transport: tcp or udp
--   server: who listens
--   port: where
--   service: what is spoken, by its content; empty: not recognised
--   usual_service: what the port is known for; empty: nothing
--   usual_ports: ports that the service is known for
--   server_names: names that the capture gives the server's address, 20 at most
--   flows: number of conversations
--   clients: number of client addresses
--   bytes: IP bytes of both sides
--   first_time: of the first frame, UTC
--   first_frame: first frame
--   scope: of the server's address
--   flow: flows.id of the first one
--   capture: captures.id
-- Parameters:
--   finding: only findings that contain this; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  usual (service, transport, port) AS MATERIALIZED (
    VALUES
      ('ftp', 'tcp', 21), ('ftp-data', 'tcp', 20), ('ssh', 'tcp', 22), ('telnet', 'tcp', 23),
      ('smtp', 'tcp', 25), ('smtp', 'tcp', 587), ('smtp', 'tcp', 2525),
      ('dns', 'udp', 53), ('dns', 'tcp', 53), ('mdns', 'udp', 5353), ('llmnr', 'udp', 5355), ('llmnr', 'tcp', 5355),
      ('http', 'tcp', 80), ('http', 'tcp', 591), ('http', 'tcp', 3128), ('http', 'tcp', 5000), ('http', 'tcp', 5985),
      ('http', 'tcp', 8000), ('http', 'tcp', 8008), ('http', 'tcp', 8080), ('http', 'tcp', 8081), ('http', 'tcp', 8088),
      ('http', 'tcp', 8888),
      ('pop3', 'tcp', 110), ('imap', 'tcp', 143), ('nntp', 'tcp', 119), ('irc', 'tcp', 6667), ('ldap', 'tcp', 389),
      ('socks', 'tcp', 1080), ('rtsp', 'tcp', 554), ('sip', 'udp', 5060), ('sip', 'tcp', 5060),
      ('smb', 'tcp', 445), ('smb', 'tcp', 139), ('rdp', 'tcp', 3389), ('vnc', 'tcp', 5900),
      ('mysql', 'tcp', 3306), ('postgresql', 'tcp', 5432), ('tds', 'tcp', 1433), ('redis', 'tcp', 6379),
      ('mqtt', 'tcp', 1883), ('snmp', 'udp', 161), ('snmp', 'udp', 162),
      ('radius', 'udp', 1812), ('radius', 'udp', 1813),
      ('tls', 'tcp', 443), ('tls', 'tcp', 465), ('tls', 'tcp', 563), ('tls', 'tcp', 636), ('tls', 'tcp', 853),
      ('tls', 'tcp', 989), ('tls', 'tcp', 990), ('tls', 'tcp', 992), ('tls', 'tcp', 993), ('tls', 'tcp', 994),
      ('tls', 'tcp', 995), ('tls', 'tcp', 3269), ('tls', 'tcp', 5061), ('tls', 'tcp', 5223), ('tls', 'tcp', 5228),
      ('tls', 'tcp', 5986), ('tls', 'tcp', 6697), ('tls', 'tcp', 8443), ('tls', 'tcp', 8883), ('tls', 'tcp', 9443),
      ('quic', 'udp', 443), ('quic', 'udp', 80), ('quic', 'udp', 853)
  ),
  by_service AS MATERIALIZED (
    SELECT
      service, transport, group_concat(port, ', ') AS ports FROM usual GROUP BY service, transport
  ),
  judged AS MATERIALIZED (
    SELECT
      f.id, f.capture_id, f.transport, f.client_id, f.server_id, f.server_port, f.service,
      iif(f.service_source = 'content', f.service, NULL) AS spoken, k.service AS known,
      -- What speaks over HTTP's ports as well.
      iif(f.service_source = 'content', iif(f.service IN ('http2', 'websocket'), 'http', f.service), NULL) AS kind,
      f.client_bytes + f.server_bytes AS bytes, f.first_frame_id,
      -- Whether its first bytes were seen, and all of them.
      (f.transport = 'udp' OR (f.syn_frame_id IS NOT NULL AND f.client_payload > 0)) AND f.missing_bytes = 0 AS is_whole
    FROM flows f NOT INDEXED
    LEFT JOIN usual k ON k.port = f.server_port AND k.transport = f.transport
    WHERE
      -- Most flows are one of three services at its own port: they are left out before they are judged.
      coalesce(
        CASE f.server_port
          WHEN 53 THEN f.service <> 'dns'
          WHEN 80 THEN f.service <> 'http' OR f.transport <> 'tcp'
          WHEN 443 THEN f.service <> 'tls' OR f.transport <> 'tcp'
        END OR f.service_source <> 'content', 1)
      AND f.client_payload + f.server_payload > 0
      AND (f.transport = 'tcp' OR f.transport = 'udp')
      AND f.service_source IS NOT 'negotiated'
      AND (:capture IS NULL OR f.capture_id = :capture)
  ),
  found AS MATERIALIZED (
    SELECT
      *,
      CASE
        WHEN EXISTS (
          SELECT 1 FROM usual u
          WHERE u.service = j.kind AND u.transport = j.transport AND u.port = j.server_port) THEN NULL
        WHEN spoken IS NOT NULL AND known IS NOT NULL THEN 'other service on a known port'
        WHEN kind IN (SELECT service FROM usual) THEN 'service on an unusual port'
        WHEN spoken IS NOT NULL THEN NULL
        -- Judged only by what content tells without fail.
        WHEN known IN ('http', 'tls', 'dns', 'ftp') AND server_port IN (21, 53, 80, 443) AND is_whole
          THEN 'known port without its service'
        WHEN service IS NULL AND known IS NULL THEN 'unknown service'
      END AS finding
    FROM judged j
  ),
  grouped AS (
    SELECT
      capture_id, finding, transport, server_id, server_port, spoken, known, count(*) AS flows,
      count(DISTINCT client_id) AS clients, sum(bytes) AS bytes,
      min(first_frame_id) AS first_frame_id, min(id) AS flow_id
    FROM found
    WHERE finding IS NOT NULL AND (:finding IS NULL OR instr(finding, :finding))
    GROUP BY capture_id, finding, transport, server_id, server_port, spoken, known
  )
SELECT
  g.finding,
  g.transport,
  s.ip AS server,
  g.server_port AS port,
  g.spoken AS service,
  g.known AS usual_service,
  (SELECT b.ports FROM by_service b WHERE b.service = g.spoken AND b.transport = g.transport) AS usual_ports,
  (SELECT group_concat(n.name)
   FROM (SELECT DISTINCT name FROM address_names
         WHERE address_id = g.server_id AND capture_id = g.capture_id LIMIT 20) n) AS server_names,
  g.flows,
  g.clients,
  g.bytes,
  t.time AS first_time,
  t.frame AS first_frame,
  s.scope,
  g.flow_id AS flow,
  g.capture_id AS capture
FROM grouped g
CROSS JOIN addresses s ON s.id = g.server_id
CROSS JOIN frame_times t ON t.frame_id = g.first_frame_id
ORDER BY
  CASE g.finding
    WHEN 'other service on a known port' THEN 1 WHEN 'service on an unusual port' THEN 2
    WHEN 'known port without its service' THEN 3 ELSE 4
  END,
  g.bytes DESC, g.first_frame_id
LIMIT coalesce(:limit, -1);
