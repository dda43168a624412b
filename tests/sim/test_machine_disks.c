#include <stdio.h>
#include <string.h>

#include "sim/machine.h"
#include "tests/unit.h"

#define DRIVE "{name: d, size: 1GiB, transfer: {read_mbs: 40, write_mbs: 30}}"
#define GIB (UINT64_C(1) << 30)

static struct conf_error err;

/* A machine whose disks are these; NULL and err. */
static struct sim_machine *with_disks(const char *disks)
{
	char text[1000];
	struct conf_file *f;
	struct sim_machine *m;

	snprintf(text, sizeof(text), "nodes: [{cpus: 1, memory: 16MiB}]\ndisks: %s\n", disks);
	f = conf_parse(text, strlen(text), "m.yaml", &err);
	m = f ? sim_machine_read(conf_root(f), &err) : NULL;
	conf_close(f);
	return m;
}

/* A machine file with one value put over it. */
static struct sim_machine *load_with(const char *path, const char *key, const char *value)
{
	struct conf_file *f = conf_open(path, &err);
	struct sim_machine *m = NULL;

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	if (conf_set(f, key, value, false, "--set", &err))
		m = sim_machine_read(conf_root(f), &err);
	conf_close(f);
	return m;
}

static void a_machine_without_disks_has_none(void)
{
	struct sim_machine *m = with_disks("{}");

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT(!m->swap.present && !m->data.present && !m->one_drive);
	sim_machine_free(m);
}

static void a_disk_is_a_whole_drive_or_a_part_of_one(void)
{
	struct sim_machine *m = with_disks("{swap: {device: " DRIVE
					   ", size: 64MiB}, data: {device: " DRIVE "}}");

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT(m->swap.present && m->data.present && !m->one_drive);
	CU_ASSERT_STRING_EQUAL(m->swap.name, "d");
	CU_ASSERT_EQUAL(m->swap.figures.write_bytes_s, 30000000);
	CU_ASSERT_EQUAL(m->swap.size_bytes, 64 << 20);
	CU_ASSERT_EQUAL(m->data.start_bytes, 0);
	CU_ASSERT_EQUAL(m->data.size_bytes, GIB);
	sim_machine_free(m);
}

static void data_can_lie_behind_swap_on_the_same_drive(void)
{
	struct sim_machine *m =
		with_disks("{data: {same_as: swap}, swap: {device: " DRIVE ", size: 64MiB}}");

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT(m->swap.present && m->data.present && m->one_drive);
	CU_ASSERT_EQUAL(m->swap.start_bytes, 0);
	CU_ASSERT_EQUAL(m->data.start_bytes, 64 << 20);
	CU_ASSERT_EQUAL(m->data.size_bytes, GIB - (64 << 20));
	CU_ASSERT_STRING_EQUAL(m->data.name, "d");
	sim_machine_free(m);
}

static void swap_of_no_size_is_no_swap(void)
{
	static const char *const none[] = {
		"{swap: none}",
		"{swap: {size: 0}}",
		"{swap: {device: " DRIVE ", size: 0}}",
		"{swap: {device: " DRIVE ", size: 0MiB}}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
		struct sim_machine *m = with_disks(none[i]);

		CU_ASSERT_PTR_NOT_NULL_FATAL(m);
		CU_ASSERT(!m->swap.present && !m->data.present);
		sim_machine_free(m);
	}
}

static void without_swap_data_has_the_drive_alone(void)
{
	struct sim_machine *m =
		load_with("configs/machines/p3-1cpu.yaml", "disks.swap.size", "0");

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT(!m->swap.present && m->data.present && !m->one_drive);
	CU_ASSERT_EQUAL(m->data.start_bytes, 0);
	CU_ASSERT_STRING_EQUAL(m->data.name, "ide-7200-2001");
	sim_machine_free(m);
}

static void a_machine_that_comes_along_finds_its_drives(void)
{
	struct sim_machine *m = sim_machine_load("configs/machines/p3-1cpu.yaml", &err);

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT(m->swap.present && m->one_drive);
	CU_ASSERT_EQUAL(m->swap.size_bytes, 512 << 20);
	CU_ASSERT_EQUAL(m->data.start_bytes, 512 << 20);
	CU_ASSERT_EQUAL(m->swap.figures.turn_ns, 8333333);
	sim_machine_free(m);
}

/* One in a file is looked for from that file, one of the command line from where it is given.
 */
static void a_setting_names_a_device_from_where_it_is_given(void)
{
	struct sim_machine *m = load_with("configs/machines/tiny.yaml", "disks.swap.device",
					  "configs/devices/scsi-15k-2001.yaml");

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_STRING_EQUAL(m->swap.name, "scsi-15k-2001");
	/* All of it, in whole pages. */
	CU_ASSERT_EQUAL(m->swap.size_bytes, UINT64_C(18400002048) / 4096 * 4096);
	sim_machine_free(m);
	CU_ASSERT_PTR_NULL(load_with("configs/machines/tiny.yaml", "disks.swap.device",
				     "../devices/scsi-15k-2001.yaml"));
	CU_ASSERT_STRING_EQUAL(err.text, "--set: ../devices/scsi-15k-2001.yaml: No such file "
					 "or directory");
}

static void amending_leaves_the_disk_that_is_not_named(void)
{
	struct sim_machine *m = sim_machine_load("configs/machines/p3-4cpu.yaml", &err);
	const char *text = "{disks: {swap: {size: 0}}}";
	struct conf_file *f = conf_parse(text, strlen(text), "a", &err);

	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT(sim_machine_amend(m, conf_root(f), &err));
	CU_ASSERT(!m->swap.present && m->data.present);
	conf_close(f);
	sim_machine_free(m);
}

static void disks_open_as_parts_of_one_drive_or_of_two(void)
{
	static const struct {
		const char *path;
		unsigned swap, data, drives;
	} cases[] = {
		{ "configs/machines/p3-1cpu.yaml", 1, 1, 1 },
		{ "configs/machines/p3-4cpu.yaml", 1, 1, 2 },
		{ "configs/machines/four-node.yaml", 1, 0, 1 },
		{ "configs/machines/tiny.yaml", 0, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sim_machine *m = sim_machine_load(cases[i].path, &err);
		struct sim_machine_drives d;

		CU_ASSERT_PTR_NOT_NULL_FATAL(m);
		CU_ASSERT(sim_machine_disks_open(m, &d));
		CU_ASSERT_EQUAL(d.swap != NULL, cases[i].swap);
		CU_ASSERT_EQUAL(d.data != NULL, cases[i].data);
		CU_ASSERT_EQUAL((d.drive[0] != NULL) + (d.drive[1] != NULL), cases[i].drives);
		if (d.swap) {
			sim_device_request(d.swap, 1000, 0, 4096, true);
			CU_ASSERT_EQUAL(sim_device_stats(d.drive[0]).writes, 1);
		}
		if (d.data)
			CU_ASSERT_EQUAL(sim_device_last_date(d.data), m->one_drive ? 1000 : 0);
		sim_machine_disks_close(&d);
		sim_machine_free(m);
	}
}

static void what_is_wrong_is_told_with_its_place(void)
{
	static const struct {
		const char *disks, *want;
	} cases[] = {
		{ "[]", "m.yaml:2:8: a map (key: value) should stand here" },
		{ "{swp: {}}", "m.yaml:2:9: unknown key 'swp', did you mean 'swap'?" },
		{ "{swap: {}}", "m.yaml:2:15: 'device' is missing" },
		{ "{swap: {size: 1MiB}}", "m.yaml:2:15: 'device' is missing" },
		{ "{swap: a.yaml}", "m.yaml:2:15: a map (key: value) should stand here" },
		{ "{swap: {device: no/such.yaml}}",
		  "m.yaml:2:24: no/such.yaml: No such file or directory" },
		{ "{swap: {device: [a]}}",
		  "m.yaml:2:24: 'device' should be a device file or a map" },
		{ "{swap: {device: {size: 1GiB}}}", "m.yaml:2:24: 'transfer' is missing" },
		{ "{swap: {devise: x}}",
		  "m.yaml:2:16: unknown key 'devise', did you mean 'device'?" },
		{ "{swap: {device: " DRIVE ", size: 512}}",
		  "m.yaml:2:94: 'size' is not a multiple of 4KiB, a page" },
		{ "{swap: {device: " DRIVE ", size: 2GiB}}",
		  "m.yaml:2:94: 'size' is more than the drive has room for, 1GiB" },
		{ "{swap: {device: " DRIVE ", size: -1}}",
		  "m.yaml:2:94: 'size' is \"-1\": a size is a number with B, KiB, MiB, GiB or "
		  "TiB" },
		{ "{swap: {device: " DRIVE ", same_as: swap}}",
		  "m.yaml:2:88: unknown key 'same_as', known are: device, size" },
		{ "{data: {same_as: swap}}",
		  "m.yaml:2:25: there is no swap whose drive data could be on" },
		{ "{data: {same_as: data}}", "m.yaml:2:25: 'same_as' should be swap" },
		{ "{swap: {device: " DRIVE "}, data: {same_as: swap}}",
		  "m.yaml:2:95: swap takes the whole drive" },
		{ "{swap: {device: " DRIVE ", size: 1MiB}, data: {same_as: swap, size: 1GiB}}",
		  "m.yaml:2:129: 'size' is more than the drive has room for, 1023MiB" },
		{ "{swap: {device: " DRIVE "}, data: {same_as: swap, device: x}}",
		  "m.yaml:2:119: a disk has 'device' or 'same_as', not both" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sim_machine *m = with_disks(cases[i].disks);

		if (m || strcmp(err.text, cases[i].want) != 0)
			printf("\n  %s\n  gave %s\n  want %s\n", cases[i].disks,
			       m ? "a machine" : err.text, cases[i].want);
		CU_ASSERT_PTR_NULL(m);
		CU_ASSERT_STRING_EQUAL(err.text, cases[i].want);
		sim_machine_free(m);
	}
}

static CU_TestInfo tests[] = {
	{ "a machine without disks has none", a_machine_without_disks_has_none },
	{ "a disk is a whole drive or a part of one",
	  a_disk_is_a_whole_drive_or_a_part_of_one },
	{ "data can lie behind swap on the same drive",
	  data_can_lie_behind_swap_on_the_same_drive },
	{ "swap of no size is no swap", swap_of_no_size_is_no_swap },
	{ "without swap data has the drive alone", without_swap_data_has_the_drive_alone },
	{ "a machine that comes along finds its drives",
	  a_machine_that_comes_along_finds_its_drives },
	{ "a setting names a device from where it is given",
	  a_setting_names_a_device_from_where_it_is_given },
	{ "amending leaves the disk that is not named",
	  amending_leaves_the_disk_that_is_not_named },
	{ "disks open as parts of one drive or of two",
	  disks_open_as_parts_of_one_drive_or_of_two },
	{ "what is wrong is told with its place", what_is_wrong_is_told_with_its_place },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "machine_disks", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
