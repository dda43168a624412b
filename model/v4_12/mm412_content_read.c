/*
 * Pages of files come back from the disk, and those behind them in the file. Contents of one
 * task with numbers in a row stand for pages in a row of one file.
 *
 * Kernel: do_generic_file_read() of a page that the page cache does not have,
 * ondemand_readahead(), __do_page_cache_readahead(), add_to_page_cache_lru();
 * pagecache_get_page() of a write. A window is read when its first page is missing, and not
 * earlier by a mark inside the window before it: the reader waits for all of it
 * (docs/model-limits.md).
 */
#include "model/v4_12/mm412_swap.h"

#define WINDOW_MAX 128u
#define PAGE_KB 4

enum mm412_content_read_gfp {
	READ_GFP = MM412_GFP_COLD,
	AHEAD_GFP = MM412_GFP_COLD | MM412_GFP_NORETRY | MM412_GFP_NOWARN,
	WRITE_GFP = MM412_GFP_WRITE,
};

/* Contents that are read together: numbers from `first` on, MM412_NONE where no page is to be
 * filled. */
struct window {
	uint32_t first;
	unsigned n;
	uint32_t page[WINDOW_MAX];
};

/* ---- which contents --------------------------------------------------------------------- */

static bool same_file(const struct mm412 *mm, uint32_t number, uint32_t task)
{
	const struct mm412_content *c = mm412_content_number_find(mm, number);

	return c && c->kind == MM_KIND_FILE && c->task == task;
}

static bool cached(const struct mm412 *mm, uint32_t number, uint32_t task)
{
	return same_file(mm, number, task) &&
	       mm->sleep->contents[number].place == MM412_IN_MEMORY;
}

/* count_history_pages() */
static uint32_t history(const struct mm412 *mm, uint32_t number, uint32_t task, uint32_t most)
{
	uint32_t n = 0;

	while (n < most && n < number && cached(mm, number - 1 - n, task))
		n++;
	return n;
}

/* get_init_ra_size() of one page, get_next_ra_size() */
static uint32_t first_size(uint32_t most)
{
	if (most >= 32)
		return 4;
	return most >= 4 ? 2 : most;
}

static uint32_t next_size(uint32_t size, uint32_t most)
{
	uint32_t next = size < most / 16 ? 4 * size : 2 * size;

	return next < most ? next : most;
}

/* try_context_readahead(): 0 = no traces of a stream. */
static uint32_t context_size(const struct mm412 *mm, uint32_t number, uint32_t task,
			     uint32_t most)
{
	uint32_t size = history(mm, number, task, most);

	if (size <= 1)
		return 0;
	if (!(number > size && same_file(mm, number - 1 - size, task)))
		size *= 2;
	return size + 1 < most ? size + 1 : most;
}

/* Pages to read for a reader that misses this one: ondemand_readahead(). */
static uint32_t window_size(const struct mm412 *mm, struct mm412_task *task, uint32_t number,
			    uint32_t most)
{
	bool begins = number == 0 || !same_file(mm, number - 1, task->number);
	uint32_t context;

	if (!begins && task->ra_size && number == task->ra_start + task->ra_size)
		return next_size(task->ra_size, most);
	if (begins || number + 1 - task->ra_prev <= 1)
		return first_size(most);
	context = context_size(mm, number, task->number, most);
	return context ? context : 1;
}

static uint32_t most_ahead(const struct mm412 *mm)
{
	uint64_t pages = mm->params.read_ahead_kb[0] / PAGE_KB;

	return pages < WINDOW_MAX ? (uint32_t)pages : WINDOW_MAX;
}

/* ---- reading ---------------------------------------------------------------------------- */

static void put_back(struct mm412 *mm, struct sim_cpu *cpu, uint32_t slot)
{
	mm412_alloc_free(mm, cpu, mm412_frame(mm, slot), 0, false);
}

/* add_to_page_cache_lru(); false when the content has a page by now, or is gone. Others may run
 * before it returns. */
static bool add_page(struct mm412 *mm, struct sim_cpu *cpu, uint32_t number, uint32_t slot,
		     bool write)
{
	struct mm412_content *c = mm412_content_number_find(mm, number);
	uint16_t active = 0;

	if (!c || c->kind != MM_KIND_FILE || c->place != MM412_ON_DISK) {
		put_back(mm, cpu, slot);
		return false;
	}
	if (!write && c->shadow && mm412_workingset_refault(mm, c->shadow))
		active = MM412_PG_ACTIVE;
	c->place = MM412_IN_MEMORY;
	c->where = slot;
	c->shadow = 0;
	c->reading = true;
	mm412_shadow_changed(mm, number);
	*mm412_page(mm, slot) = (struct mm412_page){
		.content = number + 1, .flags = (uint16_t)(MM412_PG_LOCKED | active), .pins = 1
	};
	mm412_lru_node_add(mm, slot, MM412_NODE_FILE_PAGES, 1);
	if (active)
		mm412_workingset_activation(mm, slot);
	mm412_pagevec_add(mm, cpu, slot);
	return true;
}

static void unlock(struct mm412 *mm, uint32_t slot)
{
	struct mm412_page *p = mm412_page(mm, slot);

	p->flags &= (uint16_t)~MM412_PG_LOCKED;
	if (p->content)
		mm->sleep->contents[p->content - 1].reading = false;
}

/* Pages of numbers in a row, none of them missing. */
static void read_run(struct mm412 *mm, struct sim_cpu *cpu, const struct window *w, unsigned i,
		     unsigned n)
{
	mm412_io_read(mm, cpu, false, w->first + i, n);
	for (unsigned j = i; j < i + n; j++)
		unlock(mm, w->page[j]);
	cpu->port->wake(cpu, mm->sleep->page_queue, UINT32_MAX);
	for (unsigned j = i; j < i + n; j++)
		mm412_lru_put(mm, cpu, w->page[j], false);
}

static void read_window(struct mm412 *mm, struct sim_cpu *cpu, struct window *w, bool write)
{
	for (unsigned i = 0; i < w->n; i++)
		if (w->page[i] != MM412_NONE &&
		    !add_page(mm, cpu, w->first + i, w->page[i], write))
			w->page[i] = MM412_NONE;
	for (unsigned i = 0, n; i < w->n; i += n ? n : 1) {
		for (n = 0; i + n < w->n && w->page[i + n] != MM412_NONE;)
			n++;
		if (n)
			read_run(mm, cpu, w, i, n);
	}
}

/* __do_page_cache_readahead(): pages first, then the disk. */
static void read_ahead(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
		       uint32_t number, uint32_t pages)
{
	struct window w = { .first = number };

	for (; w.n < pages && same_file(mm, number + w.n, task->number); w.n++) {
		w.page[w.n] = MM412_NONE;
		if (cached(mm, number + w.n, task->number))
			continue;
		w.page[w.n] = mm412_slowpath_page(mm, cpu, task, MM412_SWAP_GFP | AHEAD_GFP);
		if (w.page[w.n] == MM412_NONE)
			break;
	}
	read_window(mm, cpu, &w, false);
}

/* The page alone, by all means. */
static bool read_one(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
		     uint32_t number, bool write)
{
	uint32_t gfp = MM412_SWAP_GFP | (uint32_t)(write ? WRITE_GFP : READ_GFP);
	struct window w = { .first = number, .n = 1 };

	w.page[0] = mm412_slowpath_page(mm, cpu, task, gfp);
	if (w.page[0] == MM412_NONE)
		return false;
	read_window(mm, cpu, &w, write);
	return true;
}

bool mm412_content_read(struct mm412 *mm, struct sim_cpu *cpu, struct mm412_task *task,
			uint32_t number, bool write)
{
	uint32_t most = most_ahead(mm), size;
	const struct mm412_content *c;

	if (write || !most)
		return read_one(mm, cpu, task, number, write);
	size = window_size(mm, task, number, most);
	if (size > 1) {
		task->ra_start = number;
		task->ra_size = size;
	}
	read_ahead(mm, cpu, task, number, size);
	c = mm412_content_number_find(mm, number);
	return !c || c->place != MM412_ON_DISK || read_one(mm, cpu, task, number, false);
}
