#!/usr/bin/env bash
# Points for other machines: as commands, as a Makeflow, as a Slurm job array (run by a script
# that stands for sbatch). Each way leaves the table of a local run.
cat >s.yaml <<-END
	base: {trace: traces/samples/hog.pgt, machine: configs/machines/tiny.yaml}
	axes: {vm.min_free_kbytes: {from: 512KiB, to: 4MiB, steps: 7}}
END
digest()
{
	pagesim sweep collect "$1" | sed -n 's/^Digest.*: //p'
}
plan()
{
	mkdir "$1"
	pagesim sweep plan --quiet "${2:-s.yaml}" -o "$1/manifest.jsonl"
}

pagesim sweep run --quiet s.yaml --out local
want=$(digest local)

plan commands
pagesim sweep export commands --points 3 --quiet >all
wc -l <all
head -n 1 all | sh
pagesim sweep export commands --points 3 --quiet | sh
[ "$(digest commands)" = "$want" ] && echo 'commands: the same table'
pagesim sweep export commands
# Without a number of points they are cut by time: all of this is one chunk.
plan chunks
pagesim sweep export chunks --quiet | wc -l

plan flow
pagesim sweep export flow --makeflow --points 2 -o flow.makeflow
grep -c '^flow/points/.* : flow/manifest.jsonl$' flow.makeflow
if command -v makeflow >/dev/null; then
	# Debian's makeflow begins with MPI, which takes no orders from root without being told.
	OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_ess_singleton_isolated=1 \
		makeflow -T local flow.makeflow >flow.log 2>&1 || tail -n 5 flow.log
else
	pagesim sweep resume --quiet flow
fi
[ "$(digest flow)" = "$want" ] && echo 'makeflow: the same table'

# An array whose second task gets lost: submitted again, only what is missing is done.
plan slurm
mkdir bin
cat >bin/sbatch <<-'END'
	#!/bin/sh
	n=${1#--array=1-}
	n=${n%%%*}
	for task in $(seq "$n"); do
		[ "$n-$task" = 3-2 ] || SLURM_ARRAY_TASK_ID=$task sh "$2"
	done
	echo "Submitted $n tasks"
END
chmod +x bin/sbatch
PATH=$PWD/bin:$PATH
pagesim sweep submit slurm --points 3 --limit 2
grep '^#SBATCH' slurm/slurm.sh | grep -v 'mem\|time'
pagesim sweep status slurm | head -n 1
pagesim sweep resume slurm --slurm --points 3
[ "$(digest slurm)" = "$want" ] && echo 'slurm: the same table'
pagesim sweep submit slurm
# Nobody there to submit to; one that refuses.
plan refused
printf '#!/bin/sh\nexit 1\n' >bin/sbatch
pagesim sweep submit refused --points 3
echo "$?"
rm bin/sbatch
if ! command -v sbatch >/dev/null; then
	pagesim sweep submit refused --points 3 2>&1 | grep -c 'cannot start sbatch'
else
	echo 1
fi
pagesim sweep submit refused --dry-run --points 4
pagesim sweep export refused --chunk 5
echo "$?"
pagesim sweep resume refused --limit 5
echo "$?"
pagesim sweep resume refused --slurm -j 2
echo "$?"

# More tasks than an array may have: several arrays, one after the other where there is a limit.
# A second one's tasks go on in the list where the first one's end.
sed '/axes/d' s.yaml >many.yaml
echo 'repeat: 1005' >>many.yaml
plan many many.yaml
pagesim sweep submit many --dry-run --points 1
pagesim sweep submit many --dry-run --points 1 --limit 8 | tail -n 2
SLURM_ARRAY_TASK_ID=5 sh many/slurm.sh 1000
pagesim sweep status many | head -n 1
[ -e "$(sed -n 's|^ \(..\)\(.*\)|many/points/\1/\1\2.json|; 1005p' many/slurm-*.list)" ] && echo 'the last one'
