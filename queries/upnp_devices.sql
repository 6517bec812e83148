-- Devices that announce themselves by SSDP
-- Question: which devices announce themselves or answer a search by SSDP (UPnP), what are they, and where are they described?
-- Columns:
--   ip: who says so
--   device: its UUID, or the whole unique service name where that has none
--   server: SERVER field: operating system, UPnP version and product
--   location: URL of its description, the last one that it gave
--   services: what it offers: devices and services, 20 at most
--   announcements: NOTIFY messages that say that it is there
--   departures: NOTIFY messages that say that it goes (ssdp:byebye)
--   answers: answers to searches
--   first_time: of the first message, UTC
--   first_frame: frame of the first message
--   last_time: of the last message, UTC
--   flow: flows.id of the first message
--   capture: captures.id
-- Parameters:
--   ip: only this device; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  said AS MATERIALIZED (
    SELECT q.flow_id, q.frame_id, f.client_id AS sender_id, f.capture_id, 0 AS is_answer,
      max(iif(lower(h.name) = 'usn', h.value, NULL)) AS usn, max(iif(lower(h.name) = 'nt', h.value, NULL)) AS target,
      max(iif(lower(h.name) = 'nts', h.value, NULL)) AS kind, max(iif(lower(h.name) = 'server', h.value, NULL)) AS server,
      max(iif(lower(h.name) = 'location', h.value, NULL)) AS location
    FROM flows f
    CROSS JOIN http_requests q ON q.flow_id = f.id AND q.method = 'NOTIFY'
    LEFT JOIN http_headers h ON h.request_id = q.id
    WHERE f.service = 'ssdp' AND (:capture IS NULL OR f.capture_id = :capture)
    GROUP BY q.id
    UNION ALL
    SELECT r.flow_id, r.frame_id, f.server_id, f.capture_id, 1,
      max(iif(lower(h.name) = 'usn', h.value, NULL)), max(iif(lower(h.name) = 'st', h.value, NULL)), NULL,
      max(iif(lower(h.name) = 'server', h.value, NULL)), max(iif(lower(h.name) = 'location', h.value, NULL))
    FROM flows f
    CROSS JOIN http_responses r ON r.flow_id = f.id
    LEFT JOIN http_headers h ON h.response_id = r.id
    WHERE f.service = 'ssdp' AND (:capture IS NULL OR f.capture_id = :capture)
    GROUP BY r.id
  ),
  named AS MATERIALIZED (
    SELECT *, coalesce(substr(usn, 1, instr(usn || '::', '::') - 1), '') AS device FROM said
  ),
  devices AS (
    SELECT capture_id, sender_id, device, min(frame_id) AS first_id, max(frame_id) AS last_id,
      sum(NOT is_answer AND lower(coalesce(kind, '')) <> 'ssdp:byebye') AS announcements,
      sum(NOT is_answer AND lower(kind) = 'ssdp:byebye') AS departures, sum(is_answer) AS answers
    FROM named
    GROUP BY capture_id, sender_id, device
  )
SELECT
  a.ip,
  nullif(d.device, '') AS device,
  (SELECT n.server FROM named n
   WHERE n.capture_id = d.capture_id AND n.sender_id = d.sender_id AND n.device = d.device AND n.server IS NOT NULL
   ORDER BY n.frame_id DESC LIMIT 1) AS server,
  (SELECT n.location FROM named n
   WHERE n.capture_id = d.capture_id AND n.sender_id = d.sender_id AND n.device = d.device AND n.location IS NOT NULL
   ORDER BY n.frame_id DESC LIMIT 1) AS location,
  (SELECT group_concat(n.target, ', ')
   FROM (SELECT DISTINCT target FROM named
         WHERE capture_id = d.capture_id AND sender_id = d.sender_id AND device = d.device AND target IS NOT NULL
           AND target <> d.device
         ORDER BY target LIMIT 20) n) AS services,
  coalesce(d.announcements, 0) AS announcements,
  coalesce(d.departures, 0) AS departures,
  d.answers,
  t.time AS first_time,
  t.frame AS first_frame,
  l.time AS last_time,
  (SELECT n.flow_id FROM named n WHERE n.frame_id = d.first_id LIMIT 1) AS flow,
  d.capture_id AS capture
FROM devices d
CROSS JOIN addresses a ON a.id = d.sender_id
CROSS JOIN frame_times t ON t.frame_id = d.first_id
CROSS JOIN frame_times l ON l.frame_id = d.last_id
WHERE :ip IS NULL OR a.ip = :ip
ORDER BY d.first_id, d.device
LIMIT coalesce(:limit, -1);
