#!/bin/sh
# Brings what the tests need besides Python packages: a browser with a Chinese font, Java, the
# jars of a Neo4j server, and the JavaScript driver. Idempotent; where it may not install, it says the one command to run.
set -eu
cd "$(dirname "$0")/.."

need() {
    command -v "$1" >/dev/null 2>&1 && return 0
    shift
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        [ -n "${updated:-}" ] || apt-get update -qq
        updated=yes
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null
    else
        echo "Please run: sudo apt-get install $*" >&2
        exit 1
    fi
}

need chromium chromium fonts-noto-cjk
need java default-jre-headless
need mvn maven
need npm nodejs npm
[ -d .cache/node/node_modules/neo4j-driver ] ||
    npm install --silent --no-fund --no-audit --prefix .cache/node neo4j-driver@5
sh tests/neo4j/fetch.sh
