/*
 * Values put over those of a file, by their path. They become nodes of the document, so that
 * whoever reads it need not know; only their place in error messages is the label.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/conf.h"
#include "sim/conf_file.h"

#define MAX_DEPTH 16
#define MAX_NODES 10000 /* of one value; aliases could make it explode */

static bool fail(const char *label, struct conf_error *err, const char *what)
{
	snprintf(err->text, sizeof(err->text), "%.300s: %.400s", label, what);
	return false;
}

static bool out_of_memory(const char *label, struct conf_error *err)
{
	err->machine = true;
	return fail(label, err, "out of memory");
}

/* libyaml numbers the nodes of a document from 1; 0 says that it found no memory. */
static int add_scalar(yaml_document_t *doc, const char *text)
{
	return yaml_document_add_scalar(doc, NULL, (yaml_char_t *)(uintptr_t)text,
					(int)strlen(text), YAML_PLAIN_SCALAR_STYLE);
}

static int add_map(yaml_document_t *doc)
{
	return yaml_document_add_mapping(doc, NULL, YAML_BLOCK_MAPPING_STYLE);
}

static bool add_label(struct conf_file *file, const char *label)
{
	struct conf_label *labels =
		realloc(file->labels, (file->nlabels + 1) * sizeof(*labels));

	if (!labels)
		return false;
	file->labels = labels;
	labels[file->nlabels].first = (int)(file->doc.nodes.top - file->doc.nodes.start) + 1;
	labels[file->nlabels].text = strdup(label);
	if (!labels[file->nlabels].text)
		return false;
	file->nlabels++;
	return true;
}

/* ---- copying a value from a document of its own ---------------------------------------- */

struct copy {
	yaml_document_t *from, *to;
	unsigned left; /* nodes that may still be made */
};

/* The copy's number; 0 when it is too deep, too large or memory is short. */
static int copy_node(struct copy *c, int id, unsigned depth)
{
	const yaml_node_t *n = yaml_document_get_node(c->from, id);
	int made;

	if (depth > MAX_DEPTH || !c->left--)
		return 0;
	if (n->type == YAML_SCALAR_NODE)
		return add_scalar(c->to, (const char *)n->data.scalar.value);
	if (n->type == YAML_SEQUENCE_NODE) {
		made = yaml_document_add_sequence(c->to, NULL, YAML_FLOW_SEQUENCE_STYLE);
		for (int *i = n->data.sequence.items.start; i < n->data.sequence.items.top;
		     i++) {
			int item = made ? copy_node(c, *i, depth + 1) : 0;

			if (!item || !yaml_document_append_sequence_item(c->to, made, item))
				return 0;
		}
		return made;
	}
	made = add_map(c->to);
	for (yaml_node_pair_t *p = n->data.mapping.pairs.start; p < n->data.mapping.pairs.top;
	     p++) {
		int key = made ? copy_node(c, p->key, depth + 1) : 0;
		int value = key ? copy_node(c, p->value, depth + 1) : 0;

		if (!value || !yaml_document_append_mapping_pair(c->to, made, key, value))
			return 0;
	}
	return made;
}

/* The value's node in the file's document; 0 after an error. */
static int add_value(struct conf_file *file, const char *text, bool raw, const char *label,
		     struct conf_error *err)
{
	struct conf_file *value;
	struct copy c = { .to = &file->doc, .left = MAX_NODES };
	int id;

	if (raw || (*text != '[' && *text != '{')) {
		id = add_scalar(&file->doc, text);
		if (!id)
			fail(label, err, "the value is not UTF-8, or memory is short");
		return id;
	}
	value = conf_parse(text, strlen(text), label, err);
	if (!value)
		return 0;
	c.from = &value->doc;
	id = copy_node(&c, 1, 0);
	if (!id)
		fail(label, err, "the value is too large");
	conf_close(value);
	return id;
}

/* ---- finding the place ----------------------------------------------------------------- */

/* Where the key's value number is kept in a map, or NULL. */
static int *slot_in_map(yaml_document_t *doc, const yaml_node_t *map, const char *key)
{
	for (yaml_node_pair_t *p = map->data.mapping.pairs.start;
	     p < map->data.mapping.pairs.top; p++) {
		const yaml_node_t *k = yaml_document_get_node(doc, p->key);

		if (k->type == YAML_SCALAR_NODE &&
		    strcmp((const char *)k->data.scalar.value, key) == 0)
			return &p->value;
	}
	return NULL;
}

static int *slot_in_list(const yaml_node_t *list, const char *key)
{
	uint64_t i;

	if (!conf_parse_u64(key, &i) ||
	    i >= (uint64_t)(list->data.sequence.items.top - list->data.sequence.items.start))
		return NULL;
	return &list->data.sequence.items.start[i];
}

/* Puts the node `value` under key of the map or list `id`. */
static bool put(yaml_document_t *doc, int id, const char *key, int value, const char *label,
		struct conf_error *err)
{
	yaml_node_t *n = yaml_document_get_node(doc, id);
	int *slot, word;

	if (n->type == YAML_SCALAR_NODE) {
		snprintf(err->text, sizeof(err->text),
			 "%.300s: there is nothing below '%.100s' to set '%.100s' in", label,
			 (const char *)n->data.scalar.value, key);
		return false;
	}
	slot = n->type == YAML_MAPPING_NODE ? slot_in_map(doc, n, key) : slot_in_list(n, key);
	if (slot) {
		*slot = value;
		return true;
	}
	if (n->type == YAML_SEQUENCE_NODE) {
		snprintf(err->text, sizeof(err->text),
			 "%.300s: the list has no item '%.100s', items count from 0", label,
			 key);
		return false;
	}
	word = add_scalar(doc, key);
	return (word && yaml_document_append_mapping_pair(doc, id, word, value)) ||
	       out_of_memory(label, err);
}

static bool empty_scalar(const yaml_node_t *n)
{
	return n->type == YAML_SCALAR_NODE && n->data.scalar.length == 0;
}

/* The number of the map or list under key; made when it is not there. 0 after an error. */
static int step_into(yaml_document_t *doc, int id, const char *key, const char *label,
		     struct conf_error *err)
{
	yaml_node_t *n = yaml_document_get_node(doc, id);
	int *slot = NULL, made;

	if (n->type == YAML_MAPPING_NODE)
		slot = slot_in_map(doc, n, key);
	else if (n->type == YAML_SEQUENCE_NODE)
		slot = slot_in_list(n, key);
	if (slot && !empty_scalar(yaml_document_get_node(doc, *slot)))
		return *slot;
	made = add_map(doc);
	if (!made) {
		out_of_memory(label, err);
		return 0;
	}
	return put(doc, id, key, made, label, err) ? made : 0;
}

bool conf_set(struct conf_file *file, const char *path, const char *value, bool raw,
	      const char *label, struct conf_error *err)
{
	char word[128];
	int at = file->root, id;

	if (!add_label(file, label))
		return out_of_memory(label, err);
	for (;;) {
		size_t length = strcspn(path, ".");

		if (!length || length >= sizeof(word))
			return fail(label, err, "the key should be words with a dot between");
		memcpy(word, path, length);
		word[length] = '\0';
		if (!path[length])
			break;
		path += length + 1;
		at = step_into(&file->doc, at, word, label, err);
		if (!at)
			return false;
	}
	id = add_value(file, value, raw, label, err);
	return id && put(&file->doc, at, word, id, label, err);
}

const char *conf_set_label(struct conf_node n)
{
	const struct conf_file *file = n.file;
	long number;

	if (!n.yaml)
		return NULL;
	number = n.yaml - file->doc.nodes.start + 1;
	for (size_t i = file->nlabels; i-- > 0;)
		if (number >= file->labels[i].first)
			return file->labels[i].text;
	return NULL;
}
