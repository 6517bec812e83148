/// How far a TCP connection came, in Zeek's terms (`conn_state` of conn.log). An end of which only data was seen counts as
/// one that has not answered: so a connection older than the capture may have any state in which it was closed.
public enum ConnectionState: String, Sendable {
  /// A SYN, no answer.
  case s0 = "S0"
  /// Established, not ended.
  case s1 = "S1"
  /// Established and ended by both.
  case sf = "SF"
  /// A SYN, answered by RST.
  case rejected = "REJ"
  /// Established, ended by the client only.
  case s2 = "S2"
  /// Established, ended by the server only.
  case s3 = "S3"
  /// Established, aborted by the client.
  case rsto = "RSTO"
  /// Established, aborted by the server.
  case rstr = "RSTR"
  /// A SYN and then a RST from the client, no SYN-ACK seen.
  case rstos0 = "RSTOS0"
  /// A SYN-ACK and then a RST from the server, no SYN seen.
  case rstrh = "RSTRH"
  /// A SYN and then a FIN from the client, no SYN-ACK seen.
  case sh = "SH"
  /// A SYN-ACK and then a FIN from the server, no SYN seen.
  case shr = "SHR"
  /// No SYN seen: the connection is older than the capture.
  case other = "OTH"
}
