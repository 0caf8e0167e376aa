#ifndef HUBTUI_CLINUX_SHIM_H
#define HUBTUI_CLINUX_SHIM_H
/* <unistd.h>: behind _GNU_SOURCE, which Swift's import of the C library does not define. */
int syncfs(int descriptor);
#endif
