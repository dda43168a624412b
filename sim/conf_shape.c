#include "sim/conf_file.h"

#include <stdbool.h>
#include <stddef.h>

#define MAX_DEPTH 64
#define MAX_ANCHORS 1000

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
