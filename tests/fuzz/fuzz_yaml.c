/*
 * Machine files and --set values from any bytes: no crash, no leak, no hang; what is refused
 * has a sentence. Input that begins with = is a setting.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tools/machine_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void machine(const char *text, size_t size)
{
	struct conf_error err = { .text = "" };
	struct conf_file *file = conf_parse(text, size, "fuzz", &err);
	struct sim_machine *m = file ? sim_machine_read(conf_root(file), &err) : NULL;

	assert(m || *err.text);
	if (m)
		json_decref(machine_json(m));
	sim_machine_free(m);
	conf_close(file);
}

/* Files named in the scenario would lead out of the test: only the settings are read. */
static void setting(const char *text, size_t size)
{
	struct conf_error err = { .text = "" };
	struct conf_file *file = conf_parse("{vm: {a: 1}, l: [1]}", 20, "fuzz", &err);
	char *line = strndup(text, size), *value = line ? strchr(line, '=') : NULL;

	assert(file && line);
	if (value) {
		*value++ = '\0';
		if (!conf_set(file, line, value, false, "--set", &err))
			assert(*err.text);
	}
	free(line);
	conf_close(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size && data[0] == '=')
		setting((const char *)data + 1, size - 1);
	else
		machine((const char *)data, size);
	return 0;
}
