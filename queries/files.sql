-- Files that were carried in the clear
-- Question: which files, pages and images were carried, by whom, of which type and size, and with which hash?
-- The objects of HTTP with their URLs are in file_downloads (kind all) and http_images.
-- Columns:
--   time: of the message that carries it, UTC
--   source: http, ftp, ...: what carried it
--   sender: who sent it
--   receiver: who got it
--   name: last part of the URL's path, file name of an attachment, ...; empty: none
--   declared_type: media type as the sender declares it; empty: not declared
--   detected_type: by its first bytes; empty: not recognised
--   bytes: as sent
--   width: of an image, pixels; empty: not known
--   height: likewise
--   complete: yes, or no where the capture lacks some of it
--   sha256: of the bytes; empty: not complete
--   sender_names: names that the capture gives the sender's address, 20 at most
--   frame: frame of the message's first byte
--   flow: flows.id
--   capture: captures.id
-- Parameters:
--   source: only what this carried, such as ftp; default all
--   type: only types, declared or detected, that contain this; default all
--   name: only names that contain this; default all
--   sha256: only files whose hash begins with this; default all
--   ip: only what this address sent or got; default all
--   flow: only this connection (flows.id); default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH shown AS MATERIALIZED (
  SELECT o.id, o.frame_id
  FROM files o
  CROSS JOIN frames x ON x.id = o.frame_id
  WHERE (:source IS NULL OR o.source = :source COLLATE NOCASE)
    AND (:type IS NULL
      OR instr(lower(coalesce(o.media_type, '') || ' ' || coalesce(o.detected_type, '')), lower(:type)))
    AND (:name IS NULL OR instr(lower(o.name), lower(:name)))
    AND (:sha256 IS NULL OR substr(o.sha256, 1, length(:sha256)) = lower(:sha256))
    AND (:ip IS NULL OR (SELECT a.id FROM addresses a WHERE a.ip = :ip) IN (
      SELECT f.client_id FROM flows f WHERE f.id = o.flow_id
      UNION ALL
      SELECT f.server_id FROM flows f WHERE f.id = o.flow_id))
    AND (:flow IS NULL OR o.flow_id = :flow)
    AND (:capture IS NULL OR x.capture_id = :capture)
  ORDER BY o.frame_id, o.id
  LIMIT coalesce(:limit, -1)
)
SELECT
  t.time,
  o.source,
  s.ip AS sender,
  r.ip AS receiver,
  o.name,
  o.media_type AS declared_type,
  o.detected_type,
  o.size AS bytes,
  o.width,
  o.height,
  iif(o.complete, 'yes', 'no') AS complete,
  o.sha256,
  (SELECT group_concat(n.name)
   FROM (SELECT DISTINCT name FROM address_names
         WHERE address_id = s.id AND capture_id = f.capture_id LIMIT 20) n) AS sender_names,
  t.frame,
  o.flow_id AS flow,
  t.capture_id AS capture
FROM shown w
CROSS JOIN files o ON o.id = w.id
CROSS JOIN flows f ON f.id = o.flow_id
CROSS JOIN frames x ON x.id = o.frame_id
-- Of a file without bytes that FTP carried the frame is its command's, on the control connection.
CROSS JOIN addresses s ON s.id = CASE
  WHEN x.flow_id = f.id THEN iif(x.from_client, f.client_id, f.server_id)
  ELSE (
    SELECT iif(
      EXISTS (SELECT 1 FROM ftp_commands k WHERE k.frame_id = x.id AND k.command = 'RETR'), l.server_id, l.client_id)
    FROM flows l WHERE l.id = x.flow_id)
END
CROSS JOIN addresses r ON r.id = iif(s.id = f.client_id, f.server_id, f.client_id)
CROSS JOIN frame_times t ON t.frame_id = o.frame_id
ORDER BY w.frame_id, w.id;
