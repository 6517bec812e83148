/// Commands that are known by name, for telling IMAP from other protocols that speak in lines.
enum IMAPCommandName {
  /// Of RFC 3501 and 9051, and of the extensions that RFC 2087, 2177, 2193, 2342, 2971, 3691, 4314, 4315, 4978, 5161, 5256,
  /// 5464, 6851, 6855 and 8437 add, and Gmail's and Apple's own.
  static let all: Set<String> = [
    "CAPABILITY", "NOOP", "LOGOUT", "STARTTLS", "AUTHENTICATE", "LOGIN", "SELECT", "EXAMINE", "CREATE", "DELETE",
    "RENAME", "SUBSCRIBE", "UNSUBSCRIBE", "LIST", "LSUB", "STATUS", "APPEND", "CHECK", "CLOSE", "EXPUNGE", "SEARCH",
    "FETCH", "STORE", "COPY", "MOVE", "UID", "IDLE", "ID", "ENABLE", "NAMESPACE", "GETQUOTA", "GETQUOTAROOT",
    "SETQUOTA",
    "GETACL", "SETACL", "DELETEACL", "LISTRIGHTS", "MYRIGHTS", "UNSELECT", "SORT", "THREAD", "COMPRESS", "XLIST",
    "GETMETADATA", "SETMETADATA", "UNAUTHENTICATE", "NOTIFY", "RLIST", "RLSUB", "XAPPLEPUSHSERVICE", "DONE", "REPLACE",
    "ESEARCH", "GENURLAUTH", "URLFETCH", "RESETKEY", "CANCELUPDATE", "CONVERT", "LANGUAGE", "COMPARATOR", "JMAPACCESS",
  ]

  /// Commands with which a client may begin.
  static let opening: Set<String> = [
    "CAPABILITY", "LOGIN", "AUTHENTICATE", "STARTTLS", "ID", "NOOP", "LOGOUT", "ENABLE", "NAMESPACE",
  ]
}
