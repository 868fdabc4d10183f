#ifndef PIPELINE_STOP_POINT_H
#define PIPELINE_STOP_POINT_H

/*
 * Where a test build (-DSTOP_POINTS=ON) can be killed: each step's name is the
 * boundary before it, "end" the one behind the last.  KITH_STOP names the
 * point, KITH_STOP_AFTER (1) which pass of it kills the process, as kill -9
 * would.  In any other build there is nothing.
 */
#ifdef KITH_STOP_POINTS
void stop_point(const char *name);
#define STOP_POINT(name) stop_point(name)
#else
#define STOP_POINT(name) ((void)0)
#endif

#endif
