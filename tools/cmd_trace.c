#include "tools/cmd.h"

int cmd_trace(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return CMD_USAGE;
}
