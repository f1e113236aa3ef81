/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/model/clock.h"

#include "shared/xalloc.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static struct {
	char *path;     /* of the zone's file; NULL: not looked for yet */
	struct stat is; /* what stood there last; zeroed: nothing */
	unsigned changes;
} zone;

int64_t
clock_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Where the C library reads it (tzset(3)).  A TZ that names no file, but tells
 * the zone itself, makes a path where there is nothing, now and later. */
static char *
zone_path(void)
{
	const char *tz = getenv("TZ"), *dir = getenv("TZDIR");

	if (tz == NULL)
		return xstrdup("/etc/localtime");
	tz += *tz == ':';
	if (*tz == '/')
		return xstrdup(tz);
	return xasprintf("%s/%s", dir != NULL && *dir != '\0' ? dir :
	    "/usr/share/zoneinfo", tz);
}

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* tzset() looks at the file anew where TZ is not set; where it is, only when
 * it is another one. */
static void
read_zone(void)
{
	char *tz = getenv("TZ");

	if (tz != NULL) {
		tz = xstrdup(tz);
		(void)setenv("TZ", "UTC0", 1);
		tzset();
		(void)setenv("TZ", tz, 1);
		free(tz);
	}
	tzset();
}

unsigned
clock_zone(void)
{
	struct stat is;

	if (zone.path == NULL)
		zone.path = zone_path();
	if (stat(zone.path, &is) == -1)
		memset(&is, 0, sizeof(is));
	if (is_same(&is, &zone.is))
		return zone.changes;
	zone.is = is;
	read_zone();
	return ++zone.changes;
}

bool
clock_local(int64_t ms, struct tm *tm)
{
	time_t t = (time_t)(ms / 1000);

	(void)clock_zone();
	return localtime_r(&t, tm) != NULL;
}

int
clock_day(const struct tm *tm)
{
	return tm->tm_year * 366 + tm->tm_yday + 1;
}
