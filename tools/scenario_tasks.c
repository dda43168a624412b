#include "tools/scenario_tasks.h"

#include <stdlib.h>
#include <string.h>

#define MOST_TASKS 1024
#define MOST_ADJ 1000

static const char *const policies[] = { "default", "preferred", "bind", "interleave", NULL };

static bool read_comm(struct conf_node item, struct task_rules *t, struct conf_error *err)
{
	struct conf_node n = conf_get(item, "comm");
	const char *text = conf_text(n);

	if (!n.yaml)
		return true;
	if (!text || !*text || strlen(text) >= sizeof(t->comm))
		return conf_fail(n, err, "'comm' should be a name of up to 15 characters");
	strcpy(t->comm, text);
	return true;
}

static bool read_pid(struct conf_node item, struct task_rules *t, struct conf_error *err)
{
	uint64_t pid;

	t->pid = TASK_RULES_ANY_PID;
	if (!conf_get(item, "pid").yaml)
		return true;
	if (!conf_u64(item, "pid", 0, INT32_MAX, &pid, err))
		return false;
	t->pid = (int32_t)pid;
	return true;
}

static bool read_nodes(struct conf_node item, const char *key, uint64_t *out,
		       struct conf_error *err)
{
	struct conf_node list = conf_get(item, key);
	uint64_t nid = 0;

	if (!list.yaml)
		return true;
	if (!conf_is_list(list) || !conf_count(list))
		return conf_fail(list, err, "'%s' should be a list of nodes, such as [0, 1]",
				 key);
	for (size_t i = 0; i < conf_count(list); i++) {
		struct conf_node n = conf_item(list, i);
		const char *text = conf_text(n);

		if (!text || !conf_parse_u64(text, &nid) || nid >= MM_MAX_NODES)
			return conf_fail(n, err, "a node is a number below %u", MM_MAX_NODES);
		*out |= UINT64_C(1) << nid;
	}
	return true;
}

static bool read_policy(struct conf_node item, struct mm_task_rules *rules,
			struct conf_error *err)
{
	struct conf_node n = conf_get(item, "mempolicy");
	const char *text = conf_text(n);
	unsigned policy = 0;

	while (n.yaml && policies[policy] && (!text || strcmp(text, policies[policy]) != 0))
		policy++;
	if (!policies[policy])
		return conf_fail(n, err,
				 "'mempolicy' should be default, preferred, bind or "
				 "interleave");
	rules->policy = (enum mm_mempolicy)policy;
	if (policy && !rules->policy_nodes)
		return conf_fail(n, err, "mempolicy '%s' wants 'nodes'", policies[policy]);
	if (!policy && rules->policy_nodes)
		return conf_fail(conf_get(item, "nodes"), err,
				 "'nodes' are those of a 'mempolicy'");
	return true;
}

static bool read_adj(struct conf_node item, int *out, struct conf_error *err)
{
	struct conf_node n = conf_get(item, "oom_score_adj");
	const char *text = conf_text(n);
	bool negative = text && *text == '-';
	uint64_t adj = 0;

	if (!n.yaml)
		return true;
	if (!text || !conf_parse_u64(text + negative, &adj) || adj > MOST_ADJ)
		return conf_fail(n, err, "'oom_score_adj' should be from -1000 to 1000");
	*out = negative ? -(int)adj : (int)adj;
	return true;
}

static bool read_admin(struct conf_node item, bool *out, struct conf_error *err)
{
	struct conf_node n = conf_get(item, "cap_sys_admin");
	const char *text = conf_text(n);

	if (!n.yaml)
		return true;
	*out = text && strcmp(text, "true") == 0;
	return *out || (text && strcmp(text, "false") == 0) ||
	       conf_fail(n, err, "'cap_sys_admin' should be true or false");
}

static bool read_task(struct scenario *s, struct conf_node item, struct task_rules *t,
		      struct conf_error *err)
{
	static const char *const keys[] = { "comm",   "pid",           "mempolicy",     "nodes",
					    "cpuset", "oom_score_adj", "cap_sys_admin", NULL };

	*t = (struct task_rules){ 0 };
	if (!conf_only_keys(item, keys, err) || !read_comm(item, t, err) ||
	    !read_pid(item, t, err))
		return false;
	if (!t->comm[0] && t->pid == TASK_RULES_ANY_PID)
		return conf_fail(item, err, "'comm' or 'pid' should say which task is meant");
	if (!s->policy->task_rules)
		return conf_fail(item, err,
				 "Linux %s has no memory policies, cpusets or OOM "
				 "adjustments of tasks",
				 s->policy->name);
	return read_nodes(item, "nodes", &t->rules.policy_nodes, err) &&
	       read_nodes(item, "cpuset", &t->rules.cpuset_nodes, err) &&
	       read_policy(item, &t->rules, err) &&
	       read_adj(item, &t->rules.oom_score_adj, err) &&
	       read_admin(item, &t->rules.cap_sys_admin, err);
}

bool scenario_tasks_read(struct scenario *s, struct conf_node list, struct conf_error *err)
{
	size_t n = conf_count(list);

	if (!list.yaml)
		return true;
	if (!conf_is_list(list) || n > MOST_TASKS)
		return conf_fail(list, err,
				 "'tasks' should be a list of {comm: NAME, ...}, at most %u",
				 MOST_TASKS);
	s->tasks = calloc(n + 1, sizeof(*s->tasks));
	if (!s->tasks)
		return conf_no_memory(list, err);
	for (; s->ntasks < n; s->ntasks++)
		if (!read_task(s, conf_item(list, s->ntasks), &s->tasks[s->ntasks], err))
			return false;
	return true;
}

/* ---- printing -------------------------------------------------------------------------- */

static json_t *nodes_json(uint64_t nodes)
{
	json_t *list = json_array();

	for (unsigned n = 0; list && n < MM_MAX_NODES; n++)
		if (nodes >> n & 1)
			json_array_append_new(list, json_integer(n));
	return list;
}

static json_t *task_json(const struct task_rules *t)
{
	json_t *map = json_object();

	if (t->comm[0])
		json_object_set_new(map, "comm", json_string(t->comm));
	if (t->pid != TASK_RULES_ANY_PID)
		json_object_set_new(map, "pid", json_integer(t->pid));
	json_object_set_new(map, "mempolicy", json_string(policies[t->rules.policy]));
	if (t->rules.policy_nodes)
		json_object_set_new(map, "nodes", nodes_json(t->rules.policy_nodes));
	if (t->rules.cpuset_nodes)
		json_object_set_new(map, "cpuset", nodes_json(t->rules.cpuset_nodes));
	json_object_set_new(map, "oom_score_adj", json_integer(t->rules.oom_score_adj));
	json_object_set_new(map, "cap_sys_admin", json_boolean(t->rules.cap_sys_admin));
	return map;
}

json_t *scenario_tasks_json(const struct scenario *s)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < s->ntasks; i++)
		json_array_append_new(list, task_json(&s->tasks[i]));
	return list;
}
