#include "tools/profile_write.h"

#include <inttypes.h>

static void write_milli(FILE *out, const char *key, uint32_t milli)
{
	fprintf(out, "%s: %u.%03u", key, milli / 1000, milli % 1000);
}

/* Six points a line. */
static void write_table(FILE *out, const struct trace_draw *d, const char *unit)
{
	fprintf(out, "{table: [");
	for (uint32_t i = 0; i < d->npoints; i++)
		fprintf(out, "%s%s[%u, %" PRIu64 "%s]", i ? "," : "",
			i % 6 ? " " : "\n        ", d->point[i].below, d->point[i].value, unit);
	fprintf(out, "]}\n");
}

static void write_draw(FILE *out, const char *key, const struct trace_draw *d, bool times)
{
	const char *unit = times ? "ns" : "";

	fprintf(out, "    %s: ", key);
	switch (d->kind) {
	case TRACE_DRAW_UNIFORM:
		fprintf(out, "{uniform: {least: %" PRIu64 "%s, most: %" PRIu64 "%s}}\n", d->a,
			unit, d->b, unit);
		break;
	case TRACE_DRAW_EXPONENTIAL:
		fprintf(out, "{exponential: %" PRIu64 "%s}\n", d->a, unit);
		break;
	case TRACE_DRAW_PARETO:
		fprintf(out, "{pareto: {least: %" PRIu64 "%s, most: %" PRIu64 "%s, ", d->a,
			unit, d->b, unit);
		write_milli(out, "shape", d->shape_milli);
		fprintf(out, "}}\n");
		break;
	case TRACE_DRAW_BIMODAL:
		fprintf(out, "{bimodal: {short: %" PRIu64 "%s, long: %" PRIu64 "%s, ", d->a,
			unit, d->b, unit);
		write_milli(out, "short_share", d->share_milli);
		fprintf(out, "}}\n");
		break;
	case TRACE_DRAW_TABLE:
		write_table(out, d, unit);
		break;
	default:
		fprintf(out, "%" PRIu64 "%s\n", d->a, unit);
	}
}

static void write_class(FILE *out, const struct trace_class *c)
{
	unsigned orders = TRACE_ORDERS;

	while (orders > 1 && !c->order_weight[orders - 1])
		orders--;
	fprintf(out, "  - name: \"%s\"\n    gfp: \"%s\"\n    orders: [", c->name, c->gfp);
	for (unsigned o = 0; o < orders; o++)
		fprintf(out, "%s%u", o ? ", " : "", c->order_weight[o]);
	fprintf(out, "]\n");
	if (c->with_task)
		fprintf(out, "    lifetime: task\n");
	else
		write_draw(out, "lifetime", &c->lifetime, true);
	if (c->reclaim)
		fprintf(out, "    reclaim: true\n");
	if (c->remote_milli) {
		write_milli(out, "    remote", c->remote_milli);
		fputc('\n', out);
	}
	if (c->asks_node)
		fprintf(out, "    node: %u\n", c->asks_node - 1);
	if (c->flags)
		fprintf(out, "    interrupt: %s\n",
			c->flags == TRACE_SOFTIRQ ? "soft" : "hard");
}

static void write_by_class(FILE *out, const struct trace_profile *p, const uint32_t *weight)
{
	const char *between = "{";

	for (unsigned c = 0; c < p->nclasses; c++) {
		if (!weight[c])
			continue;
		fprintf(out, "%s\"%s\": %u", between, p->classes[c].name, weight[c]);
		between = ", ";
	}
	fprintf(out, "}\n");
}

static void write_task(FILE *out, const struct trace_profile *p,
		       const struct trace_task_kind *t)
{
	bool starts_with = false;

	fprintf(out, "  - name: \"%s\"\n    alive: %u\n", t->name, t->alive);
	write_draw(out, "allocations", &t->allocations, false);
	write_draw(out, "gap", &t->gap, true);
	write_draw(out, "pause", &t->pause, true);
	if (t->burst.a || t->burst.npoints) {
		write_draw(out, "burst", &t->burst, false);
		write_draw(out, "rest", &t->rest, true);
	}
	if (t->wave)
		fprintf(out, "    wave: %" PRIu64 "ns\n", t->wave);
	if (t->home)
		fprintf(out, "    node: %u\n", t->home - 1);
	if (t->parent)
		fprintf(out, "    parent: \"%s\"\n", p->tasks[t->parent - 1].name);
	for (unsigned c = 0; c < p->nclasses; c++)
		starts_with |= t->at_start[c] != 0;
	if (starts_with) {
		fprintf(out, "    starts_with: ");
		write_by_class(out, p, t->at_start);
	}
	fprintf(out, "    phases:\n");
	for (unsigned f = 0; f < t->nphases; f++) {
		write_milli(out, "      - share", t->phases[f].share_milli);
		fprintf(out, "\n        mix: ");
		write_by_class(out, p, t->phases[f].weight);
	}
}

void profile_write(FILE *out, const struct trace_profile *p)
{
	fprintf(out, "name: \"%s\"\ncpus: %u\nnodes: %u\nlive_max: %" PRIu64 "KiB\n\nmemory:\n",
		p->name, p->cpus, p->nodes, 4 * p->live_max);
	for (unsigned c = 0; c < p->nclasses; c++)
		write_class(out, &p->classes[c]);
	fprintf(out, "\ntasks:\n");
	for (unsigned k = 0; k < p->ntasks; k++)
		write_task(out, p, &p->tasks[k]);
}
