/* gb_clock.c - clocks, and the texts of time in RFC 3339 and in devices' local form. */
#include "gb28181/base/gb_clock.h"

#include "gb28181/base/gb_str.h"

#include <string.h>
#include <time.h>

#define DAY_S 86400LL
#define MAX_UNIX_S 253402300799LL /* 9999-12-31T23:59:59Z */

static bool is_fake;
static int64_t fake_monotonic_us;
static int64_t fake_wall_us;

static int64_t read_clock(clockid_t id) {
	struct timespec now;
	clock_gettime(id, &now);
	return now.tv_sec * GB_SECOND + now.tv_nsec / 1000;
}

int64_t gb_clock_us(void) {
	return is_fake ? fake_monotonic_us : read_clock(CLOCK_MONOTONIC);
}

int64_t gb_clock_wall_us(void) {
	return is_fake ? fake_wall_us : read_clock(CLOCK_REALTIME);
}

void gb_clock_fake(int64_t monotonic_us, int64_t wall_us) {
	is_fake = true;
	fake_monotonic_us = monotonic_us;
	fake_wall_us = wall_us;
}

void gb_clock_fake_advance(int64_t delta_us) {
	fake_monotonic_us += delta_us;
	fake_wall_us += delta_us;
}

void gb_clock_real(void) {
	is_fake = false;
}

/* ---- text of time ---- */

typedef struct {
	int64_t year, month, day, hour, minute, second;
	int64_t micros;
} civil;

/* Days since 1970-01-01 of a date in the Gregorian calendar; years count from March, so that the
 * leap day is the last of its year. */
static int64_t days_of(int64_t year, int64_t month, int64_t day) {
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

static int64_t days_in_month(int64_t year, int64_t month) {
	return month == 12 ? 31 : days_of(year, month + 1, 1) - days_of(year, month, 1);
}

/* Text is for years 1970 to 9999 only: times outside are moved to the nearest of them. */
static civil civil_of(int64_t wall_us) {
	int64_t in_range = CLAMP(wall_us, 0, MAX_UNIX_S * GB_SECOND + 999999);
	time_t seconds = (time_t)(in_range / GB_SECOND);
	struct tm broken;
	gmtime_r(&seconds, &broken);
	civil time = {broken.tm_year + 1900, broken.tm_mon + 1, broken.tm_mday, broken.tm_hour,
		broken.tm_min, broken.tm_sec, in_range % GB_SECOND};
	return time;
}

const char *gb_time_rfc3339(char buf[GB_TIME_TEXT], int64_t wall_us) {
	civil t = civil_of(wall_us);
	g_snprintf(buf, GB_TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)t.year, (int)t.month,
		(int)t.day, (int)t.hour, (int)t.minute, (int)t.second);
	return buf;
}

const char *gb_time_local(char buf[GB_TIME_TEXT], int64_t wall_us, int utc_offset_minutes) {
	civil t = civil_of(wall_us + utc_offset_minutes * 60 * GB_SECOND);
	g_snprintf(buf, GB_TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d.%03d", (int)t.year, (int)t.month,
		(int)t.day, (int)t.hour, (int)t.minute, (int)t.second, (int)(t.micros / 1000));
	return buf;
}

/* Takes up to `max_digits` digits off the front; at least `min_digits` must be there. */
static bool take_number(const char **at, int min_digits, int max_digits, int64_t *ret_value) {
	int64_t value = 0;
	int digits = 0;
	while(digits < max_digits && g_ascii_isdigit((*at)[digits]))
		value = value * 10 + ((*at)[digits++] - '0');
	if(digits < min_digits)
		return false;
	*at += digits;
	*ret_value = value;
	return true;
}

static bool take_one_of(const char **at, const char *set) {
	if(!**at || !strchr(set, **at))
		return false;
	(*at)++;
	return true;
}

static bool take_date(const char **at, int min_digits, civil *t) {
	if(!take_number(at, 4, 4, &t->year) || !take_one_of(at, "-/"))
		return false;
	if(!take_number(at, min_digits, 2, &t->month) || !take_one_of(at, "-/"))
		return false;
	if(!take_number(at, min_digits, 2, &t->day))
		return false;
	return t->year >= 1970 && t->month >= 1 && t->month <= 12 && t->day >= 1 &&
		t->day <= days_in_month(t->year, t->month);
}

static bool take_clock(const char **at, int min_digits, civil *t) {
	if(!take_number(at, min_digits, 2, &t->hour) || !take_one_of(at, ":"))
		return false;
	if(!take_number(at, min_digits, 2, &t->minute) || !take_one_of(at, ":"))
		return false;
	if(!take_number(at, min_digits, 2, &t->second))
		return false;
	if(t->minute > 59 || t->second > 60)
		return false;
	/* 24:00:00 ends a day in recording lists. */
	return t->hour < 24 || (t->hour == 24 && t->minute == 0 && t->second == 0);
}

static bool take_fraction(const char **at, int64_t *ret_micros) {
	int64_t scale = 100000;
	*ret_micros = 0;
	if(**at != '.')
		return true;
	(*at)++;
	if(!g_ascii_isdigit(**at))
		return false;
	for(; g_ascii_isdigit(**at); (*at)++, scale /= 10)
		*ret_micros += (**at - '0') * scale;
	return true;
}

static bool take_offset(const char **at, int64_t *ret_minutes) {
	int64_t hours, minutes;
	int sign = **at == '-' ? -1 : 1;
	if(!take_one_of(at, "+-") || !take_number(at, 2, 2, &hours) || !take_one_of(at, ":") ||
		!take_number(at, 2, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*ret_minutes = sign * (hours * 60 + minutes);
	return true;
}

static int64_t wall_of(const civil *t, int64_t offset_minutes) {
	int64_t seconds = days_of(t->year, t->month, t->day) * DAY_S + t->hour * 3600 +
		(t->minute - offset_minutes) * 60 + t->second;
	return seconds * GB_SECOND + t->micros;
}

bool gb_time_parse_utc(const char *text, int64_t *ret_wall_us) {
	civil t;
	int64_t seconds, offset = 0;
	if(gb_str_parse_int(text, 0, MAX_UNIX_S, &seconds)) {
		*ret_wall_us = seconds * GB_SECOND;
		return true;
	}
	if(!take_date(&text, 2, &t) || !take_one_of(&text, "Tt ") || !take_clock(&text, 2, &t) ||
		!take_fraction(&text, &t.micros))
		return false;
	if(!take_one_of(&text, "Zz") && !take_offset(&text, &offset))
		return false;
	if(*text)
		return false;
	*ret_wall_us = wall_of(&t, offset);
	return true;
}

bool gb_time_parse_local(const char *text, int utc_offset_minutes, int64_t *ret_wall_us) {
	civil t;
	int64_t offset = utc_offset_minutes;
	while(g_ascii_isspace(*text))
		text++;
	if(!take_date(&text, 1, &t) || !take_one_of(&text, "Tt "))
		return false;
	while(*text == ' ')
		text++;
	if(!take_clock(&text, 1, &t) || !take_fraction(&text, &t.micros))
		return false;
	if(!take_one_of(&text, "Zz") && (*text == '+' || *text == '-') && !take_offset(&text, &offset))
		return false;
	while(g_ascii_isspace(*text))
		text++;
	if(*text)
		return false;
	*ret_wall_us = wall_of(&t, offset);
	return true;
}
