#!/usr/bin/env python3
"""Every counter of 4.12's /proc/vmstat, and every tracepoint of its reclaim, compaction and OOM
killer, is either there or in the table "counters and events that stay away" of
docs/model-limits.md, and never in both.

    counters_412.py PAGESIM TREE

The names are those of vmstat_text[] of 4.12 with every option of its configuration, and of the
tracepoints that include/trace/events defines there.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

COUNTERS = """
nr_free_pages nr_zone_inactive_anon nr_zone_active_anon nr_zone_inactive_file nr_zone_active_file
nr_zone_unevictable nr_zone_write_pending nr_mlock nr_slab_reclaimable nr_slab_unreclaimable
nr_page_table_pages nr_kernel_stack nr_bounce nr_zspages numa_hit numa_miss numa_foreign
numa_interleave numa_local numa_other nr_free_cma nr_inactive_anon nr_active_anon nr_inactive_file
nr_active_file nr_unevictable nr_isolated_anon nr_isolated_file workingset_refault
workingset_activate workingset_nodereclaim nr_anon_pages nr_mapped nr_file_pages nr_dirty
nr_writeback nr_writeback_temp nr_shmem nr_shmem_hugepages nr_shmem_pmdmapped
nr_anon_transparent_hugepages nr_unstable nr_vmscan_write nr_vmscan_immediate_reclaim nr_dirtied
nr_written nr_dirty_threshold nr_dirty_background_threshold pgpgin pgpgout pswpin pswpout
pgalloc_dma pgalloc_dma32 pgalloc_normal pgalloc_high pgalloc_movable allocstall_dma
allocstall_dma32 allocstall_normal allocstall_high allocstall_movable pgskip_dma pgskip_dma32
pgskip_normal pgskip_high pgskip_movable pgfree pgactivate pgdeactivate pglazyfree pgfault
pgmajfault pglazyfreed pgrefill pgsteal_kswapd pgsteal_direct pgscan_kswapd pgscan_direct
pgscan_direct_throttle zone_reclaim_failed pginodesteal slabs_scanned kswapd_inodesteal
kswapd_low_wmark_hit_quickly kswapd_high_wmark_hit_quickly pageoutrun pgrotated drop_pagecache
drop_slab numa_pte_updates numa_huge_pte_updates numa_hint_faults numa_hint_faults_local
numa_pages_migrated pgmigrate_success pgmigrate_fail compact_migrate_scanned compact_free_scanned
compact_isolated compact_stall compact_fail compact_success compact_daemon_wake
compact_daemon_migrate_scanned compact_daemon_free_scanned htlb_buddy_alloc_success
htlb_buddy_alloc_fail unevictable_pgs_culled unevictable_pgs_scanned unevictable_pgs_rescued
unevictable_pgs_mlocked unevictable_pgs_munlocked unevictable_pgs_cleared unevictable_pgs_stranded
thp_fault_alloc thp_fault_fallback thp_collapse_alloc thp_collapse_alloc_failed thp_file_alloc
thp_file_mapped thp_split_page thp_split_page_failed thp_deferred_split_page thp_split_pmd
thp_split_pud thp_zero_page_alloc thp_zero_page_alloc_failed balloon_inflate balloon_deflate
balloon_migrate nr_tlb_remote_flush nr_tlb_remote_flush_received nr_tlb_local_flush_all
nr_tlb_local_flush_one vmacache_find_calls vmacache_find_hits vmacache_full_flushes
""".split()

EVENTS = """
mm_vmscan_kswapd_sleep mm_vmscan_kswapd_wake mm_vmscan_wakeup_kswapd
mm_vmscan_direct_reclaim_begin mm_vmscan_memcg_reclaim_begin
mm_vmscan_memcg_softlimit_reclaim_begin mm_vmscan_direct_reclaim_end mm_vmscan_memcg_reclaim_end
mm_vmscan_memcg_softlimit_reclaim_end mm_shrink_slab_start mm_shrink_slab_end
mm_vmscan_lru_isolate mm_vmscan_writepage mm_vmscan_lru_shrink_inactive
mm_vmscan_lru_shrink_active mm_vmscan_inactive_list_is_low mm_compaction_isolate_migratepages
mm_compaction_isolate_freepages mm_compaction_migratepages mm_compaction_begin mm_compaction_end
mm_compaction_try_to_compact_pages mm_compaction_finished mm_compaction_suitable
mm_compaction_deferred mm_compaction_defer_compaction mm_compaction_defer_reset
mm_compaction_kcompactd_sleep mm_compaction_wakeup_kcompactd mm_compaction_kcompactd_wake
oom_score_adj_update reclaim_retry_zone compact_retry
""".split()

HEADING = "## Linux 4.12.0: counters and events that stay away"

program, tree = sys.argv[1:3]
failures = []


def vmstat(folder, trace, machine):
    """The names in the vmstat that a run on that machine leaves."""
    out = os.path.join(folder, machine)
    subprocess.run([program, "run", "--quiet", "--kernel", "4.12", "--trace", trace, "--machine",
                    os.path.join(tree, "configs/machines", machine + ".yaml"), "--out", out],
                   check=True, stdout=subprocess.DEVNULL)
    with open(os.path.join(out, "vmstat"), encoding="utf-8") as lines:
        return {line.split()[0] for line in lines}


def printed_counters():
    """On x86_64 and, for zones of high memory, on i386."""
    with tempfile.TemporaryDirectory() as folder:
        trace = os.path.join(folder, "trace.pgt")
        subprocess.run([program, "trace", "gen", "--quiet", "--profile",
                        os.path.join(tree, "configs/profiles/hog.yaml"), "--events", "50",
                        "--seed", "1", "-o", trace], check=True)
        return vmstat(folder, trace, "two-node") | vmstat(folder, trace, "p3-4cpu")


def printed_events():
    with open(os.path.join(tree, "tools/events.c"), encoding="utf-8") as source:
        return set(re.findall(r'"([a-z_0-9]+)"', source.read()))


def rows_of_the_table():
    """Names, reason and effect of each row."""
    with open(os.path.join(tree, "docs/model-limits.md"), encoding="utf-8") as page:
        lines = page.read().split(HEADING + "\n", 1)[1].split("\n## ", 1)[0].splitlines()
    rows = [line.strip("|").split("|") for line in lines if line.startswith("| `")]
    for row in rows:
        if len(row) != 3 or not all(cell.strip() for cell in row):
            failures.append(f"not names, reason and effect: {row}")
    return {name for row in rows for name in re.findall(r"`([a-z_0-9]+)`", row[0])}


def compare(what, names, printed, away):
    for name in names:
        if name in printed and name in away:
            failures.append(f"{what} {name} is there, and said to stay away")
        if name not in printed and name not in away:
            failures.append(f"{what} {name} is neither there nor in docs/model-limits.md")


away = rows_of_the_table()
compare("the counter", COUNTERS, printed_counters(), away)
compare("the event", EVENTS, printed_events(), away)
for name in sorted(away - set(COUNTERS) - set(EVENTS)):
    failures.append(f"4.12 has no {name}")
for failure in failures:
    print(failure)
sys.exit(1 if failures else 0)
