-- IP addresses and the MAC addresses that claimed them by ARP
-- Question: which machine has which address, and does anybody claim another's?
-- Columns:
--   ip: address that is claimed
--   mac: who claims it
--   requests: ARP requests that say so
--   replies: ARP replies that say so
--   first_time: of the first message, UTC
--   last_time: of the last message, UTC
--   first_frame: first frame that says so
--   last_frame: last frame that says so
--   remark: where several MAC addresses claim this IP address, or this MAC address claims several IP addresses
--   capture: captures.id
-- Parameters:
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  claims AS (
    SELECT
      capture_id, sender_ip AS ip, sender_mac AS mac, sum(operation = 'request') AS requests,
      sum(operation = 'reply') AS replies, min(frame_id) AS first_frame_id, max(frame_id) AS last_frame_id
    FROM arp_messages
    -- A probe asks from 0.0.0.0 and claims nothing.
    WHERE sender_ip <> '0.0.0.0' AND (:capture IS NULL OR capture_id = :capture)
    GROUP BY capture_id, sender_ip, sender_mac
  ),
  counted AS (
    SELECT
      *, count(*) OVER (PARTITION BY capture_id, ip) AS macs, count(*) OVER (PARTITION BY capture_id, mac) AS ips
    FROM claims
  )
SELECT
  k.ip,
  k.mac,
  k.requests,
  k.replies,
  x.time AS first_time,
  y.time AS last_time,
  x.frame AS first_frame,
  y.frame AS last_frame,
  CASE
    WHEN k.macs > 1 AND k.ips > 1 THEN k.macs || ' MACs claim this IP; this MAC claims ' || k.ips || ' IPs'
    WHEN k.macs > 1 THEN k.macs || ' MACs claim this IP'
    WHEN k.ips > 1 THEN 'this MAC claims ' || k.ips || ' IPs'
  END AS remark,
  k.capture_id AS capture
FROM counted k
CROSS JOIN frame_times x ON x.frame_id = k.first_frame_id
CROSS JOIN frame_times y ON y.frame_id = k.last_frame_id
ORDER BY k.capture_id, k.macs > 1 DESC, k.ip, k.first_frame_id
LIMIT coalesce(:limit, -1);
