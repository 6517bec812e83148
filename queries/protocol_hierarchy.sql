-- Protocol hierarchy, as Wireshark's statistics of that name
-- Question: which protocols does the capture hold, and how much of each?
-- A flow counts wholly under its service: its bare segments too, which Wireshark leaves at tcp.
-- Columns:
--   protocol: indented under the one that carries it
--   frames: frames of it and of what it carries
--   percent: of all frames
--   bytes: IP bytes, headers included; without IP bytes on the wire
--   flows: number of conversations; empty: not IP
--   capture: captures.id
-- Parameters:
--   capture: only this capture (captures.id); default all
WITH
  parts (capture_id, network, transport, service, frames, bytes, flows) AS (
    SELECT
      capture_id, lower(network), transport, iif(transport IN ('tcp', 'udp'), coalesce(service, 'data'), NULL),
      sum(frames), sum(bytes), sum(flows)
    FROM traffic_by_protocol
    WHERE :capture IS NULL OR capture_id = :capture
    GROUP BY 1, 2, 3, 4
  ),
  tree (capture_id, depth, protocol, network, transport, service, frames, bytes, flows) AS (
    SELECT capture_id, 0, 'frame', NULL, NULL, NULL, sum(frames), sum(bytes), sum(flows) FROM parts GROUP BY 1
    UNION ALL
    SELECT capture_id, 1, network, network, NULL, NULL, sum(frames), sum(bytes), sum(flows)
    FROM parts GROUP BY 1, network
    UNION ALL
    SELECT capture_id, 2, transport, network, transport, NULL, sum(frames), sum(bytes), sum(flows)
    FROM parts WHERE transport IS NOT NULL GROUP BY 1, network, transport
    UNION ALL
    SELECT capture_id, 3, service, network, transport, service, sum(frames), sum(bytes), sum(flows)
    FROM parts WHERE service IS NOT NULL GROUP BY 1, network, transport, service
  ),
  -- Each row's place: below its parent, the larger one first.
  placed AS (
    SELECT
      *,
      max(frames) OVER (PARTITION BY capture_id) AS all_frames,
      max(frames) OVER (PARTITION BY capture_id, network) AS network_frames,
      max(iif(depth >= 2, frames, NULL)) OVER (PARTITION BY capture_id, network, transport) AS transport_frames
    FROM tree
  )
SELECT
  substr('      ', 1, depth * 2) || protocol AS protocol,
  frames,
  round(100.0 * frames / nullif(all_frames, 0), 2) AS percent,
  bytes,
  flows,
  capture_id AS capture
FROM placed
ORDER BY
  capture_id, depth > 0, network_frames DESC, network, depth > 1, transport_frames DESC, transport, depth > 2,
  frames DESC, service;
