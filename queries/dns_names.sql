-- Names looked up, the most asked first
-- Question: which names were looked up most, which do not exist, and which got no answer?
-- A lookup is a query, answered or not, or a response whose query the capture lacks. mDNS, LLMNR and NetBIOS, which ask
-- everybody and mostly get no answer, are left out: dns_lookups has them.
-- Columns:
--   name: what is asked for, lower case
--   types: A, AAAA, HTTPS, ...
--   lookups: how often it was asked for
--   clients: how many addresses asked
--   answered: lookups that got a response without an error
--   nxdomain: lookups that were told that the name does not exist
--   errors: lookups that got another error
--   unanswered: lookups without a response in the capture
--   addresses: answers to the last lookup of A or AAAA that was answered, 10 at most
--   first_time: of the first lookup, UTC
--   first_frame: frame of the first lookup
--   capture: captures.id
-- Parameters:
--   rcode: only names with a lookup that got this rcode, such as NXDOMAIN, or none for one without a response; default all
--   name: only names that contain this; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  lookups AS (
    SELECT
      f.capture_id, m.id, lower(m.query_name) AS name, m.query_type, m.frame_id,
      iif(m.is_response = x.from_client, f.server_id, f.client_id) AS client_id,
      coalesce(
        iif(m.is_response, m.rcode, (
          SELECT r.rcode FROM dns_messages r WHERE r.flow_id = m.flow_id AND r.query_id = m.id ORDER BY r.id LIMIT 1)),
        'NONE') AS rcode
    FROM dns_messages m
    CROSS JOIN flows f ON f.id = m.flow_id
    CROSS JOIN frames x ON x.id = m.frame_id
    WHERE (NOT m.is_response OR m.query_id IS NULL)
      AND m.query_name IS NOT NULL
      AND coalesce(f.service, '') NOT IN ('mdns', 'llmnr', 'nbns')
      AND (:capture IS NULL OR f.capture_id = :capture)
      AND (:name IS NULL OR instr(lower(m.query_name), lower(:name)))
  ),
  shown AS (
    SELECT
      capture_id, name, group_concat(DISTINCT query_type) AS types, count(*) AS lookups,
      count(DISTINCT client_id) AS clients, sum(rcode = 'NOERROR') AS answered, sum(rcode = 'NXDOMAIN') AS nxdomain,
      sum(rcode NOT IN ('NOERROR', 'NXDOMAIN', 'NONE')) AS errors, sum(rcode = 'NONE') AS unanswered,
      min(frame_id) AS first_frame_id,
      max(iif(rcode = 'NOERROR' AND query_type IN ('A', 'AAAA'), id, NULL)) AS answered_id
    FROM lookups
    GROUP BY capture_id, name
    HAVING :rcode IS NULL OR sum(rcode = upper(:rcode)) > 0
    ORDER BY lookups DESC, first_frame_id, name
    LIMIT coalesce(:limit, -1)
  )
SELECT
  s.name,
  s.types,
  s.lookups,
  s.clients,
  s.answered,
  s.nxdomain,
  s.errors,
  s.unanswered,
  (SELECT group_concat(a.data, ', ')
   FROM (SELECT a.data
         FROM dns_messages m
         CROSS JOIN dns_answers a ON a.message_id = iif(
           m.is_response, m.id,
           (SELECT min(r.id) FROM dns_messages r WHERE r.flow_id = m.flow_id AND r.query_id = m.id))
         WHERE m.id = s.answered_id AND a.section = 'answer' AND a.type IN ('A', 'AAAA')
         ORDER BY a.id LIMIT 10) a) AS addresses,
  t.time AS first_time,
  t.frame AS first_frame,
  s.capture_id AS capture
FROM shown s
CROSS JOIN frame_times t ON t.frame_id = s.first_frame_id
ORDER BY s.lookups DESC, s.first_frame_id, s.name;
