/*
 * Request flags: from their names to the five bits of 2.4.0.
 *
 * Kernel: include/linux/mm.h.
 *
 * Traces of later kernels carry later names. Each is mapped to what the same caller would
 * have asked 2.4 for: whether it may wait, whether it may wait for I/O, and for which zone.
 * 2.4 knows one kind of I/O, so a request without __GFP_FS, which must not enter file systems,
 * gets no __GFP_IO either. Names without an equivalent ask for nothing.
 */
#include "model/mm_gfp.h"
#include "model/v2_4/mm24.h"

#define HIGHUSER (MM24_GFP_USER | MM24_GFP_HIGHMEM)

static const struct mm_gfp_name names_of_flags[] = {
	/* 2.4.0's own. */
	{ "GFP_BUFFER", MM24_GFP_BUFFER },
	{ "GFP_ATOMIC", MM24_GFP_ATOMIC },
	{ "GFP_USER", MM24_GFP_USER },
	{ "GFP_HIGHUSER", HIGHUSER },
	{ "GFP_KERNEL", MM24_GFP_KERNEL },
	{ "GFP_NFS", MM24_GFP_KERNEL },
	{ "GFP_KSWAPD", MM24_GFP_KSWAPD },
	{ "GFP_DMA", MM24_GFP_DMA },
	{ "GFP_HIGHMEM", MM24_GFP_HIGHMEM },
	{ "__GFP_WAIT", MM24_GFP_WAIT },
	{ "__GFP_HIGH", MM24_GFP_HIGH },
	{ "__GFP_IO", MM24_GFP_IO },
	{ "__GFP_DMA", MM24_GFP_DMA },
	{ "__GFP_HIGHMEM", MM24_GFP_HIGHMEM },
	/* Later combinations. */
	{ "GFP_HIGHUSER_MOVABLE", HIGHUSER },
	{ "GFP_TRANSHUGE", HIGHUSER },
	/* May not reclaim itself: 2.4 has only requests that do not wait at all for this. */
	{ "GFP_TRANSHUGE_LIGHT", MM24_GFP_HIGHMEM },
	{ "GFP_TEMPORARY", MM24_GFP_KERNEL },
	{ "GFP_KERNEL_ACCOUNT", MM24_GFP_KERNEL },
	{ "GFP_NOFS", MM24_GFP_BUFFER },
	{ "GFP_NOIO", MM24_GFP_BUFFER },
	{ "GFP_NOWAIT", 0 },
	{ "GFP_DMA32", 0 },
	/* Later single flags that say something here. */
	{ "__GFP_DIRECT_RECLAIM", MM24_GFP_WAIT },
	{ "__GFP_RECLAIM", MM24_GFP_WAIT },
	{ "__GFP_ZERO", MM24_GFP_ZERO },
	/* ... and those that do not. */
	{ "__GFP_KSWAPD_RECLAIM", 0 },
	{ "__GFP_FS", 0 },
	{ "__GFP_ATOMIC", 0 },
	{ "__GFP_DMA32", 0 },
	{ "__GFP_MOVABLE", 0 },
	{ "__GFP_RECLAIMABLE", 0 },
	{ "__GFP_COLD", 0 },
	{ "__GFP_NOWARN", 0 },
	{ "__GFP_REPEAT", 0 },
	{ "__GFP_RETRY_MAYFAIL", 0 },
	{ "__GFP_NOFAIL", 0 },
	{ "__GFP_NORETRY", 0 },
	{ "__GFP_MEMALLOC", 0 },
	{ "__GFP_NOMEMALLOC", 0 },
	{ "__GFP_COMP", 0 },
	{ "__GFP_HARDWALL", 0 },
	{ "__GFP_THISNODE", 0 },
	{ "__GFP_ACCOUNT", 0 },
	{ "__GFP_NOTRACK", 0 },
	{ "GFP_NOTRACK", 0 },
	{ "__GFP_NOTRACK_FALSE_POSITIVE", 0 },
	{ "__GFP_WRITE", 0 },
	{ "__GFP_NO_KSWAPD", 0 },
	{ "__GFP_OTHER_NODE", 0 },
};

uint32_t mm24_gfp_parse(const char *names, unsigned *unknown)
{
	return mm_gfp_parse(names_of_flags, sizeof(names_of_flags) / sizeof(*names_of_flags),
			    names, unknown);
}

enum { ATOMIC_CLASS, DMA_CLASS, BUFFER_CLASS, HIGHUSER_CLASS, USER_CLASS, KERNEL_CLASS };

const char *const mm24_gfp_class_names[] = { "atomic", "dma",    "buffer", "highuser",
					     "user",   "kernel", NULL };

unsigned mm24_gfp_class(uint32_t gfp)
{
	if (!(gfp & MM24_GFP_WAIT))
		return ATOMIC_CLASS;
	if (gfp & MM24_GFP_DMA)
		return DMA_CLASS;
	if (!(gfp & MM24_GFP_IO))
		return BUFFER_CLASS;
	if (gfp & MM24_GFP_HIGHMEM)
		return HIGHUSER_CLASS;
	return gfp & MM24_GFP_HIGH ? KERNEL_CLASS : USER_CLASS;
}
