#!/bin/bash
# A container engine for the tests that build images, on a Debian machine that
# has none: dockerd with BuildKit, unpacked aside, nothing of it installed.
#
#     engine.sh run COMMAND...   start it, make the base images, run COMMAND, end it
#     engine.sh start            start it and leave it running
#     engine.sh env              print the environment to use it, as shell exports
#     engine.sh stop             end it: no process and no mount stays
#
# `run` gives back COMMAND's status, and ends the engine whatever happens, unless
# `start` had started it. COMMAND sees DOCKER_HOST, DOCKER_CONFIG, E2E_DIR,
# BUILDKIT_PROGRESS, a PATH in which `docker` is the unpacked one, and E2E_PRUNE,
# a command that forgets what builds have cached.
#
#     E2E_DIR     where everything lies; default build/e2e; kept between runs
#     E2E_BASES   the base images to make; default: what the suite's files name
#
# It must be root, and starts no network: builds need `--network=host`.
# Status 77: this machine cannot run an engine (one line says why).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
E2E_DIR=${E2E_DIR:-$root/build/e2e}
mkdir -p "$E2E_DIR"
E2E_DIR=$(cd "$E2E_DIR" && pwd -P)
export E2E_DIR
room=7000    # MB: the engine 1,000, base images 2,000, a few builds at a time
suite=trixie # the oldest release whose BuildKit knows heredocs and --link

say() { printf 'engine: %s\n' "$*" >&2; }
die() { say "$*" && exit 1; }
cannot() { say "cannot run here: $*" && exit 77; }

# ---- where things lie -------------------------------------------------------

# A socket's path holds at most 108 bytes, and the engine makes some below its
# own directory: from a deep $E2E_DIR they move to a short one.
set_run_dir() {
    run_dir=$E2E_DIR
    [ "${#E2E_DIR}" -gt 55 ] || return 0
    run_dir=$(cat "$E2E_DIR/run-dir" 2>/dev/null || true)
    [ -n "$run_dir" ] && [ -d "$run_dir" ] && return 0
    [ "${1:-}" = make ] || { run_dir=$E2E_DIR && return 0; }
    run_dir=$(mktemp -d /tmp/dfopt-e2e.XXXXXX)
    echo "$run_dir" >"$E2E_DIR/run-dir"
}

set_environment() {
    DOCKER_HOST=unix://$run_dir/d.sock
    DOCKER_CONFIG=$E2E_DIR/cfg
    BUILDKIT_PROGRESS=plain
    E2E_PRUNE='docker builder prune -f >/dev/null && sleep 5'
    case $PATH in
        "$E2E_DIR/bin:"*) ;;
        *) PATH=$E2E_DIR/bin:$E2E_DIR/dk/usr/bin:$E2E_DIR/dk/usr/sbin:$PATH:/usr/sbin:/sbin ;;
    esac
    export DOCKER_HOST DOCKER_CONFIG BUILDKIT_PROGRESS E2E_PRUNE PATH
    unset DOCKER_CONTEXT DOCKER_TLS_VERIFY DOCKER_BUILDKIT BUILDX_BUILDER
}

print_environment() {
    for name in E2E_DIR DOCKER_HOST DOCKER_CONFIG BUILDKIT_PROGRESS E2E_PRUNE PATH; do
        printf 'export %s=%q\n' "$name" "${!name}"
    done
}

# ---- fetching ---------------------------------------------------------------

unpack_engine() {
    [ -e "$E2E_DIR/dk/complete" ] && return 0
    say "unpacking the engine of $suite into $E2E_DIR/dk"
    rm -rf "${E2E_DIR:?}/dk" "${E2E_DIR:?}/bin"
    mkdir -p "$E2E_DIR/dk" "$E2E_DIR/bin" "$E2E_DIR/cfg/cli-plugins"
    # The newer runc wants a newer libc, so it is this release's.
    bash "$here/debs.sh" "$E2E_DIR/dk" runc \
        docker.io/$suite docker-cli/$suite docker-buildx/$suite containerd/$suite ||
        die "the engine's packages could not be fetched"
    ln -s ../dk/usr/sbin/runc "$E2E_DIR/bin/runc"
    ln -sf "$E2E_DIR/dk/usr/libexec/docker/cli-plugins/docker-buildx" \
        "$E2E_DIR/cfg/cli-plugins/docker-buildx"
    : >"$E2E_DIR/dk/complete"
}

# ---- the daemon -------------------------------------------------------------

# The daemon's process, if the pid file still tells the truth.
daemon_pid() {
    local pid
    pid=$(cat "$run_dir/d.pid" 2>/dev/null) || return 1
    case $(readlink "/proc/$pid/exe" 2>/dev/null) in
        "$E2E_DIR/dk/"*) echo "$pid" ;;
        *) return 1 ;;
    esac
}

# What a run before has left here is taken again, and counts as room.
has_room() {
    local free mine
    free=$(df -Pm "$E2E_DIR" | awk 'NR == 2 { print $4 }')
    mine=$(du -sm "$E2E_DIR" 2>/dev/null | cut -f1)
    [ $((free + mine)) -ge $room ] ||
        cannot "$free MB are free on the disk of $E2E_DIR, about $room are needed"
}

may_run() {
    [ "$(id -u)" -eq 0 ] || cannot 'this needs root'
    [ -e /etc/debian_version ] || cannot 'this is not Debian'
    grep -q 'cgroup' /proc/mounts || cannot 'no cgroups are mounted'
    has_room
    bash "$here/debs.sh" --install mount=mount || die 'there is no mount(8)'
    mkdir -p "$E2E_DIR/probe"
    mount -t tmpfs none "$E2E_DIR/probe" 2>/dev/null ||
        cannot 'this root may not mount (a container without rights?)'
    umount "$E2E_DIR/probe"
    rmdir "$E2E_DIR/probe"
}

# overlay2 wants a file system below that can carry an overlay.
storage_driver() {
    local probe=$E2E_DIR/probe driver=vfs
    mkdir -p "$probe/lower" "$probe/upper" "$probe/work" "$probe/merged"
    if mount -t overlay none "$probe/merged" -o \
        "lowerdir=$probe/lower,upperdir=$probe/upper,workdir=$probe/work" 2>/dev/null; then
        driver=overlay2
        umount "$probe/merged"
    else
        say "no overlay on the file system of $E2E_DIR: layers are copied (slow)"
    fi
    rm -rf "$probe"
    echo "$driver"
}

start_daemon() {
    local driver pid tries=0
    driver=$(storage_driver)
    rm -f "$run_dir/d.sock"
    # On a disk that is nearly full the engine gives up what builds have cached,
    # and then nothing comes from the cache, whatever a rewrite does.
    echo '{"builder": {"gc": {"enabled": false}}}' >"$E2E_DIR/cfg/daemon.json"
    # A session of its own: Ctrl-C is for us. A containerd of the machine, if it
    # has one, is not ours to use, but dockerd would: keep out of its namespace.
    setsid dockerd --config-file "$E2E_DIR/cfg/daemon.json" --storage-driver "$driver" \
        --data-root "$E2E_DIR/data" --exec-root "$run_dir/exec" \
        --pidfile "$run_dir/d.pid" -H "$DOCKER_HOST" \
        --containerd-namespace dfopt-e2e --containerd-plugins-namespace dfopt-e2e-plugins \
        --bridge=none --iptables=false --ip6tables=false \
        >"$E2E_DIR/dockerd.log" 2>&1 </dev/null 9>&- &
    pid=$!
    until docker version >/dev/null 2>&1; do
        tries=$((tries + 1))
        if ! kill -0 "$pid" 2>/dev/null || [ $tries -gt 600 ]; then
            kill "$pid" 2>/dev/null || true
            stop_daemon
            cannot "dockerd: $(why_not)"
        fi
        sleep 0.1
    done
    say "dockerd $(docker version -f '{{.Server.Version}}') is up ($driver)"
}

why_not() { # the daemon's last words
    local line
    line=$(grep -E 'level=(fatal|error)|^failed' "$E2E_DIR/dockerd.log" | tail -n 1)
    [ -n "$line" ] || line=$(tail -n 1 "$E2E_DIR/dockerd.log")
    printf '%.300s' "${line:-no word of it}"
}

wait_gone() { # pid, tenths of a second
    local left=$2
    while kill -0 "$1" 2>/dev/null && [ "$left" -gt 0 ]; do
        sleep 0.1
        left=$((left - 1))
    done
    ! kill -0 "$1" 2>/dev/null
}

# Processes of ours: those of the unpacked programs, and what runs in a
# container, that is with a root directory in our data.
our_processes() {
    local data
    data=$(printf '%s' "$E2E_DIR/data/" | sed 's/[][\\.*^$+?(){}|]/\\&/g')
    {
        find /proc -maxdepth 2 -name exe -lname "$E2E_DIR/dk/*" 2>/dev/null || true
        grep -lsE "^([^ ]+ ){4}/ .*$data" /proc/[0-9]*/mountinfo || true
    } | sed -n 's,^/proc/\([0-9]*\)/.*,\1,p' | sort -un
}

unmount_ours() {
    awk -v a="$E2E_DIR/" -v b="$run_dir/" \
        'index($5, a) == 1 || index($5, b) == 1 { print $5 }' /proc/self/mountinfo |
        sort -r | while read -r point; do umount -l "$(printf '%b' "$point")" || true; done
}

stop_daemon() {
    local pid
    if pid=$(daemon_pid); then
        # shellcheck disable=SC2046
        set -- $(timeout 5 docker ps -q 2>/dev/null)
        [ $# -eq 0 ] || timeout 10 docker kill "$@" >/dev/null 2>&1 || true
        kill -TERM "$pid" 2>/dev/null || true
        wait_gone "$pid" 200 || kill -KILL "$pid" 2>/dev/null || true
    fi
    for pid in $(our_processes); do
        kill -KILL "$pid" 2>/dev/null || true
        wait_gone "$pid" 20 || true
    done
    unmount_ours
    rm -rf "$run_dir/d.sock" "$run_dir/d.pid" "$run_dir/exec" "$E2E_DIR/kept"
    if [ "$run_dir" != "$E2E_DIR" ]; then
        rm -rf "$run_dir" "$E2E_DIR/run-dir"
    fi
}

# ---- the command ------------------------------------------------------------

# The images that the suite's Dockerfiles begin with; and those that a rewriter
# may take instead.
suite_bases() {
    find "$root/testdata/apps" "$root/testdata/faults" \
        \( -name 'Dockerfile*' -o -name wrong \) -type f 2>/dev/null |
        sort | xargs -r sed -n 's/^[Ff][Rr][Oo][Mm][ \t]\+\(--[^ ]*[ \t]\+\)*\([^ \t\r]*\).*/\2/p' |
        sed 's/^\(node:20\|python:3.11\|ruby:3.1\)$/&\n&-slim/
             s,^golang:.*,&\ngcr.io/distroless/static-debian13,' | sort -u |
        while read -r image; do
            bash "$here/bases.sh" --knows "$image" && echo "$image"
        done
}

# Two at a time: the slim ones, and those with compilers.
make_bases() {
    local slim='' full='' image other
    for image in ${E2E_BASES-$(suite_bases)}; do
        case $image in
            *-slim) slim="$slim $image" ;;
            *) full="$full $image" ;;
        esac
    done
    # shellcheck disable=SC2086
    if [ -n "$slim" ] && [ -n "$full" ]; then
        bash "$here/bases.sh" debian:bookworm-slim 9>&- || return
        bash "$here/bases.sh" $slim 9>&- &
        other=$!
        bash "$here/bases.sh" $full 9>&- || return
        wait "$other"
    else
        [ -z "$slim$full" ] || bash "$here/bases.sh" $slim $full 9>&-
    fi
}

bring_up() { # leaves $started: whether the daemon is ours to end
    may_run
    set_run_dir make
    set_environment
    exec 9>"$E2E_DIR/lock"
    flock -n 9 || die "another run uses $E2E_DIR"
    unpack_engine
    started=
    if daemon_pid >/dev/null && [ -e "$E2E_DIR/kept" ] && docker version >/dev/null 2>&1; then
        return 0
    fi
    stop_daemon # what a killed run has left
    set_run_dir make
    set_environment
    started=yes
    start_daemon
}

child=
pass_on() { # signal, status: the command first, then the exit trap
    trap '' INT TERM HUP
    if [ -n "$child" ]; then
        kill -"$1" -- "-$child" 2>/dev/null || true
        wait_gone "$child" 100 || kill -KILL -- "-$child" 2>/dev/null || true
    fi
    exit "$2"
}

finish() {
    trap '' INT TERM HUP
    [ -z "${started:-}" ] || stop_daemon
}

# The command is a job, in the background: so that a signal for us is answered
# at once, and the command has the default action for it.
run_command() {
    local status=0
    set -m
    "$@" 9>&- &
    child=$!
    set +m
    wait "$child" || status=$?
    child=
    return $status
}

run() {
    local status=0
    [ $# -gt 0 ] || die 'run what?'
    trap finish EXIT
    trap 'pass_on INT 130' INT
    trap 'pass_on TERM 143' TERM
    trap 'pass_on HUP 129' HUP
    bring_up
    run_command make_bases || die 'the base images could not be made'
    run_command "$@" || status=$?
    exit $status
}

case ${1:-} in
    run)
        shift
        run "$@"
        ;;
    start)
        bring_up
        : >"$E2E_DIR/kept"
        print_environment >"$E2E_DIR/env"
        ;;
    env)
        set_run_dir
        set_environment
        print_environment
        ;;
    stop)
        set_run_dir
        set_environment
        stop_daemon
        ;;
    *)
        sed -n '2,/^set -eu/s/^# \{0,1\}//p' "$0" >&2
        exit 2
        ;;
esac
