-- SSH connections as far as they are not encrypted
-- Question: which programs spoke SSH with which servers on which port, and what did they settle on?
-- Columns:
--   time: of the first frame below, UTC
--   client: who connected
--   server: whom to
--   port: the server's
--   client_banner: what the client says that it is; empty: not seen
--   server_banner: what the server says that it is; empty: not seen
--   kex: key exchange that was chosen; empty: not seen
--   host_key: algorithm by which the server proves who it is; empty: not seen
--   client_cipher: of what the client sends; empty: not seen
--   server_cipher: of what the server sends; empty: not seen
--   client_mac: of what the client sends; empty: not seen, or the cipher needs none
--   hassh: fingerprint of what the client offers; empty: not seen
--   hassh_server: fingerprint of what the server offers; empty: not seen
--   host_key_sha256: of the server's key; empty: not seen
--   duration_s: of the connection
--   client_bytes: payload that the client sent
--   server_bytes: payload that the server sent
--   frame: first frame of the handshake
--   flow: flows.id
--   capture: captures.id
-- Parameters:
--   hassh: only clients with this fingerprint; default all
--   server: only this address; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
SELECT
  t.time,
  c.ip AS client,
  s.ip AS server,
  f.server_port AS port,
  h.client_banner,
  h.server_banner,
  h.kex_algorithm AS kex,
  h.host_key_algorithm AS host_key,
  h.client_cipher,
  h.server_cipher,
  h.client_mac,
  h.hassh,
  h.hassh_server,
  h.host_key_sha256,
  round((f.last_ts - f.first_ts) / 1e9, 6) AS duration_s,
  f.client_payload AS client_bytes,
  f.server_payload AS server_bytes,
  t.frame,
  h.flow_id AS flow,
  t.capture_id AS capture
FROM ssh_handshakes h
CROSS JOIN flows f ON f.id = h.flow_id
CROSS JOIN addresses c ON c.id = f.client_id
CROSS JOIN addresses s ON s.id = f.server_id
CROSS JOIN frame_times t ON t.frame_id = h.frame_id
WHERE (:hassh IS NULL OR h.hassh = :hassh) AND (:server IS NULL OR s.ip = :server)
  AND (:capture IS NULL OR t.capture_id = :capture)
ORDER BY h.frame_id, h.id
LIMIT coalesce(:limit, -1);
