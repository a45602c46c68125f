#!/bin/sh
# facts.sh DIR OUT - write OUT/*.yaml, knowledge on images, from tables in DIR.
#
# The tables are TSV with a header line: image_tags, image_variants,
# base_closure, base_closure_totals, commands, image_sizes, eol. Columns are
# found by their names. `-` is none, `?` unknown: neither gets into the YAML.
# Same tables, same bytes.
set -eu
LC_ALL=C
export LC_ALL

dir=$1
out=$2
date=$(sed -n 's/^Made \([0-9-]*\)\..*/\1/p' "$dir/README.md")
: "${date:?DIR/README.md has no line \"Made YYYY-MM-DD.\"}"
mkdir -p "$out"

# Functions that the programs below share: columns by name, YAML scalars, and
# flow sequences folded at 80 columns.
lib='
function columns(   i) {
    for (i = 1; i <= NF; i++)
        at[$i] = i
}
function col(name) {
    if (!(name in at)) {
        print FILENAME ": no column " name >"/dev/stderr"
        exit failed = 1
    }
    return $at[name]
}
function known(s) { return s != "-" && s != "?" && s != "" }
function quote(s) {
    if (s ~ /^[A-Za-z\/][A-Za-z0-9._\/+-]*$/ &&
        s !~ /^([yYnN]|[Yy]es|[Nn]o|[Oo]n|[Oo]ff|[Tt]rue|[Ff]alse|[Nn]ull)$/)
        return s
    gsub(/\047/, "\047\047", s)
    return "\047" s "\047"
}
function begin_row(text) { line = "  - {" text }
function put(text) {
    if (length(line) + length(text) + 2 > 79) {
        print line ","
        line = "     " text
    } else {
        line = line ", " text
    }
}
function put_list(name, n, items,   i) {
    put(name ": [" quote(items[1]) (n == 1 ? "]" : ""))
    for (i = 2; i <= n; i++)
        put(quote(items[i]) (i == n ? "]" : ""))
}
function end_row() { print line "}" }
function head(title, section) {
    print "# " title
    print "#"
    print "# Made by `make facts` from tables of " date ": do not edit."
    print ""
    print section ":"
}
BEGIN { FS = "\t" }
FNR == 1 { columns(); next }
END { if (failed) exit 1 }
'

table() {
    name=$1
    shift
    awk -v date="$date" "$lib"'
BEGIN { print "# The day of the tables behind this folder: made by `make facts`."
    print ""
    print "date: " date
    exit
}' </dev/null >"$out/date.yaml.new"
    awk -v date="$date" "$lib$program" "$@" >"$out/$name.yaml.new"
}

program='
BEGIN {
    head("Commands: the Debian packages that have them, likeliest first; the\n" \
         "# layers of buildpack-deps (base, curl, scm, full) that bring them, by\n" \
         "# release; images that bring them besides; whether alpine has them, and in\n" \
         "# which of its packages.\n" \
         "# A command that is missing here is unknown, not absent.", "commands")
}
{
    begin_row("name: " quote(col("command")))
    if (known(col("debian_packages"))) {
        n = split(col("debian_packages"), list, /[ ,;]+/)
        put_list("packages", n, list)
    }
    n = 0
    for (i = split("bookworm bullseye trixie", suite, " "); i > 0; i--) {
        layer = col(suite[i] "_layer")
        sub(/[?]$/, "", layer)
        if (known(layer))
            where[++n] = suite[i] " " layer
    }
    if (n)
        put_list("in", n, where)
    n = 0
    images = col("official_images")
    gsub(/[(][^)]*[)]|:[^,|]*/, "", images)
    for (i = split(images, part, /[,|]/); i > 0; i--)
        if (known(part[i]))
            list[++n] = part[i]
    if (n)
        put_list("images", n, list)
    if (col("alpine_base") == "applet" || col("alpine_base") ~ /^pkg:/)
        put("alpine: true")
    if (known(col("alpine_package")))
        put("apk: " quote(col("alpine_package")))
    end_row()
}'
table commands "$dir/commands.tsv"

program='
BEGIN {
    head("What images hold: Debian packages by layer, each upon another one of\n" \
         "# the same release, with what all together take in MB (10^6 bytes): the\n" \
         "# sum of the installed sizes of the packages, and the files of one that was\n" \
         "# built. Compare like with like. `devel` are the packages that are only\n" \
         "# there to compile something.",
         "layers")
}
# buildpack-deps:bookworm-curl, python:X-slim-bookworm, debian:bookworm-slim
function suite_of(s) {
    return s ~ /bookworm/ ? "bookworm" : s ~ /bullseye/ ? "bullseye" : "trixie"
}
function name_of(s) {
    sub(/-?(bookworm|bullseye|trixie)/, "", s)
    sub(/:X-/, "-", s)
    sub(/:X?$/, "", s)
    sub(/:-?/, "-", s)
    gsub(/[(),]/, " ", s)
    sub(/ +$/, "", s)
    return s
}
function level_of(s) {
    return s ~ /^debian/ ? "base" : s == "buildpack-deps-curl" ? "curl" : \
           s == "buildpack-deps-scm" ? "scm" : s == "buildpack-deps" ? "full" : ""
}
FILENAME ~ /base_closure.tsv$/ {
    k = col("layer")
    if (col("section") ~ /^(lib)?devel$/)
        devel[k, ++ndevel[k]] = col("package")
    else
        adds[k, ++nadds[k]] = col("package")
    next
}
FILENAME ~ /image_sizes.tsv$/ {
    if (col("status") == "built" && col("metric") == "uncompressed_mb")
        built[col("image")] = col("low")
    next
}
{
    k = col("layer")
    if (k ~ /^addon:/)
        next
    suite = suite_of(k)
    full = name_of(k)
    image = k
    # The packages are the same with and without -slim; the files are not.
    if (full == "debian-slim") {
        one("debian", "debian:" suite, "")
        one("debian-slim", k, "debian")
    } else {
        parent = name_of(col("parent"))
        one(full, k, parent)
    }
}
function one(name, image, parent,   k, i, list) {
    begin_row("name: " quote(name))
    put("suite: " suite)
    if (parent != "")
        put("on: " quote(parent))
    if (level_of(name) != "" && name != "debian-slim")
        put("level: " level_of(name))
    put("packages: " col("total_packages"))
    put(sprintf("mb: %.1f", col("total_kib") * 1024 / 1e6))
    if (image in built)
        put("built-mb: " built[image])
    if (name == "debian-slim") {
        end_row()
        return
    }
    k = col("layer")
    split("", list)
    for (i = 1; i <= nadds[k]; i++)
        list[i] = adds[k, i]
    put_list("adds", nadds[k], list)
    split("", list)
    for (i = 1; i <= ndevel[k]; i++)
        list[i] = devel[k, i]
    if (ndevel[k])
        put_list("devel", ndevel[k], list)
    end_row()
}'
table layers "$dir/base_closure.tsv" "$dir/image_sizes.tsv" \
    "$dir/base_closure_totals.tsv"

program='
BEGIN {
    head("What packages take upon a slim image: Debian packages that are\n" \
         "# installed without recommended ones, with all that they depend on.",
         "addons")
}
/^[^\t]*\taddon:/ {
    s = col("layer")
    suite = s
    sub(/.*-/, "", suite)
    sub(/^addon:/, "", s)
    sub(/-[a-z]*$/, "", s)
    sub(/.*[(]/, "", s)
    sub(/[)].*/, "", s)
    sub(/g[+][+]/, "g#", s)
    n = split(s, list, /[+,]/)
    for (i = 1; i <= n; i++)
        sub(/#/, "++", list[i])
    begin_row("suite: " suite)
    put(sprintf("mb: %.1f", col("added_kib") * 1024 / 1e6))
    put("packages: " col("added_packages"))
    put_list("names", n, list)
    end_row()
}'
table addons "$dir/base_closure_totals.tsv"

program='
BEGIN {
    head("Tags that were current, most specific first, and the release of Debian\n" \
         "# or Alpine behind them. A tag of the past is missing.", "tags")
    want = " buildpack-deps debian eclipse-temurin elixir erlang haskell httpd" \
           " memcached nginx node openjdk perl php postgres pypy python redis" \
           " ruby rust swift tomcat "
}
index(want, " " col("image") " ") && col("os_family") != "windows" {
    k = col("image") "\t" col("canonical_tag")
    if (seen[col("image"), col("tag")]++)
        next
    if (!(k in count))
        order[++n] = k
    if (known(col("os_release")) && !(k in release))
        release[k] = col("os_release")
    if (col("tag") != col("canonical_tag"))
        tags[k, ++count[k]] = col("tag")
    else
        count[k] += 0
    has[k] = has[k] || col("tag") == col("canonical_tag")
}
END {
    for (i = 1; i <= n; i++) {
        k = order[i]
        split(k, part, "\t")
        begin_row("image: " quote(part[1]))
        if (k in release)
            put("release: " quote(release[k]))
        m = 0
        split("", list)
        if (has[k])
            list[++m] = part[2]
        for (j = 1; j <= count[k]; j++)
            list[++m] = tags[k, j]
        put_list("tags", m, list)
        end_row()
    }
}'
table tags "$dir/image_tags.tsv"

program='
BEGIN {
    head("Smaller siblings: the first row of an image and a kind whose pattern\n" \
         "# matches the tag counts.", "siblings")
}
function filled(s) {
    while (match(s, /\\[0-9]/))
        s = substr(s, 1, RSTART - 1) "$" substr(s, RSTART + 1)
    return s
}
col("kind") ~ /^(slim|alpine|alpine-slim|jre|scm|curl|base)$/ &&
known(col("target_tag")) {
    begin_row("image: " quote(col("image")))
    put("kind: " col("kind"))
    put("pattern: " quote(col("tag_ere")))
    if (col("target_image") != col("image"))
        put("to: " quote(col("target_image")))
    put("tag: " quote(filled(col("target_tag"))))
    end_row()
}'
table siblings "$dir/image_variants.tsv"

program='
BEGIN {
    head("Published sizes, compressed, in MB (10^6 bytes): the lowest and the\n" \
         "# highest that was seen.", "sizes")
}
col("metric") == "compressed_mb" && col("status") == "measured" &&
col("image") ~ /^[a-z-]+:[^ ]+$/ {
    split(col("image"), part, ":")
    begin_row("image: " quote(part[1]))
    put("tag: " quote(part[2]))
    put("low: " col("low"))
    put("high: " col("high"))
    end_row()
}'
table sizes "$dir/image_sizes.tsv"

program='
BEGIN {
    head("End of life, by image and cycle: the longest cycle that a tag begins\n" \
         "# with. Cycles with a date only; of Debian the end of long term support,\n" \
         "# as long as its images are built. Debian and Ubuntu stand under the\n" \
         "# first word of their names, too.", "eol")
    n = split("almalinux alpine amazonlinux centos composer debian dotnet" \
              " eclipse-temurin elixir erlang fedora golang haproxy httpd" \
              " mariadb memcached mongo mysql nginx node oraclelinux perl php" \
              " postgres python rabbitmq redis rockylinux ruby tomcat ubuntu" \
              " wordpress", names, " ")
    for (i = 1; i <= n; i++)
        want[names[i]] = 1
}
{ product = col("images") }
product == "mcr.microsoft.com/dotnet/*" { product = "dotnet" }
product in want {
    date = product == "debian" ? col("eoes") : col("eol")
    if (date !~ /^[0-9]+-/ || (product == "debian" && col("cycle") + 0 < 5))
        next
    row(product, col("cycle"))
    name = tolower(col("codename"))
    sub(/ .*/, "", name)
    if (known(name) && product ~ /^(debian|ubuntu)$/)
        row(product, name)
}
function row(product, cycle) {
    begin_row("product: " quote(product))
    put("cycle: " quote(cycle))
    if (col("release_date") ~ /^[0-9]+-/)
        put("from: " col("release_date"))
    put("date: " date)
    end_row()
}'
table eol "$dir/eol.tsv"

for f in "$out"/*.yaml.new; do
    mv "$f" "${f%.new}"
done
