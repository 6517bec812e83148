-- When each address and each name was first seen
-- Question: in which capture and frame did each address and each name turn up first, and where last?
-- First and last go by the time of the frames, of captures without times by the order in which they were read.
-- Columns:
--   kind: address or name
--   value: the address, or the name in lower case
--   about: of an address its names, of a name its addresses, 5 at most
--   scope: of an address: global, private, ...
--   source: of a name who says it first: dns, sni, quic, http, certificate
--   first_time: UTC
--   first_frame: in the first capture
--   path: of the first capture
--   last_time: of an address the last frame, UTC; of a name the last one that adds a source, an address or a capture
--   last_frame: in last_capture
--   last_capture: captures.id
--   captures: number of captures that have it
--   capture: captures.id of the first one
-- Parameters:
--   kind: only address or name; default both
--   value: only addresses and names that contain this; default all
--   scope: only addresses of this scope; default all
--   capture: only what is first seen in this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  ends (kind, value, id, scope, capture_id, first_id, last_id) AS (
    SELECT 1, a.ip, a.id, a.scope, t.capture_id, t.first_frame_id, t.last_frame_id
    FROM address_traffic t
    CROSS JOIN addresses a ON a.id = t.address_id
    WHERE (:kind IS NULL OR :kind = 'address') AND (:value IS NULL OR instr(a.ip, lower(:value)))
      AND (:scope IS NULL OR a.scope = :scope)
    UNION ALL
    SELECT 2, name, NULL, NULL, capture_id, min(first_frame_id), min(first_frame_id)
    FROM address_names
    WHERE (:kind IS NULL OR :kind = 'name') AND :scope IS NULL AND (:value IS NULL OR instr(name, lower(:value)))
    GROUP BY name, capture_id
  ),
  timed AS (
    SELECT e.*, x.ts AS first_ts, y.ts AS last_ts
    FROM ends e
    CROSS JOIN frames x ON x.id = e.first_id
    CROSS JOIN frames y ON y.id = e.last_id
  ),
  -- Of several captures the one with the earliest frame; a bare column beside min() is of its row.
  firsts AS MATERIALIZED (
    SELECT
      kind, value, id, scope, capture_id, first_id, min(coalesce(first_ts, first_id)) AS first_ts, count(*) AS captures
    FROM timed
    GROUP BY kind, value
  ),
  shown AS MATERIALIZED (
    SELECT * FROM firsts
    WHERE :capture IS NULL OR capture_id = :capture
    ORDER BY first_ts, kind, first_id, value
    LIMIT coalesce(:limit, -1)
  ),
  lasts AS (
    SELECT
      s.*,
      iif(s.kind = 1,
        (SELECT t.last_frame_id FROM address_traffic t CROSS JOIN frames f ON f.id = t.last_frame_id
         WHERE t.address_id = s.id ORDER BY coalesce(f.ts, f.id) DESC LIMIT 1),
        (SELECT n.first_frame_id FROM address_names n CROSS JOIN frames f ON f.id = n.first_frame_id
         WHERE n.name = s.value ORDER BY coalesce(f.ts, f.id) DESC LIMIT 1)) AS last_id
    FROM shown s
  )
SELECT
  iif(s.kind = 1, 'address', 'name') AS kind,
  s.value,
  iif(s.kind = 1,
    (SELECT group_concat(n.name, ', ')
     FROM (SELECT DISTINCT name FROM address_names WHERE address_id = s.id LIMIT 5) n),
    (SELECT group_concat(a.ip, ', ')
     FROM (SELECT DISTINCT address_id FROM address_names WHERE name = s.value LIMIT 5) n
     CROSS JOIN addresses a ON a.id = n.address_id)) AS about,
  s.scope,
  iif(s.kind = 1, NULL,
    (SELECT min(source) FROM address_names WHERE name = s.value AND first_frame_id = s.first_id)) AS source,
  x.time AS first_time,
  x.frame AS first_frame,
  p.path,
  y.time AS last_time,
  y.frame AS last_frame,
  y.capture_id AS last_capture,
  s.captures,
  s.capture_id AS capture
FROM lasts s
CROSS JOIN frame_times x ON x.frame_id = s.first_id
CROSS JOIN frame_times y ON y.frame_id = s.last_id
CROSS JOIN captures p ON p.id = s.capture_id
ORDER BY s.first_ts, s.kind, s.first_id, s.value;
