/* The built-in knowledge: constant data that kbgen makes of transforms/. */
#ifndef DF_KB_KB_H
#define DF_KB_KB_H

#include <dfopt/kb.h>

extern const df_knowledge df_kb_data;

#endif
