/*
 * Leave the build behind
 *
 * An image that builds its program also ships what built it: compiler, package
 * cache, source. Cut in two, the upper stage builds as before, and the lower
 * one gets the finished program, the same configuration, and a small base.
 *
 * These shapes are known well enough:
 *
 * - a Go program that `go build` or `go install` links without cgo, started in
 *   exec form: it moves to distroless/static, which has certificates, time
 *   zones, /etc/passwd and /tmp, and nothing else;
 * - a site that vite, react-scripts or vue-cli-service makes, served by `serve`
 *   or `http-server`: only the site and the server are kept, and what stands
 *   above the project;
 * - a part of a project, `client/`, that is installed and built for a program
 *   of another directory: without its node_modules;
 * - dependencies that a compiler is installed for: what pip fills (an
 *   environment of its own, /opt/venv, or what it always fills, where that
 *   would not do), npm, pnpm or yarn (node_modules), or bundler is taken along,
 *   with the libraries that it is linked with;
 * - a server of Node.js that npm installs and builds: without the packages that
 *   only development needs;
 * - a program of C or Rust that one step makes and that needs nothing else; of
 *   Java and .NET, or of `make`, if its author says which files count, right
 *   above the RUN:
 *
 *       # dfopt: artifact=/app/target/app.jar
 *       RUN mvn package
 *
 * Only the last stage is cut, if it is built on an image. Whatever else a RUN
 * leaves (users, directories, OS packages), files that the program may read,
 * and programs that it starts speak against it; a note says which. Where one
 * answer of the author is all that is missing, it is asked for: what a RUN
 * leaves (`# dfopt: artifact=PATH` above it, or `none`), what programs need
 * that cannot be read (`# dfopt: needs=PACKAGE` above FROM, or `none`), or
 * which packages of devDependencies nothing loads when the image runs, though
 * the source speaks of them (`# dfopt: unused=PACKAGE` above FROM).
 *
 * `passes: {multi-stage: {runtime: slim}}` in .dfopt.yaml takes Debian's slim
 * image, with certificates and time zones, where distroless would do;
 * `runtime: same` takes no other image than that of FROM.
 *
 * Unsafe: what packages of the program do at run time cannot be seen.
 */
#include <dfopt/shape.h>

static void run(df_pass_ctx *cx)
{
    const df_facts *facts = df_cx_facts(cx);
    const df_stage *stage =
        facts->nstages ? &facts->stages[facts->nstages - 1] : NULL;
    df_shape j = {
        .cx = cx, .arena = df_cx_arena(cx), .facts = facts, .stage = stage};

    if (!stage || stage->windows || stage->base || !stage->shipped)
        return;
    j.program = df_stage_program(j.arena, facts, stage);
    if (df_str_is(stage->repo, "golang"))
        df_shape_go(&j);
    else
        df_shape_site(&j);
    if (!j.proposed && !df_str_is(stage->repo, "golang")) {
        df_shape_try_server(&j);
        df_shape_deps(&j);
        df_shape_server(&j);
        df_shape_made(&j);
        df_shape_folder(&j);
    }
}

DF_PASS(multi_stage) = {
    .name = "multi-stage",
    .summary = "leave compilers and sources in a build stage",
    .since = "0.1",
    .phase = DF_PHASE_STAGES,
    .safety = DF_UNSAFE,
    .run = run,
};
