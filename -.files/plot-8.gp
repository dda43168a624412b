set encoding utf8
set terminal svg size 560,340 noenhanced font 'sans-serif,12' name 'plot_8'
set output 'plot-8.svg'
set datafile missing 'NaN'
set title 'latency.stall.p99.9 against sweep.held_back' textcolor rgb '#777777'
set border 3 linecolor rgb '#777777'
set tics nomirror textcolor rgb '#777777'
set grid linecolor rgb '#777777' linewidth 0.3
set key tmargin center horizontal Left reverse textcolor rgb '#777777'
set xlabel 'sweep.held_back (pages)' textcolor rgb '#777777'
set format x '%.12g'
set ylabel 'latency.stall.p99.9 (cycles)' textcolor rgb '#777777'
set format y '%.12g'
set autoscale xfix
set yrange [0:*]
plot 'plot-8.dat' index 0 using 1:2 with points linecolor rgb '#0072B2' pointtype 1 title 'points', \
     'plot-8.dat' index 1 using 1:2 with lines linecolor rgb '#D55E00' linewidth 1.5 dashtype 1 title 'nothing is better in both'
