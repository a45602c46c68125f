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

/* What is read of one context: a package.json of 2 KB in each of ten thousand
 * workspaces, and a lock file. */
#define DF_MAX_READ (64u * 1024 * 1024)

/* Values of a JSON or YAML file: a lock file of 10 MB has 250,000. The tree of
 * the worst, `[[],[],...]`, takes 300 bytes for each. */
#define DF_MAX_VALUES (1000u * 1000)

/* Lines of a requirements file, options among them: those of large applications
 * have a thousand. */
#define DF_MAX_REQS (20u * 1000)

/* Lines of an ignore file: the longest public ones have hundreds; 3 KB each. */
#define DF_MAX_RULES (20u * 1000)

/* Bytes of lock files that are searched for what one manifest names: 300 names
 * in 100 KB are 30 MB. */
#define DF_MAX_SEARCHED (256u * 1024 * 1024)

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

/* MAX_ARG_STRLEN itself: a longer RUN cannot run, and is not parsed, and a
 * longer file is not, either: the tree of the worst script takes 300 bytes for
 * each of its bytes. */
#define DF_MAX_SCRIPT (128u * 1024)

/* COPY and ADD of one stage that are looked at together: each RUN asks. */
#define DF_MAX_COPIES 100u

/* pcre2: steps and depth for one match against one tag or command. The steps
 * are counted anew from each place of the subject, so a longer one has fewer:
 * so many in all, but not less than a long line takes. */
#define DF_REGEX_STEPS 100000u
#define DF_REGEX_LEAST 400u
#define DF_REGEX_WORK  (100u * 1000 * 1000)
#define DF_REGEX_DEPTH 1000u

/* Problems reported for one document: what follows is mostly noise. */
#define DF_MAX_PROBLEMS 100u

#endif
