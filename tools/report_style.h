/* Inside report*.c: how a page looks. */
#ifndef REPORT_STYLE_H
#define REPORT_STYLE_H

/* Between <style> and </style>. */
extern const char report_style[];

#endif
