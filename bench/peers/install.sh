#!/bin/sh
# Installs the peers of `make bench` into .venv/peers, by hash; what cannot be had is said and left out.
set -eu
here=bench/peers
there=.venv/peers

.venv/bin/python -m venv "$there"
"$there/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r "$here/requirements.txt"

if command -v npm >/dev/null 2>&1; then
    cp "$here/package.json" "$here/package-lock.json" "$there/"
    npm ci --prefix "$there" --ignore-scripts --no-audit --no-fund --silent
else
    echo "Khan KAS is left out: it needs node and npm."
fi

if ! command -v maxima >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends maxima >/dev/null
    else
        echo "Maxima is left out: install it with your system's packages, e.g. apt-get install maxima"
    fi
fi
echo "The peers are in $there."
