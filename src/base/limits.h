/*
 * The hard limits on input and work, with their reasons. Limits of one file's
 * own search stand in that file.
 */
#ifndef DF_BASE_LIMITS_H
#define DF_BASE_LIMITS_H

/* The largest public Dockerfile of 112,369 has 78 KB; offsets are 32 bits, and
 * the facts of a file take a hundred times its size. */
#define DF_MAX_INPUT (64u * 1024 * 1024)

/* BuildKit's line scanner refuses a line of 64 KiB with its line end. */
#define DF_MAX_LINE 65535u

/* Manifests and lock files: a large monorepo's lock has about 10 MB. */
#define DF_MAX_MANIFEST (32u * 1024 * 1024)

/* What a builder's variable adds to a word: PATH and friends have a few KB.
 * `ENV A=$A$A`, again and again, doubles beyond all bounds. */
#define DF_MAX_VALUE (8u * 1024)

/* PATH_MAX of Linux. */
#define DF_MAX_PATH 4096u

/* Bytes of text that the diffs of suggestions may compare in one run; each
 * compares the file with itself: 10,000 suggestions for 1 KB each. */
#define DF_MAX_SUGGESTED (10u * 1024 * 1024)

/* Recursion of the shell parser, JSON and YAML; a stack frame is < 1 KiB. */
#define DF_MAX_DEPTH 200u

/* A file that still changes then is a bug of ours. */
#define DF_MAX_ROUNDS 50u

/* MAX_ARG_STRLEN itself: a longer RUN cannot run, and is not parsed; the tree
 * of the worst script takes 300 bytes for each of its bytes. */
#define DF_MAX_SCRIPT (128u * 1024)

/* COPY and ADD of one stage that are looked at together: each RUN asks. */
#define DF_MAX_COPIES 100u

/* pcre2: steps and depth for one match against one tag or command. */
#define DF_REGEX_STEPS 100000u
#define DF_REGEX_DEPTH 1000u

/* Problems reported for one document: what follows is mostly noise. */
#define DF_MAX_PROBLEMS 100u

#endif
