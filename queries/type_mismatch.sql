-- Files that are not what they are declared to be
-- Question: which files are something else than their declared media type says: a program as an image, a page as a font?
-- Kinds of text are one (a script may be declared text/plain), so are the formats that are ZIP files within, and
-- the containers of sound and film; types that say nothing (application/octet-stream) declare nothing.
-- Columns:
--   time: of the message that carries it, UTC
--   declared_type: media type as the sender declares it
--   detected_type: by its first bytes
--   declared_kind: text, image, font, media, zip, program, ...: what the declared type is counted as
--   detected_kind: what the detected type is counted as
--   source: http, ftp, ...: what carried it
--   sender: who sent it
--   receiver: who got it
--   name: last part of the URL's path, file name of an attachment, ...; empty: none
--   bytes: as sent
--   status: HTTP status code; an error's page often stands for what was asked for
--   sha256: of the bytes; empty: not complete
--   sender_names: names that the capture gives the sender's address, 20 at most
--   frame: frame of the message's first byte
--   flow: flows.id
--   capture: captures.id
-- Parameters:
--   within: yes to see also other formats of the same kind, such as a PNG declared as image/jpeg; default no
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  -- The first pattern that fits counts.
  patterns (place, pattern, kind) AS (
    VALUES
      (1, '*/octet-stream', NULL), (1, 'application/*download', NULL), (1, '*unknown*', NULL), (1, '[*]/[*]', NULL),
      (1, 'application/binary', NULL), (1, 'application/x-binary', NULL), (1, 'application/data', NULL),
      (1, 'multipart/*', NULL), (1, 'application/x-www-form-urlencoded', NULL), (1, 'application/pkcs*', NULL),
      (0, 'application/x-msdownload', 'program'), (2, 'application/x-msdos-program', 'program'),
      (2, 'application/*dosexec', 'program'), (2, 'application/*exe', 'program'),
      (2, 'application/*portable-executable', 'program'), (2, 'application/*executable', 'program'),
      (2, 'application/*sharedlib', 'program'), (2, 'application/x-object', 'program'), (2, 'application/*elf', 'program'),
      (2, 'application/*mach-binary', 'program'), (2, 'application/java-vm', 'program'),
      (2, 'application/x-java-applet', 'program'), (2, 'application/wasm', 'program'),
      (2, 'application/*android.dex', 'program'),
      (2, 'application/*debian*', 'Debian package'), (2, 'application/*deb', 'Debian package'),
      (2, 'application/*rpm', 'RPM package'), (2, 'application/*redhat-package*', 'RPM package'),
      (2, 'text/x-shellscript', 'script'), (2, 'text/x-php', 'script'), (2, 'text/x-python', 'script'),
      (2, 'text/x-perl', 'script'), (2, 'text/x-ruby', 'script'), (2, 'text/x-msdos-batch', 'script'),
      (2, 'text/x-script*', 'script'), (2, 'application/x-sh', 'script'), (2, 'application/x-shellscript', 'script'),
      (2, 'application/x-httpd-php', 'script'), (2, 'application/x-php', 'script'), (2, 'application/x-perl', 'script'),
      (3, '*+xml', 'text'), (3, '*+json', 'text'), (3, '*/*xml', 'text'), (3, '*/*json*', 'text'),
      (3, '*/*javascript*', 'text'), (3, '*/*ecmascript*', 'text'), (3, '*mpegurl', 'text'), (3, '*yaml', 'text'),
      (3, 'application/*autoconfig', 'text'), (3, 'application/sdp', 'text'), (3, 'application/xml*', 'text'),
      (3, 'application/*pem*', 'text'), (3, 'application/sql', 'text'), (3, 'application/toml', 'text'),
      (3, 'application/x-protobuf*', NULL), (3, 'application/graphql', 'text'), (3, 'application/rss*', 'text'),
      (3, 'application/x-subrip', 'text'), (3, 'application/*x509*', NULL), (3, 'application/ocsp*', NULL),
      (3, 'application/pgp*', 'text'), (3, 'application/*css*', 'text'), (3, 'application/*html*', 'text'),
      (3, 'application/*text*', 'text'), (3, 'application/ld*', 'text'), (3, 'application/x-mbox', 'text'),
      (3, 'message/*', 'text'), (3, 'application/x-wine-extension-ini', 'text'), (3, 'application/x-setupscript', 'text'),
      (3, 'application/*rtf', 'RTF'), (3, 'text/rtf', 'RTF'), (3, 'text/*', 'text'),
      (4, 'image/*', 'image'), (4, 'font/*', 'font'), (4, 'application/*font*', 'font'),
      (5, 'audio/*', 'media'), (5, 'video/*', 'media'), (5, 'application/ogg', 'media'), (5, 'application/mp4', 'media'),
      (5, 'application/*flv', 'media'), (5, 'application/*mpeg*', 'media'), (5, 'application/mxf', 'media'),
      (6, 'application/*flash*', 'Flash'), (6, 'application/*pdf', 'PDF'), (6, 'application/postscript', 'text'),
      (7, 'application/*gzip', 'gzip'), (7, 'application/*tgz', 'gzip'), (7, 'application/*gtar*', 'gzip'),
      (7, 'application/*tar*', 'gzip'), (7, 'application/*compress', 'gzip'), (7, 'application/*compressed-tar', 'gzip'),
      (8, '*zip*', 'zip'), (8, 'application/vnd.openxmlformats*', 'zip'), (8, 'application/*opendocument*', 'zip'),
      (8, 'application/java-archive', 'zip'), (8, 'application/x-java-archive', 'zip'), (8, 'application/*jar', 'zip'),
      (8, 'application/*android.package*', 'zip'), (8, 'application/*kmz', 'zip'), (8, 'application/*xpinstall', 'zip'),
      (8, 'application/*macroenabled*', 'zip'), (8, 'application/*silverlight*', 'zip'), (8, 'application/*appx*', 'zip'),
      (8, 'application/*chrome-extension', NULL), (8, 'application/*ole-storage', 'OLE'), (8, 'application/cdfv2*', 'OLE'),
      (8, 'application/msword', 'OLE'), (8, 'application/vnd.ms-cab*', 'cabinet'), (8, 'application/vnd.ms-font*', 'font'),
      (9, 'application/vnd.ms-*', 'OLE'), (9, 'application/*msi', 'OLE'), (9, 'application/x-msmediaview', 'media'),
      (9, 'application/*rar*', 'RAR'), (9, 'application/*7z*', '7z'), (9, 'application/*bzip*', 'bzip2')
  ),
  pairs AS MATERIALIZED (
    SELECT DISTINCT media_type, detected_type FROM files WHERE lower(media_type) <> detected_type
  ),
  -- Each distinct type is held against the patterns once; one that nothing fits is a kind of its own.
  kinds AS MATERIALIZED (
    SELECT y.type, iif(p.place IS NULL, lower(y.type), p.kind) AS kind
    FROM (SELECT media_type AS type FROM pairs UNION SELECT detected_type FROM pairs) y
    LEFT JOIN (
      SELECT z.type, m.kind, m.place, row_number() OVER (PARTITION BY z.type ORDER BY m.place) AS rank
      FROM (SELECT media_type AS type FROM pairs UNION SELECT detected_type FROM pairs) z
      CROSS JOIN patterns m ON lower(z.type) GLOB m.pattern
    ) p ON p.type = y.type AND p.rank = 1
  ),
  -- Other spellings of the same.
  spellings (spelling, type) AS (
    VALUES
      ('image/jpg', 'image/jpeg'), ('image/pjpeg', 'image/jpeg'), ('image/x-png', 'image/png'),
      ('image/x-icon', 'image/vnd.microsoft.icon'), ('image/ico', 'image/vnd.microsoft.icon'),
      ('image/x-ms-bmp', 'image/bmp'), ('image/x-bmp', 'image/bmp'), ('application/x-gzip', 'application/gzip'),
      ('application/x-zip-compressed', 'application/zip'), ('application/x-pdf', 'application/pdf'),
      ('application/x-shockwave-flash', 'application/vnd.adobe.flash.movie'),
      ('application/x-msdownload', 'application/vnd.microsoft.portable-executable'),
      ('application/x-msdos-program', 'application/vnd.microsoft.portable-executable'),
      ('application/x-dosexec', 'application/vnd.microsoft.portable-executable'),
      ('application/font-woff', 'font/woff'), ('application/x-font-woff', 'font/woff'),
      ('application/font-woff2', 'font/woff2'), ('application/x-font-ttf', 'font/ttf'),
      ('application/x-font-otf', 'font/otf'), ('application/x-debian-package', 'application/vnd.debian.binary-package')
  ),
  wrong AS MATERIALIZED (
    SELECT p.media_type, p.detected_type, d.kind AS declared_kind, c.kind AS detected_kind
    FROM pairs p
    CROSS JOIN kinds d ON d.type = p.media_type AND d.kind IS NOT NULL
    CROSS JOIN kinds c ON c.type = p.detected_type AND c.kind IS NOT NULL
    WHERE CASE
        WHEN d.kind <> c.kind THEN
          -- A script's source is text; only as a page it was meant to be run.
          NOT (c.kind = 'script' AND d.kind = 'text' AND lower(p.media_type) <> 'text/html')
          AND NOT (c.kind = 'text' AND d.kind = 'script')
        ELSE lower(coalesce(:within, 'no')) IN ('yes', '1') AND c.kind <> 'text'
          AND coalesce((SELECT s.type FROM spellings s WHERE s.spelling = lower(p.media_type)), lower(p.media_type))
            <> p.detected_type
      END
  ),
  shown AS MATERIALIZED (
    SELECT o.id, o.frame_id, m.declared_kind, m.detected_kind
    FROM files o
    CROSS JOIN wrong m ON m.media_type = o.media_type AND m.detected_type = o.detected_type
    CROSS JOIN frames x ON x.id = o.frame_id
    WHERE (:capture IS NULL OR x.capture_id = :capture)
      -- A few bytes that happen to be letters are no text.
      AND NOT (o.detected_type = 'text/plain' AND o.size < 32)
    ORDER BY o.frame_id, o.id
    LIMIT coalesce(:limit, -1)
  )
SELECT
  t.time,
  o.media_type AS declared_type,
  o.detected_type,
  w.declared_kind,
  w.detected_kind,
  o.source,
  s.ip AS sender,
  r.ip AS receiver,
  o.name,
  o.size AS bytes,
  (SELECT h.status FROM http_responses h
   WHERE o.source = 'http' AND h.flow_id = o.flow_id AND h.last_frame_id >= o.frame_id AND h.frame_id = o.frame_id
     AND h.body_length = o.size
   LIMIT 1) AS status,
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
CROSS JOIN addresses s ON s.id = iif(x.from_client, f.client_id, f.server_id)
CROSS JOIN addresses r ON r.id = iif(x.from_client, f.server_id, f.client_id)
CROSS JOIN frame_times t ON t.frame_id = o.frame_id
ORDER BY w.frame_id, w.id;
