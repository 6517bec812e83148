-- FTP control dialogues with their replies and data connections
-- Question: what was said in each FTP session, and how much was carried by which data connection?
-- Columns:
--   flow: flows.id of the control connection
--   time: when the command was sent, UTC
--   client: who gives the commands
--   server: who answers
--   frame: frame of the command; of the greeting, of the reply
--   command: USER, PASS, PASV, RETR, ...; empty: the server's greeting
--   argument: as sent
--   reply_code: final reply; empty: none seen
--   reply: its text
--   reply_frame: frame of the reply
--   data_endpoint: address and port that listen for the data connection
--   data_flow: flows.id of the data connection
--   data_bytes: payload bytes of the data connection
--   capture: captures.id
-- Parameters:
--   flow: only this control connection (flows.id); default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
SELECT
  k.flow_id AS flow,
  t.time,
  c.ip AS client,
  s.ip AS server,
  t.frame,
  k.command,
  k.argument,
  k.reply_code,
  k.reply_text AS reply,
  r.number AS reply_frame,
  iif(instr(a.ip, ':'), '[' || a.ip || ']', a.ip) || ':' || h.port AS data_endpoint,
  h.data_flow_id AS data_flow,
  iif(h.transfer_command_id = k.id, o.client_payload + o.server_payload, NULL) AS data_bytes,
  t.capture_id AS capture
FROM ftp_commands k
CROSS JOIN flows f ON f.id = k.flow_id
CROSS JOIN addresses c ON c.id = f.client_id
CROSS JOIN addresses s ON s.id = f.server_id
CROSS JOIN frame_times t ON t.frame_id = k.frame_id
LEFT JOIN frames r ON r.id = k.reply_frame_id
-- A data connection stands beside the command that negotiated it and the one that used it.
LEFT JOIN ftp_data_channels h ON h.id = (
  SELECT max(id)
  FROM (
    SELECT id FROM ftp_data_channels WHERE command_id = k.id
    UNION ALL
    SELECT id FROM ftp_data_channels WHERE transfer_command_id = k.id
  ))
LEFT JOIN addresses a ON a.id = h.address_id
LEFT JOIN flows o ON o.id = h.data_flow_id
-- One flow is a range as well, which the index finds.
WHERE k.flow_id BETWEEN coalesce(:flow, 1) AND coalesce(:flow, 9223372036854775807) AND (:capture IS NULL OR t.capture_id = :capture)
ORDER BY k.flow_id, k.frame_id, k.id
LIMIT coalesce(:limit, -1);
