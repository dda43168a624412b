#include "sim/device_yaml.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit.h"

static struct conf_error err;
static struct sim_device_figures figures;
static char name[SIM_DEVICE_NAME];

static bool read_text(const char *text)
{
	struct conf_file *f = conf_parse(text, strlen(text), "d.yaml", &err);
	bool ok = f && sim_device_yaml_read(conf_root(f), &figures, name, &err);

	conf_close(f);
	return ok;
}

static void each_figure_is_read_with_its_unit(void)
{
	CU_ASSERT(read_text("name: d\n"
			    "source: somewhere\n"
			    "confidence: {size: C}\n"
			    "size: 20GiB\n"
			    "fixed: {read: 0.3ms, write: 400us}\n"
			    "seek: {track: 1.4ms, full: 14.7ms}\n"
			    "rotation: {rpm: 7200, track: 320KiB}\n"
			    "transfer: {read_mbs: 39.3, write_mbs: 38}\n"));
	CU_ASSERT_STRING_EQUAL(name, "d");
	CU_ASSERT_EQUAL(figures.size_bytes, UINT64_C(20) << 30);
	CU_ASSERT_EQUAL(figures.read_ns, 300000);
	CU_ASSERT_EQUAL(figures.write_ns, 400000);
	CU_ASSERT_EQUAL(figures.seek_min_ns, 1400000);
	CU_ASSERT_EQUAL(figures.seek_max_ns, 14700000);
	CU_ASSERT_EQUAL(figures.turn_ns, 8333333);
	CU_ASSERT_EQUAL(figures.track_bytes, 320 << 10);
	CU_ASSERT_EQUAL(figures.read_bytes_s, 39300000);
	CU_ASSERT_EQUAL(figures.write_bytes_s, 38000000);
}

static void a_drive_without_an_arm_can_say_that_it_rotates(void)
{
	CU_ASSERT(read_text("{size: 1GiB, transfer: {read_mbs: 5, write_mbs: 4}}"));
	CU_ASSERT_EQUAL(figures.rotational, 0);
	CU_ASSERT(read_text("{size: 1GiB, rotational: 1, channels: 8, "
			    "transfer: {read_mbs: 5, write_mbs: 4}}"));
	CU_ASSERT_EQUAL(figures.rotational, 1);
	CU_ASSERT_EQUAL(figures.seek_max_ns, 0);
	CU_ASSERT_EQUAL(figures.own_work, 0);
	CU_ASSERT(!read_text("{size: 1GiB, rotational: 2, "
			     "transfer: {read_mbs: 5, write_mbs: 4}}"));
	CU_ASSERT(!read_text("{size: 1GiB, rotational: 0, seek: {track: 1ms, full: 2ms}, "
			     "transfer: {read_mbs: 5, write_mbs: 4}}"));
}

static void a_drive_without_moving_parts_has_a_size_and_a_rate(void)
{
	CU_ASSERT(read_text("{size: 1GiB, transfer: {read_mbs: 500, write_mbs: 460}}"));
	CU_ASSERT_STRING_EQUAL(name, "");
	CU_ASSERT_EQUAL(figures.seek_max_ns, 0);
	CU_ASSERT_EQUAL(figures.turn_ns, 0);
	CU_ASSERT_EQUAL(figures.read_ns, 0);
}

/* A seek of the average length: 8/15 of the way between the two figures of a file. */
static void the_drives_that_come_along_have_the_averages_of_their_data_sheets(void)
{
	static const struct {
		const char *path, *name;
		uint64_t average_us, turn_ns;
	} drives[] = {
		{ "configs/devices/ide-7200-2001.yaml", "ide-7200-2001", 8500, 8333333 },
		{ "configs/devices/scsi-15k-2001.yaml", "scsi-15k-2001", 3900, 4000000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(drives); i++) {
		uint64_t seek, track_rate;

		CU_ASSERT(sim_device_yaml_load(drives[i].path, &figures, name, &err));
		CU_ASSERT_STRING_EQUAL(name, drives[i].name);
		seek = figures.seek_min_ns +
		       (figures.seek_max_ns - figures.seek_min_ns) * 8 / 15;
		CU_ASSERT(seek / 1000 > drives[i].average_us - 50 &&
			  seek / 1000 < drives[i].average_us + 50);
		CU_ASSERT_EQUAL(figures.turn_ns, drives[i].turn_ns);
		/* What passes in a turn is what is read in one. */
		track_rate = figures.track_bytes * 1000000000 / figures.turn_ns;
		CU_ASSERT(track_rate > figures.read_bytes_s - figures.read_bytes_s / 100 &&
			  track_rate < figures.read_bytes_s + figures.read_bytes_s / 100);
	}
}

static void a_drive_without_arm_can_have_channels_and_a_link(void)
{
	CU_ASSERT(
		read_text("size: 1GiB\n"
			  "channels: 32\n"
			  "transfer: {read_mbs: 540, write_mbs: 520.5}\n"
			  "link: {read: 2.62us, write: 3us, read_mbs: 550, write_mbs: 530}\n"));
	CU_ASSERT_EQUAL(figures.channels, 32);
	CU_ASSERT_EQUAL(figures.link_read_ns, 2620);
	CU_ASSERT_EQUAL(figures.link_write_ns, 3000);
	CU_ASSERT_EQUAL(figures.link_read_bytes_s, 550000000);
	CU_ASSERT_EQUAL(figures.link_write_bytes_s, 530000000);
	/* Either half of a link can be left out. */
	CU_ASSERT(read_text("{size: 1GiB, transfer: {read_mbs: 1, write_mbs: 1}, "
			    "link: {read: 1us, write: 2us}}"));
	CU_ASSERT_EQUAL(figures.channels, 1);
	CU_ASSERT_EQUAL(figures.link_read_bytes_s, 0);
	CU_ASSERT(read_text("{size: 1GiB, transfer: {read_mbs: 1, write_mbs: 1}, "
			    "link: {read_mbs: 1, write_mbs: 2}, channels: cpus}"));
	CU_ASSERT_EQUAL(figures.link_write_ns, 0);
	CU_ASSERT_EQUAL(figures.channels, SIM_DEVICE_PER_CPU);
}

static void a_turn_is_rounded_to_the_nearest_nanosecond(void)
{
	CU_ASSERT(read_text("{size: 1GiB, transfer: {read_mbs: 1, write_mbs: 1}, "
			    "rotation: {rpm: 7000, track: 1MiB}}"));
	CU_ASSERT_EQUAL(figures.turn_ns, 8571429); /* 8571428.57 */
}

/* Against the table in docs/machines.md: 10,000 reads of 4 KiB, each when the last is done and
 * some time has passed. */
static void a_random_read_takes_what_the_manual_says(void)
{
	static const struct {
		const char *path;
		uint64_t ns;
	} drives[] = {
		{ "configs/devices/ide-7200-2001.yaml", 13100000 },
		{ "configs/devices/scsi-15k-2001.yaml", 6200000 },
		{ "configs/devices/sata-ssd-2017.yaml", 100000 },
		{ "configs/devices/nvme-2016.yaml", 71430 },
		{ "configs/devices/zram-lz4.yaml", 2460 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(drives); i++) {
		uint64_t random = 1, date = 0, sum = 0;
		struct sim_disk *d;

		CU_ASSERT(sim_device_yaml_load(drives[i].path, &figures, name, &err));
		if (figures.channels == SIM_DEVICE_PER_CPU)
			figures.channels = 4;
		d = sim_device_new(name, &figures, 1000);
		for (int k = 0; k < 10000; k++) {
			uint64_t done;

			random = random * UINT64_C(6364136223846793005) + 1;
			date += random >> 40;
			done = sim_device_request(d, date, random >> 2, 4096, false);
			sum += done - date;
			date = done;
		}
		sum /= 10000;
		CU_ASSERT(sum > drives[i].ns - drives[i].ns / 50 &&
			  sum < drives[i].ns + drives[i].ns / 50);
		sim_device_free(d);
	}
}

/* Requests of 4 KiB a second while so many are always queued. */
static uint64_t requests_a_second(const char *path, unsigned depth, bool write)
{
	uint64_t done[128] = { 0 }, date = 0;
	struct sim_disk *d;

	CU_ASSERT(sim_device_yaml_load(path, &figures, name, &err));
	d = sim_device_new(name, &figures, 1000);
	for (unsigned k = 0; k < 100000; k++) {
		unsigned first = 0;

		for (unsigned i = 1; i < depth; i++)
			if (done[i] < done[first])
				first = i;
		date = done[first];
		done[first] =
			sim_device_request(d, date, k * UINT64_C(7919) * 4096, 4096, write);
	}
	sim_device_free(d);
	return UINT64_C(100000) * 1000000000 / date;
}

static void drives_with_queues_do_what_their_data_sheets_say(void)
{
	static const struct {
		const char *path;
		unsigned depth;
		uint64_t reads, writes; /* a second */
	} sheets[] = {
		{ "configs/devices/sata-ssd-2017.yaml", 1, 10000, 40000 },
		{ "configs/devices/sata-ssd-2017.yaml", 32, 98000, 90000 },
		{ "configs/devices/nvme-2016.yaml", 1, 14000, 50000 },
		{ "configs/devices/nvme-2016.yaml", 128, 330000, 330000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(sheets); i++) {
		uint64_t reads = requests_a_second(sheets[i].path, sheets[i].depth, false);
		uint64_t writes = requests_a_second(sheets[i].path, sheets[i].depth, true);

		CU_ASSERT(reads > sheets[i].reads * 99 / 100 &&
			  reads < sheets[i].reads * 101 / 100);
		CU_ASSERT(writes > sheets[i].writes * 99 / 100 &&
			  writes < sheets[i].writes * 101 / 100);
	}
}

#define REST "size: 1GiB, transfer: {read_mbs: 1, write_mbs: 1}"

struct fault {
	const char *text, *want;
};

static void told(const struct fault *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool read = read_text(cases[i].text);

		if (read || strcmp(err.text, cases[i].want) != 0)
			printf("\n  %s\n  gave %s\n  want %s\n", cases[i].text,
			       read ? "a drive" : err.text, cases[i].want);
		CU_ASSERT(!read);
		CU_ASSERT_STRING_EQUAL(err.text, cases[i].want);
	}
}

static void what_is_wrong_is_told_with_its_place(void)
{
	static const struct fault cases[] = {
		{ "[]", "d.yaml:1:1: a map (key: value) should stand here" },
		{ "transfer: {read_mbs: 1, write_mbs: 1}", "d.yaml:1:1: 'size' is missing" },
		{ "size: 1GiB", "d.yaml:1:1: 'transfer' is missing" },
		{ "size: 1GiB\ntransfer: {read_mbs: 1}",
		  "d.yaml:2:11: 'write_mbs' is missing" },
		{ "{" REST ", sek: {}}",
		  "d.yaml:1:53: unknown key 'sek', did you mean 'seek'?" },
		{ "{" REST ", size: 2GiB}", "d.yaml:1:53: 'size' is here a second time" },
		{ "size: 40GB", "d.yaml:1:7: 'size' is \"40GB\": GB is ambiguous, use GiB" },
		{ "size: 1KiB", "d.yaml:1:7: 'size' is 1KiB, should be from 4KiB to 64TiB" },
		{ "size: 1GiB\ntransfer: {read_mbs: 0, write_mbs: 1}",
		  "d.yaml:2:22: 'read_mbs' is 0, should be from 0.001 to 1000000.000" },
		{ "size: 1GiB\ntransfer: {read_mbs: 40MiB, write_mbs: 1}",
		  "d.yaml:2:22: 'read_mbs' should be a number with at most 3 decimals, not "
		  "\"40MiB\"" },
		{ "{" REST ", fixed: {read: 1ms}}", "d.yaml:1:60: 'write' is missing" },
		{ "{" REST ", fixed: {read: 1, write: 1ms}}",
		  "d.yaml:1:67: 'read' is \"1\": a time needs a unit: ns, us, ms or s" },
		{ "{" REST ", fixed: {read: 9cycles, write: 1ms}}",
		  "d.yaml:1:67: 'read' is \"9cycles\": a time is a number with ns, us, ms or "
		  "s" },
		{ "{" REST ", fixed: {read: 2s, write: 1ms}}",
		  "d.yaml:1:67: 'read' is 2s, should be from 0 to 1000000000 ns" },
		{ "{" REST ", seek: {track: 5ms, full: 4ms}}",
		  "d.yaml:1:78: a seek over the whole disk is shorter than one to the next "
		  "track" },
		{ "{" REST ", seek: {average: 5ms}}",
		  "d.yaml:1:60: unknown key 'average', known are: track, full" },
		{ "{" REST ", rotation: {rpm: 7200}}", "d.yaml:1:63: 'track' is missing" },
		{ "{" REST ", rotation: {rpm: 0, track: 1MiB}}",
		  "d.yaml:1:69: 'rpm' is 0, should be from 1 to 100000" },
		{ "{" REST ", rotation: {rpm: 1, track: 2GiB}}",
		  "d.yaml:1:79: 'track' is 2GiB, should be from 512B to 1GiB" },
		{ "{" REST ", name: [a]}", "d.yaml:1:59: 'name' should be a text" },
		{ "{" REST
		  ", name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaa}",
		  "d.yaml:1:59: 'name' has more than 63 characters" },
		{ "{" REST ", confidence: {size: [C]}}",
		  "d.yaml:1:66: 'confidence' should be a text or a map of texts" },
		{ "{" REST ", source: []}",
		  "d.yaml:1:61: 'source' should be a text or a map of texts" },
	};

	told(cases, ARRAY_SIZE(cases));
}

static void what_is_wrong_with_channels_and_link_is_told_with_its_place(void)
{
	static const struct fault cases[] = {
		{ "{" REST ", channels: 0}",
		  "d.yaml:1:63: 'channels' is 0, should be from 1 to 65536" },
		{ "{" REST ", channels: many}",
		  "d.yaml:1:63: 'channels' should be a whole number or cpus, not \"many\"" },
		{ "{" REST ", channels: [1]}",
		  "d.yaml:1:63: 'channels' should be a whole number or cpus" },
		{ "{" REST ", channels: 2, seek: {track: 1ms, full: 2ms}}",
		  "d.yaml:1:63: a disk with an arm or a platter has one channel" },
		{ "{" REST ", rotation: {rpm: 7200, track: 1MiB}, channels: cpus}",
		  "d.yaml:1:99: a disk with an arm or a platter has one channel" },
		{ "{" REST ", link: {}}", "d.yaml:1:59: 'link' should have read and write, or "
					  "read_mbs and write_mbs, or "
					  "both" },
		{ "{" REST ", link: {read: 1us}}", "d.yaml:1:59: 'write' is missing" },
		{ "{" REST ", link: {write_mbs: 1}}", "d.yaml:1:59: 'read_mbs' is missing" },
		{ "{" REST ", link: {read: 1us, write: 2}}",
		  "d.yaml:1:78: 'write' is \"2\": a time needs a unit: ns, us, ms or s" },
		{ "{" REST ", link: {read_mbs: 1, write_mbs: 1000001}}",
		  "d.yaml:1:84: 'write_mbs' is 1000001, should be from 0.001 to 1000000.000" },
		{ "{" REST ", link: {latency: 1us}}",
		  "d.yaml:1:60: unknown key 'latency', known are: read, write, read_mbs, "
		  "write_mbs" },
	};

	told(cases, ARRAY_SIZE(cases));
}

static void a_file_that_is_not_there_is_told(void)
{
	CU_ASSERT(!sim_device_yaml_load("no/such.yaml", &figures, name, &err));
	CU_ASSERT_STRING_EQUAL(err.text, "no/such.yaml: No such file or directory");
}

static CU_TestInfo tests[] = {
	{ "each figure is read with its unit", each_figure_is_read_with_its_unit },
	{ "a drive without moving parts has a size and a rate",
	  a_drive_without_moving_parts_has_a_size_and_a_rate },
	{ "a drive without an arm can say that it rotates",
	  a_drive_without_an_arm_can_say_that_it_rotates },
	{ "the drives that come along have the averages of their data sheets",
	  the_drives_that_come_along_have_the_averages_of_their_data_sheets },
	{ "a drive without arm can have channels and a link",
	  a_drive_without_arm_can_have_channels_and_a_link },
	{ "drives with queues do what their data sheets say",
	  drives_with_queues_do_what_their_data_sheets_say },
	{ "a turn is rounded to the nearest nanosecond",
	  a_turn_is_rounded_to_the_nearest_nanosecond },
	{ "a random read takes what the manual says",
	  a_random_read_takes_what_the_manual_says },
	{ "what is wrong is told with its place", what_is_wrong_is_told_with_its_place },
	{ "what is wrong with channels and link is told with its place",
	  what_is_wrong_with_channels_and_link_is_told_with_its_place },
	{ "a file that is not there is told", a_file_that_is_not_there_is_told },
	CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
	{ "device_yaml", NULL, NULL, NULL, NULL, tests },
	CU_SUITE_INFO_NULL,
};

UNIT_MAIN(suites)
