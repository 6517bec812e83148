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
  totals AS (
    SELECT capture_id, sum(bytes) AS bytes FROM traffic_by_protocol WHERE transport IS NOT NULL GROUP BY capture_id
  ),
  top AS (
    SELECT *, sent_bytes + received_bytes AS bytes
    FROM address_traffic
    WHERE :capture IS NULL OR capture_id = :capture
    ORDER BY bytes DESC, address_id
    LIMIT coalesce(:limit, 50)
  )
SELECT
  a.ip,
  (SELECT group_concat(n.name)
   FROM (SELECT DISTINCT name FROM address_names
         WHERE address_id = p.address_id AND capture_id = p.capture_id LIMIT 20) n) AS names,
  a.scope,
  p.bytes,
  p.sent_bytes,
  p.received_bytes,
  p.sent_packets + p.received_packets AS packets,
  p.sent_packets,
  p.received_packets,
  round(100.0 * p.bytes / nullif(t.bytes, 0), 2) AS share,
  p.flows,
  -- In the order of the indexes, which are read side by side.
  (SELECT count(*)
   FROM (SELECT server_id AS peer_id FROM flows WHERE client_id = p.address_id AND capture_id = p.capture_id
         UNION
         SELECT client_id FROM flows WHERE server_id = p.address_id AND capture_id = p.capture_id
         ORDER BY peer_id)) AS peers,
  x.time AS first_time,
  y.time AS last_time,
  p.capture_id AS capture
FROM top p
CROSS JOIN addresses a ON a.id = p.address_id
CROSS JOIN totals t ON t.capture_id = p.capture_id
CROSS JOIN frame_times x ON x.frame_id = p.first_frame_id
CROSS JOIN frame_times y ON y.frame_id = p.last_frame_id
ORDER BY p.bytes DESC, p.address_id;
