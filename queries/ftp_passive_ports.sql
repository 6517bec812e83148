-- Ports that FTP servers opened for transfers
-- Question: which port did the FTP server open for the transfer, and what went through it?
-- Columns:
--   time: when it was asked for, UTC
--   client: who asked for it (the control connection's client)
--   server: the control connection's server
--   command: PASV or EPSV (PORT or EPRT of active transfers)
--   reply: the server's answer that names the port
--   listener: address that listens for the data connection
--   port: port that listens for the data connection
--   calculation: how the port follows from the last two numbers of PASV's reply or PORT's argument
--   transfer: command that used the data connection, with its argument
--   connected: yes, or no where the capture holds no such connection
--   bytes: payload bytes of the data connection
--   frame: frame of the command
--   reply_frame: frame of the answer
--   control_flow: flows.id of the control connection
--   data_flow: flows.id of the data connection
--   capture: captures.id
-- Parameters:
--   mode: passive, active or all; default passive
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
SELECT
  t.time,
  c.ip AS client,
  s.ip AS server,
  k.command,
  k.reply_code || ' ' || k.reply_text AS reply,
  a.ip AS listener,
  d.port,
  iif(k.command IN ('PASV', 'PORT'), (d.port / 256) || ' * 256 + ' || (d.port % 256), NULL) AS calculation,
  x.command || coalesce(' ' || x.argument, '') AS transfer,
  iif(d.data_flow_id IS NULL, 'no', 'yes') AS connected,
  o.client_payload + o.server_payload AS bytes,
  t.frame,
  r.number AS reply_frame,
  k.flow_id AS control_flow,
  d.data_flow_id AS data_flow,
  t.capture_id AS capture
FROM ftp_data_channels d
CROSS JOIN ftp_commands k ON k.id = d.command_id
CROSS JOIN flows f ON f.id = k.flow_id
CROSS JOIN addresses c ON c.id = f.client_id
CROSS JOIN addresses s ON s.id = f.server_id
CROSS JOIN addresses a ON a.id = d.address_id
CROSS JOIN frame_times t ON t.frame_id = k.frame_id
LEFT JOIN frames r ON r.id = k.reply_frame_id
LEFT JOIN ftp_commands x ON x.id = d.transfer_command_id
LEFT JOIN flows o ON o.id = d.data_flow_id
WHERE coalesce(:mode, 'passive') IN (d.mode, 'all') AND (:capture IS NULL OR t.capture_id = :capture)
ORDER BY k.frame_id, d.id
LIMIT coalesce(:limit, -1);
