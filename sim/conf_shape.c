#include "sim/conf_file.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define MAX_DEPTH 64
#define MAX_ANCHORS 1000
#define MAX_ALIASED 1000000 /* values that aliases stand for */

static bool has_anchor(const yaml_event_t *e)
{
	return (e->type == YAML_SCALAR_EVENT && e->data.scalar.anchor) ||
	       (e->type == YAML_SEQUENCE_START_EVENT && e->data.sequence_start.anchor) ||
	       (e->type == YAML_MAPPING_START_EVENT && e->data.mapping_start.anchor);
}

/*
 * libyaml's time grows with the square of nesting and of anchors, so that a small file could
 * keep it busy for hours.
 */
const char *conf_shape_trouble(yaml_parser_t *parser, yaml_mark_t *at)
{
	unsigned depth = 0, anchors = 0;
	yaml_event_t e;
	bool last = false;

	while (!last && yaml_parser_parse(parser, &e)) {
		*at = e.start_mark;
		last = e.type == YAML_STREAM_END_EVENT;
		anchors += has_anchor(&e);
		if (e.type == YAML_SEQUENCE_START_EVENT || e.type == YAML_MAPPING_START_EVENT)
			depth++;
		if (e.type == YAML_SEQUENCE_END_EVENT || e.type == YAML_MAPPING_END_EVENT)
			depth--;
		yaml_event_delete(&e);
		if (depth > MAX_DEPTH)
			return "lists and maps are nested too deeply here";
		if (anchors > MAX_ANCHORS)
			return "too many anchors";
	}
	return NULL;
}

/* ---- what aliases stand for ----------------------------------------------------------------
 */

/* Of each node: how many values and levels it has when every alias is written out. */
struct extent {
	uint64_t values;
	unsigned depth; /* 0 = not known yet */
	bool open;      /* one of its own parts is being looked at */
};

struct walk {
	yaml_document_t *doc;
	struct extent *extents; /* by number, from 1 */
	yaml_mark_t *at;
};

static const char *measure(struct walk *w, int number);

static const char *add(struct walk *w, struct extent *to, int number)
{
	const char *trouble = measure(w, number);
	const struct extent *e = &w->extents[number];

	if (trouble)
		return trouble;
	/* Each is at most the limit above what the file has: the sum cannot overflow. */
	to->values += e->values;
	to->depth = e->depth + 1 > to->depth ? e->depth + 1 : to->depth;
	return NULL;
}

static const char *add_parts(struct walk *w, const yaml_node_t *node, struct extent *e)
{
	const char *trouble = NULL;

	if (node->type == YAML_SEQUENCE_NODE)
		for (const yaml_node_item_t *i = node->data.sequence.items.start;
		     !trouble && i < node->data.sequence.items.top; i++)
			trouble = add(w, e, *i);
	if (node->type == YAML_MAPPING_NODE)
		for (const yaml_node_pair_t *p = node->data.mapping.pairs.start;
		     !trouble && p < node->data.mapping.pairs.top; p++) {
			trouble = add(w, e, p->key);
			if (!trouble)
				trouble = add(w, e, p->value);
		}
	return trouble;
}

static const char *measure(struct walk *w, int number)
{
	const yaml_node_t *node = yaml_document_get_node(w->doc, number);
	struct extent *e = &w->extents[number], sum = { 1, 1, false };
	uint64_t nodes = (uint64_t)(w->doc->nodes.top - w->doc->nodes.start);
	const char *trouble;

	if (e->depth)
		return NULL;
	*w->at = node->start_mark;
	if (e->open)
		return "this has an alias of itself in it";
	e->open = true;
	trouble = add_parts(w, node, &sum);
	e->open = false;
	if (trouble)
		return trouble;
	*w->at = node->start_mark;
	if (sum.depth > MAX_DEPTH + 1)
		return "aliases nest lists and maps too deeply here";
	if (sum.values > nodes + MAX_ALIASED)
		return "aliases stand for more than a million values here";
	*e = sum;
	return NULL;
}

const char *conf_shape_aliases(yaml_document_t *doc, yaml_mark_t *at)
{
	size_t nodes = (size_t)(doc->nodes.top - doc->nodes.start);
	struct walk w = { doc, calloc(nodes + 1, sizeof(*w.extents)), at };
	const char *trouble = w.extents ? measure(&w, 1) : "out of memory";

	free(w.extents);
	return trouble;
}
