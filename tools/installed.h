/*
 * Files that are installed with the program: machines, scenarios, sweeps, profiles and rules
 * (configs/) and sample traces (traces/samples/), so that commands written for the source tree
 * work in every folder.
 *
 * They lie in $PAGESIM_DATA, else in share/pagesim beside the folder that the program or the
 * library was installed to: it can be moved, and no path is compiled in.
 */
#ifndef INSTALLED_H
#define INSTALLED_H

/*
 * The file that is meant by `given`, the caller's to free; NULL when it is `given` itself, or
 * memory is short. What is there under that name always comes first. Else "configs/..." and
 * "traces/..." are looked for among the installed files, and a bare word ("2s-broadwell") as
 * configs/FOLDER/WORD.yaml here and there; folder NULL = not at all.
 */
char *installed_find(const char *given, const char *folder);

#endif
