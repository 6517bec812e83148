-- Names that do not exist
-- Question: which names were asked for that do not exist, who asked, and how often?
-- Mistyped names, dead services, and malware that tries generated names (many names of one client, each once).
-- Columns:
--   name: what was asked for, lower case
--   lookups: responses that say that it does not exist
--   clients: how many addresses asked
--   who: the addresses, 10 at most
--   names_of_client: how many such names the client has that asked most
--   types: A, AAAA, ...
--   servers: addresses that answered, 5 at most
--   first_time: of the first response, UTC
--   last_time: of the last response, UTC
--   first_frame: frame of the first response
--   flow: flows.id of the first response
--   capture: captures.id
-- Parameters:
--   client: only what this address asked; default all
--   name: only names that contain this; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  missing AS MATERIALIZED (
    SELECT
      fl.capture_id, lower(m.query_name) AS name, m.query_type, m.frame_id, m.flow_id,
      iif(x.from_client, fl.server_id, fl.client_id) AS client_id, iif(x.from_client, fl.client_id, fl.server_id) AS server_id
    FROM dns_messages m
    CROSS JOIN flows fl ON fl.id = m.flow_id
    CROSS JOIN frames x ON x.id = m.frame_id
    WHERE m.is_response AND m.rcode = 'NXDOMAIN' AND m.query_name IS NOT NULL
      AND (:capture IS NULL OR fl.capture_id = :capture)
      AND (:name IS NULL OR instr(lower(m.query_name), lower(:name)))
      AND (:client IS NULL OR iif(x.from_client, fl.server_id, fl.client_id) IN (SELECT id FROM addresses WHERE ip = :client))
  ),
  askers AS MATERIALIZED (
    SELECT capture_id, client_id, count(DISTINCT name) AS names FROM missing GROUP BY capture_id, client_id
  ),
  shown AS (
    SELECT
      k.capture_id, k.name, count(*) AS lookups, count(DISTINCT k.client_id) AS clients, max(a.names) AS names,
      group_concat(DISTINCT k.query_type) AS types, min(k.frame_id) AS first_id, max(k.frame_id) AS last_id
    FROM missing k
    CROSS JOIN askers a ON a.capture_id = k.capture_id AND a.client_id = k.client_id
    GROUP BY k.capture_id, k.name
    ORDER BY lookups DESC, first_id
    LIMIT coalesce(:limit, -1)
  )
SELECT
  s.name,
  s.lookups,
  s.clients,
  (SELECT group_concat(a.ip, ', ')
   FROM (SELECT DISTINCT k.client_id FROM missing k WHERE k.name = s.name AND k.capture_id = s.capture_id LIMIT 10) k
   CROSS JOIN addresses a ON a.id = k.client_id) AS who,
  s.names AS names_of_client,
  s.types,
  (SELECT group_concat(a.ip, ', ')
   FROM (SELECT DISTINCT k.server_id FROM missing k WHERE k.name = s.name AND k.capture_id = s.capture_id LIMIT 5) k
   CROSS JOIN addresses a ON a.id = k.server_id) AS servers,
  x.time AS first_time,
  y.time AS last_time,
  x.frame AS first_frame,
  f.flow_id AS flow,
  s.capture_id AS capture
FROM shown s
CROSS JOIN frame_times x ON x.frame_id = s.first_id
CROSS JOIN frames f ON f.id = s.first_id
CROSS JOIN frame_times y ON y.frame_id = s.last_id
ORDER BY s.lookups DESC, s.first_id;
