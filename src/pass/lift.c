/*
 * The edits of a plan: see dfopt/lift.h.
 *
 * Lines move as they are, with the comments right above them. New lines are
 * spelled like the COPY they come from. In a RUN that is cut, comment lines of
 * the continuation between the halves become those of the second.
 */
#include <dfopt/block.h>
#include <dfopt/lift.h>

/* A finding being filled; moved COPYs go to `to`. */
typedef struct {
    const df_lift *lift;
    df_finding *f;
    df_arena *a;
    const df_doc *doc;
    uint32_t to;
} job;

/* --- the copies of the manifests --- */

static df_str sub_of(const df_need *need)
{
    const df_copied *copy = need->origin.copy;
    df_str below = df_path_below(need->path, copy->dest);

    if (copy->parents)
        return DF_STR("");
    return need->origin.kind == DF_FILE_DIR ? below : df_image_dir(below);
}

/* Files of one COPY that land in one directory; a directory has its own line.
 */
static bool same_line(const df_need *x, const df_need *y)
{
    const df_copy_source *from = x->origin.source;

    if (x->origin.copy != y->origin.copy)
        return false;
    if (x->origin.copy->parents)
        return true;
    return (from == y->origin.source ||
            (!from->dir && !y->origin.source->dir)) &&
           x->origin.kind == DF_FILE_REGULAR &&
           y->origin.kind == DF_FILE_REGULAR && df_str_eq(sub_of(x), sub_of(y));
}

/* Above which instruction it is copied: a download needs all of them. */
static const df_instr *place_of(const df_lift *l, const df_need *need)
{
    if (!l->early)
        return l->run->instr;
    return df_install_is(l->installs[0].cmd, "prefetch")
               ? l->moved[0]->instr
               : need->origin.copy->instr;
}

/* The line that brings carry[i] and those like it; empty if one did before. */
static df_str manifest_line(const job *j, uint32_t first)
{
    const df_lift *l = j->lift;
    const df_need *need = &l->carry[first];
    const df_instr *like = place_of(l, need);
    df_str *files = df_new_array(j->a, df_str, l->ncarry);
    df_copy_line line = {.copy = need->origin.copy,
                         .like = need->origin.source,
                         .indent = df_instr_indent(j->doc, like),
                         .files = files,
                         .sub = sub_of(need),
                         .at = like};

    for (uint32_t i = 0; i < l->ncarry; i++) {
        if (!same_line(need, &l->carry[i]) && i != first)
            continue;
        if (i < first)
            return DF_STR("");
        files[line.nfiles++] = l->carry[i].origin.path;
    }
    return df_copy_line_text(l->b, &line);
}

/* Does the author set the RUN apart by blank lines? Then what moves to either
 * side of it is set apart as well. */
static bool is_spaced(const job *j)
{
    const df_lift *l = j->lift;
    uint32_t end = df_span_end(l->run->instr->lines);

    return l->end == l->run->ncmds && !l->first &&
           df_blank_above(j->doc, df_instr_block(j->doc, l->run->instr).off) &&
           (end == j->doc->text.len || df_skip_blank_lines(j->doc, end) > end);
}

static void copy_manifests(const job *j)
{
    const df_lift *l = j->lift;

    for (uint32_t i = 0; i < l->ncarry; i++) {
        const df_instr *at = place_of(l, &l->carry[i]);

        df_insert(j->f, df_instr_block(j->doc, at).off, manifest_line(j, i));
        if (i + 1 == l->ncarry && at == l->run->instr && is_spaced(j))
            df_insert(j->f, df_instr_block(j->doc, at).off, df_newline(j->doc));
    }
}

/* --- the COPY that moves --- */

static bool is_carried(const df_lift *l, const df_str path)
{
    for (uint32_t i = 0; i < l->ncarry; i++)
        if (df_str_eq(l->carry[i].origin.path, path))
            return true;
    return false;
}

/* `COPY app.py requirements.txt ./`: the second name has been copied by now. */
static bool is_done(const df_lift *l, const df_copied *copy, uint32_t word)
{
    for (uint32_t i = 0; i < copy->nsources; i++)
        if (copy->sources[i].word == word)
            return !copy->sources[i].dir && !copy->sources[i].glob &&
                   is_carried(l, copy->sources[i].path);
    return false;
}

static df_str new_dest(const job *j, const df_copied *copy)
{
    const df_instr *instr = copy->instr;
    df_str old = df_source(j->doc, instr->words[instr->nwords - 1].span);
    df_str text;

    if (df_same_workdir(j->lift->b->facts, instr, j->lift->run->instr))
        return old;
    text = df_copy_dest_text(j->lift->b, copy, j->lift->run->instr);
    if (df_str_eq(df_copy_dest_text(j->lift->b, copy, instr), text))
        return old;
    return df_fmt(j->a, instr->json ? "\"%.*s%s\"" : "%.*s%s", DF_STR_ARG(text),
                  copy->names || df_str_is(text, "/") ||
                          (df_str_is(text, ".") && !df_str_has(old, "/"))
                      ? ""
                      : "/");
}

static uint32_t put(const job *j, uint32_t from, uint32_t to)
{
    if (to > from)
        df_copy(j->f, df_span_between(from, to), j->to);
    return to;
}

/* Its lines as they are, but for names that are done and the destination. */
static void put_block(const job *j, const df_copied *copy, df_span block,
                      bool at_end)
{
    const df_instr *instr = copy->instr;
    const df_word *dest = &instr->words[instr->nwords - 1];
    uint32_t end = df_span_end(at_end ? instr->span : block);
    uint32_t at = block.off;

    if (j->lift->owner.len) {
        at = put(j, at, df_span_end(instr->keyword));
        df_insert(j->f, j->to,
                  df_fmt(j->a, " --chown=%.*s", DF_STR_ARG(j->lift->owner)));
    }
    for (uint32_t w = 0; w + 1 < instr->nwords; w++) {
        if (!is_done(j->lift, copy, w))
            continue;
        put(j, at, instr->words[w].span.off);
        at = instr->words[w + 1].span.off;
    }
    if (!df_str_eq(new_dest(j, copy), df_source(j->doc, dest->span))) {
        put(j, at, dest->span.off);
        df_insert(j->f, j->to, new_dest(j, copy));
        at = df_span_end(dest->span);
    }
    put(j, at, end);
}

/* Where the first of the COPYs begins that go down with the one at `off` and
 * stand right above it. */
static uint32_t first_beside(const job *j, uint32_t off)
{
    for (uint32_t i = j->lift->nmoved; i-- > 0;) {
        df_span block = df_instr_block(j->doc, j->lift->moved[i]->instr);

        if (df_span_end(block) == off)
            off = block.off;
    }
    return off;
}

/*
 * The manifests come where the block was, and the RUN behind it moves up: the
 * blank lines between go, too. What stands in its place keeps them.
 */
static df_span hole_of(const job *j, const df_copied *copy, df_span block)
{
    const df_lift *l = j->lift;
    uint32_t next = df_skip_blank_lines(j->doc, df_span_end(block));
    bool closes = next == df_instr_block(j->doc, l->run->instr).off;

    for (uint32_t i = 0; i < l->ncarry && l->early; i++)
        if (l->carry[i].origin.copy == copy)
            return block;
    for (uint32_t i = 0; i < l->nmoved; i++)
        closes |= df_instr_block(j->doc, l->moved[i]->instr).off == next;
    for (uint32_t i = 0; i < l->nalong; i++)
        closes |= df_instr_block(j->doc, l->along[i]->instr).off == next;
    /* COPYs side by side leave one hole. */
    if (df_blank_above(j->doc, first_beside(j, block.off)))
        closes = true;
    else
        closes = closes && l->ncarry;
    return df_block_hole(j->doc, block, closes);
}

/* Where the first of those begins that go along and stand right above it. */
static uint32_t above(const job *j, uint32_t i)
{
    const df_lift *l = j->lift;
    uint32_t off = df_instr_block(j->doc, l->along[i]->instr).off;

    while (i-- > 0 &&
           df_span_end(df_instr_block(j->doc, l->along[i]->instr)) == off)
        off = df_instr_block(j->doc, l->along[i]->instr).off;
    return off;
}

/* `RUN chmod +x …` behind the COPY that it is about. */
static void move_along(const job *j, bool at_end)
{
    const df_lift *l = j->lift;

    for (uint32_t i = 0; i < l->nalong; i++) {
        const df_instr *instr = l->along[i]->instr;
        df_span block = df_instr_block(j->doc, instr);
        bool last = at_end && i + 1 == l->nalong;

        if (is_spaced(j) && df_blank_above(j->doc, block.off))
            df_insert(j->f, j->to, df_newline(j->doc));
        put(j, block.off, df_span_end(last ? instr->span : block));
        df_delete(j->f, df_block_hole(j->doc, block,
                                      df_blank_above(j->doc, above(j, i))));
    }
}

static bool speaks_of_install(df_str comment)
{
    static const char *const yes[] = {"dependenc", "install", "manifest",
                                      "requirement", NULL};
    static const char *const no[] = {"code", "project", "rest", "source", NULL};

    for (const char *const *w = no; *w; w++)
        if (df_str_has_nocase(comment, *w))
            return false;
    for (const char *const *w = yes; *w; w++)
        if (df_str_has_nocase(comment, *w))
            return true;
    return false;
}

/*
 * The lines that move: with their comments, unless these speak of the install
 * that follows at once, as above `COPY package.json vite.config.js ./`.
 */
static df_span moved_lines(const job *j, const df_copied *copy)
{
    const df_lift *l = j->lift;
    df_span block = df_instr_block(j->doc, copy->instr);
    uint32_t off = copy->instr->lines.off;
    bool parts = false;

    for (uint32_t w = 0; w + 1 < copy->instr->nwords; w++)
        parts |= is_done(l, copy, w);
    return parts && !l->early &&
                   df_span_end(block) ==
                       df_instr_block(j->doc, l->run->instr).off &&
                   speaks_of_install(
                       df_source(j->doc, df_span_between(block.off, off)))
               ? df_span_between(off, df_span_end(block))
               : block;
}

/* `# the source` above a COPY, behind a blank line: so it stays. */
static bool begins_paragraph(const job *j, uint32_t i)
{
    const df_copied *moved = j->lift->moved[i];
    df_span block = moved_lines(j, moved);

    return block.off < moved->instr->lines.off &&
           df_blank_above(j->doc, block.off);
}

static void move_copies(const job *j, bool at_end)
{
    const df_lift *l = j->lift;

    for (uint32_t i = 0; i < l->nmoved; i++) {
        df_span block = moved_lines(j, l->moved[i]);

        if (i > 0 && begins_paragraph(j, i))
            df_insert(j->f, j->to, df_newline(j->doc));
        put_block(j, l->moved[i], block,
                  at_end && i + 1 == l->nmoved && !l->nalong);
        df_delete(j->f, hole_of(j, l->moved[i], block));
    }
    move_along(j, at_end);
}

/* --- the RUN --- */

/* `RUN --mount=… ` as the author wrote it. */
static df_str run_head(const job *j)
{
    const df_instr *instr = j->lift->run->instr;
    uint32_t end = df_span_end(
        instr->nflags ? instr->flags[instr->nflags - 1].span : instr->keyword);
    df_str indent = df_instr_indent(j->doc, instr);
    df_str gap =
        df_source(j->doc, df_span_between(end, df_text_src(&instr->args, 0)));

    if (df_str_find_char(gap, '#') != SIZE_MAX)
        gap = DF_STR(" ");
    return df_fmt(
        j->a, "%.*s%.*s%.*s", DF_STR_ARG(indent),
        DF_STR_ARG(df_source(j->doc, df_span_between(instr->keyword.off, end))),
        DF_STR_ARG(gap));
}

/* Comment lines in the continuation become those of the second half. */
static void put_comments(const job *j, df_span gap)
{
    for (uint32_t i = 0; i < j->doc->ncomments; i++)
        if (df_span_holds(gap, j->doc->comments[i].span)) {
            df_copy(j->f, j->doc->comments[i].span, j->to);
            df_insert(j->f, j->to, df_newline(j->doc));
        }
}

/* On one line, whatever lines it stands on. */
static df_str joined_words(df_arena *a, const df_sh_node *node)
{
    df_str text =
        df_str_slice(node->text, 0, node->words[0].span.off - node->span.off);

    for (uint32_t i = 0; i < node->nwords; i++)
        text = df_fmt(a, "%.*s%s%.*s", DF_STR_ARG(text), i ? " " : "",
                      DF_STR_ARG(node->words[i].text));
    return text;
}

/* What stands before the options of the last line of a command: the end of the
 * line above, and the blanks. */
static df_str option_start(const df_doc *doc, df_arena *a, df_str text)
{
    size_t at = text.len;
    size_t end;

    while (at > 0 && text.ptr[at - 1] != '\n')
        at--;
    if (!at)
        return DF_STR(" ");
    for (end = at; end < text.len && df_is_blank(text.ptr[end]); end++)
        ;
    return df_fmt(a, " %c%.*s%.*s", doc->escape, DF_STR_ARG(df_newline(doc)),
                  DF_STR_ARG(df_str_slice(text, at, end)));
}

df_str df_lift_alone(const df_lift *l)
{
    const df_install *in = &l->installs[0];
    const df_doc *doc = l->b->facts->doc;
    df_arena *a = l->b->arena;
    df_str text = df_source(doc, in->cmd->node->span);
    df_str options = in->alone;
    df_str start, option;

    if (df_str_find_char(text, '#') != SIZE_MAX)
        text = joined_words(a, in->cmd->node);
    start = option_start(doc, a, text);
    df_str_cut(&options, ' ', &option);
    while (options.len) {
        df_str_cut(&options, ' ', &option);
        text = df_fmt(a, "%.*s%.*s%.*s", DF_STR_ARG(text), DF_STR_ARG(start),
                      DF_STR_ARG(option));
    }
    return text;
}

/* ` && npm cache clean --force`, tied as the author ties commands. */
static df_str ending(const job *j, df_str tie)
{
    const df_cmd *again = j->lift->again;

    if (!again)
        return DF_STR("");
    if (df_str_find_char(tie, '#') != SIZE_MAX || !df_str_has(tie, "&&"))
        tie = DF_STR(" && ");
    return df_fmt(j->a, "%.*s%.*s", DF_STR_ARG(tie),
                  DF_STR_ARG(df_source(j->doc, again->node->span)));
}

/* Nothing but the COPYs that move stands between the first of them and RUN. */
static bool is_below_copies(const df_lift *l)
{
    return l->moved[0]->instr->index + l->nmoved == l->run->instr->index;
}

/* A new RUN above the whole one, and so above the COPYs, which may stay. */
static void call_alone(job *j)
{
    const df_lift *l = j->lift;
    uint32_t behind = df_span_end(l->moved[l->nmoved - 1]->instr->lines);
    bool stay = is_below_copies(l);
    bool blank = stay && df_skip_blank_lines(j->doc, behind) > behind;
    df_str newline = df_newline(j->doc);

    j->to =
        df_instr_block(j->doc, stay ? l->moved[0]->instr : l->run->instr).off;
    for (uint32_t i = 0; stay && i < l->ncarry; i++)
        df_insert(j->f, j->to, manifest_line(j, i));
    if (!stay)
        copy_manifests(j);
    df_insert(j->f, j->to,
              df_fmt(j->a, "%.*s%.*s%.*s%.*s%.*s", DF_STR_ARG(run_head(j)),
                     DF_STR_ARG(df_lift_alone(l)),
                     DF_STR_ARG(ending(j, DF_STR(" && "))), DF_STR_ARG(newline),
                     DF_STR_ARG(blank || begins_paragraph(j, 0) ? newline
                                                                : DF_STR(""))));
    if (!stay)
        move_copies(j, false);
}

static void cut_run(job *j)
{
    const df_halves *cut = &j->lift->cut;
    df_str gap = df_source(j->doc, cut->gap);

    j->to = cut->gap.off;
    if (df_lift_is_twice(j->lift)) {
        df_insert(j->f, j->to,
                  df_str_find_char(gap, '#') == SIZE_MAX ? gap
                                                         : DF_STR(" && "));
        df_insert(j->f, j->to, df_lift_alone(j->lift));
    }
    df_insert(j->f, j->to, ending(j, gap));
    df_insert(j->f, j->to, df_newline(j->doc));
    if (begins_paragraph(j, 0))
        df_insert(j->f, j->to, df_newline(j->doc));
    move_copies(j, false);
    put_comments(j, cut->gap);
    df_insert(j->f, j->to, run_head(j));
    df_insert(j->f, j->to, cut->again);
    df_delete(j->f, cut->gap);
}

/* The middle of a chain, with the operator that ties it to the rest. */
static df_span tied(const df_lift *l)
{
    const df_cmd *cmds = l->run->cmds;
    uint32_t end = df_span_end(cmds[l->end - 1].pipe->span);

    return l->end < l->run->ncmds
               ? df_span_between(cmds[l->first].pipe->span.off,
                                 cmds[l->end].pipe->span.off)
               : df_span_between(df_span_end(cmds[l->first - 1].pipe->span),
                                 end);
}

/* A RUN of its own for the middle of the RUN. */
static void take_out(job *j)
{
    const df_lift *l = j->lift;
    const df_cmd *cmds = l->run->cmds;
    df_span middle = df_span_between(cmds[l->first].pipe->span.off,
                                     df_span_end(cmds[l->end - 1].pipe->span));

    j->to = df_instr_block(j->doc, l->run->instr).off;
    df_insert(j->f, j->to,
              df_fmt(j->a, "%.*s%.*s%.*s%.*s", DF_STR_ARG(run_head(j)),
                     DF_STR_ARG(df_source(j->doc, middle)),
                     DF_STR_ARG(ending(j, DF_STR(" && "))),
                     DF_STR_ARG(df_newline(j->doc))));
    if (begins_paragraph(j, 0))
        df_insert(j->f, j->to, df_newline(j->doc));
    move_copies(j, false);
    if (df_blank_above(j->doc, j->to))
        df_insert(j->f, j->to, df_newline(j->doc));
    df_delete(j->f, tied(l));
}

static void pass_whole_run(job *j)
{
    bool at_end;

    j->to = df_span_end(j->lift->last->instr->lines);
    at_end = j->to == j->doc->text.len && !df_str_ends(j->doc->text, "\n");
    if (at_end)
        df_insert(j->f, j->to, df_newline(j->doc));
    if (is_spaced(j) || begins_paragraph(j, 0))
        df_insert(j->f, j->to, df_newline(j->doc));
    move_copies(j, at_end);
}

/* The download, in the directory of the project. */
static df_str download_line(const job *j)
{
    const df_lift *l = j->lift;
    const df_instr *at = l->early ? l->moved[0]->instr : l->run->instr;
    df_str workdir = l->b->facts->states[at->index].workdir;
    const df_install *in = &l->installs[0];
    /* An operand or an option says where the project is. */
    df_str dir = in->eco->prefetch_operands ||
                         df_cmd_has_any(in->cmd, in->eco->manifest_option)
                     ? in->cmd->dir
                     : in->dir;
    bool there = df_str_eq(workdir.ptr ? workdir : DF_STR("."), dir);

    return df_fmt(j->a, "%.*s%s%.*s%s%.*s%.*s", DF_STR_ARG(run_head(j)),
                  there ? "" : "cd ", DF_STR_ARG(there ? DF_STR("") : dir),
                  there ? "" : " && ", DF_STR_ARG(df_prefetch_command(l)),
                  DF_STR_ARG(df_newline(j->doc)));
}

static job begin(df_finding *f, const df_lift *l)
{
    return (job){.lift = l, .f = f, .a = l->b->arena, .doc = l->b->facts->doc};
}

void df_lift_apply(df_finding *f, const df_lift *l)
{
    job j = begin(f, l);

    if (!l->end) {
        call_alone(&j);
        return;
    }
    copy_manifests(&j);
    if (l->first)
        take_out(&j);
    else if (l->end < l->run->ncmds)
        cut_run(&j);
    else
        pass_whole_run(&j);
}

/* Right behind a COPY of manifests that stand there already. */
static uint32_t download_place(const job *j, const df_instr *at)
{
    const df_install *in = &j->lift->installs[0];
    const df_instr *above = j->doc->instrs[at->index - 1];

    for (uint32_t i = 0; !j->lift->ncarry && i < in->nneeds; i++)
        if (in->needs[i].origin.copy->instr == above)
            return df_span_end(above->lines);
    return df_instr_block(j->doc, at).off;
}

void df_prefetch_apply(df_finding *f, const df_lift *l)
{
    job j = begin(f, l);
    const df_instr *at = l->early ? l->moved[0]->instr : l->run->instr;

    copy_manifests(&j);
    j.to = download_place(&j, at);
    df_insert(f, j.to, download_line(&j));
    if (begins_paragraph(&j, 0))
        df_insert(f, j.to, df_newline(j.doc));
    if (!l->early)
        move_copies(&j, false);
}
