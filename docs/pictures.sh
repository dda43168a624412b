#!/usr/bin/env bash
# Makes the documentation's pictures anew, by its own commands: docs/pictures.sh PAGESIM
# Needs gnuplot (package gnuplot-nox). docs/see.png and docs/report.png are pages in a browser.
set -euo pipefail
pagesim=$(realpath -- "${1:?usage: docs/pictures.sh PAGESIM}")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# picture PAGE PLOT NAME: a page's plot, on light ground, which gnuplot leaves out
picture()
{
	sed 's/\(<rect x="0" y="0" [^>]*\)fill="none"/\1fill="#ffffff"/' \
		"$work/$1.files/$2.svg" >"docs/$3.svg"
}

"$pagesim" run configs/scenarios/aged-guest.yaml --out "$work/aged" >"$work/text"
"$pagesim" report "$work/aged" -o "$work/aged.html" --quiet
picture aged free-by-order-1 predict

"$pagesim" sweep run configs/sweeps/small.yaml --out "$work/sweep" >"$work/text"
"$pagesim" sweep report "$work/sweep" -o "$work/small.html" >"$work/text"
picture small plot-5 sweep

"$pagesim" compare --trace traces/samples/hog.pgt --machine configs/machines/tiny.yaml \
	--kernels 2.4,4.12 -o "$work/kernels.html" >"$work/text"
picture kernels percentiles-alloc compare

"$pagesim" run configs/scenarios/vm-fragment.yaml --set vm.pcp_batch=1 --out "$work/now" >"$work/text"
"$pagesim" compare configs/baselines/vm-fragment "$work/now" -o "$work/why.html" >"$work/text"
picture why percentiles-alloc gate

# The pictures of how-4.12-works.md and how-2.4-works.md.
for kernel in 4.12 2.4; do
	"$pagesim" run --kernel $kernel --trace traces/samples/hog.pgt \
		--machine configs/machines/tiny.yaml --out "$work/$kernel" >"$work/text"
	"$pagesim" report "$work/$kernel" -o "$work/$kernel.html" --quiet
	picture $kernel free-by-order-1 how-$kernel-free
done
"$pagesim" run --trace traces/samples/hog.pgt --machine configs/machines/tiny.yaml \
	--set vm.min_free_kbytes=8MiB --out "$work/marks" >"$work/text"
"$pagesim" report "$work/marks" -o "$work/marks.html" --quiet
picture marks free-and-marks-1 how-4.12-marks
picture 2.4 free-and-marks-1 how-2.4-marks
picture 4.12 pageblocks-1 how-4.12-pageblocks
picture 4.12 histogram-alloc-path how-4.12-paths
