/*
 * YAML files as trees of nodes that remember where they stand in the file, so that whoever
 * rejects a value can point at it: "file:line:column: what is wrong, what is allowed".
 * Numbers are read by us (libyaml gives text): whole numbers, decimals as integers of
 * 1/1000, sizes with KiB MiB GiB TiB, times with ns us ms s cycles.
 */
#ifndef SIM_CONF_H
#define SIM_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <yaml.h>

struct conf_error {
	char text[1024];
	bool machine; /* it was the host: I/O, memory; set where it is so, cleared by nobody */
};

struct conf_file; /* a parsed file and its path */

struct conf_node {
	const struct conf_file *file;
	yaml_node_t *yaml; /* NULL = there is no such node */
};

/* NULL on failure, err->text says what is wrong and where; "-" reads stdin. A file that cannot
 * be read is a configuration error as well: "PATH: No such file or directory". */
struct conf_file *conf_open(const char *path, struct conf_error *err);
/* The same from memory; `path` is what errors name ("--set"). */
struct conf_file *conf_parse(const char *text, size_t size, const char *path,
			     struct conf_error *err);
void conf_close(struct conf_file *file);

/*
 * Puts a value over what the file says: `path` is a way through maps and lists, such as
 * "vm.min_free_kbytes" or "nodes.0.cpus"; maps on the way are made. A value that begins with
 * [ or { is YAML, unless raw. Errors about it name the label ("--set a.b=1") instead of a
 * place in the file. Nodes that were taken from the file before are no longer valid.
 */
bool conf_set(struct conf_file *file, const char *path, const char *value, bool raw,
	      const char *label, struct conf_error *err);
/* The label of a node that conf_set() put in, NULL for one that stands in the file. */
const char *conf_set_label(struct conf_node n);

struct conf_node conf_root(const struct conf_file *file);
/* From now on a node inside the file is all of it: its root, and where the paths of conf_set()
 * begin. Places in errors stay those of the whole file. */
void conf_narrow(struct conf_file *file, struct conf_node root);
const char *conf_path(const struct conf_file *file);
/* The value under key; its yaml member is NULL when the map has no such key. */
struct conf_node conf_get(struct conf_node map, const char *key);
bool conf_is_map(struct conf_node n);
bool conf_is_list(struct conf_node n);
/* A scalar's text, or NULL when it is none. */
const char *conf_text(struct conf_node n);
size_t conf_count(struct conf_node n); /* entries of a map or list */
struct conf_node conf_item(struct conf_node list, size_t i);
const char *conf_key(struct conf_node map, size_t i); /* the i-th key's text */
struct conf_node conf_key_node(struct conf_node map, size_t i);

/* Always returns false, so that a check reads: return conf_fail(node, err, "..."). */
bool conf_fail(struct conf_node at, struct conf_error *err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The same of "out of memory", which is the host's. */
bool conf_no_memory(struct conf_node at, struct conf_error *err);
/* False, with the nearest known key, when the map has a key that is not in keys[] (ends with
 * NULL), has one twice, or is no map. "key:" with nothing behind it is an empty map. */
bool conf_only_keys(struct conf_node map, const char *const *keys, struct conf_error *err);

/* Each fails when the key is missing, no number of its kind, or outside min..max. */
bool conf_u64(struct conf_node map, const char *key, uint64_t min, uint64_t max, uint64_t *out,
	      struct conf_error *err);
bool conf_milli(struct conf_node map, const char *key, uint64_t min, uint64_t max,
		uint64_t *out,
		struct conf_error *err); /* "81.4" -> 81400; bounds in 1/1000 too */
bool conf_size(struct conf_node map, const char *key, uint64_t unit, uint64_t min, uint64_t max,
	       uint64_t *out,
	       struct conf_error *err); /* in bytes; a bare number is in `unit` bytes */
/* A time in cycles of a clock of mhz; a bare number is refused. */
bool conf_cycles(struct conf_node map, const char *key, uint64_t mhz, uint64_t min,
		 uint64_t max, uint64_t *out, struct conf_error *err);
/* A time in nanoseconds, for what does not know a clock; cycles are refused, too. */
bool conf_ns(struct conf_node map, const char *key, uint64_t min, uint64_t max, uint64_t *out,
	     struct conf_error *err);
/* Words for people under key, which no program reads: a text, or a map of texts. May be
 * missing.
 */
bool conf_free_text(struct conf_node map, const char *key, struct conf_error *err);
/* Scalar parsers behind these, for command-line values: false when text is no such thing. */
bool conf_parse_u64(const char *text, uint64_t *out);
bool conf_parse_milli(const char *text, uint64_t *out);
bool conf_parse_size(const char *text, uint64_t unit, uint64_t *out, const char **why);
bool conf_parse_ns(const char *text, uint64_t *out_ns, const char **why);
/* A time, or a number of cycles ("120cycles"), in cycles of a clock of mhz, rounded. */
bool conf_parse_cycles(const char *text, uint64_t mhz, uint64_t *out, const char **why);
/* "96KiB": with the largest unit that leaves no rest. */
void conf_print_size(uint64_t bytes, char *text, size_t size);

/* The candidate nearest to a misspelt word, or NULL if none is near. candidates ends with NULL.
 */
const char *conf_nearest(const char *word, const char *const *candidates);

#endif
