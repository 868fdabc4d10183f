#ifndef PIPELINE_BASE_CHECK_H
#define PIPELINE_BASE_CHECK_H

/*
 * CHECK(x) ends the process when x is false, in release builds too.  It is for
 * bugs of ours alone: what comes from outside is never checked with it, but
 * answered with an outcome.
 */
#define CHECK(x) ((x) ? (void)0 : check_failed(#x, __FILE__, __LINE__))

_Noreturn void check_failed(const char *what, const char *file, int line);

/*
 * What a panic prints beside the broken check: where the worker stood.  Set by
 * the loop, per thread, to text that outlives the step; NULL for nothing.
 */
void check_context(const char *text);

#endif
