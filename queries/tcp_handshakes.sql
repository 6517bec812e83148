-- TCP handshakes with their frames and round-trip time
-- Question: which frames are each connection's SYN, SYN-ACK and ACK, and how long did the handshake take?
-- Connections of which neither SYN nor SYN-ACK was seen are in early_connections.
-- Columns:
--   time: of the SYN (of the SYN-ACK where that alone was seen), UTC
--   client: who connects
--   client_port: the client's port
--   server: who is connected to
--   server_port: the server's port
--   syn_frame: empty: not seen
--   syn_ack_frame: empty: not seen
--   ack_frame: empty: not seen
--   syn_ack_ms: from the SYN to the SYN-ACK, milliseconds
--   ack_ms: from the SYN-ACK to the ACK, milliseconds
--   rtt_ms: from the SYN to the ACK, milliseconds (Wireshark's iRTT)
--   outcome: established, refused, no answer, or not finished
--   state: Zeek's conn_state
--   flow: flows.id
--   capture: captures.id
-- Parameters:
--   flow: only this connection (flows.id); default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
SELECT
  t.time,
  c.ip AS client,
  f.client_port,
  s.ip AS server,
  f.server_port,
  s1.number AS syn_frame,
  s2.number AS syn_ack_frame,
  s3.number AS ack_frame,
  round((s2.ts - s1.ts) / 1e6, 3) AS syn_ack_ms,
  round((s3.ts - s2.ts) / 1e6, 3) AS ack_ms,
  round(f.irtt_ns / 1e6, 3) AS rtt_ms,
  CASE
    WHEN f.syn_ack_frame_id IS NOT NULL AND f.ack_frame_id IS NOT NULL THEN 'established'
    WHEN f.state = 'REJ' THEN 'refused'
    WHEN f.server_packets = 0 THEN 'no answer'
    ELSE 'not finished'
  END AS outcome,
  f.state,
  f.id AS flow,
  f.capture_id AS capture
FROM flows f
CROSS JOIN addresses c ON c.id = f.client_id
CROSS JOIN addresses s ON s.id = f.server_id
CROSS JOIN frame_times t ON t.frame_id = coalesce(f.syn_frame_id, f.syn_ack_frame_id)
LEFT JOIN frames s1 ON s1.id = f.syn_frame_id
LEFT JOIN frames s2 ON s2.id = f.syn_ack_frame_id
LEFT JOIN frames s3 ON s3.id = f.ack_frame_id
-- One flow is a range as well, which its key finds.
WHERE f.id BETWEEN coalesce(:flow, 1) AND coalesce(:flow, 9223372036854775807) AND f.transport = 'tcp'
  AND (:capture IS NULL OR f.capture_id = :capture)
ORDER BY f.id
LIMIT coalesce(:limit, -1);
