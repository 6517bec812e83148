// swift-tools-version: 6.2
import PackageDescription

/// The rules every room is built under: no data race, no unmarked unsafe code, no warning.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableExperimentalFeature("Lifetimes"),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let tests: [SwiftSetting] = [
  .swiftLanguageMode(.v6), .treatAllWarnings(as: .error), .enableExperimentalFeature("Lifetimes"),
]

let package = Package(
  name: "pcapindex",
  products: [.executable(name: "pcapindex", targets: ["pcapindex"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  ],
  targets: [
    // Not linked: it is loaded when brotli content is met.
    .systemLibrary(name: "CBrotli", providers: [.apt(["libbrotli-dev"])]),
    // Its header alone: the library is loaded when something is fetched.
    .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    // Not linked: it is loaded when a file's type is not plain.
    .systemLibrary(name: "CMagic", providers: [.apt(["libmagic-dev"])]),
    .systemLibrary(name: "CMaxMindDB", pkgConfig: "libmaxminddb", providers: [.apt(["libmaxminddb-dev"])]),
    .systemLibrary(name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),
    // Its header alone: the library is loaded when HTTP/2 is met.
    .systemLibrary(name: "CNGHTTP2", providers: [.apt(["libnghttp2-dev"])]),
    // Not linked: it is loaded when it is first asked.
    .systemLibrary(name: "CPSL", providers: [.apt(["libpsl-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
    .systemLibrary(name: "CLZMA", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev"])]),
    // Debian's package has no file for pkg-config.
    .systemLibrary(name: "CBzip2", providers: [.apt(["libbz2-dev"])]),

    // The rooms, in the order data goes through them.
    .target(name: "Bytes", swiftSettings: strict),
    .target(
      name: "CaptureFiles",
      dependencies: [
        "Bytes", "CPcap", "CZlib", "CZstd", "CLZ4", "CLZMA", "CBzip2",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: strict),
    .target(name: "Packets", dependencies: ["Bytes"], swiftSettings: strict),
    .target(name: "Flows", dependencies: ["Bytes", "Packets"], swiftSettings: strict),
    .target(name: "Records", dependencies: ["Bytes"], swiftSettings: strict),
    .target(
      name: "Applications",
      dependencies: [
        "Bytes", "Records", "CBrotli", "CMagic", "CNGHTTP2", "CZlib", "CZstd",
        .product(name: "Crypto", package: "swift-crypto"), .product(name: "CryptoExtras", package: "swift-crypto"),
        .product(name: "SwiftASN1", package: "swift-asn1"), .product(name: "X509", package: "swift-certificates"),
      ],
      swiftSettings: strict),
    .target(
      name: "Store",
      dependencies: ["Bytes", "Records", "CPSL", "CSQLite", .product(name: "Yams", package: "Yams")],
      resources: [.embedInCode("Resources/schema.sql"), .embedInCode("Resources/queries")],
      swiftSettings: strict),
    .target(
      name: "Indexer",
      dependencies: ["Bytes", "CaptureFiles", "Packets", "Flows", "Records", "Applications", "Store"],
      swiftSettings: strict),
    .target(
      name: "Report", dependencies: ["Bytes", "Store", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: strict),
    .target(
      name: "Enrichment",
      dependencies: [
        "Bytes", "Store", "CCurl", "CMaxMindDB", "CZlib", .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "pcapindex",
      dependencies: [
        "Bytes", "Enrichment", "Indexer", "Report", "Store",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    .target(
      name: "TestSupport", dependencies: ["Applications", "Records", "Bytes"], path: "Tests/TestSupport",
      swiftSettings: strict),
    .testTarget(name: "BytesTests", dependencies: ["Bytes"], swiftSettings: tests),
    .testTarget(
      name: "CaptureFilesTests", dependencies: ["CaptureFiles", "Bytes", "CPcap", "CZstd", "CLZ4", "CLZMA", "CBzip2"],
      swiftSettings: tests),
    .testTarget(name: "PacketsTests", dependencies: ["Packets", "Bytes"], swiftSettings: tests),
    .testTarget(name: "FlowsTests", dependencies: ["Flows", "Packets", "Bytes"], swiftSettings: tests),
    .testTarget(name: "RecordsTests", dependencies: ["Records", "Bytes", "TestSupport"], swiftSettings: tests),
    .testTarget(
      name: "ApplicationsTests",
      dependencies: [
        "Applications", "Records", "Bytes", "TestSupport", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ],
      swiftSettings: tests),
    .testTarget(name: "StoreTests", dependencies: ["Store", "Records", "Bytes"], swiftSettings: tests),
    .testTarget(
      name: "ReportTests", dependencies: ["Report", "Store", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: tests),
    .testTarget(name: "IndexerTests", dependencies: ["Indexer", "Store", "Bytes"], swiftSettings: tests),
    .testTarget(name: "EnrichmentTests", dependencies: ["Enrichment", "Store", "Bytes"], swiftSettings: tests),
    .testTarget(
      name: "CommandTests", dependencies: ["pcapindex", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: tests),
  ]
)
