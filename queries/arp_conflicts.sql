-- IP addresses that several MAC addresses claim
-- Question: which IP addresses do two machines claim, by ARP or by IPv6's Neighbor Discovery?
-- A claim is an ARP request, reply or announcement from the address, and a Neighbor Advertisement for it; probes (ARP from
-- 0.0.0.0) claim nothing. An address that moves to another card, or a virtual router, is no attack: see remark and times.
-- Columns:
--   ip: address that is claimed
--   mac: who claims it; the one that did first stands first
--   protocol: arp or ndp
--   claims: how many messages say so
--   gratuitous: of them, how many nobody asked for
--   other_addresses: other addresses that this MAC address claims, 10 at most
--   remark: virtual router (VRRP, HSRP, GLBP), locally administered, proxy (claims many), and whether claims alternate
--   first_time: of the first claim, UTC
--   last_time: of the last claim, UTC
--   first_frame: first claim
--   last_frame: last claim
--   capture: captures.id
-- Parameters:
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  claims AS MATERIALIZED (
    SELECT
      capture_id, sender_ip AS ip, sender_mac AS mac, 'arp' AS protocol, count(*) AS claims,
      sum(sender_ip = target_ip) AS gratuitous, min(frame_id) AS first_id, max(frame_id) AS last_id
    FROM arp_messages
    WHERE sender_ip <> '0.0.0.0' AND sender_mac <> '00:00:00:00:00:00' AND (:capture IS NULL OR capture_id = :capture)
    GROUP BY capture_id, sender_ip, sender_mac
    UNION ALL
    SELECT
      fl.capture_id, i.target, i.link_address, 'ndp', count(*), sum(NOT i.neighbor_flags & 2), min(i.frame_id), max(i.frame_id)
    FROM icmp_messages i
    CROSS JOIN flows fl ON fl.id = i.flow_id
    WHERE i.type = 136 AND fl.transport = 'icmpv6' AND i.link_address IS NOT NULL AND i.target IS NOT NULL
      AND (:capture IS NULL OR fl.capture_id = :capture)
    GROUP BY fl.capture_id, i.target, i.link_address
  ),
  counted AS (
    SELECT
      *, count(*) OVER (PARTITION BY capture_id, ip) AS macs, count(*) OVER (PARTITION BY capture_id, mac) AS ips,
      min(first_id) OVER (PARTITION BY capture_id, ip) AS place,
      min(last_id) OVER (PARTITION BY capture_id, ip) AS earliest_end, max(first_id) OVER (PARTITION BY capture_id, ip) AS latest_start
    FROM claims
  )
SELECT
  k.ip,
  k.mac,
  k.protocol,
  k.claims,
  k.gratuitous,
  (SELECT group_concat(o.ip, ', ')
   FROM (SELECT ip FROM claims o WHERE o.capture_id = k.capture_id AND o.mac = k.mac AND o.ip <> k.ip ORDER BY o.first_id LIMIT 10) o
  ) AS other_addresses,
  rtrim(
    CASE
      WHEN k.mac LIKE '00:00:5e:00:01:%' THEN 'virtual router (VRRP), '
      WHEN k.mac LIKE '00:00:5e:00:02:%' THEN 'virtual router (VRRP for IPv6), '
      WHEN k.mac LIKE '00:00:0c:07:ac:%' OR k.mac LIKE '00:00:0c:9f:f_:%' OR k.mac LIKE '00:05:73:a0:0_:%' THEN
        'virtual router (HSRP), '
      WHEN k.mac LIKE '00:07:b4:00:%' THEN 'virtual router (GLBP), '
      WHEN substr(k.mac, 2, 1) IN ('2', '6', 'a', 'e') THEN 'locally administered, '
      ELSE ''
    END
    || iif(k.ips > 4, 'claims ' || k.ips || ' addresses, ', '')
    || iif(k.earliest_end < k.latest_start, 'one behind the other', 'at the same time'), ', ') AS remark,
  x.time AS first_time,
  y.time AS last_time,
  x.frame AS first_frame,
  y.frame AS last_frame,
  k.capture_id AS capture
FROM counted k
CROSS JOIN frame_times x ON x.frame_id = k.first_id
CROSS JOIN frame_times y ON y.frame_id = k.last_id
WHERE k.macs > 1
ORDER BY k.capture_id, k.place, k.ip, k.first_id
LIMIT coalesce(:limit, -1);
