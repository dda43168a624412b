#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tools/plot_parts.h"

/* The last line of what gnuplot said that is not empty: there it tells what is wrong. */
static void last_line(const char *folder, const char *said, char *line, int size)
{
	char path[4096], next[256];
	FILE *f;

	line[0] = '\0';
	snprintf(path, sizeof(path), "%s/%s", folder, said);
	f = fopen(path, "r");
	if (!f)
		return;
	while (fgets(next, sizeof(next), f)) {
		next[strcspn(next, "\n")] = '\0';
		if (next[strspn(next, " \t")])
			snprintf(line, (size_t)size, "%s", next + strspn(next, " \t"));
	}
	fclose(f);
}

/* 0, or the error number of what went wrong. */
static int start(const char *folder, char *const argv[], const char *said, pid_t *pid)
{
	static char no_locale[] = "LC_ALL=C";
	const char *where = getenv("PATH");
	posix_spawn_file_actions_t files;
	char path[4096];
	/* No HOME, no GNUPLOT_LIB: settings of a user must not change the picture. */
	char *env[] = { no_locale, path, NULL };
	int error = posix_spawn_file_actions_init(&files);

	if (error)
		return error;
	if (snprintf(path, sizeof(path), "PATH=%s", where ? where : "/usr/bin:/bin") >=
	    (int)sizeof(path))
		env[1] = NULL;
	error = posix_spawn_file_actions_addchdir_np(&files, folder);
	if (!error)
		error = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	if (!error)
		error = posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	if (!error)
		error = posix_spawn_file_actions_addopen(&files, 2, said,
							 O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (!error)
		error = posix_spawnp(pid, argv[0], &files, NULL, argv, env);
	posix_spawn_file_actions_destroy(&files);
	return error;
}

bool plot_run(const char *folder, const char *script, const char *said, char *text, size_t size)
{
	char name[] = "gnuplot", defaults[] = "--default-settings", why[256];
	char *file = strdup(script);
	char *argv[] = { name, defaults, file, NULL };
	int status = 0, error = file ? 0 : ENOMEM;
	pid_t pid = 0;

	if (!error)
		error = start(folder, argv, said, &pid);
	free(file);
	while (!error && waitpid(pid, &status, 0) < 0)
		error = errno == EINTR ? 0 : errno;
	if (error == ENOENT) {
		snprintf(text, size,
			 "plots are drawn by gnuplot, which is not here (package "
			 "gnuplot-nox)");
		return false;
	}
	if (error) {
		snprintf(text, size, "cannot start gnuplot: %s", strerror(error));
		return false;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	last_line(folder, said, why, sizeof(why));
	if (WIFSIGNALED(status))
		snprintf(why, sizeof(why), "ended by signal %d", WTERMSIG(status));
	snprintf(text, size, "gnuplot failed: %s", why[0] ? why : "it says nothing");
	return false;
}
