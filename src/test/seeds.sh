#!/bin/sh
# seeds.sh DIR: what the fuzz harnesses begin with, out of testdata/ and of our
# own tables: DIR/dockerfile, and one more for each harness that wants others.
set -eu
out=$1
rm -rf "$out"
for kind in dockerfile ignore manifest yaml project shell; do
    mkdir -p "$out/$kind"
done

# Dockerfiles first: a project (test/project.h) begins with its own.
small() { find "$@" -type f -size -16k | LC_ALL=C sort; }
files=$(small testdata/parse testdata/hostile testdata/corpus \
    testdata/transforms)
{
    echo "$files" | grep '/Dockerfile$'
    echo "$files" | grep -v '/Dockerfile$'
    small transforms testdata/cli | grep '\.ya*ml$'
} | grep -v '/expected/' | LC_ALL=C awk -v out="$out" '
function name(path) { gsub("/", "-", path); return path }
function copy(file, to, head,   line) {
    if (head != "") print head >>to
    while ((getline line <file) > 0) {
        print line >>to
        if (!runs || !sub(/^RUN /, "", line) || line ~ /^[-<[]/) continue
        nruns += 0.05
        print line >>(out "/shell/" int(nruns))
    }
    close(file)
    close(to)
}
function put(kind, head) { copy($0, out "/" kind "/" name($0), head) }
{ runs = 0 }
/^transforms|^testdata\/cli/ { put("yaml", ""); next }
match($0, /\/input\//) {
    project = out "/project/" name(substr($0, 1, RSTART - 1))
    path = substr($0, RSTART + RLENGTH)
    copy($0, project, path == "Dockerfile" ? "" : "-- " path " --")
}
/\/Dockerfile$/ { runs = 1; put("dockerfile", "") }
/\.sh$/ { put("shell", "") }
/dockerignore$/ { put("ignore", "a/b") }
/\.(json|lock|ya?ml|mod|txt|toml|xml|csproj)$/ { put("manifest", "") }'
find "$out" -type f -size +15k -exec rm {} +
