#include "traces/trace_section.h"

#include <string.h>

bool trace_section_is(const struct trace_bytes *frame, const char *letters)
{
	return frame->len >= 4 && !memcmp(frame->data, letters, 4);
}

bool trace_section_open(struct trace_sections *s, const struct trace_bytes *frame,
			struct trace_error *err)
{
	struct trace_bytes_in in = { .at = frame->data + 4, .end = frame->data + frame->len };

	memset(s, 0, sizeof(*s));
	while (in.at < in.end) {
		uint64_t id = trace_bytes_in_varint(&in), len = trace_bytes_in_varint(&in);

		if (in.bad || len > (size_t)(in.end - in.at))
			return trace_error_data(err, "section %llu does not fit its frame",
						(unsigned long long)id);
		if (id < TRACE_SECTION_IDS) {
			if (s->by_id[id].data)
				return trace_error_data(err, "section %llu is there twice",
							(unsigned long long)id);
			s->by_id[id].data = in.at;
			s->by_id[id].len = (size_t)len;
		}
		in.at += len;
	}
	return true;
}

bool trace_section_in(const struct trace_sections *s, enum trace_section_id id,
		      const char *name, struct trace_bytes_in *in, struct trace_error *err)
{
	if (!s->by_id[id].data)
		return trace_error_data(err, "expected section %u (%s), found none",
					(unsigned)id, name);
	in->at = s->by_id[id].data;
	in->end = in->at + s->by_id[id].len;
	in->bad = false;
	return true;
}

bool trace_section_numbers(const struct trace_sections *s, enum trace_section_id id,
			   const char *name, struct trace_numbers_in *in,
			   struct trace_error *err)
{
	memset(in, 0, sizeof(*in));
	if (!s->by_id[id].data || trace_numbers_open(in, s->by_id[id].data, s->by_id[id].len))
		return true;
	return trace_error_data(err, "column %u (%s): its length does not fit its classes",
				(unsigned)id, name);
}

void trace_section_begin(struct trace_frame_bytes *out, const char *letters)
{
	trace_frame_reset(out);
	trace_bytes_put(&out->bytes, letters, 4);
}

void trace_section_put(struct trace_frame_bytes *out, enum trace_section_id id,
		       const struct trace_bytes *content)
{
	trace_bytes_varint(&out->bytes, id);
	trace_bytes_varint(&out->bytes, content->len);
	trace_bytes_put(&out->bytes, content->data, content->len);
	out->bytes.lost |= content->lost;
}

void trace_section_put_numbers(struct trace_frame_bytes *out, enum trace_section_id id,
			       struct trace_numbers_out *numbers)
{
	struct trace_bytes count = { 0 };

	trace_numbers_finish(numbers);
	out->bytes.lost |= numbers->classes.lost || numbers->bits.lost;
	if (!numbers->classes.len)
		return;
	trace_bytes_varint(&count, numbers->classes.len);
	trace_frame_cut(out);
	trace_bytes_varint(&out->bytes, id);
	trace_bytes_varint(&out->bytes, count.len + numbers->classes.len + numbers->bits.len);
	trace_bytes_put(&out->bytes, count.data, count.len);
	trace_bytes_put(&out->bytes, numbers->classes.data, numbers->classes.len);
	trace_frame_cut(out);
	trace_bytes_put(&out->bytes, numbers->bits.data, numbers->bits.len);
	out->bytes.lost |= count.lost;
	trace_bytes_free(&count);
}
