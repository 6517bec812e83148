-- Comments in the captures
-- Question: what did those who captured or looked before note down?
-- Columns:
--   about: file, interface, frame, statistics, names or secrets
--   comment: as it stands there
--   frame: that it is about; empty: not of a frame
--   time: of the frame, UTC
--   interface: that it is about; empty: not of an interface
--   flow: flows.id of the frame
--   capture: captures.id
-- Parameters:
--   contains: only comments that contain this; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
SELECT
  k.subject AS about,
  k.text AS comment,
  t.frame,
  t.time,
  coalesce(i.name, i.description, i.number) AS interface,
  f.flow_id AS flow,
  k.capture_id AS capture
FROM comments k
LEFT JOIN frame_times t ON t.frame_id = k.frame_id
LEFT JOIN frames f ON f.id = k.frame_id
LEFT JOIN interfaces i ON i.id = k.interface_id
WHERE (:contains IS NULL OR instr(lower(k.text), lower(:contains))) AND (:capture IS NULL OR k.capture_id = :capture)
ORDER BY k.id
LIMIT coalesce(:limit, -1);
