/* One replay of a recording's workload. */
#ifndef VERIFY_FREE_RUN_H
#define VERIFY_FREE_RUN_H

#include "sim/device.h"
#include "tools/verify_free.h"

/* The drive of recordings with swap that are replayed without another one: nvme-2016. */
extern const struct sim_device_figures verify_free_run_drive;

/* On a clock that is faster by so many thousandths. Once a process: it runs a simulation. False
 * and v->error. */
bool verify_free_run(struct verify_free *v, const struct verify_free_request *q, int jitter);

#endif
