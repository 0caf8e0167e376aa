#ifndef HUBTUI_CLINUX_SHIM_H
#define HUBTUI_CLINUX_SHIM_H
/* mallopt(3): not in what Swift imports of the C library. */
#include <malloc.h>
#include <stddef.h>
/* <string.h>: behind _GNU_SOURCE, which Swift's import of the C library does not define. */
void *memmem(const void *bytes, size_t count, const void *wanted, size_t wantedCount);
/* <unistd.h>, likewise. */
int syncfs(int descriptor);
/* <fcntl.h>, likewise. */
int sync_file_range(int descriptor, long long offset, long long count, unsigned flags);
#endif
