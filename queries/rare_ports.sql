-- Server ports that few use
-- Question: which ports did only one or two pairs of machines talk over, and what was it?
-- Ports that every machine uses (DNS, HTTP, HTTPS, NTP, DHCP, NetBIOS, SSDP, mDNS, LLMNR), ports that FTP negotiated,
-- attempts that nobody answered and multicast are left out. Rare means few pairs of client and server over all captures
-- asked about: a thousand connections of one client to one server stay rare.
-- Columns:
--   transport: tcp or udp
--   port: the server's port
--   service: what is spoken there; empty: not recognised
--   known_by: how that is known: content or port
--   pairs: pairs of client and server
--   clients: number of clients
--   servers: number of servers
--   client: one of the clients
--   server: one of the servers
--   server_names: names that the captures give that server's address, 20 at most
--   scope: of that server's address
--   flows: conversations
--   client_bytes: IP bytes from the clients
--   server_bytes: IP bytes from the servers
--   first_time: UTC
--   last_time: UTC
--   first_frame: in the first capture
--   last_frame: in the last capture
--   captures: captures that have it, captures.id
--   flow: flows.id of the first one
--   capture: captures.id of the first one
-- Parameters:
--   pairs: at most so many pairs of client and server; default 2
--   scope: only servers whose address has this scope, such as global; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  talked AS MATERIALIZED (
    SELECT
      transport, server_port, client_id, server_id, capture_id, count(*) AS flows, sum(client_bytes) AS client_bytes,
      sum(server_bytes) AS server_bytes, min(service) AS service, max(service_source) AS source,
      min(first_frame_id) AS first_id, max(last_frame_id) AS last_id, min(id) AS flow_id
    FROM flows NOT INDEXED
    WHERE server_port IS NOT NULL
      AND server_port NOT IN (53, 67, 68, 80, 123, 137, 138, 443, 546, 547, 1900, 5353, 5355)
      AND server_packets > 0 AND client_packets > 0 AND state IS NOT 'REJ' AND service_source IS NOT 'negotiated'
      AND client_payload + server_payload + missing_bytes > 0
      AND (:capture IS NULL OR capture_id = :capture)
    GROUP BY transport, server_port, client_id, server_id, capture_id
  ),
  ports AS MATERIALIZED (
    SELECT
      transport, server_port, count(DISTINCT client_id || ' ' || server_id) AS pairs,
      count(DISTINCT client_id) AS clients, count(DISTINCT server_id) AS servers,
      sum(flows) AS flows, sum(client_bytes) AS client_bytes, sum(server_bytes) AS server_bytes,
      min(service) AS service, max(source) AS source, min(first_id) AS first_id, max(last_id) AS last_id,
      min(flow_id) AS flow_id, replace(group_concat(DISTINCT capture_id), ',', ', ') AS captures
    FROM talked
    GROUP BY transport, server_port
    HAVING pairs <= CAST(coalesce(:pairs, 2) AS INTEGER)
  )
SELECT
  p.transport,
  p.server_port AS port,
  p.service,
  p.source AS known_by,
  p.pairs,
  p.clients,
  p.servers,
  c.ip AS client,
  s.ip AS server,
  (SELECT group_concat(n.name)
   FROM (SELECT DISTINCT name FROM address_names WHERE address_id = f.server_id LIMIT 20) n) AS server_names,
  s.scope,
  p.flows,
  p.client_bytes,
  p.server_bytes,
  x.time AS first_time,
  y.time AS last_time,
  x.frame AS first_frame,
  y.frame AS last_frame,
  p.captures,
  p.flow_id AS flow,
  f.capture_id AS capture
FROM ports p
CROSS JOIN flows f ON f.id = p.flow_id
CROSS JOIN addresses c ON c.id = f.client_id
CROSS JOIN addresses s ON s.id = f.server_id
CROSS JOIN frame_times x ON x.frame_id = p.first_id
CROSS JOIN frame_times y ON y.frame_id = p.last_id
WHERE (:scope IS NULL OR s.scope = :scope) AND s.scope NOT IN ('multicast', 'broadcast')
ORDER BY p.pairs, s.scope <> 'global', p.client_bytes + p.server_bytes DESC, p.transport, p.server_port
LIMIT coalesce(:limit, -1);
