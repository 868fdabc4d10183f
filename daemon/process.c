#include "daemon/process.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "daemon/metric.h"

enum {
	STAT_MAX = 1024,
	/* Fields of /proc/self/stat, counted from the one behind the name. */
	FIELD_THREADS = 17,
	FIELD_START = 19, /* ticks since the machine started */
	FIELD_PAGES = 21, /* resident */
	FIELDS = 22,
	US_IN_S = 1000 * 1000,
	NS_IN_S = 1000 * 1000 * 1000,
};

/* The numbers of /proc/self/stat; zero where it cannot be read. */
static void
read_stat(double fields[FIELDS])
{
	FILE *file = fopen("/proc/self/stat", "re");
	char text[STAT_MAX];
	size_t n = 0;
	char *at;

	(void)memset(fields, 0, FIELDS * sizeof *fields);
	if (file == NULL)
		return;
	n = fread(text, 1, sizeof text - 1, file);
	(void)fclose(file);
	text[n] = '\0';
	at = strrchr(text, ')'); /* the name may hold anything */
	if (at == NULL || strlen(at) < 4)
		return;
	at += 3; /* ") S": the state is no number */
	for (int i = 1; i < FIELDS; i++)
		fields[i] = strtod(at, &at);
}

static double
seconds_of(struct timespec t)
{
	return ((double)t.tv_sec + (double)t.tv_nsec / NS_IN_S);
}

static double
start_time(const double fields[FIELDS])
{
	struct timespec now;
	struct timespec up;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)clock_gettime(CLOCK_BOOTTIME, &up);
	return (seconds_of(now) - seconds_of(up) +
		fields[FIELD_START] / (double)sysconf(_SC_CLK_TCK));
}

static double
cpu_seconds(void)
{
	struct rusage used = {0};

	(void)getrusage(RUSAGE_SELF, &used);
	return (
	    (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	    (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / US_IN_S);
}

static uint64_t
open_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	uint64_t n = 0;

	if (folder == NULL)
		return (0);
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is ours alone */
	for (struct dirent *e; (e = readdir(folder)) != NULL;)
		n += e->d_name[0] != '.';
	(void)closedir(folder);
	return (n - 1); /* but for the folder's own */
}

void
process_metrics(struct buffer *b)
{
	double fields[FIELDS];
	struct rlimit limit = {0};

	read_stat(fields);
	(void)getrlimit(RLIMIT_NOFILE, &limit);
	metric_family(b, "process_cpu_seconds_total", "counter",
	    "Processor time used, user and system.");
	metric_number(b, "process_cpu_seconds_total", NULL, cpu_seconds());
	metric_family(b, "process_resident_memory_bytes", "gauge",
	    "Memory in use, as the kernel counts it.");
	metric_number(b, "process_resident_memory_bytes", NULL,
	    fields[FIELD_PAGES] * (double)sysconf(_SC_PAGESIZE));
	metric_family(b, "process_start_time_seconds", "gauge",
	    "When the process started, in seconds since 1970.");
	metric_number(
	    b, "process_start_time_seconds", NULL, start_time(fields));
	metric_family(
	    b, "process_open_fds", "gauge", "Files and connections open.");
	metric_count(b, "process_open_fds", NULL, open_descriptors());
	metric_family(b, "process_max_fds", "gauge",
	    "Files and connections that may be open.");
	metric_count(b, "process_max_fds", NULL, (uint64_t)limit.rlim_cur);
	metric_family(b, "process_threads", "gauge", "Threads.");
	metric_number(b, "process_threads", NULL, fields[FIELD_THREADS]);
}
