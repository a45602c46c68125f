/*
 * Rules for projects: see test/grammar.h.
 *
 * `<name>` is a rule of that name, `%` a digit; all else stands for itself.
 * Rows of one name are alternatives, by weight. The Dockerfiles must parse, and
 * a builder would take most of them; what they call need not be there.
 */
#include "test/grammar.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define MAX_DEPTH    12

typedef struct {
    const char *name;
    unsigned weight;
    const char *text;
} rule;

static const rule RULES[] = {
    {"all", 8, "<top><node-stage><node-files><more-files>"},
    {"all", 8, "<top><pip-stage><pip-files><more-files>"},
    {"all", 4, "<top><go-stage><go-files><more-files>"},
    {"all", 4, "<top><gem-stage><gem-files><more-files>"},
    {"all", 3, "<top><java-stage><java-files><more-files>"},
    {"all", 3, "<top><other-stage><other-files><more-files>"},
    {"all", 6, "<top><apt-stage><more-files>"},
    {"all", 3, "<top><build-stage><other><from-build><more-files>"},
    {"all", 2, "<top><node-build><site-stage><node-files><more-files>"},
    {"all", 2, "<top><node-stage><pip-run><node-files><pip-files>"},

    {"all", 6, "<top><tool-stage><more-files>"},

    {"top", 20, ""},
    {"top", 2, "# syntax=docker/dockerfile:1\n"},
    {"top", 2, "# A service\n# of ours\n\n"},
    {"top", 1, "ARG TAG=1%\nARG BASE=debian:12\n"},
    {"top", 1, "# dfopt: ignore=slim-base\n"},

    /* Lines that go anywhere in a stage. */
    {"any", 30, ""},
    {"any", 8, "<line>"},
    {"any", 4, "<line><line>"},
    {"any", 2, "\n"},
    {"any", 2, "# <words>\n"},
    {"any", 1, "<line><any><line>"},
    {"line", 8, "<apt-run>"},
    {"line", 8, "RUN <list>\n"},
    {"line", 4, "RUN <list>\nRUN <list>\n"},
    {"line", 2, "RUN <flag> <list>\n"},
    {"line", 4, "ENV <var>=<value>\n"},
    {"line", 2, "ENV <var> <words>\n"},
    {"line", 2, "ENV <var>=<value> <var>=<value> \\\n    <var>=<value>\n"},
    {"line", 3, "ARG <var>\n"},
    {"line", 2, "ARG <var>=<value>\n"},
    {"line", 4, "WORKDIR <dir>\n"},
    {"line", 3, "COPY <file> <dir>/\n"},
    {"line", 2, "COPY <owner> <file> <file> ./\n"},
    {"line", 2, "COPY . .\n"},
    {"line", 1, "ADD <file> <dir>/\n"},
    {"line", 1, "ADD https://example.com/a.tar.gz /tmp/\n"},
    {"line", 1, "COPY [\"<file>\", \"<dir>/\"]\n"},
    {"line", 1, "COPY <<EOF /etc/a.conf\n<words>\nEOF\n"},
    {"line", 2, "RUN <<EOF\n<simple>\n<simple>\nEOF\n"},
    {"line", 1, "RUN <<-'EOF' bash\n\t<simple>\n\tEOF\n"},
    {"line", 2, "RUN [\"<tool>\", \"<word>\"]\n"},
    {"line", 2, "USER <user>\n"},
    {"line", 1, "LABEL a.<word>=\"<words>\"\n"},
    {"line", 1, "EXPOSE 80%0\n"},
    {"line", 1, "VOLUME <dir>\n"},
    {"line", 1, "STOPSIGNAL SIGTERM\n"},
    {"line", 1, "SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\n"},
    {"line", 1, "SHELL [\"/bin/sh\", \"-ec\"]\n"},
    {"line", 1, "HEALTHCHECK --interval=%0s CMD <list>\n"},
    {"line", 1, "MAINTAINER <words>\n"},
    {"line", 1, "ONBUILD RUN <list>\n"},
    {"line", 1, "# dfopt: <pragma>\nRUN <list>\n"},
    {"line", 1, "# <words>\n"},
    {"pragma", 1, "keep"},
    {"pragma", 1, "ignore"},
    {"pragma", 1, "ignore=merge-run,clean-cache"},
    {"pragma", 1, "artifact=<dir>/<word>"},
    {"flag", 2, "--mount=type=cache,target=/root/.cache"},
    {"flag", 1, "--mount=type=bind,source=.,target=/src"},
    {"flag", 1, "--mount=type=secret,id=npmrc"},
    {"flag", 1, "--network=none"},
    {"owner", 3, "--chown=<user>:<user>"},
    {"owner", 1, "--chmod=755"},
    {"owner", 1, "--link"},

    /* Words. */
    {"and", 4, " && "},
    {"and", 6, " \\\n && "},
    {"and", 3, " && \\\n    "},
    {"and", 1, " \\\n# <words>\n && "},
    {"gap", 6, " "},
    {"gap", 3, " \\\n      "},
    {"gap", 1, " \\\n      # <words>\n      "},
    {"word", 3, "a"},
    {"word", 2, "server"},
    {"word", 1, "data"},
    {"word", 1, "v%.%"},
    {"word", 1, "\303\251t\303\251"},
    {"words", 3, "<word>"},
    {"words", 2, "<word> <words>"},
    {"words", 1, "it's <word>; \"so\" && on"},
    {"var", 3, "VERSION"},
    {"var", 2, "PORT"},
    {"var", 2, "NODE_ENV"},
    {"var", 1, "PATH"},
    {"var", 1, "DEBIAN_FRONTEND"},
    {"var", 1, "PIP_NO_CACHE_DIR"},
    {"value", 4, "%"},
    {"value", 2, "production"},
    {"value", 2, "noninteractive"},
    {"value", 1, "\"<words>\""},
    {"value", 1, "/opt/bin:$PATH"},
    {"value", 1, "${VERSION:-%}"},
    {"user", 3, "root"},
    {"user", 3, "app"},
    {"user", 2, "node"},
    {"user", 1, "1000"},
    {"dir", 6, "/app"},
    {"dir", 2, "/usr/src/app"},
    {"dir", 2, "/srv"},
    {"dir", 1, "/"},
    {"dir", 1, "sub"},
    {"dir", 1, "/data"},
    {"dir", 1, "$HOME"},
    {"file", 3, "."},
    {"file", 3, "src"},
    {"file", 2, "start.sh"},
    {"file", 2, "config/*.yml"},
    {"file", 1, "package*.json"},
    {"file", 1, "requirements.txt"},
    {"file", 1, "missing"},

    /* The shell. */
    {"list", 8, "<simple>"},
    {"list", 8, "<simple><and><simple>"},
    {"list", 4, "<simple><and><list>"},
    {"list", 2, "<simple>; <list>"},
    {"list", 2, "<simple> || <simple>"},
    {"list", 2, "set -ex<and><list>"},
    {"list", 2, "set -eux; <simple>; \\\n    <simple>"},
    {"list", 2, "cd <dir><and><list>"},
    {"list", 1, "if <simple>; then <list>; fi"},
    {"list", 1, "for i in a b; do <list>; done"},
    {"list", 1, "case \"$VERSION\" in 1*) <simple> ;; *) <list> ;; esac"},
    {"list", 1, "( <list> )"},
    {"list", 1, "{ <list>; }"},
    {"list", 1, "<simple> | <simple>"},
    {"list", 1, "<apt-list>"},
    {"list", 1, "<bash-list>"},
    {"bash-list", 1, "[[ -n $VERSION ]]<and><list>"},
    {"bash-list", 1, "source /etc/profile<and><list>"},
    {"bash-list", 1, "bash -c \"<simple> && <simple>\""},
    {"simple", 4, "<tool> <word>"},
    {"simple", 3, "mkdir -p <dir>"},
    {"simple", 3, "echo <words2> >> /etc/a.conf"},
    {"simple", 2, "curl -fsSL https://example.com/a.tgz -o /tmp/a.tgz"},
    {"simple", 2, "curl -fsSL https://example.com/a.tgz | tar xz -C /opt"},
    {"simple", 1, "wget -q https://example.com/a.tgz"},
    {"simple", 2, "rm -rf /tmp/* /var/tmp/*"},
    {"simple", 2, "chown -R <user>:<user> <dir>"},
    {"simple", 2, "chmod +x start.sh"},
    {"simple", 2, "ln -s <dir>/<word> /usr/local/bin/<word>"},
    {"simple", 2, "useradd -m <user>"},
    {"simple", 1, "export <var>=<value>"},
    {"simple", 1, "<var>=<value> <tool> <word>"},
    {"simple", 1, "./start.sh"},
    {"simple", 1, "make -j$(nproc)"},
    {"simple", 1, "test -f \"$HOME/<word>\""},
    {"simple", 1, "sed -i 's/a/b/g; s/\\(c\\)/\\1/' /etc/a.conf"},
    {"simple", 1, "echo \"$(<tool> --version)\" > /v"},
    {"simple", 1, "cp -r <file> /opt/"},
    {"simple", 1, "true"},
    {"simple", 1, "exit %"},
    {"simple", 1, "service postgresql start"},
    {"simple", 1, "<tool> <word> &"},
    {"simple", 1, "sudo <tool> <word>"},
    {"words2", 1, "<word>"},
    {"words2", 1, "\"a; b && c\""},
    {"words2", 1, "'it is $#'"},
    {"tool", 3, "make"},
    {"tool", 2, "git clone"},
    {"tool", 2, "gcc"},
    {"tool", 1, "python3"},
    {"tool", 1, "ls"},
    {"tool", 1, "frobnicate"},

    /* Package managers of systems. */
    {"apt-stage", 4, "FROM <deb><any><apt-run><any><last>"},
    {"apt-stage", 3, "FROM <deb><any><apt-run><apt-run><any><apt-run><last>"},
    {"apt-stage", 1, "FROM alpine:3.1%\n<any><apk-run><any><apk-run><last>"},
    {"apt-stage", 1, "FROM centos:7\n<any><yum-run><any><yum-run><last>"},
    {"deb", 3, "debian:12\n"},
    {"deb", 2, "ubuntu:22.04\n"},
    {"deb", 2, "ubuntu:14.04\n"},
    {"deb", 1, "debian:stretch\n"},
    {"deb", 1, "buildpack-deps:bookworm\n"},
    {"apt-run", 4, "RUN apt-get update<and><apt-list>\n"},
    {"apt-run", 4, "RUN apt-get update\nRUN <apt-list>\n"},
    {"apt-run", 2, "RUN <apt-list>\n"},
    {"apt-run", 1, "RUN apt-get update -qq<and><apt-list><and><list>\n"},
    {"apt-run", 1, "RUN apt-get purge -y gcc<and>apt-get autoremove -y\n"},
    {"apt-list", 6, "apt-get install -y <packages><apt-end>"},
    {"apt-list", 2, "apt-get -y install <packages><apt-end>"},
    {"apt-list", 2,
     "apt-get install -y --no-install-recommends "
     "<packages><apt-end>"},
    {"apt-list", 1, "apt install -y <packages><apt-end>"},
    {"apt-end", 6, ""},
    {"apt-end", 3, "<and>rm -rf /var/lib/apt/lists/*"},
    {"apt-end", 1, "<and>apt-get clean"},
    {"apt-end", 1, "<and><simple>"},
    {"packages", 3, "<package>"},
    {"packages", 4, "<package><gap><packages>"},
    {"package", 3, "curl"},
    {"package", 2, "build-essential"},
    {"package", 2, "git"},
    {"package", 2, "python3"},
    {"package", 2, "gcc"},
    {"package", 1, "make g++"},
    {"package", 1, "libpq-dev"},
    {"package", 1, "nginx"},
    {"package", 1, "ca-certificates=2023*"},
    {"apk-run", 2, "RUN apk add <packages>\n"},
    {"apk-run", 2, "RUN apk add --no-cache <packages>\n"},
    {"apk-run", 2, "RUN apk update<and>apk add <packages>\n"},
    {"apk-run", 1,
     "RUN apk add --virtual .b gcc<and><simple><and>apk del "
     ".b\n"},
    {"yum-run", 2, "RUN yum install -y <packages>\n"},
    {"yum-run", 1,
     "RUN yum -y update<and>yum -y install <packages><and>yum "
     "clean all\n"},

    {"last", 6, "CMD [\"<word>\"]\n"},
    {"last", 2, "CMD <simple>\n"},
    {"last", 2, "ENTRYPOINT [\"./start.sh\"]\n"},
    {"last", 2, ""},
    {"last", 1, "USER <user>\nCMD [\"<tool>\", \"<word>\"]\n"},

    /* Stages that others copy from. */
    {"build-stage", 2,
     "FROM golang:1.2# AS build\nWORKDIR /src\nCOPY . .\n"
     "<any>RUN go build -o /out/server .\n"},
    {"build-stage", 1,
     "FROM <deb><any><apt-run>COPY src /src\n"
     "RUN make -C /src\n"},
    {"other", 2, "\nFROM <deb><any>"},
    {"other", 1, "\nFROM alpine:3.1%\n<any>"},
    {"other", 1, "\nFROM scratch\n"},
    {"from-build", 2, "COPY --from=0 /out/server /usr/bin/server\n<last>"},
    {"from-build", 1, "COPY --from=0 <owner> /src /src\n<last>"},
    {"site-stage", 2,
     "\nFROM nginx:1.2%\n<any>COPY --from=build /app/dist "
     "/usr/share/nginx/html\n"},

    /* Node. */
    {"node-image", 4, "node:20"},
    {"node-image", 2, "node:18-bullseye"},
    {"node-image", 2, "node:20-alpine"},
    {"node-image", 1, "node:8"},
    {"node-image", 1, "node:20-slim"},
    {"node-stage", 1,
     "FROM <node-image>\n<any>WORKDIR <dir>\n<any>"
     "<node-copy><any><node-run><any><node-last>"},
    {"node-build", 1,
     "FROM <node-image> AS build\n<any>WORKDIR /app\n"
     "<node-copy><node-run><any>RUN npm run build\n"},
    {"node-copy", 6, "COPY . .\n"},
    {"node-copy", 1, "ADD . <dir>\n"},
    {"node-copy", 2, "COPY package*.json ./\n"},
    {"node-copy", 1, "COPY <owner> . .\n"},
    {"node-copy", 1, "COPY package.json src ./\n"},
    {"node-run", 5, "RUN npm install\n"},
    {"node-run", 4, "RUN npm ci<npm-flag>\n"},
    {"node-run", 2, "RUN npm install -g pm2<and>npm install\n"},
    {"node-run", 2, "RUN yarn install --frozen-lockfile\n"},
    {"node-run", 1, "RUN corepack enable<and>pnpm install\n"},
    {"node-run", 1, "RUN npm ci<npm-flag><and>npm run build\n"},
    {"node-run", 1, "RUN npm install<npm-flag><and>npm cache clean --force\n"},
    {"npm-flag", 2, ""},
    {"npm-flag", 1, " --omit=dev"},
    {"npm-flag", 1, " --production"},
    {"npm-flag", 1, " --ignore-scripts"},
    {"node-last", 4, "CMD [\"node\", \"server.js\"]\n"},
    {"node-last", 2, "CMD [\"npm\", \"start\"]\n"},
    {"node-last", 1, "CMD npm start\n"},
    {"node-last", 1, "COPY . .\n<last>"},
    {"node-files", 1,
     "-- package.json --\n<package-json>"
     "-- server.js --\n<js>"
     "<node-lock>"},
    {"package-json", 4,
     "{\"name\": \"a\", \"version\": \"%.0.0\",\n"
     " \"scripts\": {<scripts>},\n"
     " \"dependencies\": {<npm-deps>}}\n"},
    {"package-json", 1,
     "{\"name\": \"a\", \"workspaces\": [\"packages/*\"],\n"
     " \"devDependencies\": {<npm-deps>}}\n"},
    {"package-json", 1, "{\"packageManager\": \"yarn@%.0.0\"}\n"},
    {"scripts", 3, "\"start\": \"node server.js\""},
    {"scripts", 2, "\"build\": \"vite build\", \"start\": \"node .\""},
    {"scripts", 1, "\"postinstall\": \"node tools/setup.js\""},
    {"npm-deps", 2, "\"express\": \"^4.%.0\""},
    {"npm-deps", 2, "\"express\": \"4\", \"bcrypt\": \"^5.%.0\""},
    {"npm-deps", 1, "\"local\": \"file:./packages/local\""},
    {"npm-deps", 1, "\"x\": \"git+https://example.com/x.git\""},
    {"npm-deps", 1, ""},
    {"node-lock", 4, "-- package-lock.json --\n<npm-lock>"},
    {"node-lock", 2,
     "-- yarn.lock --\nexpress@4:\n  version \"4.%.0\"\n"
     "  dependencies:\n    a \"^1.0.0\"\n"},
    {"node-lock", 1,
     "-- pnpm-lock.yaml --\nlockfileVersion: '6.0'\n"
     "dependencies:\n  express:\n    version: 4.%.0\n"},
    {"node-lock", 1, ""},
    {"npm-lock", 2,
     "{\"lockfileVersion\": 3, \"packages\": {\"\": {},\n"
     " \"node_modules/express\": {\"version\": \"4.%.0\"},\n"
     " \"node_modules/bcrypt\": {\"version\": \"5.1.0\",\n"
     "  \"hasInstallScript\": true}}}\n"},
    {"npm-lock", 1,
     "{\"lockfileVersion\": 1, \"dependencies\": {\"express\":\n"
     " {\"version\": \"4.%.0\", \"requires\": {\"a\": \"1\"}}}}"
     "\n"},
    {"js", 2, "require('express')().listen(80%0)\n"},
    {"js", 1,
     "const {execSync} = require('child_process')\n"
     "execSync('git rev-parse HEAD')\n"},
    {"js", 1, "import fs from 'fs'\nfs.readFileSync('config/a.yml')\n"},

    /* Python. */
    {"pip-image", 4, "python:3.1%"},
    {"pip-image", 2, "python:3.9-slim"},
    {"pip-image", 1, "python:2.7"},
    {"pip-image", 1, "python:3.11-alpine"},
    {"pip-stage", 1,
     "FROM <pip-image>\n<any><pip-copy><any><pip-run><any>"
     "<pip-last>"},
    {"pip-copy", 4, "WORKDIR <dir>\nCOPY . .\n"},
    {"pip-copy", 2, "ADD . /app\nWORKDIR /app\n"},
    {"pip-copy", 2, "WORKDIR /app\nCOPY requirements.txt .\n"},
    {"pip-copy", 1, "COPY . /app\n"},
    {"pip-run", 6, "RUN pip install -r requirements.txt\n"},
    {"pip-run", 3, "RUN pip install --no-cache-dir -r requirements.txt\n"},
    {"pip-run", 1, "RUN pip install -r /app/requirements.txt<and>pip check\n"},
    {"pip-run", 1,
     "RUN pip install --upgrade pip<and>pip install -r "
     "requirements.txt\n"},
    {"pip-run", 1, "RUN pip install poetry<and>poetry install --no-dev\n"},
    {"pip-run", 1, "RUN pip install uv<and>uv sync --frozen\n"},
    {"pip-run", 1, "RUN pip install pipenv<and>pipenv install --system\n"},
    {"pip-run", 1, "RUN python setup.py install\n"},
    {"pip-run", 1, "RUN pip install flask gunicorn==2%\n"},
    {"pip-last", 3, "CMD [\"python\", \"app.py\"]\n"},
    {"pip-last", 1, "CMD gunicorn -b :80%0 app:app\n"},
    {"pip-last", 1, "<last>"},
    {"pip-files", 6, "-- requirements.txt --\n<reqs>-- app.py --\n<py>"},
    {"pip-files", 1,
     "-- pyproject.toml --\n<pyproject>"
     "-- poetry.lock --\n<poetry-lock>-- app.py --\n<py>"},
    {"pip-files", 1,
     "-- pyproject.toml --\n<pyproject>"
     "-- uv.lock --\n<uv-lock>-- app.py --\n<py>"},
    {"pip-files", 1,
     "-- Pipfile --\n[packages]\nflask = \"*\"\n"
     "-- Pipfile.lock --\n{\"default\": {\"flask\":\n"
     " {\"version\": \"==2.%\"}}}\n-- app.py --\n<py>"},
    {"reqs", 3, "<req>"},
    {"reqs", 3, "<req><reqs>"},
    {"req", 4, "flask==2.%\n"},
    {"req", 2, "psycopg2-binary>=2.%\n"},
    {"req", 2, "numpy\n"},
    {"req", 1, "uwsgi~=2.0 ; python_version > '3'\n"},
    {"req", 1, "-r base.txt\n"},
    {"req", 1, "-e .\n"},
    {"req", 1, "--index-url https://example.com/simple\n"},
    {"req", 1, "git+https://example.com/x.git#egg=x\n"},
    {"req", 1, "a==1 \\\n    --hash=sha256:0%\n"},
    {"pyproject", 2,
     "[project]\nname = \"a\"\nversion = \"0.%\"\n"
     "dependencies = [\n    \"flask>=2\",\n]\n"},
    {"pyproject", 2,
     "[tool.poetry]\nname = \"a\"\n\n"
     "[tool.poetry.dependencies]\npython = \"^3.8\"\n"
     "flask = \"^2.%\"\n"},
    {"poetry-lock", 1,
     "[[package]]\nname = \"flask\"\nversion = \"2.%\"\n"
     "files = [\n    {file = \"flask-2-py3-none-any.whl\", "
     "hash = \"sha256:0\"},\n]\n"},
    {"uv-lock", 1,
     "version = 1\n\n[[package]]\nname = \"flask\"\n"
     "version = \"2.%\"\nwheels = [\n    { url = "
     "\"https://example.com/flask-2-py3-none-any.whl\" },\n]\n"},
    {"py", 2, "import flask\n"},
    {"py", 1, "import subprocess\nsubprocess.run(['git', 'log'])\n"},
    {"py", 1, "import os\nos.system('curl -f http://example.com')\n"},

    /* Go. */
    {"go-stage", 2,
     "FROM golang:1.2%\n<any>WORKDIR /src\nCOPY . .\n<any>"
     "<go-run><any>CMD [\"/server\"]\n"},
    {"go-stage", 1,
     "FROM golang:1.2%-alpine AS build\nWORKDIR /src\nCOPY . .\n"
     "<go-run>\nFROM alpine\n<any>COPY --from=build /server "
     "/server\nENTRYPOINT [\"/server\"]\n"},
    {"go-run", 3, "RUN go build -o /server .\n"},
    {"go-run", 2, "RUN CGO_ENABLED=0 go build -o /server ./...\n"},
    {"go-run", 1, "RUN go mod download<and>go build -o /server .\n"},
    {"go-run", 1, "RUN go get -d ./...\nRUN go install\n"},
    {"go-files", 4,
     "-- go.mod --\nmodule example.com/a\n\ngo 1.2%\n\n<go-req>"
     "-- go.sum --\nx v1 h1:%=\n-- main.go --\n<go-main>"},
    {"go-files", 1, "-- main.go --\n<go-main>"},
    {"go-req", 2, ""},
    {"go-req", 2, "require (\n\tgithub.com/x/y v1.%.0\n)\n"},
    {"go-req", 1, "replace github.com/x/y => ../y\n"},
    {"go-main", 2,
     "package main\n\nimport \"net/http\"\n\nfunc main() {\n"
     "\thttp.ListenAndServe(\":80\", nil)\n}\n"},
    {"go-main", 1, "package main\n\nimport \"C\"\n\nfunc main() {}\n"},
    {"go-main", 1,
     "package main\n\nimport \"os/exec\"\n\nfunc main() {\n"
     "\texec.Command(\"git\", \"log\").Run()\n}\n"},

    /* Ruby. */
    {"gem-stage", 1,
     "FROM ruby:3.%\n<any>WORKDIR <dir>\n<any><gem-copy><any>"
     "<gem-run><any><last>"},
    {"gem-copy", 3, "COPY . .\n"},
    {"gem-copy", 1, "COPY Gemfile Gemfile.lock ./\n"},
    {"gem-run", 3, "RUN bundle install\n"},
    {"gem-run", 2,
     "RUN bundle config set without 'development test'<and>"
     "bundle install --jobs 4\n"},
    {"gem-run", 1, "RUN gem install bundler<and>bundle install\n"},
    {"gem-files", 3,
     "-- Gemfile --\nsource 'https://rubygems.org'\n<gem>"
     "-- Gemfile.lock --\nGEM\n  remote: "
     "https://rubygems.org/\n  specs:\n    pg (1.%)\n\n"
     "PLATFORMS\n  ruby\n\nDEPENDENCIES\n  pg\n"},
    {"gem-files", 1, "-- Gemfile --\n<gem>"},
    {"gem", 3, "gem 'pg'\n"},
    {"gem", 1, "gem 'x', path: 'vendor/x'\n"},
    {"gem", 1, "gemspec\n"},

    /* Java. */
    {"java-stage", 2,
     "FROM maven:3.%-eclipse-temurin-17\nWORKDIR /app\n<any>"
     "COPY . .\nRUN mvn <mvn>\n<any>CMD java -jar "
     "target/a.jar\n"},
    {"java-stage", 1,
     "FROM gradle:8-jdk17\nWORKDIR /app\nCOPY . .\n<any>"
     "RUN gradle build --no-daemon\n<last>"},
    {"java-stage", 1,
     "FROM openjdk:8\n<any>COPY . /app\nWORKDIR /app\n"
     "RUN ./mvnw package\n<last>"},
    {"mvn", 3, "package"},
    {"mvn", 2, "-B clean package -DskipTests"},
    {"mvn", 1, "-f pom.xml install"},
    {"java-files", 3,
     "-- pom.xml --\n<project><artifactId>a</artifactId>\n"
     "<version>%</version></project>\n-- src/A.java --\n"
     "class A {}\n-- mvnw --\n#!/bin/sh\nexec mvn \"$@\"\n"},
    {"java-files", 1,
     "-- build.gradle --\nplugins { id 'java' }\n"
     "-- settings.gradle --\nrootProject.name = 'a'\n"},

    /* What can leave its toolchain behind. */
    {"tool-stage", 1,
     "FROM golang:1.2%\nWORKDIR /src\nCOPY . .\nRUN <meta-run>"
     "CGO_ENABLED=0 go build -o /usr/local/bin/server .\n"
     "<meta>ENTRYPOINT [\"/usr/local/bin/server\"]\n"
     "-- go.mod --\nmodule example.com/a\n\ngo 1.2%\n"
     "-- main.go --\n<go-main>"},
    {"tool-stage", 1,
     "FROM node:2%-bookworm-slim\n<tools>WORKDIR /srv\n"
     "COPY package.json package-lock.json ./\n<meta>RUN npm "
     "ci --omit=dev\nCOPY . .\n<meta>CMD [\"node\", "
     "\"server.js\"]\n-- package.json --\n{\"name\": \"a\"}\n"
     "-- package-lock.json --\n<npm-lock>-- server.js --\n"
     "<js>"},
    {"tool-stage", 1,
     "FROM python:3.11-slim\n<tools>WORKDIR /app\nCOPY "
     "requirements.txt .\nRUN pip install -r "
     "requirements.txt\n<meta>COPY . .\nCMD [\"python\", "
     "\"app.py\"]\n-- requirements.txt --\n<req>"
     "-- app.py --\n<py>"},
    {"tool-stage", 1,
     "FROM debian:12-slim\n<tools>WORKDIR /src\nCOPY a.c .\n"
     "RUN gcc -O2 -o /usr/local/bin/a a.c\n<meta>ENTRYPOINT "
     "[\"/usr/local/bin/a\"]\n-- a.c --\nint main(void) {}\n"},
    {"tool-stage", 1,
     "FROM node:2%\nWORKDIR /app\nRUN npm install -g "
     "serve@14\nCOPY package.json ./\nRUN npm install\n<meta>"
     "COPY . .\nRUN npm run build\n<meta>CMD [\"serve\", "
     "\"-s\", \"dist\", \"-l\", \"3000\"]\n"
     "-- package.json --\n{\"scripts\": {\"build\": \"vite "
     "build\"},\n \"devDependencies\": {\"vite\": \"5.%\"}}\n"
     "-- vite.config.js --\nexport default {}\n"},
    {"tools", 3,
     "RUN apt-get update<and>apt-get install -y "
     "--no-install-recommends python3 gcc make g++ libc6-dev<apt-end>"
     "\n"},
    {"tools", 1, "<apt-run>"},
    {"meta", 4, ""},
    {"meta", 1, "# <words>\n<meta>"},
    {"meta", 1, "EXPOSE 80%0\n<meta>"},
    {"meta", 1, "ENV <var>=<value>\n<meta>"},
    {"meta", 1, "LABEL a.<word>=\"<words>\"\n<meta>"},
    {"meta", 1, "ARG VERSION=%\n<meta>"},
    {"meta", 1, "USER 1000\n"},
    {"meta-run", 3, ""},
    {"meta-run", 1, "go vet ./...<and>"},
    {"meta-run", 1, "--mount=type=cache,target=/root/.cache "},

    /* The rest, one row each. */
    {"other-stage", 1,
     "FROM composer:2\nWORKDIR /app\nCOPY . .\n<any>RUN "
     "composer install --no-dev\n<last>"},
    {"other-stage", 1,
     "FROM php:8-apache\n<any>COPY . /var/www/html\n<any>"
     "RUN composer install\n"},
    {"other-stage", 1,
     "FROM rust:1.7%\nWORKDIR /app\nCOPY . .\n<any>RUN "
     "cargo build --release\nCMD [\"target/release/a\"]\n"},
    {"other-stage", 1,
     "FROM mcr.microsoft.com/dotnet/sdk:8.0\nWORKDIR /app\n"
     "COPY . .\n<any>RUN dotnet publish -c Release -o out\n"
     "<last>"},
    {"other-stage", 1,
     "FROM elixir:1.1%\nWORKDIR /app\nCOPY . .\n<any>RUN mix "
     "deps.get<and>mix compile\n<last>"},
    {"other-stage", 1,
     "FROM gcc:12\nWORKDIR /app\nCOPY . .\n<any>RUN make\n"
     "CMD [\"./a\"]\n"},
    {"other-files", 1,
     "-- composer.json --\n{\"require\": {\"php\": \">=8\"}}"
     "\n-- composer.lock --\n{}\n-- Cargo.toml --\n"
     "[package]\nname = \"a\"\n-- Cargo.lock --\nversion = "
     "3\n-- a.csproj --\n<Project/>\n-- mix.exs --\n"
     "defmodule A do end\n-- mix.lock --\n[]\n"
     "-- Makefile --\nall:\n\tcc -o a a.c\n"
     "-- src/main.rs --\nfn main() {}\n"},

    /* What lies beside it. */
    {"more-files", 6, ""},
    {"more-files", 4, "<more-file><more-files>"},
    {"more-file", 4, "-- .dockerignore --\n<ignored>"},
    {"more-file", 2, "-- start.sh --\n#!/bin/sh\n<list>\nexec \"$@\"\n"},
    {"more-file", 2, "-- src/a.c --\nint main(void) { return %; }\n"},
    {"more-file", 1, "-- config/a.yml --\na: %\n"},
    {"more-file", 1,
     "-- packages/local/package.json --\n{\"name\": "
     "\"local\"}\n"},
    {"more-file", 1, "-- .npmrc --\nregistry=https://example.com/\n"},
    {"more-file", 1, "-- base.txt --\n<reqs>"},
    {"more-file", 1,
     "-- docker-compose.yml --\nservices:\n  a:\n    build: "
     ".\n    command: <simple>\n"},
    {"more-file", 1, "-- .dfopt.yaml --\n<told>"},
    {"more-file", 1, "-- current -> src --\n"},
    {"more-file", 1, "-- Dockerfile.dockerignore --\n<ignored>"},
    {"more-file", 1, "-- node_modules/a/index.js --\n"},
    {"more-file", 1, "-- options --\n<option>"},
    {"option", 2, "target 0\n"},
    {"option", 1, "arg <var>=%\n<option>"},
    {"option", 1, "arg TAG=12\n"},
    {"option", 1, "platform linux/arm64\n"},
    {"told", 2, "passes:\n  merge-run: {all-stages: true}\n"},
    {"told", 2, "tools:\n<told-tool>"},
    {"told", 1,
     "tools:\n<told-tool>\necosystems:\n  - name: frobnicate\n"
     "    tool: frobnicate\n    install: [<word>]\n"
     "    manifests: [package.json]\n    locks: [yarn.lock]\n"
     "    writes: [<word>]\n    strategy: move\n"},
    {"told", 1,
     "ecosystems:\n  - name: own\n    tool: make\n"
     "    install: [<word>]\n    manifests: [Makefile]\n"
     "    unless-text: '<word>'\n    writes: [out]\n"
     "    strategy: move\n"},
    {"told-tool", 1, "  - {name: frobnicate, pure: true}\n"},
    {"told-tool", 1,
     "  - name: frobnicate\n    subcommands: true\n"
     "    reads-context: true\n    network: [<word>]\n"},
    {"ignored", 2, "<ignore>"},
    {"ignored", 2, "<ignore><ignored>"},
    {"ignore", 3, "node_modules\n"},
    {"ignore", 2, ".git\n"},
    {"ignore", 1, "**/*.md\n!README.md\n"},
    {"ignore", 1, "*\n!src\n!package*.json\n"},
    {"ignore", 1, "# <words>\n"},
    {"ignore", 1, "package-lock.json\n"},
};

typedef struct {
    df_buf *out;
    dice *dice;
    unsigned depth;
} maker;

static bool has_name(const rule *r, df_str name)
{
    return df_str_is(name, r->name);
}

/* NULL if there is no such rule. */
static const rule *pick(maker *m, df_str name)
{
    uint32_t sum = 0;
    uint32_t left;

    for (size_t i = 0; i < COUNT(RULES); i++)
        sum += has_name(&RULES[i], name) ? RULES[i].weight : 0;
    if (!sum)
        return NULL;
    left = roll(m->dice, sum);
    for (size_t i = 0; i < COUNT(RULES); i++) {
        if (!has_name(&RULES[i], name))
            continue;
        /* Too deep: the first row of each name leads to an end. */
        if (left < RULES[i].weight || m->depth > MAX_DEPTH)
            return &RULES[i];
        left -= RULES[i].weight;
    }
    return NULL;
}

static void expand(maker *m, const rule *r)
{
    df_str text = df_str_of(r->text);

    m->depth++;
    for (; text.len; text = df_str_from(text, 1)) {
        df_str name = df_str_slice(text, 1, df_str_find_char(text, '>'));
        const rule *inner = text.ptr[0] == '<' ? pick(m, name) : NULL;

        if (inner) {
            expand(m, inner);
            text = df_str_from(text, name.len + 1);
        } else if (text.ptr[0] == '%') {
            df_buf_addc(m->out, (char)('0' + roll(m->dice, 10)));
        } else {
            df_buf_addc(m->out, text.ptr[0]);
        }
    }
    m->depth--;
}

void grammar_add(df_buf *out, const char *name, dice *d)
{
    maker m = {.out = out, .dice = d};
    const rule *r = pick(&m, df_str_of(name));

    if (r)
        expand(&m, r);
}

/* --- the other style of lines, now and then --- */

static void add_style(df_buf *out, df_str line, bool backticks, bool crlf)
{
    bool goes_on = df_str_ends(line, "\\");

    if (goes_on && backticks)
        line = df_str_slice(line, 0, line.len - 1);
    df_buf_fmt(out, "%.*s%s%s\n", DF_STR_ARG(line),
               goes_on && backticks ? "`" : "", crlf ? "\r" : "");
}

/* Lines of the Dockerfile end otherwise, those of the files do not. */
static void add_styled(df_buf *out, df_str text, dice *d)
{
    bool backticks = !roll(d, 20);
    bool crlf = !roll(d, 15);
    df_str line;

    if (backticks)
        add_style(out, DF_STR("# escape=`"), false, crlf);
    while (text.len && !df_str_starts(text, "-- ")) {
        bool whole = df_str_cut(&text, '\n', &line);

        if (whole)
            add_style(out, line, backticks, crlf);
        else
            df_buf_add(out, line);
    }
    df_buf_add(out, text);
}

df_str grammar_project(df_arena *a, uint64_t number)
{
    df_buf text = {.arena = a};
    df_buf out = {.arena = a};
    dice d = {number};

    grammar_add(&text, "all", &d);
    add_styled(&out, df_buf_str(&text), &d);
    return df_buf_str(&out);
}
