#ifndef HUBTUI_CIDN2_SHIM_H
#define HUBTUI_CIDN2_SHIM_H
#include <idn2.h>
#endif
