-- pcapindex: what a capture becomes. This file is run as it stands to make a database; it is also its documentation.
--
-- Conventions
--   Time      ts INTEGER: nanoseconds since 1970-01-01 00:00 UTC; NULL where the capture gives none.
--   Frames    frame_id refers to frames.id. `frame` in views is the number that Wireshark shows, 1-based per capture.
--   Text      from the wire is kept as received where it is valid UTF-8. Any other byte b, and NUL, stands as the
--             private-use character U+EF00 + b (and so do the bytes of a U+EFxx that was itself sent): exact, reversible.
--   Booleans  1 and 0; NULL where it is not known.
--   Lengths   are bytes.
-- Indexes are made after the rows of the first capture.

PRAGMA application_id = 0x50434958; -- 'PCIX'
PRAGMA user_version = 1;            -- version of this schema

-- ---------------------------------------------------------------------------------------------------------------------
-- Captures and frames

-- One ingested capture file.
CREATE TABLE captures (
  id          INTEGER PRIMARY KEY,   -- in the order of ingestion, from 1
  path        TEXT NOT NULL,         -- as it was given; '-' for standard input
  sha256      TEXT NOT NULL,         -- of the file as it lies on disk, lower-case hexadecimal
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
  version     TEXT NOT NULL          -- of pcapindex that read it
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

-- One IP address seen as an end of a flow, of a tunnel, or inside a DNS record.
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
  interface_id    INTEGER REFERENCES interfaces (id), -- NULL: the first interface of its capture
  flow_id         INTEGER REFERENCES flows (id), -- NULL: no IP packet could be made out
  from_client     INTEGER,           -- 1: sent by the flow's client, 0: by its server; NULL: no flow
  payload_length  INTEGER,           -- bytes of transport payload, as the headers say; NULL: no flow
  tcp_flags       INTEGER,           -- the 12 flag bits (FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128); NULL: not TCP
  tcp_seq         INTEGER,           -- raw sequence number, 32 bits; NULL: not TCP
  tcp_ack         INTEGER,           -- raw acknowledgment number, 32 bits; NULL: not TCP
  tcp_window      INTEGER            -- raw window, not scaled; NULL: not TCP
) STRICT;

-- Where frames lie in their capture: every 1024th record's offset, from which the records between are found by reading on.
CREATE TABLE frame_positions (
  capture_id INTEGER NOT NULL REFERENCES captures (id),
  number     INTEGER NOT NULL,       -- frames.number of the frame whose record begins at the offset
  position   INTEGER NOT NULL,       -- byte offset of its pcap record or pcapng block in the capture, after decompression
  PRIMARY KEY (capture_id, number)
) STRICT, WITHOUT ROWID;

-- One frame that carries no IP: what Wireshark's packet list shows of it.
CREATE TABLE link_frames (
  frame_id        INTEGER PRIMARY KEY REFERENCES frames (id),
  source_mac      TEXT,              -- '00:1a:2b:3c:4d:5e'; NULL: the link layer has none
  destination_mac TEXT,              -- NULL: the link layer has none
  protocol        TEXT NOT NULL      -- 'ARP', 'STP', 'LLDP', ... or the EtherType as '0x88b5', or 'Link type 105'
) STRICT;

-- ---------------------------------------------------------------------------------------------------------------------
-- Flows

-- One conversation of the innermost IP packets: a TCP connection (a new SYN with another initial sequence number on the
-- same addresses and ports begins a new one), a UDP 5-tuple, or an address pair of any other IP protocol.
CREATE TABLE flows (
  id               INTEGER PRIMARY KEY,
  capture_id       INTEGER NOT NULL REFERENCES captures (id),
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
  missing_bytes    INTEGER NOT NULL, -- payload bytes that the capture lacks between those it has, both sides
  retransmissions  INTEGER NOT NULL, -- TCP segments whose payload had all been seen before, keep-alive probes apart
  out_of_order     INTEGER NOT NULL  -- TCP segments that came behind a later one
) STRICT;

-- One pair of addresses that carries other IP packets inside (IP-in-IP, GRE, VXLAN, ...): the outermost of each packet.
CREATE TABLE tunnels (
  id             INTEGER PRIMARY KEY,
  capture_id     INTEGER NOT NULL REFERENCES captures (id),
  source_id      INTEGER NOT NULL REFERENCES addresses (id), -- outermost sender
  destination_id INTEGER NOT NULL REFERENCES addresses (id), -- outermost receiver
  frame_id       INTEGER NOT NULL REFERENCES frames (id),    -- first frame
  packets        INTEGER NOT NULL,   -- packets of this pair in this direction
  bytes          INTEGER NOT NULL    -- bytes on the wire of their frames
) STRICT;

-- One ICMP or ICMPv6 message.
CREATE TABLE icmp_messages (
  id         INTEGER PRIMARY KEY,
  flow_id    INTEGER NOT NULL REFERENCES flows (id),
  frame_id   INTEGER NOT NULL REFERENCES frames (id),
  type       INTEGER NOT NULL,       -- ICMP type (flows.transport says of which version)
  code       INTEGER NOT NULL,       -- ICMP code
  identifier INTEGER,                -- of an echo message; NULL: not an echo
  sequence   INTEGER                 -- of an echo message; NULL: not an echo
) STRICT;

-- One ARP message (RFC 826) for Ethernet and IPv4.
CREATE TABLE arp_messages (
  id         INTEGER PRIMARY KEY,
  capture_id INTEGER NOT NULL REFERENCES captures (id),
  frame_id   INTEGER NOT NULL REFERENCES frames (id),
  operation  TEXT NOT NULL,          -- 'request', 'reply', or the number
  sender_mac TEXT NOT NULL,          -- '00:1a:2b:3c:4d:5e'
  sender_ip  TEXT NOT NULL,          -- '192.0.2.1'
  target_mac TEXT NOT NULL,          -- zeros in a request
  target_ip  TEXT NOT NULL           -- '192.0.2.2'
) STRICT;

-- ---------------------------------------------------------------------------------------------------------------------
-- DNS (RFC 1035), mDNS (RFC 6762), LLMNR (RFC 4795)

-- One message over UDP or TCP.
CREATE TABLE dns_messages (
  id             INTEGER PRIMARY KEY,
  flow_id        INTEGER NOT NULL REFERENCES flows (id),
  frame_id       INTEGER NOT NULL REFERENCES frames (id), -- over TCP: the frame that completes the message, as Wireshark shows it
  transaction_id INTEGER NOT NULL,   -- 16-bit ID
  is_response    INTEGER NOT NULL,   -- QR bit
  opcode         TEXT NOT NULL,      -- 'QUERY', 'NOTIFY', 'UPDATE', ... or the number
  rcode          TEXT NOT NULL,      -- 'NOERROR', 'NXDOMAIN', 'BADVERS' (EDNS extended), ... or the number
  authoritative  INTEGER NOT NULL,   -- AA bit
  truncated      INTEGER NOT NULL,   -- TC bit
  query_name     TEXT,               -- first question's name as sent, no final dot ('.' for the root); NULL: no question
  query_type     TEXT,               -- first question's type: 'A', 'HTTPS', 'TYPE65400'; NULL: no question
  query_id       INTEGER REFERENCES dns_messages (id) -- of a response: the query it answers (same flow, ID and name); NULL: not seen
) STRICT;

-- One resource record of any section of a message.
CREATE TABLE dns_answers (
  id         INTEGER PRIMARY KEY,
  message_id INTEGER NOT NULL REFERENCES dns_messages (id),
  section    TEXT NOT NULL,          -- 'answer', 'authority', 'additional'
  name       TEXT NOT NULL,          -- owner as sent, no final dot ('.' for the root)
  type       TEXT NOT NULL,          -- 'A', 'CNAME', 'HTTPS', 'OPT', 'TYPE65400'
  ttl        INTEGER,                -- seconds; NULL for OPT, whose field means something else
  data       TEXT NOT NULL,          -- presentation form (RFC 1035, RFC 9460); unknown types as RFC 3597's \# form
  address_id INTEGER REFERENCES addresses (id) -- of A and AAAA, and the first address hint of SVCB and HTTPS; NULL: none
) STRICT;

-- ---------------------------------------------------------------------------------------------------------------------
-- HTTP/1.x (RFC 9112)

-- One request.
CREATE TABLE http_requests (
  id             INTEGER PRIMARY KEY,
  flow_id        INTEGER NOT NULL REFERENCES flows (id),
  frame_id       INTEGER NOT NULL REFERENCES frames (id), -- holds its first byte
  last_frame_id  INTEGER NOT NULL REFERENCES frames (id), -- holds its last byte that was seen
  ts             INTEGER,            -- of its first byte, ns; NULL: no time
  method         TEXT NOT NULL,      -- 'GET', 'POST', ...
  uri            TEXT NOT NULL,      -- request target as sent
  version        TEXT NOT NULL,      -- '1.1'
  host           TEXT,               -- Host field; NULL: none
  user_agent     TEXT,               -- User-Agent field; NULL: none
  referer        TEXT,               -- Referer field; NULL: none
  content_type   TEXT,               -- Content-Type field; NULL: none
  body_length    INTEGER NOT NULL,   -- body bytes seen as sent, chunk framing removed, before content decoding
  decoded_length INTEGER NOT NULL,   -- body bytes after gzip or deflate was undone; body_length where neither applies
  complete       INTEGER NOT NULL,   -- 1: the whole message was seen
  response_id    INTEGER REFERENCES http_responses (id) -- final response to it; NULL: not seen
) STRICT;

-- One response, interim ones (1xx) included.
CREATE TABLE http_responses (
  id               INTEGER PRIMARY KEY,
  flow_id          INTEGER NOT NULL REFERENCES flows (id),
  frame_id         INTEGER NOT NULL REFERENCES frames (id), -- holds its first byte
  last_frame_id    INTEGER NOT NULL REFERENCES frames (id), -- holds its last byte that was seen
  ts               INTEGER,          -- of its first byte, ns; NULL: no time
  request_id       INTEGER REFERENCES http_requests (id), -- request it answers; NULL: not seen
  status           INTEGER NOT NULL, -- 200
  reason           TEXT,             -- 'OK'; NULL: none sent
  version          TEXT NOT NULL,    -- '1.1'
  content_type     TEXT,             -- Content-Type field; NULL: none
  content_encoding TEXT,             -- Content-Encoding field; NULL: none
  server           TEXT,             -- Server field; NULL: none
  location         TEXT,             -- Location field; NULL: none
  body_length      INTEGER NOT NULL, -- body bytes seen as sent, chunk framing removed, before content decoding
  decoded_length   INTEGER NOT NULL, -- body bytes after gzip or deflate was undone; body_length where neither applies
  complete         INTEGER NOT NULL  -- 1: the whole message was seen
) STRICT;

-- One header or trailer field of a request or response.
CREATE TABLE http_headers (
  id          INTEGER PRIMARY KEY,
  request_id  INTEGER REFERENCES http_requests (id),  -- NULL: a response's field
  response_id INTEGER REFERENCES http_responses (id), -- NULL: a request's field
  position    INTEGER NOT NULL,      -- 1-based in its message
  name        TEXT NOT NULL,         -- as sent
  value       TEXT NOT NULL          -- as sent, blanks around it removed
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
  reply_frame_id INTEGER REFERENCES frames (id) -- holds the reply's first byte; NULL: none seen
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
  version       TEXT NOT NULL,       -- highest offered: 'TLSv1.3', from supported_versions where sent, GREASE left out
  server_name   TEXT,                -- SNI host_name; NULL: none
  alpn          TEXT,                -- offered, comma separated in order; NULL: none
  has_ech       INTEGER NOT NULL,    -- 1: an encrypted ClientHello is inside (or GREASE of one)
  ja3           TEXT,                -- MD5 of JA3; NULL: not computed
  ja4           TEXT,                -- JA4; NULL: not computed
  cipher_suites TEXT NOT NULL        -- offered, IANA names, comma separated in order, GREASE as 'GREASE'
) STRICT;

-- One ServerHello.
CREATE TABLE tls_server_hellos (
  id           INTEGER PRIMARY KEY,
  flow_id      INTEGER NOT NULL REFERENCES flows (id),
  frame_id     INTEGER NOT NULL REFERENCES frames (id), -- holds its first byte
  version      TEXT NOT NULL,        -- chosen: 'TLSv1.2'
  cipher_suite TEXT NOT NULL,        -- chosen, IANA name
  alpn         TEXT,                 -- chosen; NULL: none, or encrypted (TLS 1.3)
  ja3s         TEXT                  -- MD5 of JA3S; NULL: not computed
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
  sha256     TEXT NOT NULL           -- of the DER bytes
) STRICT;

-- ---------------------------------------------------------------------------------------------------------------------
-- What every protocol may yield

-- One secret that went over the wire in the clear.
CREATE TABLE credentials (
  id        INTEGER PRIMARY KEY,
  flow_id   INTEGER NOT NULL REFERENCES flows (id),
  frame_id  INTEGER NOT NULL REFERENCES frames (id), -- holds the secret's message's first byte
  protocol  TEXT NOT NULL,           -- 'ftp', 'http', ...
  mechanism TEXT NOT NULL,           -- 'USER/PASS', 'Basic', 'form', ...
  username  TEXT,                    -- NULL: none sent
  secret    TEXT,                    -- NULL: none sent
  kind      TEXT NOT NULL,           -- 'password', 'hash', 'token'
  accepted  INTEGER                  -- 1: the server accepted it, 0: it refused; NULL: it did not say
) STRICT;

-- One object that was carried.
CREATE TABLE files (
  id            INTEGER PRIMARY KEY,
  flow_id       INTEGER NOT NULL REFERENCES flows (id),
  frame_id      INTEGER NOT NULL REFERENCES frames (id), -- holds its message's first byte
  source        TEXT NOT NULL,       -- 'http', 'ftp', ...
  name          TEXT,                -- last part of the URL's path or of the FTP argument; NULL: none
  media_type    TEXT,                -- as declared; NULL: not declared
  detected_type TEXT,                -- from its first bytes; NULL: not recognised
  size          INTEGER NOT NULL,    -- bytes seen, as sent (before content decoding)
  sha256        TEXT,                -- of those bytes; NULL: not complete
  complete      INTEGER NOT NULL     -- 1: all of it was seen
) STRICT;

-- One thing that could not be decoded, or is odd: no row elsewhere must not read as "clean" while there are rows here.
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

-- One name for an address with its source and first evidence, gathered from the tables above after each ingest.
CREATE TABLE address_names (
  capture_id     INTEGER NOT NULL REFERENCES captures (id),
  address_id     INTEGER NOT NULL REFERENCES addresses (id),
  name           TEXT NOT NULL,      -- lower case
  source         TEXT NOT NULL,      -- 'dns' (owner of the address or an alias that led to it), 'sni', 'quic', 'http', 'certificate'
  first_frame_id INTEGER NOT NULL REFERENCES frames (id), -- first frame that says so
  PRIMARY KEY (address_id, name, source, capture_id)
) STRICT, WITHOUT ROWID;

-- One network that the analyst has labelled.
CREATE TABLE networks (
  id     INTEGER PRIMARY KEY,
  list   TEXT NOT NULL CHECK (list IN ('allow', 'dns', 'note')), -- allow: explained; dns: a trusted resolver; note: worth knowing
  first  BLOB NOT NULL,              -- key of the first address
  last   BLOB NOT NULL,              -- key of the last address
  cidr   TEXT NOT NULL,              -- '192.0.2.0/24'
  label  TEXT NOT NULL,              -- what it is
  source TEXT NOT NULL,              -- file and line it came from
  UNIQUE (list, cidr)
) STRICT;

-- One host name, or ending of host names, that the analyst allows.
CREATE TABLE allowed_hosts (
  id      INTEGER PRIMARY KEY,
  pattern TEXT NOT NULL,             -- lower case: 'example.org', '.example.org'
  match   TEXT NOT NULL CHECK (match IN ('exact', 'suffix')), -- suffix: the name ends with the pattern
  label   TEXT,                      -- what it is; NULL: not said
  source  TEXT NOT NULL,             -- file and line it came from
  UNIQUE (pattern, match)
) STRICT;

-- ---------------------------------------------------------------------------------------------------------------------
-- Indexes

CREATE UNIQUE INDEX captures_sha256 ON captures (sha256, coalesce(filter, ''));
CREATE UNIQUE INDEX addresses_key ON addresses (key);
CREATE INDEX addresses_ip ON addresses (ip);
CREATE INDEX frames_flow ON frames (flow_id);
CREATE INDEX flows_client ON flows (client_id);
CREATE INDEX flows_server ON flows (server_id);
CREATE INDEX icmp_messages_frame ON icmp_messages (frame_id);
CREATE INDEX arp_messages_frame ON arp_messages (frame_id);
CREATE INDEX dns_messages_frame ON dns_messages (frame_id);
CREATE INDEX dns_messages_flow ON dns_messages (flow_id);
CREATE INDEX dns_answers_message ON dns_answers (message_id);
CREATE INDEX dns_answers_address ON dns_answers (address_id) WHERE address_id IS NOT NULL;
CREATE INDEX dns_answers_name ON dns_answers (name);
CREATE INDEX http_requests_flow ON http_requests (flow_id);
CREATE INDEX http_requests_last_frame ON http_requests (last_frame_id);
CREATE INDEX http_responses_flow ON http_responses (flow_id);
CREATE INDEX http_responses_last_frame ON http_responses (last_frame_id);
CREATE INDEX http_responses_request ON http_responses (request_id);
CREATE INDEX http_headers_request ON http_headers (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX http_headers_response ON http_headers (response_id) WHERE response_id IS NOT NULL;
CREATE INDEX ftp_commands_flow ON ftp_commands (flow_id);
CREATE INDEX ftp_commands_frame ON ftp_commands (frame_id);
CREATE INDEX ftp_replies_command ON ftp_replies (command_id);
CREATE INDEX ftp_replies_frame ON ftp_replies (frame_id);
CREATE INDEX ftp_data_channels_flow ON ftp_data_channels (data_flow_id);
CREATE INDEX tls_client_hellos_flow ON tls_client_hellos (flow_id);
CREATE INDEX tls_client_hellos_frame ON tls_client_hellos (frame_id);
CREATE INDEX tls_client_hellos_server_name ON tls_client_hellos (server_name);
CREATE INDEX tls_server_hellos_flow ON tls_server_hellos (flow_id);
CREATE INDEX tls_server_hellos_frame ON tls_server_hellos (frame_id);
CREATE INDEX tls_certificates_flow ON tls_certificates (flow_id);
CREATE INDEX credentials_flow ON credentials (flow_id);
CREATE INDEX diagnostics_frame ON diagnostics (frame_id);
CREATE INDEX diagnostics_flow ON diagnostics (flow_id);
CREATE INDEX address_names_name ON address_names (name);
