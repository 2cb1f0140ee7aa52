#!/usr/bin/env bash
# Makes the Python environment from the lock file. Run by `make setup`.
set -euo pipefail
venv=$1
python=${HOST_PYTHON:-python3}
cd "$(dirname "$0")/.."

apt_install() {
    if [ "$(id -u)" -ne 0 ]; then
        echo "These Debian packages are missing: $*. Install them with: sudo apt-get install $*" >&2
        exit 1
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null 2>&1 ||
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null; }
}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    { echo "Python 3.11 or newer is needed; $("$python" --version) was found." >&2; exit 1; }
"$python" -c 'import ensurepip, venv' 2>/dev/null || apt_install python3-venv
missing=()
command -v bwrap >/dev/null || missing+=(bubblewrap)
command -v curl >/dev/null || missing+=(curl)
[ ${#missing[@]} -eq 0 ] || apt_install "${missing[@]}"

# The tests run once more in Turkish: İ/ı and the decimal comma must change nothing.
if ! locale -a 2>/dev/null | grep -qiE '^tr_TR\.utf-?8$'; then
    if [ "$(id -u)" -eq 0 ]; then
        command -v localedef >/dev/null && [ -e /usr/share/i18n/locales/tr_TR ] || apt_install locales
        localedef -i tr_TR -f UTF-8 tr_TR.UTF-8
    else
        echo "The locale tr_TR.UTF-8 is missing; the tests need it: sudo localedef -i tr_TR -f UTF-8 tr_TR.UTF-8" >&2
    fi
fi

[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
echo "Installing the Python packages of requirements/dev.lock into $venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
if ! command -v npm >/dev/null; then apt_install nodejs npm; fi
npm --prefix tests/gltf ci --silent --ignore-scripts --no-audit --no-fund
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
touch "$venv/.ready"
