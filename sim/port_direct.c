#include "sim/port_direct.h"

static struct sim_memory flat_free_of_cost;

static void pass(struct sim_cpu *cpu)
{
	(void)cpu;
}

static uint64_t sleep_no_time(struct sim_cpu *cpu, struct sim_queue *queue, uint64_t timeout)
{
	(void)cpu;
	(void)queue;
	(void)timeout;
	return 0;
}

static uint32_t wake_nobody(struct sim_cpu *cpu, struct sim_queue *queue, uint32_t n)
{
	(void)cpu;
	(void)queue;
	(void)n;
	return 0;
}

static uint64_t submit(struct sim_cpu *cpu, struct sim_disk *disk, uint64_t offset,
		       uint64_t bytes, bool write)
{
	(void)disk;
	(void)offset;
	(void)bytes;
	(void)write;
	return sim_now(cpu);
}

static void io(struct sim_cpu *cpu, struct sim_disk *disk, uint64_t offset, uint64_t bytes,
	       bool write)
{
	submit(cpu, disk, offset, bytes, write);
}

static uint64_t run_on(struct sim_cpu *cpu, unsigned target, uint64_t cycles)
{
	if (target == cpu->id)
		cpu->due += cycles;
	return sim_now(cpu);
}

static void watch_nothing(struct sim_cpu *cpu, struct sim_where *where)
{
	(void)cpu;
	(void)where;
}

static struct sim_where *watched_by_nobody(struct sim_cpu *cpu)
{
	(void)cpu;
	return NULL;
}

static const struct sim_port nothing_waits = {
	.settle = pass,
	.sleep = sleep_no_time,
	.wake = wake_nobody,
	.yield = pass,
	.io = io,
	.submit = submit,
	.run_on = run_on,
	.watch = watch_nothing,
	.watched = watched_by_nobody,
};

void sim_port_direct_cpu(struct sim_cpu *cpu, uint16_t id, uint16_t node)
{
	*cpu = (struct sim_cpu){
		.memory = &flat_free_of_cost, .port = &nothing_waits, .id = id, .node = node
	};
}
