/* The table of model/mm_kernels.c with one row more. */
#include "model/mm_kernels.h"

#include "model/v2_4/mm24_policy.h"
#include "model/v4_12/mm412_policy.h"
#include "tests/toy/first_fit.h"

const struct mm_policy *const mm_kernels[] = { &mm412_policy, &mm24_policy, &first_fit_policy,
					       NULL };
