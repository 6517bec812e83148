"""Redis and MQTT: redis-server with redis-cli, Mosquitto's broker with mosquitto_pub."""

import socket
import time

from lab import inside, run
from terminal import SERVER, hosts


def redis(lab, path):
    """redis_auth.pcap"""
    hosts(lab)
    config = lab.file(
        "redis.conf",
        f'bind {SERVER}\nprotected-mode no\nsave ""\nrequirepass def4ult-pass\nuser frieda on >r3dis-pass ~* +@all\n'
        "logfile /dev/null\n",
    )
    server = lab.start("server", "redis-server", config, cwd=lab.folder)
    lab.wait_for_port("server", SERVER, 6379, server)
    client = ["redis-cli", "-h", SERVER, "--no-auth-warning"]
    with lab.capture("client", path), inside("client"):
        run(*client, "-a", "wrong", "ping")
        run(*client, "-a", "def4ult-pass", "set", "stock:17", "23")
        run(*client, "--user", "frieda", "--pass", "r3dis-pass", "get", "stock:17")
        # HELLO with AUTH, RESP3, refused and accepted on one connection
        run(*client, input=b"hello 3 auth frieda guess\nhello 3 auth frieda r3dis-pass setname till\nget stock:17\n")
        # What people type into a bare connection
        with socket.create_connection((SERVER, 6379), 10) as bare:
            bare.sendall(b"AUTH frieda 'r3dis-pass'\r\nPING\r\nQUIT\r\n")
            while bare.recv(4096):
                pass


def mqtt(lab, path):
    """mqtt_connect.pcap"""
    hosts(lab)
    passwords = lab.file("passwords", "frieda:m0squitto-pass\n")
    run("mosquitto_passwd", "-U", passwords)
    config = lab.file(
        "mosquitto.conf", f"listener 1883 {SERVER}\nallow_anonymous false\npassword_file {passwords}\nuser root\n"
    )
    server = lab.start("server", "mosquitto", "-c", config)
    lab.wait_for_port("server", SERVER, 1883, server)
    client = ["mosquitto_pub", "-h", SERVER, "-t", "till/7/total", "-i", "till-7", "-m", "23.50"]
    with lab.capture("client", path), inside("client"):
        for version in ("mqttv31", "mqttv311", "mqttv5"):
            for password in ("guess", "m0squitto-pass"):
                will = ["--will-topic", "till/7", "--will-payload", "gone"] if version == "mqttv5" else []
                run(*client, *will, "-V", version, "-u", "frieda", "-P", password, check=False)
        time.sleep(0.2)
