-- pcapindex: what a capture becomes. This file is run as it stands to make a database; it is also its documentation.
--
-- Conventions
--   Time      ts INTEGER: nanoseconds since 1970-01-01 00:00 UTC; NULL where the capture gives none.
--   Frames    frame_id refers to frames.id. `frame` in views is the number that Wireshark shows, 1-based per capture.
--   Text      from the wire is kept as received where it is valid UTF-8. Any other byte b, and NUL, stands as the
--             private-use character U+EF00 + b (and so do the bytes of a U+EFxx that was itself sent): exact, reversible.
--   Booleans  1 and 0; NULL where it is not known.
--   Lengths   are bytes.
-- The rows of a new database are written as pages of its file, with the indexes behind them; later ones through SQLite.

PRAGMA application_id = 0x50434958; -- 'PCIX'
PRAGMA user_version = 5;            -- version of this schema

-- ---------------------------------------------------------------------------------------------------------------------
-- Captures and frames

-- One ingested capture file.
CREATE TABLE captures (
  id          INTEGER PRIMARY KEY,   -- in the order of ingestion, from 1
  path        TEXT NOT NULL,         -- as it was given; '-' for standard input
  sha256      TEXT NOT NULL,         -- of the file as it lies on disk, lower-case hexadecimal; 'interrupted': of what was read
  format      TEXT NOT NULL,         -- 'pcap' or 'pcapng'
  size_bytes  INTEGER NOT NULL,      -- of the file as it lies on disk
  frame_count INTEGER NOT NULL,      -- frames stored (with a filter: those that passed it)
  first_ts    INTEGER,               -- earliest time of a frame, ns; NULL: no frame has a time
  last_ts     INTEGER,               -- latest time of a frame, ns; NULL: no frame has a time
  status      TEXT NOT NULL,         -- 'complete', 'truncated' (cut off within a record), 'damaged', 'unreadable' (a read
                                     -- failed part-way), 'interrupted' (by the user)
  detail      TEXT,                  -- why the status is not 'complete'; NULL: complete
  filter      TEXT,                  -- libpcap filter that frames had to pass; NULL: all frames
  ingested_at INTEGER NOT NULL,      -- when it was read, ns
  version     TEXT NOT NULL,         -- of pcapindex that read it
  compression TEXT,                  -- 'gzip', 'zstd', 'lz4', 'xz', 'bzip2'; NULL: not compressed
  ring_id     INTEGER REFERENCES captures (id) -- the first file of the ring (dumpcap -b) that it is a file of: its flows go on
                                     -- from one file into the next; NULL: of none
) STRICT;

-- One interface of a capture: pcapng names them, a pcap file has exactly one.
CREATE TABLE interfaces (
  id          INTEGER PRIMARY KEY,
  capture_id  INTEGER NOT NULL REFERENCES captures (id),
  number      INTEGER NOT NULL,      -- 0-based over all sections of the file, as Wireshark's frame.interface_id
  name        TEXT,                  -- as the capturing program gave it ('eth0'); NULL: not given
  description TEXT,                  -- as the capturing program gave it; NULL: not given
  link_type   INTEGER NOT NULL,      -- LINKTYPE_ number (1: Ethernet, 113: Linux cooked, ...)
  snaplen     INTEGER NOT NULL       -- most bytes kept of a frame; 0: no limit
) STRICT;

-- What the capturing program counted on an interface, the last that the capture says of it (pcapng's interface statistics). NULL:
-- it does not say.
CREATE TABLE interface_statistics (
  interface_id      INTEGER PRIMARY KEY REFERENCES interfaces (id),
  ts                INTEGER,         -- when it counted, ns
  start_ts          INTEGER,         -- when the capture began, ns
  end_ts            INTEGER,         -- when the capture ended, ns
  received          INTEGER,         -- packets that arrived
  dropped           INTEGER,         -- packets that the interface dropped for lack of resources
  accepted          INTEGER,         -- packets that passed the capture filter
  dropped_by_system INTEGER,         -- packets that the operating system dropped
  delivered         INTEGER,         -- packets that the capturing program got
  lost_between      INTEGER          -- packets lost between those captured, as frames themselves say
) STRICT;

-- One comment in a pcapng capture.
CREATE TABLE comments (
  id           INTEGER PRIMARY KEY,
  capture_id   INTEGER NOT NULL REFERENCES captures (id),
  subject      TEXT NOT NULL,        -- 'file' (a section of it), 'interface', 'frame', 'statistics', 'names', 'secrets'
  interface_id INTEGER REFERENCES interfaces (id), -- of an interface or its statistics; NULL: of something else
  frame_id     INTEGER REFERENCES frames (id),     -- NULL: not of a frame
  text         TEXT NOT NULL
) STRICT;

-- Secrets for decryption that a pcapng capture carries, as they are: whoever has them can read what is encrypted.
CREATE TABLE decryption_secrets (
  id         INTEGER PRIMARY KEY,
  capture_id INTEGER NOT NULL REFERENCES captures (id),
  type       TEXT NOT NULL,          -- 'TLS' (an NSS key log), 'SSH', 'WireGuard', 'ZigBee NWK', 'ZigBee APS', 'OPC UA', or the
                                     -- number as '0x...'
  secret     BLOB NOT NULL
) STRICT;

-- One IP address seen as an end of a flow, of a tunnel, inside a DNS record, announced by FTP for a data connection, or named by
-- the capture file.
CREATE TABLE addresses (
  id    INTEGER PRIMARY KEY,
  ip    TEXT NOT NULL,               -- '192.0.2.1', '2001:db8::1' (RFC 5952)
  key   BLOB NOT NULL,               -- 16 bytes in network order, IPv4 as ::ffff:a.b.c.d: compare with networks.first, last
  scope TEXT NOT NULL                -- 'global', 'private', 'shared' (100.64.0.0/10), 'loopback', 'link-local', 'multicast',
                                     -- 'broadcast', 'unspecified', 'documentation', 'benchmarking', 'reserved'
) STRICT;

-- One captured frame. Its addresses and ports are those of its flow.
CREATE TABLE frames (
  id              INTEGER PRIMARY KEY,
  capture_id      INTEGER NOT NULL REFERENCES captures (id),
  number          INTEGER NOT NULL,  -- as Wireshark counts: 1-based in its capture
  ts              INTEGER,           -- ns; NULL: the capture gives no time (pcapng simple packet block)
  length          INTEGER NOT NULL,  -- bytes on the wire
  captured_length INTEGER NOT NULL,  -- bytes in the capture
  flow_id         INTEGER REFERENCES flows (id), -- NULL: no IP packet could be made out
  from_client     INTEGER,           -- 1: sent by the flow's client, 0: by its server; NULL: no flow
  payload_length  INTEGER,           -- bytes of transport payload, as the headers say; NULL: no flow
  tcp_flags       INTEGER,           -- the 12 flag bits (FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128); NULL: not TCP
  tcp_seq         INTEGER,           -- raw sequence number, 32 bits; NULL: not TCP
  tcp_ack         INTEGER,           -- raw acknowledgment number, 32 bits; NULL: not TCP
  tcp_window      INTEGER,           -- raw window, not scaled; NULL: not TCP
  interface_id    INTEGER REFERENCES interfaces (id) -- NULL: the first interface of its capture
) STRICT;

-- Where frames lie in their capture: the record's offset of every 1024th frame stored, from which the records between are found by reading on.
CREATE TABLE frame_positions (
  capture_id INTEGER NOT NULL REFERENCES captures (id),
  number     INTEGER NOT NULL,       -- frames.number of the frame whose record begins at the offset
  position   INTEGER NOT NULL,       -- byte offset of its pcap record or pcapng block in the capture, after decompression
  PRIMARY KEY (capture_id, number)
) STRICT, WITHOUT ROWID;

-- What the capture says of a frame beside its bytes (pcapng's epb_flags). Only of frames of which it says something.
CREATE TABLE frame_flags (
  frame_id   INTEGER PRIMARY KEY REFERENCES frames (id),
  direction  TEXT,                   -- 'in', 'out', as the capturing machine saw it; NULL: not said
  reception  TEXT,                   -- 'unicast', 'multicast', 'broadcast', 'promiscuous'; NULL: not said
  fcs_length INTEGER,                -- bytes of the frame check sequence at its end; NULL: not said
  errors     INTEGER NOT NULL        -- link-layer errors: bits 16 to 31 of epb_flags (1: first of them); 0: none
) STRICT;

-- One frame that carries no IP: what Wireshark's packet list shows of it.
CREATE TABLE link_frames (
  frame_id        INTEGER PRIMARY KEY REFERENCES frames (id),
  source_mac      TEXT,              -- '00:1a:2b:3c:4d:5e'; NULL: the link layer has none
  destination_mac TEXT,              -- NULL: the link layer has none
  protocol        TEXT NOT NULL      -- 'ARP', 'STP', '802.11 Beacon', 'USB', ... or the EtherType as '0x88b5', or 'Link type 147'
) STRICT;

-- ---------------------------------------------------------------------------------------------------------------------
-- Flows

-- One conversation of the innermost IP packets: a TCP connection (a new SYN with another initial sequence number on the
-- same addresses and ports begins a new one), a UDP 5-tuple, or an address pair of any other IP protocol.
CREATE TABLE flows (
  id               INTEGER PRIMARY KEY,
  capture_id       INTEGER NOT NULL REFERENCES captures (id), -- of its first frame; in a ring others may lie in later files
  transport        TEXT NOT NULL,    -- 'tcp', 'udp', 'icmp', 'icmpv6', 'sctp', 'gre', ... or the protocol number; 'fragment' for
                                     -- IP fragments other than the one that completed its packet
  client_id        INTEGER NOT NULL REFERENCES addresses (id), -- sender of the SYN; without one, the side that the ports, the
                                     -- content or, last, the first packet speak for
  client_port      INTEGER,          -- NULL: the transport has no ports
  server_id        INTEGER NOT NULL REFERENCES addresses (id), -- the other side
  server_port      INTEGER,          -- NULL: the transport has no ports
  service          TEXT,             -- what is spoken: 'http', 'tls', 'dns', 'ftp', 'ftp-data', 'quic', ...; NULL: not known
  service_source   TEXT,             -- how that is known: 'content', 'port' (only the server's port says so), 'negotiated' (FTP);
                                     -- NULL: not known
  first_frame_id   INTEGER NOT NULL REFERENCES frames (id),
  last_frame_id    INTEGER NOT NULL REFERENCES frames (id),
  first_ts         INTEGER,          -- of the first frame, ns; NULL: it has no time
  last_ts          INTEGER,          -- of the last frame, ns; NULL: it has no time
  client_packets   INTEGER NOT NULL, -- packets from the client
  server_packets   INTEGER NOT NULL, -- packets from the server
  client_bytes     INTEGER NOT NULL, -- IP bytes from the client, headers included
  server_bytes     INTEGER NOT NULL, -- IP bytes from the server, headers included
  client_payload   INTEGER NOT NULL, -- payload bytes from the client, each counted once however often it was sent
  server_payload   INTEGER NOT NULL, -- payload bytes from the server, each counted once however often it was sent
  turns            INTEGER NOT NULL, -- changes of speaker among the payload (client, server, client, server: 3)
  state            TEXT,             -- TCP: Zeek's conn_state (S0, S1, SF, REJ, S2, S3, RSTO, RSTR, RSTOS0, RSTRH, SH, SHR, OTH);
                                     -- NULL: not TCP
  irtt_ns          INTEGER,          -- SYN to the ACK of the SYN-ACK, ns; NULL: the handshake was not seen
  syn_frame_id     INTEGER REFERENCES frames (id), -- first SYN; NULL: not seen (the connection is older than the capture)
  syn_ack_frame_id INTEGER REFERENCES frames (id), -- first SYN-ACK; NULL: not seen
  ack_frame_id     INTEGER REFERENCES frames (id), -- first ACK of the SYN-ACK; NULL: not seen
  client_isn       INTEGER,          -- client's initial sequence number: relative = (tcp_seq - isn) mod 2^32. Where no SYN was
                                     -- seen: first sequence number - 1. NULL: not TCP, or nothing seen of the client
  server_isn       INTEGER,          -- the same of the server
  client_window_scale INTEGER,       -- shift of the windows that the client announces, SYNs apart: window = tcp_window << it; 0: none
                                     -- was agreed on; NULL: not known (no SYN was seen), or not TCP
  server_window_scale INTEGER,       -- the same of the server
  missing_bytes    INTEGER NOT NULL, -- payload bytes that the capture lacks between those it has, both sides
  retransmissions  INTEGER NOT NULL, -- TCP segments whose payload had all been seen before, keep-alive probes and duplicates apart
  out_of_order     INTEGER NOT NULL, -- TCP segments that came behind a later one
  duplicates       INTEGER NOT NULL  -- TCP packets that the capture holds again (a mirror port copies what comes in and what goes
                                     -- out): same IPv4 identification and numbers within 1 ms. Counted as packets, not as retransmissions
) STRICT;

-- One tunnel, tag, label or session that IP packets were carried behind. Both directions are one row where they have the
-- same identifier; GTP-U, L2TP and MPLS give each direction its own.
CREATE TABLE tunnels (
  id             INTEGER PRIMARY KEY,
  capture_id     INTEGER NOT NULL REFERENCES captures (id),
  kind           TEXT NOT NULL,      -- 'vlan', 'mpls', 'pppoe', 'pbb', 'vn-tag', 'e-tag', 'isl', 'trill', 'nsh'; 'ipip' (IPv4 in
                                     -- IPv4), '6in4', '4in6', '6in6', 'gre', 'pptp', 'erspan', 'vxlan', 'vxlan-gpe', 'geneve',
                                     -- 'gtp-u', 'teredo', 'ayiya', 'l2tp', 'l2tpv3', 'lisp', 'etherip', 'ethernet-in-ip', 'wccp',
                                     -- 'pim-register'
  identifier     INTEGER,            -- VLAN, MPLS label, PPPoE session, PBB service instance, GRE key, PPTP call, ERSPAN session,
                                     -- VXLAN and Geneve network, GTP-U endpoint (TEID), L2TP tunnel * 65536 + session, L2TPv3
                                     -- session, LISP instance, NSH service path, ...; NULL: the header has none
  source_id      INTEGER REFERENCES addresses (id), -- sender of the outer IP packet of the first frame; NULL: the header is not
                                     -- directly in an IP packet
  destination_id INTEGER REFERENCES addresses (id), -- receiver of that packet; NULL: as source_id
  frame_id       INTEGER NOT NULL REFERENCES frames (id), -- first frame
  packets        INTEGER NOT NULL,   -- frames with IP packets inside, both directions
  bytes          INTEGER NOT NULL    -- bytes on the wire of these frames
) STRICT;

-- One flow inside one tunnel. A flow has a row for each header around any of its packets, up to 64. Addresses and ports
-- alone tell flows apart: those that are the same in two tunnels are one flow, with both tunnels here.
CREATE TABLE tunnel_flows (
  id        INTEGER PRIMARY KEY,
  tunnel_id INTEGER NOT NULL REFERENCES tunnels (id),
  flow_id   INTEGER NOT NULL REFERENCES flows (id),
  level     INTEGER NOT NULL         -- place among the headers around its packets: 1 is the outermost
) STRICT;

-- One frame that holds an IP fragment, the one that completes its packet included.
CREATE TABLE ip_fragments (
  frame_id        INTEGER PRIMARY KEY REFERENCES frames (id),
  identification  INTEGER NOT NULL,  -- what the fragments of a packet share: 16 bits, of IPv6 32
  fragment_offset INTEGER NOT NULL,  -- where its data stands in the packet's payload, bytes
  more_fragments  INTEGER NOT NULL,  -- 1: others follow; 0: it is the last
  ip_protocol     INTEGER NOT NULL   -- what the packet carries, IANA number
) STRICT;

-- One ICMP or ICMPv6 message.
CREATE TABLE icmp_messages (
  id         INTEGER PRIMARY KEY,
  flow_id    INTEGER NOT NULL REFERENCES flows (id),
  frame_id   INTEGER NOT NULL REFERENCES frames (id),
  type       INTEGER NOT NULL,       -- ICMP type (flows.transport says of which version)
  code       INTEGER NOT NULL,       -- ICMP code
  identifier INTEGER,                -- of an echo message; NULL: not an echo
  sequence   INTEGER,                -- of an echo message; NULL: not an echo
  ttl        INTEGER NOT NULL,       -- time to live or hop limit of its IP packet
  target     TEXT,                   -- address that Neighbor Discovery (RFC 4861) asks for or announces, or that a redirect
                                     -- leads to; NULL: another message
  link_address TEXT,                 -- MAC address in Neighbor Discovery's source or target option; NULL: none
  neighbor_flags INTEGER,            -- of a Neighbor Advertisement: router 4, solicited 2, override 1; NULL: another message
  quoted_flow_id INTEGER REFERENCES flows (id), -- of an error: the flow of the packet that it is about; NULL: the capture has no
                                     -- such flow, or no error
  quoted     TEXT,                   -- that packet where there is no such flow: 'udp 192.0.2.1:4000 > 198.51.100.7:53'; NULL: as said
  mtu        INTEGER                 -- of 'fragmentation needed' and 'packet too big': largest packet that passes, bytes; NULL: another
) STRICT;

-- One remarkable thing about a TCP segment, as Wireshark's TCP analysis finds them; a segment may have several. Segments in
-- order, each acknowledged once, have none.
CREATE TABLE tcp_notes (
  id             INTEGER PRIMARY KEY,
  frame_id       INTEGER NOT NULL REFERENCES frames (id),
  note           TEXT NOT NULL,      -- 'retransmission', 'fast-retransmission', 'spurious-retransmission', 'out-of-order',
                                     -- 'previous-segment-not-captured', 'acked-unseen-segment', 'dup-ack', 'keep-alive',
                                     -- 'keep-alive-ack', 'zero-window', 'zero-window-probe', 'zero-window-probe-ack',
                                     -- 'window-update', 'window-full', 'port-numbers-reused'
  number         INTEGER,            -- of a dup-ack: which repetition it is, from 1; NULL: another note
  other_frame_id INTEGER REFERENCES frames (id) -- of a dup-ack: the frame with the ACK that it repeats; NULL: another note
) STRICT;

-- The options of a TCP segment (RFC 9293, section 3.1) that is a SYN or has selective acknowledgments (RFC 2018). The
-- timestamps of other segments are not stored.
CREATE TABLE tcp_options (
  frame_id       INTEGER PRIMARY KEY REFERENCES frames (id),
  kinds          TEXT NOT NULL,      -- all options in order, comma separated: 'mss', 'nop', 'window-scale', 'sack-permitted', 'sack',
                                     -- 'timestamps', 'md5', 'ao' (RFC 5925), 'mptcp', 'fast-open', 'eol', or the number
  mss            INTEGER,            -- maximum segment size; NULL: no such option
  window_scale   INTEGER,            -- shift as sent; NULL: no such option
  tsval          INTEGER,            -- timestamp (RFC 7323); NULL: no such option
  tsecr          INTEGER,            -- timestamp that is echoed; NULL: no such option
  fast_open      TEXT,               -- cookie of TCP Fast Open (RFC 7413) in hexadecimal, '' asks for one; NULL: no such option
  is_dsack       INTEGER,            -- 1: the first block reports data received twice (RFC 2883); NULL: no SACK blocks
  sack_left_1    INTEGER,            -- raw sequence number of the first block's first byte; NULL: no such block
  sack_right_1   INTEGER,            -- raw sequence number behind its last byte
  sack_left_2    INTEGER,            -- the same of the second block
  sack_right_2   INTEGER,            -- the same of the second block
  sack_left_3    INTEGER,            -- the same of the third block
  sack_right_3   INTEGER,            -- the same of the third block
  sack_left_4    INTEGER,            -- the same of the fourth block
  sack_right_4   INTEGER             -- the same of the fourth block
) STRICT;

-- One ARP message (RFC 826) for Ethernet and IPv4.
CREATE TABLE arp_messages (
  id         INTEGER PRIMARY KEY,
  capture_id INTEGER NOT NULL REFERENCES captures (id),
  frame_id   INTEGER NOT NULL REFERENCES frames (id),
  operation  TEXT NOT NULL,          -- 'request', 'reply', 'rarp-request', 'inarp-reply', ..., or the number
  sender_mac TEXT NOT NULL,          -- '00:1a:2b:3c:4d:5e'
  sender_ip  TEXT NOT NULL,          -- '192.0.2.1'
  target_mac TEXT NOT NULL,          -- zeros in a request
  target_ip  TEXT NOT NULL           -- '192.0.2.2'
) STRICT;

-- ---------------------------------------------------------------------------------------------------------------------
-- Roll-ups: sums over the frames and flows of a capture, made while it is read, so that the first questions need not go
-- through all of them. They say nothing that `frames`, `flows` and `link_frames` do not say: in a ring a flow counts to the file
-- in which it begins, a frame to its own.

-- Frames captured in one interval of time. All intervals of a capture have the same duration, the shortest of 1 ms, 5 ms,
-- 10 ms, 50 ms, 100 ms, 500 ms, 1 s, 5 s, 10 s, 30 s, 1 min, 5 min, 10 min, 30 min, 1 h, 6 h, 1 d, 10 d and 100 d at
-- which no more than 10,000 of them hold frames. One without frames has no row.
CREATE TABLE traffic_by_time (
  id          INTEGER PRIMARY KEY,   -- in a capture in the order of time
  capture_id  INTEGER NOT NULL REFERENCES captures (id),
  ts          INTEGER,               -- start, ns, a multiple of the duration; NULL: of the frames that have no time
  duration    INTEGER NOT NULL,      -- ns
  frames      INTEGER NOT NULL,      -- frames captured from its start to before its end
  bytes       INTEGER NOT NULL,      -- their bytes on the wire
  tcp_frames  INTEGER NOT NULL,      -- those of flows of TCP; IP fragments other than the completing one count as none
  tcp_bytes   INTEGER NOT NULL,      -- their bytes on the wire
  udp_frames  INTEGER NOT NULL,      -- the same of UDP
  udp_bytes   INTEGER NOT NULL,      -- their bytes on the wire
  icmp_frames INTEGER NOT NULL,      -- the same of ICMP and ICMPv6
  icmp_bytes  INTEGER NOT NULL,      -- their bytes on the wire
  flows       INTEGER NOT NULL       -- flows whose first frame it holds
) STRICT;

-- What one address sent and received in a capture, over all flows that it is an end of. An address has one row for each
-- 131,072 addresses that took part in flows ending one after the other; the view address_traffic adds them up.
CREATE TABLE traffic_by_address (
  id               INTEGER PRIMARY KEY,
  capture_id       INTEGER NOT NULL REFERENCES captures (id),
  address_id       INTEGER NOT NULL REFERENCES addresses (id),
  part             INTEGER NOT NULL, -- 1: the address's first row in the capture; more: a further one
  flows            INTEGER NOT NULL, -- flows that it is an end of; one to itself counts once
  sent_packets     INTEGER NOT NULL, -- packets from it; in a flow to itself those of the client
  received_packets INTEGER NOT NULL, -- packets to it
  sent_bytes       INTEGER NOT NULL, -- IP bytes from it, headers included
  received_bytes   INTEGER NOT NULL, -- IP bytes to it, headers included
  first_frame_id   INTEGER NOT NULL REFERENCES frames (id), -- first frame of those flows
  last_frame_id    INTEGER NOT NULL REFERENCES frames (id)  -- last frame of those flows
) STRICT;

-- What a capture holds of one protocol: flows by transport and service, frames without IP by their protocol. Fragments
-- have a row for each IP protocol that they are of.
CREATE TABLE traffic_by_protocol (
  id         INTEGER PRIMARY KEY,
  capture_id INTEGER NOT NULL REFERENCES captures (id),
  network    TEXT NOT NULL,          -- 'ip', 'ipv6'; of frames without IP link_frames.protocol
  transport  TEXT,                   -- flows.transport; NULL: no IP
  service    TEXT,                   -- flows.service; NULL: not known, or no IP
  flows      INTEGER,                -- flows; NULL: no IP
  frames     INTEGER NOT NULL,       -- frames; of flows: their packets
  bytes      INTEGER NOT NULL        -- IP bytes, headers included; without IP bytes on the wire
) STRICT;

-- ---------------------------------------------------------------------------------------------------------------------
-- DNS (RFC 1035), mDNS (RFC 6762), LLMNR (RFC 4795), NetBIOS names (RFC 1002); flows.service tells which

-- One message over UDP or TCP.
CREATE TABLE dns_messages (
  id             INTEGER PRIMARY KEY,
  flow_id        INTEGER NOT NULL REFERENCES flows (id),
  frame_id       INTEGER NOT NULL REFERENCES frames (id), -- over TCP: the frame that completes the message, as Wireshark shows it
  transaction_id INTEGER NOT NULL,   -- 16-bit ID
  is_response    INTEGER NOT NULL,   -- QR bit
  opcode         TEXT NOT NULL,      -- 'QUERY', 'NOTIFY', 'UPDATE', ... or the number; of NetBIOS also 'REGISTRATION', 'RELEASE',
                                     -- 'WACK', 'REFRESH', 'MULTIHOMED-REGISTRATION'
  rcode          TEXT NOT NULL,      -- 'NOERROR', 'NXDOMAIN', 'BADVERS' (EDNS extended), ... or the number
  authoritative  INTEGER NOT NULL,   -- AA bit
  truncated      INTEGER NOT NULL,   -- TC bit
  query_name     TEXT,               -- first question's name as sent, no final dot ('.' for the root); of NetBIOS, where responses
                                     -- have no question, of the first record: 'FILER<20>'; of an update its zone; NULL: no question
  query_type     TEXT,               -- its type: 'A', 'HTTPS', 'TYPE65400'; of NetBIOS 'NB', 'NBSTAT'; NULL: no question
  query_id       INTEGER REFERENCES dns_messages (id), -- of a response: the query it answers (same flow, ID and name); NULL: not seen
  query_class    TEXT                -- first question's class: 'CH', 'ANY', 'CLASS32'; NULL: IN, or no question
) STRICT;

-- One resource record of any section of a message.
CREATE TABLE dns_answers (
  id         INTEGER PRIMARY KEY,
  message_id INTEGER NOT NULL REFERENCES dns_messages (id),
  section    TEXT NOT NULL,          -- 'answer', 'authority', 'additional'; of an update (RFC 2136) 'prerequisite', 'update'
  name       TEXT NOT NULL,          -- owner as sent, no final dot ('.' for the root)
  type       TEXT NOT NULL,          -- 'A', 'CNAME', 'HTTPS', 'OPT', 'TYPE65400'
  ttl        INTEGER,                -- seconds; NULL for OPT, whose field means something else
  data       TEXT NOT NULL,          -- presentation form (RFC 1035, RFC 9460); unknown types as RFC 3597's \# form; OPT as 'EDNS0
                                     -- udp=1232 do COOKIE=... ECS=192.0.2.0/24'; of NetBIOS a row for each address of an NB record
                                     -- ('192.0.2.1 H-node', with ' group' for a group's name), and for each name of an NBSTAT record
  address_id INTEGER REFERENCES addresses (id), -- of A and AAAA, and the first address hint of SVCB and HTTPS; of NB the address, of
                                     -- NBSTAT the sender; NULL: none, or an update deletes it
  class      TEXT                    -- 'CH', 'NONE' and 'ANY' (an update deletes it, or it must not be there), 'CLASS32'; NULL: IN
) STRICT;

-- ---------------------------------------------------------------------------------------------------------------------
-- DHCP (RFC 2131, RFC 2132)

-- One message.
CREATE TABLE dhcp_messages (
  id             INTEGER PRIMARY KEY,
  flow_id        INTEGER NOT NULL REFERENCES flows (id),
  frame_id       INTEGER NOT NULL REFERENCES frames (id),
  transaction_id INTEGER NOT NULL,   -- what the messages of an exchange share, 32 bits
  type           TEXT,               -- 'DISCOVER', 'OFFER', 'REQUEST', 'ACK', ... or the number; NULL: BOOTP
  client_mac     TEXT,               -- the client's, '00:1a:2b:3c:4d:5e'; NULL: another kind of hardware
  requested_ip   TEXT,               -- address that the client asks for; NULL: none
  your_ip        TEXT,               -- address that the server gives; NULL: none
  host_name      TEXT,               -- the client's name for itself, or the server's for it; NULL: none
  fqdn           TEXT,               -- the client's name in option 81 (RFC 4702); NULL: none
  client_ip      TEXT,               -- address that the client has already; NULL: none
  server_ip      TEXT,               -- which server it is from or for (option 54); NULL: none
  relay_ip       TEXT,               -- the relay's address on the client's network; NULL: no relay
  lease_time     INTEGER,            -- seconds, asked for or given; NULL: none
  subnet_mask    TEXT,               -- '255.255.255.0'; NULL: none
  routers        TEXT,               -- comma separated; NULL: none
  dns_servers    TEXT,               -- comma separated; NULL: none
  domain         TEXT,               -- domain that the client is to use; NULL: none
  vendor_class   TEXT,               -- 'MSFT 5.0', 'android-dhcp-13', ...; NULL: none
  client_id      TEXT,               -- option 61 in hexadecimal, its kind first (01: a MAC address follows); NULL: none
  requested_options TEXT,            -- numbers of the options that the client asks for, in its order, comma separated: '1,3,6,15'; NULL: none
  message        TEXT,               -- why a server refuses; NULL: none
  lease_name     TEXT                -- of an ACK: the client's name for the leased address, as it asked with it in the same
                                     -- transaction, else as the ACK has it; NULL: none, or another message
) STRICT;

-- One message of DHCPv6 (RFC 8415), taken out of the relays' messages around it.
CREATE TABLE dhcpv6_messages (
  id             INTEGER PRIMARY KEY,
  flow_id        INTEGER NOT NULL REFERENCES flows (id),
  frame_id       INTEGER NOT NULL REFERENCES frames (id),
  transaction_id INTEGER,            -- what the messages of an exchange share, 24 bits; NULL: a relay's without a message
  type           TEXT,               -- 'SOLICIT', 'ADVERTISE', 'REQUEST', 'RENEW', 'REPLY', ...; NULL: a relay's without a message
  relays         INTEGER NOT NULL,   -- relays that passed it on
  link_ip        TEXT,               -- the first relay's address on the client's link; NULL: no relay
  peer_ip        TEXT,               -- the client's address there; NULL: no relay
  client_mac     TEXT,               -- in the client's identifier, or as a relay says; NULL: none
  client_id      TEXT,               -- the client's DUID in hexadecimal; NULL: none
  server_id      TEXT,               -- the server's DUID in hexadecimal; NULL: none
  addresses      TEXT,               -- addresses asked for or given, comma separated; NULL: none
  prefixes       TEXT,               -- prefixes delegated, '2001:db8:1::/48', comma separated; NULL: none
  valid_lifetime INTEGER,            -- of the first address or prefix, seconds; NULL: none
  status         TEXT,               -- 'Success', 'NoAddrsAvail', ... or the number; NULL: none, which means success
  status_text    TEXT,               -- what the server says about it; NULL: nothing
  fqdn           TEXT,               -- the client's name (RFC 4704); NULL: none
  dns_servers    TEXT,               -- comma separated; NULL: none
  domains        TEXT,               -- domains that the client is to search, comma separated; NULL: none
  vendor_class   TEXT,               -- enterprise number and text: '311 MSFT 5.0'; NULL: none
  lease_name     TEXT                -- of a REPLY that leases addresses: the client's name, as it asked with it in the same
                                     -- transaction, else as the reply has it; NULL: none, or another message
) STRICT;

-- ---------------------------------------------------------------------------------------------------------------------
-- NTP (RFC 5905)

-- One message. Of control and private messages (modes 6 and 7), which reflectors are abused with, the first 16 of a flow.
CREATE TABLE ntp_messages (
  id          INTEGER PRIMARY KEY,
  flow_id     INTEGER NOT NULL REFERENCES flows (id),
  frame_id    INTEGER NOT NULL REFERENCES frames (id),
  version     INTEGER NOT NULL,      -- 1 to 4
  mode        TEXT NOT NULL,         -- 'client', 'server', 'symmetric-active', 'symmetric-passive', 'broadcast', 'control', 'private'
  request     TEXT,                  -- of control and private: 'readvar', 'monlist', ... or the number; NULL: another mode
  is_response INTEGER,               -- of control and private; NULL: another mode
  stratum     INTEGER,               -- 1: has a clock, 2: asks such a server, ...; 0: not said, or a refusal; NULL: control, private
  reference   TEXT,                  -- stratum 1: its clock ('GPS'); 0: why it refuses ('RATE'); else the IPv4 address of its server
                                     -- (of an IPv6 server a hash); NULL: not said
  offset_ns   INTEGER                -- sender's clock at sending minus the frame's time, ns; NULL: not said, or a client, or no time
) STRICT;

-- ---------------------------------------------------------------------------------------------------------------------
-- HTTP/1.x (RFC 9112), HTTP/2 in the clear (RFC 9113), and SSDP, which sends heads as of HTTP/1.1 in datagrams (flows.service
-- 'ssdp')

-- One request; of SSDP a search (M-SEARCH) or an announcement (NOTIFY).
CREATE TABLE http_requests (
  id             INTEGER PRIMARY KEY,
  flow_id        INTEGER NOT NULL REFERENCES flows (id),
  frame_id       INTEGER NOT NULL REFERENCES frames (id), -- holds its first byte
  last_frame_id  INTEGER NOT NULL REFERENCES frames (id), -- holds its last byte that was seen
  ts             INTEGER,            -- of its first byte, ns; NULL: no time
  method         TEXT NOT NULL,      -- 'GET', 'POST', ...; HTTP/2: :method
  uri            TEXT NOT NULL,      -- request target as sent; HTTP/2: :path, of CONNECT :authority
  version        TEXT NOT NULL,      -- '1.1', '2'
  host           TEXT,               -- Host field; HTTP/2: :authority, else Host; NULL: none
  user_agent     TEXT,               -- User-Agent field; NULL: none
  referer        TEXT,               -- Referer field; NULL: none
  content_type   TEXT,               -- Content-Type field; NULL: none
  head_length    INTEGER NOT NULL,   -- bytes of start line and header fields as sent, the empty line included; HTTP/2: of
                                     -- the compressed field block, without frame headers and padding
  body_length    INTEGER NOT NULL,   -- body bytes seen as sent, chunk framing removed, before content decoding
  decoded_length INTEGER NOT NULL,   -- body bytes after gzip, deflate, brotli or zstd was undone; body_length where neither applies
  complete       INTEGER NOT NULL,   -- 1: the whole message was seen, and of HTTP/2 all its fields could be decoded
  response_id    INTEGER REFERENCES http_responses (id), -- final response to it; NULL: not seen
  stream_id      INTEGER             -- HTTP/2's stream, an even one where the server promised the response (push), 1 of a
                                     -- request that HTTP/1.1's Upgrade: h2c goes on with; NULL: HTTP/1.x alone
) STRICT;

-- One response, interim ones (1xx) included; of SSDP what a device answers to a search, which is not joined to it.
CREATE TABLE http_responses (
  id               INTEGER PRIMARY KEY,
  flow_id          INTEGER NOT NULL REFERENCES flows (id),
  frame_id         INTEGER NOT NULL REFERENCES frames (id), -- holds its first byte
  last_frame_id    INTEGER NOT NULL REFERENCES frames (id), -- holds its last byte that was seen
  ts               INTEGER,          -- of its first byte, ns; NULL: no time
  request_id       INTEGER REFERENCES http_requests (id), -- request it answers; NULL: not seen
  status           INTEGER NOT NULL, -- 200
  reason           TEXT,             -- 'OK'; NULL: none sent
  version          TEXT NOT NULL,    -- '1.1', '2'
  content_type     TEXT,             -- Content-Type field; NULL: none
  content_encoding TEXT,             -- Content-Encoding field; NULL: none
  server           TEXT,             -- Server field; NULL: none
  location         TEXT,             -- Location field; NULL: none
  head_length      INTEGER NOT NULL, -- as in http_requests
  body_length      INTEGER NOT NULL, -- body bytes seen as sent, chunk framing removed, before content decoding
  decoded_length   INTEGER NOT NULL, -- body bytes after gzip, deflate, brotli or zstd was undone; body_length where neither applies
  complete         INTEGER NOT NULL, -- 1: the whole message was seen, and of HTTP/2 all its fields could be decoded
  stream_id        INTEGER           -- HTTP/2's stream; NULL: HTTP/1.x
) STRICT;

-- One header or trailer field of a request or response; of HTTP/2 the pseudo fields (:path) too.
CREATE TABLE http_headers (
  id          INTEGER PRIMARY KEY,
  request_id  INTEGER REFERENCES http_requests (id),  -- NULL: a response's field
  response_id INTEGER REFERENCES http_responses (id), -- NULL: a request's field
  position    INTEGER NOT NULL,      -- 1-based in its message
  name        TEXT NOT NULL,         -- as sent
  value       TEXT NOT NULL          -- as sent, blanks around it removed
) STRICT;

-- One message of WebSocket (RFC 6455), its fragments put together; control frames are messages too.
CREATE TABLE websocket_messages (
  id             INTEGER PRIMARY KEY,
  flow_id        INTEGER NOT NULL REFERENCES flows (id),
  frame_id       INTEGER NOT NULL REFERENCES frames (id), -- holds its first byte
  last_frame_id  INTEGER NOT NULL REFERENCES frames (id), -- holds its last byte that was seen
  ts             INTEGER,            -- of its first byte, ns; NULL: no time
  request_id     INTEGER REFERENCES http_requests (id), -- request that asked for the connection; NULL: not seen
  from_client    INTEGER NOT NULL,   -- 1: the client sent it, 0: the server
  opcode         TEXT NOT NULL,      -- 'text', 'binary', 'close', 'ping', 'pong'
  length         INTEGER NOT NULL,   -- payload bytes seen as sent, all fragments together
  decoded_length INTEGER NOT NULL,   -- payload bytes after permessage-deflate was undone, as far as that went; else length
  close_code     INTEGER,            -- of a close: why, 1000 is normal; NULL: another message, or none sent
  text           TEXT,               -- of a text its first 4,096 bytes, of a close its reason; NULL: others, and none sent
  complete       INTEGER NOT NULL    -- 1: the whole message was seen
) STRICT;

-- ---------------------------------------------------------------------------------------------------------------------
-- FTP (RFC 959, RFC 2428)

-- One command with its reply; the server's greeting is a row without a command.
CREATE TABLE ftp_commands (
  id             INTEGER PRIMARY KEY,
  flow_id        INTEGER NOT NULL REFERENCES flows (id),
  frame_id       INTEGER NOT NULL REFERENCES frames (id), -- holds the command's first byte; of the greeting: the reply's
  command        TEXT,               -- upper case: 'USER', 'PASV'; NULL: the greeting, or a reply that no command asked for
  argument       TEXT,               -- as sent; NULL: none
  reply_code     INTEGER,            -- final reply, or the last preliminary one (1xx) where no final one was seen; NULL: none seen
  reply_text     TEXT,               -- its text; of several lines, each on its own; NULL: none seen
  reply_frame_id INTEGER REFERENCES frames (id), -- holds the reply's first byte; NULL: none seen
  sent_command   TEXT,               -- the command as sent; NULL: in upper case, or there is none
  path           TEXT,               -- the argument (of LIST and the like without one: the working directory) as a path from the
                                     -- root, or from '~', the directory that the login leads to, where the server was not
                                     -- asked for its path; NULL: none, or not known
  data_type      TEXT,               -- of a transfer: representation type ('A' has its line ends changed on the way, 'I' is as
                                     -- stored); NULL: no transfer, or no TYPE seen
  restart_offset INTEGER             -- of a transfer: bytes of the file before the first that was sent (REST); NULL: none
) STRICT;

-- Every reply in order, preliminary ones (150) included.
CREATE TABLE ftp_replies (
  id         INTEGER PRIMARY KEY,
  command_id INTEGER NOT NULL REFERENCES ftp_commands (id), -- what it answers
  frame_id   INTEGER NOT NULL REFERENCES frames (id),       -- holds its first byte
  code       INTEGER NOT NULL,       -- 150, 226, ...
  text       TEXT NOT NULL           -- of several lines, each on its own
) STRICT;

-- One PASV, EPSV, PORT or EPRT that succeeded: the endpoint of a data connection.
CREATE TABLE ftp_data_channels (
  id                  INTEGER PRIMARY KEY,
  command_id          INTEGER NOT NULL REFERENCES ftp_commands (id), -- the PASV, EPSV, PORT or EPRT
  mode                TEXT NOT NULL,    -- 'passive' (the server listens) or 'active' (the client listens)
  address_id          INTEGER NOT NULL REFERENCES addresses (id), -- who listens
  port                INTEGER NOT NULL, -- where; of a 227 reply: h * 256 + l
  data_flow_id        INTEGER REFERENCES flows (id),        -- the data connection; NULL: none in the capture
  transfer_command_id INTEGER REFERENCES ftp_commands (id)  -- the RETR, STOR, LIST, ... that used it; NULL: none seen
) STRICT;

-- ---------------------------------------------------------------------------------------------------------------------
-- TLS (RFC 8446, RFC 5246)

-- One ClientHello.
CREATE TABLE tls_client_hellos (
  id            INTEGER PRIMARY KEY,
  flow_id       INTEGER NOT NULL REFERENCES flows (id),
  frame_id      INTEGER NOT NULL REFERENCES frames (id), -- holds its first byte
  transport     TEXT NOT NULL,       -- 'tcp', 'udp' (DTLS), 'quic'
  version       TEXT NOT NULL,       -- highest offered: 'TLSv1.3', from supported_versions where sent, GREASE left out; 'Q046', ...:
                                     -- a CHLO of Google's QUIC, which is no TLS and has no fingerprints
  server_name   TEXT,                -- SNI host_name; NULL: none
  alpn          TEXT,                -- offered, comma separated in order; NULL: none
  has_ech       INTEGER NOT NULL,    -- 1: an encrypted ClientHello is inside, or GREASE of one, which nobody can tell apart: server_name
                                     -- and the rest may be a cover
  ja3           TEXT,                -- MD5 of JA3; NULL: not computed
  ja4           TEXT,                -- JA4; NULL: not computed
  cipher_suites TEXT NOT NULL,       -- offered, IANA names, comma separated in order, GREASE as 'GREASE'; of a CHLO 'AESG,CC20'
  has_esni      INTEGER NOT NULL,    -- 1: an encrypted server name is inside (ESNI, a draft before ECH)
  resumption    TEXT,                -- how it asks to go on with an earlier session: 'psk' (TLS 1.3), 'ticket', 'session-id';
                                     -- NULL: it does not
  extensions    TEXT,                -- IANA numbers, comma separated in order, GREASE as 'GREASE'; NULL: none
  supported_groups TEXT              -- for the key exchange, IANA names, comma separated in order: 'X25519MLKEM768,x25519'; NULL: none
) STRICT;

-- One ServerHello.
CREATE TABLE tls_server_hellos (
  id           INTEGER PRIMARY KEY,
  flow_id      INTEGER NOT NULL REFERENCES flows (id),
  frame_id     INTEGER NOT NULL REFERENCES frames (id), -- holds its first byte
  version      TEXT NOT NULL,        -- chosen: 'TLSv1.2'
  cipher_suite TEXT NOT NULL,        -- chosen, IANA name; of SSL 2.0 all that the server has, comma separated
  alpn         TEXT,                 -- chosen; NULL: none, or encrypted (TLS 1.3)
  ja3s         TEXT,                 -- MD5 of JA3S; NULL: not computed
  is_retry_request INTEGER NOT NULL, -- 1: a HelloRetryRequest: it asks for another ClientHello (RFC 8446, section 4.1.4)
  resumed      INTEGER               -- 1: it goes on with an earlier session; NULL: that cannot be told (no ClientHello was seen)
) STRICT;

-- One alert in the clear. Those behind the handshake, and most of TLS 1.3's, are encrypted.
CREATE TABLE tls_alerts (
  id          INTEGER PRIMARY KEY,
  flow_id     INTEGER NOT NULL REFERENCES flows (id),
  frame_id    INTEGER NOT NULL REFERENCES frames (id), -- holds its last byte
  from_client INTEGER NOT NULL,      -- 1: the client sent it, 0: the server
  level       TEXT NOT NULL,         -- 'warning', 'fatal'
  description TEXT NOT NULL          -- RFC 8446's name: 'handshake_failure', 'unknown_ca', ...; the number of one without a name
) STRICT;

-- One QUIC connection (RFC 9000, RFC 9369, the drafts from 22 on, Google's versions): what its long headers and its Initial
-- packets say, which anybody can decrypt. The hellos in them are rows of tls_client_hellos and tls_server_hellos. Of other
-- versions the numbers alone are known; a connection that is older than the capture has no row.
CREATE TABLE quic_connections (
  id               INTEGER PRIMARY KEY,
  flow_id          INTEGER NOT NULL REFERENCES flows (id),
  frame_id         INTEGER NOT NULL REFERENCES frames (id), -- first packet
  version          TEXT,             -- in use: '1', '2', 'draft-29', 'Q046', '0xfaceb002', ...: that of the server's packets, else of the
                                     -- client's; NULL: only a Version Negotiation packet was seen
  client_version   TEXT,             -- that the client began with; NULL: nothing of the client was seen
  offered_versions TEXT,             -- that the server offered instead (Version Negotiation), comma separated; NULL: it did not
  destination_cid  TEXT,             -- the client's first Destination Connection ID, hexadecimal; NULL: not seen
  client_cid       TEXT,             -- the client's own, which may be empty; NULL: not seen, or Google's until Q043
  server_cid       TEXT,             -- the server's own; NULL: not seen
  retry_cid        TEXT,             -- that a Retry packet gave the client; NULL: none came
  token_length     INTEGER,          -- bytes of the token in the client's Initial packets (Retry, or of an earlier connection); NULL: none
  has_early_data   INTEGER NOT NULL, -- 1: the client sent 0-RTT packets
  user_agent       TEXT,             -- the program, as Google's clients say it; NULL: not said
  transport_parameters TEXT,         -- the client's, comma separated in the order sent: 'max_idle_timeout=30000', 'GREASE'; integers
                                     -- decimal, other values hexadecimal, 20 bytes at most; NULL: not seen
  close_code       INTEGER,          -- error of a CONNECTION_CLOSE in an Initial packet (256 + n: TLS alert n); NULL: none seen
  close_reason     TEXT,             -- its phrase; NULL: none
  closed_by_client INTEGER           -- 1: the client sent it, 0: the server; NULL: none seen
) STRICT;

-- What ends in one frame of a TLS connection over TCP: the messages of its handshake, and of each side the first 16 records
-- that it encrypts.
CREATE TABLE tls_messages (
  id       INTEGER PRIMARY KEY,
  flow_id  INTEGER NOT NULL REFERENCES flows (id),
  frame_id INTEGER NOT NULL REFERENCES frames (id),
  messages TEXT NOT NULL             -- in order, comma separated: the number of a handshake message (RFC 8446, section 4: 1 is
                                     -- ClientHello), 'c' ChangeCipherSpec, 'e' encrypted handshake message, 'd' application
                                     -- data, 'a' encrypted alert, 'a2/40' alert with level and description
) STRICT;

-- One certificate sent in the clear (TLS 1.2 and older).
CREATE TABLE tls_certificates (
  id         INTEGER PRIMARY KEY,
  flow_id    INTEGER NOT NULL REFERENCES flows (id),
  frame_id   INTEGER NOT NULL REFERENCES frames (id), -- holds its message's first byte
  position   INTEGER NOT NULL,       -- 1: the server's own, then its chain as sent
  subject    TEXT,                   -- distinguished name (RFC 4514); NULL: could not be parsed
  issuer     TEXT,                   -- distinguished name (RFC 4514); NULL: could not be parsed
  not_before INTEGER,                -- ns; NULL: could not be parsed
  not_after  INTEGER,                -- ns; NULL: could not be parsed
  dns_names  TEXT,                   -- subjectAltName dNSNames, comma separated; NULL: none, or could not be parsed
  sha256     TEXT NOT NULL,          -- of the DER bytes
  from_client INTEGER NOT NULL       -- 1: the client showed it, 0: the server
) STRICT;

-- ---------------------------------------------------------------------------------------------------------------------
-- Mail (RFC 5321, RFC 5322, RFC 2045 to 2049)

-- One message that was sent over SMTP or LMTP, or the attempt to send one; or one that was fetched over POP3 (RETR). Its
-- attachments are rows of files with the same flow_id and source, from message_frame_id to last_frame_id.
CREATE TABLE mail_messages (
  id                 INTEGER PRIMARY KEY,
  flow_id            INTEGER NOT NULL REFERENCES flows (id),
  frame_id           INTEGER NOT NULL REFERENCES frames (id), -- holds the first byte of its first command; POP3: of the message
  source             TEXT NOT NULL,  -- 'smtp', 'pop3'
  helo               TEXT,           -- what the client calls itself; NULL: not seen, or POP3
  mail_from          TEXT,           -- sender by MAIL FROM, without angle brackets; '': none, as of an error report; NULL: not
                                     -- seen, or POP3
  recipients         TEXT,           -- of RCPT TO, those that were not refused, comma separated; NULL: none, or POP3
  refused_recipients TEXT,           -- those that were refused (4xx, 5xx), comma separated; NULL: none
  message_frame_id   INTEGER REFERENCES frames (id), -- holds the message's first byte; NULL: none was sent
  last_frame_id      INTEGER REFERENCES frames (id), -- holds the message's last byte; NULL: none was sent
  header_from        TEXT,           -- its From field, coded words decoded; this and the next ones are NULL where there is no
                                     -- such field or no message
  header_to          TEXT,           -- as header_from
  header_cc          TEXT,           -- as header_from
  subject            TEXT,           -- decoded
  date               TEXT,           -- as the sender's clock and program say
  message_id         TEXT,           -- with its angle brackets
  user_agent         TEXT,           -- User-Agent, else X-Mailer
  received_count     INTEGER,        -- Received fields: servers that took it before; NULL: its header has not ended
  size               INTEGER,        -- bytes seen, as they were before SMTP's dots; NULL: no message
  attachments        INTEGER,        -- rows of files; NULL: no message
  reply_code         INTEGER,        -- what the server said at its end; of an attempt, what refused it; NULL: not seen, or POP3
  reply_text         TEXT,           -- the last line of it, often with the server's number for the message; NULL: not seen
  reply_frame_id     INTEGER REFERENCES frames (id), -- holds its last line's first byte; NULL: not seen
  complete           INTEGER NOT NULL -- 1: all of the message was seen; 0 of an attempt without a message
) STRICT;

-- ---------------------------------------------------------------------------------------------------------------------
-- SSH (RFC 4253)

-- One connection of SSH, as far as it is not encrypted: what is done inside, logins among it, cannot be seen.
CREATE TABLE ssh_handshakes (
  id                      INTEGER PRIMARY KEY,
  flow_id                 INTEGER NOT NULL REFERENCES flows (id),
  frame_id                INTEGER NOT NULL REFERENCES frames (id), -- the first of those below
  client_banner           TEXT,      -- as sent: 'SSH-2.0-OpenSSH_9.2p1 Debian-2'; at most 255 bytes; NULL: not seen
  client_version          TEXT,      -- of the protocol: '2.0', '1.99' (1.5 and 2.0), '1.5'; NULL: not seen
  client_frame_id         INTEGER REFERENCES frames (id), -- holds the banner's first byte; NULL: not seen
  server_banner           TEXT,      -- as client_banner
  server_version          TEXT,      -- as client_version
  server_frame_id         INTEGER REFERENCES frames (id), -- as client_frame_id
  client_kexinit_frame_id INTEGER REFERENCES frames (id), -- holds the first byte of what the client offers; NULL: not seen
  server_kexinit_frame_id INTEGER REFERENCES frames (id), -- holds the first byte of what the server offers; NULL: not seen
  kex_algorithm           TEXT,      -- chosen: 'curve25519-sha256'; this and the next seven are NULL where an offer is missing or
                                     -- both have nothing in common
  host_key_algorithm      TEXT,      -- chosen: 'ssh-ed25519'
  client_cipher           TEXT,      -- chosen for what the client sends: 'chacha20-poly1305@openssh.com'
  server_cipher           TEXT,      -- chosen for what the server sends
  client_mac              TEXT,      -- chosen for what the client sends: 'hmac-sha2-256'; NULL also: the cipher needs none
  server_mac              TEXT,      -- chosen for what the server sends; NULL also: the cipher needs none
  client_compression      TEXT,      -- chosen for what the client sends: 'none'
  server_compression      TEXT,      -- chosen for what the server sends
  hassh                   TEXT,      -- HASSH: MD5 of hassh_algorithms; NULL: no offer seen
  hassh_algorithms        TEXT,      -- what the client offers: key exchanges; ciphers; MACs; compressions of what it sends
  hassh_server            TEXT,      -- HASSHServer: MD5 of hassh_server_algorithms; NULL: no offer seen
  hassh_server_algorithms TEXT,      -- what the server offers, in the same way
  host_key_algorithms     TEXT,      -- what the server can prove who it is by, comma separated; NULL: no offer seen
  host_key_type           TEXT,      -- format of the key that it has shown: 'ssh-ed25519'; NULL: not seen
  host_key_sha256         TEXT       -- of that key: ssh-keygen -l shows the same in base64; NULL: not seen
) STRICT;

-- ---------------------------------------------------------------------------------------------------------------------
-- What every protocol may yield

-- One secret that went over the wire in the clear.
CREATE TABLE credentials (
  id        INTEGER PRIMARY KEY,
  flow_id   INTEGER REFERENCES flows (id), -- NULL: no IP flow, as with PPP over Ethernet
  frame_id  INTEGER NOT NULL REFERENCES frames (id), -- holds the secret's message's first byte
  protocol  TEXT NOT NULL,           -- 'ftp', 'http', ...
  mechanism TEXT NOT NULL,           -- 'USER/PASS', 'Basic', 'form', 'Bearer', 'cookie PHPSESSID', 'URL api_key', ...
  domain    TEXT,                    -- domain, realm or database that the user name belongs to; NULL: none sent
  username  TEXT,                    -- NULL: none sent
  secret    TEXT,                    -- NULL: none sent
  kind      TEXT NOT NULL,           -- 'password', 'hash', 'token'
  accepted  INTEGER,                 -- 1: the server accepted it, 0: it refused; NULL: it did not say
  answer_frame_id INTEGER REFERENCES frames (id) -- holds the answer that says so; NULL: none was seen
) STRICT;

-- One object that was carried: of HTTP the body of a response, the body of a request that is no form, and a file in a form; of FTP
-- what a data connection carries, listings apart; of mail an attachment.
CREATE TABLE files (
  id            INTEGER PRIMARY KEY,
  flow_id       INTEGER NOT NULL REFERENCES flows (id),
  frame_id      INTEGER NOT NULL REFERENCES frames (id), -- holds its message's first byte
  source        TEXT NOT NULL,       -- 'http', 'ftp', 'smtp', 'pop3'
  name          TEXT,                -- last part of the URL's path, of the FTP argument, or of the name in an attachment or form; NULL: none
  media_type    TEXT,                -- as declared; NULL: not declared
  detected_type TEXT,                -- from its first bytes, decoded, as IANA names it, else as libmagic does; NULL: not recognised
  size          INTEGER NOT NULL,    -- bytes seen, as sent (before content decoding); of mail's attachments: with base64 or
                                     -- quoted-printable undone, up to the first gap, so that it and the hash are the file's
  sha256        TEXT,                -- of those bytes; NULL: not complete
  complete      INTEGER NOT NULL,    -- 1: all of it was seen; a partial response (206) is never all of it, nor is what FTP
                                     -- sent behind REST, before ABOR, or without a reply that says that it was sent
  width         INTEGER,             -- of an image (PNG, GIF, JPEG, WebP, BMP, AVIF, HEIC), pixels; NULL: not known
  height        INTEGER              -- likewise
) STRICT;

-- One thing that could not be decoded, or is odd: no row elsewhere must not read as "clean" while there are rows here.
-- Of each code a capture has at most 100,000 rows, and then one that says how many there were more.
CREATE TABLE diagnostics (
  id         INTEGER PRIMARY KEY,
  capture_id INTEGER NOT NULL REFERENCES captures (id),
  frame_id   INTEGER REFERENCES frames (id), -- NULL: not of one frame
  flow_id    INTEGER REFERENCES flows (id),  -- NULL: not of one flow
  code       TEXT NOT NULL,          -- stable: 'truncated-tcp', 'malformed-dns', 'tcp-gap', ...
  detail     TEXT NOT NULL           -- for a person
) STRICT;

-- ---------------------------------------------------------------------------------------------------------------------
-- Names for addresses, and the analyst's own knowledge

-- One name for an address with its source and first evidence, gathered while the capture is read: what the view
-- name_evidence says of the tables above, and what the capture file itself says, each name once. In a ring a name that one file
-- says is also in the rows of each other file where a flow begins that has the address, or a TLS client asks for the name.
CREATE TABLE address_names (
  id             INTEGER PRIMARY KEY,
  capture_id     INTEGER NOT NULL REFERENCES captures (id),
  address_id     INTEGER NOT NULL REFERENCES addresses (id),
  name           TEXT NOT NULL,      -- lower case
  source         TEXT NOT NULL,      -- 'dns' (owner of the address or an alias that led to it), 'sni', 'quic', 'http', 'certificate',
                                     -- 'netbios', 'dhcp' (a leased address), 'capture' (name resolution block of pcapng)
  first_frame_id INTEGER REFERENCES frames (id) -- first frame that says so; NULL: 'capture'
) STRICT;

-- One list of networks that a company publishes as its own, as `pcapindex ranges` loaded it. Its networks are rows of
-- networks, its host names rows of allowed_hosts.
CREATE TABLE range_lists (
  id           INTEGER PRIMARY KEY,
  name         TEXT NOT NULL UNIQUE,  -- 'google', 'google-cloud', 'aws', 'azure', 'cloudflare-v4', 'tor', ...
  source       TEXT NOT NULL,         -- file or address that it was read from
  published    TEXT,                  -- when, as the list says, else as its server does (Last-Modified); NULL: neither does
  serial       TEXT,                  -- the publisher's number of this issue (syncToken, changeNumber); NULL: none
  etag         TEXT,                  -- the server's ETag; NULL: none, or a file
  sha256       TEXT NOT NULL,         -- of what was read, lower-case hexadecimal
  without_list TEXT,                  -- name of the list whose networks are left out of this one where it is loaded; NULL: none
  loaded_at    INTEGER NOT NULL       -- when it was read, ns
) STRICT;

-- One network that the analyst, or a published list, has labelled.
CREATE TABLE networks (
  id     INTEGER PRIMARY KEY,
  list   TEXT NOT NULL CHECK (list IN ('allow', 'dns', 'note')), -- allow: explained; dns: a trusted resolver; note: worth knowing
  first  BLOB NOT NULL,              -- key of the first address
  last   BLOB NOT NULL,              -- key of the last address
  cidr   TEXT NOT NULL,              -- '192.0.2.0/24'
  label  TEXT NOT NULL,              -- what it is
  source TEXT NOT NULL,              -- file and line it came from; of a published list, its file or address
  range_list_id INTEGER REFERENCES range_lists (id) -- the published list; NULL: the analyst's own
) STRICT;

-- One host name, ending of host names, or domain that the analyst allows.
CREATE TABLE allowed_hosts (
  id      INTEGER PRIMARY KEY,
  pattern TEXT NOT NULL,             -- lower case: 'example.org', '.example.org'
  match   TEXT NOT NULL CHECK (match IN ('exact', 'suffix', 'domain')), -- suffix: the name ends with the pattern; domain: the
                                     -- name is the pattern, or ends with it behind a dot
  label   TEXT,                      -- what it is; NULL: not said
  source  TEXT NOT NULL,             -- file and line it came from; of a published list, its file or address
  range_list_id INTEGER REFERENCES range_lists (id) -- the published list; NULL: the analyst's own
) STRICT;

-- One file with owners of addresses, as `pcapindex owners` read it.
CREATE TABLE owner_lists (
  id        INTEGER PRIMARY KEY,
  kind      TEXT NOT NULL UNIQUE,    -- an MMDB file's own type ('GeoLite2-ASN'), 'ip2asn-v4', 'ip2asn-v6', 'ip2asn-combined'
  source    TEXT NOT NULL,           -- the file
  built_at  INTEGER,                 -- when it was built, as it says, ns; NULL: it does not say
  sha256    TEXT NOT NULL,           -- of the file as it lies on disk, lower-case hexadecimal
  loaded_at INTEGER NOT NULL         -- when it was read, ns
) STRICT;

-- What one file says of the owner of an address that reaches the Internet. An address that it does not know has no row.
CREATE TABLE address_owners (
  id            INTEGER PRIMARY KEY,
  address_id    INTEGER NOT NULL REFERENCES addresses (id),
  owner_list_id INTEGER NOT NULL REFERENCES owner_lists (id),
  asn           INTEGER,             -- number of the autonomous system that announces it; NULL: not said
  organisation  TEXT,                -- who holds it; NULL: not said
  country       TEXT,                -- ISO 3166-1's two letters, upper case; NULL: not said
  network       TEXT                 -- network of the file, '192.0.2.0/24', or range, '192.0.2.0-192.0.2.9'; NULL: not said
) STRICT;

-- What a server said of an address when `pcapindex owners --whois --rdns` asked: the last answer, or the last failure
-- where there was none.
CREATE TABLE lookups (
  id           INTEGER PRIMARY KEY,
  address_id   INTEGER NOT NULL REFERENCES addresses (id),
  kind         TEXT NOT NULL CHECK (kind IN ('whois', 'rdns')), -- rdns: reverse DNS
  status       TEXT NOT NULL CHECK (status IN ('answered', 'none', 'failed')), -- none: the server knows nothing
  asked_at     INTEGER NOT NULL,     -- when, ns
  server       TEXT NOT NULL,        -- who said so, or failed to: 'whois.ripe.net:43'
  detail       TEXT,                 -- why it failed; NULL: it did not
  names        TEXT,                 -- rdns: the names, joined by ', ', 8 at most; NULL: none
  confirmed    INTEGER,              -- rdns: the first name leads back to the address, 1 or 0; NULL: not known
  netname      TEXT,                 -- whois: name of the network; NULL: not said
  organisation TEXT,                 -- whois: who holds it; NULL: not said
  country      TEXT,                 -- whois: ISO 3166-1's two letters; NULL: not said
  network      TEXT,                 -- whois: its range, as the server spells it; NULL: not said
  abuse        TEXT,                 -- whois: whom to tell of abuse; NULL: not said
  text         TEXT,                 -- whois: the answer as it came (UTF-8, else read as ISO 8859-1), 64 KiB at most; NULL: none
  UNIQUE (address_id, kind)
) STRICT;

-- ---------------------------------------------------------------------------------------------------------------------
-- Views
-- Readable times are UTC with microseconds, '2010-02-08 21:32:53.126763'; NULL where the capture gives none.

-- One frame with its number and its time as text.
CREATE VIEW frame_times (
  frame_id,    -- frames.id
  capture_id,  -- captures.id
  frame,       -- as Wireshark numbers it
  ts,          -- ns; NULL: no time
  time         -- readable
) AS
SELECT
  id, capture_id, number, ts,
  -- The remainder is made positive, so that times before 1970 come out right too.
  strftime('%Y-%m-%d %H:%M:%S', (ts - (ts % 1000000000 + 1000000000) % 1000000000) / 1000000000, 'unixepoch')
    || printf('.%06d', (ts % 1000000000 + 1000000000) % 1000000000 / 1000)
FROM frames;

-- One attempt to log in, and between whom: the rows of credentials, also those of links without IP.
CREATE VIEW logins (
  id,              -- credentials.id
  capture_id,      -- captures.id
  flow_id,         -- flows.id; NULL: no IP flow, as with PPP over Ethernet
  frame_id,        -- frames.id of the frame that holds the secret
  protocol,        -- this and the next seven as in credentials
  mechanism,       -- how the secret was sent
  domain,          -- what the user name belongs to
  username,        -- whose it is
  secret,          -- the secret itself
  kind,            -- 'password', 'hash', 'token'
  accepted,        -- 1: yes, 0: no; NULL: not said
  answer_frame_id, -- frames.id of the frame that holds the answer
  client,          -- IP address of who sent it; without IP the MAC address; NULL: the link layer has none
  server,          -- IP address of who received it; without IP the MAC address; NULL: the link layer has none
  server_id,       -- addresses.id; NULL: no IP
  server_port      -- NULL: no ports
) AS
SELECT
  k.id, p.capture_id, k.flow_id, k.frame_id, k.protocol, k.mechanism, k.domain, k.username, k.secret, k.kind,
  k.accepted, k.answer_frame_id, coalesce(c.ip, l.source_mac), coalesce(s.ip, l.destination_mac), f.server_id,
  f.server_port
FROM credentials k
CROSS JOIN frames p ON p.id = k.frame_id
LEFT JOIN flows f ON f.id = k.flow_id
LEFT JOIN addresses c ON c.id = f.client_id
LEFT JOIN addresses s ON s.id = f.server_id
LEFT JOIN link_frames l ON l.frame_id = k.frame_id AND k.flow_id IS NULL;

-- The packet list is made of the views below, from normalised columns: no text is stored for a frame. Each gives frames
-- one line of their protocol; ask them by frame_id.

-- One row of tcp_notes in Wireshark's words, those of a frame in Wireshark's order.
CREATE VIEW tcp_note_words (
  frame_id, -- frames.id
  place,    -- where Wireshark shows it among the notes of a frame, from the left
  words     -- '[TCP Dup ACK 12#1] '
) AS
SELECT
  n.frame_id,
  CASE n.note
    WHEN 'zero-window' THEN 1 WHEN 'zero-window-probe-ack' THEN 1 WHEN 'zero-window-probe' THEN 1 WHEN 'dup-ack' THEN 2
    WHEN 'keep-alive-ack' THEN 3 WHEN 'keep-alive' THEN 3 WHEN 'window-full' THEN 4 WHEN 'window-update' THEN 5
    WHEN 'acked-unseen-segment' THEN 6 WHEN 'previous-segment-not-captured' THEN 7 WHEN 'out-of-order' THEN 8
    WHEN 'port-numbers-reused' THEN 10 ELSE 9
  END,
  CASE n.note
    WHEN 'retransmission' THEN '[TCP Retransmission] '
    WHEN 'fast-retransmission' THEN '[TCP Fast Retransmission] '
    WHEN 'spurious-retransmission' THEN '[TCP Spurious Retransmission] '
    WHEN 'out-of-order' THEN '[TCP Out-Of-Order] '
    WHEN 'previous-segment-not-captured' THEN '[TCP Previous segment not captured] '
    WHEN 'acked-unseen-segment' THEN '[TCP ACKed unseen segment] '
    WHEN 'dup-ack' THEN
      '[TCP Dup ACK ' || (SELECT d.number FROM frames d WHERE d.id = n.other_frame_id) || '#' || n.number || '] '
    WHEN 'keep-alive' THEN '[TCP Keep-Alive] '
    WHEN 'keep-alive-ack' THEN '[TCP Keep-Alive ACK] '
    WHEN 'zero-window' THEN '[TCP ZeroWindow] '
    WHEN 'zero-window-probe' THEN '[TCP ZeroWindowProbe] '
    WHEN 'zero-window-probe-ack' THEN '[TCP ZeroWindowProbeAck] '
    WHEN 'window-update' THEN '[TCP Window Update] '
    WHEN 'window-full' THEN '[TCP Window Full] '
    WHEN 'port-numbers-reused' THEN '[TCP Port numbers reused] '
  END
FROM tcp_notes n;

-- One TCP segment in Wireshark's words. Windows are scaled and numbers relative, as far as the SYNs were seen.
CREATE VIEW tcp_lines (
  frame_id, -- frames.id
  notes,    -- what is remarkable, in front of the line: '[TCP Dup ACK 12#1] '; NULL: nothing
  info      -- '1989 → 80 [SYN] Seq=0 Win=8192 Len=0 MSS=1460 WS=4 SACK_PERM'; timestamps only of SYNs
) AS
SELECT
  t.id,
  (SELECT group_concat(n.words, '') FROM (
      SELECT w.words FROM tcp_note_words w WHERE w.frame_id = t.id ORDER BY w.place) n),
  t.port || ' → ' || t.other_port || ' ['
    || iif(t.flags & 4095, substr(
      iif(t.flags & 1, ', FIN', '') || iif(t.flags & 2, ', SYN', '') || iif(t.flags & 4, ', RST', '')
        || iif(t.flags & 8, ', PSH', '') || iif(t.flags & 16, ', ACK', '') || iif(t.flags & 32, ', URG', '')
        || iif(t.flags & 64, ', ECE', '') || iif(t.flags & 128, ', CWR', '') || iif(t.flags & 256, ', AE', '')
        || iif(t.flags & 3584, ', Reserved', ''), 3),
      '<None>')
    || '] Seq=' || ((t.seq - t.isn) & 4294967295)
    || iif(t.flags & 16, ' Ack=' || ((t.ack - t.other_isn) & 4294967295), '')
    || ' Win=' || (t.window << iif(t.flags & 2, 0, t.shift)) || ' Len=' || t.payload_length
    || iif(o.frame_id IS NULL, '', coalesce((
      SELECT group_concat(
        CASE k.value
          WHEN 'mss' THEN ' MSS=' || o.mss
          WHEN 'window-scale' THEN ' WS=' || (1 << o.window_scale)
          WHEN 'sack-permitted' THEN ' SACK_PERM'
          WHEN 'timestamps' THEN iif(t.flags & 2, ' TSval=' || o.tsval || ' TSecr=' || o.tsecr, '')
          WHEN 'md5' THEN ' MD5'
          WHEN 'fast-open' THEN iif(o.fast_open = '', ' TFO=R', ' TFO=C')
          WHEN 'sack' THEN
            ' SLE=' || ((o.sack_left_1 - t.other_isn) & 4294967295)
              || ' SRE=' || ((o.sack_right_1 - t.other_isn) & 4294967295)
              || coalesce(' SLE=' || ((o.sack_left_2 - t.other_isn) & 4294967295)
                || ' SRE=' || ((o.sack_right_2 - t.other_isn) & 4294967295), '')
              || coalesce(' SLE=' || ((o.sack_left_3 - t.other_isn) & 4294967295)
                || ' SRE=' || ((o.sack_right_3 - t.other_isn) & 4294967295), '')
              || coalesce(' SLE=' || ((o.sack_left_4 - t.other_isn) & 4294967295)
                || ' SRE=' || ((o.sack_right_4 - t.other_isn) & 4294967295), '')
        END, '')
      FROM json_each('["' || replace(o.kinds, ',', '","') || '"]') k), ''))
FROM (
  SELECT
    f.id, f.tcp_flags AS flags, f.tcp_seq AS seq, f.tcp_ack AS ack, f.tcp_window AS window, f.payload_length,
    iif(f.from_client, fl.client_port, fl.server_port) AS port,
    iif(f.from_client, fl.server_port, fl.client_port) AS other_port,
    -- Of a side that nothing is known of, numbers begin at 1 with this segment.
    coalesce(iif(f.from_client, fl.client_isn, fl.server_isn), f.tcp_seq - 1) AS isn,
    coalesce(iif(f.from_client, fl.server_isn, fl.client_isn), f.tcp_ack - 1) AS other_isn,
    coalesce(iif(f.from_client, fl.client_window_scale, fl.server_window_scale), 0) AS shift
  FROM frames f
  CROSS JOIN flows fl ON fl.id = f.flow_id
  WHERE f.tcp_flags IS NOT NULL
) t
LEFT JOIN tcp_options o ON o.frame_id = t.id;

-- One ICMP or ICMPv6 message in Wireshark's words.
CREATE VIEW icmp_lines (
  frame_id, -- frames.id
  info      -- 'Echo (ping) request  id=0x0001, seq=1/256, ttl=64 (reply in 2)'
) AS
SELECT
  i.frame_id,
  CASE fl.transport
    WHEN 'icmp' THEN
      CASE
        WHEN i.type = 0 THEN 'Echo (ping) reply   '
        WHEN i.type = 3 THEN
          'Destination unreachable (' || coalesce(
            CASE i.code
              WHEN 0 THEN 'Network unreachable' WHEN 1 THEN 'Host unreachable' WHEN 2 THEN 'Protocol unreachable'
              WHEN 3 THEN 'Port unreachable' WHEN 4 THEN 'Fragmentation needed' WHEN 5 THEN 'Source route failed'
              WHEN 6 THEN 'Network unknown' WHEN 7 THEN 'Host unknown' WHEN 8 THEN 'Source host isolated'
              WHEN 9 THEN 'Network administratively prohibited' WHEN 10 THEN 'Host administratively prohibited'
              WHEN 11 THEN 'Network unreachable for TOS' WHEN 12 THEN 'Host unreachable for TOS'
              WHEN 13 THEN 'Communication administratively filtered' WHEN 14 THEN 'Host precedence violation'
              WHEN 15 THEN 'Precedence cutoff in effect'
            END, 'code ' || i.code) || ')'
        WHEN i.type = 5 THEN
          'Redirect             (' || coalesce(
            CASE i.code
              WHEN 0 THEN 'Redirect for network' WHEN 1 THEN 'Redirect for host'
              WHEN 2 THEN 'Redirect for TOS and network' WHEN 3 THEN 'Redirect for TOS and host'
            END, 'code ' || i.code) || ')'
        WHEN i.type = 8 THEN 'Echo (ping) request '
        WHEN i.type = 11 THEN
          'Time-to-live exceeded (' || coalesce(
            CASE i.code
              WHEN 0 THEN 'Time to live exceeded in transit' WHEN 1 THEN 'Fragment reassembly time exceeded'
            END, 'code ' || i.code) || ')'
        WHEN i.type BETWEEN 4 AND 18 THEN
          coalesce(
            CASE i.type
              WHEN 4 THEN 'Source quench (flow control)' WHEN 9 THEN 'Mobile IP Advertisement'
              WHEN 10 THEN 'Router solicitation' WHEN 12 THEN 'Parameter problem' WHEN 13 THEN 'Timestamp request'
              WHEN 14 THEN 'Timestamp reply' WHEN 15 THEN 'Information request' WHEN 16 THEN 'Information reply'
              WHEN 17 THEN 'Address mask request' WHEN 18 THEN 'Address mask reply'
            END, 'Type ' || i.type)
        ELSE 'Type ' || i.type || ', code ' || i.code
      END
        -- As Wireshark: the sequence number read in network order, then in the order of Windows.
        || iif(i.identifier IS NULL, '', printf(' id=0x%04x, seq=%d/%d, ttl=%d', i.identifier, i.sequence,
                                                (i.sequence & 255) * 256 + (i.sequence >> 8), i.ttl))
    ELSE
      CASE i.type
        WHEN 1 THEN
          'Destination Unreachable (' || coalesce(
            CASE i.code
              WHEN 0 THEN 'no route to destination' WHEN 1 THEN 'Administratively prohibited'
              WHEN 2 THEN 'Beyond scope of source address' WHEN 3 THEN 'Address unreachable'
              WHEN 4 THEN 'Port unreachable' WHEN 5 THEN 'Source address failed ingress/egress policy'
              WHEN 6 THEN 'Reject route to destination'
            END, 'code ' || i.code) || ')'
        WHEN 2 THEN 'Packet Too Big'
        WHEN 3 THEN
          'Time Exceeded (' || coalesce(
            CASE i.code
              WHEN 0 THEN 'hop limit exceeded in transit' WHEN 1 THEN 'fragment reassembly time exceeded'
            END, 'code ' || i.code) || ')'
        WHEN 4 THEN
          'Parameter Problem (' || coalesce(
            CASE i.code
              WHEN 0 THEN 'erroneous header field encountered' WHEN 1 THEN 'unrecognized Next Header type encountered'
              WHEN 2 THEN 'unrecognized IPv6 option encountered'
            END, 'code ' || i.code) || ')'
        WHEN 128 THEN 'Echo (ping) request' WHEN 129 THEN 'Echo (ping) reply'
        WHEN 130 THEN 'Multicast Listener Query' WHEN 131 THEN 'Multicast Listener Report'
        WHEN 132 THEN 'Multicast Listener Done' WHEN 133 THEN 'Router Solicitation'
        WHEN 134 THEN 'Router Advertisement' WHEN 135 THEN 'Neighbor Solicitation'
        WHEN 136 THEN 'Neighbor Advertisement' WHEN 137 THEN 'Redirect'
        WHEN 143 THEN 'Multicast Listener Report Message v2'
        ELSE 'Type ' || i.type || ', code ' || i.code
      END
        || iif(i.identifier IS NULL, '',
               printf(' id=0x%04x, seq=%d, hop limit=%d', i.identifier, i.sequence, i.ttl))
        || iif(i.type = 135, coalesce(' for ' || i.target, ''), '')
        || iif(i.type = 136, coalesce(' ' || i.target, '')
          || coalesce(' (' || nullif(substr(
            iif(i.neighbor_flags & 4, ', rtr', '') || iif(i.neighbor_flags & 2, ', sol', '')
              || iif(i.neighbor_flags & 1, ', ovr', ''), 3), '') || ')', ''), '')
        || coalesce(iif(i.type IN (136, 137), ' is at ', ' from ') || i.link_address, '')
  END
    -- The answer of an echo request is the next reply with its numbers; the request of a reply the last one.
    || CASE
      WHEN i.identifier IS NULL THEN ''
      WHEN i.type IN (8, 128) THEN
        coalesce((
          SELECT ' (reply in ' || n.number || ')'
          FROM icmp_messages r CROSS JOIN frames n ON n.id = r.frame_id
          WHERE r.flow_id = i.flow_id AND r.sequence = i.sequence AND r.identifier = i.identifier
            AND r.type IN (0, 129) AND r.id > i.id
          ORDER BY r.id LIMIT 1), ' (no response found!)')
      ELSE
        coalesce((
          SELECT ' (request in ' || n.number || ')'
          FROM icmp_messages r CROSS JOIN frames n ON n.id = r.frame_id
          WHERE r.flow_id = i.flow_id AND r.sequence = i.sequence AND r.identifier = i.identifier
            AND r.type IN (8, 128) AND r.id < i.id
          ORDER BY r.id DESC LIMIT 1), '')
    END
FROM icmp_messages i
CROSS JOIN flows fl ON fl.id = i.flow_id;

-- One IP fragment in Wireshark's words; of the frame that completes its packet the packet's own line is shown.
CREATE VIEW fragment_lines (
  frame_id, -- frames.id
  info      -- 'Fragmented IP protocol (proto=UDP 17, off=0, ID=1f4c) [Reassembled in #5]'
) AS
SELECT
  g.frame_id,
  iif(instr(c.ip, ':'),
    printf('IPv6 fragment (off=%d more=%s ident=0x%08x nxt=%d)', g.fragment_offset, iif(g.more_fragments, 'y', 'n'),
           g.identification, g.ip_protocol),
    printf('Fragmented IP protocol (proto=%s %d, off=%d, ID=%04x)',
           CASE g.ip_protocol
             WHEN 1 THEN 'ICMP' WHEN 2 THEN 'IGMP' WHEN 4 THEN 'IPIP' WHEN 6 THEN 'TCP' WHEN 17 THEN 'UDP'
             WHEN 41 THEN 'IPv6' WHEN 47 THEN 'GRE' WHEN 50 THEN 'ESP' WHEN 51 THEN 'AH' WHEN 89 THEN 'OSPF IGP'
             WHEN 132 THEN 'SCTP' ELSE 'Unknown'
           END, g.ip_protocol, g.fragment_offset, g.identification)
      || coalesce((
        SELECT ' [Reassembled in #' || w.number || ']'
        FROM ip_fragments o
        CROSS JOIN frames w ON w.id = o.frame_id
        CROSS JOIN flows wf ON wf.id = w.flow_id
        WHERE o.identification = g.identification AND o.frame_id > g.frame_id AND wf.transport <> 'fragment'
          AND wf.capture_id = fl.capture_id AND fl.client_id IN (wf.client_id, wf.server_id)
          AND fl.server_id IN (wf.client_id, wf.server_id)
        ORDER BY o.frame_id LIMIT 1), ''))
FROM ip_fragments g
CROSS JOIN frames f ON f.id = g.frame_id
CROSS JOIN flows fl ON fl.id = f.flow_id
CROSS JOIN addresses c ON c.id = fl.client_id
WHERE fl.transport = 'fragment';

-- One ARP message in Wireshark's words.
CREATE VIEW arp_lines (
  frame_id, -- frames.id
  info      -- 'Who has 192.168.1.6? Tell 192.168.1.1'
) AS
SELECT
  frame_id,
  CASE
    WHEN sender_ip = target_ip AND operation = 'request' AND target_mac = '00:00:00:00:00:00' THEN
      'ARP Announcement for ' || sender_ip
    WHEN sender_ip = target_ip AND operation = 'request' THEN 'Gratuitous ARP for ' || sender_ip || ' (Request)'
    WHEN sender_ip = target_ip AND operation = 'reply' THEN 'Gratuitous ARP for ' || sender_ip || ' (Reply)'
    WHEN operation = 'request' AND sender_ip = '0.0.0.0' AND target_mac = '00:00:00:00:00:00' THEN 'Who has ' || target_ip || '? (ARP Probe)'
    WHEN operation = 'request' THEN 'Who has ' || target_ip || '? Tell ' || sender_ip
    WHEN operation = 'reply' THEN sender_ip || ' is at ' || sender_mac
    ELSE 'ARP operation ' || operation
  END
FROM arp_messages;

-- One DNS message in Wireshark's words.
CREATE VIEW dns_lines (
  frame_id, -- frames.id: over TCP the frame that completes it
  info      -- 'Standard query response 0x2bd4 A example.com A 192.0.2.7'
) AS
SELECT
  m.frame_id,
  CASE WHEN m.query_type IN ('NB', 'NBSTAT') THEN
    CASE m.opcode
      WHEN 'QUERY' THEN 'Name query' WHEN 'MULTIHOMED-REGISTRATION' THEN 'Multi-homed registration'
      WHEN 'WACK' THEN 'Wait and acknowledgment' ELSE substr(m.opcode, 1, 1) || lower(substr(m.opcode, 2))
    END || iif(m.is_response, ' response', '') || CASE m.rcode
      WHEN 'NOERROR' THEN '' WHEN 'NXDOMAIN' THEN ', Requested name does not exist'
      WHEN 'ACT_ERR' THEN ', Name is owned by another node' ELSE ', ' || m.rcode
    END || ' ' || m.query_type || iif(m.is_response, coalesce((
      SELECT ' ' || substr(a.data, 1, instr(a.data, ' ') - 1) FROM dns_answers a
      WHERE a.message_id = m.id AND a.type = 'NB' ORDER BY a.id LIMIT 1), ''), ' ' || m.query_name)
  ELSE CASE m.opcode
    WHEN 'QUERY' THEN 'Standard query' WHEN 'IQUERY' THEN 'Inverse query'
    WHEN 'STATUS' THEN 'Server status request' WHEN 'NOTIFY' THEN 'Zone change notification'
    WHEN 'UPDATE' THEN 'Dynamic update' ELSE 'Operation ' || m.opcode
  END
    || iif(m.is_response, ' response', '') || printf(' 0x%04x', m.transaction_id)
    || iif(m.is_response, CASE m.rcode
        WHEN 'NOERROR' THEN '' WHEN 'NXDOMAIN' THEN ' No such name' WHEN 'SERVFAIL' THEN ' Server failure'
        WHEN 'FORMERR' THEN ' Format error' WHEN 'NOTIMP' THEN ' Not implemented' WHEN 'REFUSED' THEN ' Refused'
        ELSE ' ' || m.rcode
      END, '')
    || coalesce(
      ' ' || iif(m.query_type GLOB 'TYPE[0-9]*', 'Unknown (' || substr(m.query_type, 5) || ')', m.query_type) || ' '
        || iif(m.query_name = '.', '<Root>', m.query_name), '')
    || coalesce((
        SELECT ' ' || group_concat(CASE
            WHEN a.type IN ('A', 'AAAA', 'CNAME', 'DNAME', 'NS', 'PTR', 'MX', 'SRV') THEN a.type || ' ' || a.data
            WHEN a.type IN ('SOA', 'NSEC') THEN a.type || ' ' || substr(a.data, 1, instr(a.data || ' ', ' ') - 1)
            WHEN a.type = 'HINFO' THEN 'HINFO ' || replace(a.data, '"', '')
            WHEN a.type = 'NAPTR' THEN 'NAPTR ' || replace(substr(a.data, 1, instr(a.data, '" ')), '"', '')
            WHEN a.type = 'TLSA' THEN 'TLSA ' || a.name
            WHEN a.type GLOB 'TYPE[0-9]*' THEN 'Unknown (' || substr(a.type, 5) || ')'
            ELSE a.type
          END, ' ')
        FROM (SELECT name, type, data FROM dns_answers WHERE message_id = m.id ORDER BY id LIMIT 32) a), '')
  END
FROM dns_messages m;

-- One DHCP message in Wireshark's words.
CREATE VIEW dhcp_lines (
  frame_id, -- frames.id
  info      -- 'DHCP Discover - Transaction ID 0x696ddc66'
) AS
SELECT
  frame_id,
  CASE type
    WHEN 'DISCOVER' THEN 'DHCP Discover' WHEN 'OFFER' THEN 'DHCP Offer   ' WHEN 'REQUEST' THEN 'DHCP Request '
    WHEN 'DECLINE' THEN 'DHCP Decline ' WHEN 'ACK' THEN 'DHCP ACK     ' WHEN 'NAK' THEN 'DHCP NAK     '
    WHEN 'RELEASE' THEN 'DHCP Release ' WHEN 'INFORM' THEN 'DHCP Inform  ' ELSE 'DHCP Type ' || type
  END || printf(' - Transaction ID 0x%x', transaction_id)
FROM dhcp_messages
WHERE type IS NOT NULL;

-- One HTTP/1.x message in Wireshark's words, at the frame that completes it.
CREATE VIEW http_lines (
  frame_id, -- frames.id of its last byte
  flow_id,  -- flows.id
  protocol, -- 'HTTP', with what its body is: 'HTTP/JSON', 'HTTP/XML'
  info      -- 'GET /?p=310&cpage=1 HTTP/1.1', 'HTTP/1.1 200 OK  (text/html)'
) AS
SELECT
  frame_id, flow_id,
  CASE
    WHEN type IN ('application/json') THEN 'HTTP/JSON' WHEN type IN ('text/xml', 'application/xml') THEN 'HTTP/XML'
    ELSE 'HTTP'
  END,
  start || CASE
    WHEN type IS NULL OR type IN ('', 'text/xml', 'application/xml', 'application/octet-stream')
      OR type GLOB '*+xml' OR type GLOB 'multipart/*' THEN ''
    WHEN type = 'image/png' THEN '  (PNG)'
    WHEN type IN ('image/jpeg', 'image/jpg') THEN '  (JPEG JFIF image)'
    WHEN type = 'image/gif' THEN '  (GIF89a)'
    WHEN type = 'application/json' THEN ' , JavaScript Object Notation (application/json)'
    ELSE '  (' || type || ')'
  END
FROM (
  SELECT
    last_frame_id AS frame_id, flow_id, method || ' ' || uri || ' HTTP/' || version AS start,
    iif(body_length > 0, lower(rtrim(substr(content_type, 1, instr(content_type || ';', ';') - 1))), NULL) AS type
  FROM http_requests
  WHERE complete AND version <> '2'
  UNION ALL
  SELECT
    last_frame_id, flow_id, 'HTTP/' || version || ' ' || status || coalesce(' ' || reason, ''),
    iif(body_length > 0, lower(rtrim(substr(content_type, 1, instr(content_type || ';', ';') - 1))), NULL)
  FROM http_responses
  WHERE complete AND version <> '2'
);

-- One segment of an HTTP/1.x connection that is part of no message, because bytes before it are missing.
CREATE VIEW http_continuations (
  frame_id -- frames.id
) AS
SELECT f.id
FROM frames f
CROSS JOIN flows fl ON fl.id = f.flow_id
WHERE fl.service = 'http' AND fl.service_source = 'content' AND f.payload_length > 0
  AND coalesce(f.id < iif(f.from_client,
    (SELECT q.frame_id FROM http_requests q
     WHERE q.flow_id = fl.id AND q.last_frame_id >= f.id ORDER BY q.last_frame_id LIMIT 1),
    (SELECT r.frame_id FROM http_responses r
     WHERE r.flow_id = fl.id AND r.last_frame_id >= f.id ORDER BY r.last_frame_id LIMIT 1)), 1)
  AND NOT EXISTS (
    SELECT 1 FROM tcp_notes n
    WHERE n.frame_id = f.id AND n.note IN ('retransmission', 'fast-retransmission', 'spurious-retransmission',
      'out-of-order', 'keep-alive'));

-- One FTP command or reply in Wireshark's words.
CREATE VIEW ftp_lines (
  frame_id, -- frames.id of its first byte
  info      -- 'Request: PASS p@ssw0rd', 'Response: 227 Entering Passive Mode (172,16,16,121,192,11)'
) AS
SELECT frame_id, 'Request: ' || coalesce(sent_command, command) || coalesce(' ' || argument, '')
FROM ftp_commands
WHERE command IS NOT NULL
UNION ALL
SELECT frame_id, 'Response: ' || code || ' ' || substr(text, 1, instr(text || char(10), char(10)) - 1) FROM ftp_replies;

-- What ends in one frame of a TLS connection, in Wireshark's words.
CREATE VIEW tls_lines (
  frame_id, -- frames.id
  info      -- 'Client Hello (SNI=example.com)', 'Server Hello, Certificate, Server Hello Done'
) AS
SELECT
  t.frame_id,
  (SELECT group_concat(
      CASE m.value
        WHEN '0' THEN 'Hello Request'
        WHEN '1' THEN 'Client Hello' || coalesce((
          SELECT ' (SNI=' || h.server_name || ')' FROM tls_client_hellos h
          WHERE h.flow_id = t.flow_id AND h.frame_id <= t.frame_id ORDER BY h.id DESC LIMIT 1), '')
        WHEN '2' THEN 'Server Hello' WHEN '4' THEN 'New Session Ticket' WHEN '5' THEN 'End of Early Data'
        WHEN '6' THEN 'Hello Retry Request' WHEN '8' THEN 'Encrypted Extensions' WHEN '11' THEN 'Certificate'
        WHEN '12' THEN 'Server Key Exchange' WHEN '13' THEN 'Certificate Request' WHEN '14' THEN 'Server Hello Done'
        WHEN '15' THEN 'Certificate Verify' WHEN '16' THEN 'Client Key Exchange' WHEN '20' THEN 'Finished'
        WHEN '21' THEN 'Client Certificate URL' WHEN '22' THEN 'Certificate Status' WHEN '23' THEN 'Supplemental Data'
        WHEN '24' THEN 'Key Update' WHEN '25' THEN 'Compressed Certificate'
        WHEN '67' THEN 'Encrypted Handshake Message'
        WHEN 'c' THEN 'Change Cipher Spec' WHEN 'e' THEN 'Encrypted Handshake Message'
        WHEN 'd' THEN 'Application Data' WHEN 'a' THEN 'Encrypted Alert'
        ELSE
          'Alert (Level: '
            || CASE substr(m.value, 2, 1) WHEN '1' THEN 'Warning' WHEN '2' THEN 'Fatal' ELSE substr(m.value, 2, 1) END
            || ', Description: '
            || coalesce(CASE substr(m.value, 4)
              WHEN '0' THEN 'Close Notify' WHEN '10' THEN 'Unexpected Message' WHEN '20' THEN 'Bad Record MAC'
              WHEN '22' THEN 'Record Overflow' WHEN '40' THEN 'Handshake Failure' WHEN '42' THEN 'Bad Certificate'
              WHEN '43' THEN 'Unsupported Certificate' WHEN '44' THEN 'Certificate Revoked'
              WHEN '45' THEN 'Certificate Expired' WHEN '46' THEN 'Certificate Unknown' WHEN '47' THEN 'Illegal Parameter'
              WHEN '48' THEN 'Unknown CA' WHEN '49' THEN 'Access Denied' WHEN '50' THEN 'Decode Error'
              WHEN '51' THEN 'Decrypt Error' WHEN '70' THEN 'Protocol Version' WHEN '71' THEN 'Insufficient Security'
              WHEN '80' THEN 'Internal Error' WHEN '86' THEN 'Inappropriate Fallback' WHEN '90' THEN 'User Canceled'
              WHEN '100' THEN 'No Renegotiation' WHEN '109' THEN 'Missing Extension'
              WHEN '110' THEN 'Unsupported Extension' WHEN '112' THEN 'Unrecognized Name'
              WHEN '116' THEN 'Certificate Required' WHEN '120' THEN 'No application Protocol'
            END, substr(m.value, 4)) || ')'
      END, ', ')
    FROM json_each('["' || replace(t.messages, ',', '","') || '"]') m)
FROM tls_messages t;

-- What the payload of one frame is, where the database knows it frame by frame.
CREATE VIEW payload_lines (
  frame_id, -- frames.id; only frames with payload of flows whose service is known
  protocol, -- as Wireshark names it: 'HTTP', 'DNS', 'TLSv1.2', ...; NULL: a part of something that another frame completes
  info      -- its line; NULL: the transport's line is shown
) AS
SELECT
  f.id,
  CASE
    WHEN fl.service = 'http' THEN coalesce(
      (SELECT h.protocol FROM http_lines h WHERE h.frame_id = f.id AND h.flow_id = fl.id),
      (SELECT 'HTTP' FROM http_continuations x WHERE x.frame_id = f.id))
    -- Before it lies the upgrade; a segment that ends no message is TCP's.
    WHEN fl.service = 'http2' THEN coalesce(
      (SELECT h.protocol FROM http_lines h WHERE h.frame_id = f.id AND h.flow_id = fl.id), 'HTTP2')
    WHEN fl.service = 'websocket' THEN coalesce(
      (SELECT h.protocol FROM http_lines h WHERE h.frame_id = f.id AND h.flow_id = fl.id),
      (SELECT 'WebSocket' FROM websocket_messages m WHERE m.flow_id = fl.id AND m.last_frame_id = f.id))
    WHEN fl.service = 'dns' AND fl.transport = 'tcp' THEN (SELECT 'DNS' FROM dns_messages m WHERE m.frame_id = f.id)
    WHEN fl.service_source <> 'port' AND fl.service IN ('tls', 'dtls')
      OR fl.transport = 'tcp' AND (SELECT h.frame_id FROM tls_client_hellos h WHERE h.flow_id = fl.id LIMIT 1) <= f.id THEN
      -- Behind the records that are stored, a pushed segment is taken to end one.
      iif(fl.transport = 'tcp' AND NOT f.tcp_flags & 8
          AND NOT EXISTS (SELECT 1 FROM tls_messages t WHERE t.frame_id = f.id), NULL, coalesce(
        (SELECT h.version FROM tls_server_hellos h WHERE h.flow_id = fl.id ORDER BY h.id LIMIT 1),
        -- Without an answer the version is the one that a ClientHello's old field can say.
        (SELECT replace(h.version, 'TLSv1.3', 'TLSv1.2') FROM tls_client_hellos h
         WHERE h.flow_id = fl.id ORDER BY h.id LIMIT 1),
        iif(fl.service = 'dtls', 'DTLS', 'TLS')))
    WHEN fl.service_source = 'port' AND (fl.transport = 'tcp' OR fl.service = 'quic') THEN NULL
    ELSE
      CASE fl.service
        WHEN 'pop3' THEN 'POP' WHEN 'postgresql' THEN 'PGSQL' WHEN 'mysql' THEN 'MySQL' WHEN 'kerberos' THEN 'KRB5'
        WHEN 'rlogin' THEN 'Rlogin' WHEN 'xmpp' THEN 'XMPP/XML' WHEN 'socks' THEN 'Socks' WHEN 'ssh' THEN 'SSHv2'
        WHEN 'dhcpv6' THEN 'DHCPv6' WHEN 'cldap' THEN 'CLDAP' WHEN 'bittorrent' THEN 'BitTorrent'
        WHEN 'openvpn' THEN 'OpenVPN' WHEN 'wireguard' THEN 'WireGuard' WHEN 'mongodb' THEN 'MONGO'
        WHEN 'redis' THEN 'RESP' WHEN 'jdwp' THEN 'JDWP' WHEN 'rpcbind' THEN 'Portmap' WHEN 'syslog' THEN 'Syslog'
        WHEN 'ipmi' THEN 'IPMI' WHEN 'netflow' THEN 'CFLOW' WHEN 'sflow' THEN 'sFlow' WHEN 'memcached' THEN 'MEMCACHE'
        WHEN 'quic' THEN iif(EXISTS (
          SELECT 1 FROM quic_connections q WHERE q.flow_id = fl.id AND q.version GLOB 'Q0[0-4]*'), 'GQUIC', 'QUIC')
        WHEN 'modbus' THEN 'Modbus/TCP' WHEN 'coap' THEN 'CoAP' WHEN 'ripng' THEN 'RIPng' WHEN 'tftp' THEN 'TFTP'
        ELSE upper(fl.service)
      END
  END,
  CASE
    WHEN fl.service = 'http' THEN coalesce(
      -- A frame may end several. (Grouped outside, so that each half of http_lines is asked by its index.)
      (SELECT group_concat(n.info, ' ') FROM (
        SELECT h.info FROM http_lines h WHERE h.frame_id = f.id AND h.flow_id = fl.id LIMIT 32) n),
      (SELECT 'Continuation' FROM http_continuations x WHERE x.frame_id = f.id))
    WHEN fl.service = 'ssdp' THEN (SELECT h.info FROM http_lines h WHERE h.frame_id = f.id AND h.flow_id = fl.id LIMIT 1)
    WHEN fl.service = 'http2' THEN (SELECT h.info FROM http_lines h WHERE h.frame_id = f.id AND h.flow_id = fl.id)
    WHEN fl.service = 'websocket' THEN coalesce(
      (SELECT h.info FROM http_lines h WHERE h.frame_id = f.id AND h.flow_id = fl.id),
      (SELECT group_concat(n.info, ' ') FROM (
        SELECT
          'WebSocket ' || CASE m.opcode
            WHEN 'close' THEN 'Connection Close' ELSE upper(substr(m.opcode, 1, 1)) || substr(m.opcode, 2)
          END || ' [FIN]' || iif(m.from_client, ' [MASKED]', '') AS info
        FROM websocket_messages m WHERE m.flow_id = fl.id AND m.last_frame_id = f.id LIMIT 32) n))
    WHEN fl.service IN ('dns', 'mdns', 'llmnr', 'nbns') THEN (SELECT d.info FROM dns_lines d WHERE d.frame_id = f.id)
    WHEN fl.service = 'dhcp' THEN (SELECT d.info FROM dhcp_lines d WHERE d.frame_id = f.id)
    WHEN fl.service = 'dhcpv6' THEN (
      SELECT iif(d.relays, iif(f.from_client, 'Relay-forw L: ', 'Relay-reply L: ') || d.link_ip || ' ', '') || coalesce(
        CASE d.type WHEN 'INFORMATION-REQUEST' THEN 'Information-request' ELSE substr(d.type, 1, 1) || lower(substr(d.type, 2)) END
          || printf(' XID: 0x%x', d.transaction_id) || coalesce(' CID: ' || d.client_id, '')
          || coalesce(' IAA: ' || replace(d.addresses, ', ', ' IAA: '), '') || ' ', '')
      FROM dhcpv6_messages d WHERE d.frame_id = f.id)
    WHEN fl.service = 'ntp' THEN (
      SELECT printf('NTP Version %d, %s', d.version, replace(d.mode, '-', ' ')) FROM ntp_messages d WHERE d.frame_id = f.id)
    WHEN fl.service = 'ftp' THEN (SELECT p.info FROM ftp_lines p WHERE p.frame_id = f.id)
    WHEN fl.service = 'ftp-data' THEN
      'FTP Data: ' || f.payload_length || ' bytes' || coalesce((
        SELECT ' (' || replace(k.command, 'EPSV', 'EPASV') || ')' || coalesce(' (' || t.command || coalesce(' ' || t.argument, '') || ')', '')
        FROM ftp_data_channels a
        CROSS JOIN ftp_commands k ON k.id = a.command_id
        LEFT JOIN ftp_commands t ON t.id = a.transfer_command_id
        WHERE a.data_flow_id = fl.id), '')
    WHEN fl.transport = 'tcp' AND (fl.service = 'tls' AND fl.service_source <> 'port'
        OR (SELECT h.frame_id FROM tls_client_hellos h WHERE h.flow_id = fl.id LIMIT 1) <= f.id) THEN
      coalesce((SELECT t.info FROM tls_lines t WHERE t.frame_id = f.id), iif(f.tcp_flags & 8, 'Application Data', NULL))
    WHEN fl.transport = 'udp' THEN
      coalesce(
        (SELECT 'Client Hello' || coalesce(' (SNI=' || h.server_name || ')', '')
         FROM tls_client_hellos h WHERE h.frame_id = f.id),
        (SELECT iif(h.is_retry_request, 'Hello Retry Request', 'Server Hello') FROM tls_server_hellos h
         WHERE h.frame_id = f.id))
  END
FROM frames f
CROSS JOIN flows fl ON fl.id = f.flow_id
WHERE f.payload_length > 0 AND fl.service IS NOT NULL;

-- One frame as Wireshark's packet list shows it. Each column is worked out only for the rows that are fetched. Filter
-- by frame_id or flow_id for speed. Unlike Wireshark: every segment with payload of a protocol of which only the logins
-- are read shows that protocol with TCP's line; timestamps are shown of SYNs only; of the urgent pointer, and of options
-- that only a SYN should have on other segments, there is nothing.
CREATE VIEW packets (
  capture_id,       -- captures.id
  frame,            -- as Wireshark numbers it
  time,             -- readable
  ts,               -- ns; NULL: no time
  source,           -- sender's IP address; without IP its MAC address; NULL: neither could be made out
  destination,      -- receiver's IP address; without IP its MAC address; NULL: neither could be made out
  source_port,      -- NULL: no ports
  destination_port, -- NULL: no ports
  protocol,         -- what the frame carries: 'TCP' for a bare segment, 'HTTP' for the one that completes a message,
                    -- 'DNS', 'TLSv1.2', 'ARP', ...; 'unknown' where it could not be made out
  length,           -- bytes on the wire
  info,             -- in Wireshark's words
  flow_id,          -- flows.id; NULL: no IP
  frame_id          -- frames.id
) AS
SELECT
  f.capture_id,
  f.number,
  (SELECT t.time FROM frame_times t WHERE t.frame_id = f.id),
  f.ts,
  CASE f.from_client WHEN 1 THEN c.ip WHEN 0 THEN s.ip ELSE l.source_mac END,
  CASE f.from_client WHEN 1 THEN s.ip WHEN 0 THEN c.ip ELSE l.destination_mac END,
  CASE f.from_client WHEN 1 THEN fl.client_port WHEN 0 THEN fl.server_port END,
  CASE f.from_client WHEN 1 THEN fl.server_port WHEN 0 THEN fl.client_port END,
  CASE
    WHEN fl.id IS NULL THEN iif(l.protocol LIKE '802.11 %', '802.11', coalesce(l.protocol, 'unknown'))
    ELSE
      coalesce((SELECT p.protocol FROM payload_lines p WHERE p.frame_id = f.id), CASE fl.transport
        WHEN 'icmpv6' THEN 'ICMPv6'
        WHEN 'fragment' THEN iif(instr(c.ip, ':'), 'IPv6', 'IPv4')
        ELSE upper(fl.transport)
      END)
  END,
  f.length,
  CASE
    WHEN fl.id IS NULL THEN
      CASE l.protocol
        WHEN 'ARP' THEN coalesce((SELECT a.info FROM arp_lines a WHERE a.frame_id = f.id), '')
        ELSE
          coalesce(
            (SELECT d.detail FROM diagnostics d WHERE d.frame_id = f.id ORDER BY d.id LIMIT 1),
            -- What kind of 802.11 frame it is.
            iif(l.protocol LIKE '802.11 %', substr(l.protocol, 8), ''))
      END
    WHEN f.tcp_flags IS NOT NULL THEN
      (SELECT
        coalesce(
          (SELECT iif(t.notes IS NULL, '', t.notes || iif(p.protocol GLOB 'TLS*', ', ', '')) || p.info
           FROM payload_lines p WHERE p.frame_id = f.id),
          coalesce(t.notes, '') || t.info || iif(
            CASE
              WHEN f.payload_length = 0 OR t.notes GLOB '*Spurious*' THEN 0
              WHEN fl.service = 'http' AND f.from_client = 1 THEN f.id >= (
                SELECT q.frame_id FROM http_requests q
                WHERE q.flow_id = fl.id AND q.last_frame_id >= f.id ORDER BY q.last_frame_id LIMIT 1)
              WHEN fl.service = 'http' THEN f.id >= (
                SELECT r.frame_id FROM http_responses r
                WHERE r.flow_id = fl.id AND r.last_frame_id >= f.id ORDER BY r.last_frame_id LIMIT 1)
              WHEN fl.service_source <> 'port' AND fl.service IN ('dns', 'tls', 'websocket') THEN 1
            END, ' [TCP segment of a reassembled PDU]', ''))
      FROM tcp_lines t WHERE t.frame_id = f.id)
    ELSE
      coalesce(
        CASE
          WHEN fl.transport IN ('icmp', 'icmpv6') THEN (SELECT i.info FROM icmp_lines i WHERE i.frame_id = f.id)
          WHEN fl.transport = 'fragment' THEN (SELECT g.info FROM fragment_lines g WHERE g.frame_id = f.id)
          ELSE (SELECT p.info FROM payload_lines p WHERE p.frame_id = f.id)
        END,
        -- UDP, and TCP whose header is cut off.
        iif(fl.transport IN ('udp', 'tcp'), iif(f.from_client, fl.client_port, fl.server_port) || ' → '
          || iif(f.from_client, fl.server_port, fl.client_port) || coalesce(' Len=' || f.payload_length, ''), NULL), '')
  END,
  f.flow_id,
  f.id
FROM frames f
LEFT JOIN flows fl ON fl.id = f.flow_id
LEFT JOIN addresses c ON c.id = fl.client_id
LEFT JOIN addresses s ON s.id = fl.server_id
LEFT JOIN link_frames l ON l.frame_id = f.id;

-- What one address sent and received in a capture: its rows of traffic_by_address added up.
CREATE VIEW address_traffic (
  capture_id,       -- captures.id
  address_id,       -- addresses.id
  flows,            -- flows that it is an end of; one to itself counts once
  sent_packets,     -- packets from it
  received_packets, -- packets to it
  sent_bytes,       -- IP bytes from it, headers included
  received_bytes,   -- IP bytes to it, headers included
  first_frame_id,   -- frames.id: first frame of those flows
  last_frame_id     -- frames.id: last frame of those flows
) AS
SELECT
  t.capture_id, t.address_id, t.flows + coalesce(r.flows, 0), t.sent_packets + coalesce(r.sent_packets, 0),
  t.received_packets + coalesce(r.received_packets, 0), t.sent_bytes + coalesce(r.sent_bytes, 0),
  t.received_bytes + coalesce(r.received_bytes, 0), min(t.first_frame_id, coalesce(r.first_frame_id, t.first_frame_id)),
  max(t.last_frame_id, coalesce(r.last_frame_id, t.last_frame_id))
FROM traffic_by_address t
LEFT JOIN (
  SELECT
    capture_id, address_id, sum(flows) AS flows, sum(sent_packets) AS sent_packets,
    sum(received_packets) AS received_packets, sum(sent_bytes) AS sent_bytes, sum(received_bytes) AS received_bytes,
    min(first_frame_id) AS first_frame_id, max(last_frame_id) AS last_frame_id
  FROM traffic_by_address
  WHERE part > 1
  GROUP BY address_id, capture_id
) r ON r.address_id = t.address_id AND r.capture_id = t.capture_id
WHERE t.part = 1;

-- One flow, readable.
CREATE VIEW conversations (
  flow_id,         -- flows.id
  capture_id,      -- captures.id
  transport,       -- 'tcp', 'udp', 'icmp', ...
  service,         -- what is spoken; NULL: not known
  client_ip,
  client_port,     -- NULL: no ports
  server_ip,
  server_port,     -- NULL: no ports
  time,            -- readable, of the first frame
  duration_s,      -- seconds from the first to the last frame
  client_packets,
  server_packets,
  client_bytes,    -- IP bytes, headers included
  server_bytes,    -- IP bytes, headers included
  client_payload,  -- payload bytes, each once
  server_payload,  -- payload bytes, each once
  turns,           -- changes of speaker
  state,           -- Zeek's conn_state; NULL: not TCP
  first_frame,     -- as Wireshark numbers it
  last_frame,      -- as Wireshark numbers it
  server_names,    -- names that the capture gives the server's address, comma separated, 20 at most;
                   -- NULL: none
  service_source,  -- how the service is known: 'content', 'port', 'negotiated'; NULL: not known
  client_id,       -- addresses.id
  server_id,       -- addresses.id
  ts               -- ns, of the first frame; NULL: no time
) AS
SELECT
  fl.id, fl.capture_id, fl.transport, fl.service, c.ip, fl.client_port, s.ip, fl.server_port, t.time,
  (fl.last_ts - fl.first_ts) / 1e9,
  fl.client_packets, fl.server_packets, fl.client_bytes, fl.server_bytes, fl.client_payload, fl.server_payload,
  fl.turns, fl.state, t.frame, e.number,
  (SELECT group_concat(n.name)
   FROM (SELECT DISTINCT name FROM address_names
         WHERE address_id = fl.server_id AND capture_id = fl.capture_id LIMIT 20) n),
  fl.service_source, fl.client_id, fl.server_id, fl.first_ts
FROM flows fl
CROSS JOIN addresses c ON c.id = fl.client_id
CROSS JOIN addresses s ON s.id = fl.server_id
CROSS JOIN frame_times t ON t.frame_id = fl.first_frame_id
CROSS JOIN frames e ON e.id = fl.last_frame_id;

-- One ClientHello that names a server.
CREATE VIEW sni_records (
  capture_id,  -- captures.id
  frame,       -- holds the hello's first byte
  time,        -- readable
  client_ip,
  server_ip,
  server_port,
  server_name, -- as sent
  transport,   -- 'tcp', 'udp' (DTLS), 'quic'
  flow_id,     -- flows.id
  is_outer     -- 1: beside an encrypted ClientHello, so that it may be the cover's name; of GREASE it is the real one, and nobody
               -- can tell
) AS
SELECT t.capture_id, t.frame, t.time, c.ip, s.ip, fl.server_port, h.server_name, h.transport, h.flow_id, h.has_ech
FROM tls_client_hellos h
CROSS JOIN flows fl ON fl.id = h.flow_id
CROSS JOIN addresses c ON c.id = fl.client_id
CROSS JOIN addresses s ON s.id = fl.server_id
CROSS JOIN frame_times t ON t.frame_id = h.frame_id
WHERE h.server_name IS NOT NULL;

-- One name for an address by one source.
CREATE VIEW host_names (
  ip,
  name,        -- lower case
  source,      -- 'dns', 'sni', 'quic', 'http', 'certificate', 'netbios', 'dhcp', 'capture'
  first_frame, -- first frame that says so; NULL: the capture file itself
  capture_id,  -- captures.id
  valid_until  -- of 'dns': until when the last answer that said so was to be believed, ns: its time and the shortest lifetime on
               -- the way from the name to the address; NULL: another source, or no time
) AS
SELECT
  a.ip, n.name, n.source, f.number, n.capture_id,
  (SELECT max(x.ts + 1000000000 * iif(lower(r.name) = n.name, r.ttl, min(r.ttl, (
     SELECT min(k.ttl) FROM dns_answers k WHERE k.message_id = r.message_id AND k.type = 'CNAME'))))
   FROM dns_answers r
   CROSS JOIN dns_messages m ON m.id = r.message_id
   CROSS JOIN frames x ON x.id = m.frame_id
   WHERE n.source = 'dns' AND r.address_id = n.address_id AND x.capture_id = n.capture_id
     AND (lower(r.name) = n.name OR EXISTS (
       SELECT 1 FROM dns_answers k WHERE k.message_id = r.message_id AND k.type = 'CNAME' AND lower(k.name) = n.name)))
FROM address_names n
CROSS JOIN addresses a ON a.id = n.address_id
LEFT JOIN frames f ON f.id = n.first_frame_id
-- What another file of the ring says is a row of that one.
WHERE f.id IS NULL OR f.capture_id = n.capture_id;

-- One piece of evidence that a name belongs to an address, from the protocols' tables: address_names is
-- gathered from it.
CREATE VIEW name_evidence (
  capture_id, -- captures.id
  address_id, -- addresses.id
  name,       -- lower case, no final dot
  source,     -- 'dns', 'sni', 'quic', 'http', 'certificate', 'netbios', 'dhcp'
  frame_id    -- frames.id
) AS
-- DNS: who owns the address record or the address hint.
SELECT fl.capture_id, a.address_id, lower(a.name), 'dns', m.frame_id
FROM flows fl
CROSS JOIN dns_messages m ON m.flow_id = fl.id
CROSS JOIN dns_answers a ON a.message_id = m.id
WHERE a.address_id IS NOT NULL AND a.name <> '.' AND a.type NOT IN ('NB', 'NBSTAT')
UNION ALL
-- DNS: the aliases that lead to the owner. The question's name is followed from CNAME to CNAME, 16 of them at most; a
-- name has one CNAME (RFC 1034, section 3.6.2). Address records that belong to the chain's end have all its names.
SELECT fl.capture_id, a.address_id, n.value, 'dns', m.frame_id
FROM flows fl
CROSS JOIN dns_messages m ON m.flow_id = fl.id
CROSS JOIN json_each((
  WITH RECURSIVE chain (depth, name) AS (
    SELECT 0, lower(m.query_name)
    UNION ALL
    SELECT chain.depth + 1, (
        SELECT lower(c.data) FROM dns_answers c
        WHERE c.message_id = m.id AND c.type = 'CNAME' AND lower(c.name) = chain.name LIMIT 1)
    FROM chain WHERE chain.depth < 16 AND chain.name IS NOT NULL
  )
  SELECT json_group_array(name) FROM chain WHERE name IS NOT NULL)) n
CROSS JOIN dns_answers a ON a.message_id = m.id
WHERE m.query_name <> '.'
  AND EXISTS (SELECT 1 FROM dns_answers c WHERE c.message_id = m.id AND c.type = 'CNAME')
  AND a.address_id IS NOT NULL
  AND lower(a.name) = json_extract(n.json, '$[#-1]')
  AND n.value <> lower(a.name)
UNION ALL
-- TLS, DTLS and QUIC: the name that the client asks the server for.
SELECT
  fl.capture_id, fl.server_id, lower(rtrim(h.server_name, '.')), iif(h.transport = 'quic', 'quic', 'sni'), h.frame_id
FROM flows fl
CROSS JOIN tls_client_hellos h ON h.flow_id = fl.id
WHERE h.server_name GLOB '*[^0-9.]*' AND instr(h.server_name, ':') = 0
UNION ALL
-- HTTP: the Host field without its port. An address is no name.
SELECT
  fl.capture_id, fl.server_id, lower(rtrim(substr(q.name, 1, instr(q.name || ':', ':') - 1), '. ')), 'http', q.frame_id
FROM flows fl
CROSS JOIN (SELECT flow_id, frame_id, trim(host, ' ' || char(9)) AS name FROM http_requests) q ON q.flow_id = fl.id
WHERE q.name NOT LIKE '[%' AND q.name NOT LIKE '%:%:%'
  AND substr(q.name, 1, instr(q.name || ':', ':') - 1) GLOB '*[^0-9. ]*'
UNION ALL
-- TLS: the names in the server's own certificate, '*.example.org' as it stands.
SELECT fl.capture_id, fl.server_id, lower(n.value), 'certificate', c.frame_id
FROM flows fl
CROSS JOIN tls_certificates c ON c.flow_id = fl.id
CROSS JOIN json_each('[' || replace(json_quote(c.dns_names), ',', '","') || ']') n
WHERE c.position = 1 AND NOT c.from_client AND c.dns_names <> '' AND n.value <> ''
UNION ALL
-- NetBIOS: names of the workstation (00) and server (20) services of one machine.
SELECT fl.capture_id, n.address_id, lower(substr(n.name, 1, length(n.name) - 4)), 'netbios', n.frame_id
FROM flows fl
CROSS JOIN (
  SELECT
    m.flow_id, m.frame_id, a.address_id, a.data,
    iif(a.type = 'NB', a.name, substr(a.data, 1, instr(a.data, '-node') - 3)) AS name
  FROM dns_messages m
  CROSS JOIN dns_answers a ON a.message_id = m.id
  WHERE a.type IN ('NB', 'NBSTAT') AND a.address_id IS NOT NULL AND m.rcode = 'NOERROR'
    AND m.opcode NOT IN ('RELEASE', 'WACK')) n ON n.flow_id = fl.id
WHERE fl.service = 'nbns' AND n.data NOT GLOB '*-node group*' AND n.name GLOB '?*<[02]0>'
  AND instr(n.name, '<') = length(n.name) - 3
UNION ALL
-- DHCP: the client's name for the address that it was leased.
SELECT fl.capture_id, a.id, lower(d.lease_name), 'dhcp', d.frame_id
FROM flows fl
CROSS JOIN dhcp_messages d ON d.flow_id = fl.id
CROSS JOIN addresses a ON a.ip = coalesce(d.your_ip, d.client_ip)
WHERE d.lease_name IS NOT NULL
UNION ALL
SELECT fl.capture_id, a.id, lower(d.lease_name), 'dhcp', d.frame_id
FROM flows fl
CROSS JOIN dhcpv6_messages d ON d.flow_id = fl.id
CROSS JOIN json_each('["' || replace(d.addresses, ', ', '","') || '"]') n
CROSS JOIN addresses a ON a.ip = n.value
WHERE d.lease_name IS NOT NULL;

-- One labelled network that an address lies in: of each list the narrowest.
CREATE VIEW address_networks (
  address_id, -- addresses.id
  list,       -- 'allow', 'dns', 'note'
  network_id  -- networks.id
) AS
-- Networks of both families never hold the same address, so prefix lengths compare.
SELECT a.id, w.list, max(CAST(substr(w.cidr, instr(w.cidr, '/') + 1) AS INTEGER) << 40 | w.id) & 0xffffffffff
FROM networks w
CROSS JOIN addresses a ON a.key BETWEEN w.first AND w.last
GROUP BY a.id, w.list;

-- One known name that a rule allows.
CREATE VIEW allowed_names (
  name,    -- lower case
  host_id  -- allowed_hosts.id: the rule; an exact one before others, then the longest
) AS
WITH
  -- Without rules no name is looked at.
  names AS MATERIALIZED (
    SELECT DISTINCT name FROM address_names WHERE EXISTS (SELECT 1 FROM allowed_hosts)
  ),
  -- What stands behind each dot of a name, as far as it is no longer than the longest rule: rules are looked up by it, not
  -- tried one after the other.
  longest AS MATERIALIZED (SELECT max(length(pattern)) AS size FROM allowed_hosts WHERE match <> 'exact'),
  endings (name, ending) AS (
    SELECT name, substr(tail, instr(tail, '.') + 1)
    FROM (SELECT n.name, substr(n.name, -1 - l.size) AS tail FROM longest l CROSS JOIN names n WHERE l.size)
    WHERE instr(tail, '.')
    UNION ALL
    SELECT name, substr(ending, instr(ending, '.') + 1) FROM endings WHERE instr(ending, '.')
  ),
  -- Of a suffix that does not begin at a dot only the length tells where it would begin.
  sizes AS MATERIALIZED (
    SELECT DISTINCT length(pattern) AS size FROM allowed_hosts WHERE match = 'suffix' AND pattern NOT LIKE '.%'
  ),
  found (name, place) AS (
    SELECT n.name, (h.match = 'exact') << 60 | length(h.pattern) << 40 | h.id
    FROM names n CROSS JOIN allowed_hosts h ON h.pattern = n.name AND h.match IN ('exact', 'domain', 'suffix')
    UNION ALL
    SELECT e.name, length(h.pattern) << 40 | h.id
    FROM endings e CROSS JOIN allowed_hosts h ON h.pattern = e.ending AND h.match = 'domain'
    UNION ALL
    SELECT e.name, length(h.pattern) << 40 | h.id
    FROM endings e CROSS JOIN allowed_hosts h ON h.pattern = '.' || e.ending AND h.match = 'suffix'
    UNION ALL
    SELECT n.name, length(h.pattern) << 40 | h.id
    FROM sizes l
    CROSS JOIN names n ON length(n.name) > l.size
    CROSS JOIN allowed_hosts h ON h.pattern = substr(n.name, -l.size) AND h.match = 'suffix'
  )
SELECT name, max(place) & 0xffffffffff FROM found GROUP BY name;

-- One address with more than 5 unrelated names by SNI, QUIC, HTTP and DNS together: names of different registrable
-- domains. SQL knows no public suffix list: a domain is taken to be the last two labels, or three where the last but one
-- is a customary second level of a country (co.uk, com.br).
CREATE VIEW unrelated_names (
  capture_id, -- captures.id
  address_id, -- addresses.id
  domains,    -- how many
  examples    -- some of them
) AS
WITH
  many AS MATERIALIZED (
    SELECT capture_id, address_id
    FROM address_names
    WHERE source NOT IN ('certificate', 'netbios', 'dhcp', 'capture')
    GROUP BY address_id, capture_id
    HAVING count(*) > 5
  ),
  -- The name, and where its last label, the last two and the last three begin. MATERIALIZED: each is computed once.
  one AS MATERIALIZED (
    SELECT DISTINCT m.capture_id, m.address_id, n.name, length(rtrim(n.name, replace(n.name, '.', ''))) AS at
    FROM many m
    CROSS JOIN address_names n ON n.address_id = m.address_id AND n.capture_id = m.capture_id
    WHERE n.source NOT IN ('certificate', 'netbios', 'dhcp', 'capture')
  ),
  two AS MATERIALIZED (
    SELECT
      *, substr(name, 1, max(at - 1, 0)) AS rest,
      length(rtrim(substr(name, 1, max(at - 1, 0)), replace(substr(name, 1, max(at - 1, 0)), '.', ''))) AS second
    FROM one
  ),
  three AS MATERIALIZED (
    SELECT
      *,
      length(rtrim(substr(name, 1, max(second - 1, 0)), replace(substr(name, 1, max(second - 1, 0)), '.', ''))) AS third
    FROM two
  ),
  domains AS (
    SELECT DISTINCT
      capture_id, address_id,
      substr(name, 1 + iif(
        length(name) - at = 2 AND second > 0 AND substr(rest, second + 1) IN (
          'ac', 'asn', 'biz', 'co', 'com', 'edu', 'firm', 'go', 'gob', 'gov', 'govt', 'gv', 'id', 'info', 'ltd', 'me', 'mil',
          'ne', 'net', 'nhs', 'nom', 'or', 'org', 'plc', 'police', 'sch', 'web'),
        third, second)) AS domain
    FROM three
  )
SELECT capture_id, address_id, count(*), substr(group_concat(domain, ', '), 1, 200)
FROM domains
GROUP BY capture_id, address_id
HAVING count(*) > 5;

-- One name for an address that the capture does not support: the SNI, or the HTTP Host field, with which a client asked
-- for it is in no DNS answer for that address, though the capture has DNS answers.
CREATE VIEW unsupported_names (
  capture_id,     -- captures.id
  address_id,     -- addresses.id
  name,           -- lower case
  source,         -- 'sni', 'quic', 'http'
  first_frame_id, -- frames.id: first frame with the name
  finding         -- 'DNS gave the name other addresses', 'DNS gave the address other names', 'no DNS answer has the name'
) AS
SELECT
  n.capture_id, n.address_id, n.name, n.source, n.first_frame_id,
  CASE
    WHEN EXISTS (
      SELECT 1 FROM address_names d WHERE d.name = n.name AND d.source = 'dns' AND d.capture_id = n.capture_id)
      THEN 'DNS gave the name other addresses'
    WHEN EXISTS (
      SELECT 1 FROM address_names d
      WHERE d.address_id = n.address_id AND d.source = 'dns' AND d.capture_id = n.capture_id)
      THEN 'DNS gave the address other names'
    ELSE 'no DNS answer has the name'
  END
FROM address_names n
WHERE n.source IN ('sni', 'quic', 'http')
  AND NOT EXISTS (
    SELECT 1 FROM address_names d
    WHERE d.address_id = n.address_id AND d.source = 'dns' AND d.capture_id = n.capture_id AND d.name = n.name)
  AND n.capture_id IN (SELECT capture_id FROM address_names WHERE source = 'dns');

-- One address of each capture, in it or not, with the names that contradict one another: to be asked by address and
-- capture.
CREATE VIEW address_conflicts (
  capture_id, -- captures.id
  address_id, -- addresses.id
  conflict    -- unsupported_names (5 at most), and how many domains where unrelated_names has the address; NULL: none
) AS
WITH unrelated AS MATERIALIZED (SELECT * FROM unrelated_names)
SELECT
  c.id, a.id,
  nullif(rtrim(
    coalesce((
      SELECT group_concat(n.source || ':' || n.name || ' but ' || n.finding, '; ')
      FROM (
        SELECT * FROM unsupported_names u
        WHERE u.address_id = a.id AND u.capture_id = c.id
        ORDER BY u.finding DESC, u.name LIMIT 5) n) || '; ', '')
    || coalesce((
      SELECT 'names of ' || u.domains || ' unrelated domains' FROM unrelated u
      WHERE u.address_id = a.id AND u.capture_id = c.id), ''), '; '), '')
FROM captures c
CROSS JOIN addresses a;

-- One address that a capture holds (as an end of a flow or a tunnel, or in a trusted resolver's answer), and what the
-- analyst's lists say of it. It is explained inside an 'allow' or 'dns' network; or when it has names and every one is
-- allowed. Among them must be one from SNI, QUIC or HTTP, or one that a resolver of the 'dns' list gave: anybody can
-- send a DNS answer. A certificate's names neither clear nor accuse: servers share them; nor do those of NetBIOS and DHCP, which each machine gives itself, and that the capture file
-- itself gives: whoever captured chose them. The milder rule asks for one such name that is allowed, whatever the others
-- are. The files of a ring know each other's names and resolvers.
CREATE VIEW address_verdicts (
  capture_id,       -- captures.id
  address_id,       -- addresses.id
  explained,        -- 1 or 0
  by,               -- 'allow', 'dns' (the network's list), 'names'; NULL: not explained
  rule,             -- the network, or each name with its rule: 'a.example.org by .example.org'; NULL: not explained
  label,            -- what the rule says it is; NULL: not explained, or not said
  rule_source,      -- file and line of the rule; NULL: not explained
  reason,           -- why it is not explained: 'no name', 'not allowed: evil.example' (20 names at most), 'no trusted name';
                    -- NULL: explained
  verdict,          -- 'allowed': explained; 'noted': not explained, in a network of the 'note' list; 'unknown'
  verdict_any_name, -- the same by the milder rule: one allowed name clears
  note,             -- label of the narrowest network of the 'note' list that it lies in; NULL: in none
  evidence,         -- the network with list, label, file and line; or each name (20 at most) with source, first frame and
                    -- the rule that allows it, or 'no rule'; or what is missing
  conflict          -- names that contradict one another, as address_conflicts has it; NULL: none
) AS
WITH
  inside AS MATERIALIZED (
    SELECT
      address_id, max(iif(list = 'allow', network_id, NULL)) AS allow_id,
      max(iif(list = 'dns', network_id, NULL)) AS dns_id, max(iif(list = 'note', network_id, NULL)) AS note_id
    FROM address_networks
    GROUP BY address_id
  ),
  trusted (capture_id, address_id) AS MATERIALIZED (
    SELECT DISTINCT fl.capture_id, a.address_id
    FROM inside r
    CROSS JOIN flows fl ON fl.server_id = r.address_id
    CROSS JOIN dns_messages m ON m.flow_id = fl.id
    CROSS JOIN dns_answers a ON a.message_id = m.id
    WHERE r.dns_id IS NOT NULL AND m.is_response AND a.section = 'answer' AND a.address_id IS NOT NULL
  ),
  vouchers (ring_id, address_id) AS MATERIALIZED (
    SELECT DISTINCT coalesce(c.ring_id, c.id), t.address_id FROM trusted t CROSS JOIN captures c ON c.id = t.capture_id
  ),
  ends (capture_id, address_id) AS (
    SELECT capture_id, address_id FROM traffic_by_address WHERE part = 1
    UNION SELECT capture_id, source_id FROM tunnels WHERE source_id IS NOT NULL
    UNION SELECT capture_id, destination_id FROM tunnels WHERE destination_id IS NOT NULL
    UNION SELECT capture_id, address_id FROM trusted
  ),
  rules AS MATERIALIZED (SELECT name, host_id FROM allowed_names),
  -- Of each address with names: whether all are allowed, one is, and whether others than DNS say so. From the rules to the
  -- names, whose index SQLite then takes: the other way round it may go through all rules for each name.
  named AS MATERIALIZED (
    SELECT
      address_id, capture_id, sum(1 - allowed) = sum(allowed) AS every, sum(1 - allowed) - sum(allowed) AS strange,
      max(allowed) AS some, max(direct) AS direct, max(direct AND allowed) AS some_direct
    FROM (
      SELECT address_id, capture_id, source <> 'dns' AS direct, 0 AS allowed
      FROM address_names WHERE source NOT IN ('certificate', 'netbios', 'dhcp', 'capture')
      UNION ALL
      SELECT n.address_id, n.capture_id, n.source <> 'dns', 1
      FROM rules r CROSS JOIN address_names n ON n.name = r.name WHERE n.source NOT IN ('certificate', 'netbios', 'dhcp', 'capture')
    )
    GROUP BY address_id, capture_id
  ),
  judged AS (
    SELECT
      e.capture_id, e.address_id, coalesce(i.allow_id, i.dns_id) AS network_id, i.note_id, n.every, n.strange,
      coalesce(n.every AND (n.direct OR t.address_id IS NOT NULL), 0) AS by_all,
      coalesce(n.some_direct OR (n.some AND t.address_id IS NOT NULL), 0) AS by_any
    FROM ends e
    LEFT JOIN inside i ON i.address_id = e.address_id
    LEFT JOIN named n ON n.address_id = e.address_id AND n.capture_id = e.capture_id
    LEFT JOIN captures c ON c.id = e.capture_id
    LEFT JOIN vouchers t ON t.address_id = e.address_id AND t.ring_id = coalesce(c.ring_id, c.id)
  )
SELECT
  v.capture_id,
  v.address_id,
  v.network_id IS NOT NULL OR v.by_all,
  CASE WHEN v.network_id IS NOT NULL THEN w.list WHEN v.by_all THEN 'names' END,
  CASE
    WHEN v.network_id IS NOT NULL THEN w.cidr
    WHEN v.by_all THEN (
      SELECT group_concat(DISTINCT n.name || ' by ' || h.pattern)
      FROM address_names n CROSS JOIN rules r ON r.name = n.name CROSS JOIN allowed_hosts h ON h.id = r.host_id
      WHERE n.address_id = v.address_id AND n.capture_id = v.capture_id AND n.source NOT IN ('certificate', 'netbios', 'dhcp', 'capture'))
  END,
  CASE
    WHEN v.network_id IS NOT NULL THEN w.label
    WHEN v.by_all THEN (
      SELECT group_concat(DISTINCT h.label)
      FROM address_names n CROSS JOIN rules r ON r.name = n.name CROSS JOIN allowed_hosts h ON h.id = r.host_id
      WHERE n.address_id = v.address_id AND n.capture_id = v.capture_id AND n.source NOT IN ('certificate', 'netbios', 'dhcp', 'capture'))
  END,
  CASE
    WHEN v.network_id IS NOT NULL THEN w.source
    WHEN v.by_all THEN (
      SELECT group_concat(DISTINCT h.source)
      FROM address_names n CROSS JOIN rules r ON r.name = n.name CROSS JOIN allowed_hosts h ON h.id = r.host_id
      WHERE n.address_id = v.address_id AND n.capture_id = v.capture_id AND n.source NOT IN ('certificate', 'netbios', 'dhcp', 'capture'))
  END,
  CASE
    WHEN v.network_id IS NOT NULL OR v.by_all THEN NULL
    WHEN v.every IS NULL THEN 'no name'
    WHEN NOT v.every THEN 'not allowed: ' || (
      SELECT group_concat(name)
      FROM (
        SELECT DISTINCT n.name AS name
        FROM address_names n LEFT JOIN rules r ON r.name = n.name
        WHERE n.address_id = v.address_id AND n.capture_id = v.capture_id
          AND n.source NOT IN ('certificate', 'netbios', 'dhcp', 'capture') AND r.name IS NULL
        LIMIT 20))
      || iif(v.strange <= 20, '', (
        SELECT iif(count(DISTINCT n.name) > 20, ', +' || (count(DISTINCT n.name) - 20) || ' more', '')
        FROM address_names n LEFT JOIN rules r ON r.name = n.name
        WHERE n.address_id = v.address_id AND n.capture_id = v.capture_id
          AND n.source NOT IN ('certificate', 'netbios', 'dhcp', 'capture') AND r.name IS NULL))
    ELSE 'no trusted name'
  END,
  iif(v.network_id IS NOT NULL OR v.by_all, 'allowed', iif(v.note_id IS NOT NULL, 'noted', 'unknown')),
  iif(v.network_id IS NOT NULL OR v.by_any, 'allowed', iif(v.note_id IS NOT NULL, 'noted', 'unknown')),
  (SELECT label FROM networks WHERE id = v.note_id),
  CASE
    WHEN v.network_id IS NOT NULL THEN printf('in %s of %s: %s, %s', w.cidr, w.list, w.label, w.source)
    ELSE
      coalesce((SELECT printf('in %s of note: %s, %s; ', cidr, label, source) FROM networks WHERE id = v.note_id), '')
      || iif(v.every IS NULL, 'no name by SNI, QUIC, HTTP or DNS', '')
      || coalesce((
        SELECT group_concat(said, '; ')
        FROM (
          SELECT printf('%s (%s, frame %d) ', n.name, n.source, f.number) || iif(h.id IS NULL, 'no rule', printf(
            'by %s %s%s, %s', h.match, h.pattern, coalesce(': ' || h.label, ''), h.source)) AS said
          FROM address_names n
          CROSS JOIN frames f ON f.id = n.first_frame_id
          LEFT JOIN rules r ON r.name = n.name
          LEFT JOIN allowed_hosts h ON h.id = r.host_id
          WHERE n.address_id = v.address_id AND n.capture_id = v.capture_id AND n.source NOT IN ('certificate', 'netbios', 'dhcp', 'capture')
          ORDER BY h.id IS NOT NULL, n.name, n.source
          LIMIT 20)), '')
      || iif(v.every AND NOT v.by_all, '; only DNS answers, none of a trusted resolver', '')
  END,
  (SELECT c.conflict FROM address_conflicts c WHERE c.address_id = v.address_id AND c.capture_id = v.capture_id)
FROM judged v
LEFT JOIN networks w ON w.id = v.network_id;

-- One address that reaches the Internet, with its owner as far as files and WHOIS servers say. Of several files the one
-- read last counts, for each column that it fills; WHOIS where no file does.
CREATE VIEW owners (
  address_id,   -- addresses.id
  ip,           -- the address
  asn,          -- number of the autonomous system; NULL: not known
  organisation, -- who holds it; NULL: not known
  country,      -- ISO 3166-1's two letters; NULL: not known
  network       -- network that the answer is about; NULL: not known
) AS
SELECT
  a.id,
  a.ip,
  (SELECT asn FROM address_owners
   WHERE address_id = a.id AND asn IS NOT NULL ORDER BY owner_list_id DESC LIMIT 1),
  coalesce(
    (SELECT organisation FROM address_owners
     WHERE address_id = a.id AND organisation IS NOT NULL ORDER BY owner_list_id DESC LIMIT 1),
    w.organisation, w.netname),
  coalesce(
    (SELECT country FROM address_owners
     WHERE address_id = a.id AND country IS NOT NULL ORDER BY owner_list_id DESC LIMIT 1),
    w.country),
  coalesce(
    (SELECT network FROM address_owners
     WHERE address_id = a.id AND network IS NOT NULL AND asn IS NOT NULL ORDER BY owner_list_id DESC LIMIT 1),
    (SELECT network FROM address_owners
     WHERE address_id = a.id AND network IS NOT NULL ORDER BY owner_list_id DESC LIMIT 1),
    w.network)
FROM addresses a
LEFT JOIN lookups w ON w.address_id = a.id AND w.kind = 'whois' AND w.status = 'answered'
WHERE a.scope = 'global';

-- ---------------------------------------------------------------------------------------------------------------------
-- Indexes

CREATE UNIQUE INDEX captures_sha256 ON captures (sha256, coalesce(filter, ''));
CREATE UNIQUE INDEX addresses_key ON addresses (key);
CREATE INDEX addresses_ip ON addresses (ip);
CREATE INDEX frames_flow ON frames (flow_id);
CREATE INDEX flows_client ON flows (client_id, capture_id, server_id);
CREATE INDEX flows_server ON flows (server_id, capture_id, client_id);
CREATE INDEX traffic_by_address_address ON traffic_by_address (address_id);
CREATE INDEX traffic_by_address_part ON traffic_by_address (address_id, capture_id) WHERE part > 1;
CREATE INDEX tunnel_flows_flow ON tunnel_flows (flow_id, level);
CREATE INDEX tunnel_flows_tunnel ON tunnel_flows (tunnel_id);
CREATE INDEX ip_fragments_identification ON ip_fragments (identification);
CREATE INDEX icmp_messages_frame ON icmp_messages (frame_id);
CREATE INDEX icmp_messages_flow ON icmp_messages (flow_id, sequence);
CREATE INDEX icmp_messages_quoted ON icmp_messages (quoted_flow_id) WHERE quoted_flow_id IS NOT NULL;
CREATE INDEX tcp_notes_frame ON tcp_notes (frame_id);
CREATE INDEX arp_messages_frame ON arp_messages (frame_id);
CREATE INDEX dns_messages_frame ON dns_messages (frame_id);
CREATE INDEX dns_messages_flow ON dns_messages (flow_id, query_id);
CREATE INDEX dns_messages_query_name ON dns_messages (query_name);
CREATE INDEX dns_answers_message ON dns_answers (message_id);
CREATE INDEX dns_answers_address ON dns_answers (address_id) WHERE address_id IS NOT NULL;
CREATE INDEX dhcp_messages_frame ON dhcp_messages (frame_id);
CREATE INDEX dhcp_messages_flow ON dhcp_messages (flow_id);
CREATE INDEX websocket_messages_flow ON websocket_messages (flow_id, last_frame_id);
CREATE INDEX dhcpv6_messages_frame ON dhcpv6_messages (frame_id);
CREATE INDEX dhcpv6_messages_flow ON dhcpv6_messages (flow_id);
CREATE INDEX ntp_messages_frame ON ntp_messages (frame_id);
CREATE INDEX ntp_messages_flow ON ntp_messages (flow_id);
CREATE INDEX http_requests_flow ON http_requests (flow_id, last_frame_id);
CREATE INDEX http_requests_host ON http_requests (host);
CREATE INDEX http_responses_flow ON http_responses (flow_id, last_frame_id);
CREATE INDEX http_responses_request ON http_responses (request_id);
CREATE INDEX http_headers_request ON http_headers (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX http_headers_response ON http_headers (response_id) WHERE response_id IS NOT NULL;
CREATE INDEX ftp_commands_flow ON ftp_commands (flow_id);
CREATE INDEX ftp_commands_frame ON ftp_commands (frame_id);
CREATE INDEX ftp_replies_command ON ftp_replies (command_id);
CREATE INDEX ftp_replies_frame ON ftp_replies (frame_id);
CREATE INDEX ftp_data_channels_command ON ftp_data_channels (command_id);
CREATE INDEX ftp_data_channels_transfer ON ftp_data_channels (transfer_command_id);
CREATE INDEX ftp_data_channels_flow ON ftp_data_channels (data_flow_id);
CREATE INDEX tls_client_hellos_flow ON tls_client_hellos (flow_id);
CREATE INDEX tls_client_hellos_frame ON tls_client_hellos (frame_id);
CREATE INDEX tls_client_hellos_server_name ON tls_client_hellos (server_name);
CREATE INDEX tls_server_hellos_flow ON tls_server_hellos (flow_id);
CREATE INDEX tls_server_hellos_frame ON tls_server_hellos (frame_id);
CREATE INDEX quic_connections_flow ON quic_connections (flow_id);
CREATE INDEX tls_alerts_flow ON tls_alerts (flow_id);
CREATE INDEX tls_messages_frame ON tls_messages (frame_id);
CREATE INDEX tls_certificates_flow ON tls_certificates (flow_id);
CREATE INDEX mail_messages_flow ON mail_messages (flow_id);
CREATE INDEX ssh_handshakes_flow ON ssh_handshakes (flow_id);
CREATE INDEX ssh_handshakes_hassh ON ssh_handshakes (hassh);
CREATE INDEX files_flow ON files (flow_id);
CREATE INDEX files_frame ON files (frame_id);
CREATE INDEX credentials_flow ON credentials (flow_id);
CREATE INDEX comments_frame ON comments (frame_id) WHERE frame_id IS NOT NULL;
CREATE INDEX diagnostics_frame ON diagnostics (frame_id);
CREATE INDEX diagnostics_flow ON diagnostics (flow_id);
CREATE UNIQUE INDEX networks_entry ON networks (list, cidr, coalesce(range_list_id, 0));
CREATE INDEX networks_range_list ON networks (range_list_id) WHERE range_list_id IS NOT NULL;
CREATE UNIQUE INDEX allowed_hosts_entry ON allowed_hosts (pattern, match, coalesce(range_list_id, 0));
CREATE UNIQUE INDEX address_owners_entry ON address_owners (address_id, owner_list_id);
CREATE INDEX address_owners_list ON address_owners (owner_list_id);
CREATE INDEX address_names_address ON address_names (address_id, source, capture_id, name);
CREATE INDEX address_names_name ON address_names (name, source, capture_id, address_id);
