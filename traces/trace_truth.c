#include "traces/trace_truth.h"

static const enum trace_section_id ids[TRACE_TRUTH_COLUMNS] = {
	[TRACE_TRUTH_KIND] = TRACE_SECTION_KIND,
	[TRACE_TRUTH_CPU] = TRACE_SECTION_CPU,
	[TRACE_TRUTH_ORDER] = TRACE_SECTION_ORDER,
	[TRACE_TRUTH_TYPE] = TRACE_SECTION_TYPE,
	[TRACE_TRUTH_TASK] = TRACE_SECTION_TASK,
	[TRACE_TRUTH_TIME] = TRACE_SECTION_TIME,
	[TRACE_TRUTH_PFN] = TRACE_SECTION_PFN,
	[TRACE_TRUTH_VALUE] = TRACE_SECTION_VALUES,
	[TRACE_TRUTH_VALUE + 1] = TRACE_SECTION_VALUES + 1,
	[TRACE_TRUTH_VALUE + 2] = TRACE_SECTION_VALUES + 2,
	[TRACE_TRUTH_VALUE + 3] = TRACE_SECTION_VALUES + 3,
};

const char *trace_truth_wrong(const struct trace_truth *t,
			      const struct trace_block_limits *limits)
{
	if (t->kind >= TRACE_TRUTH_KINDS)
		return "its kind is unknown";
	if (t->order >= TRACE_ORDERS)
		return "its order is above 10";
	if (t->cpu >= limits->cpus)
		return "its CPU is not in the header";
	if (t->task >= limits->tasks)
		return "its task is not in the dictionary";
	return NULL;
}

static void put_record(struct trace_numbers_out *column, const struct trace_truth *t,
		       uint64_t time, uint64_t pfn)
{
	trace_numbers_put(&column[TRACE_TRUTH_KIND], t->kind);
	trace_numbers_put(&column[TRACE_TRUTH_CPU], t->cpu);
	trace_numbers_put(&column[TRACE_TRUTH_ORDER], t->order);
	trace_numbers_put(&column[TRACE_TRUTH_TYPE],
			  trace_bytes_zigzag(0, (uint64_t)(int64_t)t->type));
	trace_numbers_put(&column[TRACE_TRUTH_TASK], t->task);
	trace_numbers_put(&column[TRACE_TRUTH_TIME], t->time - time);
	trace_numbers_put(&column[TRACE_TRUTH_PFN], trace_bytes_zigzag(pfn, t->pfn));
	for (unsigned i = 0; i < 4; i++)
		trace_numbers_put(&column[TRACE_TRUTH_VALUE + i], t->value[i]);
}

bool trace_truth_encode(const struct trace_block_head *head, const struct trace_truth *truths,
			struct trace_frame_bytes *out, struct trace_error *err)
{
	struct trace_numbers_out column[TRACE_TRUTH_COLUMNS] = { 0 };
	uint64_t time = head->first_time, pfn = 0;

	trace_block_put_head(head, out);
	for (uint64_t i = 0; i < head->count; i++) {
		put_record(column, &truths[i], time, pfn);
		time = truths[i].time;
		pfn = truths[i].pfn;
	}
	for (unsigned i = 0; i < TRACE_TRUTH_COLUMNS; i++) {
		trace_section_put_numbers(out, ids[i], &column[i]);
		trace_numbers_free(&column[i]);
	}
	return !out->bytes.lost || trace_error_memory(err);
}

bool trace_truth_open(struct trace_truth_block *b, const struct trace_sections *s,
		      const struct trace_block_limits *limits, struct trace_error *err)
{
	b->limits = *limits;
	if (!trace_block_head(s, &b->head, err))
		return false;
	for (unsigned i = 0; i < TRACE_TRUTH_COLUMNS; i++)
		if (!trace_section_numbers(s, ids[i], "truth", &b->column[i], err) ||
		    !trace_block_is_full(&b->head, ids[i], &b->column[i], err))
			return false;
	b->done = b->pfn = 0;
	b->time = b->head.first_time;
	return true;
}

static const char *read_record(struct trace_truth_block *b, struct trace_truth *t)
{
	uint64_t v[TRACE_TRUTH_COLUMNS], type;

	for (unsigned i = 0; i < TRACE_TRUTH_COLUMNS; i++)
		trace_numbers_read(&b->column[i], &v[i], 1);
	type = trace_bytes_unzigzag(0, v[TRACE_TRUTH_TYPE]);
	if (v[TRACE_TRUTH_KIND] > 255 || v[TRACE_TRUTH_CPU] > 65535 ||
	    v[TRACE_TRUTH_ORDER] > 255 || type + 128 > 255 || v[TRACE_TRUTH_TASK] > UINT32_MAX)
		return "a field is out of range";
	if (v[TRACE_TRUTH_TIME] > b->head.last_time - b->time)
		return "its time is beyond the block's last";
	*t = (struct trace_truth){
		.time = b->time += v[TRACE_TRUTH_TIME],
		.pfn = b->pfn = trace_bytes_unzigzag(b->pfn, v[TRACE_TRUTH_PFN]),
		.task = (uint32_t)v[TRACE_TRUTH_TASK],
		.cpu = (uint16_t)v[TRACE_TRUTH_CPU],
		.kind = (uint8_t)v[TRACE_TRUTH_KIND],
		.order = (uint8_t)v[TRACE_TRUTH_ORDER],
		.type = (int8_t)(int64_t)type,
	};
	for (unsigned i = 0; i < 4; i++)
		t->value[i] = v[TRACE_TRUTH_VALUE + i];
	return trace_truth_wrong(t, &b->limits);
}

long trace_truth_next(struct trace_truth_block *b, struct trace_truth *truths, size_t n,
		      struct trace_error *err)
{
	size_t given = 0;

	for (; given < n && b->done < b->head.count; given++, b->done++) {
		const char *wrong = read_record(b, &truths[given]);

		if (wrong) {
			trace_error_data(err, "record %llu: %s",
					 (unsigned long long)(b->head.first_event + b->done),
					 wrong);
			return -1;
		}
	}
	return (long)given;
}
