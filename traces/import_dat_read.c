#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <trace-cmd/trace-cmd.h>

#include "traces/import_fields.h"

/* The library does not tell why (after a failed dup() it is EBADF): what this machine has too
 * little of is not the file's fault.
 */
static bool is_here(struct trace_error *err)
{
	if (errno != EMFILE && errno != ENFILE && errno != EBADF && errno != ENOMEM &&
	    errno != EIO)
		return false;
	trace_error_set(err, TRACE_SYSTEM, "%s", strerror(errno == EBADF ? EMFILE : errno));
	return true;
}

static bool buffer(struct import_fields *f, struct tracecmd_input *handle, int cpus,
		   struct trace_error *err)
{
	struct tep_record *r;

	for (int cpu = 0; cpu < cpus; cpu++) {
		while ((r = tracecmd_read_data(handle, cpu))) {
			bool ok = import_fields_record(f, r, err);

			tracecmd_free_record(r);
			if (!ok)
				return false;
		}
	}
	return true;
}

static bool buffers(struct import_fields *f, struct tracecmd_input *top,
		    struct trace_error *err)
{
	int n = tracecmd_buffer_instances(top), cpus = tep_get_cpus(tracecmd_get_tep(top));

	if (!buffer(f, top, cpus, err))
		return false;
	for (int i = 0; i < n; i++) {
		struct tracecmd_input *h;
		bool ok;

		errno = 0;
		h = tracecmd_buffer_instance_handle(top, i);
		if (!h)
			return !is_here(err) &&
			       trace_error_data(err, "buffer \"%s\" cannot be read",
						tracecmd_buffer_instance_name(top, i));
		ok = buffer(f, h, cpus, err);
		tracecmd_close(h);
		if (!ok)
			return false;
	}
	return import_fields_finish(f, err);
}

bool import_dat_read(int fd, struct import_source *s, int out, struct trace_error *err)
{
	struct import_fields *f;
	struct tracecmd_input *top;
	char path[64];
	bool ok;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
#ifdef TRACECMD_HAS_LOGLEVEL
	tracecmd_set_loglevel(TEP_LOG_NONE);
#endif
	tep_set_loglevel(TEP_LOG_NONE);
	errno = 0;
	top = tracecmd_open(path,
			    TRACECMD_FL_LOAD_NO_PLUGINS | TRACECMD_FL_LOAD_NO_SYSTEM_PLUGINS);
	if (!top)
		return !is_here(err) &&
		       trace_error_data(err, "the file is damaged: its head cannot be read");
	f = import_fields_new(tracecmd_get_tep(top), s, out, err);
	ok = f && buffers(f, top, err);
	import_fields_free(f);
	tracecmd_close(top);
	return ok;
}
