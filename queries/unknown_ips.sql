-- Addresses that the allow list does not explain
-- Question: which addresses did the devices in the capture talk to that I cannot explain?
-- Private, multicast and broadcast addresses are left out. Load an allow list to shorten the answer; explained_ips
-- shows which rule cleared which address. An address with 0 bytes was only named by a
-- trusted resolver, never contacted.
-- Columns:
--   ip: the address
--   names: its names with their sources (sni, http, dns, certificate), 20 at most; empty: no name is known
--   ports: ports used at that address with their transport, most bytes first, 20 at most
--   bytes: IP bytes to and from it
--   packets: packets to and from it
--   first_frame: first frame that it is an end of; of an address never contacted, the DNS answer
--   first_time: when that was, UTC
--   scope: global, or what else it is: unspecified, loopback, link-local, shared, documentation, reserved
--   note: what the allow list notes of its network
--   reason: why it is not explained
--   capture: captures.id
-- Parameters:
--   cutoff: leave out addresses with fewer bytes than this; default 0
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  unexplained AS MATERIALIZED (
    SELECT v.capture_id, v.address_id, a.ip, a.key, a.scope, v.reason
    FROM address_verdicts v
    JOIN addresses a ON a.id = v.address_id
    WHERE NOT v.explained
      AND (:capture IS NULL OR v.capture_id = :capture)
      AND a.scope NOT IN ('private', 'multicast', 'broadcast')
      AND NOT (instr(a.ip, ':') AND a.scope IN ('link-local', 'loopback', 'unspecified'))
  ),
  -- What went to and from each address by port: flows, and the outside of tunnels.
  ends AS (
    SELECT
      capture_id, client_id AS address_id, coalesce(client_port || '/', '') || transport AS port,
      client_bytes + server_bytes AS bytes, client_packets + server_packets AS packets, first_frame_id AS frame_id
    FROM flows
    UNION ALL
    SELECT
      capture_id, server_id, coalesce(server_port || '/', '') || transport,
      client_bytes + server_bytes, client_packets + server_packets, first_frame_id
    FROM flows WHERE server_id <> client_id
    UNION ALL
    SELECT capture_id, source_id, 'tunnel', bytes, packets, frame_id FROM tunnels
    UNION ALL
    SELECT capture_id, destination_id, 'tunnel', bytes, packets, frame_id FROM tunnels WHERE destination_id <> source_id
  ),
  by_port AS (
    SELECT
      capture_id, address_id, port, sum(bytes) AS bytes, sum(packets) AS packets, min(frame_id) AS frame_id,
      row_number() OVER (PARTITION BY capture_id, address_id ORDER BY sum(bytes) DESC, port) AS place
    FROM ends
    WHERE address_id IN (SELECT address_id FROM unexplained)
    GROUP BY capture_id, address_id, port
  ),
  traffic AS (
    SELECT
      capture_id, address_id, sum(bytes) AS bytes, sum(packets) AS packets, min(frame_id) AS frame_id,
      group_concat(iif(place <= 20, port, NULL), ', ')
        || iif(count(*) > 20, ', +' || (count(*) - 20) || ' more', '') AS ports
    FROM (SELECT * FROM by_port ORDER BY capture_id, address_id, place)
    GROUP BY capture_id, address_id
  ),
  notes AS MATERIALIZED (
    SELECT n.address_id, w.label
    FROM address_networks n
    JOIN networks w ON w.id = n.network_id
    WHERE n.list = 'note'
  ),
  listed AS (
    SELECT
      u.*, t.ports, coalesce(t.bytes, 0) AS bytes, coalesce(t.packets, 0) AS packets,
      coalesce(t.frame_id, (
        SELECT min(n.first_frame_id) FROM address_names n
        WHERE n.address_id = u.address_id AND n.capture_id = u.capture_id)) AS frame_id
    FROM unexplained u
    LEFT JOIN traffic t ON t.address_id = u.address_id AND t.capture_id = u.capture_id
  )
SELECT
  l.ip,
  (SELECT group_concat(iif(n.place <= 20, n.source || ':' || n.name, NULL), ', ')
     || iif(count(*) > 20, ', +' || (count(*) - 20) || ' more', '')
   FROM (SELECT source, name, row_number() OVER (ORDER BY name, source) AS place FROM address_names
         WHERE address_id = l.address_id AND capture_id = l.capture_id) n) AS names,
  l.ports,
  l.bytes,
  l.packets,
  f.frame AS first_frame,
  f.time AS first_time,
  l.scope,
  w.label AS note,
  l.reason,
  l.capture_id AS capture
FROM listed l
LEFT JOIN frame_times f ON f.frame_id = l.frame_id
LEFT JOIN notes w ON w.address_id = l.address_id
WHERE l.bytes >= CAST(coalesce(:cutoff, 0) AS INTEGER)
ORDER BY l.bytes DESC, l.capture_id, l.key
LIMIT coalesce(:limit, -1);
