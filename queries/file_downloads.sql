-- Executables and archives that were carried in the clear
-- Question: which programs, scripts, documents with macros and archives were carried over plain HTTP, and from where?
-- Found by the first bytes, by the declared type, or by the name's ending. What FTP carried is in ftp_sessions.
-- Columns:
--   time: of the message that carries it, UTC
--   kind: executable, script, document or archive
--   evidence: what says so: content, declared, name
--   client: who connects
--   server: who is connected to
--   direction: download (from the server) or upload
--   url: what was asked for; the file's name where the request was not seen
--   declared_type: Content-Type field
--   detected_type: by its first bytes; empty: not recognised
--   bytes: as sent
--   complete: yes, or no where the capture lacks some of it
--   sha256: of the bytes; empty: not complete
--   status: HTTP status code
--   server_names: names that the capture gives the server's address, 20 at most
--   source: http
--   frame: frame of the message's first byte
--   flow: flows.id
--   capture: captures.id
-- Parameters:
--   kind: only this kind, or all for every file whatever it is; default the four kinds
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  endings (ending, kind) AS MATERIALIZED (
    VALUES
      ('exe', 'executable'), ('dll', 'executable'), ('scr', 'executable'), ('sys', 'executable'), ('com', 'executable'),
      ('cpl', 'executable'), ('ocx', 'executable'), ('msi', 'executable'), ('msp', 'executable'), ('elf', 'executable'),
      ('so', 'executable'), ('apk', 'executable'), ('ipa', 'executable'), ('jar', 'executable'),
      ('class', 'executable'),
      ('deb', 'executable'), ('rpm', 'executable'), ('dmg', 'executable'), ('pkg', 'executable'), ('swf', 'executable'),
      ('appx', 'executable'), ('msix', 'executable'), ('xpi', 'executable'), ('crx', 'executable'),
      ('dex', 'executable'),
      ('ps1', 'script'), ('psm1', 'script'), ('bat', 'script'), ('cmd', 'script'), ('vbs', 'script'), ('vbe', 'script'),
      ('jse', 'script'), ('wsf', 'script'), ('wsh', 'script'), ('hta', 'script'), ('sh', 'script'), ('sct', 'script'),
      ('lnk', 'script'), ('chm', 'script'), ('py', 'script'), ('pl', 'script'),
      ('docm', 'document'), ('xlsm', 'document'), ('pptm', 'document'), ('doc', 'document'), ('xls', 'document'),
      ('xlsb', 'document'), ('rtf', 'document'), ('one', 'document'),
      ('zip', 'archive'), ('rar', 'archive'), ('7z', 'archive'), ('gz', 'archive'), ('tgz', 'archive'),
      ('bz2', 'archive'),
      ('xz', 'archive'), ('zst', 'archive'), ('tar', 'archive'), ('cab', 'archive'), ('arj', 'archive'),
      ('lzh', 'archive'),
      ('ace', 'archive'), ('iso', 'archive'), ('img', 'archive'), ('vhd', 'archive'), ('vhdx', 'archive')
  ),
  -- Media types by their essence, lower case, 'x-' and 'vnd.' as they are used.
  types (pattern, kind) AS (
    VALUES
      ('application/*dosexec*', 'executable'), ('application/*msdownload*', 'executable'),
      ('application/*portable-executable*', 'executable'), ('application/*msdos-program*', 'executable'),
      ('application/x-exe*', 'executable'), ('application/exe*', 'executable'), ('application/*-elf*', 'executable'),
      ('application/elf*', 'executable'), ('application/*mach-*', 'executable'),
      ('application/*sharedlib*', 'executable'),
      ('application/*pie-executable*', 'executable'), ('application/x-executable*', 'executable'),
      ('application/x-object*', 'executable'), ('application/wasm*', 'executable'), ('application/*-msi*', 'executable'),
      ('application/*java-archive*', 'executable'), ('application/*java-vm*', 'executable'),
      ('application/*android.*', 'executable'), ('application/*shockwave-flash*', 'executable'),
      ('application/*flash.movie*', 'executable'),
      ('application/*debian*', 'executable'), ('application/*rpm*', 'executable'),
      ('application/*diskimage*', 'executable'),
      ('text/x-python*', 'script'), ('text/x-perl*', 'script'), ('text/x-php*', 'script'), ('text/x-ruby*', 'script'),
      ('text/x-lua*', 'script'), ('text/x-msdos-batch*', 'script'), ('text/x-script*', 'script'),
      ('application/*shellscript*', 'script'), ('text/*shellscript*', 'script'), ('application/x-sh*', 'script'),
      ('application/*powershell*', 'script'), ('text/*powershell*', 'script'), ('text/vbs*', 'script'),
      ('text/vbscript*', 'script'), ('application/hta*', 'script'), ('application/*ms-shortcut*', 'script'),
      ('application/*macroenabled*', 'document'), ('application/msword*', 'document'),
      ('application/vnd.ms-excel*', 'document'), ('application/rtf*', 'document'), ('text/rtf*', 'document'),
      ('application/*ole-storage*', 'document'),
      ('application/*zip*', 'archive'), ('application/*rar*', 'archive'), ('application/*7z*', 'archive'),
      ('application/*-tar*', 'archive'), ('application/*bzip*', 'archive'), ('application/*-xz*', 'archive'),
      ('application/*zstd*', 'archive'), ('application/*cab-*', 'archive'), ('application/*iso9660*', 'archive')
  ),
  -- What stands in files, and HTTP bodies without a row there.
  carried AS (
    SELECT
      o.id AS file_id, coalesce(r.id, q.id) AS message_id, o.flow_id, o.frame_id, o.source,
      coalesce(o.name, '') AS name, o.media_type, o.detected_type, o.size, o.complete, o.sha256,
      r.id AS response_id, coalesce(r.request_id, q.id) AS request_id,
      row_number() OVER (
        PARTITION BY o.id
        ORDER BY coalesce(r.body_length = o.size, 0) DESC, coalesce(q.body_length = o.size, 0) DESC, r.id, q.id
      ) AS place
    FROM files o
    LEFT JOIN http_responses r ON r.frame_id = o.frame_id AND +r.flow_id = o.flow_id AND o.source = 'http'
    LEFT JOIN http_requests q
      ON q.frame_id = o.frame_id AND +q.flow_id = o.flow_id AND o.source = 'http' AND q.body_length > 0
    UNION ALL
    SELECT
      NULL, r.id, r.flow_id, r.frame_id, 'http', NULL, r.content_type, NULL, r.body_length, r.complete, NULL,
      r.id, r.request_id, 1
    FROM http_responses r
    WHERE r.body_length > 0 AND r.frame_id NOT IN (SELECT frame_id FROM files WHERE source = 'http')
  ),
  named AS MATERIALIZED (
    SELECT
      k.*, q.host, q.uri, r.status,
      -- The part after the last dot of the path's last part.
      lower(replace(coalesce(nullif(k.name, ''), path), rtrim(coalesce(nullif(k.name, ''), path),
        replace(coalesce(nullif(k.name, ''), path), '.', '')), '')) AS ending,
      lower(k.media_type) AS declared, lower(k.detected_type) AS detected
    FROM carried k
    LEFT JOIN (
      SELECT id, host, uri, substr(uri, 1, instr(uri || '?', '?') - 1) AS path FROM http_requests
    ) q ON q.id = k.request_id
    LEFT JOIN http_responses r ON r.id = k.response_id
    WHERE k.place = 1
  ),
  -- Each distinct type is held against the patterns once.
  kinds (type, kind) AS MATERIALIZED (
    SELECT type, (SELECT p.kind FROM types p WHERE t.type GLOB p.pattern LIMIT 1)
    FROM (SELECT declared AS type FROM named UNION SELECT detected FROM named) t
    WHERE type IS NOT NULL
  ),
  judged AS (
    SELECT n.*, d.kind AS by_content, m.kind AS by_type, e.kind AS by_name
    FROM named n
    LEFT JOIN kinds d ON d.type = n.detected
    LEFT JOIN kinds m ON m.type = n.declared
    LEFT JOIN endings e ON e.ending = n.ending
  )
SELECT
  t.time,
  coalesce(j.by_content, j.by_type, j.by_name) AS kind,
  substr(iif(j.by_content IS NULL, '', ', content') || iif(j.by_type IS NULL, '', ', declared')
    || iif(j.by_name IS NULL, '', ', name'), 3) AS evidence,
  c.ip AS client,
  s.ip AS server,
  CASE
    WHEN j.source = 'http' THEN iif(j.response_id IS NULL, 'upload', 'download')
    -- In active mode the server is the client of the data connection.
    WHEN j.source = 'ftp' THEN coalesce((
      SELECT iif(k.command = 'RETR', 'download', 'upload')
      FROM ftp_data_channels d JOIN ftp_commands k ON k.id = d.transfer_command_id
      WHERE d.data_flow_id = j.flow_id ORDER BY k.command LIMIT 1), iif(x.from_client, 'upload', 'download'))
    ELSE iif(x.from_client, 'upload', 'download')
  END AS direction,
  CASE
    WHEN j.uri LIKE 'http%://%' THEN j.uri
    WHEN j.uri IS NOT NULL THEN 'http://' || coalesce(
      j.host, iif(instr(s.ip, ':'), '[' || s.ip || ']', s.ip) || iif(f.server_port = 80, '', ':' || f.server_port)
    ) || j.uri
    ELSE nullif(j.name, '')
  END AS url,
  j.media_type AS declared_type,
  j.detected_type,
  j.size AS bytes,
  iif(j.complete, 'yes', 'no') AS complete,
  j.sha256,
  j.status,
  (SELECT group_concat(n.name)
   FROM (SELECT DISTINCT name FROM address_names
         WHERE address_id = f.server_id AND capture_id = f.capture_id LIMIT 20) n) AS server_names,
  j.source,
  t.frame,
  j.flow_id AS flow,
  t.capture_id AS capture
FROM judged j
CROSS JOIN flows f ON f.id = j.flow_id
CROSS JOIN addresses c ON c.id = f.client_id
CROSS JOIN addresses s ON s.id = f.server_id
CROSS JOIN frames x ON x.id = j.frame_id
CROSS JOIN frame_times t ON t.frame_id = j.frame_id
WHERE (coalesce(:kind, '') = 'all' OR coalesce(j.by_content, j.by_type, j.by_name) = coalesce(
    :kind, j.by_content, j.by_type, j.by_name))
  AND (:capture IS NULL OR t.capture_id = :capture)
ORDER BY j.frame_id, j.message_id, j.file_id
LIMIT coalesce(:limit, -1);
