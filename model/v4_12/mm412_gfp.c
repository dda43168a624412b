/*
 * Request flags: from their names to the bits of 4.12.0, and what the bits ask for.
 *
 * Kernel: include/linux/gfp.h, gfpflags_to_migratetype(); gfp_zone() is in mm412_arch.c.
 *
 * Traces of other kernels carry other names. Each is mapped to what the 4.12 kernel would
 * have been asked by the same caller; names without an equivalent ask for nothing.
 */
#include "model/mm_gfp.h"
#include "model/v4_12/mm412_sleep.h"

#define RECLAIM ((uint32_t)(MM412_GFP_DIRECT_RECLAIM | MM412_GFP_KSWAPD_RECLAIM))
#define KERNEL (RECLAIM | MM412_GFP_IO | MM412_GFP_FS)
#define USER (KERNEL | MM412_GFP_HARDWALL)
#define HIGHUSER (USER | MM412_GFP_HIGHMEM)
#define HIGHUSER_MOVABLE (HIGHUSER | MM412_GFP_MOVABLE)
#define TRANSHUGE_LIGHT                                                                        \
	((HIGHUSER_MOVABLE & ~RECLAIM) | MM412_GFP_COMP | MM412_GFP_NOMEMALLOC |               \
	 MM412_GFP_NOWARN)
#define ATOMIC ((uint32_t)(MM412_GFP_HIGH | MM412_GFP_ATOMIC | MM412_GFP_KSWAPD_RECLAIM))

static const struct mm_gfp_name names_of_flags[] = {
	/* 4.12.0's own, in the order in which its tracepoints look for them: most bits first.
	 */
	{ "GFP_TRANSHUGE", TRANSHUGE_LIGHT | MM412_GFP_DIRECT_RECLAIM },
	{ "GFP_TRANSHUGE_LIGHT", TRANSHUGE_LIGHT },
	{ "GFP_HIGHUSER_MOVABLE", HIGHUSER_MOVABLE },
	{ "GFP_HIGHUSER", HIGHUSER },
	{ "GFP_USER", USER },
	{ "GFP_TEMPORARY", KERNEL | MM412_GFP_RECLAIMABLE },
	{ "GFP_KERNEL_ACCOUNT", KERNEL | MM412_GFP_ACCOUNT },
	{ "GFP_KERNEL", KERNEL },
	{ "GFP_NOFS", RECLAIM | MM412_GFP_IO },
	{ "GFP_ATOMIC", ATOMIC },
	{ "GFP_NOIO", RECLAIM },
	{ "GFP_NOWAIT", MM412_GFP_KSWAPD_RECLAIM },
	{ "GFP_DMA", MM412_GFP_DMA },
	{ "__GFP_HIGHMEM", MM412_GFP_HIGHMEM },
	{ "GFP_DMA32", MM412_GFP_DMA32 },
	{ "__GFP_HIGH", MM412_GFP_HIGH },
	{ "__GFP_ATOMIC", MM412_GFP_ATOMIC },
	{ "__GFP_IO", MM412_GFP_IO },
	{ "__GFP_FS", MM412_GFP_FS },
	{ "__GFP_COLD", MM412_GFP_COLD },
	{ "__GFP_NOWARN", MM412_GFP_NOWARN },
	{ "__GFP_REPEAT", MM412_GFP_REPEAT },
	{ "__GFP_NOFAIL", MM412_GFP_NOFAIL },
	{ "__GFP_NORETRY", MM412_GFP_NORETRY },
	{ "__GFP_COMP", MM412_GFP_COMP },
	{ "__GFP_ZERO", MM412_GFP_ZERO },
	{ "__GFP_NOMEMALLOC", MM412_GFP_NOMEMALLOC },
	{ "__GFP_MEMALLOC", MM412_GFP_MEMALLOC },
	{ "__GFP_HARDWALL", MM412_GFP_HARDWALL },
	{ "__GFP_THISNODE", MM412_GFP_THISNODE },
	{ "__GFP_RECLAIMABLE", MM412_GFP_RECLAIMABLE },
	{ "__GFP_MOVABLE", MM412_GFP_MOVABLE },
	{ "__GFP_ACCOUNT", MM412_GFP_ACCOUNT },
	{ "__GFP_NOTRACK", MM412_GFP_NOTRACK },
	{ "__GFP_WRITE", MM412_GFP_WRITE },
	{ "__GFP_RECLAIM", RECLAIM },
	{ "__GFP_DIRECT_RECLAIM", MM412_GFP_DIRECT_RECLAIM },
	{ "__GFP_KSWAPD_RECLAIM", MM412_GFP_KSWAPD_RECLAIM },
	/* Other names for the same. */
	{ "__GFP_DMA", MM412_GFP_DMA },
	{ "__GFP_DMA32", MM412_GFP_DMA32 },
	/* Older kernels: a request that may wait could do all of reclaim. */
	{ "__GFP_WAIT", RECLAIM },
	{ "__GFP_NO_KSWAPD", 0 },
	{ "__GFP_OTHER_NODE", 0 },
	{ "GFP_NOTRACK", MM412_GFP_NOTRACK },
	/* Newer kernels: 4.13 renamed the flag that lets costly requests try on. */
	{ "__GFP_RETRY_MAYFAIL", MM412_GFP_REPEAT },
};

uint32_t mm412_gfp_parse(const char *names, unsigned *unknown)
{
	return mm_gfp_parse(names_of_flags, sizeof(names_of_flags) / sizeof(*names_of_flags),
			    names, unknown);
}

void mm412_gfp_text(uint32_t gfp, char *text, size_t size)
{
	mm_gfp_text(names_of_flags, sizeof(names_of_flags) / sizeof(*names_of_flags), gfp, text,
		    size);
}

unsigned mm412_gfp_type(const struct mm412 *mm, uint32_t gfp)
{
	/* Both flags together are a mistake of the caller; the kernel's own guess is as good.
	 */
	static const uint8_t types[4] = { MM412_UNMOVABLE, MM412_MOVABLE, MM412_RECLAIMABLE,
					  MM412_MOVABLE };

	return mm->grouping ? types[gfp >> 3 & 3] : MM412_UNMOVABLE;
}

/* A fault that asks for a huge page, however hard it tries. */
bool mm412_gfp_is_thp(uint32_t gfp, unsigned order)
{
	return order == MM412_BLOCK_ORDER && (gfp & TRANSHUGE_LIGHT) == TRANSHUGE_LIGHT;
}

/*
 * alloc_hugepage_direct_gfpmask(). Who has not advised huge pages may not reclaim, or not more
 * than once: so the recorded request tells who has.
 */
bool mm412_gfp_thp(const struct mm412 *mm, uint32_t *gfp, unsigned order)
{
	const struct mm412_params *p = &mm->params;
	bool advised = *gfp & MM412_GFP_DIRECT_RECLAIM && !(*gfp & MM412_GFP_NORETRY);
	uint32_t direct = MM412_GFP_DIRECT_RECLAIM, kswapd = MM412_GFP_KSWAPD_RECLAIM;
	uint32_t mask = direct | kswapd | MM412_GFP_NORETRY, flags = 0;

	if (!mm412_gfp_is_thp(*gfp, order))
		return true;
	if (p->thp_enabled[0] == MM412_THP_NEVER ||
	    (p->thp_enabled[0] == MM412_THP_MADVISE && !advised))
		return false;
	if (p->thp_defrag[0] == MM412_DEFRAG_ALWAYS)
		flags = advised ? direct : direct | MM412_GFP_NORETRY;
	else if (p->thp_defrag[0] == MM412_DEFRAG_DEFER)
		flags = kswapd;
	else if (p->thp_defrag[0] == MM412_DEFRAG_DEFER_MADVISE)
		flags = advised ? direct : kswapd;
	else if (p->thp_defrag[0] == MM412_DEFRAG_MADVISE)
		flags = advised ? direct : 0;
	if (p->thp_defrag[0] != MM412_DEFRAG_TRACE)
		*gfp = (*gfp & ~mask) | flags;
	return true;
}

enum {
	ATOMIC_CLASS,
	NOWAIT_CLASS,
	DMA_CLASS,
	MOVABLE_CLASS,
	SLAB_CLASS,
	USER_CLASS,
	NOFS_CLASS,
	KERNEL_CLASS
};

const char *const mm412_gfp_class_names[] = { "atomic",  "nowait",      "dma",
					      "movable", "reclaimable", "user",
					      "nofs",    "kernel",      NULL };

unsigned mm412_gfp_class(uint32_t gfp)
{
	if (!(gfp & MM412_GFP_DIRECT_RECLAIM))
		return gfp & (MM412_GFP_ATOMIC | MM412_GFP_HIGH) ? ATOMIC_CLASS : NOWAIT_CLASS;
	if (gfp & (MM412_GFP_DMA | MM412_GFP_DMA32))
		return DMA_CLASS;
	if (gfp & MM412_GFP_MOVABLE)
		return MOVABLE_CLASS;
	if (gfp & MM412_GFP_RECLAIMABLE)
		return SLAB_CLASS;
	if (gfp & MM412_GFP_HARDWALL)
		return USER_CLASS;
	return gfp & MM412_GFP_FS ? KERNEL_CLASS : NOFS_CLASS;
}

uint32_t mm412_gfp_own(uint32_t gfp)
{
	const uint32_t abuse = MM412_GFP_ATOMIC | MM412_GFP_DIRECT_RECLAIM;

	return (gfp & abuse) == abuse ? gfp & ~(uint32_t)MM412_GFP_ATOMIC : gfp;
}
