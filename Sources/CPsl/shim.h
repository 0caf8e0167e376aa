#ifndef HUBTUI_CPSL_SHIM_H
#define HUBTUI_CPSL_SHIM_H
#include <libpsl.h>
#endif
