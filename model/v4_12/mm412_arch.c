/*
 * What differs between a kernel for x86_64 and one for i386 with high memory: zones, which
 * request gets which, and what follows from addresses being scarce below.
 *
 * Kernel: CONFIG_ZONE_DMA32, CONFIG_HIGHMEM, CONFIG_64BIT; GFP_ZONE_TABLE,
 * sysctl_lowmem_reserve_ratio, default_zonelist_order().
 */
#include "model/v4_12/mm412.h"

#define DMA MM412_GFP_DMA
#define HIGHMEM MM412_GFP_HIGHMEM
#define DMA32 MM412_GFP_DMA32
#define MOVABLE MM412_GFP_MOVABLE

/* Flags that contradict one another get the lowest zone. */
static const struct mm412_arch arches[] = {
	[MM_ARCH_X86_64] = {
		.name = "x86_64",
		.zones = { "DMA", "DMA32", "Normal", "Movable" },
		.pgalloc = { "pgalloc_dma", "pgalloc_dma32", "pgalloc_normal",
			     "pgalloc_movable" },
		.gfp_zone = {
			[0] = MM412_ZONE_NORMAL,
			[DMA] = MM412_ZONE_DMA,
			[HIGHMEM] = MM412_ZONE_NORMAL,
			[DMA32] = MM412_ZONE_DMA32,
			[MOVABLE] = MM412_ZONE_NORMAL,
			[MOVABLE | DMA] = MM412_ZONE_DMA,
			[MOVABLE | HIGHMEM] = MM412_ZONE_MOVABLE,
			[MOVABLE | DMA32] = MM412_ZONE_DMA32,
		},
		.normal = MM412_ZONE_NORMAL,
		.highmem = MM412_ZONE_TYPES,
		.lowmem_reserve_ratio = { 256, 256, 32 },
		.zonelist_order = MM412_ZONELIST_NODE,
	},
	[MM_ARCH_I386] = {
		.name = "i386",
		.zones = { "DMA", "Normal", "HighMem", "Movable" },
		.pgalloc = { "pgalloc_dma", "pgalloc_normal", "pgalloc_high",
			     "pgalloc_movable" },
		.gfp_zone = {
			[0] = MM412_ZONE_NORMAL32,
			[DMA] = MM412_ZONE_DMA,
			[HIGHMEM] = MM412_ZONE_HIGHMEM,
			[DMA32] = MM412_ZONE_NORMAL32,
			[MOVABLE] = MM412_ZONE_NORMAL32,
			[MOVABLE | DMA] = MM412_ZONE_DMA,
			[MOVABLE | HIGHMEM] = MM412_ZONE_MOVABLE,
			[MOVABLE | DMA32] = MM412_ZONE_NORMAL32,
		},
		.normal = MM412_ZONE_NORMAL32,
		.highmem = MM412_ZONE_HIGHMEM,
		.lowmem_reserve_ratio = { 256, 32, 32 },
		.zonelist_order = MM412_ZONELIST_ZONE,
	},
};

const struct mm412_arch *mm412_arch_of(enum mm_arch arch)
{
	return &arches[arch];
}
