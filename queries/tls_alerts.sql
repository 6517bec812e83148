-- TLS alerts in the clear: handshakes that failed
-- Question: which TLS, DTLS and QUIC handshakes were refused or broken off, by whom, and why?
-- Alerts behind the handshake, and most of TLS 1.3's, are encrypted.
-- Columns:
--   time: of the alert, UTC
--   client: who begins the handshake
--   server: who answers
--   server_port: the server's port
--   server_name: SNI; empty: none sent
--   sender: client, server
--   level: warning, fatal
--   description: as RFC 8446 names it: handshake_failure, unknown_ca, ...
--   meaning: what that says
--   offered_version: highest that the client offers; empty: no ClientHello seen
--   ja4: JA4 of the client; empty: none
--   frame: frame of the alert
--   flow: flows.id
--   capture: captures.id
-- Parameters:
--   server: only of this server address; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
SELECT
  t.time,
  c.ip AS client,
  s.ip AS server,
  f.server_port,
  h.server_name,
  iif(a.from_client, 'client', 'server') AS sender,
  a.level,
  a.description,
  CASE a.description
    WHEN 'close_notify' THEN 'the end, in order'
    WHEN 'handshake_failure' THEN 'no common version, cipher or key exchange'
    WHEN 'protocol_version' THEN 'the version is too old or not known'
    WHEN 'insufficient_security' THEN 'the ciphers offered are too weak'
    WHEN 'no_application_protocol' THEN 'no common application protocol (ALPN)'
    WHEN 'unrecognized_name' THEN 'the server does not have the name that was asked for'
    WHEN 'unknown_ca' THEN 'the certificate''s issuer is not trusted: self-signed, a private authority, or somebody in between'
    WHEN 'bad_certificate' THEN 'the certificate is damaged or its signature wrong'
    WHEN 'unsupported_certificate' THEN 'the kind of certificate is not supported'
    WHEN 'certificate_revoked' THEN 'the certificate was revoked'
    WHEN 'certificate_expired' THEN 'the certificate has expired, or a clock is wrong'
    WHEN 'certificate_unknown' THEN 'the certificate was not accepted, for some other reason'
    WHEN 'certificate_required' THEN 'the server wants a certificate of the client'
    WHEN 'no_certificate' THEN 'the client has no certificate (SSL 3.0)'
    WHEN 'access_denied' THEN 'the certificate is good, but not allowed in'
    WHEN 'unknown_psk_identity' THEN 'the pre-shared key is not known'
    WHEN 'inappropriate_fallback' THEN 'the client tried a lower version than it could'
    WHEN 'no_renegotiation' THEN 'a new handshake within the connection was refused'
    WHEN 'decrypt_error' THEN 'a signature or a Finished message does not agree'
    WHEN 'decode_error' THEN 'a message could not be read'
    WHEN 'illegal_parameter' THEN 'a message holds what it must not'
    WHEN 'unexpected_message' THEN 'a message came out of place'
    WHEN 'missing_extension' THEN 'a message lacks an extension that it must have'
    WHEN 'unsupported_extension' THEN 'the other side answered what was not asked'
    WHEN 'bad_record_mac' THEN 'a record was damaged, or the keys differ'
    WHEN 'internal_error' THEN 'the sender has a fault of its own'
    WHEN 'user_canceled' THEN 'somebody broke it off'
    WHEN 'ech_required' THEN 'the server refused the encrypted ClientHello'
  END AS meaning,
  h.version AS offered_version,
  h.ja4,
  t.frame,
  a.flow_id AS flow,
  t.capture_id AS capture
FROM tls_alerts a
JOIN flows f ON f.id = a.flow_id
JOIN addresses c ON c.id = f.client_id
JOIN addresses s ON s.id = f.server_id
JOIN frame_times t ON t.frame_id = a.frame_id
LEFT JOIN tls_client_hellos h ON h.id = (SELECT max(x.id) FROM tls_client_hellos x WHERE x.flow_id = a.flow_id AND x.frame_id <= a.frame_id)
WHERE (:server IS NULL OR s.ip = :server)
  AND (:capture IS NULL OR t.capture_id = :capture)
ORDER BY a.id
LIMIT coalesce(:limit, -1);
