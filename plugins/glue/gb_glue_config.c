#include "glue/gb_glue_config.h"

#include "gb28181/base/gb_log.h"
#include "glue/gb_glue_options.h"

#include <string.h>

#define FILE_NAME "janus.plugin.gb28181.jcfg"

static const gb_option_section *find_section(const char *name) {
	for(size_t i = 0; i < gb_option_section_count; i++) {
		if(!g_strcmp0(gb_option_sections[i].name, name))
			return &gb_option_sections[i];
	}
	return NULL;
}

static const gb_option *find_option(const gb_option_section *section, const char *name) {
	for(size_t i = 0; i < section->count; i++) {
		if(!g_strcmp0(section->options[i].name, name))
			return &section->options[i];
	}
	return NULL;
}

static bool unknown(const char *section, const char *name, GError **error) {
	g_set_error(error, GB_ERROR, GB_ERROR_INVALID,
		"%s%s%s: there is no such option; see %s.sample for those that there are",
		section ? section : "", section ? "." : "", name ? name : "(no name)", FILE_NAME);
	return false;
}

/* A copy of the texts of an array or list. */
static char **array_values(const janus_config_container *array) {
	GPtrArray *values = g_ptr_array_new();
	for(const GList *one = array->list; one; one = one->next) {
		const janus_config_container *item = one->data;
		g_ptr_array_add(values, item->value ? g_strdup(item->value) : g_strdup(""));
	}
	g_ptr_array_add(values, NULL);
	return (char **)g_ptr_array_free(values, FALSE);
}

static bool read_item(const gb_option_section *section, const janus_config_container *item,
	gb_glue_config *config, GError **error) {
	const gb_option *option = find_option(section, item->name);
	if(!option || item->type == janus_config_type_category)
		return unknown(section->name, item->name, error);
	if(item->type == janus_config_type_array) {
		g_auto(GStrv) values = array_values(item);
		return gb_option_take_list(
			section->name, option, (const char *const *)values, config, error);
	}
	return gb_option_take(section->name, option, item->value ? item->value : "", config, error);
}

static bool read_section(
	const janus_config_container *container, gb_glue_config *config, GError **error) {
	const gb_option_section *section = find_section(container->name);
	if(!section || container->type != janus_config_type_category)
		return unknown(NULL, container->name, error);
	for(const GList *one = container->list; one; one = one->next) {
		if(!read_item(section, one->data, config, error))
			return false;
	}
	return true;
}

static void set_defaults(gb_glue_config *config) {
	memset(config, 0, sizeof(*config));
	gb_server_config_default(&config->server);
	config->events = true;
	config->language = g_strdup("en");
	/* these two have no default: the id must be given, the realm comes from it */
	g_clear_pointer(&config->server.sip.server_id, g_free);
	g_clear_pointer(&config->server.sip.realm, g_free);
	g_clear_pointer(&config->server.sip_password, g_free);
}

/* What one option asks of another. */
static bool complete(gb_glue_config *config, GError **error) {
	gb_server_config *server = &config->server;
	if(!server->sip.server_id) {
		g_set_error(error, GB_ERROR, GB_ERROR_INVALID,
			"sip.server_id: give our own id, normally 20 digits such as 34020000002000000001");
		return false;
	}
	if(!server->sip.udp && !server->sip.tcp) {
		g_set_error(error, GB_ERROR, GB_ERROR_INVALID,
			"sip.udp and sip.tcp are both false: devices need one of them");
		return false;
	}
	if(!server->sip.realm)
		server->sip.realm = g_strndup(server->sip.server_id, 10);
	if(!server->sip_password)
		server->sip_password = g_strdup("");
	if(!server->sip_password[0])
		gb_log(GB_LOG_WARNING, "sip.password is empty: devices are not asked for a digest%s",
			server->allow_unknown ? ", and any may register (sip.allow_unknown)" : "");
	if(!strcmp(server->store_path, ":memory:"))
		gb_log(GB_LOG_INFO,
			"store.path is \":memory:\": devices and channels are forgotten at the end");
	return true;
}

bool gb_glue_config_read(const janus_config *file, gb_glue_config *ret_config, GError **error) {
	gb_glue_config config;
	set_defaults(&config);
	bool fine = true;
	for(const GList *one = file->list; one && fine; one = one->next)
		fine = read_section(one->data, &config, error);
	fine = fine && complete(&config, error);
	if(!fine) {
		gb_glue_config_clear(&config);
		return false;
	}
	*ret_config = config;
	return true;
}

bool gb_glue_config_load(const char *folder, gb_glue_config *ret_config, GError **error) {
	g_autofree char *path = g_build_filename(folder, FILE_NAME, NULL);
	janus_config *file = janus_config_parse(path);
	if(!file) {
		bool there = g_file_test(path, G_FILE_TEST_EXISTS);
		g_set_error(error, GB_ERROR, GB_ERROR_INVALID,
			there ? "%s cannot be read; %s.sample shows how it should look"
				  : "%s is missing: copy %s.sample there and set sip.server_id and sip.password",
			path, FILE_NAME);
		return false;
	}
	bool fine = gb_glue_config_read(file, ret_config, error);
	janus_config_destroy(file);
	return fine;
}

void gb_glue_config_clear(gb_glue_config *config) {
	g_free(config->admin_key);
	g_free(config->language);
	gb_server_config_clear(&config->server);
	memset(config, 0, sizeof(*config));
}
