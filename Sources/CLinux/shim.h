#ifndef HUBTUI_CLINUX_SHIM_H
#define HUBTUI_CLINUX_SHIM_H
/* mallopt(3): not in what Swift imports of the C library. */
#include <malloc.h>
/* <unistd.h>: behind _GNU_SOURCE, which Swift's import of the C library does not define. */
int syncfs(int descriptor);
/* <fcntl.h>, likewise. */
int sync_file_range(int descriptor, long long offset, long long count, unsigned flags);
#endif
