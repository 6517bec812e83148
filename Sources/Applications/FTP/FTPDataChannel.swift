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
  /// What it carries.
  let transfer: FTPTransfer
  /// The command that uses it; nil: none yet.
  var command: FTPCommand?

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
    case ("PORT", 200..<300), ("EPRT", 200..<300), ("LPRT", 200..<300):
      (found, isPassive) = (asked(by: command), false)
    default: return nil
    }
    guard let found else {
      throw Fault("FTP", .malformed, at: 0, "\(command.name ?? "") was accepted but names no endpoint")
    }
    return (found, isPassive)
  }

  /// Where the client says that it listens; nil: `command` is about something else, or names no possible endpoint.
  static func asked(by command: FTPCommand) -> Endpoint? {
    switch command.name {
    case "PORT": FTPEndpoint.classic(command.argumentBytes)
    case "EPRT": FTPEndpoint.extended(command.argumentBytes)
    case "LPRT": FTPEndpoint.long(command.argumentBytes)
    default: nil
    }
  }

  /// Announces the connection to `endpoint`, and to the same port of the control connection's own address: behind
  /// network address translation the announced address may be another.
  static func announced(
    _ endpoint: Endpoint, isPassive: Bool, commandID: Int64, flow: FlowIdentity, context: ApplicationContext
  ) -> FTPDataChannel {
    let seen = Endpoint(isPassive ? flow.server.address : flow.client.address, endpoint.port)
    let transfer = FTPTransfer()
    let token = context.expected.announce(
      endpoint == seen ? [endpoint] : [endpoint, seen], isPassive: isPassive, service: FTPDataParser.service,
      transfer: transfer)
    return FTPDataChannel(
      commandID: commandID, isPassive: isPassive, endpoint: endpoint, token: token, transfer: transfer)
  }

  /// Emits the row, with the data connection if it has been seen, and forgets the announcement. `reply` is the final one
  /// to the command that used it, which began at `offset` of the file; nil: none was seen.
  func emit(reply: FTPReply?, offset: Int64?, context: ApplicationContext) {
    context.sink.emit(
      FTPDataChannelRecord(
        commandID: commandID, isPassive: isPassive, addressID: context.sink.addressID(endpoint.address),
        port: endpoint.port, dataFlowID: context.expected.flowID(of: token), transferCommandID: command?.id))
    context.expected.withdraw(token)
    transfer.settle(FTPTransfer.Outcome(command, reply, offset: offset), context: context)
  }

  /// Forgets the announcement: the server refused it, or its answer is missing.
  func withdraw(context: ApplicationContext) {
    context.expected.withdraw(token)
    transfer.settle(nil, context: context)
  }
}
