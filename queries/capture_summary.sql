-- Captures in the database
-- Question: which files is this database made of, what do they cover, and what do they lack?
-- Columns:
--   path: file as it was given; '-' for standard input
--   format: pcap or pcapng
--   size_bytes: of the file as it lies on disk
--   sha256: of the file as it lies on disk
--   status: complete, truncated, damaged, unreadable or interrupted
--   detail: why the status is not complete
--   filter: libpcap filter that frames had to pass; empty: all frames
--   link_types: what its interfaces carry
--   interfaces: number of interfaces
--   snaplen: fewest bytes that an interface keeps of a frame; empty: no limit
--   frames: frames stored
--   cut_frames: frames of which the capture holds less than was on the wire
--   missing_bytes: payload bytes of TCP that the capture lacks between those it has
--   bytes: bytes on the wire
--   flows: conversations
--   addresses: IP addresses that are an end of one
--   diagnostics: rows of that table, kept for what could not be decoded or is odd
--   first_time: of the earliest frame, UTC
--   last_time: of the latest frame, UTC
--   duration_s: seconds from the earliest to the latest frame
--   ingested_time: when it was read, UTC
--   version: of pcapindex that read it
--   capture: captures.id
-- Parameters:
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  shown AS (
    SELECT * FROM captures WHERE :capture IS NULL OR id = :capture ORDER BY id LIMIT coalesce(:limit, -1)
  ),
  -- Seconds and the rest of them, also before 1970.
  moments AS (
    SELECT
      id, (first_ts - (first_ts % 1000000000 + 1000000000) % 1000000000) / 1000000000 AS first_s,
      (first_ts % 1000000000 + 1000000000) % 1000000000 AS first_ns,
      (last_ts - (last_ts % 1000000000 + 1000000000) % 1000000000) / 1000000000 AS last_s,
      (last_ts % 1000000000 + 1000000000) % 1000000000 AS last_ns
    FROM shown
  ),
  names (link_type, name) AS (
    VALUES
      (0, 'BSD loopback'), (1, 'Ethernet'), (6, 'Token Ring'), (9, 'PPP'), (10, 'FDDI'), (50, 'PPP'), (51, 'PPPoE'),
      (12, 'raw IP'), (14, 'raw IP'), (101, 'raw IP'), (104, 'Cisco HDLC'), (105, '802.11'), (107, 'Frame Relay'),
      (108, 'BSD loopback'), (113, 'Linux cooked'), (119, '802.11 Prism'), (127, '802.11 radiotap'), (163, '802.11 AVS'),
      (187, 'Bluetooth HCI'), (189, 'USB'), (195, '802.15.4'), (201, 'Bluetooth HCI'), (219, 'MPLS'), (220, 'USB'),
      (228, 'raw IPv4'), (229, 'raw IPv6'), (239, 'NFLOG'), (242, 'IP over InfiniBand'), (249, 'USB'), (253, 'netlink'),
      (258, 'PKTAP'), (276, 'Linux cooked v2')
  ),
  cut AS MATERIALIZED (
    SELECT capture_id, count(*) AS frames FROM frames WHERE captured_length < length GROUP BY capture_id
  ),
  holes AS MATERIALIZED (
    SELECT capture_id, sum(missing_bytes) AS bytes FROM flows WHERE missing_bytes > 0 GROUP BY capture_id
  )
SELECT
  c.path,
  c.format,
  c.size_bytes,
  c.sha256,
  c.status,
  c.detail,
  c.filter,
  (SELECT group_concat(l.name, ', ')
   FROM (SELECT DISTINCT coalesce(n.name, 'link type ' || i.link_type) AS name
         FROM interfaces i LEFT JOIN names n ON n.link_type = i.link_type
         WHERE i.capture_id = c.id ORDER BY i.number) l) AS link_types,
  (SELECT count(*) FROM interfaces WHERE capture_id = c.id) AS interfaces,
  (SELECT min(snaplen) FROM interfaces WHERE capture_id = c.id AND snaplen > 0) AS snaplen,
  c.frame_count AS frames,
  coalesce((SELECT frames FROM cut WHERE capture_id = c.id), 0) AS cut_frames,
  coalesce((SELECT bytes FROM holes WHERE capture_id = c.id), 0) AS missing_bytes,
  coalesce((SELECT sum(bytes) FROM traffic_by_time WHERE capture_id = c.id), 0) AS bytes,
  coalesce((SELECT sum(flows) FROM traffic_by_protocol WHERE capture_id = c.id), 0) AS flows,
  (SELECT count(*) FROM traffic_by_address WHERE capture_id = c.id AND part = 1) AS addresses,
  (SELECT count(*) FROM diagnostics WHERE capture_id = c.id) AS diagnostics,
  strftime('%Y-%m-%d %H:%M:%S', m.first_s, 'unixepoch') || printf('.%06d', m.first_ns / 1000) AS first_time,
  strftime('%Y-%m-%d %H:%M:%S', m.last_s, 'unixepoch') || printf('.%06d', m.last_ns / 1000) AS last_time,
  (c.last_ts - c.first_ts) / 1e9 AS duration_s,
  strftime('%Y-%m-%d %H:%M:%S', c.ingested_at / 1000000000, 'unixepoch') AS ingested_time,
  c.version,
  c.id AS capture
FROM shown c
CROSS JOIN moments m ON m.id = c.id
ORDER BY c.id;
