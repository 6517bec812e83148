-- Tunnels, tags and labels, with the flows inside
-- Question: which conversations were carried inside which tunnel, VLAN, label or session, and between whom does it run?
-- Columns:
--   kind: what carries the conversation: vlan, mpls, pppoe, gre, vxlan, gtp-u, ipip, ...
--   identifier: VLAN, label, session, key, network (VNI), endpoint (TEID); empty: it has none
--   outer_source: sender of the packet around, of the first frame; empty: not over IP
--   outer_destination: receiver of it
--   level: 1 is the outermost header around the conversation's packets
--   transport: of the conversation inside
--   client: its client, with the port
--   server: its server, with the port
--   service: what is spoken
--   packets: of the conversation, also those outside of this tunnel
--   bytes: IP bytes of the conversation
--   first_frame: of the conversation
--   flow: flows.id
--   tunnel: tunnels.id
--   capture: captures.id
-- Parameters:
--   kind: only tunnels of this kind, such as vxlan; default all
--   identifier: only tunnels with this identifier; default all
--   flow: only around this flow (flows.id); default all
--   address: only where this IP address is an end of the tunnel or of the flow; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows, -1 for all; default 1000
SELECT
  t.kind,
  t.identifier,
  o.ip AS outer_source,
  d.ip AS outer_destination,
  w.level,
  f.transport,
  CASE
    WHEN f.client_port IS NULL THEN c.ip
    WHEN instr(c.ip, ':') THEN '[' || c.ip || ']:' || f.client_port
    ELSE c.ip || ':' || f.client_port
  END AS client,
  CASE
    WHEN f.server_port IS NULL THEN s.ip
    WHEN instr(s.ip, ':') THEN '[' || s.ip || ']:' || f.server_port
    ELSE s.ip || ':' || f.server_port
  END AS server,
  f.service,
  f.client_packets + f.server_packets AS packets,
  f.client_bytes + f.server_bytes AS bytes,
  n.number AS first_frame,
  f.id AS flow,
  t.id AS tunnel,
  t.capture_id AS capture
-- Flows are numbered as they begin: in the order of the index, so that no more is read than is shown.
FROM tunnel_flows w
CROSS JOIN tunnels t ON t.id = w.tunnel_id
CROSS JOIN flows f ON f.id = w.flow_id
CROSS JOIN frames n ON n.id = f.first_frame_id
CROSS JOIN addresses c ON c.id = f.client_id
CROSS JOIN addresses s ON s.id = f.server_id
LEFT JOIN addresses o ON o.id = t.source_id
LEFT JOIN addresses d ON d.id = t.destination_id
WHERE w.flow_id BETWEEN coalesce(:flow, 0) AND coalesce(:flow, 9223372036854775807)
  AND (:kind IS NULL OR t.kind = :kind)
  AND (:identifier IS NULL OR t.identifier = CAST(:identifier AS INTEGER))
  AND (:address IS NULL OR :address IN (o.ip, d.ip, c.ip, s.ip))
  AND (:capture IS NULL OR t.capture_id = :capture)
ORDER BY w.flow_id, w.level, w.id
LIMIT coalesce(:limit, 1000);
