-- TCP connections that were tried and carried no data
-- Question: where did somebody try to connect without a byte of data either way: nobody there, refused, or only opened?
-- Columns:
--   time: of the first frame, UTC
--   client: who tried
--   client_port: the client's port
--   server: where to
--   server_port: the server's port
--   server_names: names that the capture gives the server's address, 20 at most
--   outcome: no answer (a lone SYN), refused (reset), opened (no data)
--   client_packets: packets from the client
--   server_packets: packets from the server
--   bytes: IP bytes of both sides
--   duration_s: seconds from the first to the last frame
--   tries: how often this client tried this server and port without data
--   first_frame: first frame
--   state: Zeek's conn_state
--   scope: of the server's address
--   flow: flows.id
--   capture: captures.id
-- Parameters:
--   outcome: only no answer, refused or opened; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  empty AS (
    SELECT
      *, count(*) OVER (PARTITION BY capture_id, client_id, server_id, server_port) AS tries,
      CASE
        WHEN syn_ack_frame_id IS NOT NULL THEN 'opened'
        WHEN state = 'REJ' THEN 'refused'
        WHEN server_packets = 0 THEN 'no answer'
        ELSE 'refused'
      END AS outcome
    FROM flows
    WHERE transport = 'tcp' AND syn_frame_id IS NOT NULL AND client_payload = 0 AND server_payload = 0
      AND missing_bytes = 0
      AND (:capture IS NULL OR capture_id = :capture)
  )
SELECT
  t.time,
  c.ip AS client,
  f.client_port,
  s.ip AS server,
  f.server_port,
  (SELECT group_concat(n.name)
   FROM (SELECT DISTINCT name FROM address_names
         WHERE address_id = f.server_id AND capture_id = f.capture_id LIMIT 20) n) AS server_names,
  f.outcome,
  f.client_packets,
  f.server_packets,
  f.client_bytes + f.server_bytes AS bytes,
  iif(f.last_ts - f.first_ts IS NULL, NULL, printf('%.6f', (f.last_ts - f.first_ts) / 1e9)) AS duration_s,
  f.tries,
  t.frame AS first_frame,
  f.state,
  s.scope,
  f.id AS flow,
  f.capture_id AS capture
FROM empty f
CROSS JOIN addresses c ON c.id = f.client_id
CROSS JOIN addresses s ON s.id = f.server_id
CROSS JOIN frame_times t ON t.frame_id = f.first_frame_id
WHERE :outcome IS NULL OR f.outcome = :outcome
ORDER BY f.first_frame_id
LIMIT coalesce(:limit, -1);
