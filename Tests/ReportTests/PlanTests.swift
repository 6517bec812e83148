import Crypto
import Foundation
import Store
import Testing

@testable import Report

@Suite("What the report holds")
struct PlanTests {
  /// Queries that the report shows where the catalog has them.
  private static let optional: Set = [
    "uploads", "beacons", "port_scans", "long_flows", "domain_fronting", "doh_and_vpn_endpoints", "rare_ports",
  ]
  private var tables: [TablePlan] { ReportPlan.sections.flatMap(\.tables) }

  @Test("each table's query is in the catalog, with the columns and parameters that the table names")
  func queries() throws {
    let catalog = QueryCatalog()
    for table in tables where !PlanTests.optional.contains(table.query) || catalog.names.contains(table.query) {
      let query = try catalog.query(named: table.query)
      let columns = Set(query.columns.map(\.name))
      let parameters = Set(query.parameters.map(\.name))
      #expect(
        table.leaving.isSubset(of: columns.union(["flow", "first_time", "last_time", "last_frame"])), "\(query.name)")
      #expect(table.byteColumns.isSubset(of: columns), "\(query.name)")
      let drawn = table.bar.map { Set($0.columns) } ?? []
      #expect(drawn.isSubset(of: columns), "\(query.name)")
      #expect(Set((table.arguments + table.selecting).map(\.0)).isSubset(of: parameters), "\(query.name)")
      #expect(parameters.contains("capture"))
    }
  }

  @Test("places in the page are each there once")
  func places() {
    let sources = tables.map(\.source)
    #expect(Set(sources).count == sources.count)
    let sections = ReportPlan.sections.map(\.id)
    #expect(Set(sections).count == sections.count)
  }

  @Test("tables of one query stand side by side, so that it runs once")
  func sides() {
    for section in ReportPlan.sections {
      let names = section.tables.map(\.query)
      let runs = names.indices.filter { $0 == 0 || names[$0] != names[$0 - 1] }
      #expect(runs.count == Set(names).count, "\(section.heading)")
    }
  }

  @Test("the style sheet reads the same as HTML and as XML, loads nothing, and is the one that the policy names")
  func sheet() {
    let text = StyleSheet.text.description
    #expect(!text.contains("<") && !text.contains("&") && !text.contains("url(") && !text.contains("@import"))
    let digest = Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString()
    #expect(StyleSheet.digest == "sha256-" + digest)
  }

  /// The colours of the style sheet's schemes: light, then dark.
  private func schemes() -> [[String: (Double, Double, Double)]] {
    StyleSheet.text.description.components(separatedBy: ":root {").dropFirst().map { part in
      var colours: [String: (Double, Double, Double)] = [:]
      for declaration in part.prefix(while: { $0 != "}" }).split(separator: ";") {
        let parts = declaration.split(separator: ":").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
        guard parts.count == 2, parts[1].hasPrefix("#"), let value = Int(parts[1].dropFirst(), radix: 16) else {
          continue
        }
        colours[parts[0]] = (Double(value >> 16), Double(value >> 8 & 255), Double(value & 255))
      }
      return colours
    }
  }

  /// WCAG 2.2, contrast ratio.
  private func contrast(_ left: (Double, Double, Double), _ right: (Double, Double, Double)) -> Double {
    func luminance(_ colour: (Double, Double, Double)) -> Double {
      func linear(_ value: Double) -> Double {
        value / 255 <= 0.04045 ? value / 255 / 12.92 : pow((value / 255 + 0.055) / 1.055, 2.4)
      }
      return 0.2126 * linear(colour.0) + 0.7152 * linear(colour.1) + 0.0722 * linear(colour.2)
    }
    let (a, b) = (luminance(left), luminance(right))
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  @Test("text has a contrast of 4.5 and what is drawn one of 3, light and dark (WCAG 2.2 AA)")
  func contrasts() throws {
    let schemes = schemes()
    try #require(schemes.count == 2)
    for scheme in schemes {
      for ink in ["--ink", "--soft", "--link"] {
        for ground in ["--paper", "--band"] {
          #expect(contrast(try #require(scheme[ink]), try #require(scheme[ground])) >= 4.5, "\(ink) on \(ground)")
        }
      }
      #expect(contrast(try #require(scheme["--ink"]), try #require(scheme["--mark"])) >= 4.5)
      #expect(contrast(try #require(scheme["--link"]), try #require(scheme["--mark"])) >= 4.5)
      for part in ["--s0", "--s1", "--s2", "--s3", "--focus"] {
        #expect(contrast(try #require(scheme[part]), try #require(scheme["--paper"])) >= 3, "\(part)")
      }
    }
  }
}
