#include "model/mm_policy.h"

#include <string.h>

#include "model/mm_kernels.h"

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
