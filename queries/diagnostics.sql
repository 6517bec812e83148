-- What could not be decoded, or is odd
-- Question: what do the other answers not cover, because it was cut off, damaged, lost or not understood?
-- Columns:
--   code: what it is; capture-... is about the whole capture
--   count: how often
--   frames: number of frames that it is about
--   flows: number of flows that it is about
--   first_frame: first frame that it is about; empty: not of one frame
--   last_frame: last frame that it is about
--   example: what was said of the first one
--   example_flow: flows.id of the first one
--   capture: captures.id
-- Parameters:
--   code: only this code; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  counted AS (
    SELECT
      capture_id, code, count(*) AS count, count(DISTINCT frame_id) AS frames, count(DISTINCT flow_id) AS flows,
      min(frame_id) AS first_frame_id, max(frame_id) AS last_frame_id, min(id) AS first_id
    FROM diagnostics
    WHERE (:code IS NULL OR code = :code) AND (:capture IS NULL OR capture_id = :capture)
    GROUP BY capture_id, code
    UNION ALL
    SELECT id, 'capture-' || status, 1, 0, 0, NULL, NULL, NULL
    FROM captures
    WHERE status <> 'complete' AND (:code IS NULL OR 'capture-' || status = :code)
      AND (:capture IS NULL OR id = :capture)
  )
SELECT
  k.code,
  k.count,
  k.frames,
  k.flows,
  x.number AS first_frame,
  y.number AS last_frame,
  coalesce(d.detail, c.path || coalesce(': ' || c.detail, '')) AS example,
  d.flow_id AS example_flow,
  k.capture_id AS capture
FROM counted k
JOIN captures c ON c.id = k.capture_id
LEFT JOIN diagnostics d ON d.id = k.first_id
LEFT JOIN frames x ON x.id = k.first_frame_id
LEFT JOIN frames y ON y.id = k.last_frame_id
ORDER BY k.capture_id, k.first_id IS NOT NULL, k.count DESC, k.code
LIMIT coalesce(:limit, -1);
