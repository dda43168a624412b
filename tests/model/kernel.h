/*
 * What tests of both kernels do all the time, in shorter words. kernel24.h and kernel412.h
 * name their struct and their policy, K_STRUCT and K_POLICY, and then include this.
 */
#ifndef TESTS_KERNEL_H
#define TESTS_KERNEL_H

#ifndef K_POLICY
#error "included by kernel24.h and kernel412.h only"
#endif

static inline bool k_boot(K_STRUCT *k, bool empty)
{
	k->mm = K_POLICY.create(&k->machine, &k->params, &k->costs, empty, k->text,
				sizeof(k->text));
	return k->mm != NULL;
}

static inline void k_drop(K_STRUCT *k)
{
	watch_forget();
	K_POLICY.destroy(k->mm);
	k->mm = NULL;
}

static inline uint32_t k_gfp(const char *names)
{
	unsigned unknown = 0;
	uint32_t gfp = K_POLICY.gfp(names, &unknown);

	CU_ASSERT_EQUAL(unknown, 0);
	return gfp;
}

static inline struct mm_grant k_try(K_STRUCT *k, unsigned cpu, unsigned node, unsigned order,
				    const char *gfp)
{
	return K_POLICY.alloc_try(
		k->mm, &k->cpus[cpu],
		(struct mm_request){ k_gfp(gfp), (uint8_t)order, (uint8_t)node, 0 });
}

static inline uint64_t k_alloc(K_STRUCT *k, unsigned cpu, unsigned order, const char *gfp)
{
	return k_try(k, cpu, k->cpu_node[cpu], order, gfp).frame;
}

static inline void k_free(K_STRUCT *k, unsigned cpu, uint64_t frame, unsigned order)
{
	K_POLICY.free(k->mm, &k->cpus[cpu], frame, order, false);
}

/* The kernel's own invariants; prints what does not hold. */
static inline bool k_ok(K_STRUCT *k)
{
	bool ok = K_POLICY.check(k->mm, k->text, sizeof(k->text));

	if (!ok)
		fprintf(stderr, "%s\n", k->text);
	return ok;
}

static inline uint64_t k_counter(K_STRUCT *k, const char *name)
{
	struct mm_snapshot *s = K_POLICY.snapshot(k->mm);
	uint64_t value = UINT64_MAX;

	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	for (unsigned i = 0; i < s->ncounters; i++)
		if (strcmp(s->counters[i].name, name) == 0)
			value = s->counters[i].value;
	mm_snapshot_free(s);
	return value;
}

/* A small generator, the same everywhere. */
static inline uint32_t k_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

#endif
