-- Conversations, as Wireshark's statistics of that name
-- Question: who talked to whom, in what, how long and how much?
-- Columns:
--   time: of the first frame, UTC
--   transport: tcp, udp, icmp, ...
--   service: what is spoken; empty: not known
--   client: who began
--   client_port: the client's port
--   server: the other side
--   server_port: the server's port
--   server_names: names that the capture gives the server's address, 20 at most
--   packets: of both sides
--   bytes: IP bytes of both sides
--   client_bytes: IP bytes from the client
--   server_bytes: IP bytes from the server
--   duration_s: seconds from the first to the last frame
--   rtt_ms: of the TCP handshake, milliseconds
--   state: Zeek's conn_state
--   missing_bytes: payload bytes that the capture lacks
--   retransmissions: TCP segments that were sent again
--   first_frame: first frame
--   last_frame: last frame
--   flow: flows.id
--   capture: captures.id
-- Parameters:
--   address: only those of this IP address; default all
--   service: only this service; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  -- All flows in turn, or those of the address by the indexes that find them.
  listed AS (
    SELECT v.*, f.irtt_ns, f.missing_bytes, f.retransmissions
    FROM conversations v
    CROSS JOIN flows f ON f.id = v.flow_id
    WHERE :address IS NULL
    UNION ALL
    SELECT v.*, f.irtt_ns, f.missing_bytes, f.retransmissions
    FROM (
      SELECT f.id FROM addresses a CROSS JOIN flows f ON f.client_id = a.id WHERE a.ip = :address
      UNION
      SELECT f.id FROM addresses a CROSS JOIN flows f ON f.server_id = a.id WHERE a.ip = :address
    ) w
    CROSS JOIN conversations v ON v.flow_id = w.id
    CROSS JOIN flows f ON f.id = w.id
  )
SELECT
  v.time,
  v.transport,
  v.service,
  v.client_ip AS client,
  v.client_port,
  v.server_ip AS server,
  v.server_port,
  v.server_names,
  v.client_packets + v.server_packets AS packets,
  v.client_bytes + v.server_bytes AS bytes,
  v.client_bytes,
  v.server_bytes,
  iif(v.duration_s IS NULL, NULL, printf('%.6f', v.duration_s)) AS duration_s,
  round(v.irtt_ns / 1e6, 3) AS rtt_ms,
  v.state,
  v.missing_bytes,
  v.retransmissions,
  v.first_frame,
  v.last_frame,
  v.flow_id AS flow,
  v.capture_id AS capture
FROM listed v
WHERE (:service IS NULL OR v.service = :service COLLATE NOCASE) AND (:capture IS NULL OR v.capture_id = :capture)
ORDER BY v.flow_id
LIMIT coalesce(:limit, -1);
