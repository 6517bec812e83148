-- Time servers and who asks them
-- Question: whom do machines ask for the time, is it right, and is a server abused as a reflector?
-- Monlist and other private and control requests make a server send many times what it is sent, to whomever the sender
-- claimed to be.
-- Columns:
--   server: who is asked
--   mode: client (asking for the time), symmetric-active, broadcast, control, private
--   requests: what was asked in control and private mode: readvar, monlist, ...; empty: time
--   clients: how many addresses asked
--   client: the one that exchanged most with it
--   stratum: of the server: 1 has a clock of its own; empty: it did not answer, or not with the time
--   reference: the server's own clock or server, or why it refuses; empty: it did not say
--   offset_ms: the server's clock against the capture's, mean, milliseconds; empty: no answer with a time
--   packets_out: packets to the server
--   packets_in: packets from it
--   bytes_out: IP bytes to the server
--   bytes_in: IP bytes from it
--   amplification: bytes from it for each byte to it
--   first_time: of the first packet, UTC
--   first_frame: of the first packet
--   flow: flows.id of the first flow
--   capture: captures.id
-- Parameters:
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  flow_modes AS MATERIALIZED (
    SELECT
      f.id, f.capture_id, f.client_id, f.server_id, f.client_packets, f.server_packets, f.client_bytes, f.server_bytes,
      f.first_frame_id, n.requests, n.stratum, n.reference, n.offset_ns,
      CASE WHEN n.private THEN 'private' WHEN n.control THEN 'control' ELSE coalesce(replace(n.mode, 'server', 'client'), 'client') END AS mode
    FROM flows f
    CROSS JOIN (
      SELECT
        flow_id, max(mode = 'private') AS private, max(mode = 'control') AS control, min(mode) AS mode,
        group_concat(DISTINCT request) AS requests, max(iif(mode <> 'client', stratum, NULL)) AS stratum,
        max(iif(mode <> 'client', reference, NULL)) AS reference, avg(iif(mode IN ('server', 'broadcast'), offset_ns, NULL)) AS offset_ns
      FROM ntp_messages
      GROUP BY flow_id) n ON n.flow_id = f.id
    WHERE :capture IS NULL OR f.capture_id = :capture
  ),
  grouped AS (
    SELECT
      capture_id, server_id, mode, group_concat(DISTINCT requests) AS requests, count(DISTINCT client_id) AS clients,
      max(stratum) AS stratum, max(reference) AS reference, avg(offset_ns) / 1e6 AS offset_ms, sum(client_packets) AS packets_out,
      sum(server_packets) AS packets_in, sum(client_bytes) AS bytes_out, sum(server_bytes) AS bytes_in,
      min(first_frame_id) AS first_id, min(id) AS flow_id
    FROM flow_modes
    GROUP BY capture_id, server_id, mode
    ORDER BY capture_id, bytes_in DESC, first_id
    LIMIT coalesce(:limit, -1)
  )
SELECT
  s.ip AS server,
  g.mode,
  g.requests,
  g.clients,
  (SELECT c.ip FROM flow_modes m CROSS JOIN addresses c ON c.id = m.client_id
   WHERE m.server_id = g.server_id AND m.capture_id = g.capture_id AND m.mode = g.mode
   GROUP BY m.client_id ORDER BY sum(m.client_bytes + m.server_bytes) DESC, m.client_id LIMIT 1) AS client,
  g.stratum,
  g.reference,
  round(g.offset_ms, 3) AS offset_ms,
  g.packets_out,
  g.packets_in,
  g.bytes_out,
  g.bytes_in,
  round(1.0 * g.bytes_in / nullif(g.bytes_out, 0), 2) AS amplification,
  t.time AS first_time,
  t.frame AS first_frame,
  g.flow_id AS flow,
  g.capture_id AS capture
FROM grouped g
CROSS JOIN addresses s ON s.id = g.server_id
CROSS JOIN frame_times t ON t.frame_id = g.first_id
ORDER BY g.capture_id, g.bytes_in DESC, g.first_id;
