/*
 * Files: read one whole, replace one whole.
 *
 * Messages name what is wrong with the file ("is a directory", "no space left
 * on device"); the path stands in err->path.
 */
#ifndef DF_BASE_IO_H
#define DF_BASE_IO_H

#include <dirent.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/err.h"

/*
 * What a call that failed says by errno. Usually that there is nothing of that
 * name, that there cannot be, or that it is not for us: that is an answer.
 * Anything else (EIO, EMFILE, a server that is gone) is a fault, and who took
 * it for the same answer would decide on what he did not see. The first fault
 * is kept in *fault.
 */
bool df_is_fault(int error);
void df_note_fault(df_err *fault, const char *path);

/* The next entry of a directory but `.` and `..`. NULL: no more, errno is 0, or
 * reading failed. */
const struct dirent *df_next_entry(DIR *dir);

/*
 * All bytes of a regular file, with a NUL behind them that is not counted.
 * Links are followed. Anything else (directory, pipe, device, socket) is
 * refused without waiting for it. More than `limit` bytes: DF_ELIMIT.
 */
bool df_read_file(df_arena *a, const char *path, size_t limit, df_str *text,
                  df_err *err);

/* The same for an open descriptor, of whatever kind; it stays open. `name` is
 * what messages call it. */
bool df_read_fd(df_arena *a, int fd, const char *name, size_t limit,
                df_str *text, df_err *err);

/* The same of a regular file, of which fstat has told. */
bool df_read_regular(df_arena *a, int fd, const struct stat *st,
                     const char *name, size_t limit, df_str *text, df_err *err);

/*
 * Put `text` in place of `before` as the contents of a file: afterwards the
 * file holds either, whole, whatever happens on the way. True once the new
 * text is on the disk.
 *
 * - The new text goes to a temporary file in the same directory, which then
 *   takes the place of the old one. It is removed again if anything fails.
 *   SIGHUP, SIGINT, SIGQUIT and SIGTERM of the calling thread wait meanwhile.
 * - A symbolic link stays, its target is replaced.
 * - Mode, owner and group stay; if that is impossible, the file does too.
 *   Access control lists and extended attributes do not.
 * - A file with further hard links is refused: they would keep the old text,
 *   and writing through all of them cannot be undone when the disk is full.
 * - A file that the caller may not write is refused, though the directory
 *   would allow to replace it.
 * - A file whose contents, mode or owner changed since is left as it is
 *   (DF_ECHANGED). A change between the last look and the rename, two calls
 *   that follow each other, goes unnoticed; but not one by dfopt, which locks
 *   the directory meanwhile, if that can be locked.
 * - Only SIGKILL or a crash may leave the temporary file, in nobody's way.
 */
bool df_replace_file(const char *path, df_str before, df_str text, df_err *err);

/* The same for a file that is not there yet, nor a link by that name; `mode` as
 * for open(2). */
bool df_create_file(const char *path, mode_t mode, df_str text, df_err *err);

#endif
