-- QUIC connections
-- Question: who made QUIC connections to whom, in which version, with which program, and were they refused or redirected?
-- Columns:
--   time: of the first packet, UTC
--   client: who begins
--   server: who answers
--   server_port: the server's port
--   server_name: SNI; empty: none seen
--   alpn: application protocols that the client offers
--   version: in use: 1, 2, draft-29, Q046, ...
--   client_version: that the client began with
--   offered_versions: that the server offered instead (Version Negotiation); empty: it did not
--   remarks: no answer, Retry, token, 0-RTT, another version, refused by the server or the client with code and reason
--   user_agent: the program, as Google's clients say it
--   cipher_suite: that the server chose
--   ja4: JA4
--   client_cid: the client's connection ID
--   server_cid: the server's connection ID
--   bytes: IP bytes of the flow
--   frame: first frame
--   flow: flows.id
--   capture: captures.id
-- Parameters:
--   name: only where the server name contains this; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  -- The nth hellos of a flow belong to its nth connection that has hellos: a flow has rarely more than one.
  connections AS (
    SELECT
      q.*,
      (SELECT h.id FROM tls_client_hellos h
       WHERE h.flow_id = q.flow_id AND h.frame_id >= q.frame_id ORDER BY h.id LIMIT 1) AS hello_id,
      (SELECT s.id FROM tls_server_hellos s
       WHERE s.flow_id = q.flow_id AND s.frame_id >= q.frame_id AND NOT s.is_retry_request ORDER BY s.id LIMIT 1) AS answer_id
    FROM quic_connections q
  )
SELECT
  t.time,
  c.ip AS client,
  s.ip AS server,
  f.server_port,
  h.server_name,
  h.alpn,
  q.version,
  q.client_version,
  q.offered_versions,
  nullif(substr(
    iif(q.server_cid IS NULL AND q.close_code IS NULL AND f.server_packets = 0, ', no answer', '')
      || iif(q.retry_cid IS NOT NULL, ', Retry', iif(q.token_length > 0, ', token', ''))
      || iif(q.has_early_data, ', 0-RTT', '')
      || iif(q.version <> q.client_version, ', another version', '')
      || iif(q.close_code IS NULL, '',
        ', refused by the ' || iif(q.closed_by_client, 'client', 'server') || ': ' || q.close_code
          || coalesce(' ' || q.close_reason, '')), 3), '') AS remarks,
  q.user_agent,
  a.cipher_suite,
  h.ja4,
  q.client_cid,
  q.server_cid,
  f.client_bytes + f.server_bytes AS bytes,
  t.frame,
  q.flow_id AS flow,
  t.capture_id AS capture
FROM connections q
JOIN flows f ON f.id = q.flow_id
JOIN addresses c ON c.id = f.client_id
JOIN addresses s ON s.id = f.server_id
JOIN frame_times t ON t.frame_id = q.frame_id
LEFT JOIN tls_client_hellos h ON h.id = q.hello_id
LEFT JOIN tls_server_hellos a ON a.id = q.answer_id
WHERE (:name IS NULL OR instr(lower(h.server_name), lower(:name)))
  AND (:capture IS NULL OR t.capture_id = :capture)
ORDER BY q.frame_id, q.id
LIMIT coalesce(:limit, -1);
