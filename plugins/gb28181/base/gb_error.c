/* gb_error.c - the quark of the error domain. */
#include "gb28181/base/gb_error.h"

GQuark gb_error_quark(void) {
	return g_quark_from_static_string("gb-error-quark");
}
