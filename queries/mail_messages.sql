-- Messages that were sent over SMTP or fetched over POP3
-- Question: who mailed whom, about what, with which attachments, and did the server take it?
-- Columns:
--   time: of the first command, or of the message's first byte, UTC
--   protocol: smtp or pop3
--   client: who sent or fetched it
--   server: whom to, or from whom
--   mail_from: sender of the envelope; <> is none, as of an error report; empty: not seen
--   recipients: of the envelope, those that were not refused
--   refused: of the envelope, those that were refused
--   from: the message's From field
--   to: the message's To field
--   subject: the message's Subject field
--   date: the message's Date field, as its sender says
--   message_id: the message's Message-ID field
--   user_agent: program that the message says it was written with
--   bytes: of the message; empty: none was sent
--   attachments: names with sizes and media types, comma separated; ? is one without a name
--   suspicious: attachments that are programs, scripts or the like by content or name
--   reply: what the server said of it
--   complete: yes, or no where the capture lacks some of it or none was sent
--   frame: first frame
--   flow: flows.id
--   capture: captures.id
-- Parameters:
--   address: only messages with this text among sender, recipients, From, To and Cc; default all
--   subject: only messages with this text in their subject; default all
--   protocol: only smtp or pop3; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
SELECT
  t.time,
  m.source AS protocol,
  c.ip AS client,
  s.ip AS server,
  iif(m.mail_from = '', '<>', m.mail_from) AS mail_from,
  m.recipients,
  m.refused_recipients AS refused,
  m.header_from AS "from",
  m.header_to AS "to",
  m.subject,
  m.date,
  m.message_id,
  m.user_agent,
  m.size AS bytes,
  (SELECT group_concat(a.text, ', ')
   FROM (
     SELECT coalesce(o.name, '?') || ' (' || o.size || ' bytes, ' || coalesce(o.detected_type, o.media_type, '?')
       || iif(o.complete, '', ', incomplete') || ')' AS text
     FROM files o
     WHERE o.flow_id = m.flow_id AND o.source = m.source AND o.frame_id BETWEEN m.message_frame_id AND m.last_frame_id
       AND m.attachments > 0
     ORDER BY o.id) a) AS attachments,
  (SELECT group_concat(a.text, ', ')
   FROM (
     SELECT coalesce(o.name, '?') AS text
     FROM files o
     WHERE o.flow_id = m.flow_id AND o.source = m.source AND o.frame_id BETWEEN m.message_frame_id AND m.last_frame_id
       AND m.attachments > 0
       AND (o.detected_type GLOB '*executable*' OR o.detected_type GLOB '*-elf*' OR o.detected_type GLOB '*dosexec*'
         OR o.detected_type GLOB '*script*' OR o.detected_type GLOB '*mach-*' OR o.detected_type GLOB '*msi*'
         OR lower(o.name) GLOB '*.exe' OR lower(o.name) GLOB '*.scr' OR lower(o.name) GLOB '*.js'
         OR lower(o.name) GLOB '*.vbs' OR lower(o.name) GLOB '*.bat' OR lower(o.name) GLOB '*.cmd'
         OR lower(o.name) GLOB '*.com' OR lower(o.name) GLOB '*.pif' OR lower(o.name) GLOB '*.ps1'
         OR lower(o.name) GLOB '*.hta' OR lower(o.name) GLOB '*.lnk' OR lower(o.name) GLOB '*.iso'
         OR lower(o.name) GLOB '*.jar' OR lower(o.name) GLOB '*.msi' OR lower(o.name) GLOB '*.wsf'
         OR lower(o.name) GLOB '*.docm' OR lower(o.name) GLOB '*.xlsm')
     ORDER BY o.id) a) AS suspicious,
  m.reply_code || coalesce(' ' || m.reply_text, '') AS reply,
  iif(m.complete, 'yes', 'no') AS complete,
  t.frame,
  m.flow_id AS flow,
  t.capture_id AS capture
FROM mail_messages m
CROSS JOIN flows f ON f.id = m.flow_id
CROSS JOIN addresses c ON c.id = f.client_id
CROSS JOIN addresses s ON s.id = f.server_id
CROSS JOIN frame_times t ON t.frame_id = m.frame_id
WHERE (:address IS NULL OR instr(lower(coalesce(m.mail_from, '') || ' ' || coalesce(m.recipients, '') || ' '
    || coalesce(m.refused_recipients, '') || ' ' || coalesce(m.header_from, '') || ' ' || coalesce(m.header_to, '')
    || ' ' || coalesce(m.header_cc, '')), lower(:address)))
  AND (:subject IS NULL OR instr(lower(m.subject), lower(:subject)))
  AND (:protocol IS NULL OR m.source = :protocol)
  AND (:capture IS NULL OR t.capture_id = :capture)
ORDER BY m.frame_id, m.id
LIMIT coalesce(:limit, -1);
