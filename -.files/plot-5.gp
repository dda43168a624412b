set encoding utf8
set terminal svg size 560,340 noenhanced font 'sans-serif,12' name 'plot_5'
set output 'plot-5.svg'
set datafile missing 'NaN'
set title 'sweep.allocstall over vm.watermark_scale_factor' textcolor rgb '#777777'
set border 3 linecolor rgb '#777777'
set tics nomirror textcolor rgb '#777777'
set grid linecolor rgb '#777777' linewidth 0.3
set key tmargin center horizontal Left reverse textcolor rgb '#777777'
set xlabel 'vm.watermark_scale_factor (1/10000)' textcolor rgb '#777777'
set logscale x
set format x '%g'
set ylabel 'sweep.allocstall (requests)' textcolor rgb '#777777'
set format y '%.12g'
set autoscale xfix
set yrange [0:*]
plot 'plot-5.dat' index 0 using 1:2:3 with filledcurves linecolor rgb '#0072B2' fillstyle transparent solid 0.3 noborder title 'least to most', \
     'plot-5.dat' index 1 using 1:2 with lines linecolor rgb '#D55E00' linewidth 1.5 dashtype 1 title 'mean'
