/// What a capture may ask of memory, whoever wrote it.
enum CaptureLimits {
  /// Bytes taken from the file at once: large enough that system calls cost nothing beside the work per frame.
  static let blockSize = 1 << 19

  /// The longest frame: libpcap's and Wireshark's largest snapshot length. A longer record is damage.
  static let frameLength = 262_144

  /// The longest frame of the link types whose messages are not packets (D-Bus, USB), which Wireshark excepts too.
  static let messageLength = 16 << 20

  /// The longest pcapng block, as in Wireshark; a longer one is damage.
  static let pcapngBlockLength = 16 << 20

  /// Interfaces in one file. Merged captures have hundreds; a file made of nothing else would fill the memory.
  static let interfaces = 65_536

  /// Bytes kept of an interface's name and of its description.
  static let interfaceText = 1_024

  /// The longest frame of a link type: D-Bus (231), USBPcap (249) and EBHSCR (279) are excepted.
  static func frameLength(linkType: UInt16) -> Int {
    switch linkType {
    case 231, 249, 279: messageLength
    default: frameLength
    }
  }
}
