/*
 * A test file ends with UNIT_MAIN(suites): runs them with CUnit, exit status tells.
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <CUnit/Basic.h>
#include <stdlib.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof(*(a)))

#define UNIT_MAIN(suites)                                                                      \
	int main(void)                                                                         \
	{                                                                                      \
		unsigned failed;                                                               \
                                                                                               \
		if (CU_initialize_registry() != CUE_SUCCESS ||                                 \
		    CU_register_suites(suites) != CUE_SUCCESS)                                 \
			return EXIT_FAILURE;                                                   \
		CU_basic_set_mode(CU_BRM_VERBOSE);                                             \
		CU_basic_run_tests();                                                          \
		failed = CU_get_number_of_failures();                                          \
		CU_cleanup_registry();                                                         \
		return failed ? EXIT_FAILURE : EXIT_SUCCESS;                                   \
	}

#endif
