-- Traffic by country
-- Question: to which countries did the traffic go, and how much of it does nobody explain?
-- Needs `pcapindex owners FILE... DATABASE` first, with a file that has countries. A country is where the file says that
-- an address is or is registered; a content delivery network answers from the nearest of its places.
-- Columns:
--   country: two letters of ISO 3166-1; empty: not known
--   addresses: addresses there that the capture holds
--   unexplained: those among them that no rule of the allow list explains
--   systems: autonomous systems that they belong to
--   bytes: IP bytes to and from them
--   unexplained_bytes: those to and from the unexplained ones
--   packets: packets to and from them
--   capture: captures.id
-- Parameters:
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  traffic AS MATERIALIZED (
    SELECT
      capture_id, address_id, sum(sent_bytes + received_bytes) AS bytes,
      sum(sent_packets + received_packets) AS packets
    FROM traffic_by_address
    WHERE :capture IS NULL OR capture_id = :capture
    GROUP BY capture_id, address_id
  )
SELECT
  o.country,
  count(*) AS addresses,
  sum(NOT v.explained) AS unexplained,
  count(DISTINCT o.asn) AS systems,
  coalesce(sum(t.bytes), 0) AS bytes,
  coalesce(sum(iif(v.explained, 0, t.bytes)), 0) AS unexplained_bytes,
  coalesce(sum(t.packets), 0) AS packets,
  v.capture_id AS capture
FROM address_verdicts v
CROSS JOIN owners o ON o.address_id = v.address_id
LEFT JOIN traffic t ON t.capture_id = v.capture_id AND t.address_id = v.address_id
WHERE :capture IS NULL OR v.capture_id = :capture
GROUP BY v.capture_id, o.country
ORDER BY bytes DESC, v.capture_id, o.country
LIMIT coalesce(:limit, -1);
