/* Version, and what is visible outside the library. */
#ifndef DFOPT_VERSION_H
#define DFOPT_VERSION_H

#define DF_VERSION "0.1.0"

#if defined(__GNUC__)
#define DF_API __attribute__((visibility("default")))
#else
#define DF_API
#endif

#endif
