import FoundationEssentials

/// What tells published lists in JSON from one another: the names at the top, or in the first object of an array.
struct JSONShape: Decodable {
  /// The list that it is; nil for none that is known.
  let feed: RangeFeed?

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  private struct Names: Decodable {
    let names: Set<String>
    init(from decoder: any Decoder) throws {
      names = Set(try decoder.container(keyedBy: Name.self).allKeys.map(\.stringValue))
    }
  }

  init(from decoder: any Decoder) throws {
    if var array = try? decoder.unkeyedContainer() {
      let names = array.isAtEnd ? [] : try array.decode(Names.self).names
      feed = names.isSuperset(of: ["id", "serviceArea"]) ? .microsoft365 : nil
      return
    }
    let container = try decoder.container(keyedBy: Name.self)
    let names = Set(container.allKeys.map(\.stringValue))
    if names.isSuperset(of: ["createDate", "prefixes"]) {
      feed = .aws
    } else if names.contains("prefixes") {
      var prefixes = try container.nestedUnkeyedContainer(forKey: Name(stringValue: "prefixes"))
      // Only what is for rent has a service.
      let first = prefixes.isAtEnd ? [] : try prefixes.decode(Names.self).names
      feed = first.contains("service") ? .googleCloud : .google
    } else if names.isSuperset(of: ["changeNumber", "values"]) {
      feed = .azure
    } else if names.isSuperset(of: ["addresses", "ipv6_addresses"]) {
      feed = .fastly
    } else if names.isSuperset(of: ["hooks", "git"]) {
      feed = .github
    } else {
      feed = nil
    }
  }

  /// The shape of a file.
  static func of(_ file: InputFile) throws(EnrichmentError) -> JSONShape? {
    try file.decode(JSONShape.self)
  }
}

extension InputFile {
  /// Reads the file as JSON of a type; wrong values, and objects in one another beyond the decoder's limit of 512, are
  /// errors.
  func decode<Value: Decodable>(_ type: Value.Type) throws(EnrichmentError) -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch let error as DecodingError {
      throw EnrichmentError(name, InputFile.describe(error))
    } catch {
      throw EnrichmentError(name, "is no JSON")
    }
  }

  private static func describe(_ error: DecodingError) -> String {
    func path(_ context: DecodingError.Context) -> String {
      var text = ""
      for key in context.codingPath {
        if let index = key.intValue {
          text += "[\(index)]"
        } else {
          text += (text.isEmpty ? "" : ".") + key.stringValue
        }
      }
      return text.isEmpty ? "the whole" : "'\(text)'"
    }
    switch error {
    case .keyNotFound(let key, let context):
      return "is not of the format expected: '\(key.stringValue)' is missing in \(path(context))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "is not of the format expected: \(path(context)) has a value of another kind"
    case .dataCorrupted(let context):
      let reason = context.underlyingError.map { "\($0)" } ?? context.debugDescription
      return "is no JSON: \(reason.prefix(200))"
    @unknown default: return "is no JSON"
    }
  }
}
