-- Conversations by how long they lasted
-- Question: which connections stayed open longest, and what kept them open?
-- Columns:
--   duration_s: seconds from the first to the last frame
--   transport: tcp, udp, icmp, ...
--   service: what is spoken; empty: not known
--   client: who began
--   client_port: the client's port
--   server: the other side
--   server_port: the server's port
--   server_names: names that the capture gives the server's address, 20 at most
--   share: percentage of the capture's time in which it was open
--   ended: yes; no: nothing ended it within the capture; empty: the transport has no end
--   began: yes; no: it is older than the capture; empty: the transport has no beginning
--   packets: of both sides
--   client_bytes: IP bytes from the client
--   server_bytes: IP bytes from the server
--   bytes_per_s: IP bytes of both sides per second
--   turns: changes of speaker
--   scope: of the server's address
--   first_time: UTC
--   last_time: UTC
--   first_frame: first frame
--   last_frame: last frame
--   flow: flows.id
--   capture: captures.id
-- Parameters:
--   seconds: only those that lasted so long or longer; default 0
--   scope: only servers whose address has this scope, such as global; default all
--   service: only this service; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default 50
WITH longest AS MATERIALIZED (
  SELECT f.*, f.last_ts - f.first_ts AS duration
  FROM flows f NOT INDEXED
  WHERE f.last_ts - f.first_ts >= CAST(coalesce(:seconds, 0) * 1000000000 AS INTEGER)
    AND (:capture IS NULL OR f.capture_id = :capture)
    AND (:service IS NULL OR f.service = :service COLLATE NOCASE)
    AND (:scope IS NULL OR f.server_id IN (SELECT id FROM addresses WHERE scope = :scope))
  ORDER BY duration DESC, f.id
  LIMIT coalesce(:limit, 50)
)
SELECT
  printf('%.3f', f.duration / 1e9) AS duration_s,
  f.transport,
  f.service,
  c.ip AS client,
  f.client_port,
  s.ip AS server,
  f.server_port,
  (SELECT group_concat(n.name)
   FROM (SELECT DISTINCT name FROM address_names
         WHERE address_id = f.server_id AND capture_id = f.capture_id LIMIT 20) n) AS server_names,
  round(100.0 * f.duration / nullif(p.last_ts - p.first_ts, 0), 1) AS share,
  CASE WHEN f.state IN ('S0', 'S1', 'S2', 'S3', 'OTH') THEN 'no' WHEN f.state IS NOT NULL THEN 'yes' END AS ended,
  CASE
    WHEN f.transport <> 'tcp' THEN NULL WHEN f.syn_frame_id IS NULL AND f.syn_ack_frame_id IS NULL THEN 'no' ELSE 'yes'
  END AS began,
  f.client_packets + f.server_packets AS packets,
  f.client_bytes,
  f.server_bytes,
  round((f.client_bytes + f.server_bytes) * 1e9 / nullif(f.duration, 0), 1) AS bytes_per_s,
  f.turns,
  s.scope,
  t.time AS first_time,
  e.time AS last_time,
  t.frame AS first_frame,
  e.frame AS last_frame,
  f.id AS flow,
  f.capture_id AS capture
FROM longest f
CROSS JOIN addresses c ON c.id = f.client_id
CROSS JOIN addresses s ON s.id = f.server_id
CROSS JOIN captures p ON p.id = f.capture_id
CROSS JOIN frame_times t ON t.frame_id = f.first_frame_id
CROSS JOIN frame_times e ON e.frame_id = f.last_frame_id
ORDER BY f.duration DESC, f.id;
