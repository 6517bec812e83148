/// What a server says of a request: an NTSTATUS ([MS-ERREF] 2.3), or an error class and code of LAN Manager ([MS-CIFS]
/// 2.2.2.4).
struct SMBStatus: Equatable, Sendable {
  /// STATUS_MORE_PROCESSING_REQUIRED: the login goes on.
  static let moreProcessingRequired = SMBStatus(code: 0xc000_0016)
  /// STATUS_LOGON_FAILURE.
  static let logonFailure = SMBStatus(code: 0xc000_006d)

  private let code: UInt32

  /// An NTSTATUS.
  init(code: UInt32) {
    self.code = code
  }

  /// An error class and code; what they mean of a login as an NTSTATUS.
  init(errorClass: UInt8, error: UInt16) {
    switch (errorClass, error) {
    case (0, _): self.init(code: 0)
    // ERRDOS/ERRnoaccess; ERRSRV/ERRbadpw, ERRaccess, ERRaccountExpired, ERRbadClient, ERRbadLogonTime, ERRpasswordExpired.
    case (1, 5), (2, 2), (2, 4), (2, 2239), (2, 2240), (2, 2241), (2, 2242): self = .logonFailure
    // ERRSRV/ERRerror: nothing in particular.
    default: self.init(code: 0xc000_0001)
    }
  }

  /// Whether it accepts a login; nil where it says nothing of it, as of a fault of the server.
  var accepted: Bool? {
    code == 0 ? true : SMBStatus.refusals.contains(code) ? false : nil
  }

  /// ACCESS_DENIED, NO_SUCH_USER, WRONG_PASSWORD, LOGON_FAILURE, ACCOUNT_RESTRICTION, INVALID_LOGON_HOURS,
  /// INVALID_WORKSTATION, PASSWORD_EXPIRED, ACCOUNT_DISABLED, LOGON_NOT_GRANTED, LOGON_TYPE_NOT_GRANTED, ACCOUNT_EXPIRED,
  /// the five NOLOGON_..._TRUST_ACCOUNT around it, PASSWORD_MUST_CHANGE, ACCOUNT_LOCKED_OUT,
  /// AUTHENTICATION_FIREWALL_FAILED.
  private static let refusals: Set<UInt32> = [
    0xc000_0022, 0xc000_0064, 0xc000_006a, 0xc000_006d, 0xc000_006e, 0xc000_006f, 0xc000_0070, 0xc000_0071, 0xc000_0072,
    0xc000_0155, 0xc000_015b, 0xc000_0193, 0xc000_0198, 0xc000_0199, 0xc000_019a, 0xc000_0224, 0xc000_0234, 0xc000_0413,
  ]
}
