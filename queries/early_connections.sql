-- TCP connections that were already open when the capture began
-- Question: for which connections are DNS lookup and handshake missing because they are older than the capture?
-- Neither SYN nor SYN-ACK was seen. Which end is the client follows from ports, content or the first packet.
-- Columns:
--   time: of the first frame, UTC
--   client: who seems to have connected
--   client_port: the client's port
--   server: who seems to have been connected to
--   server_port: the server's port
--   server_names: names that the capture gives the server's address, 20 at most
--   service: what is spoken; empty: not known
--   bytes: IP bytes of both sides
--   client_payload: payload bytes from the client
--   server_payload: payload bytes from the server
--   duration_s: seconds from the first to the last frame
--   first_frame: first frame
--   state: Zeek's conn_state
--   scope: of the server's address
--   flow: flows.id
--   capture: captures.id
-- Parameters:
--   scope: only servers of this scope, such as global; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
SELECT
  t.time,
  c.ip AS client,
  f.client_port,
  s.ip AS server,
  f.server_port,
  (SELECT group_concat(n.name)
   FROM (SELECT DISTINCT name FROM address_names
         WHERE address_id = f.server_id AND capture_id = f.capture_id LIMIT 20) n) AS server_names,
  f.service,
  f.client_bytes + f.server_bytes AS bytes,
  f.client_payload,
  f.server_payload,
  iif(f.last_ts - f.first_ts IS NULL, NULL, printf('%.6f', (f.last_ts - f.first_ts) / 1e9)) AS duration_s,
  t.frame AS first_frame,
  f.state,
  s.scope,
  f.id AS flow,
  f.capture_id AS capture
FROM flows f
CROSS JOIN addresses c ON c.id = f.client_id
CROSS JOIN addresses s ON s.id = f.server_id
CROSS JOIN frame_times t ON t.frame_id = f.first_frame_id
WHERE f.transport = 'tcp' AND f.syn_frame_id IS NULL AND f.syn_ack_frame_id IS NULL
  AND (:scope IS NULL OR s.scope = :scope)
  AND (:capture IS NULL OR f.capture_id = :capture)
ORDER BY f.first_frame_id
LIMIT coalesce(:limit, -1);
