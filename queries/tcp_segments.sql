-- TCP segments of one connection
-- Question: what did each segment of this connection acknowledge after how long, how much was under way, and what went wrong?
-- Columns:
--   frame: as Wireshark numbers it
--   time: readable, UTC
--   delta_s: seconds since the connection's segment before; NULL: a time is not known
--   sender: 'client' or 'server'
--   flags: as Wireshark writes them
--   seq: relative sequence number
--   ack: relative acknowledgment number; NULL: none
--   length: payload bytes
--   window: announced window in bytes, scaled where the scale is known
--   acks_frame: frame of the segment that this one acknowledges first; NULL: none
--   ack_rtt_s: seconds since that segment; NULL: none, or a time is not known
--   irtt_s: round-trip time of the handshake in seconds, from its last segment on; NULL: not known
--   bytes_in_flight: bytes that its sender has sent without having them acknowledged, this segment's included; NULL: no
--     payload, or a segment before it is missing
--   push_bytes: payload bytes that its sender has sent since the last segment with PSH, this segment's included; NULL: as there
--   notes: what is remarkable about it, as tcp_notes says; NULL: nothing
--   frame_id: frames.id
-- Parameters:
--   flow: flows.id of the connection; default the first TCP connection
--   capture: only a connection of this capture (captures.id); default all
-- Acknowledgments and bytes in flight are told as Wireshark's TCP analysis does, which knows only what the capture holds.
WITH
  chosen AS MATERIALIZED (
    SELECT * FROM flows
    WHERE transport = 'tcp' AND (:capture IS NULL OR capture_id = :capture)
      AND id = coalesce(:flow, (
        SELECT id FROM flows WHERE transport = 'tcp' AND (:capture IS NULL OR capture_id = :capture) ORDER BY id LIMIT 1))
  ),
  relative AS MATERIALIZED (
    SELECT
      p.id, p.number, p.ts, p.from_client, p.payload_length AS length, p.tcp_flags AS flags, p.tcp_window AS window,
      (p.tcp_seq - coalesce(iif(p.from_client, c.client_isn, c.server_isn), 0)) & 4294967295 AS seq,
      iif(p.tcp_flags & 16,
        (p.tcp_ack - coalesce(iif(p.from_client, c.server_isn, c.client_isn), 0)) & 4294967295, NULL) AS ack,
      EXISTS (
        SELECT 1 FROM tcp_notes n WHERE n.frame_id = p.id AND n.note = 'previous-segment-not-captured') AS follows_gap
    FROM chosen c
    CROSS JOIN frames p ON p.flow_id = c.id
    WHERE p.tcp_flags IS NOT NULL
  ),
  -- SYN and FIN take a number each, which counts as under way where nothing else is.
  numbered AS MATERIALIZED (
    SELECT
      r.*, length > 0 OR flags & 3 <> 0 AS is_sent, seq + length + (flags & 3 <> 0) AS seq_end,
      seq + length + (length = 0 AND flags & 3 <> 0) AS data_end
    FROM relative r
  ),
  -- Of each segment: the one before it, the other end's last one and highest acknowledgment, and its own end's last one.
  placed AS MATERIALIZED (
    SELECT
      n.*, lag(ts) OVER (ORDER BY id) AS last_ts,
      max(iif(from_client, NULL, id)) OVER earlier AS last_server_id,
      max(iif(from_client, id, NULL)) OVER earlier AS last_client_id,
      max(iif(from_client, NULL, ack)) OVER earlier AS server_ack,
      max(iif(from_client, ack, NULL)) OVER earlier AS client_ack,
      max(ack) OVER (
        PARTITION BY from_client ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS own_ack,
      max(data_end) OVER (PARTITION BY from_client ORDER BY id) AS own_end
    FROM numbered n
    WINDOW earlier AS (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
  ),
  turned AS MATERIALIZED (
    SELECT
      p.*, iif(from_client, last_server_id, last_client_id) AS other_id,
      iif(from_client, server_ack, client_ack) AS other_ack,
      iif(from_client, last_client_id, last_server_id) AS own_id,
      lag(own_end) OVER (PARTITION BY from_client ORDER BY id) AS end_before
    FROM placed p
  ),
  -- What an end has sent since the other end's last segment is under way whole, what it has sent before from the
  -- highest acknowledgment on, or from the first segment behind it where something is missing.
  flying AS MATERIALIZED (
    SELECT
      t.*,
      min(iif(is_sent, seq, NULL)) OVER since AS first_since,
      min(seq) OVER (PARTITION BY from_client ORDER BY id) AS lowest,
      max(iif(is_sent, data_end, NULL)) OVER since AS end_since,
      max(follows_gap) OVER since AS in_gap,
      first_value(end_before) OVER since AS end_till_then,
      max(iif(follows_gap, seq, NULL)) OVER (PARTITION BY from_client ORDER BY id) > other_ack AS behind_gap
    FROM turned t
    WINDOW since AS (PARTITION BY from_client, other_id ORDER BY id)
  ),
  pushed AS MATERIALIZED (
    SELECT
      f.*, count(iif(flags & 8 AND length > 0 AND NOT in_gap, 1, NULL)) OVER (
        PARTITION BY from_client ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS pushes
    FROM flying f
  ),
  -- What is missing: from start to before the segment behind it.
  holes AS MATERIALIZED (
    SELECT id, from_client, seq, end_before AS start FROM turned WHERE follows_gap
  ),
  -- Each segment as what it acknowledges, and as what others may: those with the same number stand together.
  events AS (
    SELECT p.*, from_client AS acked_by, ack AS acked, NULL AS sent_id FROM pushed p
    UNION ALL
    SELECT p.*, 1 - from_client, seq_end, id FROM pushed p WHERE is_sent
  ),
  acknowledging AS MATERIALIZED (
    SELECT
      e.*,
      CASE
        -- It repeats an acknowledgment: of what was sent again since, if anything.
        WHEN own_ack >= ack THEN iif(max(sent_id) OVER same > own_id, max(sent_id) OVER same, NULL)
        ELSE min(sent_id) OVER same
      END AS acked_id
    FROM events e
    WINDOW same AS (PARTITION BY acked_by, acked ORDER BY id)
  ),
  -- What the other end has reported as received is not under way.
  measured AS MATERIALIZED (
    SELECT
      s.*,
      CASE
        WHEN s.length = 0 OR s.in_gap THEN NULL
        ELSE max(s.end_since, iif(s.end_till_then > s.other_ack, s.end_till_then, 0))
          - min(s.first_since, CASE
            WHEN s.end_till_then IS NULL OR s.end_till_then <= s.other_ack THEN s.seq
            WHEN s.behind_gap THEN coalesce((
              SELECT min(h.seq) FROM holes h
              WHERE h.from_client = s.from_client AND h.id <= s.id AND h.seq > s.other_ack
                AND h.start <= s.other_ack), s.other_ack)
            ELSE max(s.other_ack, s.lowest)
          END)
          - coalesce(o.sack_right_1 - o.sack_left_1, 0) - coalesce(o.sack_right_2 - o.sack_left_2, 0)
          - coalesce(o.sack_right_3 - o.sack_left_3, 0) - coalesce(o.sack_right_4 - o.sack_left_4, 0)
      END AS in_flight
    FROM acknowledging s
    LEFT JOIN tcp_options o ON o.frame_id = s.other_id
    WHERE s.sent_id IS NULL
  )
SELECT
  s.number AS frame,
  (SELECT t.time FROM frame_times t WHERE t.frame_id = s.id) AS time,
  (s.ts - s.last_ts) / 1e9 AS delta_s,
  iif(s.from_client, 'client', 'server') AS sender,
  substr(iif(s.flags & 1, ', FIN', '') || iif(s.flags & 2, ', SYN', '') || iif(s.flags & 4, ', RST', '')
    || iif(s.flags & 8, ', PSH', '') || iif(s.flags & 16, ', ACK', '') || iif(s.flags & 32, ', URG', '')
    || iif(s.flags & 64, ', ECE', '') || iif(s.flags & 128, ', CWR', '') || iif(s.flags & 256, ', AE', ''), 3) AS flags,
  s.seq,
  s.ack,
  s.length,
  s.window << iif(s.flags & 2, 0, coalesce(iif(s.from_client, c.client_window_scale, c.server_window_scale), 0)) AS window,
  g.number AS acks_frame,
  (s.ts - g.ts) / 1e9 AS ack_rtt_s,
  iif(s.id >= c.ack_frame_id, c.irtt_ns / 1e9, NULL) AS irtt_s,
  iif(s.in_flight > 0, s.in_flight, NULL) AS bytes_in_flight,
  iif(s.in_flight > 0, sum(iif(s.in_gap, 0, s.length)) OVER (
    PARTITION BY s.from_client, s.pushes ORDER BY s.id), NULL) AS push_bytes,
  (SELECT group_concat(n.note || coalesce(' ' || e.number || '#' || n.number, ''), ', ')
   FROM tcp_notes n LEFT JOIN frames e ON e.id = n.other_frame_id WHERE n.frame_id = s.id) AS notes,
  s.id AS frame_id
FROM chosen c
CROSS JOIN measured s
LEFT JOIN frames g ON g.id = s.acked_id
ORDER BY s.id;
