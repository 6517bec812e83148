-- Programs and what can hold them, by content
-- Question: which programs, scripts, installers and archives were carried, whatever their names and declared types say?
-- Told by the first bytes alone. What only its name or declared type says to be a program is in file_downloads.
-- Columns:
--   time: of the message that carries it, UTC
--   kind: program, script, package (installs programs), document (may hold macros, or be an installer) or archive
--   note: where the name or the declared type says something harmless; else what an archive or document may hold
--   source: http, ftp, ...: what carried it
--   sender: who sent it
--   receiver: who got it
--   name: last part of the URL's path, file name of an attachment, ...; empty: none
--   declared_type: media type as the sender declares it; empty: not declared
--   detected_type: by its first bytes
--   bytes: as sent
--   complete: yes, or no where the capture lacks some of it
--   sha256: of the bytes; empty: not complete
--   sender_names: names that the capture gives the sender's address, 20 at most
--   frame: frame of the message's first byte
--   flow: flows.id
--   capture: captures.id
-- Parameters:
--   kind: only this kind; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  types (type, kind) AS (
    VALUES
      ('application/vnd.microsoft.portable-executable', 'program'), ('application/x-executable', 'program'),
      ('application/x-pie-executable', 'program'), ('application/x-sharedlib', 'program'),
      ('application/x-object', 'program'), ('application/x-elf', 'program'), ('application/x-mach-binary', 'program'),
      ('application/java-vm', 'program'), ('application/java-archive', 'program'),
      ('application/vnd.android.dex', 'program'), ('application/wasm', 'program'),
      ('application/vnd.adobe.flash.movie', 'program'), ('application/x-ms-ne-executable', 'program'),
      ('text/x-shellscript', 'script'), ('text/x-python', 'script'), ('text/x-perl', 'script'), ('text/x-php', 'script'),
      ('text/x-ruby', 'script'), ('text/x-lua', 'script'), ('text/x-tcl', 'script'), ('text/x-awk', 'script'),
      ('text/x-gawk', 'script'), ('text/x-msdos-batch', 'script'), ('text/x-script', 'script'),
      ('text/x-nodejs', 'script'), ('application/x-ms-shortcut', 'script'), ('application/x-mswinurl', 'script'),
      ('application/vnd.android.package-archive', 'package'), ('application/vnd.debian.binary-package', 'package'),
      ('application/x-rpm', 'package'), ('application/x-msi', 'package'), ('application/x-xar', 'package'),
      ('application/x-ole-storage', 'document'), ('application/CDFV2', 'document'),
      ('application/zip', 'archive'), ('application/gzip', 'archive'), ('application/x-bzip2', 'archive'),
      ('application/x-xz', 'archive'), ('application/zstd', 'archive'), ('application/x-lzma', 'archive'),
      ('application/x-7z-compressed', 'archive'), ('application/vnd.rar', 'archive'), ('application/x-tar', 'archive'),
      ('application/vnd.ms-cab-compressed', 'archive'), ('application/x-iso9660-image', 'archive'),
      ('application/x-arc', 'archive'), ('application/x-lzh-compressed', 'archive'), ('application/x-lz4', 'archive')
  ),
  found AS MATERIALIZED (
    SELECT
      o.id, o.frame_id, y.kind,
      -- What stands behind the name's last dot.
      iif(instr(o.name, '.'), lower(replace(o.name, rtrim(o.name, replace(o.name, '.', '')), '')), '') AS ending
    FROM files o
    CROSS JOIN types y ON y.type = o.detected_type
    CROSS JOIN frames x ON x.id = o.frame_id
    WHERE (:kind IS NULL OR y.kind = lower(:kind))
      AND (:capture IS NULL OR x.capture_id = :capture)
    ORDER BY o.frame_id, o.id
    LIMIT coalesce(:limit, -1)
  )
SELECT
  t.time,
  k.kind,
  CASE
    WHEN k.kind <> 'archive' AND k.kind <> 'document' AND k.ending IN (
      'jpg', 'jpeg', 'png', 'gif', 'bmp', 'webp', 'ico', 'svg', 'txt', 'htm', 'html', 'css', 'xml', 'json', 'csv', 'pdf',
      'doc', 'docx', 'xls', 'xlsx', 'ppt', 'pptx', 'mp3', 'mp4', 'avi', 'wav', 'woff', 'woff2', 'ttf', 'log', 'dat'
    ) THEN 'disguised: its name says ' || k.ending
    WHEN o.media_type GLOB 'image/*' OR o.media_type GLOB 'audio/*' OR o.media_type GLOB 'video/*'
      OR o.media_type GLOB 'font/*' OR k.kind = 'program' AND o.media_type GLOB 'text/*'
      THEN 'disguised: declared as ' || o.media_type
    WHEN k.kind = 'archive' THEN 'may hold programs'
    WHEN k.kind = 'document' THEN 'may hold macros, or be an installer'
  END AS note,
  o.source,
  s.ip AS sender,
  r.ip AS receiver,
  o.name,
  o.media_type AS declared_type,
  o.detected_type,
  o.size AS bytes,
  iif(o.complete, 'yes', 'no') AS complete,
  o.sha256,
  (SELECT group_concat(n.name)
   FROM (SELECT DISTINCT name FROM address_names
         WHERE address_id = s.id AND capture_id = f.capture_id LIMIT 20) n) AS sender_names,
  t.frame,
  o.flow_id AS flow,
  t.capture_id AS capture
FROM found k
CROSS JOIN files o ON o.id = k.id
CROSS JOIN flows f ON f.id = o.flow_id
CROSS JOIN frames x ON x.id = o.frame_id
CROSS JOIN addresses s ON s.id = iif(x.from_client, f.client_id, f.server_id)
CROSS JOIN addresses r ON r.id = iif(x.from_client, f.server_id, f.client_id)
CROSS JOIN frame_times t ON t.frame_id = o.frame_id
ORDER BY k.frame_id, k.id;
