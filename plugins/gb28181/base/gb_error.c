/* gb_error.c - the quark of the error domain. */
#include "gb28181/base/gb_error.h"

G_DEFINE_QUARK(gb-error-quark, gb_error)
