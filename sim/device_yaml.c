#include "sim/device_yaml.h"

#include <stdio.h>
#include <string.h>

#define MAX_NS UINT64_C(1000000000) /* of anything a request waits for */
#define MAX_SIZE (UINT64_C(64) << 40)
#define MAX_TRACK (UINT64_C(1) << 30)
#define MAX_RPM 100000
#define MAX_MBS_MILLI (UINT64_C(1000000) * 1000)
#define MINUTE_NS UINT64_C(60000000000)

static bool read_name(struct conf_node map, char name[SIM_DEVICE_NAME], struct conf_error *err)
{
	struct conf_node n = conf_get(map, "name");
	const char *text = conf_text(n);

	*name = '\0';
	if (!n.yaml)
		return true;
	if (!text)
		return conf_fail(n, err, "'name' should be a text");
	if (strlen(text) >= SIM_DEVICE_NAME)
		return conf_fail(n, err, "'name' has more than %d characters",
				 SIM_DEVICE_NAME - 1);
	snprintf(name, SIM_DEVICE_NAME, "%s", text);
	return true;
}

static bool read_fixed(struct conf_node map, struct sim_device_figures *f,
		       struct conf_error *err)
{
	static const char *const keys[] = { "read", "write", NULL };
	struct conf_node fixed = conf_get(map, "fixed");

	return !fixed.yaml || (conf_only_keys(fixed, keys, err) &&
			       conf_ns(fixed, "read", 0, MAX_NS, &f->read_ns, err) &&
			       conf_ns(fixed, "write", 0, MAX_NS, &f->write_ns, err));
}

static bool read_seek(struct conf_node map, struct sim_device_figures *f,
		      struct conf_error *err)
{
	static const char *const keys[] = { "track", "full", NULL };
	struct conf_node seek = conf_get(map, "seek");

	if (!seek.yaml)
		return true;
	if (!conf_only_keys(seek, keys, err) ||
	    !conf_ns(seek, "track", 1, MAX_NS, &f->seek_min_ns, err) ||
	    !conf_ns(seek, "full", 1, MAX_NS, &f->seek_max_ns, err))
		return false;
	return f->seek_min_ns <= f->seek_max_ns ||
	       conf_fail(conf_get(seek, "full"), err,
			 "a seek over the whole disk is shorter than one to the next track");
}

static bool read_rotation(struct conf_node map, struct sim_device_figures *f,
			  struct conf_error *err)
{
	static const char *const keys[] = { "rpm", "track", NULL };
	struct conf_node rotation = conf_get(map, "rotation");
	uint64_t rpm;

	if (!rotation.yaml)
		return true;
	if (!conf_only_keys(rotation, keys, err) ||
	    !conf_u64(rotation, "rpm", 1, MAX_RPM, &rpm, err) ||
	    !conf_size(rotation, "track", 1, 512, MAX_TRACK, &f->track_bytes, err))
		return false;
	f->turn_ns = (MINUTE_NS + rpm / 2) / rpm;
	return true;
}

/* In 10^6 bytes a second, with thousandths. */
static bool read_rates(struct conf_node map, uint64_t *read_bytes_s, uint64_t *write_bytes_s,
		       struct conf_error *err)
{
	uint64_t read, write;

	if (!conf_milli(map, "read_mbs", 1, MAX_MBS_MILLI, &read, err) ||
	    !conf_milli(map, "write_mbs", 1, MAX_MBS_MILLI, &write, err))
		return false;
	*read_bytes_s = read * 1000;
	*write_bytes_s = write * 1000;
	return true;
}

static bool read_transfer(struct conf_node map, struct sim_device_figures *f,
			  struct conf_error *err)
{
	static const char *const keys[] = { "read_mbs", "write_mbs", NULL };
	struct conf_node transfer = conf_get(map, "transfer");

	if (!transfer.yaml)
		return conf_fail(map, err, "'transfer' is missing");
	return conf_only_keys(transfer, keys, err) &&
	       read_rates(transfer, &f->read_bytes_s, &f->write_bytes_s, err);
}

/* A number, or "cpus". */
static bool read_channels(struct conf_node map, struct sim_device_figures *f,
			  struct conf_error *err)
{
	struct conf_node n = conf_get(map, "channels");
	const char *text = conf_text(n);
	uint64_t channels = 1;

	if (!n.yaml)
		return true;
	if (!text)
		return conf_fail(n, err, "'channels' should be a whole number or cpus");
	f->own_work = strcmp(text, "cpus") == 0;
	if (f->own_work)
		channels = SIM_DEVICE_PER_CPU;
	else if (!conf_parse_u64(text, &channels))
		return conf_fail(n, err,
				 "'channels' should be a whole number or cpus, not \"%s\"",
				 text);
	else if (!conf_u64(map, "channels", 1, SIM_DEVICE_MOST_CHANNELS, &channels, err))
		return false;
	if (channels > 1 && (f->seek_max_ns || f->turn_ns))
		return conf_fail(n, err, "a disk with an arm or a platter has one channel");
	f->channels = (uint32_t)channels;
	return true;
}

/* What all channels share: a fixed time of each request, a bandwidth, or both. */
static bool read_link(struct conf_node map, struct sim_device_figures *f,
		      struct conf_error *err)
{
	static const char *const keys[] = { "read", "write", "read_mbs", "write_mbs", NULL };
	struct conf_node link = conf_get(map, "link");
	bool fixed, rates;

	if (!link.yaml)
		return true;
	if (!conf_only_keys(link, keys, err))
		return false;
	fixed = conf_get(link, "read").yaml || conf_get(link, "write").yaml;
	rates = conf_get(link, "read_mbs").yaml || conf_get(link, "write_mbs").yaml;
	if (!fixed && !rates)
		return conf_fail(link, err,
				 "'link' should have read and write, or read_mbs and "
				 "write_mbs, or both");
	if (fixed && (!conf_ns(link, "read", 0, MAX_NS, &f->link_read_ns, err) ||
		      !conf_ns(link, "write", 0, MAX_NS, &f->link_write_ns, err)))
		return false;
	return !rates || read_rates(link, &f->link_read_bytes_s, &f->link_write_bytes_s, err);
}

/* As /sys/block/DISK/queue/rotational: what has an arm says 1. */
static bool read_rotational(struct conf_node map, struct sim_device_figures *f,
			    struct conf_error *err)
{
	struct conf_node n = conf_get(map, "rotational");
	uint64_t says = 0;

	if (!n.yaml)
		return true;
	if (!conf_u64(map, "rotational", 0, 1, &says, err))
		return false;
	if (!says && f->seek_max_ns)
		return conf_fail(n, err, "a disk with an arm is rotational");
	f->rotational = (uint32_t)says;
	return true;
}

bool sim_device_yaml_read(struct conf_node map, struct sim_device_figures *figures,
			  char name[SIM_DEVICE_NAME], struct conf_error *err)
{
	static const char *const keys[] = { "name",     "source", "confidence", "size",
					    "channels", "fixed",  "seek",       "rotation",
					    "transfer", "link",   "rotational", NULL };
	char text[128];

	*figures = (struct sim_device_figures){ .channels = 1 };
	if (!conf_only_keys(map, keys, err) || !read_name(map, name, err) ||
	    !conf_free_text(map, "source", err) || !conf_free_text(map, "confidence", err) ||
	    !conf_size(map, "size", 1, 4096, MAX_SIZE, &figures->size_bytes, err) ||
	    !read_fixed(map, figures, err) || !read_seek(map, figures, err) ||
	    !read_rotation(map, figures, err) || !read_transfer(map, figures, err) ||
	    !read_channels(map, figures, err) || !read_link(map, figures, err) ||
	    !read_rotational(map, figures, err))
		return false;
	return sim_device_check(figures, text, sizeof(text)) || conf_fail(map, err, "%s", text);
}

bool sim_device_yaml_load(const char *path, struct sim_device_figures *figures,
			  char name[SIM_DEVICE_NAME], struct conf_error *err)
{
	struct conf_file *file = conf_open(path, err);
	bool ok = file && sim_device_yaml_read(conf_root(file), figures, name, err);

	conf_close(file);
	return ok;
}
