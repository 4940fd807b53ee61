#!/bin/sh
# Puts the jars of a Neo4j server where the tests look for them: .cache/neo4j/lib of this project.
# Says nothing and does nothing when they are there. Needs Java 17 or 21 and Maven; installs them by
# apt when it may, else says which command does.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
lib="$root/.cache/neo4j/lib"
done_mark="$lib/.from-pom"

missing=""
command -v java >/dev/null 2>&1 || missing="default-jre-headless"
if ! cmp -s "$here/pom.xml" "$done_mark"; then
    command -v mvn >/dev/null 2>&1 || missing="$missing maven"
fi
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        log=$(mktemp)
        export DEBIAN_FRONTEND=noninteractive
        # shellcheck disable=SC2086  # a list of package names
        if ! { apt-get update -q && apt-get install -q -y --no-install-recommends $missing; } >"$log" 2>&1
        then
            cat "$log" >&2
            rm -f "$log"
            exit 1
        fi
        rm -f "$log"
    else
        echo "The Neo4j tests need Java and Maven. Install them, for example:" >&2
        echo "    sudo apt-get install --no-install-recommends$(printf ' %s' $missing)" >&2
        exit 1
    fi
fi
if cmp -s "$here/pom.xml" "$done_mark"; then
    exit 0
fi

part="$lib.part.$$"
trap 'rm -rf "$part"' EXIT
mkdir -p "$part"
mvn -q -B -f "$here/pom.xml" dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$part" >"$part/mvn.log" 2>&1 || {
    cat "$part/mvn.log" >&2
    exit 1
}
rm -f "$part/mvn.log"
cp "$here/pom.xml" "$part/.from-pom"
rm -rf "$lib"
mv "$part" "$lib"
