-- Addresses that DHCP leased
-- Question: which machine was leased which address, by whom, for how long, and what was it told?
-- Of both versions. A lease that is renewed is one row; a client that gives it back is shown so.
-- Columns:
--   ip: leased address, of DHCPv6 also a delegated prefix
--   mac: the client's; of DHCPv6 as its identifier or a relay says it; empty: not said
--   name: what the client calls itself; empty: no name
--   client_id: the client's identifier in hexadecimal, of DHCPv6 its DUID; empty: none
--   vendor_class: what kind of client it is, as it says; empty: not said
--   server: address of the server that leased it; of DHCPv6 where its answer came from
--   relay: the relay's address on the client's network; empty: no relay
--   routers: routers that the client was told; empty: none
--   dns_servers: DNS servers that the client was told; empty: none
--   domain: domain that the client was told; empty: none
--   lease_s: how long it is good for, seconds; empty: not said
--   renewals: how often it was leased again
--   released: yes: the client gave it back; empty: not seen
--   first_time: of the first lease, UTC
--   expires: when the last lease ends, UTC; empty: not known
--   first_frame: the first ACK or REPLY
--   last_frame: the last one
--   capture: captures.id
-- Parameters:
--   name: only clients whose name contains this; default all
--   mac: only the client with this MAC address; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  leases AS MATERIALIZED (
    SELECT
      4 AS version, fl.capture_id, coalesce(d.your_ip, d.client_ip) AS ip, coalesce(d.client_mac, '') AS mac, d.lease_name AS name,
      d.server_ip, d.relay_ip AS relay, d.routers, d.dns_servers, d.domain, d.lease_time AS lease, d.frame_id, d.id, d.transaction_id, d.flow_id
    FROM dhcp_messages d
    CROSS JOIN flows fl ON fl.id = d.flow_id
    -- Without a time it answers an INFORM, which asks for no address.
    WHERE d.type = 'ACK' AND d.lease_time IS NOT NULL AND (:capture IS NULL OR fl.capture_id = :capture)
    UNION ALL
    SELECT
      6, fl.capture_id, coalesce(d.addresses || iif(d.prefixes IS NULL, '', ', '), '') || coalesce(d.prefixes, ''),
      coalesce(d.client_mac, ''), d.lease_name, NULL, d.link_ip, NULL, d.dns_servers, d.domains, d.valid_lifetime, d.frame_id, d.id,
      d.transaction_id, d.flow_id
    FROM dhcpv6_messages d
    CROSS JOIN flows fl ON fl.id = d.flow_id
    WHERE d.type = 'REPLY' AND d.valid_lifetime > 0 AND (:capture IS NULL OR fl.capture_id = :capture)
  ),
  -- What clients said of themselves, by transaction, and what they gave back.
  clients AS MATERIALIZED (
    SELECT 4 AS version, transaction_id, coalesce(client_mac, '') AS mac, max(client_id) AS client_id,
      max(vendor_class) AS vendor_class
    FROM dhcp_messages
    GROUP BY transaction_id, client_mac
    UNION ALL
    SELECT 6, transaction_id, coalesce(client_mac, ''), max(client_id), max(vendor_class)
    FROM dhcpv6_messages
    GROUP BY transaction_id, client_mac
  ),
  releases AS MATERIALIZED (
    SELECT fl.capture_id, r.client_ip AS ip, max(r.frame_id) AS frame_id
    FROM dhcp_messages r CROSS JOIN flows fl ON fl.id = r.flow_id
    WHERE r.type = 'RELEASE'
    GROUP BY fl.capture_id, r.client_ip
    UNION ALL
    SELECT fl.capture_id, r.addresses, max(r.frame_id)
    FROM dhcpv6_messages r CROSS JOIN flows fl ON fl.id = r.flow_id
    WHERE r.type = 'RELEASE'
    GROUP BY fl.capture_id, r.addresses
  ),
  -- The last row of each group of leases stands for it: SQLite takes the other columns from where max() is.
  grouped AS MATERIALIZED (
    SELECT
      *, count(*) AS leased, min(frame_id) AS first_id, max(frame_id) AS last_id
    FROM leases
    WHERE (:name IS NULL OR instr(lower(name), lower(:name))) AND (:mac IS NULL OR mac = lower(:mac))
    GROUP BY capture_id, version, ip, mac
    ORDER BY capture_id, first_id
    LIMIT coalesce(:limit, -1)
  )
SELECT
  g.ip,
  nullif(g.mac, '') AS mac,
  g.name,
  q.client_id,
  q.vendor_class,
  coalesce(g.server_ip, iif(f.from_client, c.ip, s.ip)) AS server,
  g.relay,
  g.routers,
  g.dns_servers,
  g.domain,
  g.lease AS lease_s,
  g.leased - 1 AS renewals,
  iif(r.frame_id > g.last_id, 'yes', NULL) AS released,
  x.time AS first_time,
  strftime('%Y-%m-%d %H:%M:%S', f.ts / 1000000000 + g.lease, 'unixepoch') AS expires,
  x.frame AS first_frame,
  f.number AS last_frame,
  g.capture_id AS capture
FROM grouped g
CROSS JOIN frames f ON f.id = g.last_id
CROSS JOIN flows fl ON fl.id = g.flow_id
CROSS JOIN addresses c ON c.id = fl.client_id
CROSS JOIN addresses s ON s.id = fl.server_id
CROSS JOIN frame_times x ON x.frame_id = g.first_id
LEFT JOIN clients q ON q.version = g.version AND q.transaction_id = g.transaction_id AND q.mac = g.mac
LEFT JOIN releases r ON r.capture_id = g.capture_id AND r.ip = g.ip
ORDER BY g.capture_id, g.first_id, g.ip;
