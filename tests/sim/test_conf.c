#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/conf.h"
#include "tests/unit.h"

static struct conf_error err;

static struct conf_file *parse(const char *text)
{
	err.text[0] = '\0';
	return conf_parse(text, strlen(text), "f.yaml", &err);
}

/* The text is refused with exactly these words. */
static void refused(const char *text, size_t size, const char *want)
{
	struct conf_file *f = conf_parse(text, size, "f.yaml", &err);

	CU_ASSERT_PTR_NULL(f);
	CU_ASSERT_STRING_EQUAL(err.text, want);
	conf_close(f);
}

#define REFUSED(text, want) refused(text, sizeof(text) - 1, want)

/* ---- files ----------------------------------------------------------------------------- */

static void what_is_no_single_yaml_document_is_refused_at_its_place(void)
{
	REFUSED("", "f.yaml:1:1: the file is empty");
	REFUSED("# nothing\n", "f.yaml:1:1: the file is empty");
	REFUSED("a: 1\n---\nb: 2\n",
		"f.yaml:3:1: a second document starts here, a file holds one");
	REFUSED("a: [1, 2\n", "f.yaml:2:1: did not find expected ',' or ']'");
	REFUSED("a: 1\n\tb: 2\n", "f.yaml:2:1: YAML is not indented with tabs, use spaces");
	REFUSED("a: \"x\\0y\"\n", "f.yaml:1:4: a text cannot hold a NUL byte");
	REFUSED("a: 1\nb: x\0y\n", "f.yaml:2:5: control characters are not allowed");
	REFUSED("a: 1\nb: \xff\xfe\n", "f.yaml:2:4: invalid leading UTF-8 octet");
	REFUSED("a: *none\n", "f.yaml:1:4: found undefined alias");
}

static void a_file_that_cannot_be_read_is_named(void)
{
	CU_ASSERT_PTR_NULL(conf_open("no/such.yaml", &err));
	CU_ASSERT_STRING_EQUAL(err.text, "no/such.yaml: No such file or directory");
	CU_ASSERT_PTR_NULL(conf_open("/", &err));
	CU_ASSERT_STRING_EQUAL(err.text, "/: Is a directory");
	CU_ASSERT_PTR_NULL(conf_open("/dev/zero", &err));
	CU_ASSERT_STRING_EQUAL(err.text, "/dev/zero: File too large");
}

static void deep_nesting_and_alias_bombs_do_no_harm(void)
{
	enum { SIZE = 1 << 20 };
	static char text[SIZE + 1];
	struct conf_file *f;

	memset(text, '[', SIZE);
	refused(text, SIZE, "f.yaml:1:65: lists and maps are nested too deeply here");
	for (size_t i = 0; i + 8 <= SIZE; i += 8)
		snprintf(text + i, 9, "- &a%03u\n", (unsigned)(i / 8 % 1000));
	text[SIZE - 1] = '\n';
	refused(text, SIZE, "f.yaml:1001:3: too many anchors");

	f = parse("a: &a [x, x, x, x, x, x, x, x]\n"
		  "b: &b [*a, *a, *a, *a, *a, *a, *a, *a]\n"
		  "c: [*b, *b]\n");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(conf_count(conf_get(conf_root(f), "c")), 2);
	conf_close(f);
}

/* Whoever prints or compares such values would never come to an end. */
static void aliases_that_grow_without_bounds_are_refused(void)
{
	static char text[4096];
	char *at = text + sprintf(text, "a0: &a0 [x, x, x, x, x, x, x, x]\n");

	REFUSED("a: &a [1, *a]\n", "f.yaml:1:4: this has an alias of itself in it");
	REFUSED("a: 1\nb: &b\n  c: {d: *b}\n", "f.yaml:2:4: this has an alias of itself in it");
	for (int i = 1; i <= 9; i++)
		at += sprintf(at,
			      "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i,
			      i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
	refused(text, (size_t)(at - text),
		"f.yaml:7:5: aliases stand for more than a million values here");
	at = text + sprintf(text, "a0: &a0 [x]\n");
	for (int i = 1; i <= 70; i++)
		at += sprintf(at, "a%d: &a%d [*a%d]\n", i, i, i - 1);
	refused(text, (size_t)(at - text),
		"f.yaml:65:6: aliases nest lists and maps too deeply here");
}

/* ---- nodes ----------------------------------------------------------------------------- */

static void nodes_are_found_by_key_and_position(void)
{
	struct conf_file *f = parse("list: [1, two, {three: 3}]\nword: abc\n");
	struct conf_node root, list;

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	root = conf_root(f);
	list = conf_get(root, "list");
	CU_ASSERT_STRING_EQUAL(conf_path(f), "f.yaml");
	CU_ASSERT_TRUE(conf_is_map(root));
	CU_ASSERT_TRUE(conf_is_list(list));
	CU_ASSERT_EQUAL(conf_count(root), 2);
	CU_ASSERT_EQUAL(conf_count(list), 3);
	CU_ASSERT_STRING_EQUAL(conf_key(root, 1), "word");
	CU_ASSERT_STRING_EQUAL(conf_text(conf_item(list, 1)), "two");
	CU_ASSERT_STRING_EQUAL(conf_text(conf_get(conf_item(list, 2), "three")), "3");
	CU_ASSERT_PTR_NULL(conf_text(list));
	CU_ASSERT_PTR_NULL(conf_item(list, 3).yaml);
	CU_ASSERT_PTR_NULL(conf_get(root, "none").yaml);
	CU_ASSERT_PTR_NULL(conf_get(conf_get(root, "none"), "x").yaml);
	CU_ASSERT_PTR_NULL(conf_get(conf_get(root, "word"), "x").yaml);
	CU_ASSERT_EQUAL(conf_count(conf_get(root, "word")), 0);
	conf_close(f);
}

static void an_error_tells_line_and_column_counted_from_1_on_one_line(void)
{
	struct conf_file *f = parse("a: 1\nb:\n  c: \"x\\ny\"\n");
	struct conf_node c;

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	c = conf_get(conf_get(conf_root(f), "b"), "c");
	CU_ASSERT_FALSE(conf_fail(c, &err, "bad '%s'", conf_text(c)));
	CU_ASSERT_STRING_EQUAL(err.text, "f.yaml:3:6: bad 'x?y'");
	conf_close(f);
}

static void a_long_path_leaves_room_for_what_is_wrong(void)
{
	char path[2000];
	struct conf_file *f;

	memset(path, 'p', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	f = conf_parse("a: 1", 4, path, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	conf_fail(conf_root(f), &err, "the end");
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "ppp:1:1: the end"));
	conf_close(f);
}

static void unknown_and_doubled_keys_are_refused(void)
{
	static const char *const keys[] = { "memory", "cpus", "id", NULL };
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "{memory: 1, cpus: 2}", "" },
		{ "memroy: 1", "f.yaml:1:1: unknown key 'memroy', did you mean 'memory'?" },
		{ "cpus: 1\nsockets: 2",
		  "f.yaml:2:1: unknown key 'sockets', known are: memory, cpus, id" },
		{ "cpus: 1\ncpus: 2", "f.yaml:2:1: 'cpus' is here a second time" },
		{ "[cpus]", "f.yaml:1:1: a map (key: value) should stand here" },
		{ "[a]: 1", "f.yaml:1:1: a key should be a word" },
		{ "<<: {cpus: 1}",
		  "f.yaml:1:1: unknown key '<<', known are: memory, cpus, id" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct conf_file *f = parse(cases[i].text);

		CU_ASSERT_PTR_NOT_NULL_FATAL(f);
		CU_ASSERT_EQUAL(conf_only_keys(conf_root(f), keys, &err), !*cases[i].want);
		CU_ASSERT_STRING_EQUAL(err.text, cases[i].want);
		conf_close(f);
	}
}

/* ---- numbers --------------------------------------------------------------------------- */

static void whole_numbers_are_read_strictly(void)
{
	static const struct {
		const char *text;
		bool ok;
		uint64_t want;
	} cases[] = {
		{ "0", true, 0 },
		{ "42", true, 42 },
		{ "18446744073709551615", true, UINT64_MAX },
		{ "18446744073709551616", false, 0 },
		{ "99999999999999999999999", false, 0 },
		{ "-5", false, 0 },
		{ "+5", false, 0 },
		{ "012", false, 0 },
		{ "0x10", false, 0 },
		{ "4_096", false, 0 },
		{ "12abc", false, 0 },
		{ " 1", false, 0 },
		{ "1 ", false, 0 },
		{ "1.0", false, 0 },
		{ "1e3", false, 0 },
		{ "", false, 0 },
		{ "many", false, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t v = 7;

		CU_ASSERT_EQUAL(conf_parse_u64(cases[i].text, &v), cases[i].ok);
		CU_ASSERT_EQUAL(v, cases[i].ok ? cases[i].want : 7);
	}
}

static void decimals_are_read_as_thousandths(void)
{
	static const struct {
		const char *text;
		bool ok;
		uint64_t want;
	} cases[] = {
		{ "81.4", true, 81400 },
		{ "0.001", true, 1 },
		{ "7", true, 7000 },
		{ "1.05", true, 1050 },
		{ "18446744073709550.999", true, UINT64_C(18446744073709550999) },
		{ "18446744073709552", false, 0 },
		{ "1.0005", false, 0 },
		{ "1.", false, 0 },
		{ ".5", false, 0 },
		{ "01.5", false, 0 },
		{ "1,5", false, 0 },
		{ "-0.1", false, 0 },
		{ "1e3", false, 0 },
		{ "nan", false, 0 },
		{ "", false, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t v = 7;

		CU_ASSERT_EQUAL(conf_parse_milli(cases[i].text, &v), cases[i].ok);
		CU_ASSERT_EQUAL(v, cases[i].ok ? cases[i].want : 7);
	}
}

static void sizes_take_binary_units_and_refuse_ambiguous_ones(void)
{
	static const struct {
		const char *text;
		uint64_t unit, want;
		const char *why; /* NULL = a size */
	} cases[] = {
		{ "16384", 1024, UINT64_C(16384) << 10, NULL },
		{ "4KiB", 1, 4096, NULL },
		{ "8MiB", 1024, UINT64_C(8) << 20, NULL },
		{ "8 MiB", 1024, UINT64_C(8) << 20, NULL },
		{ "1.5GiB", 1, UINT64_C(3) << 29, NULL },
		{ "2TiB", 1, UINT64_C(2) << 40, NULL },
		{ "12B", 4096, 12, NULL },
		{ "8GB", 1, 0, "GB is ambiguous, use GiB" },
		{ "8G", 1, 0, "G is ambiguous, use GiB" },
		{ "8kB", 1, 0, "kB is ambiguous, use KiB" },
		{ "8mb", 1, 0, "mb is ambiguous, use MiB" },
		{ "8PiB", 1, 0, "a size is a number with B, KiB, MiB, GiB or TiB" },
		{ "8gib", 1, 0, "a size is a number with B, KiB, MiB, GiB or TiB" },
		{ "GiB", 1, 0, "a size is a number with B, KiB, MiB, GiB or TiB" },
		{ "-1GiB", 1, 0, "a size is a number with B, KiB, MiB, GiB or TiB" },
		{ "1.5", 1, 0, "that is not a whole number of bytes" },
		{ "0.001KiB", 1, 0, "that is not a whole number of bytes" },
		{ "16777216TiB", 1, 0, "that is too large for any machine" },
		{ "18446744073709550", 4096, 0, "that is too large for any machine" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *why = NULL;
		uint64_t v = 0;
		bool ok = conf_parse_size(cases[i].text, cases[i].unit, &v, &why);

		CU_ASSERT_EQUAL(ok, !cases[i].why);
		CU_ASSERT_EQUAL(v, cases[i].want);
		if (cases[i].why)
			CU_ASSERT_STRING_EQUAL(why, cases[i].why);
	}
}

static void sizes_print_as_they_are_read(void)
{
	static const char *const texts[] = { "0B",    "1B",     "1023B", "1KiB",  "4KiB",
					     "1025B", "384MiB", "3GiB",  "64TiB", "1536MiB" };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		const char *why;
		char text[32];
		uint64_t v = 0;

		CU_ASSERT_TRUE(conf_parse_size(texts[i], 1, &v, &why));
		conf_print_size(v, text, sizeof(text));
		CU_ASSERT_STRING_EQUAL(text, texts[i]);
	}
}

static void times_need_a_unit_and_come_to_whole_nanoseconds(void)
{
	static const struct {
		const char *text;
		uint64_t want;
		const char *why;
	} cases[] = {
		{ "1s", 1000000000, NULL },
		{ "100ms", 100000000, NULL },
		{ "250us", 250000, NULL },
		{ "1.5us", 1500, NULL },
		{ "7 ns", 7, NULL },
		{ "0.5ns", 0, "that is not a whole number of nanoseconds" },
		{ "100", 0, "a time needs a unit: ns, us, ms or s" },
		{ "1m", 0, "a time is a number with ns, us, ms or s" },
		{ "1h", 0, "a time is a number with ns, us, ms or s" },
		{ "-1s", 0, "a time is a number with ns, us, ms or s" },
		{ "18446744073s", UINT64_C(18446744073000000000), NULL },
		{ "18446744074s", 0, "that is longer than any simulation" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *why = NULL;
		uint64_t v = 0;
		bool ok = conf_parse_ns(cases[i].text, &v, &why);

		CU_ASSERT_EQUAL(ok, !cases[i].why);
		CU_ASSERT_EQUAL(v, cases[i].want);
		if (cases[i].why)
			CU_ASSERT_STRING_EQUAL(why, cases[i].why);
	}
}

static void times_become_cycles_rounded_to_the_nearest(void)
{
	static const struct {
		const char *text;
		uint64_t mhz, want;
	} cases[] = {
		{ "1us", 2600, 2600 },     { "1ns", 2600, 3 },
		{ "1ns", 2400, 2 },        { "1ns", 2500, 3 },
		{ "10ns", 733, 7 },        { "100cycles", 2600, 100 },
		{ "100 cycles", 10, 100 }, { "1000s", 100000, UINT64_C(100000000000000) },
	};
	const char *why;
	uint64_t v = 0;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CU_ASSERT_TRUE(conf_parse_cycles(cases[i].text, cases[i].mhz, &v, &why));
		CU_ASSERT_EQUAL(v, cases[i].want);
	}
	CU_ASSERT_FALSE(conf_parse_cycles("1.5cycles", 2600, &v, &why));
	CU_ASSERT_FALSE(conf_parse_cycles("010cycles", 2600, &v, &why));
	CU_ASSERT_FALSE(conf_parse_cycles("18446744073s", 100000, &v, &why));
	CU_ASSERT_STRING_EQUAL(why, "that is longer than any simulation");
}

/* ---- typed values of a map ------------------------------------------------------------- */

static void a_value_of_the_wrong_kind_or_out_of_bounds_is_refused_where_it_stands(void)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "n: 5", "" },
		{ "m: 5", "f.yaml:1:1: 'n' is missing" },
		{ "n: [1]", "f.yaml:1:4: 'n' should be a whole number" },
		{ "n: many", "f.yaml:1:4: 'n' should be a whole number, not \"many\"" },
		{ "n: -5", "f.yaml:1:4: 'n' should be a whole number, not \"-5\"" },
		{ "n:", "f.yaml:1:3: 'n' should be a whole number, not \"\"" },
		{ "n: 11", "f.yaml:1:4: 'n' is 11, should be from 2 to 10" },
		{ "n: 1", "f.yaml:1:4: 'n' is 1, should be from 2 to 10" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct conf_file *f = parse(cases[i].text);
		uint64_t v = 0;

		CU_ASSERT_PTR_NOT_NULL_FATAL(f);
		CU_ASSERT_EQUAL(conf_u64(conf_root(f), "n", 2, 10, &v, &err), !*cases[i].want);
		CU_ASSERT_STRING_EQUAL(err.text, cases[i].want);
		conf_close(f);
	}
}

static void bounds_of_decimals_sizes_and_times_are_told_in_their_own_words(void)
{
	struct conf_file *f = parse("d: 1.2345\ne: 0.5\ns: 8GB\nt: 2KiB\nc: 5\nk: 1ms\n");
	struct conf_node root;
	uint64_t v = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	root = conf_root(f);
	CU_ASSERT_FALSE(conf_milli(root, "d", 0, 9000, &v, &err));
	CU_ASSERT_STRING_EQUAL(err.text, "f.yaml:1:4: 'd' should be a number with at most 3 "
					 "decimals, not \"1.2345\"");
	CU_ASSERT_FALSE(conf_milli(root, "e", 1000, 9500, &v, &err));
	CU_ASSERT_STRING_EQUAL(err.text,
			       "f.yaml:2:4: 'e' is 0.5, should be from 1.000 to 9.500");
	CU_ASSERT_FALSE(conf_size(root, "s", 1, 0, 100, &v, &err));
	CU_ASSERT_STRING_EQUAL(err.text,
			       "f.yaml:3:4: 's' is \"8GB\": GB is ambiguous, use GiB");
	CU_ASSERT_FALSE(conf_size(root, "t", 1, 4096, 1 << 20, &v, &err));
	CU_ASSERT_STRING_EQUAL(err.text,
			       "f.yaml:4:4: 't' is 2KiB, should be from 4KiB to 1MiB");
	CU_ASSERT_FALSE(conf_cycles(root, "c", 1000, 0, 9, &v, &err));
	CU_ASSERT_STRING_EQUAL(
		err.text,
		"f.yaml:5:4: 'c' is \"5\": a time needs a unit: ns, us, ms, s or cycles");
	CU_ASSERT_FALSE(conf_cycles(root, "k", 1000, 0, 9, &v, &err));
	CU_ASSERT_STRING_EQUAL(
		err.text, "f.yaml:6:4: 'k' is 1ms, should be from 0 to 9 cycles of 1000 MHz");
	CU_ASSERT_EQUAL(v, 0);
	CU_ASSERT_TRUE(conf_cycles(root, "k", 1000, 0, 1000000, &v, &err));
	CU_ASSERT_EQUAL(v, 1000000);
	conf_close(f);
}

/* ---- values put over a file ------------------------------------------------------------ */

static void a_value_can_be_put_over_the_files_or_beside_them(void)
{
	struct conf_file *f = parse("vm: {a: 1}\nnodes: [{cpus: 1}, {cpus: 2}]\nempty:\n");
	struct conf_node root;
	uint64_t v = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_TRUE(conf_set(f, "vm.a", "7", false, "--set vm.a=7", &err));
	CU_ASSERT_TRUE(conf_set(f, "vm.b", "8", false, "--set vm.b=8", &err));
	CU_ASSERT_TRUE(conf_set(f, "nodes.1.cpus", "9", false, "--set n", &err));
	CU_ASSERT_TRUE(conf_set(f, "new.deep.key", "[1, {x: 10}]", false, "--set new", &err));
	CU_ASSERT_TRUE(conf_set(f, "empty.key", "[11", true, "--raw", &err));
	root = conf_root(f);
	CU_ASSERT_TRUE(conf_u64(conf_get(root, "vm"), "a", 0, 99, &v, &err) && v == 7);
	CU_ASSERT_TRUE(conf_u64(conf_get(root, "vm"), "b", 0, 99, &v, &err) && v == 8);
	CU_ASSERT_TRUE(
		conf_u64(conf_item(conf_get(root, "nodes"), 1), "cpus", 0, 99, &v, &err) &&
		v == 9);
	CU_ASSERT_TRUE(
		conf_u64(conf_item(conf_get(conf_get(conf_get(root, "new"), "deep"), "key"), 1),
			 "x", 0, 99, &v, &err) &&
		v == 10);
	CU_ASSERT_STRING_EQUAL(conf_text(conf_get(conf_get(root, "empty"), "key")), "[11");

	CU_ASSERT_FALSE(conf_u64(conf_get(root, "vm"), "b", 0, 7, &v, &err));
	CU_ASSERT_STRING_EQUAL(err.text, "--set vm.b=8: 'b' is 8, should be from 0 to 7");
	CU_ASSERT_PTR_NULL(conf_set_label(conf_get(root, "nodes")));
	CU_ASSERT_STRING_EQUAL(conf_set_label(conf_get(conf_get(root, "vm"), "a")),
			       "--set vm.a=7");
	conf_close(f);
}

/* Ten times ten times ... of one word: a value is copied, so its aliases would unfold. */
static void a_value_cannot_explode(void)
{
	static const char bomb[] = "[&a [x, x, x, x, x, x, x, x, x, x], "
				   "&b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a], "
				   "&c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b], "
				   "&d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c], "
				   "[*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]]";
	struct conf_file *f = parse("a: 1\n");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_FALSE(conf_set(f, "a", bomb, false, "S", &err));
	CU_ASSERT_STRING_EQUAL(err.text, "S: the value is too large");
	conf_close(f);
}

static void a_value_that_has_no_place_is_refused(void)
{
	static const struct {
		const char *path, *value, *want;
	} cases[] = {
		{ "word.x", "1", "S: there is nothing below 'abc' to set 'x' in" },
		{ "word.x.y", "1", "S: there is nothing below 'abc' to set 'x' in" },
		{ "list.2", "1", "S: the list has no item '2', items count from 0" },
		{ "list.x.y", "1", "S: the list has no item 'x', items count from 0" },
		{ "", "1", "S: the key should be words with a dot between" },
		{ "a..b", "1", "S: the key should be words with a dot between" },
		{ "a.", "1", "S: the key should be words with a dot between" },
		{ "a", "[1", "S:2:1: did not find expected ',' or ']'" },
		{ "a", "\xff", "S: the value is not UTF-8, or memory is short" },
		{ "a", "[&x [*x]]", "S:1:2: this has an alias of itself in it" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct conf_file *f = parse("word: abc\nlist: [1, 2]\n");

		CU_ASSERT_PTR_NOT_NULL_FATAL(f);
		CU_ASSERT_FALSE(conf_set(f, cases[i].path, cases[i].value, false, "S", &err));
		CU_ASSERT_STRING_EQUAL(err.text, cases[i].want);
		conf_close(f);
	}
}

/* ---- nearest word ---------------------------------------------------------------------- */

static void the_nearest_word_is_the_one_probably_meant(void)
{
	static const char *const words[] = {
		"min_free_kbytes", "watermark_scale_factor", "run", "trace", "params", NULL
	};
	static const struct {
		const char *word, *want;
	} cases[] = {
		{ "min_free_kbyte", "min_free_kbytes" },
		{ "minfreekbytes", "min_free_kbytes" },
		{ "min_fere_kbytes", "min_free_kbytes" },
		{ "watermark_scale", "watermark_scale_factor" },
		{ "rnu", "run" },
		{ "ru", "run" },
		{ "tarce", "trace" },
		{ "traces", "trace" },
		{ "xyz", NULL },
		{ "", NULL },
		{ "x", NULL },
		{ "swappiness", NULL },
	};
	char endless[500];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *near = conf_nearest(cases[i].word, words);

		CU_ASSERT_EQUAL(near == NULL, cases[i].want == NULL);
		if (near && cases[i].want)
			CU_ASSERT_STRING_EQUAL(near, cases[i].want);
	}
	memset(endless, 'a', sizeof(endless));
	endless[sizeof(endless) - 1] = '\0';
	CU_ASSERT_PTR_NULL(conf_nearest(endless, words));
}

#define T(name)                                                                                \
	{                                                                                      \
#name, name                                                                    \
	}

static CU_TestInfo tests[] = {
	T(what_is_no_single_yaml_document_is_refused_at_its_place),
	T(a_file_that_cannot_be_read_is_named),
	T(deep_nesting_and_alias_bombs_do_no_harm),
	T(aliases_that_grow_without_bounds_are_refused),
	T(nodes_are_found_by_key_and_position),
	T(an_error_tells_line_and_column_counted_from_1_on_one_line),
	T(a_long_path_leaves_room_for_what_is_wrong),
	T(unknown_and_doubled_keys_are_refused),
	T(whole_numbers_are_read_strictly),
	T(decimals_are_read_as_thousandths),
	T(sizes_take_binary_units_and_refuse_ambiguous_ones),
	T(sizes_print_as_they_are_read),
	T(times_need_a_unit_and_come_to_whole_nanoseconds),
	T(times_become_cycles_rounded_to_the_nearest),
	T(a_value_of_the_wrong_kind_or_out_of_bounds_is_refused_where_it_stands),
	T(bounds_of_decimals_sizes_and_times_are_told_in_their_own_words),
	T(a_value_can_be_put_over_the_files_or_beside_them),
	T(a_value_cannot_explode),
	T(a_value_that_has_no_place_is_refused),
	T(the_nearest_word_is_the_one_probably_meant),
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "conf", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
