/// Every protocol that is parsed: one line each. Order matters only where two could both match; the first one wins.
public enum ProtocolRegistry {
  /// Protocols over TCP.
  public static let streams: [any StreamParser.Type] = [
    HTTP1Parser.self,
    HTTP2Parser.self,
    TLSParser.self,
    SSHParser.self,
    DNSStreamParser.self,
    SMTPParser.self,
    POP3Parser.self,
    IMAPParser.self,
    NNTPParser.self,
    FTPParser.self,
    TelnetParser.self,
    RedisParser.self,
    MQTTParser.self,
    IRCParser.self,
    SOCKSParser.self,
    RloginParser.self,
    RshParser.self,
    RexecParser.self,
    LDAPParser.self,
    PostgreSQLParser.self,
    MySQLParser.self,
    VNCParser.self,
    KerberosStreamParser.self,
    SIPStreamParser.self,
    TDSParser.self,
    SMBParser.self,
    AMQPParser.self,
    XMPPParser.self,
    HTTP09Parser.self,
  ]

  /// Protocols over UDP.
  public static let datagrams: [any DatagramParser.Type] = [
    DNSDatagramParser.self,
    MDNSDatagramParser.self,
    LLMNRDatagramParser.self,
    DTLSParser.self,
    SNMPParser.self,
    KerberosDatagramParser.self,
    RADIUSParser.self,
    SIPDatagramParser.self,
    SSDPParser.self,
    DHCPParser.self,
    QUICParser.self,
    DHCPv6Parser.self,
    NBNSParser.self,
    NTPParser.self,
  ]
}
