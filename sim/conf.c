#include "sim/conf.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/conf_file.h"

/* A configuration is written by people; what is larger is some other kind of file. */
#define MAX_FILE_BYTES (16u << 20)

#define MAX_PATH 300
#define MAX_WHAT 640

/* ---- errors ---------------------------------------------------------------------------- */

/* The end of a path that would leave no room for what is wrong. */
static const char *short_path(const char *path)
{
	size_t n = strlen(path);

	return n > MAX_PATH ? path + n - MAX_PATH : path;
}

static bool fail_at(const char *path, size_t line, size_t column, struct conf_error *err,
		    const char *what)
{
	snprintf(err->text, sizeof(err->text), "%s:%zu:%zu: %s", short_path(path), line + 1,
		 column + 1, what);
	return false;
}

/* An error is one line, whatever the user's file holds. */
static void one_line(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
}

bool conf_fail(struct conf_node at, struct conf_error *err, const char *fmt, ...)
{
	char what[MAX_WHAT];
	const char *label;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	one_line(what);
	label = conf_set_label(at);
	if (label)
		snprintf(err->text, sizeof(err->text), "%.300s: %s", label, what);
	else if (at.yaml)
		fail_at(at.file->path, at.yaml->start_mark.line, at.yaml->start_mark.column,
			err, what);
	else
		snprintf(err->text, sizeof(err->text), "%s: %s",
			 at.file ? short_path(at.file->path) : "here", what);
	return false;
}

bool conf_no_memory(struct conf_node at, struct conf_error *err)
{
	err->machine = true;
	return conf_fail(at, err, "out of memory");
}

static void no_memory_for(const char *path, struct conf_error *err)
{
	err->machine = true;
	snprintf(err->text, sizeof(err->text), "%s: out of memory", short_path(path));
}

/* libyaml tells the byte of an encoding error, and the mark of every other error. */
static void parser_error(const yaml_parser_t *parser, const char *text, size_t size,
			 const char *path, struct conf_error *err)
{
	const char *problem = parser->problem ? parser->problem : "this is not YAML";
	yaml_mark_t mark = parser->problem_mark;

	if (parser->error == YAML_MEMORY_ERROR) {
		no_memory_for(path, err);
		return;
	}
	if (parser->error == YAML_READER_ERROR) {
		mark.line = mark.column = 0;
		for (size_t i = 0; i < parser->problem_offset && i < size; i++) {
			mark.column++;
			if (text[i] == '\n') {
				mark.line++;
				mark.column = 0;
			}
		}
	} else if (mark.index < size && text[mark.index] == '\t') {
		problem = "YAML is not indented with tabs, use spaces";
	}
	fail_at(path, mark.line, mark.column, err, problem);
}

/* ---- files ----------------------------------------------------------------------------- */

static struct conf_node node_of(const struct conf_file *file, int id)
{
	/* libyaml looks nodes up in a document it could change; we never do. */
	return (struct conf_node){ file,
				   yaml_document_get_node((yaml_document_t *)&file->doc, id) };
}

/* Every text can then be used as a C string. */
static bool check_texts(const struct conf_file *file, struct conf_error *err)
{
	for (yaml_node_t *n = file->doc.nodes.start; n < file->doc.nodes.top; n++) {
		if (n->type != YAML_SCALAR_NODE)
			continue;
		if (strlen((const char *)n->data.scalar.value) != n->data.scalar.length)
			return conf_fail((struct conf_node){ file, n }, err,
					 "a text cannot hold a NUL byte");
	}
	return true;
}

static bool check_single(yaml_parser_t *parser, const char *text, size_t size, const char *path,
			 struct conf_error *err)
{
	yaml_document_t next;
	yaml_node_t *root;

	if (!yaml_parser_load(parser, &next)) {
		parser_error(parser, text, size, path, err);
		return false;
	}
	root = yaml_document_get_root_node(&next);
	if (root)
		fail_at(path, root->start_mark.line, root->start_mark.column, err,
			"a second document starts here, a file holds one");
	yaml_document_delete(&next);
	return !root;
}

static bool check_shape(yaml_parser_t *parser, const char *path, struct conf_error *err)
{
	yaml_mark_t at = { 0 };
	const char *trouble = conf_shape_trouble(parser, &at);

	return !trouble || fail_at(path, at.line, at.column, err, trouble);
}

static bool check_aliases(struct conf_file *file, struct conf_error *err)
{
	yaml_mark_t at = { 0 };
	const char *trouble = conf_shape_aliases(&file->doc, &at);

	return !trouble || fail_at(file->path, at.line, at.column, err, trouble);
}

static bool load(struct conf_file *file, yaml_parser_t *parser, const char *text, size_t size,
		 struct conf_error *err)
{
	if (!yaml_parser_load(parser, &file->doc)) {
		parser_error(parser, text, size, file->path, err);
		memset(&file->doc, 0, sizeof(file->doc));
		return false;
	}
	if (!yaml_document_get_root_node(&file->doc))
		return fail_at(file->path, 0, 0, err, "the file is empty");
	return check_single(parser, text, size, file->path, err) && check_texts(file, err) &&
	       check_aliases(file, err);
}

/* Runs one pass over the text with a parser of its own. */
static bool with_parser(struct conf_file *file, const char *text, size_t size, bool shape_only,
			struct conf_error *err)
{
	yaml_parser_t parser;
	bool ok;

	if (!yaml_parser_initialize(&parser)) {
		no_memory_for(file->path, err);
		return false;
	}
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
	ok = shape_only ? check_shape(&parser, file->path, err)
			: load(file, &parser, text, size, err);
	yaml_parser_delete(&parser);
	return ok;
}

struct conf_file *conf_parse(const char *text, size_t size, const char *path,
			     struct conf_error *err)
{
	struct conf_file *file = calloc(1, sizeof(*file));

	if (file) {
		file->root = 1;
		file->path = strdup(path);
	}
	if (!file || !file->path) {
		no_memory_for(path, err);
		conf_close(file);
		return NULL;
	}
	if (!with_parser(file, text, size, true, err) ||
	    !with_parser(file, text, size, false, err)) {
		conf_close(file);
		return NULL;
	}
	return file;
}

/* The whole of a stream in malloc()ed memory; NULL with errno set. */
static char *read_all(FILE *in, size_t *size)
{
	char *text = NULL;
	size_t room = 0, got;

	*size = 0;
	do {
		if (*size == room) {
			char *more = NULL;

			room = room ? 2 * room : 1u << 14;
			if (room > 2 * MAX_FILE_BYTES)
				errno = EFBIG;
			else
				more = realloc(text, room);
			if (!more) {
				free(text);
				return NULL;
			}
			text = more;
		}
		got = fread(text + *size, 1, room - *size, in);
		*size += got;
	} while (got);
	if (ferror(in) || *size > MAX_FILE_BYTES) {
		if (!ferror(in))
			errno = EFBIG;
		free(text);
		return NULL;
	}
	return text;
}

/* A file that is not there, or is none, is for whoever named it to mend. */
static void cannot_read(const char *name, struct conf_error *err)
{
	err->machine = errno == EIO || errno == ENOMEM || errno == EMFILE || errno == ENFILE;
	snprintf(err->text, sizeof(err->text), "%s: %s", name, strerror(errno));
}

struct conf_file *conf_open(const char *path, struct conf_error *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	FILE *in = is_stdin ? stdin : fopen(path, "rb");
	struct conf_file *file = NULL;
	char *text = NULL;
	size_t size = 0;

	if (in)
		text = read_all(in, &size);
	if (!text)
		cannot_read(is_stdin ? "standard input" : short_path(path), err);
	else
		file = conf_parse(text, size, is_stdin ? "<stdin>" : path, err);
	free(text);
	if (in && !is_stdin)
		fclose(in);
	return file;
}

void conf_close(struct conf_file *file)
{
	if (!file)
		return;
	yaml_document_delete(&file->doc);
	for (size_t i = 0; i < file->nlabels; i++)
		free(file->labels[i].text);
	free(file->labels);
	free(file->path);
	free(file);
}

const char *conf_path(const struct conf_file *file)
{
	return file->path;
}

/* ---- nodes ----------------------------------------------------------------------------- */

struct conf_node conf_root(const struct conf_file *file)
{
	return node_of(file, file->root);
}

void conf_narrow(struct conf_file *file, struct conf_node root)
{
	file->root = (int)(root.yaml - file->doc.nodes.start) + 1;
}

bool conf_is_map(struct conf_node n)
{
	return n.yaml && n.yaml->type == YAML_MAPPING_NODE;
}

bool conf_is_list(struct conf_node n)
{
	return n.yaml && n.yaml->type == YAML_SEQUENCE_NODE;
}

const char *conf_text(struct conf_node n)
{
	if (!n.yaml || n.yaml->type != YAML_SCALAR_NODE)
		return NULL;
	return (const char *)n.yaml->data.scalar.value;
}

size_t conf_count(struct conf_node n)
{
	if (conf_is_map(n))
		return (size_t)(n.yaml->data.mapping.pairs.top -
				n.yaml->data.mapping.pairs.start);
	if (conf_is_list(n))
		return (size_t)(n.yaml->data.sequence.items.top -
				n.yaml->data.sequence.items.start);
	return 0;
}

struct conf_node conf_item(struct conf_node list, size_t i)
{
	if (!conf_is_list(list) || i >= conf_count(list))
		return (struct conf_node){ list.file, NULL };
	return node_of(list.file, list.yaml->data.sequence.items.start[i]);
}

struct conf_node conf_key_node(struct conf_node map, size_t i)
{
	if (!conf_is_map(map) || i >= conf_count(map))
		return (struct conf_node){ map.file, NULL };
	return node_of(map.file, map.yaml->data.mapping.pairs.start[i].key);
}

const char *conf_key(struct conf_node map, size_t i)
{
	return conf_text(conf_key_node(map, i));
}

struct conf_node conf_get(struct conf_node map, const char *key)
{
	for (size_t i = 0; i < conf_count(map) && conf_is_map(map); i++) {
		const char *have = conf_key(map, i);

		if (have && strcmp(have, key) == 0)
			return node_of(map.file, map.yaml->data.mapping.pairs.start[i].value);
	}
	return (struct conf_node){ map.file, NULL };
}

/* ---- typed values ---------------------------------------------------------------------- */

/* The text under key; NULL after an error. */
static const char *text_of(struct conf_node map, const char *key, const char *kind,
			   struct conf_node *at, struct conf_error *err)
{
	const char *text;

	*at = conf_get(map, key);
	if (!at->yaml) {
		conf_fail(map, err, "'%s' is missing", key);
		return NULL;
	}
	text = conf_text(*at);
	if (!text)
		conf_fail(*at, err, "'%s' should be %s", key, kind);
	return text;
}

bool conf_u64(struct conf_node map, const char *key, uint64_t min, uint64_t max, uint64_t *out,
	      struct conf_error *err)
{
	struct conf_node at;
	const char *text = text_of(map, key, "a whole number", &at, err);
	uint64_t v;

	if (!text)
		return false;
	if (!conf_parse_u64(text, &v))
		return conf_fail(at, err, "'%s' should be a whole number, not \"%.60s\"", key,
				 text);
	if (v < min || v > max)
		return conf_fail(at, err,
				 "'%s' is %" PRIu64 ", should be from %" PRIu64 " to %" PRIu64,
				 key, v, min, max);
	*out = v;
	return true;
}

bool conf_milli(struct conf_node map, const char *key, uint64_t min, uint64_t max,
		uint64_t *out, struct conf_error *err)
{
	struct conf_node at;
	const char *text = text_of(map, key, "a number", &at, err);
	uint64_t v;

	if (!text)
		return false;
	if (!conf_parse_milli(text, &v))
		return conf_fail(
			at, err,
			"'%s' should be a number with at most 3 decimals, not \"%.60s\"", key,
			text);
	if (v < min || v > max)
		return conf_fail(at, err,
				 "'%s' is %s, should be from %" PRIu64 ".%03u to %" PRIu64
				 ".%03u",
				 key, text, min / 1000, (unsigned)(min % 1000), max / 1000,
				 (unsigned)(max % 1000));
	*out = v;
	return true;
}

bool conf_size(struct conf_node map, const char *key, uint64_t unit, uint64_t min, uint64_t max,
	       uint64_t *out, struct conf_error *err)
{
	struct conf_node at;
	const char *text = text_of(map, key, "a size such as 4GiB", &at, err), *why;
	char low[32], high[32];
	uint64_t v;

	if (!text)
		return false;
	if (!conf_parse_size(text, unit, &v, &why))
		return conf_fail(at, err, "'%s' is \"%.60s\": %s", key, text, why);
	if (v < min || v > max) {
		conf_print_size(min, low, sizeof(low));
		conf_print_size(max, high, sizeof(high));
		return conf_fail(at, err, "'%s' is %s, should be from %s to %s", key, text, low,
				 high);
	}
	*out = v;
	return true;
}

bool conf_cycles(struct conf_node map, const char *key, uint64_t mhz, uint64_t min,
		 uint64_t max, uint64_t *out, struct conf_error *err)
{
	struct conf_node at;
	const char *text = text_of(map, key, "a time such as 250us", &at, err), *why;
	uint64_t v;

	if (!text)
		return false;
	if (!conf_parse_cycles(text, mhz, &v, &why))
		return conf_fail(at, err, "'%s' is \"%.60s\": %s", key, text, why);
	if (v < min || v > max)
		return conf_fail(at, err,
				 "'%s' is %s, should be from %" PRIu64 " to %" PRIu64
				 " cycles of %" PRIu64 " MHz",
				 key, text, min, max, mhz);
	*out = v;
	return true;
}

bool conf_ns(struct conf_node map, const char *key, uint64_t min, uint64_t max, uint64_t *out,
	     struct conf_error *err)
{
	struct conf_node at;
	const char *text = text_of(map, key, "a time such as 250us", &at, err), *why;
	uint64_t v;

	if (!text)
		return false;
	if (!conf_parse_ns(text, &v, &why))
		return conf_fail(at, err, "'%s' is \"%.60s\": %s", key, text, why);
	if (v < min || v > max)
		return conf_fail(at, err,
				 "'%s' is %s, should be from %" PRIu64 " to %" PRIu64 " ns",
				 key, text, min, max);
	*out = v;
	return true;
}

bool conf_free_text(struct conf_node map, const char *key, struct conf_error *err)
{
	struct conf_node n = conf_get(map, key), at = n;
	bool ok = !n.yaml || conf_text(n) || conf_is_map(n);

	for (size_t i = 0; ok && conf_is_map(n) && i < conf_count(n); i++) {
		at = conf_key_node(n, i);
		ok = conf_key(n, i) && conf_text(conf_get(n, conf_key(n, i)));
	}
	return ok || conf_fail(at, err, "'%s' should be a text or a map of texts", key);
}
