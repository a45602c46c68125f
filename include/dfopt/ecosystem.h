/*
 * What the knowledge says of a language's dependency manager: a row of
 * `ecosystems`, whose keys transforms/ecosystems.yaml explains.
 */
#ifndef DFOPT_ECOSYSTEM_H
#define DFOPT_ECOSYSTEM_H

#include <dfopt/str.h>

/* A language's dependency manager, for split-manifests and multi-stage. */
typedef struct {
    const char *name;     /* npm */
    const char *tool;     /* the command */
    df_strings install;   /* subcommands; "" if the bare command installs */
    df_strings not_with;  /* options or operand patterns that mean another
                             thing (npm install -g, npm install left-pad) */
    bool prefetch_strict; /* any option that neither the download gets nor
                             `prefetch_drops` has may matter to it */
    df_strings
        unfollowed;  /* options with which it may read what is not known */
    df_strings asks; /* subcommands that read no more of the project than the
                        install does, and write nothing */
    df_strings of_project; /* beginnings of words by which the project itself is
                              installed: ".", "-e" */
    bool operands_are_packages; /* any operand: not a manifest install */
    df_strings file_options;    /* -r, --requirement: value names a manifest */
    df_strings manifests;       /* must exist: package.json */
    df_strings also;            /* need not exist, and are read like these;
                                   of a directory, each file in it */
    df_strings locks;           /* travel if they exist */
    df_strings other_locks;     /* read if none of these is there: those of
                                   other managers, which it takes over */
    const char *named;          /* a pattern on manifests: $1 is a dependency */
    df_strings locked;          /* texts with $1, one of which a lock has for it
                                   unless it is out of date */
    df_strings config;          /* other files and directories that travel */
    df_strings writes;      /* below the project; must not be in the context */
    df_strings ignore;      /* what the host has of its own, which an ignore
                               file should name: node_modules, all bin */
    df_strings dotenv_with; /* files that travel, with one of which it reads
                               .env; "*": always */
    df_strings hosts;     /* what a host has of its own if git ignores it there:
                             .venv, target */
    df_strings scripts;   /* package.json scripts that an install runs */
    df_strings cache_env; /* "VARIABLE: NAME": of the directory in it, it uses
                             nothing but what has that name */
    const char *reader;   /* what knows the files that its manifests lead to:
                             "npm", "pip", "go", "dotnet", "maven"; NULL: to
                             none */
    const char *strategy; /* "move", "prefetch", or "suggest": no edit */
    const char *prefetch; /* its command */
    df_strings downloads; /* words or options with which it does no more itself,
                             and so moves */
    const char *prefetch_less; /* another one, that fetches less: where a
                                  manifest matches `less_if`, a pattern, the
                                  first might fail */
    const char *less_if;
    const char *unless_unlocked; /* a pattern on manifests: with `only_with`
                                    options missing and no lock, it is called
                                    twice only if none matches; NULL: never */
    const char *no_project;      /* a pattern on manifests and locks: the tool
                                    installs no project, whatever `only_with`, */
    const char *has_project;     /* unless a manifest matches this one */
    df_strings prefetch_keeps; /* beginnings of options of the install that the
                                  download repeats; */
    df_strings prefetch_drops; /* and of those that it does not, all the same */
    bool prefetch_operands;    /* it gets the operands of the install, too */
    df_strings removed_by;     /* options of the tool that remove what it has
                                  fetched; empty: it may go in other ways */
    df_strings fetched; /* where downloads lie, which COPY --from= may bring */
    df_strings fetched_by; /* variables by which they lie elsewhere */
    df_strings idle; /* commands in front of the install that prepare nothing
                        for the download: "date", "git describe" */
    df_strings manifest_option; /* -f: the value is the manifest, or its
                                   directory */
    const char *in_project;     /* the tool as a script of the project: mvnw */
    df_strings settings; /* what a file of settings may say (pnpm's), and lead
                            to no file that dfopt does not follow */
    const char *frozen;  /* the option with which it installs what the lock
                            says, or fails; NULL: none worth a word */
    df_strings frozen_with;  /* it does so with these, too */
    df_strings needs_lock;   /* subcommands and options with which it fails
                                where no lock is */
    const char *suggest;     /* what an author could do by hand */
    df_strings words;        /* one of these has to be among its words;
                                empty: any */
    bool words_only;         /* and no other that is no option */
    df_strings env;          /* variables it reads paths from */
    bool env_is_all;         /* a download asks for no other variable */
    df_strings assumed;      /* NAME=value: how it works without such a setting,
                                too */
    df_strings unless_files; /* of the project or a directory above: it has more
                                parts than dfopt knows (pnpm-workspace.yaml) */
    const char *unless_text; /* how a manifest says so itself: a pattern on its
                                text, or NULL */
    const char *unless_config; /* the same for a file of `config` */
    df_strings text_needs;     /* files that travel if a manifest names them */
    df_strings text_with;      /* "TEXT: FILE": a manifest with TEXT is known if
                                  there is a FILE, which travels */
    df_strings only_with;      /* options without which it installs the project
                                  itself, and so reads the source */
    const char *lock_text;     /* how a lock looks that the install leaves as it
                                  is: a pattern, or NULL */
    df_strings path_options;   /* -f: the value is a directory that it reads */
    df_strings free_options;   /* -r: the value is no path, and may be computed
                                  (dotnet restore -r linux-$TARGETARCH) */
    df_strings out_options;    /* -t: the value is a directory that it fills */
    /*
     * Entries of these two read "WHAT", "WHAT: PATH" or "WHAT: !PATH": PATH,
     * below the project, is read and has to travel, or must not be there.
     */
    df_strings script_reads;  /* commands of scripts that read no more */
    df_strings package_reads; /* packages that read the project when they are
                                 installed */
} df_ecosystem;

#endif
