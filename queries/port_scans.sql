-- Scans of ports and of networks
-- Question: who tried many ports of one machine, or one port of many machines, and what did answer?
-- A try is a TCP connection without a byte of data either way (so a scan with or without a full handshake, and one with
-- odd flags), a UDP conversation that nobody answers, an ICMP echo request, or an ARP request. One TCP port of many
-- addresses that were mostly open is no scan but a browser that connects in advance. A router asks by ARP for all of its
-- clients, day in, day out.
-- Columns:
--   kind: vertical (many ports of one address) or horizontal (one port of many addresses)
--   client: who tried
--   target: of a vertical scan the address; of a horizontal one the number of addresses
--   transport: tcp, udp, icmp, icmpv6 or arp
--   port: of a horizontal scan; empty: vertical, or no ports
--   ports: of a vertical scan how many; empty: horizontal
--   tries: number of tries
--   open: tries that a SYN-ACK or a reply answered
--   refused: tries that a reset answered
--   no_answer: tries that nothing answered
--   answered_by: of a vertical scan the open ports, of a horizontal one the addresses that answered, 20 at most
--   tried: of a vertical scan the lowest ports, of a horizontal one the lowest addresses (by ARP the first), 20 at most
--   seconds: from the first to the last try
--   tries_per_s: tries per second
--   first_time: of the first try, UTC
--   last_time: of the last try, UTC
--   first_frame: of the first try
--   last_frame: of the last try
--   flow: flows.id of the first try; empty: ARP
--   capture: captures.id
-- Parameters:
--   ports: so many ports of one address or more are a vertical scan; default 15
--   hosts: so many addresses or more are a horizontal scan; default 15
--   kind: only vertical or horizontal; default both
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  tries AS MATERIALIZED (
    SELECT
      f.capture_id, f.client_id, f.server_id, f.transport, f.server_port AS port, f.first_frame_id, f.id AS flow_id,
      CASE WHEN f.syn_ack_frame_id IS NOT NULL THEN 1 WHEN f.server_packets > 0 THEN 2 ELSE 3 END AS outcome
    FROM flows f NOT INDEXED
    WHERE f.transport = 'tcp' AND f.client_payload = 0 AND f.server_payload = 0 AND f.missing_bytes = 0
      AND f.client_packets BETWEEN 1 AND 8
      AND (:capture IS NULL OR f.capture_id = :capture)
    UNION ALL
    SELECT f.capture_id, f.client_id, f.server_id, f.transport, f.server_port, f.first_frame_id, f.id, 3
    FROM flows f NOT INDEXED
    CROSS JOIN addresses a ON a.id = f.server_id
    WHERE f.transport = 'udp' AND f.server_packets = 0 AND f.client_packets <= 8
      AND a.scope NOT IN ('multicast', 'broadcast')
      AND (:capture IS NULL OR f.capture_id = :capture)
    UNION ALL
    SELECT
      f.capture_id, f.client_id, f.server_id, f.transport, NULL, f.first_frame_id, f.id, iif(f.server_packets > 0, 1, 3)
    FROM flows f NOT INDEXED
    CROSS JOIN addresses a ON a.id = f.server_id
    WHERE f.transport IN ('icmp', 'icmpv6') AND a.scope NOT IN ('multicast', 'broadcast')
      AND (:capture IS NULL OR f.capture_id = :capture)
      AND EXISTS (SELECT 1 FROM icmp_messages i WHERE i.frame_id = f.first_frame_id AND i.type IN (8, 128))
  ),
  -- Two steps: most clients try little.
  vertical AS MATERIALIZED (
    SELECT
      capture_id, client_id, server_id, transport, count(DISTINCT port) AS ports, count(*) AS tries,
      sum(outcome = 1) AS open, sum(outcome = 2) AS refused, sum(outcome = 3) AS no_answer,
      min(first_frame_id) AS first_id, max(first_frame_id) AS last_id, min(flow_id) AS flow_id
    FROM tries
    WHERE (:kind IS NULL OR :kind = 'vertical') AND port IS NOT NULL
    GROUP BY capture_id, client_id, server_id, transport
    HAVING count(*) >= CAST(coalesce(:ports, 15) AS INTEGER) AND ports >= CAST(coalesce(:ports, 15) AS INTEGER)
  ),
  horizontal AS MATERIALIZED (
    SELECT
      capture_id, client_id, transport, port, count(DISTINCT server_id) AS hosts, count(*) AS tries,
      sum(outcome = 1) AS open, sum(outcome = 2) AS refused, sum(outcome = 3) AS no_answer,
      min(first_frame_id) AS first_id, max(first_frame_id) AS last_id, min(flow_id) AS flow_id
    FROM tries
    WHERE :kind IS NULL OR :kind = 'horizontal'
    GROUP BY capture_id, client_id, transport, port
    HAVING count(*) >= CAST(coalesce(:hosts, 15) AS INTEGER) AND hosts >= CAST(coalesce(:hosts, 15) AS INTEGER)
      AND (transport <> 'tcp' OR 2 * open <= tries)
  ),
  -- What was tried, and what answered: 20 of each, in order.
  items (kind, is_open, key, item, place) AS (
    SELECT 1, 0, v.flow_id, t.port, t.port
    FROM tries t
    CROSS JOIN vertical v ON v.capture_id = t.capture_id AND v.client_id = t.client_id AND v.server_id = t.server_id
      AND v.transport = t.transport
    WHERE t.port IS NOT NULL
    UNION
    SELECT 1, 1, v.flow_id, t.port, t.port
    FROM tries t
    CROSS JOIN vertical v ON v.capture_id = t.capture_id AND v.client_id = t.client_id AND v.server_id = t.server_id
      AND v.transport = t.transport
    WHERE t.outcome = 1 AND t.port IS NOT NULL
    UNION
    SELECT 2, 0, h.flow_id, a.ip, a.key
    FROM tries t
    CROSS JOIN horizontal h ON h.capture_id = t.capture_id AND h.client_id = t.client_id AND h.transport = t.transport
      AND h.port IS t.port
    CROSS JOIN addresses a ON a.id = t.server_id
    UNION
    SELECT 2, 1, h.flow_id, a.ip, a.key
    FROM tries t
    CROSS JOIN horizontal h ON h.capture_id = t.capture_id AND h.client_id = t.client_id AND h.transport = t.transport
      AND h.port IS t.port
    CROSS JOIN addresses a ON a.id = t.server_id
    WHERE t.outcome = 1
  ),
  lists AS MATERIALIZED (
    SELECT kind, is_open, key, group_concat(iif(number <= 20, item, NULL), ', ') AS items
    FROM (SELECT *, row_number() OVER (PARTITION BY kind, is_open, key ORDER BY place) AS number FROM items)
    GROUP BY kind, is_open, key
  ),
  requests AS MATERIALIZED (
    SELECT q.capture_id, q.sender_ip, q.target_ip, q.frame_id, (q.capture_id, q.target_ip) IN (
        SELECT capture_id, sender_ip FROM arp_messages WHERE operation = 'reply') AS is_answered
    FROM arp_messages q
    WHERE (:kind IS NULL OR :kind = 'horizontal') AND q.operation = 'request' AND q.target_ip <> q.sender_ip
      AND (:capture IS NULL OR q.capture_id = :capture)
      AND (q.capture_id, q.sender_ip) IN (
        SELECT capture_id, sender_ip FROM arp_messages WHERE operation = 'request'
        GROUP BY capture_id, sender_ip HAVING count(DISTINCT target_ip) >= CAST(coalesce(:hosts, 15) AS INTEGER))
  ),
  targets AS (
    SELECT
      *, row_number() OVER (PARTITION BY capture_id, sender_ip ORDER BY first_id) AS number,
      sum(is_answered) OVER (
        PARTITION BY capture_id, sender_ip ORDER BY first_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS answers
    FROM (
      SELECT capture_id, sender_ip, target_ip, is_answered, count(*) AS tries, min(frame_id) AS first_id,
        max(frame_id) AS last_id
      FROM requests
      GROUP BY capture_id, sender_ip, target_ip
    )
  ),
  found AS (
    SELECT
      'vertical' AS kind, c.ip AS client, s.ip AS target, v.transport, NULL AS port, v.ports, v.tries, v.open, v.refused,
      v.no_answer, o.items AS answered_by, l.items AS tried, v.first_id, v.last_id, v.flow_id, v.capture_id
    FROM vertical v
    CROSS JOIN addresses c ON c.id = v.client_id
    CROSS JOIN addresses s ON s.id = v.server_id
    LEFT JOIN lists l ON l.kind = 1 AND l.key = v.flow_id AND NOT l.is_open
    LEFT JOIN lists o ON o.kind = 1 AND o.key = v.flow_id AND o.is_open
    UNION ALL
    SELECT
      'horizontal', c.ip, h.hosts, h.transport, h.port, NULL, h.tries, h.open, h.refused, h.no_answer, o.items, l.items,
      h.first_id, h.last_id, h.flow_id, h.capture_id
    FROM horizontal h
    CROSS JOIN addresses c ON c.id = h.client_id
    LEFT JOIN lists l ON l.kind = 2 AND l.key = h.flow_id AND NOT l.is_open
    LEFT JOIN lists o ON o.kind = 2 AND o.key = h.flow_id AND o.is_open
    UNION ALL
    SELECT
      'horizontal', sender_ip, count(*), 'arp', NULL, NULL, sum(tries), sum(iif(is_answered, tries, 0)), 0,
      sum(iif(is_answered, 0, tries)), group_concat(iif(is_answered AND answers <= 20, target_ip, NULL), ', '),
      group_concat(iif(number <= 20, target_ip, NULL), ', '), min(first_id), max(last_id), NULL, capture_id
    FROM targets
    GROUP BY capture_id, sender_ip
  )
SELECT
  l.kind,
  l.client,
  l.target,
  l.transport,
  l.port,
  l.ports,
  l.tries,
  l.open,
  l.refused,
  l.no_answer,
  l.answered_by,
  l.tried,
  round((y.ts - x.ts) / 1e9, 3) AS seconds,
  round(l.tries * 1e9 / nullif(y.ts - x.ts, 0), 1) AS tries_per_s,
  x.time AS first_time,
  y.time AS last_time,
  x.frame AS first_frame,
  y.frame AS last_frame,
  l.flow_id AS flow,
  l.capture_id AS capture
FROM found l
CROSS JOIN frame_times x ON x.frame_id = l.first_id
CROSS JOIN frame_times y ON y.frame_id = l.last_id
ORDER BY l.capture_id, l.first_id, l.kind, l.port
LIMIT coalesce(:limit, -1);
