/* Inside conf: what a parsed file consists of. */
#ifndef SIM_CONF_FILE_H
#define SIM_CONF_FILE_H

#include <yaml.h>

/* Nodes from number `first` on were put in by conf_set(); errors name the label. */
struct conf_label {
	int first;
	char *text;
};

struct conf_file {
	char *path;
	yaml_document_t doc;
	int root;                  /* number of the node that counts as the whole */
	struct conf_label *labels; /* ascending */
	size_t nlabels;
};

/* What makes a text unfit to be loaded as a document, and where; NULL = nothing. Text that is
 * no YAML is fit: loading tells what is wrong. */
const char *conf_shape_trouble(yaml_parser_t *parser, yaml_mark_t *at);

/* The same of a document that has been loaded and is not empty: a value that holds itself, or
 * aliases of aliases, over which whoever walks the document would not come to an end. */
const char *conf_shape_aliases(yaml_document_t *doc, yaml_mark_t *at);

#endif
