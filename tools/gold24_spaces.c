/* Operations of a 2.4.0 golden file on address spaces and tasks. */
#include <inttypes.h>
#include <string.h>

#include "tools/gold24_step.h"

#define MAX_SPACES 4096
#define MAX_PAGES (1u << 20) /* of one of them */

static enum gold_outcome op_mm(struct gold_step *s)
{
	uint64_t id, pages;

	if (s->w.n != 3 || !pagegold_number(s->w.w[1], MAX_SPACES, &id) ||
	    !pagegold_number(s->w.w[2], MAX_PAGES, &pages) || pages == 0)
		return gold_step_bad(s, "wanted: mm <id> <pages>");
	if (!mm24_probe_space_new(s->r->mm, (uint32_t)id, (uint32_t)pages))
		return gold_step_bad(s, "that address space is there already");
	return GOLD_NOTHING;
}

/* An address space and, behind it, a page of it. */
static bool virtual_page(const struct gold_step *s, unsigned at, uint64_t *id, uint64_t *vpn,
			 struct mm24_probe_pte *pte)
{
	return pagegold_number(s->w.w[at], MAX_SPACES, id) &&
	       pagegold_number(s->w.w[at + 1], MAX_PAGES, vpn) &&
	       mm24_probe_space_pte(s->r->mm, (uint32_t)*id, (uint32_t)*vpn, pte);
}

/* "d", "y", or both in any order. */
static bool pte_bits(struct pagegold_word w, bool *dirty, bool *young)
{
	for (size_t i = 0; i < w.len; i++) {
		*dirty |= w.s[i] == 'd';
		*young |= w.s[i] == 'y';
	}
	return w.len == (size_t)*dirty + *young && w.len;
}

static enum gold_outcome op_map(struct gold_step *s)
{
	struct mm24_probe_pte pte;
	bool dirty = false, young = false;
	uint64_t id, vpn, frame;

	if (s->w.n < 4 || s->w.n > 5 || !virtual_page(s, 1, &id, &vpn, &pte) ||
	    !pagegold_number(s->w.w[3], UINT64_MAX, &frame) ||
	    (s->w.n == 5 && !pte_bits(s->w.w[4], &dirty, &young)))
		return gold_step_bad(s, "wanted: map <mm> <page> <frame> [dy]");
	if (!mm24_probe_space_may_map(s->r->mm, (uint32_t)id, (uint32_t)vpn, frame))
		return gold_step_bad(s, "that page cannot be mapped there");
	mm24_probe_space_map(s->r->mm, (uint32_t)id, (uint32_t)vpn, frame, dirty, young);
	return GOLD_NOTHING;
}

static enum gold_outcome op_touch(struct gold_step *s)
{
	struct mm24_probe_pte pte;
	uint64_t id, vpn;
	bool write;

	if (s->w.n != 6 || !pagegold_is(s->w.w[4], "=") ||
	    !virtual_page(s, 1, &id, &vpn, &pte) || !gold24_step_access(s, 3, &write))
		return gold_step_bad(s, "wanted: touch <mm> <page> r or w = <result>");
	mm24_probe_space_touch(s->r->mm, (uint32_t)id, (uint32_t)vpn, write);
	gold_step_repeat(s, 5);
	if (pte.present || pte.swapped)
		gold_step_say(s, " %s%" PRIu64, pte.swapped ? "s" : "", pte.where);
	else
		gold_step_say(s, " -");
	return gold_step_compare(s);
}

static enum gold_outcome op_unmap(struct gold_step *s)
{
	struct mm24_probe_pte pte;
	uint64_t id, vpn;

	if (s->w.n != 3 || !virtual_page(s, 1, &id, &vpn, &pte))
		return gold_step_bad(s, "wanted: unmap <mm> <page>");
	mm24_probe_space_unmap(s->r->mm, s->r->cpus, (uint32_t)id, (uint32_t)vpn);
	return GOLD_NOTHING;
}

static enum gold_outcome op_swapin(struct gold_step *s)
{
	struct mm24_probe_pte pte;
	uint64_t id, vpn, frame;
	bool write;

	if (s->w.n != 6 || !pagegold_is(s->w.w[4], "=") ||
	    !virtual_page(s, 1, &id, &vpn, &pte) || !gold24_step_access(s, 3, &write))
		return gold_step_bad(s, "wanted: swapin <mm> <page> r or w = <result>");
	gold_step_repeat(s, 5);
	switch (mm24_probe_space_swap_in(s->r->mm, s->r->cpus, (uint32_t)id, (uint32_t)vpn,
					 write, &frame)) {
	case MM24_PROBE_IN:
		gold_step_say(s, " %" PRIu64, frame);
		break;
	case MM24_PROBE_IS_LOCKED:
		gold_step_say(s, " locked");
		break;
	case MM24_PROBE_NO_PAGE:
		gold_step_say(s, " none");
		break;
	case MM24_PROBE_NOTHING:
		gold_step_say(s, " -");
		break;
	}
	return gold_step_compare(s);
}

static bool hexadecimal(struct pagegold_word w, uint32_t *value)
{
	*value = 0;
	for (size_t i = 0; i < w.len; i++) {
		const char *digits = "0123456789abcdef", *at = strchr(digits, w.s[i]);

		if (!at)
			return false;
		*value = *value << 4 | (uint32_t)(at - digits);
	}
	return w.len >= 1 && w.len <= 8;
}

static bool is_nice(struct pagegold_word w, int *nice)
{
	bool minus = w.len && *w.s == '-';
	uint64_t n;

	if (!pagegold_number((struct pagegold_word){ w.s + minus, w.len - minus }, 20, &n))
		return false;
	*nice = minus ? -(int)n : (int)n;
	return true;
}

static enum gold_outcome op_task(struct gold_step *s)
{
	struct mm24_probe_task as;
	uint64_t cpu, uid, euid;

	if (s->w.n != 10 || !gold_step_cpu(s, 1, &cpu) ||
	    !pagegold_number(s->w.w[2], UINT32_MAX, &as.total_vm) ||
	    !pagegold_number(s->w.w[3], UINT32_MAX, &as.utime) ||
	    !pagegold_number(s->w.w[4], UINT32_MAX, &as.stime) ||
	    !pagegold_number(s->w.w[5], UINT32_MAX, &as.start) ||
	    !is_nice(s->w.w[6], &as.nice) || !pagegold_number(s->w.w[7], UINT32_MAX, &uid) ||
	    !pagegold_number(s->w.w[8], UINT32_MAX, &euid) || !hexadecimal(s->w.w[9], &as.caps))
		return gold_step_bad(s, "wanted: task <cpu> <total_vm> <utime> <stime> "
					"<start> <nice> <uid> <euid> <capabilities>");
	as.uid = (uint32_t)uid;
	as.euid = (uint32_t)euid;
	mm24_probe_task(s->r->mm, (uint32_t)cpu, &as);
	return GOLD_NOTHING;
}

static enum gold_outcome op_badness(struct gold_step *s)
{
	uint64_t cpu;

	if (s->w.n != 4 || !gold_step_cpu(s, 1, &cpu) || !pagegold_is(s->w.w[2], "=") ||
	    !gold_step_numbers(s, 3))
		return gold_step_bad(s, "wanted: badness <cpu> = <number>");
	gold_step_repeat(s, 3);
	gold_step_say(s, " %d", mm24_probe_badness(s->r->mm, (uint32_t)cpu));
	return gold_step_compare(s);
}

static enum gold_outcome op_oom(struct gold_step *s)
{
	if (s->w.n != 3 || !gold24_step_wanted(s, 1))
		return gold_step_bad(s, "wanted: oom = <0 or 1>");
	return gold_step_result(s, mm24_probe_oom(s->r->mm));
}

const struct gold_record gold24_spaces[] = {
	{ "map", op_map },         { "touch", op_touch }, { "unmap", op_unmap },
	{ "swapin", op_swapin },   { "mm", op_mm },       { "task", op_task },
	{ "badness", op_badness }, { "oom", op_oom },     { NULL, NULL },
};
