-- Traffic by autonomous system
-- Question: whose networks did the traffic go to and come from, and how much of it does nobody explain?
-- Needs `pcapindex owners FILE... DATABASE` first: without it everything is in the row whose owner is not known.
-- Columns:
--   asn: number of the autonomous system; empty: not known
--   organisation: who holds it; of several names the one with most addresses; empty: not known
--   countries: countries of its addresses here, with commas between them
--   addresses: addresses of it that the capture holds
--   unexplained: those among them that no rule of the allow list explains
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
  ),
  owned AS MATERIALIZED (
    SELECT v.capture_id, o.asn, o.organisation, o.country, v.explained, t.bytes, t.packets
    FROM address_verdicts v
    CROSS JOIN owners o ON o.address_id = v.address_id
    LEFT JOIN traffic t ON t.capture_id = v.capture_id AND t.address_id = v.address_id
    WHERE :capture IS NULL OR v.capture_id = :capture
  ),
  -- Of each system the name that most of its addresses have.
  named AS (
    SELECT
      capture_id, asn, organisation,
      row_number() OVER (PARTITION BY capture_id, asn ORDER BY count(*) DESC, organisation) AS place
    FROM owned
    WHERE asn IS NOT NULL AND organisation IS NOT NULL
    GROUP BY capture_id, asn, organisation
  ),
  systems AS (
    SELECT
      capture_id, asn, group_concat(DISTINCT country) AS countries, count(*) AS addresses,
      sum(NOT explained) AS unexplained, coalesce(sum(bytes), 0) AS bytes,
      coalesce(sum(iif(explained, 0, bytes)), 0) AS unexplained_bytes, coalesce(sum(packets), 0) AS packets
    FROM (SELECT * FROM owned ORDER BY capture_id, asn, country)
    GROUP BY capture_id, asn
  )
SELECT
  s.asn,
  n.organisation,
  s.countries,
  s.addresses,
  s.unexplained,
  s.bytes,
  s.unexplained_bytes,
  s.packets,
  s.capture_id AS capture
FROM systems s
LEFT JOIN named n ON n.capture_id = s.capture_id AND n.asn = s.asn AND n.place = 1
ORDER BY s.bytes DESC, s.capture_id, s.asn
LIMIT coalesce(:limit, -1);
