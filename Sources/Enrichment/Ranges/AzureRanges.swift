import Store

/// Azure's `ServiceTags_Public_*.json`:
///
///     {"changeNumber": 1, "cloud": "Public", "values": [
///       {"name": "Storage.WestEurope", "properties": {"region": "westeurope", "addressPrefixes": ["198.51.100.0/24"]}}]}
///
/// A network is listed under several tags. Those that only say where (`AzureCloud.westeurope`) or that it is Azure are
/// left out of a label that names a service. The number is text where Azure's API gave the file.
enum AzureRanges {
  private struct File: Decodable {
    var changeNumber: Number
    var values: [Tag]
  }

  private struct Number: Decodable {
    let text: String
    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      text = try (try? value.decode(String.self)) ?? String(value.decode(Int64.self))
    }
  }

  private struct Tag: Decodable {
    var name: String
    var properties: Properties
  }

  private struct Properties: Decodable {
    var addressPrefixes: [String]
  }

  static func read(_ file: InputFile, into entries: inout RangeEntries) throws(EnrichmentError) {
    let content = try file.decode(File.self)
    entries.serial = content.changeNumber.text
    // The name of the file has the date: ServiceTags_Public_20260102.json
    let digits = file.name.utf8.split { !(0x30...0x39).contains($0) }.last { $0.count == 8 }.flatMap { String($0) }
    entries.published = digits.map { "\($0.prefix(4))-\($0.dropFirst(4).prefix(2))-\($0.suffix(2))" }
    func isPlace(_ tag: Tag) -> Bool { tag.name == "AzureCloud" || tag.name.hasPrefix("AzureCloud.") }
    var named: Set<String> = []
    for tag in content.values where !isPlace(tag) { named.formUnion(tag.properties.addressPrefixes) }
    for tag in content.values {
      for network in tag.properties.addressPrefixes where !isPlace(tag) || !named.contains(network) {
        try entries.add(network, .note, service: tag.name)
      }
    }
  }
}
