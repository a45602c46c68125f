/* The file that a developer would change. */
#ifndef DF_VERIFY_TOUCH_H
#define DF_VERIFY_TOUCH_H

#include <dfopt/context.h>
#include <dfopt/kb.h>

/*
 * The first file of the context that the Dockerfile copies and that is source:
 * no manifest, lock file or configuration of an ecosystem. Files that look
 * like a program come first. Empty: there is none.
 */
df_str df_touch_choose(df_arena *a, df_context *cx, const df_kb *kb,
                       df_str dockerfile);

#endif
