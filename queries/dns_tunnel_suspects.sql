-- Domains whose lookups may carry data
-- Question: under which domains are names looked up that look like data rather than names?
-- A tunnel writes what it sends into labels: many names under one domain, each asked once, long and of many different
-- characters; what comes back hides in TXT, NULL or other rare records, or in long ones. Virus scanners and block lists (hashes as
-- names), content networks and telemetry look alike: weigh it by what the domain is.
-- Columns:
--   domain: registered domain, taken as the last two labels, or three where a country has second levels (co.uk)
--   score: from 0 to 100: share of names asked once, length, characters, rare types and bytes, a fifth each
--   lookups: queries for names under it
--   names: how many different names
--   once: share of the names that were asked for once, percent
--   label_length: mean length of what stands before the domain
--   longest: longest name
--   characters: mean number of different characters before the domain
--   rare: share of queries for TXT, NULL, CNAME, MX, SRV, ANY and unknown types, percent
--   sent: bytes of names that were asked for
--   received: bytes of answers in presentation form
--   clients: how many addresses asked
--   client: the one that asked most
--   nxdomain: queries that were told that the name does not exist
--   example: one of the names
--   first_time: of the first query, UTC
--   first_frame: frame of the first query
--   capture: captures.id
-- Parameters:
--   names: least number of different names under the domain; default 20
--   length: least mean length before the domain; default 15
--   score: least score; default 50
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  -- Each name once, with what was asked; mDNS and its like have no domains of others.
  asked AS MATERIALIZED (
    SELECT
      fl.capture_id, lower(m.query_name) AS name, count(*) AS lookups, min(m.frame_id) AS first_id, min(m.id) AS id,
      sum(m.query_type NOT IN ('A', 'AAAA', 'HTTPS', 'PTR', 'NS', 'SOA', 'DS', 'DNSKEY')) AS rare,
      count(DISTINCT fl.client_id) AS clients, min(fl.client_id) AS client_id
    FROM dns_messages m
    CROSS JOIN flows fl ON fl.id = m.flow_id
    WHERE NOT m.is_response AND m.query_name IS NOT NULL AND fl.service = 'dns' AND m.opcode = 'QUERY'
      AND length(m.query_name) > 8 AND m.query_name NOT LIKE '%.arpa' AND m.query_name NOT LIKE '%.ip6.int'
      AND (:capture IS NULL OR fl.capture_id = :capture)
    GROUP BY fl.capture_id, lower(m.query_name)
  ),
  -- Where the last label, the last two and the last three begin.
  one AS (SELECT *, length(rtrim(name, replace(name, '.', ''))) AS at FROM asked),
  two AS (
    SELECT *, substr(name, 1, max(at - 1, 0)) AS rest FROM one
  ),
  three AS (
    SELECT *, length(rtrim(rest, replace(rest, '.', ''))) AS second FROM two
  ),
  four AS (
    SELECT
      *, iif(
        length(name) - at = 2 AND second > 0 AND substr(rest, second + 1) IN (
          'ac', 'asn', 'biz', 'co', 'com', 'edu', 'firm', 'go', 'gob', 'gov', 'govt', 'gv', 'id', 'info', 'ltd', 'me', 'mil',
          'ne', 'net', 'nhs', 'nom', 'or', 'org', 'plc', 'police', 'sch', 'web'),
        length(rtrim(substr(name, 1, second - 1), replace(substr(name, 1, second - 1), '.', ''))), second) AS cut
    FROM three
  ),
  split AS MATERIALIZED (
    SELECT capture_id, substr(name, cut + 1) AS domain, substr(name, 1, cut - 1) AS label, name, lookups, first_id, rare, clients, client_id
    FROM four
    WHERE cut > 1
  ),
  domains AS MATERIALIZED (
    SELECT
      capture_id, domain, sum(lookups) AS lookups, count(*) AS names, avg(lookups = 1) AS once, avg(length(label)) AS label_length,
      max(length(name)) AS longest, sum(rare) * 1.0 / sum(lookups) AS rare, sum(lookups * length(name)) AS sent,
      min(first_id) AS first_id
    FROM split
    GROUP BY capture_id, domain
    HAVING names >= coalesce(:names, 20) AND label_length >= coalesce(:length, 15)
  ),
  -- Of the domains that are left: what is dearer to know. Different characters are counted letter by letter.
  letters AS MATERIALIZED (
    SELECT d.capture_id, d.domain, avg((
        SELECT count(*) FROM json_each('["a","b","c","d","e","f","g","h","i","j","k","l","m","n","o","p","q","r","s","t","u","v","w","x","y","z","0","1","2","3","4","5","6","7","8","9","-","_","+","/","="]') c
        WHERE instr(s.label, c.value))) AS characters
    FROM domains d CROSS JOIN split s ON s.capture_id = d.capture_id AND s.domain = d.domain
    GROUP BY d.capture_id, d.domain
  ),
  answers AS MATERIALIZED (
    SELECT d.capture_id, d.domain, sum(coalesce((
        SELECT sum(length(a.data)) FROM dns_answers a WHERE a.message_id = m.id AND a.section = 'answer'), 0)) AS received,
      sum(m.rcode = 'NXDOMAIN') AS nxdomain
    FROM domains d
    CROSS JOIN split s ON s.capture_id = d.capture_id AND s.domain = d.domain
    -- By the index: of names in mixed case, which some resolvers send, the answers are not counted.
    CROSS JOIN dns_messages m ON m.query_name = s.name
    CROSS JOIN flows fl ON fl.id = m.flow_id AND fl.capture_id = d.capture_id
    WHERE m.is_response
    GROUP BY d.capture_id, d.domain
  ),
  judged AS (
    SELECT
      d.*, l.characters, coalesce(a.received, 0) AS received, coalesce(a.nxdomain, 0) AS nxdomain,
      20 * d.once + 20 * min(d.label_length / 40.0, 1) + 20 * min(l.characters / 20.0, 1) + 20 * d.rare
        + 20 * min((d.sent + coalesce(a.received, 0)) / 20000.0, 1) AS score
    FROM domains d
    CROSS JOIN letters l ON l.capture_id = d.capture_id AND l.domain = d.domain
    LEFT JOIN answers a ON a.capture_id = d.capture_id AND a.domain = d.domain
  )
SELECT
  j.domain,
  CAST(round(j.score) AS INTEGER) AS score,
  j.lookups,
  j.names,
  CAST(round(100 * j.once) AS INTEGER) AS once,
  round(j.label_length, 1) AS label_length,
  j.longest,
  round(j.characters, 1) AS characters,
  CAST(round(100 * j.rare) AS INTEGER) AS rare,
  j.sent,
  j.received,
  (SELECT count(DISTINCT s.client_id) FROM split s WHERE s.capture_id = j.capture_id AND s.domain = j.domain) AS clients,
  (SELECT c.ip FROM split s CROSS JOIN addresses c ON c.id = s.client_id WHERE s.capture_id = j.capture_id AND s.domain = j.domain
   GROUP BY s.client_id ORDER BY sum(s.lookups) DESC LIMIT 1) AS client,
  j.nxdomain,
  (SELECT s.name FROM split s WHERE s.capture_id = j.capture_id AND s.domain = j.domain ORDER BY length(s.name) DESC, s.name LIMIT 1) AS example,
  t.time AS first_time,
  t.frame AS first_frame,
  j.capture_id AS capture
FROM judged j
CROSS JOIN frame_times t ON t.frame_id = j.first_id
WHERE j.score >= coalesce(:score, 50)
ORDER BY j.score DESC, j.first_id
LIMIT coalesce(:limit, -1);
