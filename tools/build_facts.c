#include "tools/build_facts.h"

#include <jansson.h>
#include <simgrid/engine.h>
#include <simgrid/version.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>
#include <zstd.h>

#include "tools/result.h"
#include "tools/revision.h"

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#ifdef PAGESIM_VALIDATE
#define VALIDATED 1
#else
#define VALIDATED 0
#endif

#ifdef NDEBUG
#define ASSERTED 0
#else
#define ASSERTED 1
#endif

#define FACTS 11

struct fact {
	const char *name;
	char value[160];
};

static void add_option(char *all, size_t size, bool on, const char *name)
{
	size_t used = strlen(all);

	if (on)
		snprintf(all + used, size - used, "%s%s", used ? ", " : "", name);
}

static void options(char *all, size_t size)
{
	all[0] = '\0';
	add_option(all, size, PAGESIM_LTO, "optimised across files");
	add_option(all, size, ASSERTED, "asserts");
	add_option(all, size, VALIDATED, "validates every operation");
	add_option(all, size, SANITIZED, "sanitizers");
	add_option(all, size, PAGESIM_FUZZ, "fuzzing");
	if (!*all)
		snprintf(all, size, "none");
}

static unsigned collect(struct fact f[FACTS])
{
	int major, minor, patch;
	unsigned n = 0;

#define ADD(what, ...)                                                                         \
	(f[n].name = (what), snprintf(f[n].value, sizeof(f[n].value), __VA_ARGS__), n++)
	ADD("version", "%s", PAGESIM_VERSION);
	ADD("commit", "%s", *PAGESIM_REVISION ? PAGESIM_REVISION : "unknown");
	ADD("compiler", "%s", COMPILER);
	ADD("build", "%s", PAGESIM_BUILD_TYPE);
	f[n].name = "options";
	options(f[n].value, sizeof(f[n].value));
	n++;
	sg_version_get(&major, &minor, &patch);
	ADD("simgrid", "%d.%d.%d", major, minor, patch);
	ADD("libyaml", "%s", yaml_get_version_string());
	ADD("zstd", "%s", ZSTD_versionString());
	ADD("jansson", "%s", jansson_version_str());
	ADD("sqlite", "%s", sqlite3_libversion());
	ADD("formats", "result %d, trace 1.1, digest XXH3-128", RESULT_VERSION);
#undef ADD
	return n;
}

void build_facts_print(bool json)
{
	struct fact facts[FACTS];
	unsigned n = collect(facts);
	json_t *map;

	if (!json) {
		printf("pagesim %s\n", facts[0].value);
		for (unsigned i = 1; i < n; i++)
			printf("%-9s %s\n", facts[i].name, facts[i].value);
		return;
	}
	map = json_object();
	for (unsigned i = 0; map && i < n; i++)
		json_object_set_new(map, facts[i].name, json_string(facts[i].value));
	json_dumpf(map, stdout, JSON_INDENT(1));
	putchar('\n');
	json_decref(map);
}
