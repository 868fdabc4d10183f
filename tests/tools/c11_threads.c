/*
 * C11's threads by POSIX's, for builds under ThreadSanitizer.  It does not see
 * glibc's own thrd_create (a thread of librdkafka's then crashes in its first
 * malloc) nor the locks that such threads take.  In glibc each of these types
 * has the size and the initial value of its POSIX twin.
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <threads.h>

_Static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t), "a mutex");
_Static_assert(sizeof(cnd_t) == sizeof(pthread_cond_t), "a condition");
_Static_assert(sizeof(thrd_t) == sizeof(pthread_t), "a thread");

struct start {
	thrd_start_t function;
	void *argument;
};

static pthread_mutex_t *
mutex(mtx_t *m)
{
	return ((void *)m);
}

static pthread_cond_t *
condition(cnd_t *c)
{
	return ((void *)c);
}

static int
result(int error)
{
	if (error == 0)
		return (thrd_success);
	if (error == ETIMEDOUT)
		return (thrd_timedout);
	return (error == EBUSY ? thrd_busy : thrd_error);
}

static void *
run(void *argument)
{
	struct start start = *(struct start *)argument;

	free(argument);
	return ((void *)(intptr_t)start.function(start.argument));
}

int
thrd_create(thrd_t *thread, thrd_start_t function, void *argument)
{
	struct start *start = malloc(sizeof *start);
	int error;

	if (start == NULL)
		return (thrd_nomem);
	*start = (struct start){function, argument};
	error = pthread_create(thread, NULL, run, start);
	if (error != 0)
		free(start);
	return (result(error));
}

int
thrd_join(thrd_t thread, int *code)
{
	void *end;
	int error = pthread_join(thread, &end);

	if (error == 0 && code != NULL)
		*code = (int)(intptr_t)end;
	return (result(error));
}

int
mtx_init(mtx_t *m, int type)
{
	pthread_mutexattr_t how;
	int error = pthread_mutexattr_init(&how);

	if (error == 0 && (type & mtx_recursive) != 0)
		error =
		    pthread_mutexattr_settype(&how, PTHREAD_MUTEX_RECURSIVE);
	if (error == 0)
		error = pthread_mutex_init(mutex(m), &how);
	return (result(error));
}

void
mtx_destroy(mtx_t *m)
{
	(void)pthread_mutex_destroy(mutex(m));
}

int
mtx_lock(mtx_t *m)
{
	return (result(pthread_mutex_lock(mutex(m))));
}

int
mtx_unlock(mtx_t *m)
{
	return (result(pthread_mutex_unlock(mutex(m))));
}

int
cnd_init(cnd_t *c)
{
	return (result(pthread_cond_init(condition(c), NULL)));
}

void
cnd_destroy(cnd_t *c)
{
	(void)pthread_cond_destroy(condition(c));
}

int
cnd_signal(cnd_t *c)
{
	return (result(pthread_cond_signal(condition(c))));
}

int
cnd_broadcast(cnd_t *c)
{
	return (result(pthread_cond_broadcast(condition(c))));
}

int
cnd_wait(cnd_t *c, mtx_t *m)
{
	return (result(pthread_cond_wait(condition(c), mutex(m))));
}

int
cnd_timedwait(
    cnd_t *restrict c, mtx_t *restrict m, const struct timespec *restrict until)
{
	return (result(pthread_cond_timedwait(condition(c), mutex(m), until)));
}
