-- Programs that speak HTTP, by User-Agent
-- Question: which programs and devices name themselves in HTTP, on which machines, and to whom do they talk?
-- Columns:
--   user_agent: User-Agent field; empty: requests without one
--   requests: how many have it
--   clients: how many addresses sent it
--   client_ips: those addresses, 10 at most
--   hosts: how many hosts it asked
--   host_names: those hosts, 10 at most
--   first_time: of its first request, UTC
--   first_frame: frame of that request's first byte
--   flow: flows.id of that request
--   capture: captures.id of that request
-- Parameters:
--   agent: only agents that contain this; default all
--   client: only what this address sent; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  asked AS MATERIALIZED (
    SELECT coalesce(q.user_agent, '') AS agent, f.client_id, coalesce(q.host, '') AS host, count(*) AS requests,
      min(q.frame_id) AS first_id
    FROM http_requests q
    CROSS JOIN flows f ON f.id = q.flow_id
    WHERE (:agent IS NULL OR instr(lower(q.user_agent), lower(:agent)))
      AND (:client IS NULL OR f.client_id = (SELECT a.id FROM addresses a WHERE a.ip = :client))
      AND (:capture IS NULL OR f.capture_id = :capture)
    GROUP BY 1, 2, 3
  ),
  agents AS (
    SELECT agent, sum(requests) AS requests, count(DISTINCT client_id) AS clients,
      count(DISTINCT nullif(host, '')) AS hosts, min(first_id) AS first_id
    FROM asked
    GROUP BY agent
    ORDER BY requests DESC, first_id
    LIMIT coalesce(:limit, -1)
  ),
  -- The first ones of each agent.
  clients AS MATERIALIZED (
    SELECT agent, group_concat(ip, ', ') AS ips
    FROM (SELECT k.agent, a.ip, row_number() OVER (PARTITION BY k.agent ORDER BY min(k.first_id)) AS place
          FROM asked k CROSS JOIN addresses a ON a.id = k.client_id GROUP BY k.agent, k.client_id)
    WHERE place <= 10
    GROUP BY agent
  ),
  hosts AS MATERIALIZED (
    SELECT agent, group_concat(host, ', ') AS names
    FROM (SELECT agent, host, row_number() OVER (PARTITION BY agent ORDER BY min(first_id)) AS place
          FROM asked WHERE host <> '' GROUP BY agent, host)
    WHERE place <= 10
    GROUP BY agent
  )
SELECT
  nullif(g.agent, '') AS user_agent,
  g.requests,
  g.clients,
  c.ips AS client_ips,
  g.hosts,
  h.names AS host_names,
  t.time AS first_time,
  t.frame AS first_frame,
  (SELECT q.flow_id FROM frames x CROSS JOIN http_requests q ON q.flow_id = x.flow_id AND q.last_frame_id >= x.id
     AND q.frame_id = x.id
   WHERE x.id = g.first_id LIMIT 1) AS flow,
  t.capture_id AS capture
FROM agents g
LEFT JOIN clients c ON c.agent = g.agent
LEFT JOIN hosts h ON h.agent = g.agent
CROSS JOIN frame_times t ON t.frame_id = g.first_id
ORDER BY g.requests DESC, g.first_id;
