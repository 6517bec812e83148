-- HTTP connections as Follow HTTP Stream counts them
-- Question: how many messages did each side of an HTTP connection send, in how many turns, and how many bytes decoded?
-- Columns:
--   flow: flows.id
--   time: of the first message's first byte, UTC
--   client: who asks
--   client_port: the client's port
--   server: who answers
--   server_port: the server's port
--   hosts: Host fields
--   client_messages: requests
--   server_messages: responses, interim ones (1xx) included
--   turns: changes of speaker among the messages; of HTTP/2 those in each stream, added up
--   bytes: start lines, header fields (of HTTP/2 compressed) and bodies of both sides, gzip and deflate undone
--   body_bytes: bodies of both sides as sent
--   first_frame: frame of the first message's first byte
--   last_frame: frame that completes the last message
--   capture: captures.id
-- Parameters:
--   flow: only this connection (flows.id); default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  -- Connections in the order of the indexes, so that no more of them are looked at than are shown. One connection is a
  -- range as well.
  shown AS (
    SELECT q.flow_id
    FROM http_requests q
    WHERE q.flow_id BETWEEN coalesce(:flow, 1) AND coalesce(:flow, 9223372036854775807)
      AND (:capture IS NULL OR (SELECT f.capture_id FROM flows f WHERE f.id = q.flow_id) = :capture)
    UNION
    SELECT r.flow_id
    FROM http_responses r
    WHERE r.flow_id BETWEEN coalesce(:flow, 1) AND coalesce(:flow, 9223372036854775807)
      AND (:capture IS NULL OR (SELECT f.capture_id FROM flows f WHERE f.id = r.flow_id) = :capture)
    ORDER BY flow_id
    LIMIT coalesce(:limit, -1)
  ),
  messages AS (
    SELECT
      s.flow_id, 1 AS from_client, q.frame_id, q.last_frame_id, q.host, q.head_length + q.decoded_length AS bytes,
      q.body_length AS body, q.stream_id
    FROM shown s
    CROSS JOIN http_requests q ON q.flow_id = s.flow_id
    UNION ALL
    SELECT s.flow_id, 0, r.frame_id, r.last_frame_id, NULL, r.head_length + r.decoded_length, r.body_length, r.stream_id
    FROM shown s
    CROSS JOIN http_responses r ON r.flow_id = s.flow_id
  ),
  ordered AS (
    SELECT
      *, from_client <> lag(from_client) OVER (
        PARTITION BY flow_id, stream_id ORDER BY last_frame_id, frame_id) AS turned
    FROM messages
  ),
  connections AS (
    SELECT
      flow_id, group_concat(DISTINCT host) AS hosts, sum(from_client) AS client_messages,
      sum(NOT from_client) AS server_messages, coalesce(sum(turned), 0) AS turns, sum(bytes) AS bytes,
      sum(body) AS body_bytes,
      min(frame_id) AS frame_id, max(last_frame_id) AS last_frame_id
    FROM ordered
    GROUP BY flow_id
  )
SELECT
  m.flow_id AS flow,
  t.time,
  c.ip AS client,
  f.client_port,
  s.ip AS server,
  f.server_port,
  m.hosts,
  m.client_messages,
  m.server_messages,
  m.turns,
  m.bytes,
  m.body_bytes,
  t.frame AS first_frame,
  e.number AS last_frame,
  f.capture_id AS capture
FROM connections m
CROSS JOIN flows f ON f.id = m.flow_id
CROSS JOIN addresses c ON c.id = f.client_id
CROSS JOIN addresses s ON s.id = f.server_id
CROSS JOIN frame_times t ON t.frame_id = m.frame_id
CROSS JOIN frames e ON e.id = m.last_frame_id
ORDER BY m.flow_id;
