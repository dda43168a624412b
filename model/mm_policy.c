#include "model/mm_policy.h"

#include <string.h>

#include "model/v2_4/mm24_policy.h"
#include "model/v4_12/mm412_policy.h"

static const struct mm_policy *const kernels[] = { &mm412_policy, &mm24_policy, NULL };

const struct mm_policy *const *mm_policy_all(void)
{
	return kernels;
}

const struct mm_policy *mm_policy_find(const char *name)
{
	for (const struct mm_policy *const *k = kernels; *k; k++)
		if (strcmp((*k)->name, name) == 0 || strcmp((*k)->short_name, name) == 0)
			return *k;
	return NULL;
}

bool mm_policy_has_sysctl(const struct mm_policy *policy, const char *name)
{
	for (const char *const *known = policy->sysctls; known && *known; known++)
		if (strcmp(*known, name) == 0)
			return true;
	return false;
}
