/* Parts of df_smaller_weigh: lacks.c and lacks_image.c. */
#ifndef DF_FACTS_LACKS_H
#define DF_FACTS_LACKS_H

#include <dfopt/smaller.h>

/* Why the smaller image will not do: the first reason stays. */
void df_lacks_say(df_smaller *s, df_span at, df_str why);

#define SAY(s, at, ...) df_lacks_say(s, at, df_fmt((s)->arena, __VA_ARGS__))

/* Is it in the larger one, not in the smaller one, and not installed before
 * the call is made? A call of NULL is made at run time. */
bool df_lacks(const df_smaller *s, df_str name, const df_call *call);

/* Can it be added? Then it is noted for `who`, once for each package. */
bool df_lacks_add(df_smaller *s, df_str name, df_str who, const df_call *call);

/* What speaks against it beside single commands and dependencies. */
void df_lacks_image(df_smaller *s);

#endif
