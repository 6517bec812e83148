-- TLS handshakes: versions, cipher suites, certificates
-- Question: which version and cipher suite did each TLS connection settle on, and who did the server prove to be?
-- Columns:
--   time: of the ClientHello; without one of the ServerHello, UTC
--   client: who begins the handshake
--   client_port: the client's port
--   server: who answers
--   server_port: the server's port
--   server_name: SNI; empty: none sent
--   transport: tcp, udp (DTLS), quic
--   offered_version: highest that the client offers
--   version: that the server chose; empty: no ServerHello seen
--   cipher_suite: that the server chose, IANA name
--   alpn: application protocol that the server chose; where it says none in the clear, those that the client offers
--   offered_suites: number of cipher suites that the client offers
--   subject: of the server's certificate; empty: none seen in the clear
--   issuer: of the server's certificate
--   not_after: when the certificate ends, UTC
--   remarks: no answer, old version, weak cipher, self-signed, expired, not yet valid, name not in certificate
--   ja3: MD5 of JA3
--   ja4: JA4
--   ja3s: MD5 of JA3S
--   frame: frame of the ClientHello
--   server_frame: frame of the ServerHello
--   flow: flows.id
--   capture: captures.id
-- Parameters:
--   flow: only this connection (flows.id); default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  -- The nth ClientHello of a flow belongs to its nth ServerHello (a second one follows a HelloRetryRequest).
  hellos AS (
    SELECT flow_id, row_number() OVER (PARTITION BY flow_id ORDER BY id) AS place, id AS asked_id, NULL AS chosen_id
    FROM tls_client_hellos WHERE :flow IS NULL OR flow_id = :flow
    UNION ALL
    SELECT flow_id, row_number() OVER (PARTITION BY flow_id ORDER BY id), NULL, id
    FROM tls_server_hellos WHERE :flow IS NULL OR flow_id = :flow
  ),
  pairs AS (
    SELECT flow_id, max(asked_id) AS asked_id, max(chosen_id) AS chosen_id
    FROM hellos
    GROUP BY flow_id, place
  ),
  handshakes AS (
    SELECT
      p.flow_id, a.frame_id, c.frame_id AS server_frame_id, coalesce(a.frame_id, c.frame_id) AS first_frame_id,
      a.transport, a.server_name, a.version AS offered_version, a.cipher_suites, a.ja3, a.ja4, a.alpn AS offered_alpn,
      c.version, c.cipher_suite, c.alpn, c.ja3s
    FROM pairs p
    LEFT JOIN tls_client_hellos a ON a.id = p.asked_id
    LEFT JOIN tls_server_hellos c ON c.id = p.chosen_id
  ),
  certificates AS (
    SELECT flow_id, subject, issuer, not_before, not_after, dns_names, min(id) AS id
    FROM tls_certificates WHERE position = 1 AND (:flow IS NULL OR flow_id = :flow)
    GROUP BY flow_id
  )
SELECT
  t.time,
  c.ip AS client,
  f.client_port,
  s.ip AS server,
  f.server_port,
  h.server_name,
  coalesce(h.transport, f.transport) AS transport,
  h.offered_version,
  h.version,
  h.cipher_suite,
  coalesce(h.alpn, h.offered_alpn) AS alpn,
  length(h.cipher_suites) - length(replace(h.cipher_suites, ',', '')) + (h.cipher_suites <> '') AS offered_suites,
  x.subject,
  x.issuer,
  strftime('%Y-%m-%d %H:%M:%S', x.not_after / 1000000000, 'unixepoch') AS not_after,
  nullif(substr(
    iif(h.version IS NULL, ', no answer', '')
      || iif(h.version IN ('SSLv2', 'SSLv3', 'TLSv1.0', 'TLSv1', 'TLSv1.1', 'DTLSv1.0'), ', old version', '')
      || iif(h.cipher_suite GLOB '*_NULL_*' OR h.cipher_suite GLOB '*EXPORT*' OR h.cipher_suite GLOB '*_RC4_*'
        OR h.cipher_suite GLOB '*_DES_*' OR h.cipher_suite GLOB '*_3DES_*' OR h.cipher_suite GLOB '*_anon_*',
        ', weak cipher', '')
      || iif(x.subject = x.issuer, ', self-signed', '')
      || iif(x.not_after < t.ts, ', expired', '')
      || iif(x.not_before > t.ts, ', not yet valid', '')
      -- In the list as it is, or as '*.' before what follows its first dot.
      || iif(instr(',' || lower(x.dns_names) || ',', ',' || lower(h.server_name) || ',')
        OR instr(',' || lower(x.dns_names) || ',',
                 ',*' || substr(lower(h.server_name), instr(h.server_name || '.', '.')) || ','),
        '', iif(x.dns_names IS NULL OR h.server_name IS NULL, '', ', name not in certificate')), 3), '') AS remarks,
  h.ja3,
  h.ja4,
  h.ja3s,
  cf.number AS frame,
  sf.number AS server_frame,
  h.flow_id AS flow,
  t.capture_id AS capture
FROM handshakes h
JOIN flows f ON f.id = h.flow_id
JOIN addresses c ON c.id = f.client_id
JOIN addresses s ON s.id = f.server_id
JOIN frame_times t ON t.frame_id = h.first_frame_id
LEFT JOIN frames cf ON cf.id = h.frame_id
LEFT JOIN frames sf ON sf.id = h.server_frame_id
LEFT JOIN certificates x ON x.flow_id = h.flow_id
WHERE :capture IS NULL OR t.capture_id = :capture
ORDER BY h.first_frame_id, h.flow_id
LIMIT coalesce(:limit, -1);
