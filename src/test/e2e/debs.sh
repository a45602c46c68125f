#!/bin/bash
# Fetches Debian packages and unpacks them into a directory, installing none:
#
#     debs.sh DIRECTORY PACKAGE[/RELEASE]...
#     debs.sh --mirror         print the archive that this machine uses
#     debs.sh --version PACKAGE    print its version in this release
#     debs.sh --settings       print the apt settings that a container needs
#     debs.sh --install COMMAND=PACKAGE...     install those whose COMMAND is missing
#
# Its apt state lies in $E2E_DIR/apt, apart from the machine's own: this release
# and one newer, from the mirror of the machine's own sources.
set -eu
: "${E2E_DIR:?}"
newer=trixie
apt=$E2E_DIR/apt

own=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)

retry() { # COMMAND...: networks fail now and then
    local try
    for try in 1 2 3 4 5; do
        "$@" && return 0
        sleep $((try * 2))
    done
    return 1
}

mirror() {
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' \
        'Created-By: Packages' |
        sed -n "s/ $own main\$//p" | sed -n '/debian\/*$/p' | sed 's,/*$,,;1q'
}

# The clock of a machine without a network may be off; its proxy is ours too.
settings() {
    printf 'Acquire::%s "false";\n' Check-Valid-Until Check-Date
    apt-config dump | grep -E '^Acquire::https?::Proxy(::| )' || true
}

prepare() {
    [ -e "$apt/updated" ] && return 0
    local from release
    from=$(mirror)
    [ -n "$from" ] || { echo "debs: no source of $own main on this machine" >&2 && exit 1; }
    mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial" \
        "$apt/etc/apt.conf.d" "$apt/etc/preferences.d" "$apt/etc/sources.list.d"
    : >"$apt/status"
    for release in "$own" "$newer"; do
        printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' \
            "$from" "$release"
    done | sort -u >"$apt/etc/sources.list"
    {
        printf 'Dir::State "%s/state";\nDir::State::status "%s/status";\n' "$apt" "$apt"
        printf 'Dir::Cache "%s/cache";\nDir::Etc "%s/etc";\n' "$apt" "$apt"
        printf 'APT::Default-Release "%s";\n' "$own"
        printf 'Acquire::Languages "none";\nAPT::Sandbox::User "root";\n'
        settings
    } >"$apt/apt.conf"
    APT_CONFIG=$apt/apt.conf retry apt-get update -qq -o APT::Update::Error-Mode=any
    : >"$apt/updated"
}

unpack() { # directory, packages: only the .debs of this call
    local into=$1 debs deb
    shift
    prepare
    debs=$(mktemp -d "$E2E_DIR/debs.XXXXXX")
    (cd "$debs" && APT_CONFIG=$apt/apt.conf retry apt-get download -qq "$@") ||
        { rm -rf "$debs" && return 1; }
    mkdir -p "$into"
    for deb in "$debs"/*.deb; do
        dpkg -x "$deb" "$into"
    done
    rm -rf "$debs"
}

version() {
    prepare
    APT_CONFIG=$apt/apt.conf apt-cache show --no-all-versions "$1" | sed -n 's/^Version: //p'
}

install_missing() { # one call at a time: others may be under way
    local word packages=''
    exec 8>"$E2E_DIR/install-lock"
    flock 8
    for word in "$@"; do
        command -v "${word%%=*}" >/dev/null || packages="$packages ${word#*=}"
    done
    [ -n "$packages" ] || return 0
    export DEBIAN_FRONTEND=noninteractive
    retry apt-get update -qq
    # shellcheck disable=SC2086
    retry apt-get install -y -qq --no-install-recommends \
        -o Dpkg::Options::=--force-unsafe-io $packages >/dev/null
}

case ${1:-} in
    --mirror) mirror ;;
    --settings) settings ;;
    --version) version "$2" ;;
    --install) shift && install_missing "$@" ;;
    -* | '') sed -n '2,/^set -eu/s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
    *) unpack "$@" ;;
esac
