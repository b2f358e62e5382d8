/* test_log.c - log lines as the sink gets them. */
#include "gb28181/base/gb_log.h"

#include "gb28181/base/gb_clock.h"

#include <glib.h>
#include <pthread.h>
#include <string.h>

static char last[4096];
static gb_log_level last_level;
static unsigned lines;

static void capture(gb_log_level level, const char *line) {
	g_strlcpy(last, line, sizeof(last));
	last_level = level;
	lines++;
}

static void setup(void) {
	gb_log_set_sink(capture, GB_LOG_INFO);
	gb_log_set_context(NULL);
	last[0] = '\0';
	lines = 0;
}

static void test_levels(void) {
	setup();
	gb_log(GB_LOG_VERBOSE, "no");
	g_assert_cmpuint(lines, ==, 0);
	g_assert_false(gb_log_enabled(GB_LOG_VERBOSE));
	g_assert_true(gb_log_enabled(GB_LOG_INFO));
	gb_log(GB_LOG_INFO, "yes %d", 1);
	g_assert_cmpstr(last, ==, "yes 1");
	g_assert_cmpint(last_level, ==, GB_LOG_INFO);
	gb_log(GB_LOG_ERROR, "worse");
	g_assert_cmpint(last_level, ==, GB_LOG_ERROR);
}

static void test_one_line(void) {
	setup();
	gb_log(GB_LOG_INFO, "%s", "a\r\nERROR: faked\x1b[2J\x7f");
	g_assert_cmpstr(last, ==, "a  ERROR: faked [2J ");
}

static void test_cut(void) {
	setup();
	g_autofree char *text = g_strnfill(3000, 'x');
	gb_log(GB_LOG_INFO, "%s", text);
	g_assert_cmpuint(strlen(last), ==, 1023);
	/* Three-byte characters from the second byte on: 340 of them fit, and one and a bit do not. */
	GString *chinese = g_string_new("y");
	for(int i = 0; i < 1000; i++)
		g_string_append(chinese, "\xe4\xb8\xad");
	gb_log(GB_LOG_INFO, "%s", chinese->str);
	g_assert_cmpuint(strlen(last), ==, 1 + 340 * 3);
	g_assert_true(g_utf8_validate(last, -1, NULL));
	g_string_free(chinese, TRUE);
}

static void test_context(void) {
	setup();
	gb_log_set_context("%s/ch%d", "34020000001320000001", 2);
	gb_log(GB_LOG_INFO, "hello");
	g_assert_cmpstr(last, ==, "[34020000001320000001/ch2] hello");
	g_autofree char *text = g_strnfill(200, 'c');
	gb_log_set_context("%s", text);
	gb_log(GB_LOG_INFO, "hello");
	g_assert_cmpuint(strlen(last), ==, 1 + 95 + 2 + 5);
	g_assert_true(g_str_has_suffix(last, "c] hello"));
	gb_log_set_context(NULL);
	gb_log(GB_LOG_INFO, "hello");
	g_assert_cmpstr(last, ==, "hello");
	gb_log_set_context("x");
	gb_log_set_context("%s", "");
	gb_log(GB_LOG_INFO, "hello");
	g_assert_cmpstr(last, ==, "hello");
}

static void *log_without_context(void *user) {
	(void)user;
	gb_log(GB_LOG_INFO, "other");
	gb_log_set_context("mine");
	return NULL;
}

static void test_context_of_thread(void) {
	pthread_t thread;
	setup();
	gb_log_set_context("main");
	g_assert_cmpint(pthread_create(&thread, NULL, log_without_context, NULL), ==, 0);
	pthread_join(thread, NULL);
	g_assert_cmpstr(last, ==, "other");
	gb_log(GB_LOG_INFO, "hello");
	g_assert_cmpstr(last, ==, "[main] hello");
	gb_log_set_context(NULL);
}

static void test_escape(void) {
	static const struct {
		const char *bytes;
		size_t len, size;
		const char *text;
	} cases[] = {
		{"abc", 3, 10, "abc"},
		{"a\0\n\xff", 4, 20, "a\\x00\\x0a\\xff"},
		{"a\n", 2, 6, "a\\x0a"},
		{"a\n", 2, 5, "a"},
		{"abc", 3, 3, "ab"},
		{"abc", 3, 1, ""},
		{"", 0, 1, ""},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		char *buf = g_malloc(cases[i].size);
		g_assert_cmpstr(
			gb_log_escape(buf, cases[i].size, cases[i].bytes, cases[i].len), ==, cases[i].text);
		g_free(buf);
	}
	char none[1] = "z";
	g_assert_true(gb_log_escape(none, 0, "a", 1) == none);
	g_assert_cmpint(none[0], ==, 'z');
}

static void test_limit(void) {
	gb_log_limit limit = {0};
	uint32_t swallowed = 77;
	gb_clock_fake(1000, 0);
	g_assert_true(gb_log_limit_pass(&limit, 50, &swallowed));
	g_assert_cmpuint(swallowed, ==, 0);
	for(int i = 0; i < 3; i++)
		g_assert_false(gb_log_limit_pass(&limit, 50, &swallowed));
	gb_clock_fake_advance(50);
	g_assert_true(gb_log_limit_pass(&limit, 50, &swallowed));
	g_assert_cmpuint(swallowed, ==, 3);
	g_assert_false(gb_log_limit_pass(&limit, 50, &swallowed));
	gb_clock_real();
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/log/levels", test_levels);
	g_test_add_func("/log/one-line", test_one_line);
	g_test_add_func("/log/cut", test_cut);
	g_test_add_func("/log/context", test_context);
	g_test_add_func("/log/context-of-thread", test_context_of_thread);
	g_test_add_func("/log/escape", test_escape);
	g_test_add_func("/log/limit", test_limit);
	return g_test_run();
}
