-- Frames as Wireshark's packet list shows them
-- Question: what does the capture hold, frame by frame?
-- Columns:
--   frame: as Wireshark numbers it
--   time: UTC
--   relative_s: seconds since the capture's earliest frame
--   source: sender's address
--   destination: receiver's address
--   protocol: what the frame carries
--   length: bytes on the wire
--   info: in Wireshark's words
--   flow: flows.id; empty: no IP
--   capture: captures.id
-- Parameters:
--   first: from this frame number on; default 1
--   last: to this frame number; default the last
--   flow: only this flow (flows.id); default all
--   address: only frames from or to this IP address; default all
--   protocol: only frames that carry this, such as HTTP; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows, -1 for all; default 1000
WITH
  -- Found first by the index that serves, so that the columns are worked out for the rows that are shown only.
  wanted AS (
    SELECT id, capture_id, number FROM frames WHERE :flow IS NULL AND :address IS NULL
    UNION ALL
    SELECT id, capture_id, number FROM frames WHERE :flow IS NOT NULL AND flow_id = :flow
    UNION ALL
    SELECT id, capture_id, number FROM frames
    WHERE :flow IS NULL AND :address IS NOT NULL AND flow_id IN (
      SELECT f.id FROM addresses a CROSS JOIN flows f ON f.client_id = a.id WHERE a.ip = :address
      UNION ALL
      SELECT f.id FROM addresses a CROSS JOIN flows f ON f.server_id = a.id WHERE a.ip = :address)
  ),
  shown AS MATERIALIZED (
    SELECT w.id
    FROM wanted w
    WHERE w.number >= CAST(coalesce(:first, 1) AS INTEGER)
      AND (:last IS NULL OR w.number <= CAST(:last AS INTEGER))
      AND (:capture IS NULL OR w.capture_id = :capture)
      AND (:protocol IS NULL
        OR (SELECT p.protocol FROM packets p WHERE p.frame_id = w.id) = :protocol COLLATE NOCASE)
    ORDER BY w.id
    LIMIT coalesce(:limit, 1000)
  )
SELECT
  p.frame,
  p.time,
  iif(p.ts IS NULL, NULL, printf('%.6f', (p.ts - c.first_ts) / 1e9)) AS relative_s,
  p.source,
  p.destination,
  p.protocol,
  p.length,
  p.info,
  p.flow_id AS flow,
  p.capture_id AS capture
FROM shown s
CROSS JOIN packets p ON p.frame_id = s.id
CROSS JOIN captures c ON c.id = p.capture_id
ORDER BY s.id;
