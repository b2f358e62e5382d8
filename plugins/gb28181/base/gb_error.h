/* gb_error.h - the one error domain of the core.
 *
 * Functions that can fail take a `GError **`; the code says what kind of failure it is, the
 * message says in a sentence what to do about it. The glue maps codes to the numbers of the JSON
 * API in one table. Bad bytes from outside are not errors of this kind: parsers return
 * `gb_result`. Any thread. */
#ifndef GB_ERROR_H
#define GB_ERROR_H

#include <glib.h>

/** What a parser of untrusted bytes says. */
typedef enum {
	GB_OK,	  /**< parsed */
	GB_MORE,  /**< not enough bytes yet; nothing was consumed */
	GB_BAD,	  /**< not what it should be; the caller counts and drops it */
	GB_LIMIT, /**< well formed, but over a cap; the caller counts and drops it */
} gb_result;

/** Codes of the domain GB_ERROR. The comment names the code of the JSON API (api.md, 3). */
typedef enum {
	GB_ERROR_FAILED,	   /**< 499: anything else */
	GB_ERROR_BUSY,		   /**< 499: an owner thread did not answer in time */
	GB_ERROR_INVALID,	   /**< 454: a value out of range or malformed */
	GB_ERROR_NOT_FOUND,	   /**< 455: no such device or channel */
	GB_ERROR_EXISTS,	   /**< 456: exists already */
	GB_ERROR_UNAUTHORIZED, /**< 457: not allowed */
	GB_ERROR_STATE,		   /**< 460: not possible in the present state */
	GB_ERROR_OFFLINE,	   /**< 480: the device is not registered */
	GB_ERROR_REFUSED,	   /**< 481: the device refused by a SIP status */
	GB_ERROR_TIMEOUT,	   /**< 482: the device did not answer in time */
	GB_ERROR_NO_MEDIA,	   /**< 483: no usable media arrived */
	GB_ERROR_CODEC,		   /**< 484: media that the viewer cannot play */
	GB_ERROR_NO_PORT,	   /**< 485: no free media port */
	GB_ERROR_LIMIT,		   /**< 486: a limit is reached */
	GB_ERROR_MISSING,	   /**< 453: something was left out that is needed here */
} gb_error_code;

#define GB_ERROR (gb_error_quark())
GQuark gb_error_quark(void);

#endif
