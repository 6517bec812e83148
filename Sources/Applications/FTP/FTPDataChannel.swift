import Bytes
import Records

/// The endpoint that the last PASV, EPSV, PORT or EPRT of a control connection has settled on.
struct FTPDataChannel {
  /// The PASV, EPSV, PORT, ...
  let commandID: Int64
  /// Whether the server listens.
  let isPassive: Bool
  /// Who listens, and where.
  let endpoint: Endpoint
  /// Stands for the announced data connection.
  let token: ExpectedFlows.Token
  /// The command that uses it.
  var transferCommandID: Int64?

  /// What `command` and the server's `reply` to it settle on: the endpoint and whether it is the server's. Nil: the
  /// command is about something else, or was refused.
  ///
  /// - Throws: `malformed` where an accepted command or its reply names no possible endpoint.
  static func settled(
    _ command: FTPCommand, _ reply: FTPReply, flow: FlowIdentity
  ) throws(Fault) -> (endpoint: Endpoint, isPassive: Bool)? {
    let text = Array(reply.text.utf8)
    let found: Endpoint?
    var isPassive = true
    switch (command.name, reply.code) {
    case ("PASV", 227): found = FTPEndpoint.classic(text)
    case ("EPSV", 229): found = FTPEndpoint.extendedPort(text).map { Endpoint(flow.server.address, $0) }
    case ("LPSV", 228): found = FTPEndpoint.long(text)
    case ("PORT", 200..<300): (found, isPassive) = (FTPEndpoint.classic(command.argumentBytes), false)
    case ("EPRT", 200..<300): (found, isPassive) = (FTPEndpoint.extended(command.argumentBytes), false)
    case ("LPRT", 200..<300): (found, isPassive) = (FTPEndpoint.long(command.argumentBytes), false)
    default: return nil
    }
    guard let found else {
      throw Fault("FTP", .malformed, at: 0, "\(command.name ?? "") was accepted but names no endpoint")
    }
    return (found, isPassive)
  }

  /// Announces the connection to `endpoint`, and to the same port of the control connection's own address: behind
  /// network address translation the announced address may be another.
  static func announced(
    _ endpoint: Endpoint, isPassive: Bool, commandID: Int64, flow: FlowIdentity, context: ApplicationContext
  ) -> FTPDataChannel {
    let seen = Endpoint(isPassive ? flow.server.address : flow.client.address, endpoint.port)
    let token = context.expected.announce(endpoint == seen ? [endpoint] : [endpoint, seen], service: "ftp-data")
    return FTPDataChannel(commandID: commandID, isPassive: isPassive, endpoint: endpoint, token: token)
  }

  /// Emits the row, with the data connection if it has been seen, and forgets the announcement.
  func emit(context: ApplicationContext) {
    context.sink.emit(
      FTPDataChannelRecord(
        commandID: commandID, isPassive: isPassive, addressID: context.sink.addressID(endpoint.address),
        port: endpoint.port, dataFlowID: context.expected.flowID(of: token), transferCommandID: transferCommandID))
    context.expected.withdraw(token)
  }
}
