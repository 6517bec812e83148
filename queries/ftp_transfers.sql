-- Files and listings that were carried over FTP
-- Question: who fetched or stored which file over FTP, from whom and to whom, and was it whole?
-- Columns:
--   time: when the command was sent, UTC
--   client: who gave the command
--   server: whom it was given to
--   username: whose login it was; empty: not seen
--   direction: download (from the server), upload, or listing
--   command: RETR, STOR, STOU, APPE, LIST, NLST or MLSD
--   path: from the root, or from ~, the directory that the login leads to; where that is not known, as sent
--   source: address that the data came from; empty: no data connection in the capture
--   destination: address that it went to; another than client and server where one server sent it to another
--   mode: passive (the server listened for the data) or active
--   port: where was listened for the data
--   data_type: A (line ends changed on the way) or I (as stored); empty: not seen
--   offset: bytes of the file before the first that was sent; empty: none
--   bytes: sent over the data connection
--   detected_type: media type by the first bytes; empty: not recognised, or a listing
--   sha256: of the bytes; empty: not complete, or a listing
--   complete: yes, or no where the server does not say that it was, or the capture lacks some of it
--   reply_code: final reply; empty: none seen
--   reply: its text
--   frame: frame of the command
--   flow: flows.id of the control connection
--   data_flow: flows.id of the data connection
--   capture: captures.id
-- Parameters:
--   direction: only download, upload or listing; default all
--   name: only paths that contain this text; default all
--   flow: only this control connection (flows.id); default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
SELECT
  t.time,
  c.ip AS client,
  s.ip AS server,
  (SELECT l.username FROM credentials l
   WHERE l.flow_id = k.flow_id AND l.protocol = 'ftp' AND l.frame_id < k.frame_id AND l.accepted IS NOT 0
   ORDER BY l.frame_id DESC LIMIT 1) AS username,
  CASE
    WHEN k.command = 'RETR' THEN 'download'
    WHEN k.command IN ('STOR', 'STOU', 'APPE') THEN 'upload'
    ELSE 'listing'
  END AS direction,
  k.command,
  coalesce(k.path, k.argument) AS path,
  -- Of a passive connection the FTP server is the one that listens.
  iif((h.mode = 'passive') = (k.command IN ('STOR', 'STOU', 'APPE')), dc.ip, ds.ip) AS source,
  iif((h.mode = 'passive') = (k.command IN ('STOR', 'STOU', 'APPE')), ds.ip, dc.ip) AS destination,
  h.mode,
  h.port,
  k.data_type,
  k.restart_offset AS "offset",
  coalesce(o.size, d.client_payload + d.server_payload) AS bytes,
  o.detected_type,
  o.sha256,
  iif(coalesce(o.complete, k.command IN ('LIST', 'NLST', 'MLSD') AND d.missing_bytes = 0
    AND k.reply_code BETWEEN 200 AND 299), 'yes', 'no') AS complete,
  k.reply_code,
  k.reply_text AS reply,
  t.frame,
  k.flow_id AS flow,
  h.data_flow_id AS data_flow,
  t.capture_id AS capture
FROM ftp_commands k
CROSS JOIN flows f ON f.id = k.flow_id
CROSS JOIN addresses c ON c.id = f.client_id
CROSS JOIN addresses s ON s.id = f.server_id
CROSS JOIN frame_times t ON t.frame_id = k.frame_id
LEFT JOIN ftp_data_channels h ON h.id = (SELECT max(id) FROM ftp_data_channels WHERE transfer_command_id = k.id)
LEFT JOIN flows d ON d.id = h.data_flow_id
LEFT JOIN addresses dc ON dc.id = d.client_id
LEFT JOIN addresses ds ON ds.id = d.server_id
LEFT JOIN files o ON o.flow_id = h.data_flow_id AND o.source = 'ftp'
WHERE k.command IN ('RETR', 'STOR', 'STOU', 'APPE', 'LIST', 'NLST', 'MLSD')
  AND (:direction IS NULL OR :direction = CASE
    WHEN k.command = 'RETR' THEN 'download'
    WHEN k.command IN ('STOR', 'STOU', 'APPE') THEN 'upload'
    ELSE 'listing'
  END)
  AND (:name IS NULL OR instr(coalesce(k.path, k.argument), :name))
  -- One flow is a range as well, which the index finds.
  AND k.flow_id BETWEEN coalesce(:flow, 1) AND coalesce(:flow, 9223372036854775807)
  AND (:capture IS NULL OR t.capture_id = :capture)
ORDER BY k.frame_id, k.id
LIMIT coalesce(:limit, -1);
