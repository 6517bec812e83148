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
--   conflict: names that contradict one another, as in name_conflicts; empty: none
--   verdict: unknown, or noted: it lies in a network of the note list
--   capture: captures.id
-- Parameters:
--   any_name: 1 leaves out addresses of which one name is allowed; default 0: all names must be
--   cutoff: leave out addresses with fewer bytes than this; default 0
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  unexplained AS MATERIALIZED (
    SELECT v.capture_id, v.address_id, a.key, v.reason, v.note, v.verdict
    FROM address_verdicts v
    JOIN addresses a ON a.id = v.address_id
    WHERE iif(coalesce(:any_name, 0), v.verdict_any_name, v.verdict) <> 'allowed'
      AND (:capture IS NULL OR v.capture_id = :capture)
      AND a.scope NOT IN ('private', 'multicast', 'broadcast')
      AND NOT (instr(a.ip, ':') AND a.scope IN ('link-local', 'loopback', 'unspecified'))
  ),
  -- The outsides of tunnels are no flows.
  tunnelled (capture_id, address_id, bytes, packets, frame_id) AS MATERIALIZED (
    SELECT capture_id, address_id, sum(bytes), sum(packets), min(frame_id)
    FROM (
      SELECT capture_id, source_id AS address_id, bytes, packets, frame_id FROM tunnels WHERE source_id IS NOT NULL
      UNION ALL
      SELECT capture_id, destination_id, bytes, packets, frame_id FROM tunnels WHERE destination_id <> source_id
    )
    GROUP BY capture_id, address_id
  ),
  listed AS (
    SELECT
      u.*, coalesce(t.flows, 0) AS flows, n.bytes AS tunnel_bytes,
      coalesce(t.sent_bytes + t.received_bytes, 0) + coalesce(n.bytes, 0) AS bytes,
      coalesce(t.sent_packets + t.received_packets, 0) + coalesce(n.packets, 0) AS packets,
      coalesce(min(t.first_frame_id, n.frame_id), t.first_frame_id, n.frame_id) AS frame_id
    FROM unexplained u
    LEFT JOIN address_traffic t ON t.address_id = u.address_id AND t.capture_id = u.capture_id
    LEFT JOIN tunnelled n ON n.address_id = u.address_id AND n.capture_id = u.capture_id
  ),
  shown AS (
    SELECT *
    FROM listed
    WHERE bytes >= CAST(coalesce(:cutoff, 0) AS INTEGER)
    ORDER BY bytes DESC, capture_id, key
    LIMIT coalesce(:limit, -1)
  )
SELECT
  a.ip,
  (SELECT group_concat(n.source || ':' || n.name, ', ')
   FROM (SELECT source, name FROM address_names
         WHERE address_id = l.address_id AND capture_id = l.capture_id ORDER BY name, source LIMIT 20) n)
    || (SELECT iif(count(*) > 20, ', +' || (count(*) - 20) || ' more', '') FROM address_names
        WHERE address_id = l.address_id AND capture_id = l.capture_id) AS names,
  CASE
    WHEN l.flows = 1 AND l.tunnel_bytes IS NULL THEN coalesce(
      (SELECT coalesce(client_port || '/', '') || transport FROM flows
       WHERE client_id = l.address_id AND capture_id = l.capture_id),
      (SELECT coalesce(server_port || '/', '') || transport FROM flows
       WHERE server_id = l.address_id AND capture_id = l.capture_id))
    ELSE
      (SELECT group_concat(p.port, ', ')
       FROM (
         SELECT port
         FROM (
           SELECT coalesce(client_port || '/', '') || transport AS port, client_bytes + server_bytes AS bytes
           FROM flows WHERE client_id = l.address_id AND capture_id = l.capture_id
           UNION ALL
           SELECT coalesce(server_port || '/', '') || transport, client_bytes + server_bytes
           FROM flows WHERE server_id = l.address_id AND capture_id = l.capture_id AND client_id <> server_id
           UNION ALL
           SELECT 'tunnel', l.tunnel_bytes WHERE l.tunnel_bytes IS NOT NULL
         )
         GROUP BY port
         ORDER BY sum(bytes) DESC, port
         LIMIT 20) p)
        -- No more ports than flows and a tunnel.
        || iif(l.flows < 20, '', (
          SELECT iif(count(*) > 20, ', +' || (count(*) - 20) || ' more', '')
          FROM (
            SELECT client_port, transport FROM flows WHERE client_id = l.address_id AND capture_id = l.capture_id
            UNION
            SELECT server_port, transport FROM flows
            WHERE server_id = l.address_id AND capture_id = l.capture_id AND client_id <> server_id
            UNION
            SELECT NULL, 'tunnel' WHERE l.tunnel_bytes IS NOT NULL)))
  END AS ports,
  l.bytes,
  l.packets,
  f.frame AS first_frame,
  f.time AS first_time,
  a.scope,
  l.note,
  l.reason,
  (SELECT c.conflict FROM address_conflicts c WHERE c.address_id = l.address_id AND c.capture_id = l.capture_id) AS conflict,
  l.verdict,
  l.capture_id AS capture
FROM shown l
CROSS JOIN addresses a ON a.id = l.address_id
LEFT JOIN frame_times f ON f.frame_id = coalesce(
  l.frame_id,
  (SELECT min(n.first_frame_id) FROM address_names n
   WHERE n.address_id = l.address_id AND n.capture_id = l.capture_id))
ORDER BY l.bytes DESC, l.capture_id, l.key;
