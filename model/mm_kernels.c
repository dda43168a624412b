#include "model/mm_kernels.h"

#include "model/v2_4/mm24_policy.h"
#include "model/v4_12/mm412_policy.h"

const struct mm_policy *const mm_kernels[] = { &mm412_policy, &mm24_policy, NULL };
