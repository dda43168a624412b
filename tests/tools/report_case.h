/* A small result made by hand, for tests of its page. */
#ifndef TESTS_TOOLS_REPORT_CASE_H
#define TESTS_TOOLS_REPORT_CASE_H

#include <jansson.h>
#include <string.h>

#include "tests/unit.h"
#include "tools/report_page.h"

#define REPORT_CASE_EVIL "<script>document.title='run'</script>\"'&"

/*
 * 1000 MHz, one zone of 2,048 pages with min 100: at 0 s all is one block of order 10 twice, at
 * 1 s 1,024 pages in single ones, at 2 s 50 pages, at 3 s as at the start.
 */
static const char report_case_text[] =
	"{'kernel':'4.12.0','pagesim':'0','result_digest':'0123',"
	"'inputs':{'start':'boot','trace':{'name':'t','path':'t.pgt','digest':'77'}},"
	"'scenario':{'machine':{'name':'m','clock_mhz':1000},'vm':{'min_free_kbytes':400}},"
	"'counters':{'replay':{'end_cycles':4000000000,'events':9},"
	"'requests':{'allocs':10,'served':7,'failed':3,'frees':2,"
	"'by_order':[6,0,0,0,0,0,0,0,0,4,0],'failed_by_order':[0,0,0,0,0,0,0,0,0,3,0],"
	"'first_failure_cycles_by_order':[null,null,null,null,null,null,null,null,null,"
	"1500000000,null]},'vmstat':{'pageoutrun':5},'reclaim':{'slept':0}},"
	"'latency':[],"
	"'fragmentation':[{'node':1,'zone':'Normal','blockers':[{'order':9,'ranges':4,"
	"'free_ranges':1,'ranges_looked_at':3,'used_pages':12,"
	"'others':{'owners':0,'pages':0,'ranges_alone':0},"
	"'owners':[{'pid':42,'comm':'hoarder','gfp':'GFP_KERNEL','kind':'unmovable','order':0,"
	"'pages':10,'ranges':3,'ranges_alone':2,'ranges_unmovable_alone':2,'age_median_cycles':"
	"500000000}]}]}],"
	"'final_state':[{'node':1,'zone':'Normal','managed':2048,'min':100,'low':125,"
	"'high':150,'nr_free_pages':2048,'zone_lock':{'taken':3,'waits':0,'wait_cycles':0}}],"
	"'series':["
	"{'cycles':0,'zones':[{'free_blocks':[0,0,0,0,0,0,0,0,0,0,2]}]},"
	"{'cycles':1000000000,'zones':[{'free_blocks':[1024,0,0,0,0,0,0,0,0,0,0]}]},"
	"{'cycles':2000000000,'zones':[{'free_blocks':[50,0,0,0,0,0,0,0,0,0,0]}]},"
	"{'cycles':3000000000,'zones':[{'free_blocks':[0,0,0,0,0,0,0,0,0,0,2]}]}]}";

/* Single quotes stand for double ones. The caller frees it with json_decref(). */
static inline json_t *report_case_result(void)
{
	char text[sizeof(report_case_text)];
	json_t *json;

	memcpy(text, report_case_text, sizeof(text));
	for (char *c = text; *c; c++)
		if (*c == '\'')
			*c = '"';
	json = json_loads(text, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(json);
	return json;
}

#endif
