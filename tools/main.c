/* pagesim: the command table, --help, --version, and the last word on what was written. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/conf.h"
#include "tools/build_facts.h"
#include "tools/cmd.h"
#include "tools/interrupt.h"
#include "tools/manual.h"
#include "tools/options.h"
#include "tools/shortage.h"

static const struct command {
	const char *name;
	cmd_fn *run;
	const char *summary;
} commands[] = {
	{ "run", cmd_run, "replay a trace through a kernel's page allocator" },
	{ "compare", cmd_compare, "put results or scenarios side by side" },
	{ "check", cmd_check, "compare a result with its baseline: a gate for CI" },
	{ "report", cmd_report, "write results as one HTML page, with plots" },
	{ "trace", cmd_trace, "import, generate, list and check trace files" },
	{ "machine", cmd_machine, "show, check and import machine files" },
	{ "params", cmd_params, "list a kernel's parameters with their bounds and meaning" },
	{ "sweep", cmd_sweep, "many configurations: plan, run, resume, collect" },
	{ "golden", cmd_golden, "replay golden files and compare every line" },
	{ "verify", cmd_verify, "replay recordings of a real kernel and compare every page" },
};

#define COMMANDS (sizeof(commands) / sizeof(*commands))

static const char examples[] =
	"  # replay the bundled recording on the machine it was made on\n"
	"  pagesim run --trace traces/samples/vm-fragment.pgt --out /tmp/out\n"
	"  # the same trace on another machine with more memory held back\n"
	"  pagesim run --trace traces/samples/vm-fragment.pgt --start boot \\\n"
	"      --machine configs/machines/two-node.yaml --set vm.min_free_kbytes=64MiB\n"
	"  # what that parameter is\n"
	"  pagesim params\n"
	"  # the same trace under Linux 2.4.0, which swaps and kills when memory is short\n"
	"  pagesim run --trace traces/samples/vm-fragment.pgt --kernel 2.4\n"
	"  # a machine as it was understood\n"
	"  pagesim machine show configs/machines/2s-broadwell.yaml\n";

static const char about[] =
	"Replays page allocation traces through the page allocators of Linux kernels on\n"
	"modelled NUMA machines, and counts every cycle.";

static void help(void)
{
	printf("usage: pagesim COMMAND [options]\n\n%s\n\ncommands:\n", about);
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %-10s %s\n", commands[i].name, commands[i].summary);
	printf("\nEach command explains itself: pagesim COMMAND --help\n\n"
	       "exit status:\n"
	       "  0 done   1 a finding (a difference, a regression)   2 usage or "
	       "configuration\n"
	       "  3 bad input data   4 the machine failed (disk, memory)   130 interrupted\n\n"
	       "examples:\n%s",
	       examples);
}

/* What tools/package/manual.sh asks for. */
static void describe(bool page)
{
	struct manual_row rows[COMMANDS];

	for (size_t i = 0; i < COMMANDS; i++)
		rows[i] = (struct manual_row){ commands[i].name, commands[i].summary };
	if (page)
		manual_overview("", about, rows, COMMANDS, examples);
	for (size_t i = 0; !page && i < COMMANDS; i++)
		puts(rows[i].name);
}

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static int unknown_command(const char *word)
{
	const char *names[COMMANDS + 1] = { NULL }, *near;

	for (size_t i = 0; i < COMMANDS; i++)
		names[i] = commands[i].name;
	near = conf_nearest(word, names);
	if (near)
		fprintf(stderr, "pagesim: unknown command '%s', did you mean '%s'?\n",
			options_short(word).text, near);
	else
		fprintf(stderr, "pagesim: unknown command '%s' (see 'pagesim --help')\n",
			options_short(word).text);
	return CMD_USAGE;
}

/* "pagesim help run" is "pagesim run --help". */
static int help_on(int argc, char **argv)
{
	const struct command *c = argc > 1 ? find(argv[1]) : NULL;
	char option[] = "--help";
	char *args[] = { argv[1], option, NULL };

	if (c)
		return c->run(2, args);
	if (argc > 1)
		return unknown_command(argv[1]);
	help();
	return CMD_DONE;
}

static int dispatch(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";
	const struct command *c = find(word);

	if (c)
		return c->run(argc - 1, argv + 1);
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0)
		return help_on(argc - 1, argv + 1);
	if (strcmp(word, "--man") == 0 || strcmp(word, "--words") == 0) {
		describe(strcmp(word, "--man") == 0);
		return CMD_DONE;
	}
	if (strcmp(word, "--version") == 0) {
		build_facts_print(argc > 2 && strcmp(argv[2], "--json") == 0);
		return CMD_DONE;
	}
	if (argc < 2) {
		fprintf(stderr, "pagesim: a command is missing (see 'pagesim --help')\n");
		return CMD_USAGE;
	}
	return unknown_command(word);
}

/* Results that did not arrive are no results. A reader that went away needs no telling. */
static int close_stdout(int status)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	if (errno != EPIPE)
		fprintf(stderr, "pagesim: cannot write the results%s%s\n", errno ? ": " : "",
			errno ? strerror(errno) : "");
	return CMD_SYSTEM;
}

/* Whoever started us may have closed one of the first three: the next file opened would be
 * taken for it, and get what is printed. What stands there instead can be neither read nor
 * written. */
static void hold_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
	hold_standard_files();
	shortage_watch();
	interrupt_begin();
	return close_stdout(dispatch(argc, argv));
}
