-- Clients that sent far more than they got
-- Question: who gave whom large amounts of data: backup, mail, or exfiltration?
-- Conversations of one client with one server and port are taken together, so that data in small portions shows as
-- well. Of an FTP data connection that the server opened (PORT, EPRT) the FTP client is the client. Where nothing of
-- the server is in the capture the client may be the wrong side: one_sided says so, and these come last.
-- Columns:
--   client: who sent
--   server: who received; of a proxy the proxy
--   port: the server's port
--   transport: tcp, udp, ...
--   service: what is spoken; empty: not recognised
--   names: names that the captures give the server's address, 20 at most; empty: no name is known
--   asked_for: hosts that a proxy was asked for by CONNECT, or to which HTTP requests with a body went, 5 at most
--   scope: of the server's address
--   sent: payload bytes from the client, each once
--   received: payload bytes from the server, each once
--   ratio: sent by received; empty: nothing was received
--   flows: conversations
--   largest: payload bytes that the client sent in the largest of them
--   seconds: from the first to the last frame
--   bytes_per_s: sent per second
--   missing_bytes: payload bytes of both sides that the capture lacks
--   one_sided: yes where no packet of the server is in the capture
--   first_time: UTC
--   last_time: UTC
--   first_frame: first frame
--   last_frame: last frame
--   flow: flows.id of the first one
--   capture: captures.id
-- Parameters:
--   bytes: the client sent so many payload bytes or more; default 10000
--   ratio: and so many times what it got; default 5
--   scope: only servers whose address has this scope, such as global; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  -- Both directions of an FTP data connection that the server opened are turned round.
  spoken AS (
    SELECT
      id, capture_id, client_id, server_id, server_port, transport, service, client_payload AS sent,
      server_payload AS received, server_packets AS answers, missing_bytes, first_frame_id, last_frame_id
    FROM flows NOT INDEXED
    WHERE client_payload > 0 AND client_payload >= server_payload AND service_source IS NOT 'negotiated'
      AND (:capture IS NULL OR capture_id = :capture)
    UNION ALL
    SELECT
      f.id, f.capture_id, iif(d.mode = 'active', f.server_id, f.client_id),
      iif(d.mode = 'active', f.client_id, f.server_id), iif(d.mode = 'active', f.client_port, f.server_port),
      f.transport, f.service, iif(d.mode = 'active', f.server_payload, f.client_payload),
      iif(d.mode = 'active', f.client_payload, f.server_payload),
      iif(d.mode = 'active', f.client_packets, f.server_packets), f.missing_bytes, f.first_frame_id, f.last_frame_id
    FROM flows f NOT INDEXED
    LEFT JOIN ftp_data_channels d ON d.data_flow_id = f.id
    WHERE f.service_source = 'negotiated'
      AND (:capture IS NULL OR f.capture_id = :capture)
  ),
  groups AS (
    SELECT
      capture_id, client_id, server_id, server_port, transport, min(service) AS service, sum(sent) AS sent,
      sum(received) AS received, count(*) AS flows, max(sent) AS largest, sum(answers) AS answers,
      sum(missing_bytes) AS missing_bytes, min(first_frame_id) AS first_id, max(last_frame_id) AS last_id, min(id) AS flow_id
    FROM spoken
    GROUP BY client_id, capture_id, server_id, server_port, transport
    HAVING sum(sent) >= CAST(coalesce(:bytes, 10000) AS INTEGER) AND sum(sent) >= coalesce(:ratio, 5) * sum(received)
  ),
  -- Conversations in which the server sent more count as well, before it is said that the client sent more.
  whole AS MATERIALIZED (
    SELECT
      g.*,
      g.received + coalesce((
        SELECT sum(f.server_payload) FROM flows f
        WHERE f.client_id = g.client_id AND f.capture_id = g.capture_id AND f.server_id = g.server_id
          AND f.server_port IS g.server_port AND f.transport = g.transport
          AND f.client_payload < f.server_payload AND f.service_source IS NOT 'negotiated'), 0) AS got
    FROM groups g
  )
SELECT
  c.ip AS client,
  s.ip AS server,
  w.server_port AS port,
  w.transport,
  w.service,
  (SELECT group_concat(n.name)
   FROM (SELECT DISTINCT name FROM address_names
         WHERE address_id = w.server_id AND capture_id = w.capture_id LIMIT 20) n) AS names,
  (SELECT group_concat(q.host, ', ')
   FROM (
     SELECT DISTINCT iif(q.method = 'CONNECT', q.uri, q.host) AS host
     FROM flows f
     CROSS JOIN http_requests q ON q.flow_id = f.id
     WHERE f.client_id = w.client_id AND f.capture_id = w.capture_id AND f.server_id = w.server_id
       AND f.server_port IS w.server_port AND (q.method = 'CONNECT' OR q.body_length > 0)
     LIMIT 5) q) AS asked_for,
  s.scope,
  w.sent,
  w.got AS received,
  round(1.0 * w.sent / nullif(w.got, 0), 1) AS ratio,
  w.flows,
  w.largest,
  round((y.ts - x.ts) / 1e9, 3) AS seconds,
  round(w.sent * 1e9 / nullif(y.ts - x.ts, 0), 1) AS bytes_per_s,
  w.missing_bytes,
  iif(w.answers = 0, 'yes', NULL) AS one_sided,
  x.time AS first_time,
  y.time AS last_time,
  x.frame AS first_frame,
  y.frame AS last_frame,
  w.flow_id AS flow,
  w.capture_id AS capture
FROM whole w
CROSS JOIN addresses c ON c.id = w.client_id
CROSS JOIN addresses s ON s.id = w.server_id
CROSS JOIN frame_times x ON x.frame_id = w.first_id
CROSS JOIN frame_times y ON y.frame_id = w.last_id
WHERE w.sent >= coalesce(:ratio, 5) * w.got AND (:scope IS NULL OR s.scope = :scope)
ORDER BY w.answers = 0, w.sent DESC, w.first_id
LIMIT coalesce(:limit, -1);
