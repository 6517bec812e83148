-- What the capturing program missed
-- Question: did the capturing system drop packets, so that what is missing was lost by it and not by the network?
-- Only pcapng captures say so, and not all of them; an interface of which nothing is said has no row.
-- Columns:
--   capture: captures.id
--   path: of the capture
--   interface: its name, else description or number
--   received: packets that arrived
--   dropped: packets that the interface dropped
--   dropped_by_system: packets that the operating system dropped
--   lost_between: packets lost between those captured, as frames themselves say
--   lost_percent: packets dropped, of all that arrived
--   start_time: when the capture began, UTC
--   end_time: when the capture ended, UTC
-- Parameters:
--   drops: 1 shows only interfaces with drops; default 0
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH counted AS (
  SELECT
    s.*, i.capture_id, i.number, coalesce(i.name, i.description, i.number) AS interface,
    max(coalesce(s.dropped, 0) + coalesce(s.dropped_by_system, 0), coalesce(s.lost_between, 0)) AS lost
  FROM interface_statistics s
  CROSS JOIN interfaces i ON i.id = s.interface_id
  WHERE :capture IS NULL OR i.capture_id = :capture
)
SELECT
  k.capture_id AS capture,
  c.path,
  k.interface,
  k.received,
  k.dropped,
  k.dropped_by_system,
  k.lost_between,
  round(100.0 * k.lost / k.received, 2) AS lost_percent,
  strftime('%Y-%m-%d %H:%M:%f', k.start_ts / 1e9, 'unixepoch') AS start_time,
  strftime('%Y-%m-%d %H:%M:%f', coalesce(k.end_ts, k.ts) / 1e9, 'unixepoch') AS end_time
FROM counted k
CROSS JOIN captures c ON c.id = k.capture_id
WHERE k.lost > 0 OR NOT coalesce(:drops, 0)
ORDER BY k.lost DESC, k.interface_id
LIMIT coalesce(:limit, -1);
