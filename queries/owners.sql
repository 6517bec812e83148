-- Who owns the addresses
-- Question: whose are the addresses on the Internet that the capture holds, and in which country?
-- From the files that `pcapindex owners` has read, and, where somebody asked them, WHOIS servers and reverse DNS. Who
-- owns a network may have rented it out. A name of reverse DNS is what the owner wrote; only one that is confirmed leads
-- back to the address.
-- Columns:
--   ip: the address
--   asn: number of the autonomous system that announces it; empty: not known
--   organisation: who holds it, as the newest file says, else WHOIS; empty: not known
--   country: two letters of ISO 3166-1; empty: not known
--   network: network that the answer is about
--   published: published range that it lies in, such as a cloud's service and region; empty: none that is loaded
--   reverse_name: its names by reverse DNS; empty: none, or not asked
--   confirmed: yes or no: the first of these names leads back to the address; empty: not known
--   whois_name: name of the network by WHOIS; empty: not asked
--   abuse: whom to tell of abuse, by WHOIS
--   explained: yes or no: a rule of the allow list explains the address in all captures
--   bytes: IP bytes to and from it
-- Parameters:
--   address: only this IP address; default all
--   unexplained: 1: only addresses that no rule explains; default all
--   capture: only this capture (captures.id); default all
--   limit: at most so many rows; default all
WITH
  judged AS MATERIALIZED (
    SELECT address_id, min(explained) AS explained
    FROM address_verdicts
    WHERE :capture IS NULL OR capture_id = :capture
    GROUP BY address_id
  ),
  traffic AS MATERIALIZED (
    SELECT address_id, sum(sent_bytes + received_bytes) AS bytes
    FROM traffic_by_address
    WHERE :capture IS NULL OR capture_id = :capture
    GROUP BY address_id
  ),
  published AS MATERIALIZED (
    SELECT n.address_id, group_concat(DISTINCT w.label) AS labels
    FROM address_networks n
    CROSS JOIN networks w ON w.id = n.network_id
    WHERE w.range_list_id IS NOT NULL
    GROUP BY n.address_id
  ),
  shown AS (
    SELECT j.address_id, j.explained, coalesce(t.bytes, 0) AS bytes, p.labels, a.key
    FROM judged j
    CROSS JOIN addresses a ON a.id = j.address_id
    LEFT JOIN traffic t ON t.address_id = j.address_id
    LEFT JOIN published p ON p.address_id = j.address_id
    WHERE a.scope = 'global' AND (:address IS NULL OR a.ip = :address)
      AND (coalesce(:unexplained, 0) = 0 OR NOT j.explained)
    ORDER BY bytes DESC, a.key
    LIMIT coalesce(:limit, -1)
  )
SELECT
  o.ip,
  o.asn,
  o.organisation,
  o.country,
  o.network,
  s.labels AS published,
  r.names AS reverse_name,
  CASE r.confirmed WHEN 1 THEN 'yes' WHEN 0 THEN 'no' END AS confirmed,
  w.netname AS whois_name,
  w.abuse,
  iif(s.explained, 'yes', 'no') AS explained,
  s.bytes
FROM shown s
CROSS JOIN owners o ON o.address_id = s.address_id
LEFT JOIN lookups r ON r.address_id = s.address_id AND r.kind = 'rdns'
LEFT JOIN lookups w ON w.address_id = s.address_id AND w.kind = 'whois'
ORDER BY s.bytes DESC, s.key;
