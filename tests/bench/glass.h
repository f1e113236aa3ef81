/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A program in a pseudo-terminal of 24 by 80 for a measurement: a thread takes
 * what it writes as fast as it comes, counts it and looks for what is waited
 * for, so that no terminal emulator's speed is in the figures.
 */
#ifndef BENCH_GLASS_H
#define BENCH_GLASS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct glass;

double glass_now(void); /* ms of the monotonic clock */

/* argv[0] is looked for in PATH; home is its HOME and working directory, and
 * the XDG folders lie in it. */
struct glass *glass_open(
    const char *const argv[], const char *home, const char *const *env);
/* SIGTERM, then SIGKILL; frees. */
void glass_close(struct glass *);

void glass_type(struct glass *, const char *);

/* From now on looks for these bytes in what it writes. */
void glass_want(struct glass *, const char *bytes);
/* When they came; -1: not within so many ms. */
double glass_await(struct glass *, int timeout_ms);

/* Has it taken the terminal: are keys its own to echo? */
bool glass_is_raw(struct glass *);

/* Until nothing was written for quiet_ms, 10 s at most. */
void glass_settle(struct glass *, int quiet_ms);

pid_t glass_pid(const struct glass *);
unsigned long long glass_bytes(struct glass *); /* written so far */
double glass_cpu(const struct glass *); /* ms, all its threads */
size_t glass_rss_kib(const struct glass *);

#endif
