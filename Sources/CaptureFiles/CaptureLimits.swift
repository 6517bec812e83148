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

  /// Names of addresses that are kept of a pcapng file, and bytes of one: more than DNS allows are none.
  static let names = 262_144
  static let nameLength = 255

  /// Comments that are kept of a pcapng file, and their bytes.
  static let comments = 100_000
  static let commentBytes = 16 << 20

  /// Bytes of secrets for decryption that are kept of a pcapng file.
  static let secretBytes = 16 << 20

  /// Window of a zstd frame that is decompressed, as the power of two of its bytes: 128 MiB, as of `zstd` without `--long`.
  static let zstdWindowLog: CInt = 27

  /// Memory for decompressing xz, in bytes: four times what `xz -9` asks for.
  static let xzMemory: UInt64 = 256 << 20

  /// The longest frame of a link type: D-Bus (231), USBPcap (249) and EBHSCR (279) are excepted.
  static func frameLength(linkType: UInt16) -> Int {
    switch linkType {
    case 231, 249, 279: messageLength
    default: frameLength
    }
  }
}
