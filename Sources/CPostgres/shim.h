#ifndef HUBTUI_CPOSTGRES_SHIM_H
#define HUBTUI_CPOSTGRES_SHIM_H
#include <postgresql/libpq-fe.h>
#endif
