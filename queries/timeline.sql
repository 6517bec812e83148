-- Traffic over time, as Wireshark's I/O graph
-- Question: when was how much traffic, and when did it change?
-- An interval begins at a multiple of its length since 1970. Those without frames between the first and the last are
-- shown too, unless that makes more than 10,000 rows. Frames without a time come last, in a row without one.
-- The answer comes from sums made during the ingest (traffic_by_time). Frames are counted one by one for an address, a
-- service, a flow, and for a step that is no multiple of the sums' own.
-- Columns:
--   time: start of the interval, UTC; empty: frames without a time
--   seconds: length of the interval
--   frames: frames captured in it
--   bytes: their bytes on the wire
--   bits_per_s: their bits on the wire a second
--   tcp_frames: frames of TCP
--   udp_frames: frames of UDP
--   icmp_frames: frames of ICMP and ICMPv6
--   other_frames: all others, incomplete IP fragments among them
--   tcp_bytes: bytes on the wire of TCP's frames
--   udp_bytes: bytes on the wire of UDP's frames
--   icmp_bytes: bytes on the wire of ICMP's and ICMPv6's frames
--   other_bytes: bytes on the wire of all other frames
--   flows: conversations that began
--   capture: captures.id
-- Parameters:
--   from: from the interval with this time on, UTC: '2010-02-08 21:32:53.5', or seconds since 1970; default the first
--   to: to the interval with this time; default the last
--   step: length of an interval in seconds, such as 0.1 or 60; default what makes no more rows than buckets
--   buckets: at most so many intervals of a capture where step is not given; default 100
--   address: only flows of this IP address; default all
--   service: only flows of this service; default all
--   flow: only this flow (flows.id); default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH RECURSIVE
  -- Steps to choose from, ns.
  steps (step) AS (
    VALUES
      (1000000), (2000000), (5000000), (10000000), (20000000), (50000000), (100000000), (200000000), (500000000),
      (1000000000), (2000000000), (5000000000), (10000000000), (15000000000), (30000000000), (60000000000),
      (120000000000), (300000000000), (600000000000), (900000000000), (1800000000000), (3600000000000), (7200000000000),
      (10800000000000), (21600000000000), (43200000000000), (86400000000000), (172800000000000), (432000000000000),
      (864000000000000), (1728000000000000), (4320000000000000), (8640000000000000), (86400000000000000),
      (864000000000000000)
  ),
  -- What was asked for, in ns. Text that is no time is NULL, which nothing is compared with.
  asked (step, first, last, buckets, is_filtered) AS (
    SELECT
      iif(:step > 0, min(max(CAST(round(:step * 1e9) AS INTEGER), 1), 864000000000000000), NULL),
      iif(:from IS NULL, -9223372036854775807, CAST(strftime('%s', :from, 'auto') AS INTEGER) * 1000000000
        + CAST(round(substr(strftime('%f', :from, 'auto'), 3) * 1e9) AS INTEGER)),
      iif(:to IS NULL, 9223372036854775807, CAST(strftime('%s', :to, 'auto') AS INTEGER) * 1000000000
        + CAST(round(substr(strftime('%f', :to, 'auto'), 3) * 1e9) AS INTEGER)),
      CAST(coalesce(:buckets, 100) AS INTEGER),
      :address IS NOT NULL OR :service IS NOT NULL OR :flow IS NOT NULL
  ),
  -- Flows whose frames are counted one by one, found by the index that serves.
  matched AS MATERIALIZED (
    SELECT f.id, f.capture_id, f.transport, f.first_frame_id, f.first_ts, f.last_ts
    FROM (
      SELECT id FROM flows WHERE id = :flow
      UNION ALL
      SELECT id FROM flows
      WHERE :flow IS NULL AND :address IS NULL AND :service IS NOT NULL AND service = :service COLLATE NOCASE
      UNION ALL
      SELECT id
      FROM (
        SELECT f.id FROM addresses a CROSS JOIN flows f ON f.client_id = a.id WHERE :flow IS NULL AND a.ip = :address
        UNION
        SELECT f.id FROM addresses a CROSS JOIN flows f ON f.server_id = a.id WHERE :flow IS NULL AND a.ip = :address
      )
    ) w
    CROSS JOIN flows f ON f.id = w.id
    WHERE (:service IS NULL OR f.service = :service COLLATE NOCASE)
      AND (:address IS NULL OR :address IN (SELECT a.ip FROM addresses a WHERE a.id IN (f.client_id, f.server_id)))
      AND (:capture IS NULL OR f.capture_id = :capture)
  ),
  -- Of each capture the time that the rows cover, and the duration of the roll-up's intervals.
  spans (capture_id, first, last, duration) AS (
    SELECT c.id, c.first_ts, c.last_ts, k.duration
    FROM (SELECT capture_id, max(duration) AS duration FROM traffic_by_time GROUP BY capture_id) k
    CROSS JOIN captures c ON c.id = k.capture_id
    CROSS JOIN asked a
    WHERE NOT a.is_filtered AND (:capture IS NULL OR c.id = :capture)
    UNION ALL
    SELECT capture_id, min(first_ts), max(last_ts), NULL FROM matched GROUP BY capture_id
  ),
  chosen AS (
    SELECT
      s.capture_id, s.duration, a.first, a.last,
      coalesce(
        a.step,
        -- The shortest step that the duration divides and that makes no more rows than asked for.
        (SELECT min(n.step)
         FROM steps n
         WHERE (s.duration IS NULL OR n.step % s.duration = 0)
           AND (min(a.last, s.last) - (min(a.last, s.last) % n.step + n.step) % n.step
                - (max(a.first, s.first) - (max(a.first, s.first) % n.step + n.step) % n.step)) / n.step < a.buckets),
        (SELECT max(step) FROM steps)) AS step
    FROM spans s
    CROSS JOIN asked a
  ),
  -- Of each capture the step, the times from the first to the last, and whether the roll-up serves.
  plan AS MATERIALIZED (
    SELECT
      capture_id, step, coalesce(step % duration = 0, 0) AS is_rolled_up,
      iif(:from IS NULL, first, first - (first % step + step) % step) AS first,
      iif(:to IS NULL, last, last - (last % step + step) % step + step - 1) AS last
    FROM chosen
  ),
  parts (
    capture_id, ts, step, frames, bytes, tcp_frames, tcp_bytes, udp_frames, udp_bytes, icmp_frames, icmp_bytes, flows
  ) AS (
    SELECT
      t.capture_id, t.ts, p.step, t.frames, t.bytes, t.tcp_frames, t.tcp_bytes, t.udp_frames, t.udp_bytes, t.icmp_frames,
      t.icmp_bytes, t.flows
    FROM traffic_by_time t
    CROSS JOIN plan p ON p.capture_id = t.capture_id
    WHERE p.is_rolled_up AND (t.ts BETWEEN p.first AND p.last OR (t.ts IS NULL AND :from IS NULL AND :to IS NULL))
    UNION ALL
    SELECT
      m.capture_id, f.ts, p.step, 1, f.length, m.transport = 'tcp', iif(m.transport = 'tcp', f.length, 0),
      m.transport = 'udp', iif(m.transport = 'udp', f.length, 0), m.transport IN ('icmp', 'icmpv6'),
      iif(m.transport IN ('icmp', 'icmpv6'), f.length, 0), m.first_frame_id = f.id
    FROM matched m
    CROSS JOIN plan p ON p.capture_id = m.capture_id
    CROSS JOIN frames f ON f.flow_id = m.id
    WHERE f.ts BETWEEN p.first AND p.last OR (f.ts IS NULL AND :from IS NULL AND :to IS NULL)
    UNION ALL
    -- All frames, where there is a capture whose roll-up does not fit the step.
    SELECT
      f.capture_id, f.ts, p.step, 1, f.length, coalesce(m.transport = 'tcp', 0),
      iif(m.transport = 'tcp', f.length, 0), coalesce(m.transport = 'udp', 0), iif(m.transport = 'udp', f.length, 0),
      coalesce(m.transport IN ('icmp', 'icmpv6'), 0), iif(m.transport IN ('icmp', 'icmpv6'), f.length, 0),
      coalesce(m.first_frame_id = f.id, 0)
    FROM (SELECT 1 FROM plan p CROSS JOIN asked a WHERE NOT p.is_rolled_up AND NOT a.is_filtered LIMIT 1)
    CROSS JOIN frames f
    CROSS JOIN plan p ON p.capture_id = f.capture_id
    LEFT JOIN flows m ON m.id = f.flow_id
    WHERE NOT p.is_rolled_up
      AND (f.ts BETWEEN p.first AND p.last OR (f.ts IS NULL AND :from IS NULL AND :to IS NULL))
  ),
  counted AS MATERIALIZED (
    SELECT
      capture_id, step, ts - (ts % step + step) % step AS start, sum(frames) AS frames, sum(bytes) AS bytes,
      sum(tcp_frames) AS tcp_frames, sum(tcp_bytes) AS tcp_bytes, sum(udp_frames) AS udp_frames,
      sum(udp_bytes) AS udp_bytes, sum(icmp_frames) AS icmp_frames, sum(icmp_bytes) AS icmp_bytes, sum(flows) AS flows
    FROM parts
    GROUP BY capture_id, start
  ),
  -- The intervals from the first to the last.
  slots (capture_id, step, start, last) AS (
    SELECT capture_id, step, min(start), max(start)
    FROM counted
    GROUP BY capture_id
    HAVING (max(start) - min(start)) / step < 10000
    UNION ALL
    SELECT capture_id, step, start + step, last FROM slots WHERE start < last
  )
SELECT
  strftime('%Y-%m-%d %H:%M:%S', (start - (start % 1000000000 + 1000000000) % 1000000000) / 1000000000, 'unixepoch')
    || printf('.%06d', (start % 1000000000 + 1000000000) % 1000000000 / 1000) AS time,
  iif(start IS NULL, NULL, step / 1e9) AS seconds,
  sum(frames) AS frames,
  sum(bytes) AS bytes,
  iif(start IS NULL, NULL, CAST(round(sum(bytes) * 8e9 / step) AS INTEGER)) AS bits_per_s,
  sum(tcp_frames) AS tcp_frames,
  sum(udp_frames) AS udp_frames,
  sum(icmp_frames) AS icmp_frames,
  sum(frames) - sum(tcp_frames) - sum(udp_frames) - sum(icmp_frames) AS other_frames,
  sum(tcp_bytes) AS tcp_bytes,
  sum(udp_bytes) AS udp_bytes,
  sum(icmp_bytes) AS icmp_bytes,
  sum(bytes) - sum(tcp_bytes) - sum(udp_bytes) - sum(icmp_bytes) AS other_bytes,
  sum(flows) AS flows,
  capture_id AS capture
FROM (
  SELECT
    capture_id, step, start, frames, bytes, tcp_frames, tcp_bytes, udp_frames, udp_bytes, icmp_frames, icmp_bytes, flows
  FROM counted
  UNION ALL
  SELECT capture_id, step, start, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM slots WHERE start IS NOT NULL
)
GROUP BY capture_id, start
ORDER BY capture_id, start IS NULL, start
LIMIT coalesce(:limit, -1);
