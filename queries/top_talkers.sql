-- Addresses by traffic
-- Question: which addresses sent and received most?
-- Columns:
--   ip: the address
--   names: names that the capture gives it, 20 at most
--   scope: how far the address reaches: global, private, multicast, ...
--   bytes: IP bytes sent and received
--   sent_bytes: IP bytes sent
--   received_bytes: IP bytes received
--   packets: sent and received
--   sent_packets: packets sent
--   received_packets: packets received
--   share: bytes as percentage of all IP bytes (each flow counts at both of its ends)
--   flows: conversations that it is an end of
--   peers: number of addresses that it has conversations with
--   first_time: of the first frame, UTC
--   last_time: of the last frame, UTC
--   capture: captures.id
-- Parameters:
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default 50
WITH
  ends AS (
    SELECT
      capture_id, client_id AS address_id, server_id AS peer_id, client_bytes AS sent, server_bytes AS received,
      client_packets AS sent_packets, server_packets AS received_packets, first_frame_id, last_frame_id
    FROM flows WHERE :capture IS NULL OR capture_id = :capture
    UNION ALL
    SELECT
      capture_id, server_id, client_id, server_bytes, client_bytes, server_packets, client_packets, first_frame_id,
      last_frame_id
    FROM flows WHERE client_id <> server_id AND (:capture IS NULL OR capture_id = :capture)
  ),
  talkers AS (
    SELECT
      capture_id, address_id, sum(sent + received) AS bytes, sum(sent) AS sent, sum(received) AS received,
      sum(sent_packets) AS sent_packets, sum(received_packets) AS received_packets, count(*) AS flows,
      count(DISTINCT peer_id) AS peers, min(first_frame_id) AS first_frame_id, max(last_frame_id) AS last_frame_id
    FROM ends
    GROUP BY capture_id, address_id
  ),
  totals AS (
    SELECT capture_id, sum(client_bytes + server_bytes) AS bytes FROM flows GROUP BY capture_id
  ),
  top AS MATERIALIZED (
    SELECT * FROM talkers ORDER BY bytes DESC, address_id LIMIT coalesce(:limit, 50)
  )
SELECT
  a.ip,
  (SELECT group_concat(n.name)
   FROM (SELECT DISTINCT name FROM address_names
         WHERE address_id = p.address_id AND capture_id = p.capture_id LIMIT 20) n) AS names,
  a.scope,
  p.bytes,
  p.sent AS sent_bytes,
  p.received AS received_bytes,
  p.sent_packets + p.received_packets AS packets,
  p.sent_packets,
  p.received_packets,
  round(100.0 * p.bytes / nullif(t.bytes, 0), 2) AS share,
  p.flows,
  p.peers,
  x.time AS first_time,
  y.time AS last_time,
  p.capture_id AS capture
FROM top p
CROSS JOIN addresses a ON a.id = p.address_id
CROSS JOIN totals t ON t.capture_id = p.capture_id
CROSS JOIN frame_times x ON x.frame_id = p.first_frame_id
CROSS JOIN frame_times y ON y.frame_id = p.last_frame_id
ORDER BY p.bytes DESC, p.address_id;
