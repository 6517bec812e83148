/// What the hashes of one run depend on besides the keys.
struct FlowSeed {
  let first = UInt64.random(in: .min ... .max)
  let second = UInt64.random(in: .min ... .max)
  let third = UInt64.random(in: .min ... .max)
  let fourth = UInt64.random(in: .min ... .max)
}
