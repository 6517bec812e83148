-- Encrypted DNS and tunnels
-- Question: who resolves names or sends traffic past the network's own servers, through DoH, DoT, DoQ or a VPN?
-- Recognised by names (the list of resolvers below, to be added to in a copy of this query), by what is spoken, and by
-- ports. A port alone is a hint: evidence says which it was. WireGuard is also found on other ports, by the lengths of its
-- handshake: 148 bytes, answered by 92. Ports, names and addresses that a VPN shares with other uses (TLS at port 443)
-- are not told from them.
-- Columns:
--   kind: DoH, DoT, DoQ, DDR, canary (a browser asks whether DoH is welcome), private relay, WireGuard, OpenVPN, IKE, ESP,
--     AH, L2TP, PPTP, Tailscale, ZeroTier, GRE, IP in IP, tunnel (packets in packets)
--   evidence: how it was recognised
--   certainty: seen (the protocol itself), name, or port
--   client: who uses it
--   server: the endpoint; of a name that was only looked up the resolver
--   port: the endpoint's port
--   transport: tcp, udp, esp, ...
--   names: names that the capture gives the endpoint's address, 20 at most
--   flows: conversations; 0: only looked up
--   client_bytes: IP bytes from the client
--   server_bytes: IP bytes from the endpoint
--   scope: of the endpoint's address
--   first_time: UTC
--   last_time: UTC
--   first_frame: first frame
--   last_frame: last frame
--   flow: flows.id of the first one; empty: a tunnel whose outside is no flow
--   capture: captures.id
-- Parameters:
--   kind: only this kind; default all
--   certainty: only seen, name or port; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  -- Names of public resolvers; one that begins with a dot stands for what ends in it.
  resolvers (name, kind) AS MATERIALIZED (
    VALUES
      ('dns.google', 'DoH'), ('dns.google.com', 'DoH'), ('dns64.dns.google', 'DoH'), ('cloudflare-dns.com', 'DoH'),
      ('.cloudflare-dns.com', 'DoH'), ('one.one.one.one', 'DoH'), ('.cloudflare-gateway.com', 'DoH'),
      ('dns.quad9.net', 'DoH'), ('dns9.quad9.net', 'DoH'), ('dns10.quad9.net', 'DoH'), ('dns11.quad9.net', 'DoH'),
      ('dns12.quad9.net', 'DoH'), ('doh.opendns.com', 'DoH'), ('doh.familyshield.opendns.com', 'DoH'),
      ('doh.umbrella.com', 'DoH'), ('dns.umbrella.com', 'DoH'), ('dns.adguard.com', 'DoH'), ('.adguard-dns.com', 'DoH'),
      ('.nextdns.io', 'DoH'), ('.controld.com', 'DoH'), ('doh.cleanbrowsing.org', 'DoH'), ('.cleanbrowsing.org', 'DoH'),
      ('dns.mullvad.net', 'DoH'), ('.dns.mullvad.net', 'DoH'), ('doh.mullvad.net', 'DoH'), ('dns0.eu', 'DoH'),
      ('.dns0.eu', 'DoH'), ('doh.dns.sb', 'DoH'), ('dot.sb', 'DoH'), ('doh.sb', 'DoH'), ('dns.alidns.com', 'DoH'),
      ('doh.pub', 'DoH'), ('dot.pub', 'DoH'), ('doh.360.cn', 'DoH'), ('dot.360.cn', 'DoH'), ('dns.twnic.tw', 'DoH'),
      ('doh.libredns.gr', 'DoH'), ('dns.switch.ch', 'DoH'), ('dns.digitale-gesellschaft.ch', 'DoH'),
      ('doh.applied-privacy.net', 'DoH'), ('doh.ffmuc.net', 'DoH'), ('dot.ffmuc.net', 'DoH'), ('.ahadns.net', 'DoH'),
      ('doh.xfinity.com', 'DoH'), ('dns.comss.one', 'DoH'), ('doh.tiar.app', 'DoH'), ('public.dns.iij.jp', 'DoH'),
      ('doh.cmrg.net', 'DoH'), ('dns.njal.la', 'DoH'), ('doh.dns.apple.com', 'DoH'), ('wikimedia-dns.org', 'DoH'),
      ('unicast.censurfridns.dk', 'DoH'), ('anycast.censurfridns.dk', 'DoH'), ('dns.brahma.world', 'DoH'),
      ('mask.icloud.com', 'private relay'), ('mask-h2.icloud.com', 'private relay'),
      ('_dns.resolver.arpa', 'DDR'), ('use-application-dns.net', 'canary')
  ),
  -- Their well-known addresses, for clients that ask for no name.
  anycast (ip) AS MATERIALIZED (
    VALUES
      ('1.1.1.1'), ('1.0.0.1'), ('1.1.1.2'), ('1.0.0.2'), ('1.1.1.3'), ('1.0.0.3'), ('8.8.8.8'), ('8.8.4.4'), ('9.9.9.9'),
      ('149.112.112.112'), ('9.9.9.10'), ('9.9.9.11'), ('208.67.222.222'), ('208.67.220.220'), ('94.140.14.14'),
      ('94.140.15.15'), ('2606:4700:4700::1111'), ('2606:4700:4700::1001'), ('2001:4860:4860::8888'),
      ('2001:4860:4860::8844'), ('2620:fe::fe'), ('2620:fe::9'), ('2620:119:35::35'), ('2620:119:53::53')
  ),
  ports (transport, port, kind) AS MATERIALIZED (
    VALUES
      ('tcp', 853, 'DoT'), ('udp', 853, 'DoQ'), ('udp', 784, 'DoQ'), ('udp', 8853, 'DoQ'), ('udp', 51820, 'WireGuard'),
      ('udp', 1194, 'OpenVPN'), ('tcp', 1194, 'OpenVPN'), ('udp', 500, 'IKE'), ('udp', 4500, 'IKE'), ('udp', 1701, 'L2TP'),
      ('tcp', 1723, 'PPTP'), ('udp', 41641, 'Tailscale'), ('udp', 9993, 'ZeroTier')
  ),
  services (service, kind) AS MATERIALIZED (
    VALUES
      ('wireguard', 'WireGuard'), ('openvpn', 'OpenVPN'), ('isakmp', 'IKE'), ('ike', 'IKE'), ('l2tp', 'L2TP'),
      ('pptp', 'PPTP')
  ),
  protocols (transport, kind) AS MATERIALIZED (
    VALUES ('esp', 'ESP'), ('ah', 'AH'), ('gre', 'GRE'), ('l2tp', 'L2TP'), ('ipip', 'IP in IP')
  ),
  -- Each name of an address by the list.
  known AS MATERIALIZED (
    SELECT n.capture_id, n.address_id, n.name, n.source, r.kind, n.first_frame_id
    FROM address_names n
    JOIN resolvers r ON r.name = n.name
    UNION
    SELECT n.capture_id, n.address_id, n.name, n.source, r.kind, n.first_frame_id
    FROM address_names n
    JOIN resolvers r ON r.name LIKE '.%' AND substr(n.name, -length(r.name)) = r.name
  ),
  contacts AS MATERIALIZED (
    SELECT
      f.id, f.capture_id, f.client_id, f.server_id, f.server_port, f.transport, f.service, f.service_source,
      f.client_bytes, f.server_bytes, f.first_frame_id, f.last_frame_id
    FROM flows f NOT INDEXED
    WHERE (:capture IS NULL OR f.capture_id = :capture)
      AND (f.server_port IN (SELECT port FROM ports) OR f.transport NOT IN ('tcp', 'udp', 'icmp', 'icmpv6')
        OR (f.transport = 'udp' AND (f.service IS NULL OR f.service_source = 'port'))
        OR f.service IN (SELECT service FROM services))
      -- A SYN that nobody answered is no use of anything.
      AND NOT (f.transport = 'tcp' AND f.client_payload + f.server_payload + f.missing_bytes = 0)
  ),
  -- The first match of each flow counts, so the surest comes first.
  matches (rank, kind, evidence, certainty, flow_id) AS (
    SELECT
      1, iif(instr(',' || h.alpn || ',', ',doq,'), 'DoQ', 'DoT'),
      'ALPN ' || iif(instr(',' || h.alpn || ',', ',doq,'), 'doq', 'dot'), 'seen', h.flow_id
    FROM tls_client_hellos h
    WHERE h.alpn IS NOT NULL AND (instr(',' || h.alpn || ',', ',doq,') OR instr(',' || h.alpn || ',', ',dot,'))
    UNION ALL
    SELECT
      1, 'DoH', 'HTTP request with ' || iif(q.content_type = 'application/dns-message', 'a DNS message', '/dns-query'),
      'seen', q.flow_id
    FROM http_requests q
    WHERE q.content_type = 'application/dns-message' OR q.uri LIKE '/dns-query%' OR q.uri LIKE 'http%://%/dns-query%'
    UNION ALL
    SELECT 2, s.kind, 'recognised by content', 'seen', c.id
    FROM contacts c
    JOIN services s ON s.service = c.service
    WHERE c.service_source = 'content'
    UNION ALL
    SELECT 2, p.kind, 'IP protocol ' || c.transport, 'seen', c.id
    FROM contacts c
    JOIN protocols p ON p.transport = c.transport
    UNION ALL
    SELECT 3, 'WireGuard', 'handshake of 148 and 92 bytes', 'seen', c.id
    FROM contacts c
    CROSS JOIN frames f ON f.id = c.first_frame_id
    WHERE c.transport = 'udp' AND f.payload_length = 148
      AND 92 = (
        SELECT r.payload_length FROM frames r
        WHERE r.flow_id = c.id AND r.from_client <> f.from_client ORDER BY r.id LIMIT 1)
    UNION ALL
    SELECT
      4, iif(k.kind = 'DoH' AND f.server_port IN (853, 8853, 784), iif(f.transport = 'tcp', 'DoT', 'DoQ'), k.kind),
      CASE k.source
        WHEN 'dns' THEN 'name by DNS ' WHEN 'certificate' THEN 'name in the certificate ' ELSE upper(k.source) || ' '
      END || k.name,
      'name', f.id
    FROM known k
    CROSS JOIN flows f ON f.server_id = k.address_id AND f.capture_id = k.capture_id
    WHERE f.server_port IN (443, 853, 8853, 784, 8443)
      AND (f.transport = 'udp' OR f.client_payload + f.server_payload + f.missing_bytes > 0)
      -- What is asked for by another name at the same address is another site.
      AND (k.source NOT IN ('dns', 'certificate') OR NOT EXISTS (
        SELECT 1 FROM tls_client_hellos h WHERE h.flow_id = f.id AND h.server_name IS NOT NULL
          AND lower(h.server_name) <> k.name))
      AND (k.source NOT IN ('sni', 'quic') OR EXISTS (
        SELECT 1 FROM tls_client_hellos h WHERE h.flow_id = f.id AND lower(h.server_name) = k.name))
    UNION ALL
    SELECT 5, p.kind,
      upper(c.transport) || ' port ' || c.server_port
        || iif(c.service = 'tls' AND c.service_source = 'content', ', TLS', '')
        || iif(c.service = 'quic' AND c.service_source = 'content', ', QUIC', ''),
      iif(p.kind IN ('DoT', 'DoQ') AND c.service IN ('tls', 'quic') AND c.service_source = 'content', 'seen', 'port'),
      c.id
    FROM contacts c
    JOIN ports p ON p.transport = c.transport AND p.port = c.server_port
    -- Another protocol at the port, known by its content, is that protocol.
    WHERE coalesce(c.service_source, 'port') = 'port' OR c.service IN ('tls', 'quic')
      OR c.service IN (SELECT service FROM services)
    UNION ALL
    SELECT 6, 'DoH', 'address of a public resolver', 'port', f.id
    FROM anycast y
    CROSS JOIN addresses a ON a.ip = y.ip
    CROSS JOIN flows f ON f.server_id = a.id
    WHERE f.server_port = 443 AND (f.transport = 'udp' OR f.client_payload + f.server_payload + f.missing_bytes > 0)
  ),
  best AS MATERIALIZED (
    SELECT flow_id, min(rank * 2 + (evidence LIKE 'name %')) AS rank, kind, evidence, certainty FROM matches GROUP BY flow_id
  ),
  found AS MATERIALIZED (
    SELECT
      b.kind, b.evidence, b.certainty, f.client_id, f.server_id, f.server_port AS port, f.transport, count(*) AS flows,
      sum(f.client_bytes) AS client_bytes, sum(f.server_bytes) AS server_bytes, min(f.first_frame_id) AS first_id,
      max(f.last_frame_id) AS last_id, min(f.id) AS flow_id, f.capture_id
    FROM best b
    CROSS JOIN flows f ON f.id = b.flow_id
    WHERE :capture IS NULL OR f.capture_id = :capture
    GROUP BY b.kind, b.evidence, b.certainty, f.client_id, f.server_id, f.server_port, f.transport, f.capture_id
    UNION ALL
    -- Names that were looked up and whose addresses nobody contacted.
    SELECT
      r.kind, 'lookup of ' || r.name, 'name', f.client_id, f.server_id, f.server_port, f.transport, 0, 0, 0,
      min(m.frame_id), max(m.frame_id), min(f.id), f.capture_id
    FROM resolvers r
    CROSS JOIN dns_messages m ON m.query_name = r.name
    CROSS JOIN flows f ON f.id = m.flow_id
    WHERE NOT m.is_response AND (:capture IS NULL OR f.capture_id = :capture)
      AND NOT EXISTS (
        SELECT 1 FROM address_names n
        CROSS JOIN flows g ON g.server_id = n.address_id AND g.capture_id = n.capture_id
        WHERE n.name = r.name AND n.capture_id = f.capture_id AND g.server_port IN (443, 853, 8853, 784))
    GROUP BY r.name, f.client_id, f.server_id, f.server_port, f.transport, f.capture_id
    UNION ALL
    SELECT
      'tunnel', 'packets in packets', 'seen', t.source_id, t.destination_id, NULL, NULL, 0, sum(t.bytes), 0,
      min(t.frame_id), min(t.frame_id), NULL, t.capture_id
    FROM tunnels t
    -- VLANs, labels and sessions below IP have no ends.
    WHERE t.source_id IS NOT NULL AND (:capture IS NULL OR t.capture_id = :capture)
    GROUP BY t.source_id, t.destination_id, t.capture_id
  )
SELECT
  d.kind,
  d.evidence,
  d.certainty,
  c.ip AS client,
  s.ip AS server,
  d.port,
  d.transport,
  (SELECT group_concat(n.name)
   FROM (SELECT DISTINCT name FROM address_names
         WHERE address_id = d.server_id AND capture_id = d.capture_id LIMIT 20) n) AS names,
  d.flows,
  d.client_bytes,
  d.server_bytes,
  s.scope,
  x.time AS first_time,
  y.time AS last_time,
  x.frame AS first_frame,
  y.frame AS last_frame,
  d.flow_id AS flow,
  d.capture_id AS capture
FROM found d
CROSS JOIN addresses c ON c.id = d.client_id
CROSS JOIN addresses s ON s.id = d.server_id
CROSS JOIN frame_times x ON x.frame_id = d.first_id
CROSS JOIN frame_times y ON y.frame_id = d.last_id
WHERE (:kind IS NULL OR d.kind = :kind COLLATE NOCASE) AND (:certainty IS NULL OR d.certainty = :certainty)
ORDER BY d.capture_id, CASE d.certainty WHEN 'seen' THEN 1 WHEN 'name' THEN 2 ELSE 3 END, d.kind, d.first_id
LIMIT coalesce(:limit, -1);
