#!/usr/bin/env python3
"""Makes the small MMDB files of the tests in the layouts of those who publish such files (PyPI: mmdb_writer, netaddr).

The autonomous systems are those for documentation (RFC 5398), the organisations are invented; the networks are those of
the tests' captures and have nothing to do with their owners.
"""
import os
import sys

from mmdb_writer import MMDBWriter
from netaddr import IPSet

HERE = os.path.dirname(os.path.abspath(__file__))

# network, number, organisation, country, its name
OWNERS = [
    ('93.184.215.0/24', 64496, 'Example Web', 'NL', 'Netherlands'),
    ('45.77.0.0/16', 64497, 'Rented Servers Example', 'DE', 'Germany'),
    ('104.16.0.0/12', 64498, 'Delivery Example', 'US', 'United States'),
    ('2606:2800:21f::/48', 64496, 'Example Web', 'NL', 'Netherlands'),
]

# name of the file, type, IP version, record of an owner
LAYOUTS = [
    ('maxmind-asn.mmdb', 'GeoLite2-ASN', 6, lambda n, o, c, l: {
        'autonomous_system_number': n, 'autonomous_system_organization': o}),
    ('maxmind-country.mmdb', 'GeoLite2-Country', 6, lambda n, o, c, l: {
        'continent': {'code': 'EU', 'names': {'en': 'Europe'}},
        'country': {'iso_code': c, 'geoname_id': 1, 'names': {'en': l}},
        'registered_country': {'iso_code': 'FR', 'geoname_id': 2, 'names': {'en': 'France'}}}),
    ('maxmind-city.mmdb', 'GeoLite2-City', 6, lambda n, o, c, l: {
        'city': {'geoname_id': 3, 'names': {'en': 'Town'}}, 'location': {'latitude': 52.5, 'longitude': 5.75},
        'registered_country': {'iso_code': c, 'geoname_id': 1, 'names': {'en': l}},
        'subdivisions': [{'iso_code': 'FL', 'names': {'en': 'Land'}}]}),
    ('dbip-asn.mmdb', 'DBIP-ASN-Lite (compat=GeoLite2-ASN)', 6, lambda n, o, c, l: {
        'autonomous_system_number': n, 'autonomous_system_organization': o}),
    ('ipinfo-lite.mmdb', 'ipinfo generic_bundle_lite.mmdb', 6, lambda n, o, c, l: {
        'asn': f'AS{n}', 'as_name': o, 'as_domain': 'example.com', 'continent': 'Europe', 'continent_code': 'EU',
        'country': l, 'country_code': c}),
    ('ipinfo-country-asn.mmdb', 'ipinfo country_asn.mmdb', 6, lambda n, o, c, l: {
        'asn': f'AS{n}', 'as_name': o, 'as_domain': 'example.com', 'continent': 'EU', 'continent_name': 'Europe',
        'country': c, 'country_name': l}),
    ('v4-only.mmdb', 'Made-ASN-v4', 4, lambda n, o, c, l: {
        'autonomous_system_number': n, 'autonomous_system_organization': o}),
]


def main():
    into = sys.argv[1] if len(sys.argv) > 1 else HERE
    for name, kind, version, record in LAYOUTS:
        writer = MMDBWriter(
            version, kind, languages=['en'], description='Made for tests', ipv4_compatible=version == 6,
            int_type='u32')
        for network, *owner in OWNERS:
            if version == 4 and ':' in network:
                continue
            writer.insert_network(IPSet([network]), record(*owner))
        writer.to_db_file(os.path.join(into, name))


if __name__ == '__main__':
    main()
