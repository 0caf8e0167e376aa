#ifndef HUBTUI_CLIBDEFLATE_SHIM_H
#define HUBTUI_CLIBDEFLATE_SHIM_H
#include <libdeflate.h>
#endif
