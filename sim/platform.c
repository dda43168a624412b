#include "sim/platform.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

void sim_platform_host(unsigned node, char name[16])
{
	snprintf(name, 16, "node%u", node);
}

static unsigned cpus_of(const struct sim_machine *m, unsigned node)
{
	unsigned n = 0;

	for (unsigned i = 0; i < m->cpus; i++)
		n += m->cpu_node[i] == node;
	return n;
}

static void write_platform(FILE *f, const struct sim_machine *m)
{
	char host[16];

	fprintf(f, "<?xml version='1.0'?>\n"
		   "<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
		   "<platform version=\"4.1\">\n"
		   "<zone id=\"machine\" routing=\"None\">\n");
	for (unsigned node = 0; node < m->nodes; node++) {
		unsigned cores = cpus_of(m, node);

		sim_platform_host(node, host);
		/* A host needs a core, also where a node has memory only. */
		fprintf(f, "<host id=\"%s\" speed=\"1f\" core=\"%u\"/>\n", host,
			cores ? cores : 1);
	}
	fprintf(f, "</zone>\n</platform>\n");
}

int sim_platform_open(const struct sim_machine *machine)
{
	int fd = memfd_create("platform", MFD_CLOEXEC), copy = fd < 0 ? -1 : dup(fd);
	FILE *f = copy < 0 ? NULL : fdopen(copy, "w");

	if (f) {
		bool written;

		write_platform(f, machine);
		written = !ferror(f);
		if (fclose(f) == 0 && written && lseek(fd, 0, SEEK_SET) == 0)
			return fd;
	} else if (copy >= 0) {
		close(copy);
	}
	if (fd >= 0)
		close(fd);
	return -1;
}
