#include "model/mm_policy.h"

#include <string.h>

#include "model/mm_kernels.h"

/* ---- what a kernel leaves out ------------------------------------------------------------ */

bool mm_policy_put_pageblock(const struct mm_policy *policy, void *mm, uint64_t frame,
			     unsigned type)
{
	return !policy->put_pageblock || policy->put_pageblock(mm, frame, type);
}

bool mm_policy_put_pcp(const struct mm_policy *policy, void *mm, unsigned cpu, uint64_t frame,
		       unsigned type)
{
	return policy->put_pcp ? policy->put_pcp(mm, cpu, frame, type)
			       : policy->put_free(mm, frame, 0, type);
}

bool mm_policy_put_used(const struct mm_policy *policy, void *mm, uint64_t frame,
			unsigned order, unsigned use)
{
	return !policy->put_used || policy->put_used(mm, frame, order, use);
}

bool mm_policy_put_done(const struct mm_policy *policy, void *mm, char *text, size_t size)
{
	return !policy->put_done || policy->put_done(mm, text, size);
}

uint32_t mm_policy_gfp(const struct mm_policy *policy, const char *names, unsigned *unknown)
{
	return policy->gfp ? policy->gfp(names, unknown) : 0;
}

unsigned mm_policy_gfp_class(const struct mm_policy *policy, uint32_t gfp)
{
	return policy->gfp_class ? policy->gfp_class(gfp) : 0;
}

bool mm_policy_sample(const struct mm_policy *policy, const void *mm, unsigned zone,
		      struct mm_sample *sample)
{
	struct mm_snapshot *s;

	if (policy->sample) {
		policy->sample(mm, zone, sample);
		return true;
	}
	s = policy->snapshot(mm);
	if (s)
		mm_snapshot_sample(s, zone, sample);
	mm_snapshot_free(s);
	return s;
}

struct saving {
	const struct mm_saver *to;
};

static void save_block(void *ctx, uint64_t frame, unsigned order)
{
	const struct mm_saver *to = ((struct saving *)ctx)->to;

	to->free(to->ctx, frame, order, 0);
}

void mm_policy_save(const struct mm_policy *policy, const void *mm, const struct mm_saver *to)
{
	struct saving saving = { to };

	if (policy->save)
		policy->save(mm, to);
	else
		policy->each_free(mm, true, save_block, &saving);
}

unsigned mm_policy_names(const char *const *list)
{
	unsigned n = 0;

	while (list && list[n])
		n++;
	return n;
}

/* ---- which kernels there are ------------------------------------------------------------- */

const struct mm_policy *const *mm_policy_all(void)
{
	return mm_kernels;
}

const struct mm_policy *mm_policy_find(const char *name)
{
	for (const struct mm_policy *const *k = mm_kernels; *k; k++)
		if (strcmp((*k)->name, name) == 0 || strcmp((*k)->short_name, name) == 0)
			return *k;
	return NULL;
}

/* The kernel's own copy of the name. */
static const char *sysctl_named(const struct mm_policy *policy, const char *name)
{
	for (const char *const *known = policy->sysctls; known && *known; known++)
		if (strcmp(*known, name) == 0)
			return *known;
	return NULL;
}

bool mm_policy_has_sysctl(const struct mm_policy *policy, const char *name)
{
	return sysctl_named(policy, name) != NULL;
}

const struct mm_param *mm_policy_sysctl_row(const struct mm_policy *policy, const char *name,
					    struct mm_param *made)
{
	const struct mm_param *row =
		policy->params ? mm_params_find(policy->params, name) : NULL;
	const char *known = sysctl_named(policy, name);

	if (row || !known)
		return row;
	*made = (struct mm_param){
		.name = known, .unit = "", .doc = "", .count = 1, .max = UINT64_MAX
	};
	return made;
}
