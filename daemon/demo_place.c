#include "daemon/demo_place.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/demo_files.h"
#include "pipeline/base/check.h"

enum {
	START_MS = 10000, /* how long a Redis may take to start */
	PAUSE_MS = 20,
	NOT_STARTED = 127,
	PRIVATE_DIR = 0700,
	PRIVATE_FILE = 0600,
};

/* What lies in the folder besides the files. */
static const char *const leftovers[] = {
    "redis.sock", "redis.log", "redis.pid", "dump.rdb"};

static void
path_of(const struct demo_place *place, const char *name,
    char ret[DEMO_PATH_MAX + 32])
{
	(void)snprintf(ret, DEMO_PATH_MAX + 32, "%s/%s", place->folder, name);
}

static enum outcome
write_file(const struct demo_place *place, const struct demo_file *file,
    struct failure *why)
{
	char path[DEMO_PATH_MAX + 32];
	bool good;
	int fd;

	path_of(place, file->name, path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, PRIVATE_FILE);
	if (fd < 0)
		return (fail_with(
		    why, FATAL, "%s: %s", path, strerrordesc_np(errno)));
	good = write(fd, file->text, file->length) == (ssize_t)file->length;
	if (close(fd) != 0 || !good)
		return (fail_with(
		    why, FATAL, "%s: %s", path, strerrordesc_np(errno)));
	return (DONE);
}

static enum outcome
make_folder(struct demo_place *place, struct failure *why)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): there is no thread yet */
	const char *tmp = getenv("TMPDIR");

	(void)snprintf(place->folder, sizeof place->folder,
	    "%s/kith-demo-XXXXXX", tmp == NULL || *tmp == '\0' ? "/tmp" : tmp);
	/* The longest path of a socket. */
	if (strlen(place->folder) + sizeof "/redis.sock" >
	    sizeof((struct sockaddr_un *)0)->sun_path)
		return (fail_with(why, FATAL, "TMPDIR: its path is too long"));
	if (mkdtemp(place->folder) == NULL)
		return (fail_with(why, FATAL, "%s: %s", place->folder,
		    strerrordesc_np(errno)));
	return (DONE);
}

/* In the child, which nobody survives. */
static _Noreturn void
become_redis(const struct demo_place *place, const char *log, pid_t parent)
{
	sigset_t none;
	int fd = open(log, O_WRONLY | O_CREAT | O_CLOEXEC, PRIVATE_FILE);

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Ctrl-C is for us: the Redis is stopped when we are done with it. */
	(void)setpgid(0, 0);
	(void)sigemptyset(&none);
	(void)pthread_sigmask(SIG_SETMASK, &none, NULL);
	if (fd < 0 || getppid() != parent || chdir(place->folder) != 0 ||
	    dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0)
		_exit(NOT_STARTED);
	(void)execlp("redis-server", "redis-server", "--port", "0",
	    "--unixsocket", "redis.sock", "--save", "", "--appendonly", "no",
	    "--maxmemory-policy", "noeviction", (char *)NULL);
	_exit(NOT_STARTED);
}

static bool
answers(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t length = strlen(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool good;

	if (fd < 0)
		return (false);
	/* make_folder has seen to it that it fits. */
	CHECK(length < sizeof address.sun_path);
	(void)memcpy(address.sun_path, path, length);
	good =
	    connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
	(void)close(fd);
	return (good);
}

static enum outcome
start_redis(struct demo_place *place, struct failure *why)
{
	char log[DEMO_PATH_MAX + 32];
	char path[DEMO_PATH_MAX + 32];
	pid_t parent = getpid();

	path_of(place, "redis.log", log);
	path_of(place, "redis.sock", path);
	place->redis = fork();
	if (place->redis == 0)
		become_redis(place, log, parent);
	if (place->redis < 0) {
		place->redis = 0;
		return (
		    fail_with(why, FATAL, "fork: %s", strerrordesc_np(errno)));
	}
	for (int waited = 0; waited < START_MS; waited += PAUSE_MS) {
		int status;

		if (answers(path))
			return (DONE);
		if (waitpid(place->redis, &status, WNOHANG) == place->redis) {
			place->redis = 0;
			break;
		}
		(void)poll(NULL, 0, PAUSE_MS);
	}
	return (fail_with(why, FATAL,
	    "redis-server does not start; is it installed? (apt install "
	    "redis-server)"));
}

enum outcome
demo_place_open(struct demo_place *place, struct failure *why)
{
	enum outcome outcome;

	*place = (struct demo_place){.redis = 0};
	outcome = make_folder(place, why);
	if (outcome != DONE)
		return (outcome);
	for (size_t i = 0; i < n_demo_files && outcome == DONE; i++)
		outcome = write_file(place, &demo_files[i], why);
	if (outcome == DONE)
		outcome = start_redis(place, why);
	if (outcome != DONE) {
		demo_place_close(place);
		return (outcome);
	}
	(void)snprintf(place->daemon_file, sizeof place->daemon_file,
	    "%s/demo.yaml", place->folder);
	(void)snprintf(place->redis_url, sizeof place->redis_url,
	    "unix://%s/redis.sock", place->folder);
	return (DONE);
}

void
demo_place_close(struct demo_place *place)
{
	char path[DEMO_PATH_MAX + 32];

	if (place->redis > 0) {
		(void)kill(place->redis, SIGKILL);
		(void)waitpid(place->redis, NULL, 0);
		place->redis = 0;
	}
	for (size_t i = 0; i < n_demo_files; i++) {
		path_of(place, demo_files[i].name, path);
		(void)unlink(path);
	}
	for (size_t i = 0; i < sizeof leftovers / sizeof leftovers[0]; i++) {
		path_of(place, leftovers[i], path);
		(void)unlink(path);
	}
	(void)rmdir(place->folder);
}
