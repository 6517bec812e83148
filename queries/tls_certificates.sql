-- Certificates that were shown in the clear
-- Question: which certificates did servers and clients show, and what is wrong with them?
-- TLS 1.3 and QUIC encrypt theirs.
-- Columns:
--   shown_by: server, client
--   server: address of the server of those connections
--   server_port: its port
--   server_names: SNI that clients asked for there, 10 at most; empty: none
--   position: 1 is the server's own or the client's own, then its chain as sent
--   subject: distinguished name; empty: could not be parsed
--   issuer: distinguished name; empty: could not be parsed
--   not_before: when it begins, UTC
--   not_after: when it ends, UTC
--   dns_names: names in subjectAltName
--   remarks: self-signed, root, expired, not yet valid, name not in certificate, unreadable; empty: nothing odd. Signatures
--     are not checked
--   connections: connections in which it was shown
--   first_time: when first, UTC
--   first_frame: frame that showed it first
--   sha256: of its DER bytes
--   capture: captures.id
-- Parameters:
--   name: only where subject, names or SNI contain this; default all
--   odd: 1: only those with remarks other than root; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  shown AS MATERIALIZED (
    SELECT
      f.capture_id, f.server_id, f.server_port, c.from_client, c.position, c.sha256, c.subject, c.issuer, c.not_before,
      c.not_after, c.dns_names, c.flow_id, c.frame_id, f.first_ts,
      (SELECT h.server_name FROM tls_client_hellos h
       WHERE h.flow_id = c.flow_id AND h.server_name IS NOT NULL ORDER BY h.id LIMIT 1) AS server_name
    FROM tls_certificates c
    JOIN flows f ON f.id = c.flow_id
    WHERE :capture IS NULL OR f.capture_id = :capture
  ),
  -- What the certificate has for names: subjectAltName, else the subject's CN (RFC 6125, section 6.4.4).
  named AS (
    SELECT
      *,
      ',' || lower(coalesce(dns_names, iif(subject GLOB 'CN=*', substr(subject, 4, instr(subject || ',', ',') - 4), '')))
        || ',' AS names
    FROM shown
  ),
  judged AS MATERIALIZED (
    SELECT
      *,
      -- In the list as it is, or as '*.' before what follows its first dot.
      position = 1 AND NOT from_client AND server_name IS NOT NULL AND subject IS NOT NULL
        AND NOT instr(names, ',' || lower(rtrim(server_name, '.')) || ',')
        AND NOT instr(names,
          ',*' || substr(lower(rtrim(server_name, '.')), instr(server_name || '.', '.')) || ',') AS is_other
    FROM named
  ),
  certificates AS (
    SELECT
      capture_id, server_id, server_port, from_client, position, sha256, subject, issuer, not_before, not_after,
      dns_names, count(DISTINCT flow_id) AS connections, min(frame_id) AS frame_id, min(first_ts) AS first_ts,
      max(first_ts) AS last_ts, max(is_other) AS is_other
    FROM judged
    GROUP BY capture_id, server_id, server_port, from_client, sha256, position
  ),
  names AS (
    SELECT
      capture_id, server_id, server_port, from_client, sha256, position, server_name,
      row_number() OVER (
        PARTITION BY capture_id, server_id, server_port, from_client, sha256, position ORDER BY min(frame_id)) AS place
    FROM judged
    WHERE server_name IS NOT NULL
    GROUP BY capture_id, server_id, server_port, from_client, sha256, position, server_name
  ),
  asked AS MATERIALIZED (
    SELECT
      capture_id, server_id, server_port, from_client, sha256, position, group_concat(server_name, ', ') AS server_names
    FROM (SELECT * FROM names WHERE place <= 10 ORDER BY capture_id, server_id, server_port, sha256, position, place)
    GROUP BY capture_id, server_id, server_port, from_client, sha256, position
  ),
  listed AS (
    SELECT
      c.*,
      a.server_names,
      iif(c.subject IS NULL, ', unreadable', '')
        || iif(c.subject = c.issuer, iif(c.position = 1, ', self-signed', ', root'), '')
        || iif(c.not_after < c.last_ts, ', expired', '')
        || iif(c.not_before > c.first_ts, ', not yet valid', '')
        || iif(c.is_other, ', name not in certificate', '') AS remarks
    FROM certificates c
    LEFT JOIN asked a ON a.capture_id = c.capture_id AND a.server_id = c.server_id AND a.server_port = c.server_port
      AND a.from_client = c.from_client AND a.sha256 = c.sha256 AND a.position = c.position
  )
SELECT
  iif(c.from_client, 'client', 'server') AS shown_by,
  s.ip AS server,
  c.server_port,
  c.server_names,
  c.position,
  c.subject,
  c.issuer,
  strftime('%Y-%m-%d %H:%M:%S', c.not_before / 1000000000, 'unixepoch') AS not_before,
  strftime('%Y-%m-%d %H:%M:%S', c.not_after / 1000000000, 'unixepoch') AS not_after,
  c.dns_names,
  nullif(substr(c.remarks, 3), '') AS remarks,
  c.connections,
  t.time AS first_time,
  t.frame AS first_frame,
  c.sha256,
  c.capture_id AS capture
FROM listed c
JOIN addresses s ON s.id = c.server_id
JOIN frame_times t ON t.frame_id = c.frame_id
WHERE (:name IS NULL OR instr(
    lower(coalesce(c.subject, '') || ',' || coalesce(c.dns_names, '') || ',' || coalesce(c.server_names, '')), lower(:name)))
  AND (coalesce(:odd, 0) = 0 OR c.remarks NOT IN ('', ', root'))
ORDER BY c.frame_id, c.from_client, c.position
LIMIT coalesce(:limit, -1);
