#!/bin/sh
# Makes .venv with the first Python >= 3.11 that can, and installs into it what the arguments name, by hash.
set -eu

fits='import sys; sys.exit(sys.version_info < (3, 11))'
whole='import ensurepip, venv'

stop() {
    printf '%s\n' "$1" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
    command -v apt-get >/dev/null 2>&1 || return 1
    [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; }
}

find_python() {
    newest=
    for name in python3.11 python3.12 python3.13 python3.14 python3 python; do
        "$name" -c "$fits" 2>/dev/null || continue
        newest=${newest:-$name}
        if "$name" -c "$whole" 2>/dev/null; then
            python=$name
            return 0
        fi
    done
    return 1
}

if ! .venv/bin/python -c "$fits" 2>/dev/null; then
    rm -rf .venv
    if ! find_python; then
        [ -n "$newest" ] || stop "Backprop Trainer needs Python 3.11 or newer; this machine has $(python3 --version 2>/dev/null || echo none)."
        package="$("$newest" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
        may_install || stop "$newest cannot make virtual environments. Install them and try again: apt-get install $package"
        echo "Installing $package ..."
        as_root apt-get update -qq
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package" >/dev/null
        find_python || stop "$newest still cannot make virtual environments after installing $package."
    fi
    echo "Making .venv with $("$python" --version) ..."
    "$python" -m venv .venv
fi

echo "Installing packages into .venv ..."
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes "$@" ||
    stop "Installing the packages failed; the lines above say why. Without a network there is nothing to install from."
