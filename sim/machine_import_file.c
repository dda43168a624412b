/* Reading for the importers: whole files, numbers and lists of numbers as the kernel prints. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine_import_draft.h"

#define MAX_BYTES ((size_t)64 << 20)

static char *read_all(FILE *in, size_t *size)
{
	size_t room = 1 << 16, n = 0;
	char *text = malloc(room + 1), *more;

	while (text) {
		n += fread(text + n, 1, room - n, in);
		if (ferror(in) || (n == room && room >= MAX_BYTES)) {
			if (!ferror(in))
				errno = EFBIG;
			free(text);
			return NULL;
		}
		if (n < room)
			break;
		room *= 2;
		more = realloc(text, room + 1);
		if (!more)
			free(text);
		text = more;
	}
	if (text) {
		text[n] = '\0';
		*size = n;
	}
	return text;
}

char *sim_machine_import_file(const char *path, size_t *size)
{
	FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
	char *text;
	int saved;

	if (!in)
		return NULL;
	errno = 0;
	text = read_all(in, size);
	saved = errno;
	if (in != stdin)
		fclose(in);
	errno = text ? 0 : saved ? saved : EIO;
	return text;
}

char *sim_machine_import_file_failed(const char *path, struct sim_machine_import_error *err)
{
	err->system = errno == ENOMEM || errno == EIO;
	snprintf(err->text, sizeof(err->text), "%.400s: %s", path, strerror(errno));
	return NULL;
}

bool sim_machine_import_file_number(const char **at, uint64_t *out)
{
	const char *p = *at;
	uint64_t v = 0;

	if (*p < '0' || *p > '9')
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		if (v > (UINT64_C(1) << 63) / 10 - 1)
			return false;
		v = v * 10 + (uint64_t)(*p - '0');
	}
	*at = p;
	*out = v;
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool sim_machine_import_file_list(const char *text, uint64_t most,
				  bool (*item)(void *ctx, uint64_t n), void *ctx)
{
	uint64_t first, last;

	while (is_blank(*text))
		text++;
	while (*text) {
		if (!sim_machine_import_file_number(&text, &first))
			return false;
		last = first;
		if (*text == '-') {
			text++;
			if (!sim_machine_import_file_number(&text, &last))
				return false;
		}
		if (last < first || last > most)
			return false;
		for (uint64_t n = first; n <= last; n++)
			if (!item(ctx, n))
				return false;
		if (*text == ',' && text[1] >= '0' && text[1] <= '9')
			text++;
		else
			break;
	}
	while (is_blank(*text))
		text++;
	return !*text;
}
