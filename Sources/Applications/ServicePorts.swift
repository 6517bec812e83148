/// What the server's port says of a flow that its content does not tell.
public enum ServicePorts {
  /// The service of a TCP port, for protocols that nothing here recognises by content in every case; nil: not known.
  ///
  /// - Parameter beganInCapture: where the first bytes were seen, a protocol that is always recognised by them is not
  ///   claimed by its port against them.
  public static func stream(_ port: UInt16, beganInCapture: Bool) -> String? {
    if let name = recognised[port] { return beganInCapture ? nil : name }
    return tcp[port]
  }

  /// The service of a UDP port; nil: not known.
  public static func datagram(_ port: UInt16) -> String? {
    udp[port]
  }

  private static let recognised: [UInt16: String] = [
    21: "ftp", 22: "ssh", 25: "smtp", 53: "dns", 80: "http", 110: "pop3", 143: "imap", 443: "tls", 587: "smtp",
    853: "tls", 993: "tls", 995: "tls", 8080: "http", 8443: "tls",
  ]

  private static let tcp: [UInt16: String] = [
    20: "ftp-data", 23: "telnet", 43: "whois", 79: "finger", 88: "kerberos", 111: "rpcbind", 113: "ident", 119: "nntp",
    135: "dcerpc", 139: "netbios-ssn", 179: "bgp", 389: "ldap", 445: "smb", 502: "modbus", 513: "rlogin", 514: "rsh",
    515: "lpd", 554: "rtsp", 631: "ipp", 636: "ldaps", 873: "rsync", 1080: "socks", 1433: "tds", 1521: "oracle",
    1723: "pptp", 1883: "mqtt", 2049: "nfs", 3268: "ldap", 3306: "mysql", 3389: "rdp", 5060: "sip", 5222: "xmpp",
    5432: "postgresql", 5900: "vnc", 6379: "redis", 6667: "irc", 9100: "jetdirect", 9418: "git", 11211: "memcached",
    27017: "mongodb",
  ]

  private static let udp: [UInt16: String] = [
    67: "dhcp", 68: "dhcp", 69: "tftp", 88: "kerberos", 111: "rpcbind", 123: "ntp", 137: "nbns", 138: "nbdgm",
    161: "snmp", 162: "snmp", 389: "cldap", 500: "isakmp", 514: "syslog", 520: "rip", 521: "ripng", 546: "dhcpv6",
    547: "dhcpv6", 623: "ipmi", 1194: "openvpn", 1434: "ssrp", 1701: "l2tp", 1812: "radius", 1813: "radius",
    1900: "ssdp", 2049: "nfs", 2055: "netflow", 3478: "stun", 3702: "ws-discovery", 4500: "isakmp", 4789: "vxlan",
    5060: "sip", 5683: "coap", 6343: "sflow", 17500: "dropbox-lan", 51820: "wireguard",
  ]
}
