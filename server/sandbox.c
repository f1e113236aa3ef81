/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/sandbox.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

/*
 * Refused with EPERM.  A list of what is denied, not of what is allowed: libc,
 * SQLite and the sanitizers may use other calls in their next version, and a
 * chat server that dies of a new libc helps nobody.  clone stays: threads.
 */
static const char *const denied[] = {
	"execve", "execveat", "ptrace", "process_vm_readv",
	"process_vm_writev", "process_madvise", "pidfd_getfd", "kcmp",
	"mount", "umount2", "pivot_root", "chroot", "open_tree", "move_mount",
	"fsopen", "fsmount", "fsconfig", "fspick", "mount_setattr", "setns",
	"unshare", "swapon", "swapoff", "quotactl", "init_module",
	"finit_module", "delete_module", "kexec_load", "kexec_file_load",
	"reboot", "bpf", "perf_event_open", "userfaultfd", "keyctl", "add_key",
	"request_key", "acct", "settimeofday", "clock_settime",
	"clock_adjtime", "adjtimex", "sethostname", "setdomainname", "iopl",
	"ioperm", "syslog", "vhangup", "personality", "lookup_dcookie",
	"open_by_handle_at", "name_to_handle_at", "mknod", "mknodat",
	"setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid",
	"setgroups", "capset", "io_uring_setup", "io_uring_enter",
	"io_uring_register", "nfsservctl", "vmsplice", "migrate_pages",
	"move_pages", "mbind", "set_mempolicy",
};

static int
load_filter(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	int nr, rc = 0;

	if (ctx == NULL)
		return -ENOMEM;
	/* The threads of the store, the pool and the log run already. */
	rc = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1);
	for (size_t i = 0;
	    rc == 0 && i < sizeof denied / sizeof denied[0]; i++) {
		nr = seccomp_syscall_resolve_name(denied[i]);
		if (nr == __NR_SCMP_ERROR)
			continue; /* an older kernel has no such call */
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), nr, 0);
	}
	if (rc == 0)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	return rc;
}

bool
sandbox_enter(char *why, size_t cap)
{
	const struct rlimit none = { 0, 0 };
	int rc;

	/* Passwords and hashes pass through memory: no core file of it. */
	if (!SANITIZED && setrlimit(RLIMIT_CORE, &none) == -1) {
		snprintf(why, cap, "core files stay on: %s", strerror(errno));
		return false;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1) {
		snprintf(why, cap, "no_new_privs: %s", strerror(errno));
		return false;
	}
	/* LeakSanitizer looks into the process with ptrace when it ends. */
	if (SANITIZED)
		return true;
	if ((rc = load_filter()) != 0) {
		snprintf(why, cap, "system call filter: %s", strerror(-rc));
		return false;
	}
	return true;
}
