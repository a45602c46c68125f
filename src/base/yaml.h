/* What libyaml is not to be given. */
#ifndef DF_BASE_YAML_H
#define DF_BASE_YAML_H

#include <dfopt/str.h>

/* More `%TAG` than anybody writes? libyaml compares each with all before it,
 * which takes minutes for a file of 3 MB. In whatever encoding. */
bool df_yaml_is_endless(df_str text);

#endif
