/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * main() for a fuzz target that is not linked with libFuzzer: runs every file
 * of a folder of seeds (argv[1], else tests/fuzz/corpus/NAME) and then
 * REPLAY_RUNS mutations of them, always the same ones.  Included once, by the
 * target, which defines FUZZ_NAME before.  A broken invariant aborts.
 *
 * With clang: cc -DFUZZ_LIBFUZZER -fsanitize=fuzzer,address leaves this main
 * out and brings its own.
 */
#ifndef TESTS_FUZZ_REPLAY_H
#define TESTS_FUZZ_REPLAY_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* assert(3) that no NDEBUG takes away. */
#define MUST(x)                                                             \
	do {                                                                \
		if (!(x)) {                                                 \
			fprintf(stderr, "%s:%d: does not hold: %s\n",       \
			    __FILE__, __LINE__, #x);                        \
			abort();                                            \
		}                                                           \
	} while (0)

#ifndef FUZZ_LIBFUZZER

#include <dirent.h>
#include <string.h>
#include <time.h>

enum { REPLAY_RUNS = 20000, REPLAY_SECONDS = 5, REPLAY_MAX = 16384 };

struct replay_seed {
	uint8_t *p;
	size_t n;
};

static struct replay_seed replay_seeds[256];
static size_t replay_count;

static uint32_t
replay_random(void)
{
	static uint32_t x = 2463534242U;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return x;
}

static void
replay_file(const char *path)
{
	static uint8_t bytes[REPLAY_MAX];
	struct replay_seed *s = &replay_seeds[replay_count];
	FILE *f = fopen(path, "rb");

	MUST(f != NULL);
	s->n = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	/* Exactly as long as it is, so that ASan sees a byte too many. */
	s->p = malloc(s->n > 0 ? s->n : 1);
	MUST(s->p != NULL);
	memcpy(s->p, bytes, s->n);
	LLVMFuzzerTestOneInput(s->p, s->n);
	replay_count++;
}

static int
replay_by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* In the order of their names: readdir's differs between machines. */
static void
replay_folder(const char *folder)
{
	char *path[256], name[4096];
	struct dirent *e;
	size_t n = 0, i;
	DIR *d = opendir(folder);

	if (d == NULL) {
		fprintf(stderr, "%s: no such folder of seeds\n", folder);
		exit(1);
	}
	while ((e = readdir(d)) != NULL && n < 256) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(name, sizeof name, "%s/%s", folder, e->d_name);
		path[n] = strdup(name);
		MUST(path[n++] != NULL);
	}
	closedir(d);
	qsort(path, n, sizeof *path, replay_by_name);
	for (i = 0; i < n; i++) {
		replay_file(path[i]);
		free(path[i]);
	}
}

/* One small change, of those that break parsers. */
static size_t
replay_mutate(uint8_t *p, size_t n)
{
	static const uint8_t odd[] = { 0, '\n', '\r', ' ', '@', '#', '*', 0x7F,
		0x80, 0xBF, 0xC0, 0xC3, 0xE2, 0xED, 0xF0, 0xF4, 0xFF };
	const struct replay_seed *other;
	size_t at = n > 0 ? replay_random() % n : 0, len;

	switch (replay_random() % 5) {
	case 0: /* a bit */
		if (n > 0)
			p[at] ^= (uint8_t)(1U << replay_random() % 8);
		return n;
	case 1: /* an odd byte in the place of one */
		if (n > 0)
			p[at] = odd[replay_random() % sizeof odd];
		return n;
	case 2: /* an odd byte more */
		if (n == REPLAY_MAX)
			return n;
		memmove(p + at + 1, p + at, n - at);
		p[at] = odd[replay_random() % sizeof odd];
		return n + 1;
	case 3: /* some bytes less */
		len = n > 0 ? replay_random() % (n - at) % 16 : 0;
		memmove(p + at, p + at + len, n - at - len);
		return n - len;
	default: /* the end of another seed */
		other = &replay_seeds[replay_random() % replay_count];
		if (other->n == 0)
			return n;
		len = replay_random() % other->n;
		if (len > REPLAY_MAX - at)
			len = REPLAY_MAX - at;
		memcpy(p + at, other->p + other->n - len, len);
		return at + len;
	}
}

int
main(int argc, char **argv)
{
	static uint8_t bytes[REPLAY_MAX];
	const struct replay_seed *s;
	time_t end = time(NULL) + REPLAY_SECONDS;
	uint8_t *exact;
	size_t n, i, changes, runs = 0;

	replay_folder(argc > 1 ? argv[1] : "tests/fuzz/corpus/" FUZZ_NAME);
	MUST(replay_count > 0);
	while (runs < REPLAY_RUNS && time(NULL) < end) {
		s = &replay_seeds[replay_random() % replay_count];
		n = s->n;
		memcpy(bytes, s->p, n);
		for (changes = 1 + replay_random() % 8; changes > 0; changes--)
			n = replay_mutate(bytes, n);
		exact = malloc(n > 0 ? n : 1);
		MUST(exact != NULL);
		memcpy(exact, bytes, n);
		LLVMFuzzerTestOneInput(exact, n);
		free(exact);
		runs++;
	}
	for (i = 0; i < replay_count; i++)
		free(replay_seeds[i].p);
	printf("[       OK ] " FUZZ_NAME "_fuzz: %zu inputs\n",
	    replay_count + runs);
	return 0;
}

#endif
#endif
