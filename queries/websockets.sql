-- WebSocket connections with what was said
-- Question: which pages and programs talk by WebSocket, how much does each side say, and how does it begin and end?
-- Columns:
--   time: of the request that asked for the connection, UTC; without it, of the first message
--   client: who asked
--   server: who answered
--   port: the server's port
--   url: what was asked for; empty: the request was not seen
--   origin: page that the client says it comes from
--   client_messages: texts and binaries of the client
--   server_messages: texts and binaries of the server
--   client_bytes: their bytes, compression undone
--   server_bytes: likewise
--   pings: pings of both sides
--   client_text: the client's first text, its first 200 characters
--   server_text: the server's first text, its first 200 characters
--   close_code: why it was closed, of the first close; 1000 is normal
--   close_reason: the same in words
--   frame: frame of the request's first byte; without it, of the first message
--   flow: flows.id
--   capture: captures.id
-- Parameters:
--   flow: only this connection (flows.id); default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  talks AS (
    SELECT
      m.flow_id, max(m.request_id) AS request_id, min(m.frame_id) AS frame_id,
      sum(m.from_client AND m.opcode IN ('text', 'binary')) AS client_messages,
      sum(NOT m.from_client AND m.opcode IN ('text', 'binary')) AS server_messages,
      sum(iif(m.from_client AND m.opcode IN ('text', 'binary'), m.decoded_length, 0)) AS client_bytes,
      sum(iif(NOT m.from_client AND m.opcode IN ('text', 'binary'), m.decoded_length, 0)) AS server_bytes,
      sum(m.opcode = 'ping') AS pings
    FROM websocket_messages m
    WHERE m.flow_id BETWEEN coalesce(:flow, 1) AND coalesce(:flow, 9223372036854775807)
      AND (:capture IS NULL OR (SELECT f.capture_id FROM flows f WHERE f.id = m.flow_id) = :capture)
    GROUP BY m.flow_id
    ORDER BY m.flow_id
    LIMIT coalesce(:limit, -1)
  )
SELECT
  t.time,
  c.ip AS client,
  s.ip AS server,
  f.server_port AS port,
  'ws://' || coalesce(
    q.host, iif(instr(s.ip, ':'), '[' || s.ip || ']', s.ip) || iif(f.server_port = 80, '', ':' || f.server_port)
  ) || q.uri AS url,
  (SELECT h.value FROM http_headers h WHERE h.request_id = q.id AND lower(h.name) = 'origin' LIMIT 1) AS origin,
  w.client_messages,
  w.server_messages,
  w.client_bytes,
  w.server_bytes,
  w.pings,
  (SELECT substr(m.text, 1, 200) FROM websocket_messages m
   WHERE m.flow_id = w.flow_id AND m.opcode = 'text' AND m.from_client ORDER BY m.last_frame_id, m.id LIMIT 1)
    AS client_text,
  (SELECT substr(m.text, 1, 200) FROM websocket_messages m
   WHERE m.flow_id = w.flow_id AND m.opcode = 'text' AND NOT m.from_client ORDER BY m.last_frame_id, m.id LIMIT 1)
    AS server_text,
  e.close_code,
  e.text AS close_reason,
  t.frame,
  w.flow_id AS flow,
  t.capture_id AS capture
FROM talks w
CROSS JOIN flows f ON f.id = w.flow_id
CROSS JOIN addresses c ON c.id = f.client_id
CROSS JOIN addresses s ON s.id = f.server_id
LEFT JOIN http_requests q ON q.id = w.request_id
CROSS JOIN frame_times t ON t.frame_id = coalesce(q.frame_id, w.frame_id)
LEFT JOIN websocket_messages e ON e.id = (
  SELECT m.id FROM websocket_messages m
  WHERE m.flow_id = w.flow_id AND m.opcode = 'close' ORDER BY m.last_frame_id, m.id LIMIT 1)
ORDER BY w.flow_id;
