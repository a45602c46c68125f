/*
 * Knowledge as data.
 *
 * What dfopt knows about commands, package managers, ecosystems and images
 * comes from YAML: the files under transforms/ became constant C data when
 * dfopt was built, a user's .dfopt.yaml is read at run time by the same
 * loader. Lists of strings end with NULL and are never NULL themselves.
 * Strings that a row does not give are NULL, or "" where "empty" is said.
 * Regular expressions are PCRE2, anchored by whoever wrote them.
 *
 * The keys of the YAML are the names of the fields with `-` for `_`; the
 * sections are those of df_kb_section (see src/kb/schema.c).
 */
#ifndef DFOPT_KB_H
#define DFOPT_KB_H

#include <dfopt/ecosystem.h>
#include <dfopt/mem.h>
#include <dfopt/str.h>

/*
 * A command: how to read its words, and what it does to the image. Unknown
 * commands are external programs of which nothing is known.
 */
typedef struct {
    const char *name;
    df_strings aliases;       /* other names, e.g. pip3 for pip */
    df_strings value_options; /* options whose value is the next word */
    df_strings truth_options; /* those that take `true` or `false` as one */
    bool subcommands;         /* the first operand is a subcommand */
    bool wrapper;             /* runs the command in its operands (sudo, env) */
    bool assigns;             /* NAME=VALUE operands come first (env, sudo) */
    uint32_t wrapper_skip;    /* operands before that command (chroot: 1;
                                 timeout: 1) */
    df_strings query_options; /* with one of these a wrapper runs nothing
                                 (command -v, sudo -l) */
    df_strings home_options;  /* with these it goes to a home first: su - */
    df_strings command_option;   /* -c: its value is a shell script (sh, su) */
    df_strings directory_option; /* -C, --cwd: it works there */
    df_strings daemons;   /* subcommands or operands that start a process which
                             stays behind; "*": always */
    bool reads_context;   /* unknown files of its working directory (make, tar,
                             sh script); false: only files it names */
    bool runs_code;       /* starts whatever the project says (make, python) */
    bool pure;            /* reads and writes only what its operands name, and
                             system state outside application directories */
    df_strings anywhere;  /* subcommands ("*": all) of a pure tool for which an
                             operand without a slash is no file */
    df_strings pure_on;   /* subcommands that are pure though the tool is not */
    df_strings pure_with; /* options with which it is pure (npm -g) */
    df_strings finds_project; /* subcommands that are pure but for a look
                                 whether a project is there */
    df_strings impure_with;   /* options with which it is not, whatever else
                                 (poetry config --local writes to the project) */
    bool prints;           /* reads what it is told to, and writes nothing but
                              its output */
    df_strings pure_named; /* subcommands that are pure if they name something
                              (corepack prepare yarn@4) */
    df_strings beside;     /* files of its directory by which these are not, all
                              the same; with such a list, only in home_images */
    df_strings network;    /* subcommands that fetch; "*": always */
    bool single_dash;      /* -name is one option: short ones are never bundled
                              (find, go, java) */
    df_strings removes; /* subcommands or options with which it deletes, renames
                           or rewrites what others made; "*": always; "": alone
                           (yarn) */
    df_strings brings;  /* other tools that it puts where they may not have been
                           before */
    df_strings home_images; /* images that bring it themselves: a newer version
                               lands in the place of the old one */
} df_tool;

/* What a package manager leaves behind, and how to be rid of it. */
typedef struct {
    const char *tool;
    df_strings on;    /* subcommands that leave something */
    df_strings paths; /* what they leave; a cache mount there means: nothing */
    const char *flag; /* put behind the subcommand ("--no-cache"), or NULL */
    df_strings flag_replaces; /* options that the flag makes useless: it takes
                                 the place of one (apk add --update) */
    df_strings flag_not_with; /* options that speak against the flag, or,
                                 without one, against the command */
    df_strings unless_env;    /* one set to anything: nothing is left (pip), or
                                 nobody knows where */
    df_strings path_env;      /* set to anything: it is left somewhere else, and
                                 paths say nothing */
    df_strings unless_files;  /* files of the project that mean another version
                                 of the tool: hands off (.yarnrc.yml) */
    const char *manager; /* how package.json's packageManager must begin, if it
                            says something; NULL: it does not matter */
    df_strings not_on;   /* "image:tag" beginnings of images whose version of
                            the tool does not know flag or command */
    bool known_only;     /* only on images that are known: others may have a
                            version that stops at the flag */
    df_strings kept_by;  /* commands of the RUN that want it kept */
    const char *command; /* run afterwards, or NULL */
    const char *command_text; /* how an existing cleaning looks: a pattern on
                                 the text of a later command */
    df_strings drop_before;   /* subcommands whose work the flag makes useless
                                 (apk update), dropped when they stand just
                                 before in the same list */
    df_strings used_by;       /* later "tool sub" that need what was left;
                                 "tool *": with any subcommand or none */
    df_strings refreshed_by;  /* later "tool sub" that make it anew first */
    df_strings started_by;    /* images that start the tool themselves */
    const char *what;         /* for messages: "the apt lists" */
    df_strings families;      /* image families on which `command` is there and
                                 useful; empty: all */
} df_cache;

/* A package manager that installs more than what is needed, unless told not to:
 * for apt-no-recommends. */
typedef struct {
    const char *tool;
    df_strings aliases;
    df_strings on;       /* subcommands */
    const char *flag;    /* put behind the subcommand */
    df_strings said;     /* options with which the author has chosen */
    const char *setting; /* text by which a configuration has chosen */
    df_strings adds;     /* "PACKAGE: OTHER": one hardly does without the other,
                            which is only recommended, and is named then */
    df_strings wants; /* "PACKAGE: OTHER…": it may need some of them, and too
                         much to name it: hands off, unless the first is
                         named */
} df_recommend;

/* A base image, by repository name without "docker.io/" and "library/". */
typedef struct {
    const char *name;
    const char *pattern; /* tags this row is about; empty: all */
    const char *family;  /* debian, alpine, ubuntu, ... as in image families */
    const char *workdir; /* WORKDIR of the image; empty: unknown */
    const char *user;    /* USER of the image; empty: none, so root */
    df_strings env;      /* "NAME=VALUE": variables of the image that its
                            Dockerfiles use; not all that it sets */
    const char *shell;   /* what its /bin/sh is, if that is bash; empty: any
                            POSIX shell */
    const char *holds;   /* the layer (of `layers`) with its packages; empty:
                            not known */
    df_strings own;      /* commands of its own, whatever packages have them:
                            names, or beginnings with `*` */
    df_strings lacks;    /* commands that its larger siblings have and it has
                            not, besides those of the packages */
    const char *product; /* of end-of-life rows */
    const char *gone;    /* no longer built: what took its place */
} df_image;

/*
 * Which tag of an image has a smaller sibling. Rows of one image are tried in
 * their order: the first of a kind whose pattern matches counts.
 */
typedef struct {
    const char *image;
    const char *kind;    /* slim, jre, alpine, alpine-slim, scm, curl, base,
                            runtime */
    const char *pattern; /* on the tag */
    const char *to;      /* the sibling's repository; empty: the same */
    const char *tag;     /* its tag, $1... from the pattern (a dash that then
                            comes first is dropped); empty: there is none */
} df_sibling;

/*
 * Thousands of rows of ours that no user adds to: they are kept as one text,
 * and looked at without being unpacked. df_list is a list in it.
 */
typedef struct {
    df_str text;
} df_list;

bool df_list_has(df_list list, df_str item);
/* The item in a list that is sorted by bytes; empty: it is not there. */
df_str df_list_find(df_list list, df_str item);
/* Take the first item away; false: there is none. */
bool df_list_next(df_list *list, df_str *item);

/* One image under the names that it has, and what it is built upon. */
typedef struct {
    df_str release; /* of its distribution: bookworm, 3.23; or empty */
    df_list tags;   /* the most specific one first */
} df_tag;

/* Packages of Debian in a layer that images are made of. */
typedef struct {
    df_str suite;      /* bookworm */
    df_str on;         /* the layer below, of the same suite; or empty */
    df_str level;      /* how `in` of df_known_command calls it; or empty */
    uint32_t packages; /* with all layers below; */
    double mb;         /* the sum of their installed sizes, 10^6 bytes; */
    double built_mb;   /* what the files took when it was built; 0: was not */
    df_list adds;      /* what it adds to the layer below, sorted; */
    df_list devel;     /* the same, there only to compile something */
} df_layer;

/* A command, and who brings it. What has no row is unknown, not absent. */
typedef struct {
    df_list packages; /* of Debian, likeliest first */
    df_list in;       /* "bookworm curl": suite and level of df_layer */
    df_list images;   /* that bring it besides */
    bool alpine;      /* the image alpine has it */
    df_str apk;       /* alpine's package; empty: unknown */
} df_known_command;

/* What packages take, with all that they depend on, upon debian-slim. */
typedef struct {
    const char *suite;
    df_strings names;
    double mb;
    uint32_t packages;
} df_addon;

/* A published size, compressed, 10^6 bytes. */
typedef struct {
    const char *image;
    const char *tag;
    double low, high;
} df_size;

typedef struct {
    const char *product; /* node */
    const char *cycle;   /* "14" */
    const char *from;    /* when it came out; empty: unknown */
    const char *date;    /* 2023-04-30 */
} df_eol;

/* Native code in a package: what it takes to build and to run. */
typedef struct {
    const char *ecosystem; /* npm, pip */
    const char *name;
    df_strings needs; /* commands needed to build it when no prebuilt artefact
                         exists; empty: a prebuilt one exists for glibc */
    bool optional;    /* without a compiler it is installed all the same, with
                         less speed */
    df_strings prebuilt; /* "3.9 1.19": for that version of the language ("*":
                            any) there are artefacts since that of the package
                          */
    const char *arm64_since; /* they are there for arm64 since that release of
                                the package, if that is known to be later; or
                                NULL */
    bool musl;               /* they are there for musl, too */
    const char *why;
} df_native;

/* Packages without native code, and whose install scripts need nothing. */
typedef struct {
    const char *ecosystem;
    df_strings names;
} df_plain;

/* A Debian package, as far as what it brings besides its own files matters. */
typedef struct {
    const char *name;
    const char *rather; /* what to install instead: alone it is of little use */
    df_strings commands;   /* besides those of df_known_command */
    df_strings brings;     /* other packages that come with it */
    df_strings recommends; /* and these, unless --no-install-recommends */
} df_package;

/* What a package of npm or pip calls or loads when it runs. */
typedef struct {
    const char *ecosystem;
    const char *name;
    df_strings needs; /* commands, and libraries by names with `.so` */
} df_load;

/* A tool that makes a directory of static files out of a project. */
typedef struct {
    const char *tool;
    const char *sub;     /* its subcommand; empty: none is needed */
    const char *output;  /* what it makes, below the project */
    const char *option;  /* --outDir: names another directory */
    df_strings config;   /* files that may name another directory, */
    const char *setting; /* if this word is in them */
    df_strings env;      /* variables that may name another directory */
} df_bundler;

/* A program that serves a directory of static files. */
typedef struct {
    const char *tool;
    const char *package;      /* of npm */
    df_strings value_options; /* options whose value is the next word */
    df_strings reads_options; /* options that name further files */
} df_server;

/* What an install of dependencies fills, for a stage that is to get it without
 * the tools that it took. */
typedef struct {
    const char *tool;
    df_strings on;       /* subcommands; "" if there is none */
    df_strings not_with; /* options with which it fills another place */
    df_strings images;   /* repositories where it fills this one */
    df_strings since;  /* "3.8 3.8.13": with 3.8, from 3.8.13 on; "* 3.9": with
                          any, from 3.9 on; none: any version */
    df_strings frozen; /* releases of distributions whose images ended before
                          `since`: "stretch", as their tags end */
    const char *directory; /* absolute, or below the directory it runs in */
    const char *prepare;   /* the command that makes it first, or NULL */
    const char *path;      /* is put in front of PATH, or NULL */
    df_strings in_place;   /* what it fills unprepared; {minor} is that of the
                              version: 3.9 of 3.9.17. None: not known */
    df_strings env;        /* variables that mean another place */
    const char *ecosystem; /* as in natives: pip */
} df_carry;

/* A command that makes a finished program out of a project. */
typedef struct {
    const char *tool;
    df_strings on;         /* subcommands; "" if there is none */
    df_strings words;      /* one of these has to be among its words; none: any
                            */
    df_strings out_option; /* -o: its value is the program, or its directory */
    const char *below;     /* the program lies below that directory of the
                              project; NULL: only where an option says */
    const char *bin;       /* where it puts programs that are found by their
                              name; NULL: it does not */
    const char *starter;   /* what the program is started with: java, dotnet;
                              NULL: nothing */
    df_strings manifests;  /* of these one tells, */
    const char *complete;  /* where that pattern matches, that the program has
                              all it needs; NULL: it always has */
    bool whole;            /* it needs what lies beside it, too */
    const char *language;  /* of runtimes */
} df_maker_row;

/* A package for building, and what a program needs that is linked with it. */
typedef struct {
    const char *family; /* debian, alpine */
    const char *dev;
    df_strings needs;  /* empty: what every base has */
    df_strings images; /* repositories whose images have it; others need
                          `needs`, or nobody knows what */
} df_library;

/* Words that the code asks for by the name of their list. */
typedef struct {
    const char *name;
    df_strings words;
} df_word_list;

/* What a finished program of a language runs on. */
typedef struct {
    const char *language;
    const char *image;  /* {suite} in it is that of the stage's image; NULL: the
                           `runtime` sibling, or the same */
    const char *alpine; /* the same for images of alpine: {release} */
    const char *slim;   /* instead of `image`, for who wants a shell there; and
                           the packages that it takes, or NULL */
    df_strings slim_packages;
    df_strings on;       /* repositories for which `image` and `alpine` hold;
                            empty: none */
    df_strings sources;  /* endings of files whose strings tell what is read */
    df_strings starts;   /* texts by which these start other programs */
    df_strings drops;    /* variables that only a build reads */
    df_strings packages; /* OS packages that only a build needs, or whose
                            part at run time the image has, too */
    df_strings tools;    /* commands that leave nothing a program needs; with
                            a subcommand if only that is harmless */
    df_strings users;    /* users with the same number in both images */
    df_strings ignores;  /* files of a project that no program reads: names,
                            `.ext` for all of an extension, `dir/` */
    df_strings reads;    /* the same: files that programs read by convention */
} df_runtime;

/* One pass's settings in .dfopt.yaml. */
typedef struct {
    const char *pass;
    bool skip;
    bool all_stages;  /* merge-run, slim-base: stages that are not shipped, too
                       */
    const char *libc; /* slim-base: "any" for alpine, too; else "" */
    const char *runtime; /* multi-stage: "slim": no distroless image; "same":
                            no other image; else "" */
} df_setting;

/* The sections of a knowledge file. */
typedef enum {
    DF_KB_TOOLS,
    DF_KB_CACHES,
    DF_KB_ECOSYSTEMS,
    DF_KB_IMAGES,
    DF_KB_SIBLINGS,
    DF_KB_TAGS,
    DF_KB_LAYERS,
    DF_KB_ADDONS,
    DF_KB_SIZES,
    DF_KB_COMMANDS,
    DF_KB_EOL,
    DF_KB_NATIVES,
    DF_KB_PLAIN,
    DF_KB_PACKAGES,
    DF_KB_LOADS,
    DF_KB_RECOMMENDS,
    DF_KB_BUNDLERS,
    DF_KB_SERVERS,
    DF_KB_CARRIES,
    DF_KB_MAKERS,
    DF_KB_LIBRARIES,
    DF_KB_WORDS,
    DF_KB_RUNTIMES,
    DF_KB_PASSES,
} df_kb_section;

#define DF_KB_SECTIONS (DF_KB_PASSES + 1)

/*
 * Rows stand in the order of the file; an index finds them. Sorted by key
 * (tool, image, product, ...), then sub (subcommand, cycle, ...), then row.
 */
typedef struct {
    const char *key;
    const char *sub; /* never NULL */
    uint32_t row;
} df_kb_entry;

/* Where entries are by the hash of both strings: their index plus one, 0 if
 * none is there. `count` is a power of two, or 0: nothing is found this way. */
typedef struct {
    const uint32_t *entries;
    uint32_t count;
} df_kb_slots;

typedef struct {
    const df_kb_entry *entries;
    size_t count;
    df_kb_slots slots; /* of a section whose entries are all different */
} df_kb_index;

/* The same of rows that are kept as a text: offsets in it, and the length. */
typedef struct {
    uint32_t key, sub, row, len;
} df_packed_entry;

typedef struct {
    const char *text;
    const df_packed_entry *entries;
    size_t count;
    df_kb_slots slots;
} df_packed;

typedef struct {
    const df_tool *tools;
    size_t ntools;
    const df_cache *caches;
    size_t ncaches;
    const df_ecosystem *ecosystems;
    size_t necosystems;
    const df_image *images;
    size_t nimages;
    const df_sibling *siblings;
    size_t nsiblings;
    const struct df_tag_row *tags;
    size_t ntags;
    const struct df_layer_row *layers;
    size_t nlayers;
    const df_addon *addons;
    size_t naddons;
    const df_size *sizes;
    size_t nsizes;
    const struct df_command_row *commands;
    size_t ncommands;
    const df_eol *eols;
    size_t neols;
    const df_native *natives;
    size_t nnatives;
    const df_plain *plains;
    size_t nplains;
    const df_package *packages;
    size_t npackages;
    const df_load *loads;
    size_t nloads;
    const df_recommend *recommends;
    size_t nrecommends;
    const df_bundler *bundlers;
    size_t nbundlers;
    const df_server *servers;
    size_t nservers;
    const df_carry *carries;
    size_t ncarries;
    const df_maker_row *makers;
    size_t nmakers;
    const df_library *libraries;
    size_t nlibraries;
    const df_word_list *words;
    size_t nwords;
    const df_runtime *runtimes;
    size_t nruntimes;
    const df_setting *settings;
    size_t nsettings;
    df_strings skip;    /* passes that the user switched off */
    df_strings mirrors; /* registries that have the images of Docker Hub under
                           the same names: registry.example.com/hub */
    const char *date;   /* of the tables */
    df_kb_index index[DF_KB_SECTIONS];
    df_packed packed[DF_KB_SECTIONS];
} df_knowledge;

struct df_patterns; /* text/regex.h */
struct df_map;      /* base/map.h */

/*
 * Two layers: the user's rows win over the built-in ones. Either may be NULL.
 * Read-only after loading; may be shared by threads, as long as it keeps
 * nothing: what is kept is one thread's, or one document's.
 */
typedef struct {
    const df_knowledge *user;
    const df_knowledge *builtin;
    struct df_patterns *patterns; /* compiled so far; NULL: none are kept */
    struct df_map *held; /* what df_image_holds said; NULL: nothing is kept */
} df_kb;

const df_tool *df_kb_tool(const df_kb *kb, df_str name);
/* The row for a subcommand of a tool, or NULL. */
const df_cache *df_kb_cache(const df_kb *kb, df_str tool, df_str sub);
/* The row whose tool and install subcommand these are, or NULL. */
const df_ecosystem *df_kb_ecosystem(const df_kb *kb, df_str tool, df_str sub);
/* The first row whose name and pattern match, or NULL. */
const df_image *df_kb_image(df_arena *scratch, const df_kb *kb, df_str repo,
                            df_str tag);
/*
 * The sibling of a kind that a tag has: its repository and tag, with the
 * groups of the pattern filled in. False: none, or its tag is not published
 * although the larger one is.
 */
bool df_kb_sibling(const df_kb *kb, df_arena *a, const char *kind, df_str repo,
                   df_str tag, df_str *to, df_str *to_tag);
/* False: the tag is not current, or not known. */
bool df_kb_tag(const df_kb *kb, df_str repo, df_str tag, df_tag *out);
/* The release of Debian that a tag names or is known to be built on, else "".
 */
df_str df_kb_suite(const df_kb *kb, df_str repo, df_str tag);
/* A list of words, of the user's or the built-in knowledge; never NULL. */
df_strings df_kb_words(const df_kb *kb, const char *list);
/* The n-th release of Debian that `layers` describe, from 0; false: no more. */
bool df_kb_suite_at(const df_kb *kb, uint32_t n, df_str *suite);
bool df_kb_layer(const df_kb *kb, df_str name, df_str suite, df_layer *out);
/* What a package takes upon debian-slim, or NULL: not known. */
const df_addon *df_kb_addon(const df_kb *kb, df_str suite, df_str package);
/* A published size of an image on a release, slim or full. NULL: none. */
const df_size *df_kb_size(const df_kb *kb, df_str repo, df_str suite,
                          bool slim);
bool df_kb_command(const df_kb *kb, df_str name, df_known_command *out);
/* The most specific cycle that the tag begins with, or NULL. */
const df_eol *df_kb_eol(const df_kb *kb, const char *product, df_str tag);
/* Of those that are out on a day and supported, the one that lasts longest. */
const df_eol *df_kb_supported(const df_kb *kb, const char *product,
                              const char *day);
const df_native *df_kb_native(const df_kb *kb, const char *ecosystem,
                              df_str package);
/* Is it known to have no native code? */
bool df_kb_is_plain(const df_kb *kb, const char *ecosystem, df_str package);
const df_load *df_kb_load_of(const df_kb *kb, const char *ecosystem,
                             df_str package);
/* Does installing a Debian package bring a command or another package? */
bool df_kb_brings(const df_kb *kb, df_str package, df_str name,
                  bool recommends);
/* The first package whose row says that it has the command; empty: none. */
df_str df_kb_package_with(const df_kb *kb, df_str command);
/* The package itself, or the one that is installed in its place. */
df_str df_kb_rather(const df_kb *kb, df_str package);
const df_recommend *df_kb_recommend(const df_kb *kb, df_str tool, df_str sub);
const df_bundler *df_kb_bundler(const df_kb *kb, df_str tool, df_str sub);
const df_server *df_kb_server(const df_kb *kb, df_str tool);
/* The row whose tool and subcommand these are, in an image of that repository
 * (ptr NULL: in any), or NULL. */
const df_carry *df_kb_carry(const df_kb *kb, df_str tool, df_str sub,
                            df_str image);
const df_maker_row *df_kb_maker(const df_kb *kb, df_str tool, df_str sub);
const df_library *df_kb_library(const df_kb *kb, const char *family,
                                df_str dev);
const df_runtime *df_kb_runtime(const df_kb *kb, const char *language);
const df_setting *df_kb_setting(const df_kb *kb, const char *pass);

#endif
