/*
 * Inside sim/: as much of XML as hwloc writes, read element by element from a text: no
 * namespaces, no declarations of its own, text only in front of an element's children. What
 * hwloc's own library makes of a damaged file is a crash; this tells the line.
 */
#ifndef SIM_MACHINE_IMPORT_XML_H
#define SIM_MACHINE_IMPORT_XML_H

#include <stdbool.h>
#include <stddef.h>

#define SIM_MACHINE_IMPORT_XML_DEPTH 64
#define SIM_MACHINE_IMPORT_XML_NAME 32
#define SIM_MACHINE_IMPORT_XML_ATTRIBUTES 48

enum sim_machine_import_xml_step {
	SIM_MACHINE_IMPORT_XML_OPEN,  /* an element begins */
	SIM_MACHINE_IMPORT_XML_CLOSE, /* the innermost one ends */
	SIM_MACHINE_IMPORT_XML_END,   /* of the file, everything is closed */
	SIM_MACHINE_IMPORT_XML_BAD    /* error and line say why */
};

/* Starts as { .at = text, .line = 1 }; the text ends with a NUL. */
struct sim_machine_import_xml {
	const char *at;
	unsigned line;
	char error[160];

	/* The elements around `at`; after OPEN the last one is the new one. */
	unsigned depth;
	struct {
		char name[SIM_MACHINE_IMPORT_XML_NAME];
		unsigned line;
	} open[SIM_MACHINE_IMPORT_XML_DEPTH];
	bool empty, any; /* <x/> still has to be closed; there was an element */

	/* Of the last one opened. */
	const char *text; /* up to the next '<' */
	unsigned nattributes;
	struct {
		const char *name, *value;
		size_t name_length, value_length;
	} attribute[SIM_MACHINE_IMPORT_XML_ATTRIBUTES];
};

enum sim_machine_import_xml_step sim_machine_import_xml_next(struct sim_machine_import_xml *x);

/* Copies an attribute of the element just opened, &quot; and the like made plain; cut to size.
 * False when it has none of that name. */
bool sim_machine_import_xml_attribute(const struct sim_machine_import_xml *x, const char *name,
				      char *out, size_t size);

#endif
