import CBzip2
import CLZ4
import CLZMA
import CZstd
import CaptureFiles

/// `data` as one member of a compressed form, as the libraries themselves make it.
func compressed(_ data: [UInt8], _ compression: Compression) -> [UInt8] {
  switch compression {
  case .gzip: return gzipMember(data)
  case .zstd:
    var target = [UInt8](repeating: 0, count: ZSTD_compressBound(data.count))
    let context = ZSTD_createCCtx()
    defer { ZSTD_freeCCtx(context) }
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    return Array(target[..<ZSTD_compress2(context, &target, target.count, data, data.count)])
  case .lz4:
    var preferences = LZ4F_preferences_t()
    preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled
    var target = [UInt8](repeating: 0, count: LZ4F_compressFrameBound(data.count, &preferences))
    return Array(target[..<LZ4F_compressFrame(&target, target.count, data, data.count, &preferences)])
  case .xz:
    var target = [UInt8](repeating: 0, count: lzma_stream_buffer_bound(data.count))
    var end = 0
    _ = lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, nil, data, data.count, &target, &end, target.count)
    return Array(target[..<end])
  case .bzip2:
    var target = [UInt8](repeating: 0, count: data.count + data.count / 50 + 600)
    var size = UInt32(target.count)
    var source = data.map { CChar(bitPattern: $0) }
    target.withUnsafeMutableBytes {
      _ = BZ2_bzBuffToBuffCompress(
        $0.baseAddress?.assumingMemoryBound(to: CChar.self), &size, &source, UInt32(data.count), 1, 0, 0)
    }
    return Array(target[..<Int(size)])
  }
}
