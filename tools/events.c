/*
 * One line an event, by a table: a field is '%', the number of its value in hexadecimal, and a
 * letter for how it is printed.
 */
#include "tools/events.h"

#include <inttypes.h>
#include <string.h>

#define GFP_TEXT 256
#define WB_FILE 2 /* RECLAIM_WB_FILE */

const char *const events_groups[] = { "kmem", "vmscan", "compaction", "oom", "trace", NULL };

const char *const events_formats[] = { "noirq-info", "ns", NULL };

static const struct {
	enum events_group group;
	const char *name, *format;
} rows[MM_EVENT_KINDS] = {
	[MM_EVENT_ZONE_LOCKED] = { EVENTS_KMEM, "mm_page_alloc_zone_locked",
				   "%0P order=%1d migratetype=%2d percpu_refill=%3d" },
	[MM_EVENT_PCPU_DRAIN] = { EVENTS_KMEM, "mm_page_pcpu_drain",
				  "%0P order=%1d migratetype=%2d" },
	[MM_EVENT_EXTFRAG] = { EVENTS_KMEM, "mm_page_alloc_extfrag",
			       "%0P alloc_order=%1d fallback_order=%2d pageblock_order=%3d "
			       "alloc_migratetype=%4d fallback_migratetype=%5d fragmenting=%6d "
			       "change_ownership=%7d" },
	[MM_EVENT_KSWAPD_SLEEP] = { EVENTS_VMSCAN, "mm_vmscan_kswapd_sleep", "nid=%0d" },
	[MM_EVENT_KSWAPD_WAKE] = { EVENTS_VMSCAN, "mm_vmscan_kswapd_wake",
				   "nid=%0d zid=%1d order=%2d" },
	[MM_EVENT_WAKEUP_KSWAPD] = { EVENTS_VMSCAN, "mm_vmscan_wakeup_kswapd",
				     "nid=%0d zid=%1d order=%2d" },
	[MM_EVENT_DIRECT_RECLAIM_BEGIN] = { EVENTS_VMSCAN, "mm_vmscan_direct_reclaim_begin",
					    "order=%0d may_writepage=%1d gfp_flags=%2g "
					    "classzone_idx=%3d" },
	[MM_EVENT_DIRECT_RECLAIM_END] = { EVENTS_VMSCAN, "mm_vmscan_direct_reclaim_end",
					  "nr_reclaimed=%0d" },
	[MM_EVENT_SHRINK_SLAB_START] = { EVENTS_VMSCAN, "mm_shrink_slab_start",
					 "%8k: nid: %0d objects "
					 "to shrink %1d gfp_flags %2g pgs_scanned %3d lru_pgs "
					 "%4d cache items %5d delta %6d total_scan %7d" },
	[MM_EVENT_SHRINK_SLAB_END] = { EVENTS_VMSCAN, "mm_shrink_slab_end",
				       "%5k: nid: %0d unused "
				       "scan count %1d new scan count %2d total_scan %3d last "
				       "shrinker return val %4d" },
	[MM_EVENT_LRU_ISOLATE] = { EVENTS_VMSCAN, "mm_vmscan_lru_isolate",
				   "isolate_mode=%0d classzone=%1d order=%2d nr_requested=%3d "
				   "nr_scanned=%4d nr_skipped=%5d nr_taken=%6d lru=%7l" },
	[MM_EVENT_WRITEPAGE] = { EVENTS_VMSCAN, "mm_vmscan_writepage",
				 "page=%0p pfn=%0d flags=%1f" },
	[MM_EVENT_SHRINK_INACTIVE] = { EVENTS_VMSCAN, "mm_vmscan_lru_shrink_inactive",
				       "nid=%0d nr_scanned=%1d nr_reclaimed=%2d nr_dirty=%3d "
				       "nr_writeback=%4d nr_congested=%5d nr_immediate=%6d "
				       "nr_activate=%7d nr_ref_keep=%8d nr_unmap_fail=%9d "
				       "priority=%ad flags=%bF" },
	[MM_EVENT_SHRINK_ACTIVE] = { EVENTS_VMSCAN, "mm_vmscan_lru_shrink_active",
				     "nid=%0d nr_taken=%1d nr_active=%2d nr_deactivated=%3d "
				     "nr_referenced=%4d priority=%5d flags=%6F" },
	[MM_EVENT_INACTIVE_IS_LOW] = { EVENTS_VMSCAN, "mm_vmscan_inactive_list_is_low",
				       "nid=%0d reclaim_idx=%1d total_inactive=%2d "
				       "inactive=%3d "
				       "total_active=%4d active=%5d ratio=%6d flags=%7W" },
	[MM_EVENT_ISOLATE_MIGRATEPAGES] = { EVENTS_COMPACTION,
					    "mm_compaction_isolate_migratepages",
					    "range=(%0x ~ %1x) nr_scanned=%2d nr_taken=%3d" },
	[MM_EVENT_ISOLATE_FREEPAGES] = { EVENTS_COMPACTION, "mm_compaction_isolate_freepages",
					 "range=(%0x ~ %1x) nr_scanned=%2d nr_taken=%3d" },
	[MM_EVENT_MIGRATEPAGES] = { EVENTS_COMPACTION, "mm_compaction_migratepages",
				    "nr_migrated=%0d nr_failed=%1d" },
	[MM_EVENT_COMPACTION_BEGIN] = { EVENTS_COMPACTION, "mm_compaction_begin",
					"zone_start=%0x migrate_pfn=%1x free_pfn=%2x "
					"zone_end=%3x, mode=%4s" },
	[MM_EVENT_COMPACTION_END] = { EVENTS_COMPACTION, "mm_compaction_end",
				      "zone_start=%0x migrate_pfn=%1x free_pfn=%2x "
				      "zone_end=%3x, mode=%4s status=%5c" },
	[MM_EVENT_TRY_TO_COMPACT] = { EVENTS_COMPACTION, "mm_compaction_try_to_compact_pages",
				      "order=%0d gfp_mask=%1x priority=%2d" },
	[MM_EVENT_COMPACTION_FINISHED] = { EVENTS_COMPACTION, "mm_compaction_finished",
					   "node=%0d zone=%1z order=%2d ret=%3c" },
	[MM_EVENT_COMPACTION_SUITABLE] = { EVENTS_COMPACTION, "mm_compaction_suitable",
					   "node=%0d zone=%1z order=%2d ret=%3c" },
	[MM_EVENT_COMPACTION_DEFERRED] = { EVENTS_COMPACTION, "mm_compaction_deferred",
					   "node=%0d zone=%1z order=%2d order_failed=%5d "
					   "consider=%3d limit=%4S" },
	[MM_EVENT_COMPACTION_DEFER_COMPACTION] = { EVENTS_COMPACTION,
						   "mm_compaction_defer_compaction",
						   "node=%0d zone=%1z order=%2d "
						   "order_failed=%5d consider=%3d limit=%4S" },
	[MM_EVENT_COMPACTION_DEFER_RESET] = { EVENTS_COMPACTION, "mm_compaction_defer_reset",
					      "node=%0d zone=%1z order=%2d order_failed=%5d "
					      "consider=%3d limit=%4S" },
	[MM_EVENT_KCOMPACTD_SLEEP] = { EVENTS_COMPACTION, "mm_compaction_kcompactd_sleep",
				       "nid=%0d" },
	[MM_EVENT_WAKEUP_KCOMPACTD] = { EVENTS_COMPACTION, "mm_compaction_wakeup_kcompactd",
					"nid=%0d order=%1d classzone_idx=%2z" },
	[MM_EVENT_KCOMPACTD_WAKE] = { EVENTS_COMPACTION, "mm_compaction_kcompactd_wake",
				      "nid=%0d order=%1d classzone_idx=%2z" },
	[MM_EVENT_RECLAIM_RETRY_ZONE] = { EVENTS_OOM, "reclaim_retry_zone",
					  "node=%0d zone=%1z order=%2d reclaimable=%3d "
					  "available=%4d min_wmark=%5d no_progress_loops=%6d "
					  "wmark_check=%7d" },
	[MM_EVENT_COMPACT_RETRY] = { EVENTS_OOM, "compact_retry",
				     "order=%0d priority=%1y compaction_result=%2b retries=%3d "
				     "max_retries=%4d should_retry=%5d" },
	[MM_EVENT_MARK_VICTIM] = { EVENTS_OOM, "mark_victim", "pid=%0t" },
	[MM_EVENT_WAKE_REAPER] = { EVENTS_OOM, "wake_reaper", "pid=%0t" },
	[MM_EVENT_START_REAPING] = { EVENTS_OOM, "start_task_reaping", "pid=%0t" },
	[MM_EVENT_FINISH_REAPING] = { EVENTS_OOM, "finish_task_reaping", "pid=%0t" },
	[MM_EVENT_SKIP_REAPING] = { EVENTS_OOM, "skip_task_reaping", "pid=%0t" },
};

const char *const *events_zones(enum mm_arch arch)
{
	static const char *const x86_64[] = { "DMA", "DMA32", "Normal", "Movable" };
	static const char *const i386[] = { "DMA", "Normal", "HighMem", "Movable" };

	return arch == MM_ARCH_I386 ? i386 : x86_64;
}

void events_begin(const struct events *e)
{
	if (e->format & EVENTS_NOIRQ_INFO) {
		fputs("# tracer: nop\n#\n"
		      "#           TASK-PID   CPU#   TIMESTAMP  FUNCTION\n"
		      "#              | |       |       |         |\n",
		      e->out);
		return;
	}
	fputs("# tracer: nop\n#\n"
	      "#                              _-----=> irqs-off\n"
	      "#                             / _----=> need-resched\n"
	      "#                            | / _---=> hardirq/softirq\n"
	      "#                            || / _--=> preempt-depth\n"
	      "#                            ||| /     delay\n"
	      "#           TASK-PID   CPU#  ||||    TIMESTAMP  FUNCTION\n"
	      "#              | |       |   ||||       |         |\n",
	      e->out);
}

/* ---- fields ---------------------------------------------------------------------------- */

static const char *word(const char *const *words, size_t n, int64_t value)
{
	return value >= 0 && (size_t)value < n ? words[value] : "?";
}

#define WORD(words, value) word(words, sizeof(words) / sizeof(*(words)), value)

static const char *const lists[] = { "inactive_anon", "active_anon", "inactive_file",
				     "active_file", "unevictable" };
static const char *const results[] = { "not_suitable_zone", "skipped",   "deferred",
				       "no_suitable_page",  "continue",  "complete",
				       "partial_skipped",   "contended", "success" };
/* compact_result_to_feedback() */
static const char *const feedbacks[] = { "?",      "withdrawn", "withdrawn", "?",       "?",
					 "failed", "withdrawn", "withdrawn", "progress" };
static const char *const priorities[] = { "COMPACT_PRIO_SYNC_FULL", "COMPACT_PRIO_SYNC_LIGHT",
					  "COMPACT_PRIO_ASYNC" };

/* What scans, and where an x86_64 kernel could have its struct shrinker: a super block's in its
 * slab, the others in the kernel's own data. */
static const char *const shrinkers[] = { "super_cache_scan+0x0/0x1a0 ffff88000f6d0398",
					 "deferred_split_scan+0x0/0x240 ffffffff81e4a6c0",
					 "scan_shadow_nodes+0x0/0x30 ffffffff81e478a0" };

static void print_gfp(const struct events *e, uint32_t gfp)
{
	char text[GFP_TEXT] = "none";

	e->policy->gfp_text(gfp, text, sizeof(text));
	fputs(text, e->out);
}

/* RECLAIM_WB_*: of a page and of a list. */
static void print_flags(const struct events *e, bool file, bool async)
{
	fprintf(e->out, "RECLAIM_WB_%s%s", file ? "FILE" : "ANON",
		async ? "|RECLAIM_WB_ASYNC" : "");
}

/* Where x86_64 has the struct page of a frame. */
static void print_pointer(const struct events *e, uint64_t frame)
{
	fprintf(e->out, "%016" PRIx64, UINT64_C(0xffffea0000000000) + frame * 64);
}

static void print_page(const struct events *e, uint64_t frame)
{
	if (frame == MM_NO_FRAME) {
		fputs("page=          (null) pfn=0", e->out);
		return;
	}
	fputs("page=", e->out);
	print_pointer(e, frame);
	fprintf(e->out, " pfn=%" PRIu64, frame);
}

static void print_field(const struct events *e, char how, int64_t v)
{
	switch (how) {
	case 'd':
		fprintf(e->out, "%" PRId64, v);
		break;
	case 'x':
		fprintf(e->out, "0x%" PRIx64, (uint64_t)v);
		break;
	case 'p':
		print_pointer(e, (uint64_t)v);
		break;
	case 'P':
		print_page(e, (uint64_t)v);
		break;
	case 'g':
		print_gfp(e, (uint32_t)v);
		break;
	case 'z':
		fprintf(e->out, "%-8s", word(e->zones, 4, v));
		break;
	case 'l':
		fputs(WORD(lists, v), e->out);
		break;
	case 'c':
		fputs(WORD(results, v), e->out);
		break;
	case 'b':
		fputs(WORD(feedbacks, v), e->out);
		break;
	case 'y':
		fputs(WORD(priorities, v), e->out);
		break;
	case 'k':
		fputs(WORD(shrinkers, v), e->out);
		break;
	case 's':
		fputs(v ? "sync" : "async", e->out);
		break;
	case 'f': /* the kernel's bits */
		print_flags(e, (v & WB_FILE) != 0, true);
		break;
	case 'F': /* whether the list is one of files */
		print_flags(e, v, true);
		break;
	case 'W':
		print_flags(e, v, false);
		break;
	case 'S':
		fprintf(e->out, "%" PRIu64, UINT64_C(1) << v);
		break;
	case 't':
		fprintf(e->out, "%d", e->task(e->ctx, (uint32_t)v)->pid);
		break;
	default:
		fputc(how, e->out);
	}
}

static int64_t value_of(const struct mm_event *event, char digit)
{
	return event->value[digit <= '9' ? digit - '0' : digit - 'a' + 10];
}

static void print_fields(const struct events *e, const char *format,
			 const struct mm_event *event)
{
	for (; *format; format++) {
		if (*format != '%') {
			fputc(*format, e->out);
			continue;
		}
		print_field(e, format[2], value_of(event, format[1]));
		format += 2;
	}
}

/* ---- lines ----------------------------------------------------------------------------- */

/* Whole ns are rounded up: an importer's rounding down to cycles then gives the date of a trace
 * in ns back. */
static void print_stamp(const struct events *e, uint64_t date)
{
	uint64_t us = date / e->mhz;
	uint64_t ns = us * 1000 + (date % e->mhz * 1000 + e->mhz - 1) / e->mhz;

	if (e->format & EVENTS_NS)
		fprintf(e->out, "%5" PRIu64 ".%09" PRIu64, ns / 1000000000, ns % 1000000000);
	else
		fprintf(e->out, "%5" PRIu64 ".%06" PRIu64, us / 1000000, us % 1000000);
}

/* "            comm-pid   [cpu] ....  seconds.micros: name: " */
static void print_head(const struct events *e, const struct sim_cpu *cpu, const char *comm,
		       int pid, const char *name)
{
	fprintf(e->out, "%16s-%-5d [%03u] %s", comm, pid, cpu->id,
		e->format & EVENTS_NOIRQ_INFO ? "" : ".... ");
	print_stamp(e, sim_now(cpu));
	fprintf(e->out, ": %s: ", name);
}

static void print_task(const struct events *e, const struct sim_cpu *cpu, uint32_t task,
		       const char *name)
{
	const struct trace_task *t =
		task == UINT32_MAX ? e->runner(e->ctx, cpu) : e->task(e->ctx, task);

	print_head(e, cpu, t->comm[0] ? t->comm : "<...>", t->pid, name);
}

void events_tell(const struct events *e, const struct sim_cpu *cpu, uint32_t task,
		 const struct mm_event *event)
{
	if (!(e->groups >> rows[event->kind].group & 1))
		return;
	print_task(e, cpu, task, rows[event->kind].name);
	print_fields(e, rows[event->kind].format, event);
	fputc('\n', e->out);
}

void events_own(const struct events *e, const struct sim_cpu *cpu, uint32_t task,
		const char *name)
{
	print_task(e, cpu, task, name);
}

void events_alloc(const struct events *e, const struct sim_cpu *cpu, uint32_t task,
		  struct mm_grant g, const struct mm_request *request, unsigned type)
{
	if (!(e->groups >> EVENTS_KMEM & 1))
		return;
	print_task(e, cpu, task, "mm_page_alloc");
	print_page(e, g.verdict == MM_DONE ? g.frame : MM_NO_FRAME);
	fprintf(e->out, " order=%u migratetype=%u gfp_flags=", request->order, type);
	print_gfp(e, request->gfp);
	fputc('\n', e->out);
}

void events_free(const struct events *e, const struct sim_cpu *cpu, uint32_t task,
		 uint64_t frame, unsigned order)
{
	if (!(e->groups >> EVENTS_KMEM & 1))
		return;
	print_task(e, cpu, task, "mm_page_free");
	print_page(e, frame);
	fprintf(e->out, " order=%u\n", order);
}
