/* gb_glue_options.h - the table of configuration options: names, ranges, where a value goes. Pure;
 * any thread. */
#ifndef GB_GLUE_OPTIONS_H
#define GB_GLUE_OPTIONS_H

#include "glue/gb_glue_config.h"

typedef enum {
	GB_OPTION_TEXT,		  /**< char *, `min`..`max` bytes */
	GB_OPTION_INT,		  /**< int */
	GB_OPTION_U16,		  /**< uint16_t */
	GB_OPTION_UINT,		  /**< unsigned */
	GB_OPTION_BOOL,		  /**< bool */
	GB_OPTION_IP,		  /**< char *, an address */
	GB_OPTION_IPS,		  /**< char **, one address or a list */
	GB_OPTION_ADVERTISED, /**< char **, for gb_addr_map_new(); "" = none */
	GB_OPTION_PORTS,	  /**< "min-max" into port_min and port_max of gb_media_config */
	GB_OPTION_USER,		  /**< char *, an id that SIP can carry */
	GB_OPTION_CHOICE,	  /**< one of `choices`; the value goes nowhere yet */
	GB_OPTION_NUMBER,	  /**< a number in the range; the value goes nowhere yet */
	GB_OPTION_ABSENT,	  /**< its part is not built yet: no value but "" is taken */
} gb_option_kind;

typedef struct {
	const char *name;
	gb_option_kind kind;
	size_t offset; /**< in gb_glue_config; unused where the value goes nowhere */
	int64_t min, max;
	const char *const *choices; /**< NULL-terminated: what the option may be */
	unsigned built;	  /**< how many of the choices are built; the others are refused by a line that
						 says so */
	const char *part; /**< the part that is not built yet, in words */
} gb_option;

typedef struct {
	const char *name;
	const gb_option *options;
	size_t count;
} gb_option_section;

extern const gb_option_section gb_option_sections[];
extern const size_t gb_option_section_count;

/** Checks one value and puts it into `config`; false with an error that names `section.option`. */
bool gb_option_take(const char *section, const gb_option *option, const char *value,
	gb_glue_config *config, GError **error);
/** The same for a list of values. */
bool gb_option_take_list(const char *section, const gb_option *option, const char *const *values,
	gb_glue_config *config, GError **error);

#endif
