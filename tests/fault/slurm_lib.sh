#!/usr/bin/env bash
# A Slurm of one's own on this machine: munged, slurmctld and two slurmd, n1 and n2, with ports and
# sockets of their own. Sourced after sweep_lib.sh; slurm_start begins it.
needs 'munge, slurmctld, slurmd, slurm-client' munged slurmctld slurmd sbatch sinfo squeue
export SLURM_CONF=$base/slurm.conf

# What runs in jobs on a node.
slurm_jobs()
{
	local process jobs=()

	for process in $(processes_with "$base/*"); do
		grep -qszx "SLURMD_NODENAME=$1" "/proc/$process/environ" && jobs+=("$process")
	done
	[ ${#jobs[@]} -gt 0 ] && echo "${jobs[@]}"
}

# A port that nobody listens at; asked for again where two get the same.
free_port()
{
	local port

	while port=$((20000 + RANDOM % 12000)); do
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && continue
		[[ " ${ports[*]-} " == *" $port "* ]] && continue
		ports+=("$port")
		return
	done
}

# AuthInfo's cred_expire is what a requeued job waits, SlurmdTimeout how long a node may be
# silent: 120 s and 300 s where nobody says anything.
slurm_write_conf()
{
	local host ports=()

	free_port && free_port && free_port
	host=$(uname -n)
	cat >"$SLURM_CONF" <<-END
		ClusterName=loopback
		SlurmctldHost=${host%%.*}(127.0.0.1)
		SlurmUser=$(id -un)
		SlurmdUser=$(id -un)
		SlurmctldPort=${ports[0]}
		AuthType=auth/munge
		CredType=cred/munge
		AuthInfo=socket=$base/munge.socket,cred_expire=10
		StateSaveLocation=$base/state
		SlurmctldPidFile=$base/slurmctld.pid
		SlurmdPidFile=$base/%n.pid
		SlurmdSpoolDir=$base/%n
		SlurmctldLogFile=$base/slurmctld.log
		SlurmdLogFile=$base/%n.log
		ProctrackType=proctrack/linuxproc
		TaskPlugin=task/none
		MpiDefault=none
		JobAcctGatherType=jobacct_gather/none
		SelectType=select/cons_tres
		SelectTypeParameters=CR_CPU_Memory
		SchedulerParameters=batch_sched_delay=0,sched_interval=2
		SlurmdParameters=config_overrides
		SlurmdTimeout=10
		KillWait=2
		MessageTimeout=5
		ReturnToService=0
		NodeName=n1 NodeHostname=${host%%.*} NodeAddr=127.0.0.1 Port=${ports[1]} CPUs=1 RealMemory=2048
		NodeName=n2 NodeHostname=${host%%.*} NodeAddr=127.0.0.1 Port=${ports[2]} CPUs=1 RealMemory=2048
		PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
	END
}

slurm_idle()
{
	[ "$(sinfo --noheader --format %T)" = idle ] && [ "$(sinfo --noheader --format %D)" = 2 ]
}

slurm_start()
{
	local node

	mkdir state n1 n2
	slurm_write_conf
	(umask 077 && head -c 1024 /dev/urandom >munge.key)
	start_daemon munged munged --foreground --force --socket="$base/munge.socket" \
		--key-file="$base/munge.key" --pid-file="$base/munge.pid" \
		--log-file="$base/munge.log" --seed-file="$base/munge.seed"
	wait_until 10 'munged' test -S munge.socket || return
	start_daemon slurmctld slurmctld -D -f "$SLURM_CONF"
	for node in n1 n2; do
		start_daemon $node slurmd -D -N $node -f "$SLURM_CONF"
	done
	wait_until 30 'two idle nodes' slurm_idle
}
